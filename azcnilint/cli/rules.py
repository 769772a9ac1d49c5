"""`rules list|check|test`: what rules there are, whether packs load, whether their examples hold."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from azcnilint.checking.examples import run_examples
from azcnilint.cli.packs import configured
from azcnilint.cli.streams import Streams
from azcnilint.rules import RulePack, builtin_rules, load_rules

OK, USAGE = 0, 2


def run(arguments: argparse.Namespace, streams: Streams) -> int:
    """Carry out one action; a pack that does not load raises RulePackError, failing examples give 2."""
    match arguments.action:
        case "list":
            return _list(configured(arguments), arguments.format, streams)
        case "check":
            for pack in _packs(arguments.paths):
                streams.out(f"{pack.id}: {_count(len(pack.rules), 'rule')}, no fault\n")
            return OK
        case _:
            return max(_test(pack, streams) for pack in _packs(arguments.paths))


def _packs(paths: Sequence[str]) -> list[RulePack]:
    return [load_rules(path) for path in paths] or [builtin_rules()]


def _list(pack: RulePack, form: str, streams: Streams) -> int:
    if form == "json":
        rules = [{"id": r.id, "family": r.family, "severity": r.severity.value, "title": r.title} for r in pack.rules]
        streams.out(json.dumps(rules, indent=2) + "\n")
        return OK
    width = max((len(rule.path) for rule in pack.rules), default=0)
    for rule in pack.rules:
        streams.out(f"{rule.path:<{width}}  {rule.severity.value:<7}  {rule.title}\n")
    return OK


def _test(pack: RulePack, streams: Streams) -> int:
    results = list(run_examples(pack))
    failed = [result for result in results if result.fault is not None]
    for result in failed:
        streams.note(f"{result.rule.path}: example {result.number}: {result.fault}")
    held, hold = len(results) - len(failed), "holds" if len(results) == 1 and not failed else "hold"
    of_rules = _count(len(pack.rules), "rule")
    streams.out(f"{pack.id}: {held} of {_count(len(results), 'example')} of {of_rules} {hold}\n")
    return USAGE if failed else OK


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
