"""The progress bar: on a terminal only, on standard error only, for work over a second only, and gone at the end."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from azcnilint.cli.progress import Progress
from tests.cli.running import RULE, Terminal, node


def clock(*seconds: float) -> Callable[[], float]:
    """Give a clock that shows the given times one after another."""
    times: Iterator[float] = iter(seconds)
    return lambda: next(times)


def drawn(stream: io.StringIO, *seconds: float, wanted: bool = True) -> str:
    """Draw at the given seconds (the first is the beginning), one step of work each."""
    with Progress(stream, wanted=wanted, clock=clock(*seconds)) as bar:
        for done in range(1, len(seconds)):
            bar("checking", done, 10)
    return stream.getvalue()


def test_the_bar_appears_after_a_second_and_is_wiped() -> None:
    """Half done after two seconds: fifteen of thirty signs; then an empty line."""
    assert drawn(Terminal(), 0.0, 0.1, 0.2, 0.3, 0.4, 2.0) == (
        "\r\x1b[Kchecking [###############...............] 5/10\r\x1b[K"
    )


def test_the_bar_is_drawn_ten_times_a_second_at_most() -> None:
    """A hundred thousand steps must not cost a hundred thousand writes to a terminal."""
    assert drawn(Terminal(), 100.0, 101.5, 101.55, 101.59, 101.61).count("checking") == 2


def test_quick_work_draws_nothing() -> None:
    """No flicker for what takes under a second."""
    assert drawn(Terminal(), 5.0, 5.1, 5.9, 5.99) == ""


def test_nothing_is_drawn_on_what_is_no_terminal() -> None:
    """Logs of pipelines stay free of it."""
    assert drawn(io.StringIO(), 0.0, 2.0, 4.0) == ""


def test_nothing_is_drawn_when_it_is_not_wanted() -> None:
    """--no-progress."""
    assert drawn(Terminal(), 0.0, 2.0, 4.0, wanted=False) == ""


def test_work_without_an_amount_draws_an_empty_bar() -> None:
    """No steps at all is no division by zero."""
    stream = Terminal()

    with Progress(stream, wanted=True, clock=clock(0.0, 2.0)) as bar:
        bar("reading", 0, 0)

    assert stream.getvalue().startswith(f"\r\x1b[Kreading [{'.' * 30}] 0/0")


# Slows the clock of the run down, so that the smallest bundle takes "over a second" without any waiting.
_SLOW = """\
import itertools, sys, time
ticks = itertools.count(0.0, 2.0)
time.monotonic = lambda: next(ticks)
from azcnilint.cli.main import entry_point
entry_point()
"""


def test_on_a_real_terminal_the_bar_is_on_standard_error_only(tmp_path: Path) -> None:
    """With standard error on a pseudo-terminal the bar is there and wiped; the report beside it has no trace of it."""
    bundle = node(tmp_path)
    ours, theirs = pty.openpty()

    ran = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", _SLOW, "check", str(bundle), "--select", RULE],
        stdout=subprocess.PIPE,
        stderr=theirs,
        check=False,
        timeout=60,
    )
    os.close(theirs)
    bar = os.read(ours, 100_000)
    os.close(ours)

    assert ran.returncode == 1
    assert bar.startswith(b"\r\x1b[Kreading [..............................] 0/1")
    assert bar.endswith(b"checking [##############################] 1/1\r\x1b[K")
    assert b"\r" not in ran.stdout
    assert b"\x1b" not in ran.stdout
