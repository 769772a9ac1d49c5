"""Fixtures of all tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Reviewed = Callable[[Path, str], str]


@pytest.fixture
def reviewed(request: pytest.FixtureRequest) -> Reviewed:
    """Give what a reviewed file says; `pytest --snapshot-update` writes the actual text there first, to be reviewed."""

    def text_of(path: Path, actual: str) -> str:
        if request.config.getoption("update_snapshots"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(actual, encoding="utf-8")
        return path.read_text(encoding="utf-8") if path.exists() else ""

    return text_of
