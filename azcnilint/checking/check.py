"""Snapshot and rules in, report out: facts first, then every rule on every node, subject by subject."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from azcnilint.checking.evidence import FULL_COMMANDS, cluster_facade, node_facade, supply
from azcnilint.checking.inventory import capture_infos, notices, unused_infos
from azcnilint.checking.locate import locate_all
from azcnilint.checking.report import FactValue, Finding, NodeInfo, Outcome, Report, RuleInfo, Subject
from azcnilint.checking.subjects import subject_name
from azcnilint.errors import UsageError
from azcnilint.rules import Decision, Judgement, Rule, RulePack, decide, judge
from azcnilint.rules.expr.explain import Clue, Role
from azcnilint.rules.expr.program import Truth
from azcnilint.rules.facade import NodeFacade
from azcnilint.rules.pack import shown_params
from azcnilint.snapshot import Node, Snapshot
from azcnilint.text import Label, SourceText, Span
from azcnilint.version import __version__

Progress = Callable[[int, int], None]
"""Told how many of how many judgements are done; called often, must be quick."""

_OUTCOME_RANK = {Outcome.FAIL: 0, Outcome.UNKNOWN: 1, Outcome.PASS: 2, Outcome.SKIP: 3}


def check(  # noqa: PLR0913 - two things to judge and four ways to say how
    snapshot: Snapshot,
    rules: RulePack,
    *,
    facts: Mapping[str, str] | None = None,
    nodes: Sequence[str] = (),
    bundle: str | None = None,
    progress: Progress | None = None,
) -> Report:
    """Judge a snapshot.

    Args:
        snapshot: What was captured.
        rules: What must hold, configured (`RulePack.configure`) and selected.
        facts: Facts that a person settles, for all nodes: `{"mode": "overlay"}`.
        nodes: Names of the nodes to judge; all without any.
        bundle: What the report calls the bundle; its own name by default.
        progress: Told how far it is.

    Raises:
        UsageError: A fact or node that there is not.
    """
    declared = dict(facts or {})
    for name, value in declared.items():
        rules.check_fact(name, value)
    checking = _Checking(snapshot, rules, declared, _chosen(snapshot, nodes), progress)
    return checking.report(bundle or snapshot.cluster.name or _only_artifact(snapshot) or "bundle")


def _only_artifact(snapshot: Snapshot) -> str | None:
    return next(iter(snapshot.sources)) if len(snapshot.sources) == 1 else None


def _chosen(snapshot: Snapshot, names: Sequence[str]) -> tuple[Node, ...]:
    there = snapshot.cluster.nodes
    for name in names:
        if name not in there:
            message = f'there is no node "{name}" in the bundle; there are {", ".join(there) or "none"}'
            raise UsageError(message)
    return tuple(node for name, node in there.items() if not names or name in names)


@dataclass(frozen=True, slots=True)
class _Facts:
    """The facts of one node, or of the cluster where no node was captured.

    Attributes:
        shown: As the report shows them, by name.
        needs: For each undecided fact, the kinds of evidence that would decide it.
    """

    shown: Mapping[str, FactValue]
    needs: Mapping[str, frozenset[str]]

    @property
    def values(self) -> dict[str, str | None]:
        return {name: fact.value for name, fact in self.shown.items()}


@dataclass(frozen=True, slots=True)
class _Judged:
    """What is judged: a node with what expressions see of it, or the cluster (None), and the facts that hold for it."""

    node: Node | None
    facade: NodeFacade | None
    facts: _Facts


class _Checking:
    def __init__(
        self,
        snapshot: Snapshot,
        rules: RulePack,
        declared: Mapping[str, str],
        nodes: Sequence[Node],
        progress: Progress | None,
    ) -> None:
        self._snapshot = snapshot
        self._sources: Mapping[str, SourceText] = snapshot.sources
        self._rules = rules
        self._declared = declared
        self._progress = progress
        facades = [node_facade(node, snapshot.cluster) for node in nodes]
        self._cluster = cluster_facade(snapshot.cluster, facades)
        self._nodes = [_Judged(node, facade, self._facts(facade)) for node, facade in zip(nodes, facades, strict=True)]
        self._whole = _Judged(None, None, self._common_facts())

    def report(self, bundle: str) -> Report:
        findings = sorted(self._findings(), key=_order)
        infos = [
            NodeInfo(
                name=judged.node.name,
                facts=tuple(judged.facts.shown.values()),
                captures=capture_infos(self._snapshot, judged.node.name),
            )
            for judged in self._nodes
            if judged.node is not None
        ]
        return Report(
            tool_version=__version__,
            bundle=bundle,
            nodes=tuple(infos),
            cluster_facts=() if self._nodes else tuple(self._whole.facts.shown.values()),
            cluster_captures=capture_infos(self._snapshot, None),
            rules=tuple(_rule_info(rule) for rule in self._rules.rules),
            findings=tuple(findings),
            notices=notices(self._snapshot),
            unused=unused_infos(self._snapshot),
        )

    def _facts(self, facade: NodeFacade | None) -> _Facts:
        decisions = {
            fact.name: decide(fact, facade, self._cluster)
            for fact in self._rules.facts
            if fact.name not in self._declared
        }
        shown = {name: self._fact(name, decision) for name, decision in decisions.items()}
        for name, value in self._declared.items():
            shown[name] = FactValue(name=name, value=value, declared=True, because="declared")
        return _Facts(shown, {name: decision.needs for name, decision in decisions.items()})

    def _fact(self, name: str, decision: Decision) -> FactValue:
        """Show a decision with its witnesses; tables that were searched without a find would only fill the screen."""
        shown = [clue for clue in decision.evidence if clue.role is Role.WITNESS]
        return FactValue(
            name=name,
            value=decision.value,
            because="; ".join(decision.because) or _undecided(decision),
            locations=locate_all(self._sources, self._labels(shown)),
            conflict=decision.conflict,
        )

    def _common_facts(self) -> _Facts:
        """Give what holds for the cluster: facts that all nodes agree on; without nodes, what its objects decide."""
        if not self._nodes:
            return self._facts(None)
        first, *others = (judged.facts for judged in self._nodes)
        agreed = {
            name: fact
            if all(other.values[name] == fact.value for other in others)
            else fact.model_copy(update={"value": None})
            for name, fact in first.shown.items()
        }
        needs = {
            name: frozenset().union(*(judged.facts.needs.get(name, frozenset()) for judged in self._nodes))
            for name in agreed
        }
        return _Facts(agreed, needs)

    def _findings(self) -> Iterator[Finding]:
        of_nodes = [rule for rule in self._rules.rules if rule.scope == "node"]
        of_cluster = [rule for rule in self._rules.rules if rule.scope != "node"]
        total = len(of_nodes) * len(self._nodes) + len(of_cluster)
        done = 0
        for judged in self._nodes:
            for rule in of_nodes:
                yield from self._judged(rule, judged)
                done += 1
                if self._progress:
                    self._progress(done, total)
        for rule in of_cluster:
            yield from self._judged(rule, self._whole)

    def _judged(self, rule: Rule, judged: _Judged) -> Iterator[Finding]:
        """Give one finding for each failing subject; what passes, is skipped or undecided is one finding a rule."""
        judgements = list(judge(rule, judged.facade, self._cluster, judged.facts.values))
        failed = [each for each in judgements if not each.skipped and each.verdict.truth is Truth.FALSE]
        undecided = [each for each in judgements if each.verdict.truth is Truth.UNKNOWN]
        for each in failed:
            yield self._failure(rule, judged, each)
        if undecided:
            yield self._undecided(rule, judged, undecided)
        if not failed and not undecided:
            skipped = all(each.skipped for each in judgements)
            outcome = Outcome.SKIP if skipped else Outcome.PASS
            yield Finding(
                rule_id=rule.id, severity=rule.severity, outcome=outcome, subject=_whole(judged), message=rule.title
            )

    def _failure(self, rule: Rule, judged: _Judged, each: Judgement) -> Finding:
        whole = _whole(judged)
        name = whole.name if each.element is None else subject_name(each.element)
        kind = whole.kind if each.element is None else rule.subject
        return Finding(
            rule_id=rule.id,
            severity=rule.severity,
            outcome=Outcome.FAIL,
            subject=Subject(kind=kind, name=name, node=whole.node),
            message=each.message,
            locations=locate_all(self._sources, self._labels(each.verdict.evidence)),
            help=rule.remediation,
        )

    def _undecided(self, rule: Rule, judged: _Judged, undecided: Sequence[Judgement]) -> Finding:
        """Say what would decide a rule: first its undecided fact, since that may show that it does not apply."""
        cluster = self._snapshot.cluster
        facts = (
            sorted(name for name in rule.facts if judged.facts.values.get(name) is None)
            if _asks_fact(undecided)
            else []
        )
        if facts:
            found = supply(
                frozenset().union(*(judged.facts.needs.get(name, frozenset()) for name in facts)), judged.node, cluster
            )
            missing: tuple[str, ...] = tuple(
                f"the {name} of the node, which --fact {name}=… would settle" for name in facts
            )
        else:
            needs = frozenset().union(*(each.verdict.needs for each in undecided))
            found = supply(needs, judged.node, cluster)
            if not found.missing:
                # A join lacks a field of its own; what it was joined from is among the needs of the whole rule.
                found = supply(rule.needs, judged.node, cluster)
            reasons = dict.fromkeys(reason for each in undecided for reason in each.verdict.reasons)
            missing = found.missing or tuple(reasons)
        return Finding(
            rule_id=rule.id,
            severity=rule.severity,
            outcome=Outcome.UNKNOWN,
            subject=_whole(judged),
            message=rule.title,
            missing=missing,
            commands=found.commands or _commands_of(undecided),
        )

    def _labels(self, clues: Sequence[Clue]) -> tuple[Label, ...]:
        return tuple(self._label(clue) for clue in clues)

    def _label(self, clue: Clue) -> Label:
        """Mark a record whole; of a table that was searched only its beginning, with the lines that it covers."""
        if clue.role is not Role.SEARCHED:
            lead = "near miss: " if clue.role is Role.NEAR_MISS else ""
            return Label(clue.span, lead + clue.text, primary=clue.primary)
        source = self._sources.get(clue.span.artifact)
        text = clue.text
        if source is not None:
            first, last = (
                source.line_number(clue.span.start),
                source.line_number(max(clue.span.start, clue.span.end - 1)),
            )
            text += f" on line {first}" if first == last else f" on lines {first}-{last}"
            text += "; the capture is complete"
        return Label(Span(clue.span.artifact, clue.span.start, clue.span.start + 1), text, primary=clue.primary)


def _asks_fact(undecided: Sequence[Judgement]) -> bool:
    """Whether it was a fact that left the rule open; such a verdict needs no evidence of its own."""
    return any(reason.startswith("the fact ") for each in undecided for reason in each.verdict.reasons)


def _commands_of(undecided: Sequence[Judgement]) -> tuple[str, ...]:
    """Give commands for captures that are whole and still do not print what the rule asks for."""
    needs = frozenset().union(*(each.verdict.needs for each in undecided))
    return tuple(dict.fromkeys(FULL_COMMANDS[need] for need in sorted(needs) if need in FULL_COMMANDS))


def _undecided(decision: Decision) -> str:
    return (
        "no evidence for any value"
        if not decision.needs
        else f"needs {', '.join(sorted(decision.needs))}".replace("_", " ")
    )


def _whole(judged: _Judged) -> Subject:
    if judged.node is None:
        return Subject(kind="cluster", name="cluster")
    return Subject(kind="node", name=judged.node.name, node=judged.node.name)


def _rule_info(rule: Rule) -> RuleInfo:
    return RuleInfo(
        id=rule.id,
        family=rule.family,
        title=rule.title,
        severity=rule.severity,
        why=rule.why,
        remediation=rule.remediation,
        references=rule.references,
        params=shown_params(rule.params),
    )


def _order(finding: Finding) -> tuple[int, int, str, str, str]:
    return (
        _OUTCOME_RANK[finding.outcome],
        finding.severity.rank,
        finding.subject.node or "",
        finding.rule_id,
        finding.subject.name,
    )
