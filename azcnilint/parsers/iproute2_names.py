"""Names that iproute2 gives to the kernel's own numbers, whichever command prints them.

`ip -N` prints the numbers. Those that the kernel itself defines (linux/rtnetlink.h, linux/in.h) are put back into
names, so that one state gives one model; an administrator's own names and numbers stay as printed.
"""

from __future__ import annotations

from azcnilint.models import RouteType

ROUTE_TYPES = {kind.value: kind for kind in RouteType}
_TYPES_BY_NUMBER = {
    "1": RouteType.UNICAST,
    "2": RouteType.LOCAL,
    "3": RouteType.BROADCAST,
    "4": RouteType.ANYCAST,
    "5": RouteType.MULTICAST,
    "6": RouteType.BLACKHOLE,
    "7": RouteType.UNREACHABLE,
    "8": RouteType.PROHIBIT,
    "9": RouteType.THROW,
    "10": RouteType.NAT,
    "11": RouteType.XRESOLVE,
}
_PROTOCOLS = {
    "0": "unspec",
    "1": "redirect",
    "2": "kernel",
    "3": "boot",
    "4": "static",
    "8": "gated",
    "9": "ra",
    "10": "mrt",
    "11": "zebra",
    "12": "bird",
    "13": "dnrouted",
    "14": "xorp",
    "15": "ntk",
    "16": "dhcp",
}
_TABLES = {"0": "unspec", "253": "default", "254": "main", "255": "local"}
_IP_PROTOCOLS = {
    "ipproto-1": "icmp",
    "ipproto-2": "igmp",
    "ipproto-6": "tcp",
    "ipproto-17": "udp",
    "ipproto-58": "ipv6-icmp",
    "ipproto-132": "sctp",
}


def route_type(text: str) -> RouteType:
    """Give the type for its name or number; raises ValueError for any other word."""
    kind = ROUTE_TYPES.get(text) or _TYPES_BY_NUMBER.get(text)
    if kind is None:
        message = f'"{text}" is no route type'
        raise ValueError(message)
    return kind


def action(text: str) -> str:
    """Give the name of a rule's action, a route type in the kernel; any other word stays as printed."""
    kind = _TYPES_BY_NUMBER.get(text)
    return text if kind is None else kind.value


def protocol(text: str) -> str:
    """Give the name of a routing protocol that was printed by name or number."""
    return _PROTOCOLS.get(text, text)


def table(text: str) -> str:
    """Give the name of a routing table that was printed by name or number."""
    return _TABLES.get(text, text)


def ip_protocol(text: str) -> str:
    """Give the name of a transport protocol; `ip -N` prints `ipproto-6` for `tcp` (lib/inet_proto.c)."""
    return _IP_PROTOCOLS.get(text, text)
