"""`check`: judge a bundle and print or write the report."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from azcnilint.checking import Outcome, Report
from azcnilint.checking.check import check
from azcnilint.cli.bundles import load
from azcnilint.cli.packs import configured, pairs
from azcnilint.cli.progress import Progress
from azcnilint.cli.streams import Streams, wants_colour
from azcnilint.errors import UsageError
from azcnilint.formats import FORMATS, render, text
from azcnilint.text import Severity, printable

OK, FOUND, NOTHING, UNDECIDED = 0, 1, 3, 4


def run(arguments: argparse.Namespace, streams: Streams) -> int:
    """Judge, print, and give the exit code."""
    outputs = _outputs(arguments.format)
    rules = configured(arguments)
    facts = pairs(arguments.fact, "--fact")
    with Progress(streams.stderr, wanted=not arguments.no_progress) as bar:
        snapshot, name = load(arguments.paths, streams, lambda done, total: bar("reading", done, total))
        report = check(
            snapshot,
            rules,
            facts=facts,
            nodes=arguments.node,
            bundle=name,
            progress=lambda done, total: bar("checking", done, total),
        )
    if not _recognised(report):
        streams.note(f"azcnilint: {printable(name)}: nothing that azcnilint reads was recognised")
        for unused in report.unused[:10]:
            streams.note(f"  {printable(unused.artifact)}: {printable(unused.reason)}")
        return NOTHING
    for form, target in outputs:
        _write(report, form, target, arguments.color, streams)
    return exit_code(report, arguments.fail_on, strict=arguments.strict)


def _outputs(options: Sequence[str]) -> list[tuple[str, Path | None]]:
    """Split FORMAT[:FILE]; raises UsageError for what cannot be carried out, before anything is read."""
    outputs: list[tuple[str, Path | None]] = []
    for option in options or ["text"]:
        form, _, target = option.partition(":")
        if form not in FORMATS:
            message = f'there is no format "{form}"; there are {", ".join(FORMATS)}'
            raise UsageError(message)
        outputs.append((form, Path(target) if target else None))
    if sum(target is None for _, target in outputs) > 1:
        message = "only one report goes to standard output; write the others to files: --format FORMAT:FILE"
        raise UsageError(message)
    # Standard output first: a file that cannot be written costs that file only.
    return sorted(outputs, key=lambda output: output[1] is not None)


def _recognised(report: Report) -> bool:
    """Whether a parser read anything at all; a capture that failed counts, for it was recognised."""
    captures = [*report.cluster_captures, *(capture for node in report.nodes for capture in node.captures)]
    return any(capture.status != "unread" for capture in captures)


def _write(report: Report, form: str, target: Path | None, colour: str, streams: Streams) -> None:
    if target is None:
        coloured = form == "text" and wants_colour(colour, streams.stdout)
        streams.out(text.render(report, colour=True) if coloured else render(report, form))
        return
    try:
        target.write_text(render(report, form), encoding="utf-8")
    except OSError as error:
        message = f'cannot write "{target}": {(error.strerror or str(error)).lower()}'
        raise UsageError(message) from error


def exit_code(report: Report, fail_on: str, *, strict: bool) -> int:
    """Give the exit code of a report: 1 for findings at or above `fail_on`, 4 with `strict` for open ones, else 0."""
    failed = report.where(Outcome.FAIL)
    if fail_on != "never" and any(finding.severity.rank <= Severity(fail_on).rank for finding in failed):
        return FOUND
    unread = any(notice.severity is Severity.ERROR for notice in report.notices)
    if strict and (unread or report.where(Outcome.UNKNOWN)):
        return UNDECIDED
    return OK
