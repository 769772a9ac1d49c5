"""Test-only: strategies of random routes and neighbours, and what iproute2 would print for them."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from hypothesis import strategies as st
from pydantic import JsonValue

from azcnilint.models import Neighbour, NextHop, NudState, Route, RouteType
from azcnilint.text import Span

NOWHERE = Span("x", 0, 0)
KEYWORDS = (
    "via",
    "dev",
    "metric",
    "lladdr",
    "blackhole",
    "default",
    "nexthop",
    "proxy",
    "42",
    "STALE",
    "a@b",
    "<UP>",
    "日本",
)
ROUTE_FLAGS = ("dead", "onlink", "pervasive", "offload", "trap", "notify", "linkdown", "unresolved", "rt_offload")
NEIGHBOUR_FLAGS = ("router", "proxy", "managed", "extern_learn", "offload", "extern_valid")
METRICS = (
    "mtu",
    "window",
    "rtt",
    "ssthresh",
    "cwnd",
    "advmss",
    "hoplimit",
    "initcwnd",
    "rto_min",
    "quickack",
    "congestion",
)

_name_letters = st.characters(exclude_categories=("C", "Z"), exclude_characters="/:\\")
names = st.sampled_from(KEYWORDS) | st.text(_name_letters, min_size=1, max_size=15)
"""Interface names: anything that the kernel takes, keywords of the formats among them."""
words = st.sampled_from(("kernel", "static", "dhcp", "bird", "77", "boot"))
u32 = st.integers(0, 2**32 - 1)


def addresses(version: int) -> st.SearchStrategy[IPv4Address | IPv6Address]:
    """Give addresses of one family."""
    return st.ip_addresses(v=version)  # type: ignore[arg-type]  # hypothesis types it as a literal


@st.composite
def prefixes(draw: st.DrawFn, version: int, shortest: int = 0) -> IPv4Network | IPv6Network:
    """Give prefixes of one family."""
    if version == 4:
        length = draw(st.sampled_from((shortest, 8, 16, 24, 31, 32)))
        return IPv4Network((draw(st.integers(0, 2**32 - 1)), length), strict=False)
    length = draw(st.sampled_from((shortest, 10, 64, 127, 128)))
    return IPv6Network((draw(st.integers(0, 2**128 - 1)), length), strict=False)


def some_of(flags: Sequence[str]) -> st.SearchStrategy[tuple[str, ...]]:
    """Give subsets in printed order; mostly none."""
    return st.just(()) | st.sets(st.sampled_from(flags)).map(lambda chosen: tuple(f for f in flags if f in chosen))


@st.composite
def next_hops(draw: st.DrawFn, version: int) -> NextHop:
    """Give ways of a multipath route."""
    other = draw(st.booleans()) and version == 4
    return NextHop(
        span=NOWHERE,
        gateway=draw(addresses(6 if other else version)),
        dev=draw(names),
        weight=draw(st.integers(1, 256)),
        flags=draw(some_of(ROUTE_FLAGS[:4])),
        encap=draw(st.none() | st.just("mpls 100/200") | st.just("ip id 5 src 0.0.0.0 dst 10.9.9.9 ttl 0 tos 0 key")),
        realms=draw(st.none() | st.sampled_from(("7", "3/4"))),
    )


@st.composite
def metrics(draw: st.DrawFn) -> dict[str, JsonValue]:
    """Give path metrics in printed order."""
    chosen = draw(st.sets(st.sampled_from(METRICS)))
    return {
        name: "cubic" if name == "congestion" else draw(st.integers(0, 99_999)) for name in METRICS if name in chosen
    }


@st.composite
def routes(draw: st.DrawFn, version: int, *, details: bool = False) -> Route:
    """Give routes of one family as `ip route` (with -d, `details`) can print them."""
    hops = tuple(draw(st.just([]) | st.lists(next_hops(version), min_size=2, max_size=3)))
    path = draw(st.just({}) | metrics())
    kind = RouteType.UNICAST if hops else draw(st.sampled_from(RouteType))
    gateway = draw(st.none() | addresses(6 if draw(st.booleans()) else version)) if not hops else None
    table = draw(st.sampled_from(("main", "local", "100")))
    return Route(
        span=NOWHERE,
        dst=draw(prefixes(version)),
        type=kind,
        type_shown=details and kind is RouteType.UNICAST,
        src=draw(prefixes(6, 1)) if version == 6 and draw(st.booleans()) else None,
        gateway=gateway,
        dev=None if hops else draw(names),
        table=table,
        table_shown=table != "main",
        protocol=draw(words) if details else draw(st.none() | words),
        scope=draw(st.sampled_from(("link", "host", "global", "77"))) if details else draw(st.none() | st.just("link")),
        prefsrc=draw(st.none() | addresses(version)),
        metric=draw(u32) if version == 6 else draw(st.none() | u32),
        nhid=draw(st.none() | st.integers(1, 9999)),
        nexthops=hops,
        flags=draw(some_of(ROUTE_FLAGS)),
        pref=draw(st.sampled_from(("low", "medium", "high"))) if version == 6 else None,
        encap=None
        if hops
        else draw(st.none() | st.sampled_from(("mpls 7 ttl 3", "ip6 id 5 src :: dst fd09::7 hoplimit 0 tc 0"))),
        expires=draw(st.none() | st.integers(0, 10**6)),
        metrics=path,
        locked=tuple(sorted(draw(st.sets(st.sampled_from(sorted(path)))))) if path else (),
        attributes=draw(
            st.just({}) | st.sampled_from(({"tos": "0x10"}, {"flow": {"from": "3", "to": "4"}}, {"uid": 0}))
        ),
    )


@st.composite
def neighbours(draw: st.DrawFn, *, statistics: bool = False) -> Neighbour:
    """Give neighbours as `ip neighbour` (with -s, `statistics`) can print them."""
    flags = draw(some_of(NEIGHBOUR_FLAGS))
    lladdr = draw(st.none() | st.binary(min_size=1, max_size=20).map(lambda raw: raw.hex(":")) | addresses(4).map(str))
    counters = {name: draw(st.integers(0, 9999)) for name in ("used", "confirmed", "updated", "probes") if statistics}
    values: dict[str, object] = {**counters, **dict.fromkeys(flags, True)}
    return Neighbour(
        span=NOWHERE,
        dst=draw(addresses(4) | addresses(6)),
        dev=draw(names),
        lladdr=lladdr,
        state=tuple(draw(st.lists(st.sampled_from(NudState), max_size=2, unique=True))),
        protocol=draw(st.none() | words),
        refcnt=draw(st.none() | st.integers(1, 99)) if statistics else None,
        **values,  # type: ignore[arg-type]  # flags are bool, counters int
    )


def print_neighbour(entry: Neighbour, *, glued: bool = True) -> str:
    """Print as print_neigh does; `glued` as since iproute2 6.1, without a blank before `probes`."""
    parts = [f"{entry.dst} dev {entry.dev} "]
    parts.append(f"lladdr {entry.lladdr} " if entry.lladdr else "")
    parts += [f"{flag} " for flag in NEIGHBOUR_FLAGS if getattr(entry, flag)]
    if entry.used is not None:
        parts.append(f" ref {entry.refcnt}" if entry.refcnt else "")
        parts.append(
            f" used {entry.used}/{entry.confirmed}/{entry.updated}{'' if glued else ' '}probes {entry.probes} "
        )
    parts += [f"{state.value} " for state in entry.state]
    parts.append(f"proto {entry.protocol} " if entry.protocol else "")
    return "".join(parts)


def print_route(route: Route, *, joint: str = "\n") -> str:
    r"""Print as print_route does; `joint` is `\` for -o."""
    kind = route.type is not RouteType.UNICAST or route.type_shown
    parts = [f"{route.type.value} " if kind else "", f"{_prefix(route.dst)} "]
    parts.append(f"from {_prefix(route.src)} " if route.src is not None else "")
    parts.append(f"nhid {route.nhid} " if route.nhid is not None else "")
    parts.append(_encap(route.encap))
    parts.append(f"tos {route.attributes['tos']} " if "tos" in route.attributes else "")
    parts.append(_via(route.gateway, route.dst.version))
    parts.append(f"dev {route.dev} " if route.dev else "")
    parts.append(f"table {route.table} " if route.table_shown else "")
    named = (("proto", route.protocol), ("scope", route.scope), ("src", route.prefsrc), ("metric", route.metric))
    parts += [f"{word} {value} " for word, value in named if value is not None]
    parts += [f"{flag} " for flag in route.flags]
    parts.append("realms 3/4 " if "flow" in route.attributes else "")
    parts.append("uid 0 " if "uid" in route.attributes else "")
    parts.append(f"expires {route.expires}sec " if route.expires is not None else "")
    parts += [_metric(name, value, locked=name in route.locked) for name, value in route.metrics.items()]
    parts.append(f"pref {route.pref}" if route.pref else "")
    parts += [f"{joint}\tnexthop {_hop(hop, route.dst.version)}" for hop in route.nexthops]
    return "".join(parts)


def _prefix(prefix: IPv4Network | IPv6Network) -> str:
    if prefix.prefixlen == 0:
        return "default"
    return str(prefix.network_address) if prefix.prefixlen == prefix.max_prefixlen else str(prefix)


def _encap(encap: str | None) -> str:
    if encap is None:
        return ""
    kind, _, rest = encap.partition(" ")
    return f" encap {kind} {' ' if kind == 'mpls' else ''}{rest} "


def _via(gateway: IPv4Address | IPv6Address | None, version: int) -> str:
    if gateway is None:
        return ""
    family = "" if gateway.version == version else "inet " if gateway.version == 4 else "inet6 "
    return f"via {family}{gateway} "


def _metric(name: str, value: JsonValue, *, locked: bool) -> str:
    word = "congctl" if name == "congestion" else name
    text = f"{value}"
    if name in {"rtt", "rto_min"} and isinstance(value, int):
        text = f"{value / 1000:g}s" if value >= 1000 else f"{value}ms"
    return f"{word} {'lock ' if locked else ''}{text} "


def _hop(hop: NextHop, version: int) -> str:
    realm = f"realm{'s' if '/' in hop.realms else ''} {hop.realms} " if hop.realms else ""
    flags = "".join(f"{flag} " for flag in hop.flags)
    return f"{_encap(hop.encap)}{_via(hop.gateway, version)}{realm}dev {hop.dev} weight {hop.weight} {flags}"
