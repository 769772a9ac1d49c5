"""How the operators type: which operands they join, and what they say when they do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from azcnilint.rules.expr import ast, messages, types
from azcnilint.rules.expr.messages import Fault
from azcnilint.rules.expr.typed import Const, Function, Listed, Operation, Typed
from azcnilint.rules.expr.types import ANY, BOOL, STRING, ListType, MapType, Optional, Scalar, Struct, Type, present

_ORDERED = frozenset({"int", "double", "string"})
_NUMBERS = frozenset({"int", "double"})


def absent(node: ast.Expression, kind: Type) -> Fault:
    """Report the use of an optional as if it were there."""
    return messages.may_be_absent(node.span, ast.path(node) or "this value", str(kind))


def common(left: Type, right: Type) -> Type | None:
    """Give the type that holds the values of both; None when there is none."""
    if not types.same(present(left), present(right)):
        return None
    chosen = right if _empty(left) else left
    wider = _open(chosen) if left != right else chosen
    return Optional(present(wider)) if isinstance(left, Optional) or isinstance(right, Optional) else wider


def _empty(kind: Type) -> bool:
    return kind == ANY or (isinstance(kind, ListType) and kind.element == types.NOTHING)


def methods_of(kind: Type, methods: Mapping[str, Sequence[Function]]) -> list[str]:
    """Give the names of the methods that a value of this type has."""
    return [name for name, overloads in methods.items() if any(_fits(each.params[0], kind) for each in overloads)]


def _fits(receiver: Type, kind: Type) -> bool:
    only_optional = isinstance(receiver, Optional) and not isinstance(kind, Optional)
    return not only_optional and types.unify(receiver, present(kind), {})


def minus(node: ast.Unary, operand: Typed, faults: list[Fault]) -> Typed:
    """Type `-x`."""
    if not _is_scalar(operand.type, _NUMBERS):
        faults.append(messages.wrong_type(node.operand.span, "int or double", str(operand.type), "- takes a number"))
    zero: int | float = 0.0 if operand.type == types.DOUBLE else 0
    return Operation(node.span, operand.type, "-", Const(node.span, operand.type, zero), operand)


def binary(node: ast.Binary, left: Typed, right: Typed, faults: list[Fault]) -> Typed:
    """Type an operator between two operands; what is wrong goes to `faults`."""
    operator = node.operator
    kind: Type = BOOL
    if operator in ("==", "!="):
        found = _equality(node, left, right)
    elif operator == "in":
        found = _membership(node, left, right)
    elif operator in ("<", "<=", ">", ">="):
        found = _same_scalars(node, left, right, _ORDERED)
    elif operator == "+" and isinstance(left.type, ListType):
        found = [] if common(left.type, right.type) is not None else [_meaningless(node, left.type, right.type)]
        kind = common(left.type, right.type) or left.type
    else:
        found = _same_scalars(node, left, right, _NUMBERS | ({"string"} if operator == "+" else set()))
        kind = _open(left.type)
    faults.extend(found)
    return Operation(node.span, kind, operator, left, right)


def _open(kind: Type) -> Type:
    """Give the open type of an enum: joining two words gives any word."""
    return types.SCALARS[kind.name] if isinstance(kind, Scalar) else kind


def _is_scalar(kind: Type, names: frozenset[str] | set[str]) -> bool:
    return kind == ANY or (isinstance(kind, Scalar) and kind.name in names)


def _meaningless(node: ast.Binary, left: Type, right: Type) -> Fault:
    return messages.not_comparable(node.operator_span, node.operator, str(left), str(right), _hint(left, right))


def _hint(left: Type, right: Type) -> str:
    """Say how a string is compared with an address, which is what people try first."""
    pair = {present(left), present(right)}
    for kind, example in ((types.IP, 'ip("…")'), (types.CIDR, 'cidr("…")')):
        if kind in pair and any(isinstance(other, Scalar) and other.name == "string" for other in pair):
            return f"write {example}, or string(…) of the other"
    return ""


def _equality(node: ast.Binary, left: Typed, right: Typed) -> list[Fault]:
    one, two = present(left.type), present(right.type)
    if not types.same(_bare_list(one), _bare_list(two)):
        return [_meaningless(node, left.type, right.type)]
    if isinstance(one, Struct) or (isinstance(one, ListType) and isinstance(one.element, Struct)):
        fault = messages.not_comparable(
            node.operator_span, node.operator, str(one), str(two), "compare a field of them"
        )
        return [fault]
    return [*_words(one, right), *_words(two, left)]


def _bare_list(kind: Type) -> Type:
    """Take the optional off the members of a list: an absent member differs from every value, as elsewhere."""
    return ListType(present(kind.element)) if isinstance(kind, ListType) else kind


def _words(enum: Type, other: Typed) -> list[Fault]:
    """Check the literal words that are compared with an enum."""
    if not (isinstance(enum, Scalar) and enum.values):
        return []
    literals = other.items if isinstance(other, Listed) else (other,)
    return [
        messages.unknown_value(literal.span, str(enum), literal.value, enum.values)
        for literal in literals
        if isinstance(literal, Const) and isinstance(literal.value, str) and literal.value not in enum.values
    ]


def _membership(node: ast.Binary, left: Typed, right: Typed) -> list[Fault]:
    container = right.type
    if isinstance(container, Optional):
        return [absent(node.right, container)]
    if container == ANY:
        return []
    if isinstance(container, MapType):
        return [] if types.same(present(left.type), STRING) else [_meaningless(node, left.type, container)]
    if not isinstance(container, ListType):
        return [
            messages.wrong_type(node.right.span, "a list or a map", str(container), "behind in stands what is searched")
        ]
    element = present(container.element)
    if isinstance(element, Struct) or not types.same(present(left.type), element):
        return [_meaningless(node, left.type, container)]
    return [*_words(present(left.type), right), *_words(element, left)]


def _same_scalars(node: ast.Binary, left: Typed, right: Typed, names: frozenset[str] | set[str]) -> list[Fault]:
    for side, value in ((node.left, left), (node.right, right)):
        if isinstance(value.type, Optional):
            return [absent(side, value.type)]
    if not (_is_scalar(left.type, names) and _is_scalar(right.type, names) and types.same(left.type, right.type)):
        return [_meaningless(node, left.type, right.type)]
    return []
