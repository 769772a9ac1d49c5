"""The line driver: runs a line grammar over a capture, accounts for every line, recovers at the next one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from azcnilint.capture import Capture, Completeness, Noise
from azcnilint.models import NOTHING
from azcnilint.parsers.base import Claim, Ledger, ParseResult, ParseStatus, T
from azcnilint.parsers.line_grammar import LineGrammar, Row, blanks_at
from azcnilint.parsers.suggestions import help_for
from azcnilint.text import Diagnostic, Label, Severity, Span

__all__ = ["INCOMPLETE", "LONGEST_LINE", "MOST_EXPLANATIONS", "LineGrammar", "Reading", "Row", "same_form"]

MOST_EXPLANATIONS = 100
"""Only so many unreadable lines of one capture are explained by pyparsing, which is slow; the rest are counted."""
LONGEST_LINE = 65_536
"""A longer line is no output of these commands; it is reported, not matched and not explained."""
LONGEST_EXPLAINED = 4096
"""A longer line is matched, and neither explained nor searched for unknown words: that costs some 100 µs a word."""
MOST_UNREAD = 32
"""A line with more unknown words is not a line of the command."""
_PARTIAL = "partial_"
_NEVER_WRAPPED = ("noise_", _PARTIAL)
MOST_JOINED = 3
"""How many physical lines a wrapped record may span when a document broke it."""


def same_form(row: Row, again: Row) -> bool:
    """Whether a row keeps its form when the next line is joined to it."""
    return row.form == again.form


class Reading:
    """One run over a capture: yields rows with their spans and keeps the ledger, the noise and the diagnostics.

    A form named `noise_KIND` is recognised noise: its lines are booked and not yielded. A form named `partial_FORM`
    fits lines with words that FORM does not know, each under the name `unread`: the line is read as FORM without them
    and a diagnostic says so.

    Use: `for row, span in reading.rows(): …`, then `reading.result(table)`. A row whose values turn out wrong is taken
    back with `refuse`.
    """

    def __init__(
        self,
        capture: Capture,
        grammar: LineGrammar,
        *,
        wrapped: bool = True,
        continues: Callable[[Row, Row], bool] = same_form,
        fixed: str | None = None,
    ) -> None:
        """Book the capture's own noise.

        Args:
            capture: What to read.
            grammar: The forms of its lines.
            wrapped: Whether a line that no form fits may be the rest of a record that a document wrapped.
            continues: Says of a record's row and of the row with the next line joined whether that line really goes on.
            fixed: A form whose words have one order, so that two records never read as one of it. A line that ends
                where a value is due (`… via`) goes on in the next, even if that line could stand alone, when both make
                this form.
        """
        self.capture = capture
        self.grammar = grammar
        self.wrapped = wrapped
        self.continues = continues
        self.fixed = fixed
        self._diagnostics: list[Diagnostic] = []
        self._noise = list(capture.noise)
        self._explained = 0
        self._unexplained: list[Span] = []
        self._lost = False
        source, body = capture.source, capture.body
        self._first = source.line_number(body.start)
        empty = body.start >= body.end
        self._last = self._first - 1 if empty else source.line_number(max(body.start, body.end - 1))
        self._claims = bytearray(max(0, self._last - self._first + 1))
        for noise in capture.noise:
            self._claim(noise.span, Claim.NOISE)

    def rows(self) -> Iterator[tuple[Row, Span]]:
        """Yield every line that a form fits, with the span of its text without outer blanks."""
        source = self.capture.source
        text, artifact, starts = source.text, source.artifact, source.line_starts
        match, claims = self.grammar.match, self._claims
        number = self._first
        held: tuple[Row, Span, int] | None = None
        while number <= self._last:
            index = number - self._first
            start = starts[number - 1]
            end = starts[number] - 1 if number < len(starts) else len(text)
            here, number = number, number + 1
            if claims[index] or end == start or (text[start].isspace() and text[start:end].isspace()):
                continue
            row = match(text, start, end) if end - start <= LONGEST_LINE else None
            if row is not None and row.form.startswith(_PARTIAL):
                row = self.without_unread(row)
            if row is None and self.wrapped and end - start <= LONGEST_LINE:
                joined = self._join_back(held, here, start, end) or self._join_forward(here, start, end)
                if joined is not None:
                    row, span, last = joined
                    if held is not None and last == here:
                        held = (row, span, here)
                    else:
                        if held is not None:
                            yield held[0], held[1]
                        held = (row, span, last)
                    number = last + 1
                    continue
            if held is not None:
                yield held[0], held[1]
                held = None
            span = _trimmed(text, artifact, start, end)
            if row is None:
                self._unreadable(span, text[start:end])
            elif row.form.startswith("noise_"):
                self.noise(row.form.removeprefix("noise_").replace("_", "-"), span)
            else:
                claims[index] = Claim.RECORD
                held = (row, span, here)
        if held is not None:
            yield held[0], held[1]

    def without_unread(self, row: Row) -> Row | None:
        """Read a `partial_` row again without the words that it does not know, and report those; None on failure."""
        line, shift = row.found[0], row.found.start()
        if len(line) > LONGEST_EXPLAINED:
            return None
        origin = shift + (row.origin or 0)
        unread: list[tuple[int, int]] = []
        again: Row | None = row
        while again is not None and again.form.startswith(_PARTIAL) and len(unread) < MOST_UNREAD:
            if not again.has("unread"):
                return None
            start = again.start_of("unread") - shift
            end = start + len(again.text("unread"))
            unread.append((start, end))
            line = line[:start] + " " * (end - start) + line[end:]
            again, shift = self.grammar.match(line, 0, len(line)), 0
        if again is None or again.form.startswith(_PARTIAL):
            return None
        again.origin, again.unread = origin, True
        self._report_unread(sorted(unread), origin)
        return again

    def _report_unread(self, places: list[tuple[int, int]], origin: int) -> None:
        """Warn once for each run of unknown words; `places` ascend, relative to `origin`."""
        source = self.capture.source
        runs: list[Span] = []
        for start, end in places:
            span = Span(source.artifact, origin + start, origin + end)
            if runs and source.text[runs[-1].end : span.start].isspace():
                runs[-1] = runs[-1].cover(span)
            else:
                runs.append(span)
        for run in runs:
            words = source.slice(run)[:60]
            message = f'"{words}" is not understood; the record is kept without it'
            self.report("unread-attribute", message, run, label="here", help=self._advice(words, run.start))

    def place(self, row: Row, column: str, span: Span) -> Span:
        """Give where a column of a row stands; the record's own `span` when a document wrapped the line."""
        start = row.start_of(column)
        if row.origin is None or start < 0:
            return span
        return Span(span.artifact, row.origin + start, row.origin + start + len(row.text(column)))

    def _join_back(
        self, held: tuple[Row, Span, int] | None, here: int, start: int, end: int
    ) -> tuple[Row, Span, int] | None:
        """Try the line as the rest of the record before it, which it must follow and leave in the same form."""
        if held is None or held[2] != here - 1:
            return None
        source = self.capture.source
        row, span, _ = held
        joined = source.slice(span).replace("\n", " ") + " " + source.text[start:end].strip()
        again = self.grammar.match(joined, 0, len(joined))
        if again is None or not self.continues(row, again):
            return None
        self._claims[here - self._first] = Claim.RECORD
        again.origin = None
        return again, span.cover(_trimmed(source.text, source.artifact, start, end)), here

    def _join_forward(self, here: int, start: int, end: int) -> tuple[Row, Span, int] | None:
        """Try the line with the ones after it, none of which may be a record of its own unless the line stops short."""
        source = self.capture.source
        text, starts = source.text, source.line_starts
        joined, last_end = text[start:end].rstrip(), end
        for number in range(here + 1, min(here + MOST_JOINED, self._last + 1)):
            next_start = starts[number - 1]
            last_end = starts[number] - 1 if number < len(starts) else len(text)
            part = text[next_start:last_end]
            if (
                self._claims[number - self._first] != Claim.BLANK
                or not part.strip()
                or len(joined) + len(part) > LONGEST_LINE
            ):
                return None
            alone = self.grammar.match(text, next_start, last_end) is not None
            if alone and not self._stops_short(joined):
                return None
            joined += " " + part.strip()
            row = self.grammar.match(joined, 0, len(joined))
            if alone and (row is None or row.form != self.fixed):
                return None
            if row is not None and not row.form.startswith(_NEVER_WRAPPED):
                row.origin = None
                for claimed in range(here, number + 1):
                    self._claims[claimed - self._first] = Claim.RECORD
                return row, _trimmed(text, source.artifact, start, last_end), number
        return None

    def _stops_short(self, line: str) -> bool:
        """Whether a refused line makes sense up to its very end."""
        if self.fixed is None or self._explained >= MOST_EXPLANATIONS or len(line) > LONGEST_EXPLAINED:
            return False
        return self.grammar.explain(line)[0] >= len(line)

    def _unreadable(self, span: Span, line: str) -> None:
        self._claim(span, Claim.DIAGNOSTIC)
        self._lost = True
        if self._explained >= MOST_EXPLANATIONS or len(line) > LONGEST_EXPLAINED:
            self._unexplained.append(span)
            return
        self._explained += 1
        column, expected = self.grammar.explain(line)
        found = line[column:].split(maxsplit=1)
        where = span.start - blanks_at(line, 0) + column
        at = Span(span.artifact, where, where + len(found[0])) if found else Span(span.artifact, span.end, span.end)
        shown = f'"{found[0][:60]}"' if found else "the end of the line"
        message = f"{shown} is not understood here" if expected is None else f"expected {expected}, found {shown}"
        advice = self._advice(found[0], at.start) if found else None
        self._diagnostics.append(Diagnostic("unreadable-line", Severity.ERROR, message, (Label(at, "here"),), advice))

    def _advice(self, words: str, start: int) -> str | None:
        """Say what would be right in place of words that begin at an offset; for the first faults of a capture only."""
        if len(self._diagnostics) >= MOST_EXPLANATIONS:
            return None
        source = self.capture.source
        before = source.text[source.line(source.line_number(start)).span.start : start].rsplit(maxsplit=1)
        return help_for(words, before[-1] if before else None, self.grammar.words)

    def noise(self, kind: str, span: Span) -> None:
        """Book a line as recognised noise."""
        self._noise.append(Noise(kind, span))
        self._claim(span, Claim.NOISE)

    def report(  # noqa: PLR0913 - the five parts of a diagnostic, spelled at the call
        self,
        code: str,
        message: str,
        span: Span,
        *,
        severity: Severity = Severity.WARNING,
        label: str = "",
        help: str | None = None,  # noqa: A002 - the field's name
    ) -> None:
        """Add a diagnostic about a line that stays a record (an attribute that was not read, a repaired value)."""
        self._diagnostics.append(Diagnostic(code, severity, message, (Label(span, label),), help))

    def refuse(
        self,
        message: str,
        span: Span,
        *,
        code: str = "unreadable-line",
        at: Span | None = None,
        help: str | None = None,  # noqa: A002 - the field's name
    ) -> None:
        """Take a row back: its line becomes a diagnostic, with carets at `at`, and the table may lack a record."""
        self._claim(span, Claim.DIAGNOSTIC)
        self._lost = True
        self._diagnostics.append(Diagnostic(code, Severity.ERROR, message, (Label(at or span, "here"),), help))

    @property
    def lost_offsets(self) -> tuple[int, ...]:
        """Where the lines begin that gave a diagnostic instead of a record, ascending."""
        starts = self.capture.source.line_starts
        return tuple(starts[self._first - 1 + at] for at, claim in enumerate(self._claims) if claim == Claim.DIAGNOSTIC)

    def _claim(self, span: Span, claim: Claim) -> None:
        source = self.capture.source
        last = source.line_number(max(span.start, span.end - 1))
        for number in range(max(self._first, source.line_number(span.start)), min(last, self._last) + 1):
            self._claims[number - self._first] = claim

    @property
    def incomplete_because(self) -> str | None:
        """Why records may be missing, for `Table.incomplete_because`; None when none can be."""
        if self._lost:
            return "a line could not be read"
        if not self.capture.completeness.settles_absence:
            return INCOMPLETE[self.capture.completeness]
        return None

    def hidden(self, sequence: str) -> frozenset[str]:
        """Give the table's `hidden`: the name of its sequence when records may be missing, else nothing."""
        return frozenset({sequence}) if self.incomplete_because else NOTHING

    @property
    def body(self) -> Span:
        """The span of a table that holds no record."""
        return self.capture.body

    def result(self, value: T | None) -> ParseResult[T]:
        """Close the books: status by what was lost, diagnostics and noise in order of place."""
        if self._unexplained:
            count = len(self._unexplained)
            message = f"{count} more lines could not be read"
            labels = (Label(self._unexplained[0], "the first of them"),)
            self._diagnostics.append(Diagnostic("unreadable-line", Severity.ERROR, message, labels))
        if self.capture.completeness is Completeness.FAILED or value is None:
            status, value = ParseStatus.FAILED, None
        elif self._lost or not self.capture.completeness.settles_absence:
            status = ParseStatus.PARTIAL
        else:
            status = ParseStatus.COMPLETE
        diagnostics = sorted(self._diagnostics, key=lambda d: d.labels[0].span.start if d.labels else -1)
        noise = tuple(sorted(self._noise, key=lambda n: n.span.start))
        return ParseResult(
            value, status, self.capture, tuple(diagnostics), noise, Ledger(self._first, bytes(self._claims))
        )


INCOMPLETE: Mapping[Completeness, str] = {
    Completeness.HEAD_CUT: "the capture is cut at its head",
    Completeness.TAIL_CUT: "the capture is cut at its tail",
    Completeness.SNIPPED: "lines were left out of the capture",
    Completeness.FILTERED: "the command line filters the output",
    Completeness.EXCERPT: "the listing itself shows that lines are missing",
    Completeness.FAILED: "the command failed",
}


def _trimmed(text: str, artifact: str, start: int, end: int) -> Span:
    line = text[start:end].rstrip(" \t")
    return Span(artifact, start + len(line) - len(line.lstrip(" \t")), start + len(line))
