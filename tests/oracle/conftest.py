"""What a run of the oracle suite compared, for the end of the terminal's output."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Add up what the tests of random states recorded, in whichever process they ran."""
    totals: dict[str, Counter[str]] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, counts in report.user_properties:
                if name.startswith("oracle "):
                    totals.setdefault(name, Counter()).update(counts)
    for name, total in sorted(totals.items()):
        for line in _lines(total):
            terminalreporter.write_line(f"{name}: {line}")


def _lines(total: Mapping[str, int]) -> Iterator[str]:
    yield f"{total['states']} states, {total['captures']} captures ({total['moved']} taken again: the state moved)"
    yield f"{total['records']} records, {total['fields']} fields compared"
    yield f"differences by the written list: {_listed(total, 'exempted ')}"
    yield f"refused by tool or kernel: {_listed(total, 'refused ', 'tried ')}"


def _listed(total: Mapping[str, int], prefix: str, of: str | None = None) -> str:
    """Give the counts under a prefix, each of how many where another prefix says so."""
    names = sorted(name.removeprefix(prefix) for name in total if name.startswith(prefix))
    return ", ".join(f"{name} {total[prefix + name]}{f'/{total[of + name]}' if of else ''}" for name in names)
