"""Where the rules that come with azcnilint live: inside the installed package, or in the checkout that runs."""

from __future__ import annotations

from pathlib import Path

_INSTALLED = Path(__file__).parent / "builtin_pack"

BUILTIN = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).parents[2] / "rules"
"""The folder of the built-in pack; the wheel carries the checkout's `rules/` as `azcnilint/rules/builtin_pack`."""
