"""The shape of a parser and of its result: what was read, how each line was accounted for, what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Generic, TypeVar

from azcnilint.capture import Capture, Noise
from azcnilint.errors import EvidenceError
from azcnilint.models import Table
from azcnilint.text import Diagnostic, Span

T = TypeVar("T", bound=Table)
TableT_co = TypeVar("TableT_co", bound=Table, covariant=True)


class ParseStatus(StrEnum):
    """How much of a capture was read."""

    COMPLETE = "complete"
    """Every line was read and the capture itself is whole."""
    PARTIAL = "partial"
    """At least one line gave no record, or the capture is cut, snipped or filtered."""
    FAILED = "failed"
    """There is no table: the command failed, or nothing in the capture could be read."""


class Claim(IntEnum):
    """How one line was accounted for."""

    BLANK = 0
    RECORD = 1
    NOISE = 2
    DIAGNOSTIC = 3


@dataclass(frozen=True)
class Ledger:
    """Law 1 in figures: one claim for every line of a capture's body.

    Attributes:
        first_line: 1-based number of the body's first line.
        claims: One `Claim` a line, as bytes.
    """

    first_line: int
    claims: bytes

    def count(self, claim: Claim) -> int:
        """Say how many lines were claimed so."""
        return self.claims.count(claim)


@dataclass(frozen=True)
class ParseResult(Generic[TableT_co]):
    """What a parser made of one capture.

    Attributes:
        value: The table; None only with status FAILED.
        status: COMPLETE, PARTIAL or FAILED.
        diagnostics: In order of place; every ERROR among them is a line or attribute that was lost.
        noise: Lines recognised as no data, the capture's own included, in order of place.
        ledger: One claim for every line.
        capture: What was parsed; its `source` turns spans into positions.
    """

    value: TableT_co | None
    status: ParseStatus
    capture: Capture
    diagnostics: tuple[Diagnostic, ...] = ()
    noise: tuple[Noise, ...] = ()
    ledger: Ledger = field(default=Ledger(1, b""))

    def unwrap(self) -> TableT_co:
        """Give the table of a COMPLETE result; raises EvidenceError for any other, naming the first fault."""
        if self.value is None or self.status is not ParseStatus.COMPLETE:
            first = next((d.message for d in self.diagnostics), self.capture.completeness.value)
            message = f"{self.capture.source.artifact}: the capture is {self.status.value}: {first}"
            raise EvidenceError(message)
        return self.value


@dataclass(frozen=True)
class Parser(Generic[TableT_co]):
    """One command family.

    Attributes:
        kind: The `Capture.kind` that it reads.
        command: The command that would supply such a capture, for messages about missing evidence.
        parse: Total: never raises, whatever the capture holds.
    """

    kind: str
    command: str
    parse: Callable[[Capture], ParseResult[TableT_co]]


def whole(spans: Sequence[Span], fallback: Span) -> Span:
    """Give the span from the first to the last of `spans`, `fallback` when there is none."""
    return spans[0].cover(spans[-1]) if spans else fallback
