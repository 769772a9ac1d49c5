"""Laws of merging: order does not matter, taking captures away only makes things unknown, twins change nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azcnilint.models import LinkTable, NatTable, RouteTable, Table
from azcnilint.snapshot import Evidence, Node, Present, Snapshot, load_snapshot, snapshot_of
from azcnilint.text import Span
from tests.snapshot.test_snapshot import A4, A6, LINK, NAT, R4, R4_JSON, R6, SAVE

CAPTURES: Mapping[str, str] = {
    "ip_r": R4,
    "ip_-j_r": R4_JSON,
    "ip_route_show": R4,
    "ip_-6_r": R6,
    "ip_r_show_dev_azv0aa1": "10.224.0.11 proto static\n",
    "ip_-4_a": A4,
    "ip_-6_a": A6,
    "ip_link": LINK,
    "iptables_-t_nat_-L_-n": NAT,
    "iptables_-t_nat_-L_POSTROUTING_-n": "\n".join(NAT.splitlines()[6:]) + "\n",
    "iptables-save": SAVE,
}
NAMES = sorted(CAPTURES)


def loaded(names: list[str]) -> Snapshot:
    """Load the named captures, whose order in the bundle is that of the list."""
    return snapshot_of({f"aks-0/{at:02}-{name}.txt": CAPTURES[name] for at, name in enumerate(names)})


def tables(snapshot: Snapshot) -> dict[str, Table]:
    """Give what is present of the one node, by kind."""
    found: dict[str, Table] = {}
    for node in snapshot.cluster.nodes.values():
        evidence: dict[str, Evidence[Table]] = {
            "links": node.links,
            "routes": node.routes,
            "nat": node.nat,
            "filter": node.filter,
        }
        found |= {kind: each.value for kind, each in evidence.items() if isinstance(each, Present)}
    return found


def facts(table: Table) -> set[str]:
    """Name what a table holds, so that one capture's names can be compared with another's."""
    match table:
        case LinkTable():
            lines = chain.from_iterable(
                (link.ifname, *(f"{link.ifname} {each.local}" for each in link.addresses)) for link in table.links
            )
            return set(lines)
        case RouteTable():
            return {f"{route.dst} {route.dev} {route.metric}" for route in table.routes}
        case NatTable():
            return {f"{each.name} {rule.num} {rule.target}" for each in table.chains for rule in each.rules}
        case _:
            return set()


def settled(table: Table) -> tuple[frozenset[str], ...]:
    """Give what each record hides, which `==` of records leaves out."""
    match table:
        case LinkTable():
            return tuple(link.hidden for link in table.links)
        case RouteTable():
            return tuple(route.hidden for route in table.routes)
        case NatTable():
            return tuple(rule.hidden for each in table.chains for rule in each.rules)
        case _:
            return ()


subsets = st.lists(st.sampled_from(NAMES), unique=True, min_size=1)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_order_of_files_does_not_matter(data: st.DataObject) -> None:
    """The names of files are chance; what they say of the node is not."""
    names = data.draw(subsets)
    shuffled = data.draw(st.permutations(names))

    one, other = tables(loaded(names)), tables(loaded(shuffled))

    assert {kind: facts(table) for kind, table in one.items()} == {kind: facts(table) for kind, table in other.items()}
    assert {kind: table.complete for kind, table in one.items()} == {k: table.complete for k, table in other.items()}
    assert {kind: sorted(map(sorted, settled(table))) for kind, table in one.items()} == {
        kind: sorted(map(sorted, settled(table))) for kind, table in other.items()
    }


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_taking_captures_away_only_makes_things_unknown(data: st.DataObject) -> None:
    """Law 5: fewer captures show no more, and never settle an absence that all of them leave open or deny."""
    names = data.draw(subsets)
    kept = data.draw(st.lists(st.sampled_from(names), unique=True, min_size=1))

    all_of_them, some = tables(loaded(names)), tables(loaded(kept))

    for kind, table in some.items():
        whole = all_of_them[kind]
        assert facts(table) <= facts(whole)
        assert whole.complete or not table.complete
        if table.complete and not isinstance(table, RouteTable | LinkTable):
            assert facts(table) == facts(whole)


@settings(max_examples=40, deadline=None)
@given(subsets)
def test_captures_of_one_moment_never_contradict_each_other(names: list[str]) -> None:
    """A warning on every second bundle is a warning that nobody reads."""
    assert [each for each in loaded(names).diagnostics if each.code == "captures-differ"] == []


@settings(max_examples=40, deadline=None)
@given(subsets)
def test_the_same_capture_again_changes_nothing(names: list[str]) -> None:
    """A bundle that holds a file twice tells no more than one that holds it once."""
    once = tables(loaded(names))
    twice = tables(
        snapshot_of(
            {f"aks-0/{at:02}-{name}.txt": CAPTURES[name] for at, name in enumerate([*names, *names])},
        )
    )

    assert once == twice


@settings(max_examples=40, deadline=None)
@given(subsets)
def test_every_record_cites_a_text_that_is_there(names: list[str]) -> None:
    """Law 4: a finding quotes the lines its record was read from."""
    snapshot = loaded(names)

    for node in snapshot.cluster.nodes.values():
        for record in records(node):
            assert snapshot.sources[record.artifact].slice(record)


def records(node: Node) -> list[Span]:
    """Give the spans of all records of a node."""
    spans: list[Span] = []
    if isinstance(node.links, Present):
        spans += [link.span for link in node.links.value.links]
    if isinstance(node.routes, Present):
        spans += [route.span for route in node.routes.value.routes]
    if isinstance(node.nat, Present):
        spans += [rule.span for each in node.nat.value.chains for rule in each.rules]
    return spans


SHARED = os.environ.get("AZCNILINT_CAPTURES")


@pytest.mark.shared
@pytest.mark.skipif(SHARED is None, reason="AZCNILINT_CAPTURES is not set")
@pytest.mark.parametrize("mode", ["bridge", "cilium", "dual-stack", "node-subnet", "overlay"])
def test_some_eighty_captures_of_one_lab_node_make_one_complete_picture(mode: str) -> None:
    """Text, JSON, one line, details, statistics, families, listings and saves of one state agree."""
    snapshot = load_snapshot(Path(SHARED or "", "lab", "nodes", mode))

    (node,) = snapshot.cluster.nodes.values()
    present = [each for each in (node.links, node.routes, node.neighbours, node.nat) if isinstance(each, Present)]
    assert [each.complete for each in present] == [True, True, True, True]
    assert [each.message for each in snapshot.diagnostics if each.code == "captures-differ"] == []
