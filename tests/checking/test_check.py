"""`check`: what becomes of a rule on a node, with which evidence, in which order. Rules of our own, short captures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from azcnilint.checking.check import check
from azcnilint.checking.locate import LONGEST_CITED
from azcnilint.checking.report import Finding, Outcome, Report
from azcnilint.errors import UsageError
from azcnilint.rules import RulePack, load_rules
from azcnilint.snapshot import snapshot_of

HEAD = 'title: T\nseverity: {severity}\nsubject: {subject}\nsince: "1"\nwhy: W.\nremediation: R.\n'
TAIL = "examples: [{expect: unknown, given: {}}]\n"
UPLINK = """\
default via 10.0.0.1 dev eth0 proto dhcp metric 100
10.0.0.0/8 dev eth0 proto kernel scope link src 10.0.0.4
"""
ROUTES = f"""\
{UPLINK}10.9.0.9 dev azv1 proto boot scope link
10.9.0.8 dev azv2 proto boot scope link
"""
EACH = "for_each: {as: r, in: node.routes}\ncheck: r.dev == 'eth0'\nmessage: '{{r.dst}} leaves on {{r.dev}}'\n"
STATIC = "check: node.routes.exists(r, r.protocol == 'static')\nmessage: none\n"
FACT = """\
fact: colour
title: The colour of the node
values: [red, blue]
candidates:
  - value: red
    when: node.routes.exists(r, r.dev == "red0")
    because: red0 exists
  - value: blue
    when: node.routes.exists(r, r.dev == "blue0")
    because: blue0 exists
