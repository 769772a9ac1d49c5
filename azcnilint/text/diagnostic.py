"""Messages about input: what could not be read, repaired or trusted, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from azcnilint.text.span import Span


class Severity(StrEnum):
    """How much a message matters; ordered by `rank`."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the gravest, so that sorting by it puts errors first."""
        return (Severity.ERROR, Severity.WARNING, Severity.INFO).index(self)


@dataclass(frozen=True, slots=True)
class Label:
    """One marked range of a diagnostic and the few words that stand beside its carets."""

    span: Span
    text: str = ""
    primary: bool = True


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A message about input text.

    Attributes:
        code: Kebab-case name with a page in docs/diagnostics.md, for example `unreadable-line`.
        severity: ERROR loses a record, WARNING may hide something, INFO was repaired without loss.
        message: One lower-case line without a full stop; values stand in double quotes.
        labels: The places, the primary one first; empty only when the message is about a whole artifact.
        help: What to do or what would have been right; None where the message says it all.
    """

    code: str
    severity: Severity
    message: str
    labels: tuple[Label, ...] = ()
    help: str | None = None
