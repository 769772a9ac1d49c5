"""Diagnostics as `parse` prints them: one line, the frame with its marks, and the help."""

from __future__ import annotations

from collections.abc import Iterable

from azcnilint.text import Diagnostic, Severity, SourceText, mark, printable, snippet


def diagnostic_text(source: SourceText, diagnostic: Diagnostic) -> str:
    """Give one diagnostic with its frame, without a final line end."""
    head = f"{diagnostic.severity.value}[{diagnostic.code}]: {printable(diagnostic.message)}"
    frame = snippet(source.artifact, [mark(source, label) for label in diagnostic.labels])
    lines = [head, frame.rstrip("\n")]
    if diagnostic.help:
        lines.append(f"  = help: {printable(diagnostic.help)}")
    return "\n".join(line for line in lines if line)


def grave(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Give those that tell of something lost or doubtful, repairs left out."""
    return [diagnostic for diagnostic in diagnostics if diagnostic.severity is not Severity.INFO]
