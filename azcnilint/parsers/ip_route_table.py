"""Routes read one by one, put together to a `RouteTable`: what only the whole capture and its command line tell.

Both the text and the JSON of `ip route` end here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network

from azcnilint.models import NOTHING, Route, RouteTable, RouteType
from azcnilint.parsers.base import whole
from azcnilint.parsers.ip_route_command import Selection
from azcnilint.parsers.json_reading import JsonReading
from azcnilint.parsers.lines import Reading

DEFAULT_INET = IPv4Network("0.0.0.0/0")
DEFAULT_INET6 = IPv6Network("::/0")

# BusyBox 1.35, networking/libiproute/iproute.c print_route: neither these, nor `via inet6`, nor nexthops of multipath.
_BUSYBOX_HIDES = frozenset({"protocol", "nhid", "encap", "metrics", "locked", "flags", "pref", "attributes"})
_WITH_DEVICE = frozenset(
    {
        RouteType.UNICAST,
        RouteType.LOCAL,
        RouteType.BROADCAST,
        RouteType.MULTICAST,
        RouteType.ANYCAST,
    }
)


def default_of(family: str | None) -> IPv4Network | IPv6Network | None:
    """Give the prefix that `default` means in a family; None for none."""
    return {"inet": DEFAULT_INET, "inet6": DEFAULT_INET6, None: None}[family]


def family_of(gateway: str, via_family: str | None) -> str:
    """Give the family of a route by its gateway; `via inet6` stands where the gateway is not of the route's family."""
    if via_family is not None:
        return "inet" if via_family == "inet6" else "inet6"
    return "inet6" if ":" in gateway else "inet"


def assemble(
    reading: Reading | JsonReading,
    routes: list[Route],
    undecided: Sequence[int],
    selection: Selection,
    *,
    busybox: bool,
) -> RouteTable:
    """Build the table.

    Args:
        reading: Why routes may be missing.
        routes: In printed order.
        undecided: Indexes of `default` routes that do not tell their family; they stand as IPv4.
        selection: What the command line says.
        busybox: The lines are laid out as BusyBox does.
    """
    _settle_defaults(routes, frozenset(undecided))
    lines_hide = _hidden_everywhere(routes, selection, busybox=busybox, text=isinstance(reading, Reading))
    for route in routes:
        _hide(route, lines_hide, busybox=busybox)
    because = reading.incomplete_because or _left_out(routes, selection)
    return RouteTable(
        span=whole([route.span for route in routes], reading.capture.body),
        hidden=frozenset({"routes"}) if because else NOTHING,
        incomplete_because=because,
        routes=tuple(routes),
        busybox=busybox,
        family=selection.family,
        table=selection.table,
    )


def _settle_defaults(routes: list[Route], undecided: frozenset[int]) -> None:
    """Decide the family of a bare `default dev X` by its neighbours: IPv4 is printed first, IPv6 with a metric."""
    for index in sorted(undecided):
        before = routes[index - 1].dst.version if index else None
        after = next((r.dst.version for i, r in enumerate(routes[index + 1 :], index + 1) if i not in undecided), None)
        if before == 6 or (before is None and after == 6 and routes[index].metric is not None):
            routes[index] = replace(routes[index], dst=DEFAULT_INET6)


def _hidden_everywhere(routes: Sequence[Route], selection: Selection, *, busybox: bool, text: bool) -> frozenset[str]:
    """Name what no line shows although another command line, or another `ip`, would show it."""
    if busybox:
        return _BUSYBOX_HIDES
    hidden: set[str] = set()
    maybe_busybox = text and not any(_only_iproute2(route) for route in routes)
    if not any(route.protocol for route in routes) and (maybe_busybox or not selection.known):
        hidden.add("protocol")
    if not any(route.scope for route in routes) and not selection.known:
        hidden.add("scope")
    return frozenset(hidden)


def _only_iproute2(route: Route) -> bool:
    """Whether a route shows something that BusyBox never prints."""
    return bool(
        route.protocol
        or route.type_shown
        or route.nexthops
        or route.pref
        or route.metrics
        or route.nhid
        or route.encap
        or "linkdown" in route.flags
    )


def _hide(route: Route, lines_hide: frozenset[str], *, busybox: bool) -> None:
    """Add to what a route hides. It is new and nobody has it yet; `replace` would validate it again, at 20 µs."""
    hidden = lines_hide
    if hidden:
        hidden = hidden - {name for name in ("scope", "protocol") if getattr(route, name)}
        if route.dst.version == 6:
            hidden = hidden - {"scope"}
    if route.dev is None and not route.nexthops and route.type in _WITH_DEVICE:
        hidden = hidden | ({"dev", "nexthops"} if busybox else {"dev"})
    if busybox and route.gateway is None and route.scope is None and route.dst.version == 4:
        hidden = hidden | {"gateway"}
    if hidden:
        object.__setattr__(route, "hidden", route.hidden | hidden)


def _left_out(routes: Sequence[Route], selection: Selection) -> str | None:
    """Say why a whole listing still lacks routes of table main; None when it does not."""
    if selection.lookup or any("cache" in route.attributes for route in routes):
        return "ip route get shows the answer for one destination, not the table"
    if selection.selects:
        return f'the command line selects routes by "{selection.selects}"'
    if selection.table not in {"main", None}:
        return f'the command line shows table "{selection.table}" only'
    if selection.family == "inet6":
        return "ip -6 shows no IPv4 routes"
    if not selection.known and routes and all(route.dst.version == 6 for route in routes):
        return "every route is IPv6: the IPv4 routes are not in this capture"
    return None
