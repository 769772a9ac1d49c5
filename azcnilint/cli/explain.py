"""`explain`: one rule or fact for the person who met it in a report."""

from __future__ import annotations

import argparse
import textwrap

from azcnilint.cli.packs import all_rules
from azcnilint.cli.streams import Streams
from azcnilint.rules import Fact, Rule

WIDTH = 80
OK = 0


def run(arguments: argparse.Namespace, streams: Streams) -> int:
    """Print the page of a rule or fact; an unknown id is a usage error with a suggestion."""
    pack = all_rules(arguments.pack)
    fact = next((fact for fact in pack.facts if fact.name == arguments.id), None)
    streams.out(_fact_page(fact) if fact else _rule_page(pack.rule(arguments.id)))
    return OK


def _rule_page(rule: Rule) -> str:
    lines = [f"{rule.severity.value}[{rule.id}]: {rule.title}", ""]
    lines += _section("Why it matters", rule.why)
    lines += _section("What to do", rule.remediation)
    lines += ["What is checked", *_expression("applies when", rule.when.text if rule.when else None)]
    if rule.for_each is not None:
        lines += _expression(f"for each {rule.for_each.name} in", rule.for_each.source.text)
    lines += [line for let in rule.lets for line in _expression(f"let {let.name} =", let.program.text)]
    lines += [*_expression("must hold", rule.check.text), ""]
    lines += [f"Needs: {', '.join(sorted(rule.needs)) or 'nothing'}".replace("_", " ")]
    lines += [f"Parameter {param.name}: {param.type}; {param.about}".rstrip("; ") for param in rule.params]
    lines += [f"Since {rule.since}, {rule.stage}. Signatures: {', '.join(rule.catalogue) or 'none'}"]
    lines += [f"See {reference}" for reference in rule.references]
    return "\n".join(lines) + "\n"


def _fact_page(fact: Fact) -> str:
    lines = [f"fact {fact.name}: {fact.title}", "", f"Values: {', '.join(fact.values)}", ""]
    lines += [line for let in fact.lets for line in _expression(f"let {let.name} =", let.program.text)]
    for candidate in fact.candidates:
        lines += [f"{candidate.value}: {candidate.because}", *_expression("when", candidate.when.text)]
    lines += ["", f"Settle it with --fact {fact.name}=VALUE."]
    return "\n".join(lines) + "\n"


def _section(head: str, text: str) -> list[str]:
    return [head, *textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="  "), ""]


def _expression(lead: str, text: str | None) -> list[str]:
    if text is None:
        return []
    return [f"  {lead}", *(f"    {line}" for line in text.splitlines())]
