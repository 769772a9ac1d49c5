"""The JSON counterpart of the line driver: objects of a capture, accounted for line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from azcnilint.capture import Capture, Completeness
from azcnilint.models import NOTHING
from azcnilint.parsers.base import Claim, Ledger, ParseResult, ParseStatus, T
from azcnilint.parsers.json_text import JsonFault, JsonObject, objects
from azcnilint.parsers.lines import INCOMPLETE
from azcnilint.text import Diagnostic, Label, Severity, SourceText, Span

Objects = Callable[[SourceText, Span], Iterator[tuple[JsonObject, Span] | JsonFault]]
"""Gives the objects of a text with their spans."""


class JsonReading:
    """One run over a JSON capture: yields objects with their spans, keeps diagnostics and the ledger.

    Use: `for item, span in reading.rows(): …`, then `reading.result(table)`; `refuse` takes an object back.
    """

    def __init__(self, capture: Capture, read: Objects = objects, form: str = "JSON") -> None:
        """Take the capture; nothing is read yet.

        Args:
            capture: What to read.
            read: Finds the objects: `json_text.objects`, or another notation's counterpart.
            form: The name of the notation, for messages.
        """
        self.capture = capture
        self._objects = read
        self._form = form
        self._diagnostics: list[Diagnostic] = []
        self._lost = False
        source, body = capture.source, capture.body
        self._first = source.line_number(body.start)
        last = source.line_number(max(body.start, body.end - 1)) if body.end > body.start else self._first - 1
        self._claims = bytearray(max(0, last - self._first + 1))
        for number in range(self._first, last + 1):
            line = source.line(number)
            if line.text.strip():
                self._claims[number - self._first] = Claim.RECORD

    def rows(self) -> Iterator[tuple[JsonObject, Span]]:
        """Yield every object; what is no JSON becomes a diagnostic and the lines from there on are booked so."""
        for found in self._objects(self.capture.source, self.capture.body):
            if isinstance(found, JsonFault):
                until = self.capture.body.end if found.resumed is None else found.resumed
                self._fault(found.message, found.span, Span(found.span.artifact, found.span.start, until))
            else:
                yield found

    def report(self, code: str, message: str, span: Span) -> None:
        """Warn about an object that stays a record: something in it was not read."""
        self._diagnostics.append(Diagnostic(code, Severity.WARNING, message, (Label(span, "here"),)))

    def refuse(self, message: str, span: Span, *, code: str = "unreadable-object") -> None:
        """Report an object that gives no record; the table may lack one."""
        self._lost = True
        self._diagnostics.append(Diagnostic(code, Severity.ERROR, message, (Label(span, "here"),)))

    def _fault(self, message: str, at: Span, claimed: Span) -> None:
        self.refuse(message, at, code=f"unreadable-{self._form.lower()}")
        source = self.capture.source
        first, last = source.line_number(claimed.start), source.line_number(max(claimed.start, claimed.end - 1))
        for number in range(max(first, self._first), min(last, self._first + len(self._claims) - 1) + 1):
            if self._claims[number - self._first]:
                self._claims[number - self._first] = Claim.DIAGNOSTIC

    @property
    def incomplete_because(self) -> str | None:
        """Why records may be missing, for `Table.incomplete_because`; None when none can be."""
        if self._lost:
            return f"some of the {self._form} could not be read"
        if not self.capture.completeness.settles_absence:
            return INCOMPLETE[self.capture.completeness]
        return None

    def hidden(self, sequence: str) -> frozenset[str]:
        """Give the table's `hidden`: the name of its sequence when records may be missing, else nothing."""
        return frozenset({sequence}) if self.incomplete_because else NOTHING

    def result(self, value: T | None) -> ParseResult[T]:
        """Close the books."""
        if self.capture.completeness is Completeness.FAILED or value is None:
            status, value = ParseStatus.FAILED, None
        elif self._lost or not self.capture.completeness.settles_absence:
            status = ParseStatus.PARTIAL
        else:
            status = ParseStatus.COMPLETE
        ledger = Ledger(self._first, bytes(self._claims))
        return ParseResult(value, status, self.capture, tuple(self._diagnostics), self.capture.noise, ledger)
