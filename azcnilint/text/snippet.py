"""The gutter-and-carets frame: source lines with marked ranges, as rustc prints them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from azcnilint.text.diagnostic import Label
from azcnilint.text.source import SourceText

WIDTH = 80
"""Columns that marks and words keep to; only cited lines may be wider."""
FEWEST_CARETS = 8
"""A mark of a whole record is not shortened below this for the sake of its words."""
WIDEST_LINE = 160
"""Longer lines are cut around the marked range, so that a 1 MB line cannot flood a terminal."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One marked range of one shown line: `start` and `end` are 0-based columns of `text`, end exclusive."""

    line: int
    column: int
    text: str
    start: int
    end: int
    label: str
    primary: bool


def printable(text: str) -> str:
    """Make text safe for a terminal: control and format characters become visible escapes, tabs one blank."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        " " if char == "\t" else char if unicodedata.category(char)[0] != "C" else f"\\u{{{ord(char):x}}}"
        for char in text
    )


def mark(source: SourceText, label: Label) -> Mark:
    """Resolve a label to its first line: which line, which columns, which words."""
    position = source.position(label.span.start)
    line = source.line(source.line_number(label.span.start))
    start = label.span.start - line.span.start
    end = max(start, min(label.span.end, line.span.end) - line.span.start)
    return Mark(position.line, position.column, line.text, start, end, label.text, label.primary)


def snippet(artifact: str, marks: Sequence[Mark], *, fold: int = 1) -> str:
    """Frame the marked lines in order of line number; `:` stands where more than `fold` lines are left out.

    The first primary mark names the place in the arrow line. Ends with a line end. Empty for no marks.
    """
    if not marks:
        return ""
    first = next((m for m in marks if m.primary), marks[0])
    shown = sorted(marks, key=lambda m: (m.line, m.start))
    gutter = len(str(shown[-1].line))
    rows = [f"{'':{gutter}}--> {printable(artifact)}:{first.line}:{first.column}", f"{'':{gutter}} |"]
    previous: int | None = None
    for item in shown:
        text, start, end = _window(item.text, item.start, item.end)
        if item.line != previous:
            if previous is not None and item.line > previous + fold:
                rows.append(f"{'':{gutter}} :")
            rows.append(f"{item.line:>{gutter}} | {text}")
            previous = item.line
        rows += [f"{'':{gutter}} | {'':{start}}{row}" for row in _carets(item, end - start, WIDTH - gutter - 3 - start)]
    return "\n".join(rows) + "\n"


def _carets(item: Mark, length: int, room: int) -> list[str]:
    """Underline a mark and set its words beside it, the underline shortened as far as both then fit the room.

    Words that do not fit at all stand in a row of their own below.
    """
    sign, label = "^" if item.primary else "-", printable(item.label)
    run = sign * max(1, length)
    if not label:
        return [run[: max(1, room)]]
    left = room - len(label) - 1
    if left >= min(len(run), FEWEST_CARETS):
        return [f"{run[:left]} {label}"]
    return [run[: max(1, room)], label]


def _window(text: str, start: int, end: int) -> tuple[str, int, int]:
    """Cut a long line around its mark and make it printable, moving the columns along."""
    cut = 0
    if len(text) > WIDEST_LINE:
        cut = max(0, min(start - 20, len(text) - WIDEST_LINE))
        text = text[cut : cut + WIDEST_LINE]
        start, end = start - cut, min(end - cut, len(text))
    head, body, tail = printable(text[:start]), printable(text[start:end]), printable(text[end:])
    lead = "…" if cut else ""
    return lead + head + body + tail, len(lead) + len(head), len(lead) + len(head) + len(body)
