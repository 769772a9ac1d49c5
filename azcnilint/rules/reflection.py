"""The record classes of `azcnilint.models` as types of the language, read from their annotations."""

from __future__ import annotations

import types as python_types
from collections.abc import Callable, Mapping
from dataclasses import fields
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Annotated, Union, get_args, get_origin, get_type_hints

from azcnilint.models import Record, Table
from azcnilint.rules.expr import types
from azcnilint.rules.expr.types import Field, ListType, MapType, Optional, Scalar, Struct, Type

PRIVATE = frozenset({"span", "hidden", "incomplete_because", "complete"})
"""Fields about the capture and not about the node; so are those that end in `_shown`."""

DERIVED: Mapping[tuple[str, str], frozenset[str]] = {
    ("Link", "addresses"): frozenset({"addresses", "inet", "inet6"}),
    ("Link", "inet"): frozenset({"addresses", "inet"}),
    ("Link", "inet6"): frozenset({"addresses", "inet6"}),
    ("Link", "up"): frozenset({"flags"}),
    ("DirectoryEntry", "executable"): frozenset({"mode"}),
    ("DirectoryEntry", "world_writable"): frozenset({"mode"}),
    ("Route", "family"): frozenset(),
    ("Route", "host"): frozenset(),
    ("Route", "default"): frozenset(),
    ("Route", "hops"): frozenset({"nexthops", "gateway", "dev", "flags"}),
    ("Neighbour", "family"): frozenset(),
    ("RoutingRule", "source"): frozenset({"src", "srclen"}),
    ("RoutingRule", "destination"): frozenset({"dst", "dstlen"}),
    ("AddressMatch", "any"): frozenset({"network"}),
}
"""What `Record.hidden` may name that leaves a field open, where that is not just the field itself."""

_SCALARS: Mapping[object, Scalar] = {bool: types.BOOL, int: types.INT, float: types.DOUBLE, str: types.STRING}
_ADDRESSES: Mapping[frozenset[object], Scalar] = {
    frozenset({IPv4Address, IPv6Address}): types.IP,
    frozenset({IPv4Address}): types.IP,
    frozenset({IPv6Address}): types.IP,
    frozenset({IPv4Network, IPv6Network}): types.CIDR,
    frozenset({IPv4Network}): types.CIDR,
    frozenset({IPv6Network}): types.CIDR,
}


class Reflection:
    """Builds each struct once.

    Args:
        shapes: For each class what several of it are called, and the kind of evidence that shows it (None: depends).
    """

    def __init__(self, shapes: Mapping[type, tuple[str, str | None]]) -> None:
        self._shapes = shapes
        self._built: dict[type, Struct] = {}

    def struct(self, record: type) -> Struct:
        """Give the struct of a record class; raises KeyError for a class without a shape."""
        known = self._built.get(record)
        if known is None:
            noun, need = self._shapes[record]
            known = Struct(
                record.__name__,
                self._fields(record),
                noun,
                need,
                table=issubclass(record, Table),
                hides=issubclass(record, Record),
            )
            self._built[record] = known
        return known

    def _fields(self, record: type) -> dict[str, Field]:
        hints = get_type_hints(record, include_extras=False)
        declared = [(field.name, hints[field.name]) for field in fields(record)]
        found: dict[str, Field] = {}
        for name, annotation in [*declared, *_properties(record)]:
            kind = None if name in PRIVATE or name.endswith("_shown") else self.type(annotation)
            if kind is not None:
                settled_by = DERIVED.get((record.__name__, name), frozenset({name}))
                found[name] = Field(name, kind, settled_by=settled_by)
        return found

    def type(self, annotation: object) -> Type | None:
        """Give the type of an annotation; None for one that the language does not show (a map of JSON values)."""
        if annotation in _SCALARS:
            return _SCALARS[annotation]
        origin, args = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            return self.type(args[0])
        if origin is tuple:
            element = self.type(args[0])
            return None if element is None else ListType(element)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            value = self.type(args[1])
            return None if value is None else MapType(value)
        if origin in (Union, python_types.UnionType):
            return self._union(args)
        return self._class(annotation)

    def _union(self, args: tuple[object, ...]) -> Type | None:
        members = frozenset(args) - {type(None)}
        inner = _ADDRESSES.get(members) or (self.type(next(iter(members))) if len(members) == 1 else None)
        return Optional(inner) if inner is not None and type(None) in args else inner

    def _class(self, annotation: object) -> Type | None:
        if not isinstance(annotation, type):
            return None
        if issubclass(annotation, StrEnum):
            return Scalar("string", tuple(member.value for member in annotation), annotation.__name__)
        if frozenset({annotation}) in _ADDRESSES:
            return _ADDRESSES[frozenset({annotation})]
        return self.struct(annotation) if annotation in self._shapes else None


def _properties(record: type) -> list[tuple[str, object]]:
    """Give the public properties of a class with what they return."""
    found = []
    for name in dir(record):
        attribute = getattr(record, name)
        getter: Callable[..., object] | None = attribute.fget if isinstance(attribute, property) else None
        if getter is not None and not name.startswith("_"):
            found.append((name, get_type_hints(getter)["return"]))
    return found
