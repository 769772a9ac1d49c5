"""Lines of `ls` without `-l` to names: one a line, in columns (`-C`), with commas (`-m`), behind counts (`-i`, `-s`).

Blanks divide names and occur in names; where nothing tells which, a line gives a refusal and no name.
Source: GNU coreutils 9.1, src/ls.c (print_many_per_line, print_horizontal, print_with_separator).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from azcnilint.parsers.ls_entries import CONTEXT, Printed
from azcnilint.parsers.ls_names import Options, cells
from azcnilint.text import Span

_Line = tuple[str, Span]
_QUOTES = ("'", '"')


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that may be read in two ways, and which."""

    span: Span
    message: str


def read_block(lines: Sequence[_Line], options: Options) -> Iterator[Printed | Refusal]:
    """Yield the names of the lines between two headings, in printed order."""
    lone = "1" in options.flags
    split = [[(0, text)] if lone else list(cells(text)) for text, _ in lines]
    columnar = bool(options.flags & set("Cx")) or _columnar([len(names) for names in split])
    collapsed = not options.flags & set("1isZm") and all(_blank_inside(names) for names in split)
    for (text, span), names in zip(lines, split, strict=True):
        if "m" in options.flags:
            yield from _names(_by_commas(text), span, options)
        elif len(names) > 1 and not columnar:
            yield Refusal(span, "one name with a wide gap or several names: the columns do not line up")
        elif collapsed:
            yield Refusal(span, "one name with blanks or several names whose columns lost their blanks")
        elif re.search(r",(?: |$)", text):
            yield Refusal(span, "one name with a comma or several names")
        else:
            yield from _names(names, span, options)


def _blank_inside(names: Sequence[tuple[int, str]]) -> bool:
    return len(names) == 1 and " " in names[0][1] and not names[0][1].startswith(_QUOTES)


def _columnar(counts: Sequence[int]) -> bool:
    """Say whether so many names a line are what `ls -C` (filled downwards) or `ls -x` (filled across) prints."""
    widest = max(counts, default=0)
    across = all(count == widest for count in counts[:-1])
    down = sorted(counts, reverse=True) == list(counts) and min(counts, default=0) >= widest - 1
    return widest > 1 and (across or (down and (widest > 2 or counts.count(1) < 2)))


def _by_commas(text: str) -> Iterator[tuple[int, str]]:
    for found in re.finditer(r"[^\s,](?:[^,]|,(?! |$))*", text):
        yield found.start(), found.group()


def _names(
    names: Sequence[tuple[int, str]] | Iterator[tuple[int, str]], span: Span, options: Options
) -> Iterator[Printed]:
    """Take inode, block count and security context off each name."""
    counts = len(options.flags & set("is"))
    lead = re.compile(rf"(?:\d[\d.]*[KMGT]? +){{{counts}}}" + (rf"{CONTEXT} +" if "Z" in options.flags else ""))
    for at, text in names:
        found = lead.match(text)
        skipped = found.end() if found else 0
        start = span.start + at + skipped
        yield Printed(text[skipped:], Span(span.artifact, start, start + len(text) - skipped))
