"""How many states to make, from which number on, and where to say what was compared."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.oracle.compare import Tally

STATES = int(os.environ.get("AZCNILINT_ORACLE_STATES", "200"))
BASE_SEED = int(os.environ.get("AZCNILINT_ORACLE_SEED", "20261123"))


def reported(request: pytest.FixtureRequest, name: str) -> Iterator[Tally]:
    """Yield a tally, and say at the end of the module what it counted."""
    tally = Tally()
    yield tally
    reporter = request.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        reporter.write_line("")
        for line in tally.lines():
            reporter.write_line(f"oracle {name}: {line}")
