"""What the kernel numbers and iproute2 names: route types, protocols, scopes and tables, given by either.

`ip -N` prints the numbers. Those that the kernel itself defines (linux/rtnetlink.h) are put back into names, so that
one state gives one model; an administrator's own names and numbers stay as printed.
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
_SCOPES = {"0": "global", "200": "site", "253": "link", "254": "host", "255": "nowhere"}
_TABLES = {"0": "unspec", "253": "default", "254": "main", "255": "local"}


def route_type(text: str) -> RouteType:
    """Give the type for its name or number; raises ValueError for any other word."""
    kind = ROUTE_TYPES.get(text) or _TYPES_BY_NUMBER.get(text)
    if kind is None:
        message = f'"{text}" is no route type'
        raise ValueError(message)
    return kind


def protocol(text: str) -> str:
    """Give the name of a routing protocol that was printed by name or number."""
    return _PROTOCOLS.get(text, text)


def scope(text: str) -> str:
    """Give the name of a scope that was printed by name or number."""
    return _SCOPES.get(text, text)


def table(text: str) -> str:
    """Give the name of a routing table that was printed by name or number."""
    return _TABLES.get(text, text)
