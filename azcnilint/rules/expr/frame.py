"""Where an evaluation keeps its names and its budget."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Frame: TypeAlias = list[object]
"""Place 0 holds the budget, the others hold names."""

Code: TypeAlias = Callable[[Frame], object]
"""A compiled expression: takes the frame, gives a run-time value."""

MOST_STEPS = 2_000_000


class OverBudget(Exception):  # noqa: N818 - it ends an evaluation and is no error of the program
    """A rule used up its steps."""


class Budget:
    """The steps that a rule may still take.

    Attributes:
        left: How many.
        indexes: What the joins of the rule have found out about lists so far (`lookup`), by the place of the join.
    """

    __slots__ = ("indexes", "left")

    def __init__(self, steps: int = MOST_STEPS) -> None:
        self.left = steps
        self.indexes: dict[object, object] = {}


def budget_of(frame: Frame) -> Budget:
    """Give the frame's budget."""
    budget = frame[0]
    assert isinstance(budget, Budget)
    return budget


def charge(frame: Frame, steps: int) -> None:
    """Take steps from the frame's budget; raises OverBudget when they are used up."""
    budget = frame[0]
    assert isinstance(budget, Budget)
    budget.left -= steps
    if budget.left < 0:
        raise OverBudget
