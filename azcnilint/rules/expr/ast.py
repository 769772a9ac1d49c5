"""The syntax tree of an expression, as written. Every node knows where it stands in the YAML file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from azcnilint.text import Span


@dataclass(frozen=True, slots=True)
class Literal:
    """`true`, `12`, `1.5`, `"text"`."""

    span: Span
    value: bool | int | float | str


@dataclass(frozen=True, slots=True)
class Name:
    """A bare name."""

    span: Span
    name: str


@dataclass(frozen=True, slots=True)
class Select:
    """`base.field`; `name_span` is the field's name alone."""

    span: Span
    base: Expression
    name: str
    name_span: Span


@dataclass(frozen=True, slots=True)
class Index:
    """`base[key]`."""

    span: Span
    base: Expression
    key: Expression


@dataclass(frozen=True, slots=True)
class ListOf:
    """`[a, b]`."""

    span: Span
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """`name(args)` or `receiver.name(args)`; whether the receiver is a value or a namespace is for the checker."""

    span: Span
    receiver: Expression | None
    name: str
    name_span: Span
    args: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Unary:
    """`!x` or `-x`."""

    span: Span
    operator: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and the operator between them; `operator_span` is the operator alone."""

    span: Span
    operator: str
    operator_span: Span
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Junction:
    """Two or more operands joined by one of `&&` and `||`, kept flat so that evidence can count them."""

    span: Span
    operator: str
    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Ternary:
    """`condition ? then : other`."""

    span: Span
    condition: Expression
    then: Expression
    other: Expression


Expression: TypeAlias = Literal | Name | Select | Index | ListOf | Call | Unary | Binary | Junction | Ternary


def children(node: Expression) -> tuple[Expression, ...]:
    """Give the nodes right below, in order."""
    match node:
        case Literal() | Name():
            return ()
        case Select():
            return (node.base,)
        case Index():
            return (node.base, node.key)
        case ListOf():
            return node.items
        case Call():
            return node.args if node.receiver is None else (node.receiver, *node.args)
        case Unary():
            return (node.operand,)
        case Binary():
            return (node.left, node.right)
        case Junction():
            return node.parts
        case Ternary():
            return (node.condition, node.then, node.other)


def depth(node: Expression) -> int:
    """Count the levels of a tree. Works without recursion, since it guards what recurses."""
    deepest, open_nodes = 0, [(node, 1)]
    while open_nodes:
        current, level = open_nodes.pop()
        deepest = max(deepest, level)
        open_nodes.extend((child, level + 1) for child in children(current))
    return deepest


def names(node: Expression) -> frozenset[str]:
    """Give the bare names that occur in a tree (macro variables included)."""
    found, open_nodes = set(), [node]
    while open_nodes:
        current = open_nodes.pop()
        if isinstance(current, Name):
            found.add(current.name)
        open_nodes.extend(children(current))
    return frozenset(found)


def path(node: Expression) -> str | None:
    """Write `a.b.c` for a chain of selections from a name; None for anything else."""
    if isinstance(node, Name):
        return node.name
    if isinstance(node, Select):
        base = path(node.base)
        return None if base is None else f"{base}.{node.name}"
    return None
