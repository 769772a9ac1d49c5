"""The oracles of the fuzz targets hold for the seeds and for every input that fuzzing found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz import oracles

FOUND = Path(__file__).parent / "found"
SLOWER = 4.0
"""The tests run side by side; time is only a guard against what grows with the square of its input."""


def found(target: str) -> dict[str, bytes]:
    """Give the inputs that fuzzing found for a target."""
    return {path.name: path.read_bytes() for path in sorted(FOUND.glob(f"{target}-*.bin"))}


CAPTURES = {**oracles.capture_seeds(), **found("captures")}
RULES = {**oracles.rule_seeds(), **found("rules")}


@pytest.mark.parametrize("name", CAPTURES)
def test_the_laws_hold_for_captures(name: str) -> None:
    """A seed that breaks a law would hide every fault behind it."""
    oracles.check_capture(CAPTURES[name], slowdown=SLOWER)


@pytest.mark.parametrize("name", RULES)
def test_the_laws_hold_for_rules(name: str) -> None:
    """A rule file ends as rules or as positioned faults, and judging it ends."""
    oracles.check_rule(RULES[name])
