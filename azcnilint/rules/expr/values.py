"""What an expression computes with at run time: plain Python values, Unknown, and sequences that may lack members.

A truth is `True`, `False` or an `Unknown`. An absent optional is `None`. A list is `Items`, a map is `Entries`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from azcnilint.text import Span

MOST_REASONS = 6
"""An Unknown keeps this many reasons; more would not help a reader and could grow with the input."""


class Unknown:
    """A value that the captures do not settle.

    Attributes:
        needs: Kinds of evidence that would settle it (`routes`, `nat` …); empty when no kind is known.
        reasons: Why, in words for a report, without repetition.
    """

    __slots__ = ("needs", "reasons")

    def __init__(self, needs: Iterable[str] = (), reasons: Iterable[str] = ()) -> None:
        self.needs = frozenset(needs)
        self.reasons = tuple(dict.fromkeys(reasons))[:MOST_REASONS]

    def merge(self, other: Unknown) -> Unknown:
        """Give an Unknown that lacks what both lack."""
        if other is self or (other.needs <= self.needs and other.reasons == self.reasons):
            return self
        return Unknown(self.needs | other.needs, self.reasons + other.reasons)

    def __repr__(self) -> str:
        return f"Unknown(needs={sorted(self.needs)}, reasons={list(self.reasons)})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unknown) and self.needs == other.needs

    def __hash__(self) -> int:
        return hash(self.needs)


class UnknownSize(Unknown):
    """The length of a list that may lack members: at least `least`, so `size(xs) == 0` can still be FALSE."""

    __slots__ = ("least",)

    def __init__(self, least: int, unknown: Unknown) -> None:
        super().__init__(unknown.needs, unknown.reasons)
        self.least = least


class Items:
    """A list value.

    Attributes:
        members: The members that are known to be in it, in order; a member may itself be Unknown (`map`).
        missing: Why there may be more; None when the list is whole.
        span: What was searched to find the members; None for a list that was not read from a capture.
    """

    __slots__ = ("members", "missing", "span")

    def __init__(self, members: tuple[object, ...], missing: Unknown | None = None, span: Span | None = None) -> None:
        self.members = members
        self.missing = missing
        self.span = span

    def __repr__(self) -> str:
        return f"Items({list(self.members)!r}{', …' if self.missing else ''})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Items) and (self.members, self.missing) == (other.members, other.missing)

    def __hash__(self) -> int:
        return hash(self.members)


class Entries:
    """A map value; `missing` as in Items."""

    __slots__ = ("mapping", "missing")

    def __init__(self, mapping: Mapping[str, object], missing: Unknown | None = None) -> None:
        self.mapping = mapping
        self.missing = missing

    def __repr__(self) -> str:
        return f"Entries({dict(self.mapping)!r}{', …' if self.missing else ''})"


ABSENT = Unknown(reasons=["something that a guard asks for is absent"])
"""What follows from an absent value where a present one is needed. The guard beside it then decides the truth."""


def both(left: object, right: object) -> object:
    """Kleene's and of two truths."""
    if left is False or right is False:
        return False
    if left is True:
        return right
    if right is True:
        return left
    return merged((left, right))


def either(left: object, right: object) -> object:
    """Kleene's or of two truths."""
    if left is True or right is True:
        return True
    if left is False:
        return right
    if right is False:
        return left
    return merged((left, right))


def negated(truth: object) -> object:
    """Kleene's not."""
    return truth if isinstance(truth, Unknown) else truth is False


def merged(values: Iterable[object]) -> Unknown:
    """Give one Unknown for all Unknowns among the values, other values being left out."""
    result = Unknown()
    for value in values:
        if isinstance(value, Unknown):
            result = result.merge(value)
    return result


def show(value: object) -> str:
    """Write a value as a message shows it: absent is `none`, not settled is `unknown`, a list is joined by commas."""
    match value:
        case None:
            return "none"
        case Unknown():
            return "unknown"
        case bool():
            return "true" if value else "false"
        case Items():
            more = ["…"] if value.missing else []
            return ", ".join([show(member) for member in value.members] + more) or "none"
        case Entries():
            return ", ".join(f"{key}={show(entry)}" for key, entry in value.mapping.items()) or "none"
        case _:
            return str(value)
