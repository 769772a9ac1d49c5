"""The report as a tired engineer reads it: grouped by node, worst first, with the lines that prove each finding.

Words carry the meaning, colour only repeats it; nothing is wider than 80 columns but the cited lines themselves.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from azcnilint.checking.report import FactValue, Finding, Location, NodeInfo, Notice, Outcome, Report
from azcnilint.text import Mark, Severity, printable, snippet

WIDTH = 80
MOST_LOCATIONS = 6
"""Further places of one finding are counted, not shown."""
MOST_ALIKE = 3
"""So many failures of one rule on one node are shown with their lines; the others are named."""
MOST_NAMED = 20
_COLOURS = {"error": "1;31", "warning": "1;33", "info": "1;36", "unknown": "1;35", "node": "1", "note": "1;34"}


class Paint:
    """Adds SGR colours to words when asked to, and nothing otherwise."""

    def __init__(self, *, colour: bool) -> None:
        """Say whether to colour at all."""
        self._colour = colour

    def __call__(self, kind: str, text: str) -> str:
        """Give `text` in the colour of `kind`."""
        return f"\x1b[{_COLOURS[kind]}m{text}\x1b[0m" if self._colour else text


def render(report: Report, *, colour: bool = False) -> str:
    """Give the report as text; ends with its summary line."""
    paint = Paint(colour=colour)
    blocks = list(_blocks(report, paint))
    return "\n".join([*blocks, _summary(report, paint)]) + "\n"


def _blocks(report: Report, paint: Paint) -> Iterator[str]:
    for node in report.nodes:
        yield _node_heading(node, paint)
        yield from _of_group(report, node.name, paint)
    cluster = list(_of_group(report, None, paint))
    if cluster:
        lines = [paint("node", "cluster"), *(line for fact in report.cluster_facts for line in _fact(fact))]
        yield "\n".join(lines) + "\n"
        yield from cluster
    yield from (_notice(notice, paint) for notice in report.notices if notice.severity is not Severity.INFO)


def _of_group(report: Report, node: str | None, paint: Paint) -> Iterator[str]:
    mine = [finding for finding in report.findings if finding.subject.node == node]
    failed = [finding for finding in mine if finding.outcome is Outcome.FAIL]
    for _, same in groupby(failed, key=lambda finding: finding.rule_id):
        yield from _failures(list(same), paint)
    unknown = [finding for finding in mine if finding.outcome is Outcome.UNKNOWN]
    if unknown:
        yield _unknowns(unknown, paint)


def _node_heading(node: NodeInfo, paint: Paint) -> str:
    lines = [paint("node", f"node {printable(node.name)}")]
    lines += [line for fact in node.facts for line in _fact(fact)]
    return "\n".join(lines) + "\n"


def _fact(fact: FactValue) -> Iterator[str]:
    if fact.conflict:
        value = "undecided, the evidence contradicts itself: " + " and ".join(fact.conflict)
    else:
        value = fact.value or "undecided"
    yield from _wrapped(f"  {fact.name}: ", f"{value} ({fact.because})" if fact.because else value)
    for location in fact.locations[:3]:
        place = f"{printable(location.artifact)}:{location.first.line}:{location.first.column}"
        yield f"    {place}: {printable(location.first.text.strip())[:WIDTH]}"


def _failures(findings: Sequence[Finding], paint: Paint) -> Iterator[str]:
    """Show the failures of one rule: the first few whole, the others by name, and the help once behind the last."""
    shown, left = findings[:MOST_ALIKE], findings[MOST_ALIKE:]
    for number, finding in enumerate(shown, start=1):
        kind = finding.severity.value
        lines = [
            paint(kind, f"{kind}[{finding.rule_id}]") + f": {printable(finding.message)}",
            _frames(finding.locations),
        ]
        if number == len(shown):
            if left:
                names = ", ".join(each.subject.name for each in left[:MOST_NAMED])
                more = f" and {len(left) - MOST_NAMED} more" if len(left) > MOST_NAMED else ""
                lines.append("\n".join(_wrapped("  = likewise: ", names + more)))
            lines.append("\n".join(_wrapped("  = help: ", finding.help or "")))
        yield "\n".join(line for line in lines if line) + "\n"


def _frames(locations: Sequence[Location]) -> str:
    by_artifact: dict[str, list[Mark]] = {}
    for location in locations[:MOST_LOCATIONS]:
        by_artifact.setdefault(location.artifact, []).append(_mark(location))
    text = "".join(snippet(artifact, marks) for artifact, marks in by_artifact.items())
    left = len(locations) - MOST_LOCATIONS
    if left > 0:
        text += f"  = and {left} more places\n"
    return text.rstrip("\n")


def _mark(location: Location) -> Mark:
    first = location.first
    return Mark(first.line, first.column, first.text, first.start, first.end, location.label, location.primary)


def _unknowns(findings: Sequence[Finding], paint: Paint) -> str:
    """Fold the undecided rules by what would settle them: the reader needs the command, then the names."""
    by_commands: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        by_commands.setdefault(finding.commands or finding.missing, []).append(finding)
    rules = {finding.rule_id for finding in findings}
    plural = "check" if len(rules) == 1 else "checks"
    lines = [paint("unknown", "unknown") + f": {len(rules)} {plural} cannot be decided"]
    for commands, group in sorted(by_commands.items(), key=lambda item: (-len(item[1]), item[0])):
        missing = sorted({reason for finding in group for reason in finding.missing})
        lines += _wrapped("  = missing: ", "; ".join(missing) if missing else "evidence")
        if group[0].commands:
            lines += [f"  = run: {printable(command)}" for command in commands]
        names = ", ".join(dict.fromkeys(finding.rule_id for finding in group))
        lines += _wrapped("    settles: ", names)
    return "\n".join(lines) + "\n"


def _notice(notice: Notice, paint: Paint) -> str:
    head = paint(notice.severity.value, f"{notice.severity.value}[{notice.code}]") + f": {printable(notice.message)}"
    lines = [head, _frames(notice.locations)]
    if notice.help:
        lines += _wrapped("  = help: ", notice.help)
    return "\n".join(line for line in lines if line) + "\n"


def _wrapped(lead: str, text: str) -> list[str]:
    """Fold words to the width under their lead; words that cannot be broken (commands, paths) stay whole."""
    indent = " " * len(lead)
    return textwrap.wrap(
        printable(text),
        WIDTH,
        initial_indent=lead,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _summary(report: Report, paint: Paint) -> str:
    failed = report.where(Outcome.FAIL)
    counts: Mapping[str, int] = {
        severity.value: sum(finding.severity is severity for finding in failed) for severity in Severity
    }
    found = ", ".join(paint(kind, _count(count, kind)) for kind, count in counts.items() if count)
    undecided = len({(finding.rule_id, finding.subject.node) for finding in report.where(Outcome.UNKNOWN)})
    passed = len({(finding.rule_id, finding.subject.node) for finding in report.where(Outcome.PASS)})
    parts = [found or "no fault found", _count(passed, "check") + " passed", f"{undecided} undecided"]
    infos = sum(notice.severity is Severity.INFO for notice in report.notices)
    if infos:
        parts.append(_count(infos, "note") + " on the input (azcnilint inspect)")
    return f"{printable(report.bundle)}: " + "; ".join(parts)


def _count(number: int, noun: str) -> str:
    plural = "" if number == 1 or noun == "info" else "s"
    return f"{number} {noun}{plural}"
