"""`inspect`: what a bundle holds, what was taken from it, and what is missing for which rules."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Iterator

from azcnilint.checking import Outcome, Report
from azcnilint.checking.check import check
from azcnilint.checking.report import CaptureInfo, FactValue
from azcnilint.cli.bundles import load
from azcnilint.cli.packs import pairs
from azcnilint.cli.progress import Progress
from azcnilint.cli.streams import Streams
from azcnilint.rules import builtin_rules
from azcnilint.text import printable

OK, NOTHING = 0, 3
WIDTH = 80


def run(arguments: argparse.Namespace, streams: Streams) -> int:
    """Print the inventory of a bundle; 3 when no capture was recognised in it."""
    with Progress(streams.stderr, wanted=not arguments.no_progress) as bar:
        snapshot, name = load(arguments.paths, streams, lambda done, total: bar("reading", done, total))
        report = check(snapshot, builtin_rules(), facts=pairs(arguments.fact, "--fact"), bundle=name)
    if arguments.format == "json":
        streams.out(_json(report))
    else:
        streams.out("\n".join(_lines(report)) + "\n")
    return OK if snapshot.captures else NOTHING


def _json(report: Report) -> str:
    whole = report.model_dump(
        mode="json",
        include={
            "schema_version",
            "tool_version",
            "bundle",
            "nodes",
            "cluster_facts",
            "cluster_captures",
            "notices",
            "unused",
        },
    )
    whole["missing"] = [{"command": command, "rules": rules} for command, rules in _missing(report).items()]
    return json.dumps(whole, indent=2) + "\n"


def _missing(report: Report) -> dict[str, list[str]]:
    """Give the rules that each command would help to decide, most rules first."""
    found: dict[str, list[str]] = {}
    for finding in report.where(Outcome.UNKNOWN):
        for command in finding.commands:
            rules = found.setdefault(command, [])
            if finding.rule_id not in rules:
                rules.append(finding.rule_id)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def _lines(report: Report) -> Iterator[str]:
    yield f"bundle {printable(report.bundle)}"
    for node in report.nodes:
        yield f"node {printable(node.name)}"
        yield from (_fact(fact) for fact in node.facts)
        yield from (_capture(capture) for capture in node.captures)
    if report.cluster_captures:
        yield "cluster"
        yield from (_capture(capture) for capture in report.cluster_captures)
    if report.unused:
        yield "not used"
        yield from (f"  {printable(unused.artifact)}: {printable(unused.reason)}" for unused in report.unused)
    if report.notices:
        yield "notes"
    for notice in report.notices:
        first = notice.locations[0] if notice.locations else None
        place = f"{printable(first.artifact)}:{first.first.line}:{first.first.column}: " if first else ""
        yield f"  {notice.severity.value}[{notice.code}]: {place}{printable(notice.message)}"
    missing = _missing(report)
    if missing:
        yield "missing"
    for command, rules in missing.items():
        yield f"  {printable(command)}"
        yield from textwrap.wrap(
            f"would help to decide {len(rules)}: {', '.join(rules)}",
            WIDTH,
            initial_indent="    ",
            subsequent_indent="      ",
            break_on_hyphens=False,
        )


def _fact(fact: FactValue) -> str:
    value = " or ".join(fact.conflict) + " (contradiction)" if fact.conflict else fact.value or "undecided"
    return f"  {fact.name}: {value}" + (f" ({fact.because})" if fact.because else "")


def _capture(capture: CaptureInfo) -> str:
    command = capture.command or capture.kind or "unknown command"
    where = f"{printable(capture.artifact)}:{capture.line}"
    inside = f" in namespace {printable(capture.netns)}" if capture.netns else ""
    if capture.status == "unread":
        return f"  {where}: {printable(command)}{inside}: recognised, not read"
    unread = f", {_count(capture.unread_lines, 'line')} not read" if capture.unread_lines else ""
    read = f"{capture.completeness}, {_count(capture.records, 'record')}{unread}"
    return f"  {where}: {printable(command)}{inside}: {read}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
