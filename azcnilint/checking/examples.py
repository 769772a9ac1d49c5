"""The examples inside rules, run as tests: each must give the outcome, the message and the place that it states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from azcnilint.checking.check import check
from azcnilint.checking.report import Finding, Outcome, Report
from azcnilint.rules import Example, Rule, RulePack
from azcnilint.snapshot import bare_node, snapshot_of

NODE = "node"
"""What the node of an example is called, as that of a bundle whose captures name none."""
_WORST = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS, Outcome.SKIP)


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """One example that was run.

    Attributes:
        rule: The rule that holds it.
        number: 1-based place among the rule's examples.
        fault: What differs from what the example states; None when it holds.
    """

    rule: Rule
    number: int
    fault: str | None


def run_examples(pack: RulePack) -> Iterator[ExampleResult]:
    """Run every example of every rule of a pack, in order."""
    for rule in pack.rules:
        for number, example in enumerate(rule.examples, start=1):
            yield ExampleResult(rule, number, _fault(pack, rule, example))


def _fault(pack: RulePack, rule: Rule, example: Example) -> str | None:
    report = _report(pack, rule, example)
    finding = _worst(report)
    found = finding.outcome.value if finding else Outcome.UNKNOWN.value
    if found != example.expect:
        why = f": {finding.message}" if finding and finding.outcome is Outcome.FAIL else ""
        missing = f" ({'; '.join(finding.missing)})" if finding and finding.missing else ""
        return f"expected {example.expect}, found {found}{why}{missing}"
    if example.message is not None and (finding is None or finding.message != example.message):
        return f'expected the message "{example.message}", found "{finding.message if finding else ""}"'
    if example.at is not None and (finding is None or example.at != _place(finding)):
        return f"expected the first place at {example.at}, found {_place(finding) if finding else 'none'}"
    return None


def _report(pack: RulePack, rule: Rule, example: Example) -> Report:
    """Judge the one rule. A node is there even when nothing of it was captured, as in `given: {}`."""
    params = tuple(replace(param, value=example.params.get(param.name, param.value)) for param in rule.params)
    alone = replace(pack, rules=(replace(rule, params=params),))
    snapshot = snapshot_of(dict(example.given))
    if not snapshot.cluster.nodes and rule.scope == "node":
        snapshot = replace(snapshot, cluster=replace(snapshot.cluster, nodes={NODE: bare_node(NODE)}))
    return check(snapshot, alone, facts=example.facts)


def _worst(report: Report) -> Finding | None:
    for outcome in _WORST:
        found = report.where(outcome)
        if found:
            return found[0]
    return None


def _place(finding: Finding) -> str:
    if not finding.locations:
        return "none"
    first = finding.locations[0].first
    return f"{first.line}:{first.column}"
