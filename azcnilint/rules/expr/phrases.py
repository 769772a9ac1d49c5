"""Conditions in words: `type is unreachable, not unicast`."""

from __future__ import annotations

import re
from collections.abc import Callable

from azcnilint.rules.expr.typed import At, Const, Get, Has, Invoke, Joined, Listed, Macro, Not, Operation, Slot, Typed
from azcnilint.rules.expr.types import ListType, Struct, Type, present
from azcnilint.rules.expr.values import Items, Unknown, show

_LONGEST = 120
_VERBS = {
    "startsWith": ("begins with", "does not begin with"),
    "endsWith": ("ends with", "does not end with"),
    "contains": ("contains", "does not contain"),
    "matches": ("matches", "does not match"),
    "glob": ("matches", "does not match"),
    "containsIP": ("contains", "does not contain"),
    "containsCIDR": ("contains", "does not contain"),
}


def noun(kind: Type, count: int = 2) -> str:
    """Give what the members of a list type are called; `members` when it is no list of records."""
    if isinstance(kind, ListType) and isinstance(kind.element, Struct):
        return kind.element.noun if count != 1 else _singular(kind.element.noun)
    return "members" if count != 1 else "member"


def _singular(plural: str) -> str:
    if plural.endswith("ies"):
        return plural[:-3] + "y"
    return plural.removesuffix("es") if plural.endswith(("sses", "ches")) else plural.removesuffix("s")


def brief(value: object) -> str:
    """Write a value, cut when it is long; a pattern as it was written."""
    text = value.pattern if isinstance(value, re.Pattern) else show(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def written(node: Typed) -> str:
    """Write an expression briefly: a field without the name of its record, a call with its arguments."""
    match node:
        case Const():
            return f'"{node.value}"' if isinstance(node.value, str) else brief(node.value)
        case Slot():
            return node.name
        case Get():
            base = written(node.base) if isinstance(node.base, Get | At) else ""
            return f"{base}.{node.field.name}" if base else node.field.name
        case At():
            return f"{written(node.base)}[{written(node.key)}]"
        case Invoke():
            return _call(node)
        case Macro():
            return f"{written(node.source)}.{node.kind}(…)"
        case Listed():
            return "[" + ", ".join(written(item) for item in node.items) + "]"
        case Operation():
            return f"{written(node.left)} {node.operator} {written(node.right)}"
        case _:
            return "the condition"


def _call(node: Invoke) -> str:
    """Write a call; a default for what is absent says nothing of its own."""
    name, args = node.function.name, [written(arg) for arg in node.args]
    if name == "orValue":
        return args[0]
    if node.function.method:
        return f"{args[0]}.{name}({', '.join(args[1:])})"
    return f"{name}({', '.join(args)})"


class Phrases:
    """Writes phrases for the values that the frame holds at the moment of the call."""

    def __init__(self, value: Callable[[Typed], object]) -> None:
        self._value = value

    def phrase(self, node: Typed, *, truth: bool) -> str:
        """Say why a condition has this truth."""
        match node:
            case Not():
                return self.phrase(node.operand, truth=not truth)
            case Joined():
                deciding = [part for part in node.parts if self._value(part) is truth]
                return ", ".join(self.phrase(part, truth=truth) for part in deciding)
            case Operation():
                return self._operation(node, truth=truth)
            case Has():
                return self._has(node, truth=truth)
            case Invoke():
                return self._invoke(node, truth=truth)
            case Macro():
                return self._macro(node, truth=truth)
            case Slot(definition=definition) if definition is not None:
                return self.phrase(definition, truth=truth)
            case _:
                return f"{written(node)} is {'true' if truth else 'false'}"

    def _operation(self, node: Operation, *, truth: bool) -> str:
        if node.operator == "in":
            return self._member(node, truth=truth)
        subject, other = (node.right, node.left) if isinstance(node.left, Const) else (node.left, node.right)
        value, wanted = brief(self._value(subject)), brief(self._value(other))
        text = f"{written(subject)} is {value}"
        if node.operator in ("==", "!="):
            return text if (node.operator == "==") is truth else f"{text}, not {wanted}"
        mirrored = {"<": ">", "<=": ">=", ">": "<", ">=": "<="} if subject is node.right else {}
        return text if truth else f"{text}, not {mirrored.get(node.operator, node.operator)} {wanted}"

    def _member(self, node: Operation, *, truth: bool) -> str:
        if isinstance(node.left, Const):
            container = written(node.right)
            if truth:
                return f"{container} has {brief(node.left.value)}"
            return f"{container} is {brief(self._value(node.right))}, without {brief(node.left.value)}"
        text = f"{written(node.left)} is {brief(self._value(node.left))}"
        return text if truth else f"{text}, not one of {brief(self._value(node.right))}"

    def _has(self, node: Has, *, truth: bool) -> str:
        if not truth:
            return f"has no {written(node.target)}"
        if isinstance(present(node.target.type), Struct):
            return f"has a {written(node.target)}"
        return f"{written(node.target)} is {brief(self._value(node.target))}"

    def _invoke(self, node: Invoke, *, truth: bool) -> str:
        name = node.function.name
        if name in _VERBS and len(node.args) == 2:
            subject, argument = (brief(self._value(arg)) for arg in node.args)
            return f"{written(node.args[0])} {subject} {_VERBS[name][0 if truth else 1]} {argument}"
        if name == "hasValue":
            return f"{written(node.args[0])} is {'there' if truth else 'absent'}"
        return f"{written(node)} is {'true' if truth else 'false'}"

    def _macro(self, node: Macro, *, truth: bool) -> str:
        items = self._value(node.source)
        if not isinstance(items, Items) or isinstance(items, Unknown):
            return written(node)
        count = len(items.members)
        if count == 0:
            return f"has no {noun(node.source.type)}"
        if node.kind == "exists" and not truth:
            return f"none of {count} {noun(node.source.type, count)} meets it"
        return f"{written(node)} is {'true' if truth else 'false'}"
