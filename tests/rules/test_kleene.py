"""Laws of truth: Kleene's tables, and that losing evidence never turns TRUE into FALSE or back (law 5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azcnilint.models import Link, Neighbour, Route
from azcnilint.rules.expr.program import Program, Truth
from azcnilint.rules.facade import NodeFacade
from tests.rules.support import links, nat, neighbours, program, routes, truth

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
WORDS = {T: "1 == 1", F: "1 == 2", U: "1 / 0 == 1"}

AND = {(T, T): T, (T, F): F, (T, U): U, (F, T): F, (F, F): F, (F, U): F, (U, T): U, (U, F): F, (U, U): U}
OR = {(T, T): T, (T, F): T, (T, U): T, (F, T): T, (F, F): F, (F, U): U, (U, T): T, (U, F): U, (U, U): U}


@pytest.mark.parametrize(("pair", "expected"), AND.items())
def test_and_is_kleenes(pair: tuple[Truth, Truth], expected: Truth) -> None:
    """`FALSE && UNKNOWN` would depend on the order."""
    assert truth(f"{WORDS[pair[0]]} && {WORDS[pair[1]]}") is expected
    assert pair[0] & pair[1] is expected


@pytest.mark.parametrize(("pair", "expected"), OR.items())
def test_or_is_kleenes(pair: tuple[Truth, Truth], expected: Truth) -> None:
    """`TRUE || UNKNOWN` would depend on the order."""
    assert truth(f"{WORDS[pair[0]]} || {WORDS[pair[1]]}") is expected
    assert pair[0] | pair[1] is expected


@pytest.mark.parametrize(("one", "expected"), [(T, F), (F, T), (U, U)])
def test_not_is_kleenes(one: Truth, expected: Truth) -> None:
    """`!UNKNOWN` would be an answer."""
    assert truth(f"!({WORDS[one]})") is expected
    assert ~one is expected


ATOMS = [
    "node.routes.exists(r, r.default && r.type == 'unicast')",
    "node.routes.all(r, r.table == 'main' && has(r.dev))",
    "node.routes.exists_one(r, r.host)",
    "node.routes.filter(r, r.protocol == 'static').all(r, r.metric == 100)",
    "node.routes.filter(r, has(r.metric) && r.metric > 50).size() == 0",
    "node.routes.filter(r, r.metric.orValue(0) == 0).size() >= 2",
    "node.routes.filter(r, !r.host).size() < 2",
    "size(node.routes) != 3",
    "'eth0' in node.routes.map(r, r.dev)",
    "sets.contains(node.routes.map(r, r.dst), [cidr('10.244.0.9/32'), cidr('10.224.0.0/16')])",
    "sets.intersects(node.links.map(l, l.ifname), ['eth0'])",
    "sets.equivalent(node.links.map(l, l.ifname), ['lo', 'eth0'])",
    "net.covers(node.routes.map(r, r.dst), cidr('10.224.0.0/15'))",
    "net.overlaps(node.routes.map(r, r.dst), cidr('10.244.0.0/24'))",
    "node.routes.map(r, has(r.dev), r.dev).distinct().size() > 2",
    "node.routes.map(r, r.dst.prefixLength()).isSorted()",
    "node.routes.map(r, r.dst.prefixLength()).max().orValue(0) == 32",
    "node.routes.first().hasValue()",
    "node.routes.map(r, r.table).indexOf('main') == 0",
    "node.links.exists(l, l.up && has(l.master))",
    "node.links.all(l, l.inet.exists(a, a.scope == 'global'))",
    "node.links.exists(l, node.routes.exists(r, r.dev == l.ifname && l.mtu == 1500))",
    "node.links.map(l, l.mtu) == [65536, 1500, 1400]",
    "node.neighbours.all(n, has(n.lladdr) ? n.state == ['REACHABLE'] : 'FAILED' in n.state)",
    "has(node.uplink) && node.uplink.mtu == 1500",
    "node.address == ip('10.224.0.4')",
    "nat.excluded(node, cidr('10.224.0.0/12'))",
    "nat.masqueraded(node, cidr('8.8.8.0/24'))",
    "nat.exclusions(node).size() == 1",
    "node.nat.chains.all(c, c.rules.all(r, r.target == 'RETURN' || has(r.comment)))",
    "node.nat.chains.filter(c, c.name == 'POSTROUTING').all(c, c.rules.size() > 0)",
    "routing.lookup(node, ip('10.244.0.9')).hasValue()",
]


def combined() -> st.SearchStrategy[str]:
    """Join atoms by every logical operator."""
    return st.recursive(
        st.sampled_from(ATOMS),
        lambda inner: st.one_of(
            st.builds("({} && {})".format, inner, inner),
            st.builds("({} || {})".format, inner, inner),
            st.builds("!({})".format, inner),
            st.builds("({} ? {} : {})".format, inner, inner, inner),
        ),
        max_leaves=4,
    )


_PROGRAMS: dict[str, Program] = {}


def judged(text: str, about: NodeFacade) -> Truth:
    """Give the truth of an expression, compiled once."""
    if text not in _PROGRAMS:
        _PROGRAMS[text] = program(text)
    return _PROGRAMS[text].evaluate({"node": about}).truth


@st.composite
def whole_nodes(draw: st.DrawFn) -> NodeFacade:
    """Give a node with some of the routes, links and neighbours, all of it captured."""
    table, listed, entries = routes(), links(), neighbours()
    kept = draw(st.lists(st.sampled_from(table.routes), max_size=6))
    return NodeFacade(
        "n",
        route_table=replace(table, routes=tuple(kept)),
        link_table=replace(listed, links=tuple(link for link in listed.links if draw(st.booleans()))),
        neighbour_table=replace(entries, neighbours=tuple(one for one in entries.neighbours if draw(st.booleans()))),
        nat=nat(),
    )


HIDE_ROUTE = ("dev", "protocol", "metric", "gateway", "scope", "prefsrc")
HIDE_LINK = ("mtu", "master", "addresses", "flags", "qdisc")
HIDE_NEIGHBOUR = ("lladdr",)


def blinded_route(draw: st.DrawFn, route: Route) -> Route:
    """Hide some fields of a route, as a variant of the command that does not print them."""
    names = draw(st.frozensets(st.sampled_from(HIDE_ROUTE), max_size=3))
    empty: dict[str, Any] = dict.fromkeys(names)
    return replace(route, hidden=names, **empty) if names else route


def blinded_link(draw: st.DrawFn, link: Link) -> Link:
    """Hide some fields of a link."""
    names = draw(st.frozensets(st.sampled_from(HIDE_LINK), max_size=3))
    empty: dict[str, Any] = {name: () if name in ("addresses", "flags") else None for name in names}
    return replace(link, hidden=names, **empty) if names else link


def blinded_neighbour(draw: st.DrawFn, one: Neighbour) -> Neighbour:
    """Hide the link-layer address of a neighbour."""
    return replace(one, hidden=frozenset(HIDE_NEIGHBOUR), lladdr=None) if draw(st.booleans()) else one


@st.composite
def weakened(draw: st.DrawFn) -> tuple[NodeFacade, NodeFacade]:
    """Give a node, and the same node with less evidence."""
    full = draw(whole_nodes())
    assert full.route_table is not None
    table, listed, entries = full.route_table, full.link_table, full.neighbour_table
    less = NodeFacade("n", nat=full.nat)
    if draw(st.booleans()):
        less = NodeFacade("n")
    kept_routes = tuple(blinded_route(draw, one) for one in getattr(table, "routes", ()) if draw(st.booleans()))
    kept_links = tuple(blinded_link(draw, one) for one in getattr(listed, "links", ()) if draw(st.booleans()))
    kept_entries = tuple(
        blinded_neighbour(draw, one) for one in getattr(entries, "neighbours", ()) if draw(st.booleans())
    )
    if draw(st.booleans()):
        less = replace(less, route_table=replace(routes(), routes=kept_routes, hidden=frozenset({"routes"})))
    if draw(st.booleans()):
        less = replace(less, link_table=replace(links(), links=kept_links, hidden=frozenset({"links"})))
    if draw(st.booleans()):
        hidden = frozenset({"neighbours"})
        less = replace(less, neighbour_table=replace(neighbours(), neighbours=kept_entries, hidden=hidden))
    return full, less


@settings(max_examples=300, deadline=None)
@given(weakened(), combined())
def test_losing_evidence_never_flips_a_truth(pair: tuple[NodeFacade, NodeFacade], text: str) -> None:
    """Law 5: a finding would appear or vanish because a capture is missing."""
    full, less = pair

    before, after = judged(text, full), judged(text, less)

    assert after in (before, Truth.UNKNOWN) or before is Truth.UNKNOWN
