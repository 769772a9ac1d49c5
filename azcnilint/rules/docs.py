"""A rule pack to its page in the documentation; `tests/rules/test_docs.py` keeps docs/rules.md current."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from azcnilint.rules.pack import Fact, Rule, RulePack

_SIGNATURE = re.compile(r"F(\d+)")


def rules_page(pack: RulePack) -> str:
    """Give the Markdown page of a pack: facts, the rules by family, and which rule answers which failure signature."""
    lines = ["# Rules", "", "Made from the rule files; `azcnilint explain ID` shows one in the terminal.", ""]
    for fact in pack.facts:
        lines += _fact(fact)
    for family, rules in groupby(pack.rules, key=lambda rule: rule.family):
        lines += [f"## {family}", ""]
        for rule in rules:
            lines += _rule(rule)
    lines += ["## By signature", "", "| signature | rules |", "|---|---|", *_signatures(pack)]
    return "\n".join(lines) + "\n"


def _fact(fact: Fact) -> list[str]:
    lines = [f"## Fact `{fact.name}`", "", f"{fact.title}.", "", "| value | when |", "|---|---|"]
    lines += [f"| `{candidate.value}` | {candidate.because} |" for candidate in fact.candidates]
    return [*lines, "", f"Settle it with `--fact {fact.name}=VALUE`.", ""]


def _rule(rule: Rule) -> list[str]:
    lines = [f"### {rule.id}", "", f"**{rule.title}** ({rule.severity.value})", "", rule.why, ""]
    if rule.when is not None:
        lines += [f"Applies when `{_inline(rule.when.text)}`.", ""]
    lines += [f"- {param.name} (`{param.type}`): {param.about}" for param in rule.params]
    lines += [""] if rule.params else []
    lines += [f"What to do: {rule.remediation}", ""]
    lines += [f"See {', '.join(f'<{reference}>' for reference in rule.references)}", ""] if rule.references else []
    return lines


def _inline(text: str) -> str:
    return " ".join(text.split())


def _signatures(pack: RulePack) -> Iterator[str]:
    """Give one row a signature, those numbered F1, F2 … first and in order."""
    rules: dict[str, list[str]] = {}
    for rule in pack.rules:
        for signature in rule.catalogue:
            rules.setdefault(signature, []).append(rule.id)
    for signature in sorted(rules, key=_place):
        yield f"| {signature} | {', '.join(f'[{rule}](#{rule})' for rule in rules[signature])} |"


def _place(signature: str) -> tuple[int, int, str]:
    numbered = _SIGNATURE.fullmatch(signature)
    return (0, int(numbered[1]), "") if numbered else (1, 0, signature)
