"""The command line as whole processes, and `check` in process, against floors that no checker can go below.

python -m benchmarks.check [--rounds N]
"""

from __future__ import annotations

import argparse
import io
import tarfile
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from statistics import median

from azcnilint import builtin_rules, check, load_snapshot
from benchmarks import generate
from benchmarks.measure import cpu, in_turn, process, ratio, table

SAMPLE = Path(__file__).parent.parent / "samples" / "bundles" / "overlay-broken"
_READ = """
import sys, tarfile
with tarfile.open(sys.argv[1], "r:gz") as archive:
    for member in archive:
        for _ in archive.extractfile(member).read().decode().split("\\n"):
            pass
"""
"""The floor of a check: unpack, decode, iterate the lines."""


def processes(bundle: Path) -> dict[str, Sequence[str]]:
    """Give the command lines to compare, floors first."""
    return {
        "`pass`": ("-c", "pass"),
        "import pydantic": ("-c", "from pydantic import BaseModel"),
        "read the node bundle": ("-c", _READ, str(bundle)),
        "`azcnilint --version`": ("-m", "azcnilint", "--version"),
        "`azcnilint --help`": ("-m", "azcnilint", "--help"),
        "`azcnilint check` of a sample": ("-m", "azcnilint", "check", str(SAMPLE)),
        "`azcnilint check` of the node bundle": ("-m", "azcnilint", "check", str(bundle)),
    }


def whole(bundle: Path, rounds: int) -> str:
    """Measure whole processes; the first run of each, which writes byte code, does not count."""
    commands = processes(bundle)
    peaks: dict[str, int] = {name: process(words).peak for name, words in commands.items()}

    times = in_turn({name: partial(_seconds, words) for name, words in commands.items()}, rounds)
    floors = ("`pass`", "import pydantic", "read the node bundle")
    rows = [
        [name, f"{median(times[name]) * 1e3:.0f}", *(f"{ratio(times, name, base):.2f}" for base in floors), _mb(peak)]
        for name, peak in peaks.items()
    ]
    return table(["process", "CPU ms", "x pass", "x pydantic", "x read", "peak MB"], rows)


def _seconds(words: Sequence[str]) -> float:
    return process(words).seconds


def _mb(peak: int) -> str:
    return f"{peak / 1e6:.0f}"


def in_process(bundle: Path, rounds: int) -> str:
    """Measure the stages of a check of the node bundle with everything imported and compiled."""
    rules, snapshot = builtin_rules(), load_snapshot(bundle)
    check(snapshot, rules)
    candidates = {
        "unpack, decode, iterate lines": cpu(lambda: _read(bundle.read_bytes()), collect=False),
        "read the bundle to a snapshot": cpu(lambda: load_snapshot(bundle), collect=False),
        "check the snapshot": cpu(lambda: check(snapshot, rules), collect=False),
    }
    times = in_turn(candidates, rounds)
    base = next(iter(candidates))
    rows = [[name, f"{median(times[name]) * 1e3:.0f}", f"{ratio(times, name, base):.1f}"] for name in candidates]
    return table(["stage, in process, collector off", "CPU ms", "x lines"], rows)


def _read(data: bytes) -> None:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        for member in archive:
            file = archive.extractfile(member)
            assert file is not None
            for _ in file.read().decode().split("\n"):
                pass


def main() -> None:
    """Measure and print both tables."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=5)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "node.tgz"
        bundle.write_bytes(generate.node_bundle(pod_count=250, rules=20_000))
        print(whole(bundle, chosen.rounds))
        print(in_process(bundle, chosen.rounds))


if __name__ == "__main__":
    main()
