"""The checked tree: what the checker makes of the syntax tree and the evaluator compiles. Every node has a type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from azcnilint.rules.expr import types
from azcnilint.rules.expr.types import Type
from azcnilint.text import Span


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the language.

    Attributes:
        name: `size`, `net.covers`; a method has the name behind the point.
        params: Types of the arguments; of a method the first is what stands before the point.
        result: Type of the result; type variables are those of `params`.
        run: The implementation. It never sees an Unknown argument, nor None unless the parameter is optional, and
            may return Unknown. A list argument is `Items` and may lack members.
        doc: One line for docs/language.md.
        method: Whether it is called as `x.name(…)`.
        needs: Kinds of evidence that a call touches beyond those of its arguments.
        literal: Reads the last argument when the pack is loaded, if it is written as a literal; raises ValueError with
            the reason. The call then gets what it returns instead of the text.
        literal_only: The last argument has to be a literal.
        witnesses: Gives the records that show why a call has its truth, with a few words each, for the same arguments.
    """

    name: str
    params: tuple[Type, ...]
    result: Type
    run: Callable[..., object]
    doc: str
    method: bool = False
    needs: frozenset[str] = frozenset()
    literal: Callable[[str], object] | None = None
    literal_only: bool = False
    witnesses: Callable[..., Sequence[tuple[object, str]]] | None = None

    def signature(self) -> str:
        """Write it as a message shows it: `size(list<T>)`, `string.contains(string)`."""
        shown = [str(param) for param in self.params]
        if self.method:
            return f"{shown[0]}.{self.name}({', '.join(shown[1:])})"
        return f"{self.name}({', '.join(shown)})"


@dataclass(frozen=True, slots=True, eq=False)
class Const:
    """A value known when the pack is loaded."""

    span: Span
    type: Type
    value: object


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """A name: the number of its place in the frame, and for `let` what it stands for."""

    span: Span
    type: Type
    index: int
    name: str
    definition: Typed | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Get:
    """A field of a record."""

    span: Span
    type: Type
    base: Typed
    field: types.Field
    owner: types.Struct


@dataclass(frozen=True, slots=True, eq=False)
class At:
    """A member of a list by place, or of a map by key; absent when there is none."""

    span: Span
    type: Type
    base: Typed
    key: Typed


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """`[a, b]`."""

    span: Span
    type: Type
    items: tuple[Typed, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """Truths joined by `&&` (`every`) or `||`."""

    span: Span
    type: Type
    every: bool
    parts: tuple[Typed, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Not:
    """`!x`."""

    span: Span
    type: Type
    operand: Typed


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """A comparison, membership or arithmetic operator; a sign has the constant 0 on its left."""

    span: Span
    type: Type
    operator: str
    left: Typed
    right: Typed


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """`c ? a : b`."""

    span: Span
    type: Type
    condition: Typed
    then: Typed
    other: Typed


@dataclass(frozen=True, slots=True, eq=False)
class Has:
    """`has(x.f)`."""

    span: Span
    type: Type
    target: Typed


@dataclass(frozen=True, slots=True, eq=False)
class Macro:
    """`xs.all(x, p)` and its kin; `slot` is where the variable lives. `body` is None for a map without predicate."""

    span: Span
    type: Type
    kind: str
    source: Typed
    slot: int
    body: Typed | None
    transform: Typed | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Invoke:
    """A call of a function."""

    span: Span
    type: Type
    function: Function = field(repr=False)
    args: tuple[Typed, ...] = ()


Typed: TypeAlias = Const | Slot | Get | At | Listed | Joined | Not | Operation | Choice | Has | Macro | Invoke


def children(node: Typed) -> tuple[Typed, ...]:
    """Give the nodes right below, in order; a `let` is not entered."""
    match node:
        case Const() | Slot():
            return ()
        case Get():
            return (node.base,)
        case At():
            return (node.base, node.key)
        case Listed():
            return node.items
        case Joined():
            return node.parts
        case Not():
            return (node.operand,)
        case Operation():
            return (node.left, node.right)
        case Choice():
            return (node.condition, node.then, node.other)
        case Has():
            return (node.target,)
        case Macro():
            return tuple(part for part in (node.source, node.body, node.transform) if part is not None)
        case Invoke():
            return node.args
