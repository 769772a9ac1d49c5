"""How the benchmarks measure: CPU time, candidates in turn and in rotated order, medians, ratios round by round."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeAlias

Action: TypeAlias = Callable[[], object]
Times: TypeAlias = Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Spent:
    """What a process took: CPU seconds of user and system together, and its largest resident set in bytes."""

    seconds: float
    peak: int


def in_turn(candidates: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Give the seconds of each candidate, one figure a round; every round begins with another candidate.

    Whatever else runs on the machine then falls on all of them alike.
    """
    names = list(candidates)
    found: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(rounds):
        at = turn % len(names)
        for name in names[at:] + names[:at]:
            found[name].append(candidates[name]())
    return found


def cpu(action: Action, *, collect: bool = True) -> Callable[[], float]:
    """Make a candidate of an action of this process; without `collect` the collector of cycles is off meanwhile."""

    def run() -> float:
        gc.collect()
        if not collect:
            gc.disable()
        try:
            begin = time.process_time()
            action()
            return time.process_time() - begin
        finally:
            gc.enable()

    return run


def process(words: Sequence[str]) -> Spent:
    """Run `python WORDS` to its end, byte code cached as after an installation, and give what it took."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    child = subprocess.Popen(
        [sys.executable, *words], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, _, usage = os.wait4(child.pid, 0)
    child.returncode = 0
    return Spent(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def growth(action: Action) -> int:
    """Give by how many bytes the largest resident set of a fork grows while it carries out the action."""
    return max(0, _forked(action) - _forked(lambda: None))


def _forked(action: Action) -> int:
    gc.collect()
    child = os.fork()
    if child == 0:
        action()
        os._exit(0)
    _, _, usage = os.wait4(child, 0)
    return usage.ru_maxrss * 1024


def ratio(times: Times, name: str, base: str) -> float:
    """Give the median of the ratios of each round."""
    return median(mine / other for mine, other in zip(times[name], times[base], strict=True))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a Markdown table; figures stand to the right, the first column to the left."""
    rule = [":--", *("--:" for _ in head[1:])]
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, rule, *rows))
