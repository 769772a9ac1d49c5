"""Functions over lists. The answer is Unknown unless the members at hand settle it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from azcnilint.rules.expr.kleene import gaps, some
from azcnilint.rules.expr.texts import bounded
from azcnilint.rules.expr.values import Entries, Items, Unknown, UnknownSize, both, show

LARGEST = 1 << 63
"""Numbers are those of 64 bits, as in CEL."""


def size(value: object) -> object:
    """Give the number of members or characters; of a list that may lack members only that it is no less."""
    match value:
        case Items(members=members, missing=missing):
            return UnknownSize(len(members), missing) if missing else len(members)
        case Entries(mapping=mapping, missing=missing):
            return UnknownSize(len(mapping), missing) if missing else len(mapping)
        case _:
            return len(str(value))


def whole(answer: Callable[[tuple[object, ...]], object]) -> Callable[[Items], object]:
    """Make a function of all members of a list Unknown when they are not all known."""

    def run(items: Items) -> object:
        return gaps(items) or answer(items.members)

    return run


def place(*, last: bool) -> Callable[[Items], object]:
    """Make `first` or `last`: absent for an empty list."""

    def run(items: Items) -> object:
        if items.missing:
            return items.missing
        return (items.members[-1] if last else items.members[0]) if items.members else None

    return run


def _numbers(members: tuple[object, ...]) -> list[int]:
    return [value for value in members if isinstance(value, int)]


def _texts(members: tuple[object, ...]) -> list[str]:
    return [show(value) for value in members]


def total(members: tuple[object, ...]) -> object:
    """Add numbers; 0 for none."""
    result = sum(_numbers(members))
    return result if abs(result) < LARGEST else Unknown(reasons=["a number is too large"])


def least(members: tuple[object, ...]) -> object:
    """Give the least number, None for none."""
    return min(_numbers(members), default=None)


def greatest(members: tuple[object, ...]) -> object:
    """Give the greatest number, None for none."""
    return max(_numbers(members), default=None)


def is_sorted(items: Items) -> object:
    """Give the truth of ascending order; two known members out of order settle it."""
    known = [value for value in items.members if not isinstance(value, Unknown)]
    if any(_before(later, earlier) for earlier, later in pairwise(known)):
        return False
    return gaps(items) or True


def _before(one: object, two: object) -> bool:
    if isinstance(one, str) and isinstance(two, str):
        return one < two
    return isinstance(one, int) and isinstance(two, int) and one < two


def index_of(items: Items, value: object) -> object:
    """Give the place of the first equal member from 0, -1 for none."""
    unknown = gaps(items)
    if unknown:
        return unknown
    return next((place for place, found in enumerate(items.members) if found == value), -1)


def distinct(items: Items) -> Items:
    """Give each value once, in order of first occurrence."""
    known = tuple(dict.fromkeys(value for value in items.members if not isinstance(value, Unknown)))
    return Items(known, gaps(items), items.span)


def join(items: Items, between: str = "") -> object:
    """Join the members as text."""
    return gaps(items) or bounded(between.join(_texts(items.members)))


def contains_all(items: Items, others: Items) -> object:
    """Give the truth of every member of `others` being in `items`."""
    held, gap = _known(items), gaps(items)
    truth: object = True
    for value in others.members:
        truth = both(truth, _held(value, held, gap))
    return truth if others.missing is None else both(truth, others.missing)


def intersects(items: Items, others: Items) -> object:
    """Give the truth of the two having a member in common."""
    held, gap = _known(items), gaps(items)
    return some((_held(value, held, gap) for value in others.members), others.missing)


def _known(items: Items) -> frozenset[object]:
    return frozenset(value for value in items.members if not isinstance(value, Unknown))


def _held(value: object, held: frozenset[object], gap: Unknown | None) -> object:
    """Give the truth of a value being among known ones, when `gap` says why there may be more."""
    if isinstance(value, Unknown):
        return value if held or gap else False
    return True if value in held else gap or False


def equivalent(items: Items, others: Items) -> object:
    """Give the truth of the two having the same members, whatever their order and number."""
    return both(contains_all(items, others), contains_all(others, items))
