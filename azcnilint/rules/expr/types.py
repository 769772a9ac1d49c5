"""The types of the language. They are compared by value and know how they are called in a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Scalar:
    """A type without parts; a string of a closed set carries its `values`.

    Attributes:
        name: `bool`, `int`, `double`, `string`, `ip` or `cidr`.
        values: The words that a value can be; empty for an open type.
        enum: What the closed set is called in a message (`RouteType`, `facts.mode`).
    """

    name: str
    values: tuple[str, ...] = ()
    enum: str = ""

    def __str__(self) -> str:
        return self.enum or self.name


@dataclass(frozen=True, slots=True)
class ListType:
    """A list of one type."""

    element: Type

    def __str__(self) -> str:
        return f"list<{self.element}>"


@dataclass(frozen=True, slots=True)
class MapType:
    """A map from string to one type."""

    value: Type

    def __str__(self) -> str:
        return f"map<string, {self.value}>"


@dataclass(frozen=True, slots=True)
class Optional:
    """A value that may be absent. Never nested."""

    inner: Type

    def __str__(self) -> str:
        return f"optional<{self.inner}>"


@dataclass(frozen=True, slots=True)
class Variable:
    """A type parameter of a function signature: `any` stands for any type, `S` for scalars, others for one type."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a struct.

    Attributes:
        name: As in the Python class.
        type: Its type.
        needs: Kinds of evidence that reading it touches.
        settled_by: Names that say in `Record.hidden` that it is not settled: itself and what it is derived from.
    """

    name: str
    type: Type
    needs: frozenset[str] = frozenset()
    settled_by: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Struct:
    """A record type; two are equal when they are the same object.

    Attributes:
        name: As in `azcnilint.models`.
        fields: By name.
        noun: What several of them are called (`routes`).
        need: The kind of evidence that shows such records; None when it depends on the record.
        facade: Its attributes hold run-time values already, Unknown included.
        table: Its lists are whole captures, which can be shown as searched.
        hides: Its records have `hidden`; others are known whole.
    """

    name: str
    fields: Mapping[str, Field] = field(repr=False)
    noun: str = "members"
    need: str | None = None
    facade: bool = False
    table: bool = False
    hides: bool = False

    def __str__(self) -> str:
        return self.name


Type: TypeAlias = Scalar | ListType | MapType | Optional | Variable | Struct

BOOL = Scalar("bool")
INT = Scalar("int")
DOUBLE = Scalar("double")
STRING = Scalar("string")
IP = Scalar("ip")
CIDR = Scalar("cidr")
ANY = Variable("any")
NOTHING = Variable("nothing")
"""The element type of an empty list: fits every type."""
SCALARS = {scalar.name: scalar for scalar in (BOOL, INT, DOUBLE, STRING, IP, CIDR)}


def present(kind: Type) -> Type:
    """Give the type without its optional."""
    return kind.inner if isinstance(kind, Optional) else kind


def same(left: Type, right: Type) -> bool:
    """Say whether two types are one for comparison: enums are strings, the empty list is every list."""
    match left, right:
        case (Variable(name="nothing" | "any"), _) | (_, Variable(name="nothing" | "any")):
            return True
        case Scalar(), Scalar():
            return left.name == right.name
        case ListType(), ListType():
            return same(left.element, right.element)
        case MapType(), MapType():
            return same(left.value, right.value)
        case Optional(), Optional():
            return same(left.inner, right.inner)
        case _:
            return left == right


def unify(parameter: Type, argument: Type, bound: dict[str, Type]) -> bool:
    """Say whether an argument fits a parameter, binding the type variables that it meets first."""
    match parameter:
        case Variable(name="any"):
            return True
        case Variable(name="S") if not isinstance(argument, Scalar | Variable):
            return False
        case Variable():
            known = bound.setdefault(parameter.name, argument)
            if known == NOTHING:
                bound[parameter.name] = argument
            return same(known, argument) and not isinstance(argument, Optional)
        case ListType():
            return isinstance(argument, ListType) and unify(parameter.element, argument.element, bound)
        case MapType():
            return isinstance(argument, MapType) and unify(parameter.value, argument.value, bound)
        case Optional():
            return unify(parameter.inner, present(argument), bound)
        case _:
            return same(parameter, argument)


def substitute(kind: Type, bound: Mapping[str, Type]) -> Type:
    """Replace type variables by what they are bound to."""
    match kind:
        case Variable():
            return bound.get(kind.name, kind)
        case ListType():
            return ListType(substitute(kind.element, bound))
        case MapType():
            return MapType(substitute(kind.value, bound))
        case Optional():
            return Optional(present(substitute(kind.inner, bound)))
        case _:
            return kind


def parse_type(text: str) -> Type | None:
    """Read a parameter's type: a scalar, `list<…>` or `map<string, …>`; None for anything else."""
    text = text.strip()
    if text in SCALARS:
        return SCALARS[text]
    if text.startswith("list<") and text.endswith(">"):
        element = parse_type(text[5:-1])
        return ListType(element) if element else None
    if text.startswith("map<string,") and text.endswith(">"):
        value = parse_type(text[11:-1])
        return MapType(value) if value else None
    return None
