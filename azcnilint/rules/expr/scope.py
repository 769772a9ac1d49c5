"""What an expression may use: names with their types and places, functions, and what guards have shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from azcnilint.rules.expr.typed import Function, Typed
from azcnilint.rules.expr.types import Type

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Binding:
    """What a name in scope stands for.

    Attributes:
        type: Its type.
        slot: Its place in the frame.
        definition: What a `let` name stands for; None for other names.
        needs: Kinds of evidence that the definition of a `let` touches.
    """

    type: Type
    slot: int
    definition: Typed | None = None
    needs: frozenset[str] = _NONE


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression may use.

    Attributes:
        names: The names in scope.
        functions: Functions by name, with their overloads.
        methods: Methods by name, with their overloads.
        namespaces: Words that may stand before the point of a function's name.
        present: Paths of optionals that are known to be there, from a guard that was judged before.
    """

    names: Mapping[str, Binding]
    functions: Mapping[str, Sequence[Function]]
    methods: Mapping[str, Sequence[Function]]
    namespaces: frozenset[str]
    present: frozenset[str] = _NONE
