"""A progress bar on standard error: only on a terminal, only for work over a second, gone when the work is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TextIO

PATIENCE = 1.0
"""Seconds before the bar appears."""
_INTERVAL = 0.1
_WIDTH = 30


class Progress:
    """Draws how much of a piece of work is done; use as a context manager."""

    def __init__(self, stream: TextIO, *, wanted: bool, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the stream to draw on and a clock in seconds; nothing is drawn when it is no terminal or not wanted."""
        self._stream = stream
        self._active = wanted and stream.isatty()
        self._clock = clock
        self._begun = clock()
        self._drawn = 0.0

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wipe the bar."""
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Draw `done` of `total`, at most ten times a second."""
        now = self._clock()
        if not self._active or now - self._begun < PATIENCE or now - self._drawn < _INTERVAL:
            return
        self._drawn = now
        filled = _WIDTH * done // max(total, 1)
        self._stream.write(f"\r\x1b[K{what} [{'#' * filled}{'.' * (_WIDTH - filled)}] {done}/{total}")
        self._stream.flush()
