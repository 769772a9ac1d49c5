"""What the verbs print to: the three streams, and whether in colour. Imports next to nothing, for `--version`."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple, TextIO

from azcnilint.errors import UsageError


class Streams(NamedTuple):
    """The streams of one run; tests pass their own."""

    stdin: BinaryIO
    stdout: TextIO
    stderr: TextIO

    @classmethod
    def of_process(cls) -> Streams:
        """Give the process's own streams; one that the caller closed (`<&-`, `>&-`) is empty, or swallows what it gets.

        A character that the terminal's encoding lacks is written as an escape instead of ending the run.
        """
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        return cls(
            sys.stdin.buffer if sys.stdin is not None else io.BytesIO(),
            sys.stdout if sys.stdout is not None else io.StringIO(),
            sys.stderr if sys.stderr is not None else io.StringIO(),
        )

    def out(self, text: str) -> None:
        """Print a result, without adding a line end; raises UsageError when it cannot be written (a full disk)."""
        with _writing():
            self.stdout.write(text)

    def flush(self) -> None:
        """Write out what is buffered of the results; raises as `out`."""
        with _writing():
            self.stdout.flush()

    def note(self, text: str) -> None:
        """Print a line that is no result: a diagnostic, a usage error."""
        self.stderr.write(text + "\n")


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        message = f"cannot write to standard output: {(error.strerror or str(error)).lower()}"
        raise UsageError(message) from error


def wants_colour(choice: str, stream: TextIO) -> bool:
    """Decide on colour: `always`, `never`, else a terminal without NO_COLOR (no-color.org), or FORCE_COLOR."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()
