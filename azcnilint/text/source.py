"""Positioned text: cleaned text to parse, and the way back to lines and columns of the file as given."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from azcnilint.text.diagnostic import Diagnostic
from azcnilint.text.span import Span

_LINE_END = re.compile("\n")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file as an editor shows it: `line` and `column` are 1-based, columns count code points."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its line end; `number` is 1-based and counts the lines of the file as given."""

    number: int
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement: `text` stands for the characters `[start, end)` and is not longer than they are."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class SourceText:
    """One artifact as text.

    `text` is what parsers read: line ends are LF and terminal escapes, NUL and byte order marks are gone. Spans index
    `text`; `position` answers in the lines and columns of the file as it was given. Line numbers of the two are the
    same unless `raw_line_starts` is set (an unescaped string of JSON: many lines of text, one line of the file).

    Attributes:
        artifact: POSIX path inside the bundle.
        text: The cleaned text.
        repairs: One INFO or WARNING diagnostic for each kind of repair.
        removed: Pairs (offset in `text`, raw code points removed before it so far), ascending. Between two pairs the
            distance is constant.
        raw_line_starts: Offsets of the file's own lines, in raw code points, where they differ from those of `text`;
            None where the lines are the same.
    """

    artifact: str
    text: str
    repairs: tuple[Diagnostic, ...] = ()
    removed: tuple[tuple[int, int], ...] = field(default=(), repr=False)
    raw_line_starts: tuple[int, ...] | None = field(default=None, repr=False)

    @cached_property
    def line_starts(self) -> list[int]:
        """Offsets of the first character of each line; ascending, begins with 0."""
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    @cached_property
    def _removed_offsets(self) -> list[int]:
        return [offset for offset, _ in self.removed]

    @property
    def span(self) -> Span:
        """The whole artifact."""
        return Span(self.artifact, 0, len(self.text))

    @property
    def line_count(self) -> int:
        """How many lines the file has; a line end at the very end does not begin another."""
        return len(self.line_starts) - (1 if not self.text or self.text.endswith("\n") else 0)

    def line_number(self, offset: int) -> int:
        """Give the 1-based number of the line that holds `offset`."""
        return bisect_right(self.line_starts, offset)

    def line(self, number: int) -> Line:
        """Give line `number` (1-based); raises IndexError beyond the last."""
        start = self.line_starts[number - 1]
        end = self.line_starts[number] - 1 if number < len(self.line_starts) else len(self.text)
        return Line(number, self.text[start:end], Span(self.artifact, start, end))

    def lines(self, within: Span | None = None) -> Iterator[Line]:
        """Yield the lines that begin inside `within` (the whole text without it), in order."""
        span = within or self.span
        if span.start >= span.end:
            return
        for number in range(self.line_number(span.start), self.line_number(span.end - 1) + 1):
            yield self.line(number)

    def slice(self, span: Span) -> str:
        """Give the text that `span` covers."""
        return self.text[span.start : span.end]

    def position(self, offset: int) -> Position:
        """Give line and column of `offset` in the file as given."""
        if self.raw_line_starts is not None:
            raw = offset + self._removed_before(offset)
            number = bisect_right(self.raw_line_starts, raw)
            return Position(number, raw - self.raw_line_starts[number - 1] + 1)
        number = self.line_number(offset)
        start = self.line_starts[number - 1]
        return Position(number, offset - start + 1 + self._removed_before(offset) - self._removed_before_line(start))

    def _removed_before(self, offset: int) -> int:
        """Raw code points removed before the character at `offset`."""
        index = bisect_right(self._removed_offsets, offset)
        return self.removed[index - 1][1] if index else 0

    def _removed_before_line(self, start: int) -> int:
        """Raw code points removed before the raw line that begins at `start`, so that columns count from that line."""
        index = bisect_right(self._removed_offsets, start - 1)
        return self.removed[index - 1][1] if index else 0

    def edited(self, edits: Sequence[Edit]) -> SourceText:
        """Give the text with `edits` made, whose positions are still those of the file as given.

        Args:
            edits: Ascending, not overlapping, none longer than what it replaces; raises ValueError otherwise.
        """
        pieces: list[str] = []
        removed: list[tuple[int, int]] = []
        known = list(self.removed)
        at = length = gone = consumed = 0
        for edit in edits:
            if not at <= edit.start <= edit.end or len(edit.text) > edit.end - edit.start:
                message = f"edit {edit} overlaps the one before it or is longer than what it replaces"
                raise ValueError(message)
            pieces += self.text[at : edit.start], edit.text
            while consumed < len(known) and known[consumed][0] <= edit.start:
                _add(removed, known[consumed][0] - at + length, known[consumed][1] + gone)
                consumed += 1
            length += edit.start - at + len(edit.text)
            gone += edit.end - edit.start - len(edit.text)
            at = edit.end
            while consumed < len(known) and known[consumed][0] <= edit.end:
                consumed += 1
            _add(removed, length, gone + (known[consumed - 1][1] if consumed else 0))
        pieces.append(self.text[at:])
        for offset, total in known[consumed:]:
            _add(removed, offset - at + length, total + gone)
        return SourceText(self.artifact, "".join(pieces), self.repairs, tuple(removed), self._raw_lines())

    def _raw_lines(self) -> tuple[int, ...]:
        if self.raw_line_starts is not None:
            return self.raw_line_starts
        return tuple(start + self._removed_before_line(start) for start in self.line_starts)


def _add(removed: list[tuple[int, int]], offset: int, total: int) -> None:
    """Append a pair, replacing one at the same offset: the later total holds."""
    if removed and removed[-1][0] == offset:
        removed.pop()
    if total != (removed[-1][1] if removed else 0):
        removed.append((offset, total))
