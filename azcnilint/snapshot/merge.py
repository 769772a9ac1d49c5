"""All captures of one kind, of one node and network namespace, to one table.

`ip -4 a`, `ip -6 a`, `ip -d link` and their JSON twins make one `LinkTable`; `hidden` shrinks to what none settles.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

from azcnilint.models import (
    NOTHING,
    Address,
    DirectoryEntry,
    DirectoryListing,
    Link,
    LinkTable,
    Neighbour,
    NeighbourTable,
    NudState,
    Route,
    RouteTable,
    RoutingRule,
    RoutingRuleTable,
)
from azcnilint.snapshot.unite import MOST_COMPARED, Listing, Part, Shape, differ, filled, ranked, same_facts, unite
from azcnilint.text import Diagnostic

_FAMILIES = ("inet", "inet6")
_ADDRESS_FIELDS = frozenset({"addresses", *_FAMILIES})
_LIFETIMES = frozenset({"valid_life_time", "preferred_life_time"})
_MOVING_LINK_FIELDS = frozenset({"addresses", "details", "stats64"})
_NEIGHBOUR_COUNTERS = frozenset({"refcnt", "used", "confirmed", "updated", "probes"})
_ROUTE_DETAILS = frozenset({"protocol", "scope", "attributes", "metrics", "expires", "pref", "nexthops", "flags"})


def nowhere(_: object) -> bool:
    """What a part that is not whole covers."""
    return False


def everywhere(_: object) -> bool:
    """What a whole part of the whole table covers."""
    return True


def family_of(argv: Sequence[str] | None) -> str | None:
    """Tell which one address family `ip` was asked for; None for both, or when no command is known."""
    for at, word in enumerate(argv or ()):
        if word in {"-4", "-6"}:
            return "inet6" if word == "-6" else "inet"
        if word in {"-f", "-family", "--family"} and argv and at + 1 < len(argv) and argv[at + 1] in _FAMILIES:
            return argv[at + 1]
    return None


# links ------------------------------------------------------------------------------------------------------------


def merge_links(parts: Sequence[Part[LinkTable]], what: str) -> tuple[LinkTable, list[Diagnostic]]:
    """Unite captures of `ip address` and `ip link`, which both list all links unless the variant leaves some out."""
    parts = ranked(parts, lambda table: table.links)
    listings = [
        Listing(part.value.links, everywhere if part.whole and part.value.complete else nowhere) for part in parts
    ]
    united = unite(listings, _LINKS)
    return _settled(parts, "links", tuple(united.records)), differ(what, united.conflicts)


def _settled(parts: Sequence[Part[LinkTable]], sequence: str, links: tuple[Link, ...]) -> LinkTable:
    complete = any(part.value.complete for part in parts)
    base = parts[0].value
    hidden, because = (NOTHING, None) if complete else (base.hidden | {sequence}, base.incomplete_because)
    return replace(base, links=links, hidden=hidden, incomplete_because=because)


def _links_agree(one: Link, other: Link) -> bool:
    both = [family for family in _FAMILIES if _settles_family(one, family) and _settles_family(other, family)]
    return same_facts(one, other, _MOVING_LINK_FIELDS) and all(
        _addresses_agree(_of_family(one, family), _of_family(other, family)) for family in both
    )


def _addresses_agree(one: Sequence[Address], other: Sequence[Address]) -> bool:
    left = list(other)
    for address in one:
        found = next((each for each in islice(left, MOST_COMPARED) if same_facts(address, each, _LIFETIMES)), None)
        if found is None:
            return False
        left.remove(found)
    return not left


def _settles_family(link: Link, family: str) -> bool:
    none_shown = "addresses" in link.hidden and not link.hidden & {*_FAMILIES}
    return family not in link.hidden and not none_shown


def _of_family(link: Link, family: str) -> tuple[Address, ...]:
    return tuple(address for address in link.addresses if address.family == family)


def _join_links(one: Link, other: Link) -> Link:
    addresses: list[Address] = []
    unsettled: set[str] = set()
    for family in _FAMILIES:
        first, second = (one, other) if _settles_family(one, family) else (other, one)
        addresses += _join_addresses(_of_family(first, family), _of_family(second, family))
        if not _settles_family(first, family):
            unsettled |= {"addresses", family}
    details = {**other.details, **one.details}
    joined = filled(
        replace(one, hidden=one.hidden - _ADDRESS_FIELDS), replace(other, hidden=other.hidden - {"details"})
    )
    return replace(joined, addresses=tuple(addresses), details=details, hidden=joined.hidden | unsettled)


def _join_addresses(first: Sequence[Address], second: Sequence[Address]) -> list[Address]:
    """Unite the addresses of one family; both lists agree, or the first one settles nothing."""
    joined, left = [], list(second)
    for address in first:
        twin = next((each for each in islice(left, MOST_COMPARED) if same_facts(address, each, _LIFETIMES)), None)
        if twin is not None:
            left.remove(twin)
        joined.append(address if twin is None else filled(address, twin))
    return joined + left


_LINKS: Shape[Link] = Shape(lambda link: link.ifname, _links_agree, _join_links, unique=True)


# routes -----------------------------------------------------------------------------------------------------------


def merge_routes(parts: Sequence[Part[RouteTable]], what: str) -> tuple[RouteTable, list[Diagnostic]]:
    """Unite IPv4 and IPv6 captures and those of `table all`; a route that two of them show stands once.

    The table is complete when the IPv4 routes of table main are; `family` tells when those of IPv6 are not settled.
    """
    parts = ranked(parts, lambda table: table.routes)
    listings = [Listing(part.value.routes, _route_coverage(part)) for part in parts]
    united = unite(listings, _ROUTES)
    base = next((part.value for part in parts if part.value.complete), parts[0].value)
    whole = [part.value for part in parts if part.whole]
    table = replace(
        base,
        span=parts[0].value.span,
        routes=tuple(united.records),
        busybox=all(part.value.busybox for part in parts),
        family=_shared([each.family for each in whole or [part.value for part in parts]]),
        table=_shared([each.table for each in whole or [part.value for part in parts]]),
    )
    return table, differ(what, united.conflicts)


def _shared(names: Sequence[str | None]) -> str | None:
    """Give the one name that all have; None when they differ, which stands for all."""
    return names[0] if len(set(names)) == 1 else None


def _route_coverage(part: Part[RouteTable]) -> Callable[[Route], bool]:
    if not part.whole:
        return nowhere
    table, families = part.value.table, _shown_families(part)
    return lambda route: route.family in families and (table is None or route.table == table)


def _shown_families(part: Part[RouteTable]) -> frozenset[str]:
    """Without a command line only the families that are shown are known to have been asked for."""
    if part.value.family:
        return frozenset({part.value.family})
    if part.argv:
        return frozenset(_FAMILIES)
    return frozenset(route.family for route in part.value.routes) or frozenset({"inet"})


def _routes_agree(one: Route, other: Route) -> bool:
    """Compare what every variant prints; `ip -d r` spells out the protocol `boot` and the scope `global`."""
    if not same_facts(one, other, _ROUTE_DETAILS):
        return False
    protocols = "protocol" in one.hidden | other.hidden or (one.protocol or "boot") == (other.protocol or "boot")
    scopes = "scope" in one.hidden | other.hidden or (one.scope or "global") == (other.scope or "global")
    flags = "flags" in one.hidden | other.hidden or set(one.flags) == set(other.flags)
    return protocols and scopes and flags and _hops(one) == _hops(other)


def _hops(route: Route) -> list[tuple[str, str | None, int | None]]:
    return sorted((str(hop.gateway), hop.dev or "", hop.weight or 1) for hop in route.nexthops)


_ROUTES: Shape[Route] = Shape(
    lambda route: (route.dst, route.table, route.type, route.metric), _routes_agree, filled, unique=False
)


# neighbours -------------------------------------------------------------------------------------------------------


def merge_neighbours(parts: Sequence[Part[NeighbourTable]], what: str) -> tuple[NeighbourTable, list[Diagnostic]]:
    """Unite captures of `ip neighbour`; one family alone says nothing about the other."""
    parts = ranked(parts, lambda table: table.neighbours)
    listings = [Listing(part.value.neighbours, _neighbour_coverage(part)) for part in parts]
    united = unite(listings, _NEIGHBOURS)
    base = next((part.value for part in parts if part.value.complete), parts[0].value)
    table = replace(base, span=parts[0].value.span, neighbours=tuple(united.records))
    if table.complete and all(family_of(part.argv) == "inet6" for part in parts if part.value.complete):
        because = "ip -6 shows no IPv4 neighbours"
        table = replace(table, hidden=frozenset({"neighbours"}), incomplete_because=because)
    return table, differ(what, united.conflicts)


def _neighbour_coverage(part: Part[NeighbourTable]) -> Callable[[Neighbour], bool]:
    """`ip neighbour` leaves out NOARP and proxy entries unless asked (iproute2 6.1, ip/ipneigh.c)."""
    if not part.whole:
        return nowhere
    family, argv = family_of(part.argv), part.argv or ()
    return lambda entry: (
        family in {None, entry.family}
        and entry.proxy == ("proxy" in argv)
        and ("nud" in argv or (bool(entry.state) and NudState.NOARP not in entry.state))
    )


def _neighbours_agree(one: Neighbour, other: Neighbour) -> bool:
    return same_facts(one, other, _NEIGHBOUR_COUNTERS)


def _join_neighbours(one: Neighbour, other: Neighbour) -> Neighbour:
    """Counters of `-s` are not hidden elsewhere, only None; take them where they are."""
    joined = filled(one, other)
    return (
        joined
        if joined.used is not None or other.used is None
        else replace(other, span=joined.span, hidden=joined.hidden)
    )


_NEIGHBOURS: Shape[Neighbour] = Shape(
    lambda entry: (entry.dst, entry.proxy), _neighbours_agree, _join_neighbours, unique=False
)


# routing rules ----------------------------------------------------------------------------------------------------


def merge_routing_rules(
    parts: Sequence[Part[RoutingRuleTable]], what: str
) -> tuple[RoutingRuleTable, list[Diagnostic]]:
    """Unite captures of `ip rule` of one family, by priority; `-d` tells who installed each."""
    parts = ranked(parts, lambda table: table.rules)
    listings = [Listing(part.value.rules, everywhere if part.value.complete else nowhere) for part in parts]
    united = unite(listings, _ROUTING_RULES)
    base = next((part.value for part in parts if part.value.complete), parts[0].value)
    rules = tuple(sorted(united.records, key=lambda rule: rule.priority))
    family = next((part.value.family for part in parts if part.value.family), None)
    return replace(base, span=parts[0].value.span, rules=rules, family=family), differ(what, united.conflicts)


_ROUTING_RULES: Shape[RoutingRule] = Shape(lambda rule: rule.priority, same_facts, filled, unique=False)


# directories ------------------------------------------------------------------------------------------------------


def merge_listings(parts: Sequence[Part[DirectoryListing]], what: str) -> tuple[DirectoryListing, list[Diagnostic]]:
    """Unite listings of one directory: `ls` and `ls -l` of it, of which the long one shows most."""
    parts = ranked(parts, lambda listing: listing.entries)
    listings = [Listing(part.value.entries, everywhere if part.value.complete else nowhere) for part in parts]
    united = unite(listings, _ENTRIES)
    base = next((part.value for part in parts if part.value.complete), parts[0].value)
    itself = next((part.value.self_entry for part in parts if part.value.self_entry), None)
    hidden = base.hidden - {"self_entry"} if itself else base.hidden
    path = next((part.value.path for part in parts if part.value.path), None)
    hidden = hidden - {"path"} if path else hidden
    table = replace(base, path=path, entries=tuple(united.records), self_entry=itself, hidden=hidden)
    existence = {part.value.exists for part in parts if part.value.settles("exists")}
    conflicts = united.conflicts or ([(parts[-1].value.span, base.span)] if len(existence) > 1 else [])
    return table, differ(what, conflicts)


_ENTRIES: Shape[DirectoryEntry] = Shape(
    lambda entry: entry.name,
    lambda one, other: same_facts(one, other, frozenset({"modified", "owner", "group"})),
    filled,
    unique=True,
)
