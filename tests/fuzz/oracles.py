"""What must hold of any bytes: the oracles of the fuzz targets, which tests run over the seeds and the found inputs.

An input's first byte chooses what is done with the rest, so that one corpus serves every entry point.
"""

from __future__ import annotations

import time
from collections import deque
from functools import cache
from itertools import islice

from azcnilint.capture import Capture
from azcnilint.cli.diagnostics import diagnostic_text
from azcnilint.models import Table
from azcnilint.parsers import PARSERS, Claim, Parser, ParseResult, ParseStatus
from azcnilint.rules import ClusterFacade, NodeFacade, decide, judge
from azcnilint.rules.build import build_fact, build_rule
from azcnilint.rules.expr.messages import Fault
from azcnilint.rules.load import render
from azcnilint.rules.schema import read_fact, read_rule
from azcnilint.rules.yaml_tree import TreeNode, YamlFault, compose
from azcnilint.text import Diagnostic, SourceText, decode
from tests.rules import support
from tests.samples import ROOT, Reading, bundle_samples, capture_samples, read, rules

SECONDS_PER_100_KB = 1.0
"""Processor time that reading may take."""
SECONDS_A_RULE = 5.0
"""Processor time to load and judge one rule: 2 000 000 steps for each of its programs, and what explains them."""
MOST_PRINTED = 100
"""So many diagnostics of one input are printed."""
ARTIFACT = "sample"


class BrokenLawError(AssertionError):
    """A law that any input must keep does not hold."""


@cache
def hints() -> tuple[str | None, ...]:
    """Give the commands that a capture may be told to be of; None first."""
    return (None, *sorted({sample.meta.command for sample in capture_samples()}))


