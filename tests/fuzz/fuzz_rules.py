"""atheris target: any bytes as a rule, fact, expression or message. How to run it stands in tests/fuzz/README.md."""

from __future__ import annotations

import importlib
import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
atheris = importlib.import_module("atheris")  # optional and untyped, so not imported by name
with atheris.instrument_imports(include=["azcnilint"]):
    from tests.fuzz import driving, oracles

if __name__ == "__main__":
    check = partial(oracles.check_rule, slowdown=driving.SLOWDOWN)
    driving.drive(atheris, check, oracles.rule_seeds(), Path(sys.argv[1]))
