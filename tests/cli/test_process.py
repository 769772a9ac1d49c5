"""azcnilint as a process: pipes that close, disks that are full, streams that are missing, and bugs."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from azcnilint.cli.main import guarded
from azcnilint.cli.streams import Streams
from tests.cli.running import RULE, node

CHECK = (sys.executable, "-m", "azcnilint", "check")


class Broken(io.BytesIO):
    """A standard input that fails as no real one does: what a bug in azcnilint looks like from outside."""

    def seekable(self) -> bool:
        """Fail."""
        message = "no such luck"
        raise RuntimeError(message)


class Interrupted(io.BytesIO):
    """A standard input at which the user presses Ctrl-C."""

    def seekable(self) -> bool:
        """Be interrupted."""
        raise KeyboardInterrupt


def test_a_bug_gives_70_with_its_traceback() -> None:
    """A bug is never a finding nor a usage error, and the report of it has what a developer needs."""
    out, err = io.StringIO(), io.StringIO()

    code = guarded(["check", "-"], Streams(Broken(), out, err))

    lines = err.getvalue().splitlines()
    assert (code, out.getvalue()) == (70, "")
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-2:] == [
        "RuntimeError: no such luck",
        "this is a bug in azcnilint; please report it with the lines above",
    ]


def test_an_interrupt_gives_what_a_shell_gives() -> None:
    """Ctrl-C leaves no traceback."""
    out, err = io.StringIO(), io.StringIO()

    code = guarded(["check", "-"], Streams(Interrupted(), out, err))

    assert (code, out.getvalue(), err.getvalue()) == (130, "", "")


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    """`azcnilint check … | head -1`: one line, no traceback; the cut report does not pass as a clean one."""
    node(tmp_path, "nonsense\n" * 200 + "default via 10.0.0.1 dev eth0\n")
    reader, writer = os.pipe()
    with os.fdopen(writer, "wb") as out:
        process = subprocess.Popen([*CHECK, str(tmp_path)], stdout=out, stderr=subprocess.PIPE)  # noqa: S603 - ourselves
    os.close(reader)

    _, err = process.communicate(timeout=60)

    assert (process.returncode, err) == (141, b"")


def test_a_full_disk_is_told() -> None:
    """A report that could not be written must not end as if it had been."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(  # noqa: S603 - ourselves
            [*CHECK, "--help"], stdout=full, stderr=subprocess.PIPE, check=False, timeout=60
        )

    assert ran.returncode == 2
    assert ran.stderr == b"azcnilint: error: cannot write to standard output: no space left on device\n"


@pytest.mark.parametrize(
    ("closed", "argv", "code"),
    [("<&-", ("-",), 3), (">&-", ("{bundle}", "--select", RULE), 1), ("2>&-", ("nope",), 3)],
)
def test_a_closed_stream_is_no_bug(tmp_path: Path, closed: str, argv: tuple[str, ...], code: int) -> None:
    """Daemons start programs with streams closed; the exit code is what it would be."""
    bundle = str(node(tmp_path))
    words = " ".join(word.format(bundle=bundle) for word in argv)

    ran = subprocess.run(  # noqa: S603 - ourselves
        ["/bin/sh", "-c", f'"{sys.executable}" -m azcnilint check {words} {closed}'],
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert ran.returncode == code
    assert b"Traceback" not in ran.stderr


def test_a_terminal_without_the_characters_gets_escapes(tmp_path: Path) -> None:
    """A name in Greek on an ASCII terminal is shown escaped instead of ending the run."""
    bundle = node(tmp_path, name="aks-κόμβος")

    ran = subprocess.run(  # noqa: S603 - ourselves
        [*CHECK, str(bundle), "--select", RULE],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert (ran.returncode, ran.stderr) == (1, b"")
    assert ran.stdout.startswith(rb"node aks-\u03ba\u03cc\u03bc\u03b2\u03bf\u03c2")
