"""The generated parts of docs/commands/*.md: grammar, fields and machine keys, what is hidden where, diagnostics."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from azcnilint.capture import parse_command, split_captures
from azcnilint.models import Record, Table
from azcnilint.parsers import parser_for
from azcnilint.text import decode
from tests.command_keys import RECORDS, keys_of
from tests.command_variants import GRAMMARS, TITLES, VARIANTS
from tests.ebnf import grammar_text
from tests.test_docs import codes_in

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs" / "commands"
_PARSERS = ROOT / "azcnilint" / "parsers"
_MARKED = r"(<!-- {0}: .*? -->\n)(?:.*?\n)?(<!-- end of {0} -->)"
_NOTE = "written by python -m tests.write_command_pages"
BAR = "\\|"
"""Does not end a cell of a table."""
_FOR_MESSAGES = ("partial_", "rule_with_target", "owned")
"""Forms that fit what others fit, or fit with words left out."""


def written(kind: str, page: str) -> str:
    """Give a page with its generated parts as they should be; raises ValueError for a page that lacks one."""
    for part, make in (("grammar", grammar), ("fields", field_tables), ("hidden", hidden), ("diagnostics", codes)):
        pattern = re.compile(_MARKED.format(part), re.DOTALL)
        if len(pattern.findall(page)) != 1:
            message = f"{kind}.md has no part {part}"
            raise ValueError(message)
        start, end = next(pattern.finditer(page)).span()
        page = f"{page[:start]}<!-- {part}: {_NOTE} -->\n\n{make(kind)}\n\n<!-- end of {part} -->{page[end:]}"
    return page


def grammar(kind: str) -> str:
    """Give the productions of a kind, one block for each of its line grammars."""
    parts = []
    for title, lines in GRAMMARS[kind].items():
        parts.append(f"{title}:\n\n```ebnf\n{grammar_text(lines, without=_FOR_MESSAGES)}\n```")
    return "\n\n".join(parts)


def field_tables(kind: str) -> str:
    """Give one table for each record of a kind: field, type, machine key, meaning."""
    return "\n\n".join(_field_table(record) for record in RECORDS[kind])


def _field_table(record: type[Record]) -> str:
    meanings = _meanings(record)
    rows = [f"### `{record.__name__}`", "", "| field | type | machine form | meaning |", "|---|---|---|---|"]
    for field in fields(record):
        if field.name not in {"span", "hidden", "incomplete_because"}:
            keys = ", ".join(f"`{key}`" for key in keys_of(record, field.name)) or "none"
            kind = str(field.type).replace("|", BAR)
            rows.append(f"| `{field.name}` | `{kind}` | {keys} | {meanings.get(field.name, '')} |")
    return "\n".join(rows)


def _meanings(record: type[Record]) -> dict[str, str]:
    """Read the `Attributes:` of a docstring."""
    text = inspect.getdoc(record) or ""
    _, _, attributes = text.partition("Attributes:\n")
    found = re.findall(r"(?m)^    (\w+): (.*(?:\n {8}.*)*)", attributes)
    return {name: re.sub(r"\s+", " ", meaning).replace("|", "\\|") for name, meaning in found}


def hidden(kind: str) -> str:
    """Give what `hidden` names after reading each variant, of the table and of any of its records."""
    rows = ["| what was run | in the table | in its records |", "|---|---|---|"]
    for command, text in VARIANTS[kind]:
        table = _table(kind, command, text)
        names = sorted({name for record in _records(table) for name in record.hidden})
        rows.append(f"| `{command.replace('|', BAR)}` | {_named(sorted(table.hidden))} | {_named(names)} |")
    return "\n".join(rows)


def _table(kind: str, command: str, text: str) -> Table:
    (capture,) = split_captures(decode("variant", text.encode()), hint=parse_command(command)).captures
    parser = parser_for(kind)
    assert parser is not None
    assert capture.kind == kind
    value = parser.parse(capture).value
    assert value is not None
    return value


def _records(record: Record) -> Iterator[Record]:
    for field in fields(record):
        value = getattr(record, field.name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Record):
                yield item
                yield from _records(item)


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "nothing"


@dataclass(frozen=True)
class _Room:
    """Modules of the parsers' room and the codes that each can emit."""

    codes: Mapping[str, frozenset[str]]
    imports: Mapping[str, frozenset[str]]

    def reachable(self, module: str) -> frozenset[str]:
        """Give a module and what it imports of the room, however deep."""
        seen: set[str] = set()
        todo = {module}
        while todo:
            seen |= todo
            todo = {other for name in todo for other in self.imports[name]} - seen
        return frozenset(seen)


def _room() -> _Room:
    trees = {path.stem: ast.parse(path.read_text(encoding="utf-8")) for path in _PARSERS.glob("*.py")}
    imports = {name: frozenset(_imported(tree) & trees.keys()) for name, tree in trees.items()}
    return _Room({name: frozenset(codes_in(tree)) for name, tree in trees.items()}, imports)


def _imported(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("azcnilint.parsers"):
            found |= {(node.module or "").rpartition(".")[2], *(alias.name for alias in node.names)}
    return found


def codes(kind: str) -> str:
    """Give the rows of docs/diagnostics.md whose codes the modules of a kind's parser can emit."""
    room = _room()
    emitted = {code for name in room.reachable(kind.replace("-", "_")) for code in room.codes[name]}
    if not any(form.startswith("partial_") for lines in GRAMMARS[kind].values() for form in lines.forms):
        own = {code for name in room.reachable(kind.replace("-", "_")) - {"lines"} for code in room.codes[name]}
        emitted -= {"unread-attribute"} - own
    if "kubectl_yaml" not in room.reachable(kind.replace("-", "_")):
        emitted.discard("unreadable-yaml")
    page = (ROOT / "docs" / "diagnostics.md").read_text(encoding="utf-8")
    rows = [row for row in re.findall(r"(?m)^\| `([\w-]+)` \| (\w+) \| (.*?) \|", page) if row[0] in emitted]
    assert {row[0] for row in rows} == emitted
    lines = [f"| `{code}` | {severity} | {meaning} |" for code, severity, meaning in rows]
    return "\n".join(["| code | severity | what it means |", "|---|---|---|", *lines])


def title(kind: str) -> str:
    """Give the first line of a kind's page."""
    return f"# {TITLES[kind]}"
