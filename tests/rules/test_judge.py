"""One rule on one node: elements, when, let, facts and messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from azcnilint.rules import ClusterFacade, NodeFacade, decide, judge, load_rules
from azcnilint.rules.expr.program import Truth
from azcnilint.rules.pack import Fact, Rule
from tests.rules.support import links, node, routes
from tests.rules.test_load import GOOD, write

MODE = """\
fact: mode
title: Mode
values: [overlay, node-subnet, bridge]
let:
  routed: node.routes.filter(r, r.host && r.protocol == "static")
candidates:
  - value: overlay
    when: routed.size() > 0
    because: pods are routed one by one
  - value: bridge
    when: node.links.exists(l, l.ifname == "azure0")
    because: azure0 is there
"""

EACH = """\
subject: link
let:
  mtu: link.mtu.orValue(0)
  wanted: node.links.filter(l, l.ifname == "eth0").map(l, l.mtu).first()
for_each: {as: link, in: 'node.links.filter(l, l.ifname != "lo")'}
check: mtu == 1500 || wanted.size() == 0
message: "{{link.ifname}} has MTU {{mtu}}, {{link.master}}"
"""


def rule_of(folder: Path, text: str) -> Rule:
    """Load one rule together with the fact `mode`."""
    write(folder, MODE, "facts/mode.yaml")
    write(folder, text)
    return load_rules(folder, facts=()).rules[0]


def fact_of(folder: Path) -> Fact:
    """Load the fact `mode`."""
    write(folder, MODE, "facts/mode.yaml")
    write(folder, GOOD)
    return load_rules(folder, facts=()).facts[0]


def told(
    rule: Rule, about: NodeFacade, facts: Mapping[str, str | None] | None = None
) -> list[tuple[object, bool, str]]:
    """Give truth, skipped and message of each judgement."""
    judgements = judge(rule, about, ClusterFacade(), facts or {})
    return [(each.verdict.truth.value, each.skipped, each.message) for each in judgements]


def each_rule(folder: Path, **changes: str) -> Rule:
    """Load the rule that judges each link."""
    text = GOOD.replace("subject: node\n", "")
    head, tail = text.split("check:")[0], "why:" + text.split("why:")[1]
    body = EACH.replace("map(l, l.mtu).first()", "map(l, l.ifname)")
    for old, new in changes.items():
        body = body.replace(old, new)
    return rule_of(folder, head + body + tail)


def test_each_element_is_judged_and_named(tmp_path: Path) -> None:
    """A finding would be about the node instead of the link, or name another link."""
    rule = each_rule(tmp_path)

    assert told(rule, node()) == [(True, False, ""), (False, False, "azv5fb819d9b16 has MTU 1400, none")]


def test_the_element_is_part_of_the_evidence(tmp_path: Path) -> None:
    """A finding would point at something else than its subject."""
    failed = [each for each in judge(each_rule(tmp_path), node(), ClusterFacade(), {}) if each.message]

    assert [getattr(failed[0].element, "span", None)] == [clue.span for clue in failed[0].verdict.evidence][:1]


def test_no_element_in_a_whole_list_passes_and_in_a_cut_one_is_unknown(tmp_path: Path) -> None:
    """A cut capture without a single link would pass."""
    rule = each_rule(tmp_path)
    none = replace(links(), links=())

    assert told(rule, NodeFacade("n", link_table=none)) == [(True, False, "")]
    assert told(rule, NodeFacade("n", link_table=replace(none, hidden=frozenset({"links"})))) == [(None, False, "")]
    assert told(rule, NodeFacade("n")) == [(None, False, "")]


def test_a_cut_list_judges_what_it_shows_and_tells_that_there_may_be_more(tmp_path: Path) -> None:
    """A failing link would be hidden by the cut, or the cut by the failing link."""
    cut = replace(links(), hidden=frozenset({"links"}), incomplete_because="cut off")

    found = list(judge(each_rule(tmp_path), NodeFacade("n", link_table=cut), ClusterFacade(), {}))

    assert [each.verdict.truth for each in found] == [Truth.TRUE, Truth.FALSE, Truth.UNKNOWN]
    assert found[-1].verdict.reasons == ("cut off",)


def test_when_false_skips_and_unknown_does_not(tmp_path: Path) -> None:
    """A rule of another mode would fail, or an undecided mode would silence it."""
    rule = rule_of(tmp_path, GOOD.replace("check: ", 'when: facts.mode == "bridge"\ncheck: '))

    assert told(rule, node(), {"mode": "overlay"}) == [(False, True, "")]
    assert told(rule, node(), {"mode": None}) == [(None, False, "")]
    assert told(rule, node(), {}) == [(None, False, "")]
    assert told(rule, node(), {"mode": "bridge"}) == [(True, False, "")]


def test_an_undecided_fact_says_so(tmp_path: Path) -> None:
    """The report could not tell which --fact would settle it."""
    rule = rule_of(tmp_path, GOOD.replace("check: ", 'when: facts.mode == "bridge"\ncheck: '))

    found = next(iter(judge(rule, node(), ClusterFacade(), {})))

    assert found.verdict.reasons == ("the fact mode is undecided",)


def test_one_true_candidate_decides_a_fact(tmp_path: Path) -> None:
    """The mode would not be found although the evidence is there."""
    decision = decide(fact_of(tmp_path), node(), ClusterFacade())

    assert (decision.value, decision.because, decision.conflict) == ("overlay", ("pods are routed one by one",), ())


def test_two_true_candidates_are_a_conflict(tmp_path: Path) -> None:
    """The first candidate would win, and losing it would flip the fact."""
    table = links()
    bridge = replace(table, links=(*table.links, replace(table.links[0], ifname="azure0")))
    both = NodeFacade("n", link_table=bridge, route_table=routes())

    decision = decide(fact_of(tmp_path), both, ClusterFacade())

    assert (decision.value, decision.conflict) == (None, ("overlay", "bridge"))
    assert len(decision.evidence) == 2


def test_without_evidence_a_fact_is_undecided_and_says_what_it_needs(tmp_path: Path) -> None:
    """The report would not ask for the capture that tells the mode."""
    decision = decide(fact_of(tmp_path), NodeFacade("n"), ClusterFacade())

    assert (decision.value, decision.conflict, decision.needs) == (None, (), frozenset({"routes", "links"}))


def test_a_rule_that_mentions_only_the_cluster_is_judged_once(tmp_path: Path) -> None:
    """A missing DaemonSet would be found once a node."""
    check = 'cluster.daemon_sets.exists(d, d.name == "kube-proxy")'
    text = GOOD.replace('node.routes.exists(r, r.protocol == "static")', check).replace("{{node.name}}", "x")

    assert rule_of(tmp_path, text).scope == "cluster"
    assert rule_of(tmp_path, GOOD).scope == "node"
