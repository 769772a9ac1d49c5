"""The report: the serialised contract between judging and printing. It stands alone; no format needs the snapshot.

Offsets are resolved to lines and columns here and the cited lines are copied, so that a report written today renders in
any format next year.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from azcnilint.text import Severity

SCHEMA_VERSION = 1
"""Raised only when a field changes its meaning or goes away; new fields do not raise it."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Outcome(StrEnum):
    """What became of one rule on one subject."""

    PASS = "pass"  # noqa: S105 - an outcome, no password
    FAIL = "fail"
    UNKNOWN = "unknown"
    SKIP = "skip"


class SourceLine(_Frozen):
    """One cited line with the marked range of it.

    Attributes:
        line: 1-based number in the file as given.
        column: 1-based column where the mark begins, in the file as given.
        end_column: Column behind the mark.
        text: The line as cleaned for reading, cut around the mark when it is very long.
        start: 0-based index in `text` where the mark begins.
        end: 0-based index behind the mark.
    """

    line: int = Field(ge=1)
    column: int = Field(ge=1)
    end_column: int = Field(ge=1)
    text: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Location(_Frozen):
    """A place that proves something.

    Attributes:
        artifact: Path inside the bundle.
        first: The first cited line and its mark.
        end_line: 1-based number of the last line that the place covers.
        label: The few words beside the carets; "" for none.
        primary: Whether the finding is about this place; others support it.
    """

    artifact: str
    first: SourceLine
    end_line: int = Field(ge=1)
    label: str = ""
    primary: bool = True


class Subject(_Frozen):
    """The thing judged: `kind` is the rule's subject, `name` identifies it on its node (`azv5fb819d9b16`)."""

    kind: str
    name: str
    node: str | None = None


class Finding(_Frozen):
    """One judgement.

    Attributes:
        rule_id: Id of the rule.
        severity: Of the rule.
        outcome: PASS, FAIL, UNKNOWN or SKIP.
        subject: What was judged.
        message: What is wrong, or for another outcome what was asked.
        locations: Evidence, primary first; empty when the evidence is that something was not captured.
        missing: For UNKNOWN: what is missing, in words.
        commands: For UNKNOWN: the commands that would supply it, without repetition.
        help: How to mend it; None for outcomes that need no mending.
    """

    rule_id: str
    severity: Severity
    outcome: Outcome
    subject: Subject
    message: str
    locations: tuple[Location, ...] = ()
    missing: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    help: str | None = None


class Notice(_Frozen):
    """A message about the input itself: an unreadable line, a cut capture, a member that was left out."""

    code: str
    severity: Severity
    message: str
    locations: tuple[Location, ...] = ()
    help: str | None = None


class FactValue(_Frozen):
    """A fact about one node, with what it was concluded from.

    Attributes:
        name: `mode` …
        value: None when undecided.
        declared: The user settled it (`--fact`).
        because: Why, in one line.
        locations: Evidence for the value; for a conflict, evidence of each side.
        conflict: Values that the evidence supports at once; empty when there is none.
    """

    name: str
    value: str | None
    declared: bool = False
    because: str = ""
    locations: tuple[Location, ...] = ()
    conflict: tuple[str, ...] = ()


class CaptureInfo(_Frozen):
    """One capture that was recognised: where, which command, how complete, what was read."""

    artifact: str
    line: int
    kind: str | None
    command: str | None
    completeness: str
    status: str
    records: int
    unread_lines: int
    netns: str | None = None


class NodeInfo(_Frozen):
    """One node of the snapshot: its facts and its captures."""

    name: str
    facts: tuple[FactValue, ...] = ()
    captures: tuple[CaptureInfo, ...] = ()


class UnusedInfo(_Frozen):
    """A file, or a part of one, from which nothing was taken, and why."""

    artifact: str
    reason: str


class RuleInfo(_Frozen):
    """What a format needs to know of a rule."""

    id: str
    family: str
    title: str
    severity: Severity
    why: str
    remediation: str
    references: tuple[str, ...] = ()
    params: dict[str, str] = {}


class Report(_Frozen):
    """Everything that `check` concluded about one bundle. Findings are sorted: worst first, then node, rule, subject.

    Attributes:
        bundle: What the bundle is called.
        nodes: The nodes that were judged, by name.
        cluster_facts: Facts that the cluster's objects decide; only where no node was captured.
        cluster_captures: What kubectl printed.
        rules: The rules that took part.
        notices: About the input, gravest first.
        unused: Files from which nothing was taken.
    """

    schema_version: int = SCHEMA_VERSION
    tool_version: str
    bundle: str
    nodes: tuple[NodeInfo, ...] = ()
    cluster_facts: tuple[FactValue, ...] = ()
    cluster_captures: tuple[CaptureInfo, ...] = ()
    rules: tuple[RuleInfo, ...] = ()
    findings: tuple[Finding, ...] = ()
    notices: tuple[Notice, ...] = ()
    unused: tuple[UnusedInfo, ...] = ()

    def where(self, *outcomes: Outcome) -> tuple[Finding, ...]:
        """Give the findings with one of these outcomes, in the report's order."""
        return tuple(finding for finding in self.findings if finding.outcome in outcomes)

    def rule(self, rule_id: str) -> RuleInfo:
        """Give what is known of a rule that took part; raises KeyError for another id."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)
