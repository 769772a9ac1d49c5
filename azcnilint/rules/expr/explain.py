"""Evidence: why an expression is TRUE or FALSE, as places in the captures. Runs only once an answer is to be shown.

A counterexample of `all` and a witness of `exists` are shown themselves. Where nothing was found, the list that was
searched is shown and the near miss: the member that meets what few others meet, with the condition that it fails.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from azcnilint.rules.expr.evaluator import compile_tree
from azcnilint.rules.expr.frame import Frame
from azcnilint.rules.expr.phrases import Phrases, noun
from azcnilint.rules.expr.typed import Choice, Const, Get, Invoke, Joined, Macro, Not, Slot, Typed, children
from azcnilint.rules.expr.types import ListType, Struct
from azcnilint.rules.expr.values import Items, Unknown
from azcnilint.text import Span

MOST_CLUES = 12
MOST_MEMBERS = 5
_DEEPEST = 64


class Role(StrEnum):
    """What a clue is to the answer."""

    WITNESS = "witness"
    """A record that shows the answer: the member that `exists` found, the one that fails `all`, the value compared."""
    SEARCHED = "searched"
    """A whole table that was searched without finding anything."""
    NEAR_MISS = "near miss"
    """The member that came closest."""


@dataclass(frozen=True, slots=True)
class Clue:
    """One place that shows why.

    Attributes:
        span: The record, or for SEARCHED the whole table.
        text: A few words, such as `type is unreachable, not unicast`.
        role: What it is to the answer; a NEAR_MISS is secondary.
        count: For SEARCHED, how many members were searched.
    """

    span: Span
    text: str
    role: Role = Role.WITNESS
    count: int = 0

    @property
    def primary(self) -> bool:
        """Whether the answer is about this place; a near miss only supports it."""
        return self.role is not Role.NEAR_MISS


def explain(tree: Typed, frame: Frame, truth: bool) -> tuple[Clue, ...]:  # noqa: FBT001 - the truth is what it explains
    """Give the places that show why `tree` has this truth, one clue a place; raises OverBudget."""
    found = _Explainer(frame).clues(tree, truth=truth, depth=0)
    return _merged(found)[:MOST_CLUES]


def _merged(clues: Iterable[Clue]) -> tuple[Clue, ...]:
    """Join the texts of clues about one place."""
    texts: dict[tuple[Span, Role, int], list[str]] = {}
    for clue in clues:
        known = texts.setdefault((clue.span, clue.role, clue.count), [])
        if clue.text and clue.text not in known:
            known.append(clue.text)
    return tuple(Clue(span, "; ".join(known[:4]), role, count) for (span, role, count), known in texts.items())


class _Explainer:
    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._phrases = Phrases(self._value)

    def _value(self, node: Typed) -> object:
        return compile_tree(node)(self._frame)

    def clues(self, node: Typed, *, truth: bool, depth: int) -> list[Clue]:
        if depth > _DEEPEST:
            return []
        depth += 1
        match node:
            case Const():
                return []
            case Slot(definition=definition) if definition is not None:
                return self.clues(definition, truth=truth, depth=depth)
            case Not():
                return self.clues(node.operand, truth=not truth, depth=depth)
            case Joined():
                return [
                    clue for part in self._deciding(node, truth) for clue in self.clues(part, truth=truth, depth=depth)
                ]
            case Choice():
                return self._choice(node, truth=truth, depth=depth)
            case Macro(kind="all" | "exists" | "exists_one"):
                return self._macro(node, truth=truth, depth=depth)
            case _:
                return self._leaf(node, truth=truth)

    def _deciding(self, node: Joined, truth: bool) -> Sequence[Typed]:  # noqa: FBT001 - as in explain
        """Give the parts that settle a junction: all of them, or those that have its truth."""
        if node.every is truth:
            return node.parts
        return [part for part in node.parts if self._value(part) is truth]

    def _choice(self, node: Choice, *, truth: bool, depth: int) -> list[Clue]:
        held = self._value(node.condition)
        if not isinstance(held, bool):
            return self.clues(node.then, truth=truth, depth=depth)
        branch = node.then if held else node.other
        return [
            *self.clues(branch, truth=truth, depth=depth),
            *self.clues(node.condition, truth=held, depth=depth),
        ]

    def _macro(self, node: Macro, *, truth: bool, depth: int) -> list[Clue]:
        items = self._value(node.source)
        if not isinstance(items, Items) or node.body is None:
            return []
        sought = node.kind != "all"
        shown = [member for member in items.members if self._holds(node, member) is sought]
        if shown and (node.kind == "exists_one" or truth is sought):
            return [
                clue
                for member in shown[:MOST_MEMBERS]
                for clue in self._member(node, member, truth=sought, depth=depth)
            ]
        return [*self._searched(items, node.source), *(self._near_misses(node, items) if sought else ())]

    def _holds(self, node: Macro, member: object) -> object:
        assert node.body is not None
        self._frame[node.slot] = member
        return self._value(node.body)

    def _member(self, node: Macro, member: object, *, truth: bool, depth: int) -> list[Clue]:
        """Explain the truth for one member; the member itself is shown even when its condition is about others."""
        assert node.body is not None
        self._frame[node.slot] = member
        inner = self.clues(node.body, truth=truth, depth=depth)
        own = _span(member)
        if own is None or any(own.contains(clue.span) for clue in inner):
            return inner
        return [Clue(own, ""), *inner]

    def _searched(self, items: Items, source: Typed) -> list[Clue]:
        if items.span is None:
            return []
        origin = _origin(source)
        searched = self._value(origin)
        count = len(searched.members if isinstance(searched, Items) else items.members)
        if count == 0 and isinstance(origin, Get) and not origin.owner.table:
            return [Clue(items.span, f"has no {origin.field.name}")]
        return [Clue(items.span, f"searched {count} {noun(origin.type, count)}", Role.SEARCHED, count)]

    def _near_misses(self, node: Macro, items: Items) -> list[Clue]:
        """Find the member that meets the rarest conditions; one that most members meet tells nothing."""
        if not isinstance(node.body, Joined) or not node.body.every or not items.members:
            return []
        parts = node.body.parts
        met = [self._met(node, parts, member) for member in items.members]
        meeting = [sum(row[place] for row in met) for place in range(len(parts))]
        telling = [count * 2 <= len(met) or len(met) == 1 for count in meeting]

        def score(row: Sequence[bool]) -> float:
            return sum(1 / meeting[place] for place, held in enumerate(row) if held and telling[place])

        best = max(range(len(met)), key=lambda place: score(met[place]))
        if score(met[best]) == 0:
            return []
        return self._near_miss(
            node, items.members[best], [part for part, held in zip(parts, met[best], strict=True) if not held]
        )

    def _met(self, node: Macro, parts: Sequence[Typed], member: object) -> list[bool]:
        self._frame[node.slot] = member
        return [self._value(part) is True for part in parts]

    def _near_miss(self, node: Macro, member: object, failed: Sequence[Typed]) -> list[Clue]:
        own = _span(member)
        if own is None:
            return []
        self._frame[node.slot] = member
        texts = [self._phrases.phrase(part, truth=False) for part in failed]
        return [Clue(own, ", ".join(texts), Role.NEAR_MISS)]

    def _leaf(self, node: Typed, *, truth: bool) -> list[Clue]:
        """Show the records and lists that a condition is about."""
        witnessed = self._witnessed(node)
        if witnessed:
            return witnessed
        text = self._phrases.phrase(node, truth=truth)
        records = [span for record in self._records(node) if (span := _span(record)) is not None]
        if records:
            # The phrase is about the first record; the others are what it was compared with.
            first, *others = dict.fromkeys(records)
            return [Clue(first, text), *(Clue(span, "") for span in others)]
        return self._lists(node)

    def _witnessed(self, node: Typed) -> list[Clue]:
        """Show what the functions of a condition themselves can name as their reason."""
        if isinstance(node, Invoke) and node.function.witnesses is not None:
            values = [self._value(arg) for arg in node.args]
            shown = [] if any(isinstance(value, Unknown) for value in values) else node.function.witnesses(*values)
            return [Clue(span, text) for record, text in shown if (span := _span(record)) is not None]
        return [clue for child in children(node) for clue in self._witnessed(child)]

    def _records(self, node: Typed) -> list[object]:
        """Give the innermost records whose fields the condition reads."""
        if isinstance(node, Slot) and node.definition is not None:
            return self._records(node.definition)
        if isinstance(node, Get):
            record = self._value(node.base)
            return [record] if _span(record) is not None else []
        if isinstance(node, Slot) and isinstance(node.type, Struct):
            return [self._frame[node.index]]
        if isinstance(node, Macro):
            return []
        return [record for child in children(node) for record in self._records(child)]

    def _lists(self, node: Typed) -> list[Clue]:
        if isinstance(node, Slot) and node.definition is not None:
            return self._lists(node.definition)
        if isinstance(node.type, ListType):
            return self._list(node)
        return [clue for child in children(node) for clue in self._lists(child)]

    def _list(self, node: Typed) -> list[Clue]:
        items = self._value(node)
        if not isinstance(items, Items):
            return []
        members = [span for member in items.members[:MOST_MEMBERS] if (span := _span(member)) is not None]
        return [Clue(span, "") for span in members] or self._searched(items, _origin(node))


def _origin(node: Typed) -> Typed:
    """Give the list that a filter or map went through, for its noun."""
    while True:
        if isinstance(node, Macro):
            node = node.source
        elif isinstance(node, Slot) and node.definition is not None:
            node = node.definition
        else:
            return node


def _span(value: object) -> Span | None:
    span = getattr(value, "span", None)
    return span if isinstance(span, Span) else None
