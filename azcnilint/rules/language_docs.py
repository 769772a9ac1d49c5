"""The parts of docs/language.md that the code knows: records with their fields, functions with their signatures."""

from __future__ import annotations

import re
from collections.abc import Iterator

from azcnilint.rules import environment
from azcnilint.rules.expr.typed import Function
from azcnilint.rules.expr.types import ListType, MapType, Optional, Scalar, Struct, Type

_FACADES = ("Node", "Cluster")


def updated(page: str) -> str:
    """Give the page with its generated parts, those between `<!-- name -->` and `<!-- /name -->`, made anew."""
    blocks = {"records": records_block, "functions": functions_block}

    def anew(found: re.Match[str]) -> str:
        return "\n".join([found[1], *blocks[found[2]](), found[3]])

    return re.sub(r"(<!-- (records|functions) -->)\n.*?(<!-- /\2 -->)", anew, page, flags=re.DOTALL)


def records_block() -> Iterator[str]:
    """Yield a table row for each record; `Node` and `Cluster` have tables of their own."""
    yield "| record | fields |"
    yield "|---|---|"
    for struct in environment.records().values():
        if struct.name not in _FACADES:
            fields = ", ".join(f"`{field.name}` {_cell(field.type)}" for field in struct.fields.values())
            yield f"| `{struct.name}` | {fields} |"
    yield ""
    yield "| enum | values |"
    yield "|---|---|"
    for name, values in sorted(_enums().items()):
        yield f"| `{name}` | {', '.join(f'`{value}`' for value in values)} |"


def _enums() -> dict[str, tuple[str, ...]]:
    kinds = (_scalar(field.type) for struct in environment.records().values() for field in struct.fields.values())
    return {kind.enum: kind.values for kind in kinds if kind is not None and kind.values}


def _scalar(kind: Type) -> Scalar | None:
    match kind:
        case Optional():
            return _scalar(kind.inner)
        case ListType():
            return _scalar(kind.element)
        case MapType():
            return _scalar(kind.value)
        case Scalar():
            return kind
        case _:
            return None


def functions_block() -> Iterator[str]:
    """Yield a table row for each overload, in the order of the tuple that defines them."""
    yield "| call | gives | what |"
    yield "|---|---|---|"
    for function in environment.functions():
        yield f"| `{_call(function)}` | {_cell(function.result)} | {_text(function.doc)} |"


def _call(function: Function) -> str:
    words = [str(param) for param in function.params]
    if not function.method:
        return f"{function.name}({', '.join(words)})"
    receiver = words[0].replace("optional<any>", "optional<T>")
    return f"{receiver}.{function.name}({', '.join(words[1:])})"


def _cell(kind: Type) -> str:
    name = kind.name if isinstance(kind, Struct) else str(kind)
    return _text(name)


def _text(text: str) -> str:
    """Escape what Markdown would read in a table cell."""
    return text.replace("|", "\\|").replace("<", "\\<")
