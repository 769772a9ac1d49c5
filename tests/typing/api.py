"""Five programs that an author of support tools would write, against the public names only.

mypy --strict checks them with the rest of the tests; test_api.py runs them on sample bundles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import azcnilint as az


def one_pasted_output(pasted: str) -> tuple[list[str], list[tuple[list[str], str]]]:
    """Say what is in a paste, what was not understood, and where."""
    result = az.parse_ip_route(pasted, artifact="ticket-4711.txt")
    said = [f"{diagnostic.severity}[{diagnostic.code}]: {diagnostic.message}" for diagnostic in result.diagnostics]
    routes = result.value.default() if result.value else ()
    found = [([str(hop.gateway) for hop in route.hops], result.capture.source.slice(route.span)) for route in routes]
    return said, found


def gate(bundle: Path) -> tuple[str, int]:
    """Judge a bundle as a gate in a pipeline does: the text to print and the code to exit with."""
    report = az.check(az.load_snapshot(bundle), az.builtin_rules())
    return az.render(report, "text"), 1 if report.where(az.Outcome.FAIL) else 0


def my_own_question(bundle: Path) -> list[str]:
    """Count default routes; the type checker does not let the missing file be forgotten."""
    lines: list[str] = []
    for node in az.load_snapshot(bundle).cluster.nodes.values():
        match node.routes:
            case az.Present(table, artifact, complete):
                lines.append(
                    f"{node.name} {len(table.default())} {artifact} {'' if complete else '(incomplete)'}".rstrip()
                )
            case az.Absent(kind, reason, command):
                lines.append(f"{node.name}: no {kind} ({reason}); run: {command}")
    return lines


def our_rules_as_sarif(bundle: Path, team_rules: Path, out: Path) -> None:
    """Judge with a selection of the shipped rules and the team's own."""
    rules = az.builtin_rules().select("nat/*", "!masquerade-default-list") + az.load_rules(team_rules)
    out.write_text(az.render(az.check(az.load_snapshot(bundle), rules), "sarif"), encoding="utf-8")


def triage(bundles: Iterable[Path]) -> Counter[tuple[str, az.Outcome]]:
    """Count what fails, and what cannot be decided, over many bundles."""
    rules = az.builtin_rules()
    return Counter(
        (finding.rule_id, finding.outcome)
        for bundle in bundles
        for finding in az.check(az.load_snapshot(bundle), rules).where(az.Outcome.FAIL, az.Outcome.UNKNOWN)
    )
