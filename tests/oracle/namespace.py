"""Network namespaces of our own: commands and their captures inside; nothing of the host is touched, nothing leaves."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

_NUMBERS = itertools.count(1)
_FAILED = re.compile(r"Command failed -:(\d+)")
_PASSING = "Peer netns reference is invalid"
_ATTEMPTS = 20
_MARK = "\x1e"
"""Stands before the name of each capture in the output of one script; no name of a state holds it."""


@cache
def refusal() -> str | None:
    """Say why no state can be made here; None when it can."""
    if os.geteuid() != 0 or not all(shutil.which(tool) for tool in ("ip", "nsenter", "sh")):
        return "needs root and network namespaces"
    name = _new_name()
    made = _run("ip", "netns", "add", name)
    _run("ip", "netns", "del", name)
    return None if made.returncode == 0 else "needs root and network namespaces"


def _new_name() -> str:
    return f"azl-{os.getpid()}-{next(_NUMBERS)}"


def _run(*words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, input=stdin, capture_output=True, check=False, text=True)  # noqa: S603 - own words


@dataclass(frozen=True)
class Namespace:
    """One network namespace by its name in /run/netns."""

    name: str

    def batch(self, lines: Sequence[str], *options: str) -> frozenset[int]:
        """Give every line to `ip OPTIONS -batch`; gives the places of the lines that it refused."""
        words = ("ip", "-n", self.name, *options, "-force", "-batch", "-")
        done = _run(*words, stdin="".join(f"{line}\n" for line in lines))
        return frozenset(int(number) - 1 for number in _FAILED.findall(done.stderr))

    def run(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run one command inside."""
        return _run("nsenter", f"--net=/run/netns/{self.name}", *words, stdin=stdin)

    def captures(self, commands: Mapping[str, str]) -> dict[str, str]:
        """Run shell commands one directly after the other; gives what each printed, by the name that it has here.

        Raises AssertionError when one says anything on its standard error. `ip` looks at all names in /run/netns; one
        that somebody else makes or removes at that moment is no reason to fail, only to run the commands again.
        """
        script = "".join(f"printf '\\036%s\\n' {name}\n{command}\n" for name, command in commands.items())
        done = self.run("sh", "-c", script)
        for _ in range(_ATTEMPTS):
            if _PASSING not in done.stderr:
                break
            done = self.run("sh", "-c", script)
        assert done.stderr == "", done.stderr
        parts = (part.partition("\n") for part in done.stdout.split(_MARK)[1:])
        return {name: text for name, _, text in parts}


@contextmanager
def namespace() -> Iterator[Namespace]:
    """Make a namespace and remove it, with all that is in it, whatever happens."""
    made = Namespace(_new_name())
    done = _run("ip", "netns", "add", made.name)
    assert done.returncode == 0, done.stderr
    try:
        yield made
    finally:
        _run("ip", "netns", "del", made.name)