def check_capture(data: bytes, *, slowdown: float = 1.0) -> None:
    """Read bytes as a capture; raises whatever is wrong with how they are read.

    Args:
        data: The first byte chooses between splitting, with or without a command told, and one parser on the whole.
        slowdown: By how much the process is slower than usual (tracing).
    """
    choice, text = (data[0], data[1:]) if data else (0, b"")
    started = time.process_time()
    direct = choice % 2 == 1
    parser = PARSERS[choice // 2 % len(PARSERS)]
    if direct:
        _check_result(_whole(parser, text))
    else:
        _check_reading(read(text, hints()[choice // 2 % len(hints())]))
    allowed = SECONDS_PER_100_KB * max(1.0, len(text) / 100_000)
    _within(started, allowed * slowdown)


def _within(started: float, allowed: float) -> None:
    spent = time.process_time() - started
    if spent > allowed:
        message = f"it took {spent:.2f} s"
        raise BrokenLawError(message)


def _whole(parser: Parser[Table], data: bytes) -> ParseResult[Table]:
    source = decode(ARTIFACT, data)
    return parser.parse(Capture(source, source.span, parser.kind))


def _check_reading(reading: Reading) -> None:
    left = reading.unaccounted()
    if left:
        raise BrokenLawError("not accounted for once: " + left[0])
    _check_places(reading.source, reading.envelope.diagnostics)
    for result in reading.results:
        _check_result(result)


def _check_result(result: ParseResult[Table]) -> None:
    """Hold the ledger against the lines, the status against the value, and print every diagnostic."""
    first, claims = result.ledger.first_line, result.ledger.claims
    for line in result.capture.source.lines(result.capture.body):
        claim = claims[line.number - first] if 0 <= line.number - first < len(claims) else None
        if line.text.strip() and claim in {None, Claim.BLANK}:
            message = f"line {line.number} of {result.capture.kind} is accounted for by nothing"
            raise BrokenLawError(message)
    if (result.value is None) != (result.status is ParseStatus.FAILED):
        message = f"status {result.status.value} with value {result.value!r}"
        raise BrokenLawError(message)
    _check_places(result.capture.source, result.diagnostics)


def _check_places(source: SourceText, diagnostics: tuple[Diagnostic, ...]) -> None:
    for diagnostic in diagnostics:
        for label in diagnostic.labels:
            if not 0 <= label.span.start <= label.span.end <= len(source.text):
                message = f"{diagnostic.code} points outside of the text: {label.span}"
                raise BrokenLawError(message)
    for diagnostic in diagnostics[:MOST_PRINTED]:
        if not diagnostic_text(source, diagnostic).startswith(diagnostic.severity.value):
            message = f"{diagnostic.code} is printed without its severity"
            raise BrokenLawError(message)


# ---- rules

TEMPLATE = """\
id: fuzzed
title: Fuzzed
severity: error
subject: node
since: 0.1.0
{check}
message: {message}
why: Because.
remediation: Add one.
"""
CHECK = "check: node.routes.exists(r, r.protocol == 'static')"


def rule_text(choice: int, text: str) -> str:
    """Give the YAML that an input stands for: a rule or fact as it is, or its expression or message in a plain rule."""
    match choice % 4:
        case 0 | 1:
            return text
        case 2:
            return TEMPLATE.format(check="check: >-\n  " + text.replace("\n", "\n  "), message="no")
        case _:
            return TEMPLATE.format(check=CHECK, message=">-\n  " + text.replace("\n", "\n  "))


def check_rule(data: bytes, *, slowdown: float = 1.0) -> None:
    """Load bytes as a rule or a fact and judge a small node; raises whatever is wrong with how that is done.

    Args:
        data: The first byte chooses between a rule file, a fact file, an expression and a message.
        slowdown: By how much the process is slower than usual (tracing).
    """
    choice, rest = (data[0], data[1:]) if data else (0, b"")
    started = time.process_time()
    source = decode("fuzzed.yaml", rule_text(choice, rest.decode("utf-8", "replace")).encode())
    faults: list[Fault] = []
    try:
        tree = compose(source)
    except YamlFault as error:
        faults.append(error.fault)
    else:
        _load_and_judge(tree, faults, fact=choice % 4 == 1)
    if faults and not render(faults, {source.artifact: source}).startswith("error["):
        raise BrokenLawError("faults are printed without their code")
    _within(started, SECONDS_A_RULE * slowdown)


def _load_and_judge(tree: TreeNode, faults: list[Fault], *, fact: bool) -> None:
    node, cluster = _node()
    if fact:
        read_as_fact = read_fact(tree, faults)
        built = build_fact(read_as_fact, faults) if read_as_fact else None
        if built is not None:
            decide(built, node, cluster)
    else:
        read_as_rule = read_rule(tree, faults)
        rule = build_rule(read_as_rule, "fuzzed", {"mode": ("overlay", "bridge")}, faults) if read_as_rule else None
        if rule is not None:
            deque(judge(rule, node, cluster, {"mode": "overlay"}, explain_passes=True), maxlen=0)
            deque(judge(rule, None, ClusterFacade(), {"mode": None}), maxlen=0)
            return
    if not faults and not fact:
        raise BrokenLawError("no rule, and no fault that says why")


@cache
def _node() -> tuple[NodeFacade, ClusterFacade]:
    node = support.node()
    return node, ClusterFacade(nodes_captured=(node,))


# ---- seeds


def capture_seeds() -> dict[str, bytes]:
    """Give the samples: each split with the command that it is of, each read by its parser, each file of a bundle."""
    seeds = {}
    for sample in capture_samples():
        name = sample.name.replace("/", "-")
        seeds[f"{name}-split"] = bytes([2 * hints().index(sample.hint)]) + sample.data
        number = next(at for at, parser in enumerate(PARSERS) if parser.kind == sample.folder.parent.name)
        seeds[f"{name}-whole"] = bytes([2 * number + 1]) + sample.data
    for bundle in bundle_samples():
        for path, data in islice(bundle.members.items(), 12):
            seeds[f"{bundle.name}-{path.replace('/', '-')}"] = b"\0" + data
    return seeds


def rule_seeds() -> dict[str, bytes]:
    """Give the files of the built-in pack, and their expressions and messages by themselves."""
    paths = sorted((ROOT / "rules").rglob("*.yaml"))
    seeds = {path.stem: bytes([path.parent.name == "facts"]) + path.read_bytes() for path in paths}
    for rule in rules().rules:
        seeds[f"{rule.id}-check"] = b"\2" + rule.check.text.encode()
    return seeds
