"""The five programs of api.py do what their authors would expect of them."""

from __future__ import annotations

import json
from pathlib import Path

import azcnilint as az
from tests.typing import api

SAMPLES = Path(__file__).parents[2] / "samples" / "bundles"
BROKEN, HEALTHY = SAMPLES / "overlay-broken" / "bundle", SAMPLES / "overlay-healthy" / "bundle"
NODE = "aks-nodepool1-31524079-vmss000002"

TEAM_RULE = """\
id: eth1-present
title: The node has a second uplink
severity: error
subject: node
since: "1"
check: node.links.all(l, l.ifname != "eth1")
message: "{{node.name}} has eth1"
why: One uplink.
remediation: Remove it.
examples: [{expect: unknown, given: {}}]
"""


def test_a_paste_is_read_and_its_odd_line_told() -> None:
    """Program 1: the gateway with the very line it was read from, and what was not understood."""
    said, found = api.one_pasted_output("default via 10.224.0.1 dev eth0 metric 100\nnonsense\n10.0.0.0/8 dev eth0\n")

    assert said == ['error[unreadable-line]: expected an address, a prefix or default, found "nonsense"']
    assert found == [(["10.224.0.1"], "default via 10.224.0.1 dev eth0 metric 100")]


def test_the_gate_opens_for_a_healthy_bundle_only() -> None:
    """Program 2."""
    healthy, broken = api.gate(HEALTHY), api.gate(BROKEN)

    assert (healthy[1], broken[1]) == (0, 1)
    assert "error[network-daemon-set-not-ready]" in broken[0]


def test_a_missing_capture_is_answered_with_the_command(tmp_path: Path) -> None:
    """Program 3: present and absent evidence both have an answer."""
    neighbours = (BROKEN / NODE / "ip-neighbour.txt").read_bytes()
    (tmp_path / "aks-1").mkdir()
    (tmp_path / "aks-1" / "ip-neighbour.txt").write_bytes(neighbours)

    assert api.my_own_question(HEALTHY) == [f"{NODE} 1 {NODE}/ip-route.txt"]
    assert api.my_own_question(tmp_path) == ["aks-1: no routes (not captured); run: ip route"]


def test_team_rules_join_a_selection(tmp_path: Path) -> None:
    """Program 4: exactly the selected rules and the team's own are described in the SARIF."""
    team, out = tmp_path / "eth1-present.yaml", tmp_path / "out.sarif"
    team.write_text(TEAM_RULE, encoding="utf-8")

    api.our_rules_as_sarif(BROKEN, team, out)

    rules = json.loads(out.read_text(encoding="utf-8"))["runs"][0]["tool"]["driver"]["rules"]
    shipped = [
        rule.id for rule in az.builtin_rules().rules if rule.family == "nat" and rule.id != "masquerade-default-list"
    ]
    assert [rule["id"] for rule in rules] == [*shipped, "eth1-present"]


def test_triage_counts_by_rule_and_outcome() -> None:
    """Program 5: two copies of one bundle count twice; a healthy one adds nothing."""
    once, twice = api.triage([BROKEN]), api.triage([BROKEN, BROKEN, HEALTHY])

    assert once["network-daemon-set-not-ready", az.Outcome.FAIL] == 1
    assert twice == api.triage([HEALTHY]) + once + once
