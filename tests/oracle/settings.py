"""How many states the suite makes, and from which number on."""

from __future__ import annotations

import os

STATES = int(os.environ.get("AZCNILINT_ORACLE_STATES", "200"))
BASE_SEED = int(os.environ.get("AZCNILINT_ORACLE_SEED", "20261123"))