"""


def pack(folder: Path, severity: str = "error", subject: str = "node", **bodies: str) -> RulePack:
    """Load one rule a name, and the fact `colour`."""
    (folder / "facts").mkdir(parents=True)
    (folder / "facts" / "colour.yaml").write_text(FACT, encoding="utf-8")
    for name, body in bodies.items():
        rule_id = name.replace("_", "-")
        head = HEAD.format(severity=severity, subject=subject)
        (folder / f"{rule_id}.yaml").write_text(f"id: {rule_id}\n{head}{body}{TAIL}", encoding="utf-8")
    return load_rules(folder)


def judged(rules: RulePack, captures: Mapping[str, str], **facts: str) -> Report:
    """Judge captures in memory."""
    return check(snapshot_of(dict(captures)), rules, facts=facts)


def brief(finding: Finding) -> tuple[str, str, str, str]:
    """Give outcome, rule, subject and message."""
    return (finding.outcome.value, finding.rule_id, finding.subject.name, finding.message)


def test_each_failing_subject_is_one_finding_with_its_own_line(tmp_path: Path) -> None:
    """Law 4 of the product: every finding shows its evidence, and a passing subject makes none."""
    report = judged(pack(tmp_path, subject="route", uplink_left=EACH), {"ip r": ROUTES})

    assert [brief(finding) for finding in report.findings] == [
        ("fail", "uplink-left", "10.9.0.8/32 dev azv2", "10.9.0.8/32 leaves on azv2"),
        ("fail", "uplink-left", "10.9.0.9/32 dev azv1", "10.9.0.9/32 leaves on azv1"),
    ]
    assert [(found.first.line, found.first.text) for each in report.findings for found in each.locations] == [
        (4, "10.9.0.8 dev azv2 proto boot scope link"),
        (3, "10.9.0.9 dev azv1 proto boot scope link"),
    ]
    assert {finding.help for finding in report.findings} == {"R."}


def test_a_rule_that_holds_everywhere_is_one_pass(tmp_path: Path) -> None:
    """A thousand good routes are one line of good news."""
    report = judged(pack(tmp_path, uplink_left=EACH), {"ip r": UPLINK})

    assert [brief(finding) for finding in report.findings] == [("pass", "uplink-left", "node", "T")]


def test_what_was_not_captured_is_unknown_with_its_command(tmp_path: Path) -> None:
    """Law 2: missing evidence is neither pass nor fail."""
    report = judged(pack(tmp_path, static_missing=STATIC), {"ip n": "10.0.0.1 dev eth0 FAILED\n"})

    (finding,) = report.findings
    assert (finding.outcome, finding.missing, finding.commands) == (
        Outcome.UNKNOWN,
        ("routes (not captured)",),
        ("ip route",),
    )


def test_a_cut_capture_leaves_absence_open_and_presence_decided(tmp_path: Path) -> None:
    """Law 4: not seen in an incomplete table is unknown; a counterexample that was seen is a failure all the same."""
    rules = pack(tmp_path, static_missing=STATIC, uplink_left=EACH)

    report = judged(rules, {"ip r": ROUTES + "[snip]\n10.5.0.0/16 via 10.0.0.2 dev eth0 proto boot\n"})

    assert [(finding.outcome.value, finding.rule_id) for finding in report.findings] == [
        ("fail", "uplink-left"),
        ("fail", "uplink-left"),
        ("unknown", "static-missing"),
        ("unknown", "uplink-left"),
    ]
    assert {finding.commands for finding in report.where(Outcome.UNKNOWN)} == {("ip route",)}


def test_absence_in_a_complete_table_cites_what_was_searched(tmp_path: Path) -> None:
    """Nothing can be pointed at, so the searched lines are named, with the word that they are all."""
    (finding,) = judged(pack(tmp_path, static_missing=STATIC), {"ip r": ROUTES}).findings

    assert finding.outcome is Outcome.FAIL
    assert [location.label for location in finding.locations if location.primary] == [
        "searched 4 routes on lines 1-4; the capture is complete"
    ]


@pytest.mark.parametrize(
    ("routes", "declared", "outcome"),
    [
        ("10.0.0.0/8 dev red0 proto boot\n", {}, "fail"),
        ("10.0.0.0/8 dev blue0 proto boot\n", {}, "skip"),
        ("10.0.0.0/8 dev eth0 proto boot\n", {}, "unknown"),
        ("10.0.0.0/8 dev eth0 proto boot\n", {"colour": "red"}, "fail"),
        ("10.0.0.0/8 dev red0 proto boot\n", {"colour": "blue"}, "skip"),
    ],
)
def test_a_rule_applies_by_its_fact(tmp_path: Path, routes: str, declared: dict[str, str], outcome: str) -> None:
    """Undecided applicability is unknown and no skip; what a person declares wins over what was concluded."""
    rules = pack(tmp_path, static_missing=f"when: facts.colour == 'red'\n{STATIC}")

    report = judged(rules, {"ip r": routes}, **declared)

    assert [finding.outcome.value for finding in report.findings] == [outcome]


def test_contradicting_evidence_leaves_a_fact_open_and_shows_both_sides(tmp_path: Path) -> None:
    """Choosing one side would hide the contradiction that may be the fault."""
    rules = pack(tmp_path, static_missing=STATIC)

    report = judged(rules, {"ip r": "10.0.0.0/8 dev red0 proto boot\n11.0.0.0/8 dev blue0 proto boot\n"})

    (fact,) = [fact for fact in report.nodes[0].facts if fact.name == "colour"]
    assert (fact.value, fact.conflict, fact.because) == (None, ("red", "blue"), "red0 exists; blue0 exists")
    assert [location.first.line for location in fact.locations] == [1, 2]


def test_findings_are_sorted_worst_first_whatever_the_order_of_files(tmp_path: Path) -> None:
    """Failures before what is open before passes; then severity, node, rule, subject: the same bytes every time."""
    errors = pack(tmp_path / "e", b_missing=STATIC, a_missing=STATIC)
    warnings = pack(tmp_path / "w", severity="warning", subject="route", c_missing=EACH)
    captures = {"aks-1/ip r": ROUTES, "aks-0/ip r": ROUTES, "aks-2/ip n": "10.0.0.1 dev eth0 FAILED\n"}

    reports = [
        judged(errors + warnings, captures),
        judged(errors + warnings, dict(reversed(captures.items()))),
    ]

    assert reports[0] == reports[1]
    assert [
        (each.outcome.value, each.severity.value, each.subject.node, each.rule_id) for each in reports[0].findings
    ] == [
        ("fail", "error", "aks-0", "a-missing"),
        ("fail", "error", "aks-0", "b-missing"),
        ("fail", "error", "aks-1", "a-missing"),
        ("fail", "error", "aks-1", "b-missing"),
        *[("fail", "warning", "aks-0", "c-missing")] * 2,
        *[("fail", "warning", "aks-1", "c-missing")] * 2,
        ("unknown", "error", "aks-2", "a-missing"),
        ("unknown", "error", "aks-2", "b-missing"),
        ("unknown", "warning", "aks-2", "c-missing"),
    ]


def test_progress_counts_every_judgement(tmp_path: Path) -> None:
    """The bar reaches its end."""
    told: list[tuple[int, int]] = []
    rules = pack(tmp_path, a_missing=STATIC, b_missing=STATIC)

    check(
        snapshot_of({"aks-0/ip r": ROUTES, "aks-1/ip r": ROUTES}),
        rules,
        progress=lambda done, total: told.append((done, total)),
    )

    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize(
    ("facts", "nodes", "message"),
    [
        ({"colour": "green"}, [], 'fact "colour" is never "green"; it is one of red, blue'),
        ({"color": "red"}, [], 'there is no fact "color"; did you mean "colour"?'),
        ({}, ["aks-7"], 'there is no node "aks-7" in the bundle; there are aks-0'),
    ],
)
def test_what_there_is_not_is_a_usage_error(
    tmp_path: Path, facts: dict[str, str], nodes: list[str], message: str
) -> None:
    """A misspelled fact or node must not leave a rule or a node unjudged in silence."""
    snapshot = snapshot_of({"aks-0/ip r": ROUTES})

    with pytest.raises(UsageError) as caught:
        check(snapshot, pack(tmp_path, a_missing=STATIC), facts=facts, nodes=nodes)

    assert str(caught.value) == message


def test_a_long_line_is_cited_around_its_mark(tmp_path: Path) -> None:
    """A report cannot be made as large as its input; the mark still points at the words it pointed at."""
    line = "10.0.0.0/8 " + " " * 600 + "dev eth0"

    report = judged(pack(tmp_path, a_missing=STATIC), {"ip r": f"{line} shiny new\n"})

    (notice,) = [each for each in report.notices if each.code == "unread-attribute"]
    first = notice.locations[0].first
    assert len(first.text) == LONGEST_CITED
    assert first.text[first.start : first.end] == "shiny new"
    assert (first.line, first.column) == (1, len(line) + 2)
