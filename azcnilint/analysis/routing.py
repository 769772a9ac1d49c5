"""Longest-prefix lookup in table main: a route table and an address in, the route that the kernel takes out.

The kernel asks its rules first (`ip rule`: local, main, default); this room knows table main only. Sources:
net/ipv4/fib_trie.c fib_table_lookup and net/ipv6/route.c for preference, ip-route(8) for types.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from azcnilint.analysis.prefixes import IPAddress
from azcnilint.models import Route, RouteTable, RouteType

MAIN: Final = frozenset({"main", "254"})
"""Table main by name and by number (/etc/iproute2/rt_tables)."""

_DEFAULT_METRIC: Final = {4: 0, 6: 1024}
"""What an absent `metric` means: IPv4 priority 0; IPv6 IP6_RT_PRIO_USER (include/net/ip6_route.h)."""

_FORWARDING: Final = frozenset({RouteType.UNICAST, RouteType.LOCAL, RouteType.ANYCAST, RouteType.MULTICAST})


@dataclass(frozen=True, slots=True)
class Lookup:
    """What a route table says about one address.

    Attributes:
        route: The route that is taken; None when none of those shown covers the address.
        decided: Whether that is certain. A table that may lack routes decides only by a host route that nothing can
            beat (IPv4, metric 0).
        passed_over: Better routes that the kernel skips since all their ways are `dead`, best first.
        linkdown: A way of the route is `linkdown`: its device has no carrier, and the kernel takes it all the same
            unless sysctl ignore_routes_with_linkdown is set.
    """

    route: Route | None
    decided: bool
    passed_over: tuple[Route, ...] = ()
    linkdown: bool = False

    @property
    def delivers(self) -> bool:
        """Whether the route sends packets anywhere: not `blackhole`, `unreachable`, `prohibit` or `throw`."""
        return self.route is not None and self.route.type in _FORWARDING


class Routing:
    """Table main of one capture, indexed by prefix for many lookups."""

    def __init__(self, table: RouteTable) -> None:
        self._complete = {version: shows_main(table, family) for version, family in ((4, "inet"), (6, "inet6"))}
        self._by_prefix: dict[tuple[int, int, int], list[Route]] = {}
        for route in table.routes:
            if route.table in MAIN and "tos" not in route.attributes:
                key = (route.dst.version, route.dst.prefixlen, int(route.dst.network_address))
                self._by_prefix.setdefault(key, []).append(route)
        self._lengths = sorted({key[:2] for key in self._by_prefix}, reverse=True)
        for routes in self._by_prefix.values():
            routes.sort(key=effective_metric)

    def lookup(self, address: IPAddress) -> Lookup:
        """Give the route that a packet to the address takes. Total: never raises."""
        passed_over: list[Route] = []
        for routes in self._candidates(address):
            alive = [route for route in routes if not dead(route)]
            passed_over += [route for route in routes if dead(route) and not _behind(route, alive)]
            if alive:
                best = alive[0]
                return Lookup(best, self._decides(best, alive), tuple(passed_over), _linkdown(best))
        return Lookup(None, self._complete[address.version], tuple(passed_over))

    def _candidates(self, address: IPAddress) -> Iterator[list[Route]]:
        """Give the routes to each prefix that covers the address, longest prefix first, lowest metric first."""
        for version, length in self._lengths:
            if version == address.version:
                shift = address.max_prefixlen - length
                routes = self._by_prefix.get((version, length, int(address) >> shift << shift))
                if routes is not None:
                    yield routes

    def _decides(self, best: Route, alive: list[Route]) -> bool:
        """Two ways of one metric, a source-bound route, a hidden metric, or a missing route leave the choice open."""
        rivals = [route for route in alive if effective_metric(route) == effective_metric(best)]
        if best.src is not None or any(_ways(route) != _ways(best) for route in rivals):
            return False
        if len(alive) > 1 and any("metric" in route.hidden for route in alive):
            return False
        return self._complete[best.dst.version] or (
            best.host and effective_metric(best) == 0 and "metric" not in best.hidden
        )


def lookup(table: RouteTable, address: IPv4Address | IPv6Address) -> Lookup:
    """Give the route of table main that a packet to the address takes; for many addresses make one Routing. Total."""
    return Routing(table).lookup(address)


def shows_main(table: RouteTable, family: str) -> bool:
    """Say whether the capture shows every route of table main of that family.

    Text without a command line may be of either family: it is of those that it shows, and `ip route` prints IPv4.
    """
    if "routes" in table.hidden or (table.table is not None and table.table not in MAIN):
        return False
    if table.family is not None:
        return table.family == family
    shown = {route.family for route in table.routes} or {"inet"}
    return family in shown


def effective_metric(route: Route) -> int:
    """Give the metric by which the kernel prefers routes to one prefix, lowest first."""
    return route.metric if route.metric is not None else _DEFAULT_METRIC[route.dst.version]


def dead(route: Route) -> bool:
    """Say whether the kernel skips the route since every way of it is dead."""
    if route.nexthops:
        return all("dead" in hop.flags for hop in route.nexthops)
    return "dead" in route.flags


def devices(route: Route) -> tuple[str, ...]:
    """Give the devices of all ways of the route, in order, each once."""
    names = [route.dev, *(hop.dev for hop in route.nexthops)]
    return tuple(dict.fromkeys(name for name in names if name is not None))


def _behind(route: Route, alive: list[Route]) -> bool:
    return bool(alive) and effective_metric(route) > effective_metric(alive[0])


def _ways(route: Route) -> tuple[object, ...]:
    return (route.type, route.gateway, route.dev, route.nexthops)


def _linkdown(route: Route) -> bool:
    return "linkdown" in route.flags or any("linkdown" in hop.flags for hop in route.nexthops)
