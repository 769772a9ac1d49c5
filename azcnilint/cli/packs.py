"""From the options of a command line to the rule pack that it means."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from azcnilint.errors import UsageError
from azcnilint.rules import RulePack, builtin_rules, load_rules


def pairs(options: Sequence[str], what: str) -> dict[str, str]:
    """Split `name=value` options; raises UsageError for one without a name or an equals sign."""
    found = {}
    for option in options:
        name, equals, value = option.partition("=")
        if not equals or not name:
            message = f'{what} "{option}" is not NAME=VALUE'
            raise UsageError(message)
        found[name] = value
    return found


def all_rules(packs: Sequence[str]) -> RulePack:
    """Give the built-in rules and those of further packs."""
    rules = builtin_rules()
    for path in packs:
        rules = rules + load_rules(path)
    return rules


def configured(arguments: argparse.Namespace) -> RulePack:
    """Give the rules that `--pack`, `--select`, `--ignore` and `--param` ask for."""
    rules = all_rules(arguments.pack)
    params = pairs(arguments.param, "--param")
    patterns = (*arguments.select, *(f"!{pattern}" for pattern in arguments.ignore))
    return rules.configure(params).select(*patterns) if params else rules.select(*patterns)
