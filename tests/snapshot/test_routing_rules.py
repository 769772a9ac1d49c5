"""`ip rule` of a bundle: evidence of the node and its namespaces, one family at a time, asked by rules."""

from __future__ import annotations

import pytest

from azcnilint.checking.evidence import node_facade, supply
from azcnilint.models import RoutingRuleTable
from azcnilint.rules.expr.program import Truth
from azcnilint.snapshot import Absent, Node, Present, Snapshot
from azcnilint.snapshot.snapshot import snapshot_of
from tests.rules.support import truth

IPV4 = "0:\tfrom all lookup local\n9:\tfrom all fwmark 0x200/0xf00 lookup 2004\n32766:\tfrom all lookup main\n"
DETAILED = IPV4.replace("local\n", "local proto kernel\n").replace("2004\n", "2004 proto unspec\n")
IPV6 = "0:\tfrom all lookup local\n32766:\tfrom all lookup main\n"
JSON = '[{"priority":0,"src":"all","table":"local"},{"priority":32766,"src":"all","table":"main"}]'


def only(snapshot: Snapshot) -> Node:
    """Give the one node of a bundle."""
    (node,) = snapshot.cluster.nodes.values()
    return node


def shown(evidence: Present[RoutingRuleTable] | Absent) -> RoutingRuleTable:
    """Give the table of evidence that must be there."""
    assert isinstance(evidence, Present)
    return evidence.value


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("aks-0/ip_rule.json", JSON),
        ("aks-0/collect/ip_rule.json", JSON),
        ("aks-0/sos_commands/networking/ip_-4_rule_list", IPV4),
        ("aks-0/ip-rule.txt", IPV4),
        ("aks-0/rules.txt", IPV4),
        ("aks-0/notes.txt", f"root@aks-0:/# ip rule\n{IPV4}"),
    ],
)
def test_rules_are_found_by_name_prompt_or_content(path: str, text: str) -> None:
    """A collector's file of rules that is not recognised leaves every question about them open."""
    table = shown(only(snapshot_of({path: text})).routing_rules)

    assert [rule.table for rule in table.rules][::2] in (["local", "main"], ["local"])
    assert table.complete


def test_the_families_are_kept_apart() -> None:
    """The databases are two: IPv4's rule for a mark must not be missed in, or lent to, IPv6."""
    node = only(snapshot_of({"aks-0/ip rule": IPV4, "aks-0/ip -6 rule": IPV6}))

    assert [rule.priority for rule in shown(node.routing_rules).rules] == [0, 9, 32766]
    assert [rule.priority for rule in shown(node.host.routing_rules6).rules] == [0, 32766]


def test_ipv6_alone_says_nothing_about_ipv4() -> None:
    """Law 4: what was not captured is unknown, with the command that supplies it."""
    snapshot = snapshot_of({"aks-0/ip -6 rule": IPV6})
    node = only(snapshot)
    answer = truth("node.routing_rules.exists(r, r.fwmark == 512)", node_facade(node, snapshot.cluster))

    assert isinstance(node.routing_rules, Absent)
    assert answer is Truth.UNKNOWN
    assert supply(["routing_rules"], node, snapshot.cluster).commands == ("ip rule",)


def test_plain_and_detailed_listings_make_one() -> None:
    """Two captures of one state would count every rule twice, or be told to differ."""
    snapshot = snapshot_of({"aks-0/ip rule": IPV4, "aks-0/ip -d rule": DETAILED})
    rules = shown(only(snapshot).routing_rules).rules

    assert snapshot.diagnostics == ()
    assert [(rule.priority, rule.protocol) for rule in rules] == [(0, "kernel"), (9, "unspec"), (32766, None)]


def test_listings_that_contradict_each_other_are_told() -> None:
    """The more complete one is used, and the reader is told."""
    snapshot = snapshot_of({"aks-0/ip rule": IPV4, "aks-0/ip -d rule": IPV6})

    assert [diagnostic.code for diagnostic in snapshot.diagnostics] == ["captures-differ"]


def test_the_rules_of_a_pod_are_not_the_nodes() -> None:
    """A rule inside a pod's namespace says nothing about the host."""
    node = only(snapshot_of({"aks-0/ip netns exec cni-1 ip rule": IPV4}))

    assert isinstance(node.routing_rules, Absent)
    assert [rule.priority for rule in shown(node.namespaces["cni-1"].routing_rules).rules] == [0, 9, 32766]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("node.routing_rules.exists(r, r.fwmark == 512 && r.table == '2004')", Truth.TRUE),
        ("node.routing_rules.exists(r, has(r.src))", Truth.FALSE),
        ("node.routing_rules.exists(r, r.protocol == 'static')", Truth.UNKNOWN),
    ],
)
def test_rules_ask_routing_rules(text: str, answer: Truth) -> None:
    """Unknown installers, known selectors: the three truths of one listing."""
    snapshot = snapshot_of({"aks-0/ip rule": IPV4})

    assert truth(text, node_facade(only(snapshot), snapshot.cluster)) is answer
