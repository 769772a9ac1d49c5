"""Several captures of one thing to one list of records: equal ones once, hidden fields filled, contradictions told.

The order of the captures does not matter: they are ranked by how much they show first.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from azcnilint.models import NOTHING, Record, Table
from azcnilint.text import Diagnostic, Label, Severity, Span

MOST_COMPARED = 64
"""Records with one key are few; of more than so many (a hostile capture) the rest are not compared."""

T = TypeVar("T", bound=Table)
R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """One capture of a table.

    Attributes:
        value: What was read.
        whole: Every line was read and the capture is complete: what it was asked for and does not show is absent.
        argv: The command in words; None when unknown.
    """

    value: T
    whole: bool
    argv: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Listing(Generic[R]):
    """The records of one part, and for which records it settles absence.

    Attributes:
        records: In printed order.
        covers: Whether the part would show such a record if it existed.
    """

    records: tuple[R, ...]
    covers: Callable[[R], bool]


@dataclass(frozen=True, slots=True)
class Shape(Generic[R]):
    """How records of one type are compared and joined.

    Attributes:
        key: What one record has in common with another of the same thing.
        agrees: Whether two records with one key can describe one thing at one moment.
        join: The first record, completed by what only the second shows.
        unique: There is one record a key at most, so that two that do not agree contradict each other.
    """

    key: Callable[[R], Hashable]
    agrees: Callable[[R, R], bool]
    join: Callable[[R, R], R]
    unique: bool


@dataclass(slots=True)
class United(Generic[R]):
    """What `unite` gives: records, and for each contradicting part one pair of spans that shows how."""

    records: list[R]
    conflicts: list[tuple[Span, Span | None]]


def ranked(parts: Sequence[Part[T]], records: Callable[[T], Sequence[Record]]) -> list[Part[T]]:
    """Sort the parts: whole ones first, then those whose records hide least, then the longer ones, then by place."""

    def rank(part: Part[T]) -> tuple[bool, float, int, str, int]:
        shown = records(part.value)
        hidden = sum(len(record.hidden) for record in shown) / max(1, len(shown))
        return not part.whole, hidden, -len(shown), part.value.span.artifact, part.value.span.start

    return sorted(parts, key=rank)


def unite(listings: Sequence[Listing[R]], shape: Shape[R]) -> United[R]:
    """Unite ranked listings. What contradicts an earlier one is left out and noted."""
    united: United[R] = United([], [])
    for at, listing in enumerate(listings):
        conflict = _add(united.records, listing, listings[:at], shape)
        if conflict:
            united.conflicts.append(conflict)
    return united


def _add(
    records: list[R], listing: Listing[R], earlier: Sequence[Listing[R]], shape: Shape[R]
) -> tuple[Span, Span | None] | None:
    """Add one listing; gives the first contradiction: the odd record, and the one (if any) that it contradicts.

    Each record of the listing meets one record of the earlier ones at most, so that duplicates inside a capture stay.
    """
    unmet: dict[Hashable, deque[int]] = {}
    for at, known in enumerate(records):
        unmet.setdefault(shape.key(known), deque()).append(at)
    conflict: tuple[Span, Span | None] | None = None
    for record in listing.records:
        same = unmet.get(shape.key(record), deque())
        found = next((i for i in islice(same, MOST_COMPARED) if shape.agrees(records[i], record)), None)
        if found is not None:
            same.remove(found)
            records[found] = shape.join(records[found], record)
        elif shape.unique and same:
            conflict = conflict or (record.span, records[same.popleft()].span)
        elif any(listed.covers(record) for listed in earlier):
            conflict = conflict or (record.span, None)
        else:
            records.append(record)
    if conflict is None:
        lost = (records[i] for same in unmet.values() for i in same if listing.covers(records[i]))
        conflict = next(((record.span, None) for record in lost), None)
    return conflict


def differ(what: str, conflicts: Sequence[tuple[Span, Span | None]]) -> list[Diagnostic]:
    """Tell in one diagnostic that captures of `what` (`routes of node aks-0`) contradict the one that is used."""
    if not conflicts:
        return []
    odd, other = conflicts[0]
    more = f"; {len(conflicts) - 1} more of them do not agree either" if len(conflicts) > 1 else ""
    message = f"captures of the {what} differ, and the more complete one is used{more}"
    labels = [Label(odd, "only one of the captures says so")]
    if other is not None:
        labels.append(Label(other, "the capture that is used says this", primary=False))
    help_ = "they were taken at different moments, or of different machines"
    return [Diagnostic("captures-differ", Severity.WARNING, message, tuple(labels), help_)]


_facts_of: dict[type[Record], frozenset[str]] = {}
"""Names of the compared fields by type, filled as types come along."""


def _facts(kind: type[Record]) -> frozenset[str]:
    if kind not in _facts_of:
        _facts_of[kind] = frozenset(field.name for field in dataclasses.fields(kind) if field.compare)
    return _facts_of[kind]


def same_facts(one: Record, other: Record, ignored: frozenset[str] = NOTHING) -> bool:
    """Whether two records of one type agree in every field that both settle, but for the ignored ones."""
    names = _facts(type(one)) - one.hidden - other.hidden - ignored
    return all(getattr(one, name) == getattr(other, name) for name in names)


def filled(one: R, other: R) -> R:
    """Give `one` with the fields that it hides and `other` settles taken from there; the span stays."""
    known = {field.name for field in dataclasses.fields(one)}
    settled = one.hidden - other.hidden
    if not settled:
        return one
    values = {name: getattr(other, name) for name in settled & known}
    return dataclasses.replace(one, hidden=one.hidden & other.hidden, **values)
