"""The way out of the node: its link, its address and its subnets, from routes, links, or both.

On AKS this is `eth0`, and `azure0` in bridge mode, where eth0 is a port of the bridge
(Azure/azure-container-networking, network/bridge_endpointclient_linux.go).
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Final

from pydantic.dataclasses import dataclass

from azcnilint.analysis.pod_index import is_pod_link_name
from azcnilint.analysis.routing import MAIN, dead, devices, effective_metric, shows_main
from azcnilint.models import RECORD, Address, Link, LinkTable, Record, Route, RouteTable, RouteType

_NEVER_OUT: Final = re.compile(
    r"lo|docker\d+|br-[0-9a-f]{12}|cbr0|cni0|cilium_\w+|kube-ipvs0|nodelocaldns|localdns|virbr\d+|tunl0|vxlan\.calico"
)
"""Devices that hold addresses on a node but never its way out, by the names their makers give them."""

_LINK_LOCAL: Final = IPv4Network("169.254.0.0/16")


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class Uplink(Record):
    """The node's way out for IPv4; `hidden` names what the evidence leaves open, None or short of members.

    Attributes:
        ifname: Device of the best default route of table main; without one, of the only link that holds a global
            address; None when there is neither.
        route: That default route.
        link: The link of that name.
        address: The node's address: `src` of the default route, else the only primary global address of the link, or
            what its connected routes agree on.
        subnets: The subnets that are connected through the link, as its addresses or its `proto kernel` routes tell.
    """

    ifname: str | None
    route: Route | None = None
    link: Link | None = None
    address: IPv4Address | None = None
    subnets: tuple[IPv4Network, ...] = ()


def uplink(routes: RouteTable | None, links: LinkTable | None) -> Uplink | None:
    """Find the way out; gives None only when neither table is there. Total: never raises."""
    evidence = routes if routes is not None else links
    if evidence is None:
        return None
    route, route_open = _default_route(routes)
    holders, links_open = _holders(links)
    ifname, open_name = _ifname(route, holders, unsure=route_open, links_open=links_open)
    link = links.link(ifname) if links is not None and ifname is not None else None
    address, address_open = _address(route, link, routes, ifname)
    subnets, subnets_open = _subnets(link, routes, ifname)
    open_fields = {
        "ifname": open_name,
        "route": route is None and route_open,
        "link": link is None and (open_name or (ifname is not None and (links is None or "links" in links.hidden))),
        "address": open_name or (ifname is not None and address_open),
        "subnets": open_name or (ifname is not None and subnets_open),
    }
    return Uplink(
        span=route.span if route is not None else link.span if link is not None else evidence.span,
        hidden=frozenset(name for name, is_open in open_fields.items() if is_open),
        ifname=ifname,
        route=route,
        link=link,
        address=address,
        subnets=subnets,
    )


def _default_route(routes: RouteTable | None) -> tuple[Route | None, bool]:
    """Give the best IPv4 default route, and whether another one may be better: one of equal metric, or not shown."""
    if routes is None:
        return None, True
    usable = sorted((route for route in routes.routes if _is_way_out(route)), key=effective_metric)
    missing = not shows_main(routes, "inet")
    if not usable:
        return None, missing
    best = usable[0]
    rivals = [one for one in usable[1:] if effective_metric(one) == effective_metric(best)]
    if any(devices(one) != devices(best) for one in rivals) or (missing and effective_metric(best) > 0):
        return None, True
    return best, False


def _is_way_out(route: Route) -> bool:
    return (
        route.default
        and route.dst.version == 4
        and route.table in MAIN
        and route.type is RouteType.UNICAST
        and not dead(route)
    )


def _holders(links: LinkTable | None) -> tuple[list[Link], bool]:
    """Give the links that hold a global IPv4 address and may be the way out, and whether others may be missing."""
    if links is None:
        return [], True
    candidates = [one for one in links.links if _may_be_out(one)]
    unsure = "links" in links.hidden or any(_addresses_open(one) for one in candidates)
    return [one for one in candidates if _global_addresses(one)], unsure


def _may_be_out(link: Link) -> bool:
    return "LOOPBACK" not in link.flags and not _NEVER_OUT.fullmatch(link.ifname) and not is_pod_link_name(link.ifname)


def _addresses_open(link: Link) -> bool:
    return not {"addresses", "inet"}.isdisjoint(link.hidden)


def _global_addresses(link: Link) -> list[Address]:
    return [one for one in link.inet if one.scope in (None, "global") and one.local not in _LINK_LOCAL]


def _ifname(route: Route | None, holders: list[Link], *, unsure: bool, links_open: bool) -> tuple[str | None, bool]:
    """Give the device, and whether it is open. The only link with an address decides where the routes do not."""
    if route is not None:
        names = devices(route)
        return (names[0], False) if len(names) == 1 else (None, True)
    if len(holders) == 1 and not links_open:
        return holders[0].ifname, False
    return None, unsure or links_open or len(holders) > 1


def _address(
    route: Route | None, link: Link | None, routes: RouteTable | None, ifname: str | None
) -> tuple[IPv4Address | None, bool]:
    """Give the source address of the way out, and whether it is open.

    The default route says it; else the link, when it has one primary address; else its connected routes, when they
    agree. A route without `src` leaves the choice among several addresses to the kernel.
    """
    if route is not None and isinstance(route.prefsrc, IPv4Address):
        return route.prefsrc, False
    if link is not None and not _addresses_open(link):
        own = [one.local for one in _global_addresses(link) if "secondary" not in one.flags]
        first = own[0] if len(own) == 1 else None
        return (first if isinstance(first, IPv4Address) else None), len(own) > 1
    sources = {one.prefsrc for one in _connected(routes, ifname) if isinstance(one.prefsrc, IPv4Address)}
    return (sources.pop(), False) if len(sources) == 1 else (None, True)


def _connected(routes: RouteTable | None, ifname: str | None) -> list[Route]:
    """Give the routes that the kernel made for the addresses of the device (BusyBox prints no `proto`)."""
    if routes is None or ifname is None:
        return []
    return [
        route
        for route in routes.routes
        if route.dev == ifname
        and route.table in MAIN
        and route.gateway is None
        and not (route.host or route.default)
        and (route.protocol == "kernel" or ("protocol" in route.hidden and route.scope == "link"))
    ]


def _subnets(link: Link | None, routes: RouteTable | None, ifname: str | None) -> tuple[tuple[IPv4Network, ...], bool]:
    """Give the connected subnets in order, each once, and whether some may be missing."""
    if link is not None and not _addresses_open(link):
        found = [
            IPv4Interface((int(one.address or one.local), one.prefixlen)).network for one in _global_addresses(link)
        ]
        return tuple(dict.fromkeys(found)), False
    connected = [one.dst for one in _connected(routes, ifname) if isinstance(one.dst, IPv4Network)]
    settled = bool(connected) and routes is not None and shows_main(routes, "inet")
    return tuple(dict.fromkeys(connected)), not settled
