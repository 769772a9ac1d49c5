"""Parameter values: YAML nodes or text of the command line to the run-time values of a declared type."""

from __future__ import annotations

import re
from collections.abc import Callable

from azcnilint.rules.expr import types
from azcnilint.rules.expr.addresses import read_cidr, read_ip
from azcnilint.rules.expr.types import ListType, MapType, Scalar, Type
from azcnilint.rules.expr.values import Entries, Items
from azcnilint.rules.yaml_tree import MappingNode, ScalarNode, SequenceNode, TreeNode


class ParamError(ValueError):
    """A value is not of the type of its parameter.

    Attributes:
        node: The wrong part; None for a text of the command line.
    """

    def __init__(self, message: str, node: TreeNode | None = None) -> None:
        super().__init__(message)
        self.node = node


def _bool(text: str) -> bool:
    if text not in ("true", "false"):
        message = "write true or false"
        raise ValueError(message)
    return text == "true"


def _int(text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        message = "write a decimal number"
        raise ValueError(message)
    return int(text)


def _double(text: str) -> float:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?", text):
        message = "write a decimal number"
        raise ValueError(message)
    return float(text)


_READERS: dict[str, Callable[[str], object]] = {
    "bool": _bool,
    "int": _int,
    "double": _double,
    "string": str,
    "ip": read_ip,
    "cidr": read_cidr,
}


def from_node(node: TreeNode, kind: Type) -> object:
    """Read a YAML value; raises ParamError at the wrong part."""
    match kind, node:
        case Scalar(), ScalarNode():
            return _scalar(node.value, kind, node)
        case ListType(), SequenceNode():
            return Items(tuple(from_node(item, kind.element) for item in node.items))
        case MapType(), MappingNode():
            return Entries({key.value: from_node(value, kind.value) for key, value in node.entries})
        case _:
            message = f"expected {kind}"
            raise ParamError(message, node)


def from_text(text: str, kind: Type) -> object:
    """Read a value of the command line, members of a list between commas; raises ParamError."""
    if isinstance(kind, ListType):
        return Items(tuple(from_text(item.strip(), kind.element) for item in text.split(",") if item.strip()))
    if isinstance(kind, Scalar):
        return _scalar(text, kind, None)
    message = f"a {kind} cannot be given as text"
    raise ParamError(message)


def _scalar(text: str, kind: Scalar, node: TreeNode | None) -> object:
    try:
        return _READERS[kind.name](text)
    except ValueError as error:
        message = f'"{text}" is not of type {kind}: {error}'
        raise ParamError(message, node) from None


def declared_type(text: str) -> Type | None:
    """Read the type of a parameter; None when there is no such type."""
    return types.parse_type(text)
