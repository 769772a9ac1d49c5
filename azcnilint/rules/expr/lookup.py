"""Joins by equality: which members of a list a macro has to look at, found by their key instead of one by one.

`node.pod_routes.filter(p, p.route.dev == entry.dev && …)` asks every member the same question for every `entry`. The
members whose `route.dev` is surely another one make the condition FALSE, whatever the rest of it is, so only those with
that key, and those whose key is unknown, are asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from azcnilint.rules.expr.frame import Code, Frame, budget_of, charge
from azcnilint.rules.expr.typed import Get, Joined, Macro, Operation, Slot, Typed, children
from azcnilint.rules.expr.values import Entries, Items, Unknown

Members: TypeAlias = Sequence[object]
Choose: TypeAlias = Callable[[Frame, tuple[object, ...]], Members]
"""Gives the members to ask, in their order."""


def whole(_: Frame, members: tuple[object, ...]) -> Members:
    """Ask every member."""
    return members


def join_of(node: Macro) -> tuple[Typed, Typed] | None:
    """Give the key of a member and what it has to equal, where the condition demands that; else None.

    The list must be a name or a field: one that is made anew for every question is not worth an index.
    """
    body = node.body
    if body is None or not isinstance(node.source, Get | Slot):
        return None
    parts = body.parts if isinstance(body, Joined) and body.every else (body,)
    for part in parts:
        if isinstance(part, Operation) and part.operator == "==":
            for key, wanted in ((part.left, part.right), (part.right, part.left)):
                if _is_field_of(key, node.slot) and node.slot not in _slots(wanted):
                    return key, wanted
    return None


def _is_field_of(tree: Typed, slot: int) -> bool:
    return isinstance(tree, Get) and (
        (isinstance(tree.base, Slot) and tree.base.index == slot) or _is_field_of(tree.base, slot)
    )


def _slots(tree: Typed) -> Iterator[int]:
    if isinstance(tree, Slot):
        yield tree.index
    for child in children(tree):
        yield from _slots(child)


class Index:
    """The members of one list by key; it is built when the same list is asked for the second time."""

    __slots__ = ("members", "open", "places")

    def __init__(self, members: tuple[object, ...]) -> None:
        self.members = members
        self.places: dict[object, list[int]] | None = None
        self.open: list[int] = []

    def build(self, keys: Iterator[object]) -> None:
        """Sort the places of the members by their keys; a key that may equal anything is always asked."""
        self.places = {}
        for place, key in enumerate(keys):
            if _is_settled(key):
                self.places.setdefault(key, []).append(place)
            else:
                self.open.append(place)

    def find(self, wanted: object) -> Members:
        """Give the members whose key may equal `wanted`, in their order."""
        places = (self.places or {}).get(wanted, [])
        return [self.members[place] for place in (sorted([*places, *self.open]) if self.open else places)]


def _is_settled(value: object) -> bool:
    """Whether a value equals only values of its own hash: no Unknown, no list that may lack members."""
    return not isinstance(value, Unknown | Items | Entries) and type(value).__hash__ is not None


def by_key(key: Code, slot: int, wanted: Code) -> Choose:
    """Make the choice of members by `key`, which reads a member from `slot`, while `wanted` does not."""
    site = object()

    def keys(frame: Frame, members: tuple[object, ...]) -> Iterator[object]:
        for member in members:
            frame[slot] = member
            yield key(frame)

    def choose(frame: Frame, members: tuple[object, ...]) -> Members:
        indexes = budget_of(frame).indexes
        index = indexes.get(site)
        if not isinstance(index, Index) or index.members is not members:
            indexes[site] = Index(members)
            return members
        value = wanted(frame)
        if not _is_settled(value):
            return members
        if index.places is None:
            charge(frame, len(members))
            index.build(keys(frame, members))
        return index.find(value)

    return choose
