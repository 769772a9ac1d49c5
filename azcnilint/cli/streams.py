"""What the verbs print to, and how: the three streams, colour, and the snippets of diagnostics."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO, TextIO

from azcnilint.text import Diagnostic, Severity, SourceText, mark, printable, snippet


@dataclass(frozen=True, slots=True)
class Streams:
    """The streams of one run; tests pass their own."""

    stdin: BinaryIO
    stdout: TextIO
    stderr: TextIO

    @classmethod
    def of_process(cls) -> Streams:
        """Give the process's own streams."""
        return cls(sys.stdin.buffer, sys.stdout, sys.stderr)

    def out(self, text: str) -> None:
        """Print a result, without adding a line end."""
        self.stdout.write(text)

    def note(self, text: str) -> None:
        """Print a line that is no result: a diagnostic, a usage error."""
        self.stderr.write(text + "\n")


def wants_colour(choice: str, stream: TextIO) -> bool:
    """Decide on colour: `always`, `never`, else a terminal without NO_COLOR (no-color.org), or FORCE_COLOR."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


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
