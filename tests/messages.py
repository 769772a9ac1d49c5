"""docs/messages.md: its examples, and what `azcnilint parse` says of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.cli.running import run

PAGE = Path(__file__).parents[1] / "docs" / "messages.md"
_PART = re.compile(
    r"^## `(?P<command>[^`\n]+)`$"
    r"|^### (?P<title>.+)$\n+```console\n(?P<lines>(?:.*\n)*?)```\n\n```text\n(?P<said>(?:.*\n)*?)```$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Example:
    """One damaged text of the page; `at` and `end` say where the page has what is said of it."""

    command: str
    title: str
    lines: str
    said: str
    at: int
    end: int


def examples(page: str) -> Iterator[Example]:
    """Yield the examples of a page, each with the command of the chapter that it stands in."""
    command = ""
    for part in _PART.finditer(page):
        if part["command"] is not None:
            command = part["command"]
        else:
            yield Example(command, part["title"], part["lines"], part["said"], *part.span("said"))


def said_of(example: Example) -> str:
    """Give what `azcnilint parse --ledger --command COMMAND -` prints: the messages, then the ledger."""
    ran = run("parse", "--ledger", "--command", example.command, "-", stdin=example.lines.encode())
    return ran.err + ran.out
