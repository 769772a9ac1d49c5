"""A checked and compiled expression, its verdict, and the truth that verdicts have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import SimpleNamespace

from azcnilint.rules.expr.evaluator import compile_tree
from azcnilint.rules.expr.explain import Clue, explain
from azcnilint.rules.expr.frame import MOST_STEPS, Budget, Code, Frame, OverBudget
from azcnilint.rules.expr.typed import Typed
from azcnilint.rules.expr.types import Type
from azcnilint.rules.expr.values import Unknown, both, either, negated
from azcnilint.text import Span

_NONE: frozenset[str] = frozenset()


class Truth(Enum):
    """Kleene's three truths; `&`, `|` and `~` are his operators."""

    TRUE = True
    FALSE = False
    UNKNOWN = None

    @classmethod
    def of(cls, value: object) -> Truth:
        """Give the truth of a run-time value: anything but True and False is UNKNOWN."""
        return cls.TRUE if value is True else cls.FALSE if value is False else cls.UNKNOWN

    def __and__(self, other: Truth) -> Truth:
        return Truth.of(both(_operand(self), _operand(other)))

    def __or__(self, other: Truth) -> Truth:
        return Truth.of(either(_operand(self), _operand(other)))

    def __invert__(self) -> Truth:
        return Truth.of(negated(_operand(self)))


def _operand(truth: Truth) -> object:
    return Unknown() if truth is Truth.UNKNOWN else truth.value


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an expression says about one subject, and why.

    Attributes:
        truth: The answer.
        evidence: What shows it, what matters most first; empty for UNKNOWN.
        needs: For UNKNOWN, the kinds of evidence that would decide it (`routes`, `nat` …).
        reasons: For UNKNOWN, why, in words.
        over_budget: UNKNOWN because the steps ran out.
    """

    truth: Truth
    evidence: tuple[Clue, ...] = ()
    needs: frozenset[str] = _NONE
    reasons: tuple[str, ...] = ()
    over_budget: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """One expression, ready to run.

    Attributes:
        text: As written in the YAML file, after YAML's own folding.
        span: Where it stands there.
        tree: The checked tree.
        needs: Kinds of evidence that it can touch, `let` included.
        names: Names of the scope that it mentions.
        slots: The place in the frame of each name that it can be given.
        frame_size: How many places the frame needs.
        lets: The `let` names that have to be computed before it: place and program, in order.
    """

    text: str
    span: Span
    tree: Typed = field(repr=False)
    needs: frozenset[str] = _NONE
    names: frozenset[str] = _NONE
    slots: Mapping[str, int] = field(default_factory=dict, repr=False)
    frame_size: int = 1
    lets: tuple[tuple[int, Program], ...] = field(default=(), repr=False)
    code: Code = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "code", compile_tree(self.tree))

    @property
    def type(self) -> Type:
        """The type of its value."""
        return self.tree.type

    def run(self, frame: Frame) -> object:
        """Give the run-time value; UNKNOWN when the budget of the frame runs out. Total: never raises."""
        try:
            return self.code(frame)
        except OverBudget:
            return OVER_BUDGET

    def evaluate(self, names: Mapping[str, object]) -> Verdict:
        """Give truth and evidence for these names (`node`, `facts` …); one that is not given is UNKNOWN.

        Total: never raises. Facts and parameters are given as mappings.
        """
        frame = new_frame(self.frame_size, self.slots, names)
        for slot, program in self.lets:
            frame[slot] = program.run(frame)
        return self.judge(frame)

    def judge(self, frame: Frame, *, explained: bool = True) -> Verdict:
        """Give truth and, when `explained`, evidence, for a frame whose `let` names are computed. Never raises."""
        value = self.run(frame)
        if isinstance(value, Unknown):
            return Verdict(Truth.UNKNOWN, (), value.needs or self.needs, value.reasons, value is OVER_BUDGET)
        truth = Truth.of(value)
        return Verdict(truth, self._evidence(frame, truth is Truth.TRUE) if explained else ())

    def _evidence(self, frame: Frame, truth: bool) -> tuple[Clue, ...]:  # noqa: FBT001 - the truth is what it explains
        """Explain with a budget of its own, so that a rule that just made it can still show why."""
        budget, frame[0] = frame[0], Budget(MOST_STEPS)
        try:
            return explain(self.tree, frame, truth)
        except OverBudget:
            return ()
        finally:
            frame[0] = budget


def new_frame(size: int, slots: Mapping[str, int], names: Mapping[str, object]) -> Frame:
    """Make a frame with a full budget; names that are not given are UNKNOWN."""
    frame: Frame = [None] * size
    frame[0] = Budget()
    for name, slot in slots.items():
        value = names.get(name, Unknown(reasons=[f"{name} is not given"]))
        frame[slot] = SimpleNamespace(**value) if isinstance(value, Mapping) else value
    return frame


OVER_BUDGET = Unknown(reasons=[f"the rule takes more than {MOST_STEPS} steps"])
"""The value of whatever was being computed when the steps ran out."""
