"""The shape of rule files and fact files: a YAML tree in, values with their places out. `build` gives them meaning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from azcnilint.rules.expr import messages
from azcnilint.rules.expr.located import Located
from azcnilint.rules.expr.messages import Fault
from azcnilint.rules.fields import Fields
from azcnilint.rules.yaml_tree import MappingNode, ScalarNode, TreeNode
from azcnilint.text import Severity, Span

SUBJECTS = (
    *("node", "cluster", "link", "route", "neighbour", "chain"),
    *("rule", "workload", "pod", "file", "address"),
)
"""What a finding can be about."""

STAGES = ("stable", "preview")
EXPECTATIONS = ("pass", "fail", "unknown", "skip")
MOST_LETS = 32
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_AT = re.compile(r"[1-9][0-9]*:[1-9][0-9]*")

_RULE_KEYS = (
    *("id", "title", "severity", "subject", "since", "stage", "params", "let", "for_each", "when", "check", "message"),
    *("why", "remediation", "references", "catalogue", "examples"),
)
_FACT_KEYS = ("fact", "title", "values", "params", "let", "candidates")


@dataclass(frozen=True, slots=True)
class ParamSource:
    """A parameter as declared: its type as text and its default as YAML."""

    name: str
    span: Span
    type: Located
    default: TreeNode | None
    about: str


@dataclass(frozen=True, slots=True)
class LetSource:
    """A named expression."""

    name: Located
    expression: Located


@dataclass(frozen=True, slots=True)
class ExampleSource:
    """An example as written.

    Attributes:
        given: Pairs of command line and what it printed, in order.
        facts: Declared facts.
        params: Values by name, as YAML.
        at: `line:column` of the first place shown; None when the example does not say.
    """

    span: Span
    expect: str
    given: tuple[tuple[str, str], ...]
    facts: tuple[tuple[Located, str], ...]
    params: tuple[tuple[Located, TreeNode], ...]
    at: str | None
    message: str | None


@dataclass(frozen=True, slots=True)
class RuleSource:
    """A rule as written."""

    span: Span
    id: Located
    title: str
    severity: Severity
    subject: str
    since: str
    stage: str
    params: tuple[ParamSource, ...]
    lets: tuple[LetSource, ...]
    each_name: Located | None
    each_in: Located | None
    when: Located | None
    check: Located
    message: Located
    why: str
    remediation: str
    references: tuple[str, ...]
    catalogue: tuple[str, ...]
    examples: tuple[ExampleSource, ...]


@dataclass(frozen=True, slots=True)
class CandidateSource:
    """One kind of evidence for one value of a fact."""

    value: Located
    when: Located
    because: str


@dataclass(frozen=True, slots=True)
class FactSource:
    """A fact as written."""

    span: Span
    name: Located
    title: str
    values: tuple[str, ...]
    params: tuple[ParamSource, ...]
    lets: tuple[LetSource, ...]
    candidates: tuple[CandidateSource, ...]


def read_rule(tree: TreeNode, faults: list[Fault]) -> RuleSource | None:
    """Read a rule; None when something that it cannot do without is wrong, which `faults` then tells."""
    fields = Fields.of(tree, _RULE_KEYS, "a rule", faults)
    if fields is None:
        return None
    before = len(faults)
    identity, check, message = (fields.located(key) for key in ("id", "check", "message"))
    if identity is not None and not _ID.fullmatch(identity.text):
        faults.append(
            Fault(
                "rule-id", f'id "{identity.text}" is no kebab-case slug', identity.span, "such as default-route-missing"
            )
        )
    each = fields.fields("for_each", ("as", "in"), "for_each")
    source = RuleSource(
        span=fields.span,
        id=identity or _nothing(fields.span),
        title=fields.text("title"),
        severity=Severity(fields.word("severity", tuple(Severity)) or "error"),
        subject=fields.word("subject", SUBJECTS) or "node",
        since=fields.text("since"),
        stage=fields.word("stage", STAGES, needed=False) or "stable",
        params=read_params(fields, faults),
        lets=read_lets(fields, faults),
        each_name=each.located("as") if each else None,
        each_in=each.located("in") if each else None,
        when=fields.located("when", needed=False),
        check=check or _nothing(fields.span),
        message=message or _nothing(fields.span),
        why=fields.text("why"),
        remediation=fields.text("remediation"),
        references=fields.texts("references"),
        catalogue=fields.texts("catalogue"),
        examples=tuple(_read_examples(fields, faults)),
    )
    return source if len(faults) == before else None


def read_fact(tree: TreeNode, faults: list[Fault]) -> FactSource | None:
    """Read a fact; None when it is not usable, which `faults` then tells."""
    fields = Fields.of(tree, _FACT_KEYS, "a fact", faults)
    if fields is None:
        return None
    before = len(faults)
    name = fields.located("fact")
    if name is not None and not _NAME.fullmatch(name.text):
        faults.append(Fault("fact-name", f'"{name.text}" is no name', name.span, "small letters, digits and _"))
    source = FactSource(
        span=fields.span,
        name=name or _nothing(fields.span),
        title=fields.text("title"),
        values=fields.texts("values"),
        params=read_params(fields, faults),
        lets=read_lets(fields, faults),
        candidates=tuple(_read_candidates(fields, faults)),
    )
    return source if len(faults) == before else None


def _nothing(span: Span) -> Located:
    return Located("", Span(span.artifact, span.start, span.start))


def _read_candidates(fields: Fields, faults: list[Fault]) -> Sequence[CandidateSource]:
    found = []
    for node in fields.sequence("candidates", needed=True):
        inner = Fields.of(node, ("value", "when", "because"), "a candidate", faults)
        value, when = (inner.located("value"), inner.located("when")) if inner else (None, None)
        if inner and value and when:
            found.append(CandidateSource(value, when, inner.text("because")))
    return found


def read_params(fields: Fields, faults: list[Fault]) -> tuple[ParamSource, ...]:
    """Read the declared parameters."""
    found = []
    for key, node in fields.entries("params"):
        _check_name(key, faults)
        inner = Fields.of(node, ("type", "default", "about"), "a parameter", faults)
        kind = inner.located("type") if inner else None
        if inner and kind:
            about = inner.text("about", needed=False)
            found.append(ParamSource(key.value, key.span, kind, inner.node("default", needed=True), about))
    return tuple(found)


def read_lets(fields: Fields, faults: list[Fault]) -> tuple[LetSource, ...]:
    """Read the named expressions, in order."""
    found = []
    for key, node in fields.entries("let"):
        _check_name(key, faults)
        if isinstance(node, ScalarNode):
            found.append(LetSource(key.located(), node.located()))
        else:
            faults.append(messages.wrong_type(node.span, "an expression", "a collection"))
    if len(found) > MOST_LETS:
        faults.append(Fault("let-too-many", f"let has {len(found)} names; at most {MOST_LETS} are read", fields.span))
    return tuple(found[:MOST_LETS])


def _check_name(key: ScalarNode, faults: list[Fault]) -> None:
    if not _NAME.fullmatch(key.value):
        faults.append(Fault("rule-name", f'"{key.value}" is no name', key.span, "small letters, digits and _"))


def _read_examples(fields: Fields, faults: list[Fault]) -> Sequence[ExampleSource]:
    found = []
    keys = ("expect", "given", "facts", "params", "message", "at")
    for node in fields.sequence("examples", needed=True):
        inner = Fields.of(node, keys, "an example", faults)
        if inner is None:
            continue
        at = inner.located("at", needed=False)
        if at is not None and not _AT.fullmatch(at.text):
            faults.append(Fault("example-at", f'"{at.text}" is no place', at.span, "write line:column, such as 1:1"))
        found.append(
            ExampleSource(
                span=inner.span,
                expect=inner.word("expect", EXPECTATIONS) or "pass",
                given=tuple((key.value, inner.scalar(value)) for key, value in inner.entries("given", needed=True)),
                facts=tuple((key.located(), inner.scalar(value)) for key, value in inner.entries("facts")),
                params=tuple((key.located(), value) for key, value in inner.entries("params")),
                at=at.text if at else None,
                message=inner.text("message", needed=False) or None,
            )
        )
    return found


def read_pack(tree: TreeNode, faults: list[Fault]) -> tuple[str, str] | None:
    """Read pack.yaml: id and version."""
    fields = Fields.of(tree, ("id", "version"), "a pack", faults)
    if fields is None or not isinstance(tree, MappingNode):
        return None
    return fields.text("id"), fields.text("version")
