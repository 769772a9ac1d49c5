"""Runs a fuzz target under atheris, and keeps each fault that is new instead of stopping at the first."""

from __future__ import annotations

import hashlib
import re
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType

REPOSITORY = Path(__file__).parents[2]
SLOWDOWN = 6.0
"""Tracing and a process of low priority make reading that much slower."""


def drive(atheris: ModuleType, check: Callable[[bytes], None], seeds: Mapping[str, bytes], findings: Path) -> None:
    """Fuzz until libFuzzer's limits end it; does not return.

    Args:
        atheris: The module.
        check: The oracle, which raises for a fault.
        seeds: Inputs to begin with.
        findings: A folder for one input of each fault.
    """
    findings.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="fuzz-"))
    corpus, words = home / "corpus", home / "words"
    corpus.mkdir()
    for name, data in seeds.items():
        (corpus / name).write_bytes(data)
    words.write_text(_dictionary(seeds), encoding="ascii")

    def one(data: bytes) -> None:
        try:
            check(data)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
            _keep(findings, data, error)

    atheris.Setup([sys.argv[0], *sys.argv[2:], f"-dict={words}", str(corpus)], one)
    atheris.Fuzz()


def _dictionary(seeds: Mapping[str, bytes]) -> str:
    """Give the words of the seeds as libFuzzer reads them: what a mutation of single bytes would not write."""
    words = {word for data in seeds.values() for word in re.findall(rb"[A-Za-z_-]{2,20}", data[1:])}
    return "".join(f'"{word.decode("ascii")}"\n' for word in sorted(words))


def _keep(findings: Path, data: bytes, error: Exception) -> None:
    """Write the input and the trace, unless one of the same kind and place is there and is not longer."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "azcnilint" in frame.filename]
    place = f"{Path(frames[-1].filename).stem}-{frames[-1].name}" if frames else "oracle"
    words = "".join(each if each.isalpha() else " " for each in str(error))[:40].split() if not frames else []
    name = "-".join([type(error).__name__, place, *words])[:80] or hashlib.sha256(data).hexdigest()
    path = findings / f"{name}.bin"
    if not path.exists() or path.stat().st_size > len(data):
        path.write_bytes(data)
        (findings / f"{name}.txt").write_text("".join(traceback.format_exception(error)), encoding="utf-8")
        print(f"found {name}: {len(data)} bytes", file=sys.stderr, flush=True)  # noqa: T201 - a script's progress
