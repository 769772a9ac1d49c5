"""One rule on one node or on the cluster: facades in, judgements out. Total: never raises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from azcnilint.rules.expr.explain import Clue
from azcnilint.rules.expr.frame import Frame
from azcnilint.rules.expr.program import Program, Truth, Verdict, new_frame
from azcnilint.rules.expr.values import Items, Unknown
from azcnilint.rules.facade import ClusterFacade, NodeFacade
from azcnilint.rules.pack import Fact, Let, Rule
from azcnilint.text import Span

_SETTLED = Verdict(Truth.TRUE)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a rule says about one subject.

    Attributes:
        verdict: TRUE passes, FALSE fails; of a rule that does not apply the verdict of its `when`.
        skipped: The rule does not apply.
        element: The member of `for_each` that was judged; None for the node or cluster itself, and for the UNKNOWN
            that stands for members which the captures do not show.
        message: For a failure, what the rule says; "" otherwise.
    """

    verdict: Verdict
    skipped: bool = False
    element: object = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a fact is.

    Attributes:
        value: None when it is undecided.
        because: The texts of the candidates that are TRUE.
        conflict: The values that are TRUE at once; empty when there is no conflict.
        evidence: Of all candidates that are TRUE.
        needs: Kinds of evidence that would decide it.
    """

    value: str | None
    because: tuple[str, ...] = ()
    conflict: tuple[str, ...] = ()
    evidence: tuple[Clue, ...] = ()
    needs: frozenset[str] = field(default_factory=frozenset)


def judge(
    rule: Rule,
    node: NodeFacade | None,
    cluster: ClusterFacade,
    facts: Mapping[str, str | None],
    *,
    explain_passes: bool = False,
) -> Iterator[Judgement]:
    """Judge a rule, one judgement a subject.

    Args:
        rule: The rule, with the parameters that it is to use.
        node: The node; None for a rule about the cluster.
        cluster: The cluster.
        facts: The facts of the node; None for an undecided one.
        explain_passes: Give evidence for passes too, which costs time.
    """
    undecided = {name: Unknown(reasons=[f"the fact {name} is undecided"]) for name in rule.facts}
    known: dict[str, object] = {name: value for name, value in facts.items() if value is not None}
    frame = _frame(rule, node, cluster, {**undecided, **known})
    yield from _Judge(rule, frame, explain_passes).judgements()


def decide(fact: Fact, node: NodeFacade | None, cluster: ClusterFacade) -> Decision:
    """Decide a fact: the one value whose evidence is TRUE. Evidence for two values decides nothing.

    Law 5 asks for this instead of ordered alternatives: with "the first TRUE wins", losing the strong evidence would
    promote the weak one and flip which rules apply. Here losing evidence only moves candidates to UNKNOWN.
    """
    frame = _frame(fact, node, cluster, {})
    lets = _Lets(frame, fact.lets)
    verdicts = [(candidate, lets.judge(candidate.when, explained=True)) for candidate in fact.candidates]
    held = [(candidate, verdict) for candidate, verdict in verdicts if verdict.truth is Truth.TRUE]
    values = tuple(dict.fromkeys(candidate.value for candidate, _ in held))
    return Decision(
        value=values[0] if len(values) == 1 else None,
        because=tuple(dict.fromkeys(candidate.because for candidate, _ in held)),
        conflict=values if len(values) > 1 else (),
        evidence=tuple(clue for _, verdict in held for clue in verdict.evidence),
        needs=frozenset().union(*(verdict.needs for _, verdict in verdicts)) if not held else frozenset(),
    )


def _frame(owner: Rule | Fact, node: NodeFacade | None, cluster: ClusterFacade, facts: Mapping[str, object]) -> Frame:
    values = {param.name: param.value for param in owner.params}
    about = Unknown(reasons=["the rule is about the cluster"]) if node is None else node
    names = {"node": about, "cluster": cluster, "params": values, "facts": facts}
    return new_frame(owner.frame_size, owner.slots, names)


class _Lets:
    """Computes `let` names when a program first needs them, those of an element anew for each."""

    def __init__(self, frame: Frame, lets: tuple[Let, ...]) -> None:
        self._frame = frame
        self._done: set[int] = set()
        self._own = {let.slot for let in lets if let.per_element}

    def next_element(self) -> None:
        """Forget what was computed for the element before."""
        self._done -= self._own

    def prepare(self, program: Program) -> None:
        """Compute what a program needs."""
        for slot, let in program.lets:
            if slot not in self._done:
                self._frame[slot] = let.run(self._frame)
                self._done.add(slot)

    def judge(self, program: Program, *, explained: bool) -> Verdict:
        """Judge a program with its `let` names."""
        self.prepare(program)
        return program.judge(self._frame, explained=explained)


class _Judge:
    def __init__(self, rule: Rule, frame: Frame, explain_passes: bool) -> None:  # noqa: FBT001 - handed through
        self._rule = rule
        self._frame = frame
        self._explain_passes = explain_passes
        self._lets = _Lets(frame, rule.lets)

    def judgements(self) -> Iterator[Judgement]:
        each = self._rule.for_each
        if each is None:
            yield self._one(None)
            return
        early = self._early_when(each.name)
        if early is not None:
            yield early
            return
        self._lets.prepare(each.source)
        items = each.source.run(self._frame)
        if not isinstance(items, Items):
            yield Judgement(_unknown(items, each.source))
            return
        for member in items.members:
            self._frame[each.slot] = member
            self._lets.next_element()
            yield self._one(member)
        if items.missing is not None:
            yield Judgement(_unknown(items.missing, each.source))
        elif not items.members:
            yield Judgement(_SETTLED)

    def _early_when(self, element: str) -> Judgement | None:
        """Judge a `when` that is not about the element once, before any list is walked; None when the rule applies."""
        when = self._rule.when
        if when is None or element in when.names or self._own(when):
            return None
        verdict = self._lets.judge(when, explained=self._explain_passes)
        if verdict.truth is Truth.TRUE:
            return None
        return Judgement(verdict, skipped=verdict.truth is Truth.FALSE)

    def _own(self, program: Program) -> bool:
        own = {let.slot for let in self._rule.lets if let.per_element}
        return any(slot in own for slot, _ in program.lets)

    def _one(self, member: object) -> Judgement:
        """Judge the check for what the frame holds now."""
        when = self._rule.when
        if when is not None:
            verdict = self._lets.judge(when, explained=self._explain_passes)
            if verdict.truth is not Truth.TRUE:
                return Judgement(verdict, verdict.truth is Truth.FALSE, member)
        verdict = self._lets.judge(self._rule.check, explained=False)
        if verdict.truth is Truth.UNKNOWN or (verdict.truth is Truth.TRUE and not self._explain_passes):
            return Judgement(verdict, element=member)
        verdict = _about(self._rule.check.judge(self._frame), member)
        message = self._message() if verdict.truth is Truth.FALSE else ""
        return Judgement(verdict, element=member, message=message)

    def _message(self) -> str:
        for part in self._rule.message.parts:
            if isinstance(part, Program):
                self._lets.prepare(part)
        return self._rule.message.render(self._frame)


def _unknown(value: object, program: Program) -> Verdict:
    unknown = value if isinstance(value, Unknown) else Unknown()
    return Verdict(Truth.UNKNOWN, (), unknown.needs or program.needs, unknown.reasons)


def _about(verdict: Verdict, member: object) -> Verdict:
    """Show the element itself first, unless the evidence already lies in it."""
    own = getattr(member, "span", None)
    if not isinstance(own, Span) or any(own.contains(clue.span) for clue in verdict.evidence):
        return verdict
    return replace(verdict, evidence=(Clue(own, ""), *verdict.evidence))
