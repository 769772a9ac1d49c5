"""SARIF 2.1.0 (OASIS standard): failures as results, notices as tool notifications.

Only FAIL becomes a result: consumers that ignore `kind` would show passes as faults. Fingerprints rest on rule, node
and subject, never on line numbers, so that a finding keeps its identity when a capture grows.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import JsonValue

from azcnilint.checking.report import Finding, Location, Notice, Outcome, Report, RuleInfo

_LEVEL = {"error": "error", "warning": "warning", "info": "note"}
Object = dict[str, JsonValue]


def render(report: Report) -> str:
    """Give the report as one SARIF run; `results` is always present, artifacts of an archive name their parent."""
    index = {name: position for position, name in enumerate(_artifacts(report))}
    rules = {rule.id: position for position, rule in enumerate(report.rules)}
    failed = report.where(Outcome.FAIL)
    run: Object = {
        "tool": {"driver": _driver(report)},
        "columnKind": "unicodeCodePoints",
        "artifacts": [_artifact(name, index) for name in index],
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [_notification(notice, index) for notice in report.notices],
            }
        ],
        "results": [
            _result(finding, identity, rules, index)
            for finding, identity in zip(failed, fingerprints(failed), strict=True)
        ],
    }
    log: Object = {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    # ASCII, so that a control character in a captured name reaches no terminal.
    return json.dumps(log, indent=2) + "\n"


def _driver(report: Report) -> Object:
    return {
        "name": "azcnilint",
        "semanticVersion": report.tool_version,
        "rules": [_rule(rule) for rule in report.rules],
    }


def _rule(rule: RuleInfo) -> Object:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.remediation},
        "defaultConfiguration": {"level": _LEVEL[rule.severity.value]},
        "properties": {"tags": [rule.family]},
    }


def _artifacts(report: Report) -> Sequence[str]:
    """Give the cited artifacts in order of appearance, each archive before its first cited member."""
    placed = [location for finding in report.where(Outcome.FAIL) for location in finding.locations]
    placed += [location for notice in report.notices for location in notice.locations]
    names = dict.fromkeys(location.artifact for location in placed)
    return list(dict.fromkeys(name for cited in names for name in (*_archives(cited), cited)))


def _archives(artifact: str) -> Sequence[str]:
    """Give the archives that hold an artifact, outermost first: `a.tgz` and `a.tgz!/b.zip` for `a.tgz!/b.zip!/c`."""
    parts = artifact.split(_INSIDE)
    return [_INSIDE.join(parts[:count]) for count in range(1, len(parts))]


def _artifact(name: str, index: Mapping[str, int]) -> Object:
    found: Object = {"location": {"uri": _uri(name), "index": index[name]}}
    archives = _archives(name)
    if archives:
        found["parentIndex"] = index[archives[-1]]
    return found


_INSIDE = "!/"
"""Stands between an archive and the path of its member (snapshot.archive)."""
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/!")


def _uri(artifact: str) -> str:
    """Percent-encode a path (RFC 3986); spelled here because the offline contract keeps urllib out.

    Relative, but for a file that was named by its absolute path beside others.
    """
    data = artifact.encode("utf-8", "surrogatepass")
    path = "".join(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in data)
    return f"file://{path}" if path.startswith("/") else path


def _physical(location: Location, index: dict[str, int]) -> Object:
    region: Object = {
        "startLine": location.first.line,
        "startColumn": location.first.column,
        "endLine": location.first.line,
        "endColumn": location.first.end_column,
        "snippet": {"text": location.first.text},
    }
    place: Object = {"uri": _uri(location.artifact), "index": index[location.artifact]}
    result: Object = {"physicalLocation": {"artifactLocation": place, "region": region}}
    if location.label:
        result["message"] = {"text": location.label}
    return result


def _result(finding: Finding, identity: str, rules: dict[str, int], index: dict[str, int]) -> Object:
    primary = [location for location in finding.locations if location.primary]
    related = [location for location in finding.locations if not location.primary]
    text = finding.message if finding.help is None else f"{finding.message}\n{finding.help}"
    where: Object = {"name": finding.subject.name, "kind": "resource", "fullyQualifiedName": _qualified(finding)}
    place: Object = _physical(primary[0], index) if primary else {}
    return {
        "ruleId": finding.rule_id,
        "ruleIndex": rules[finding.rule_id],
        "kind": "fail",
        "level": _LEVEL[finding.severity.value],
        "message": {"text": text},
        "locations": [{**place, "logicalLocations": [where]}],
        "relatedLocations": [_physical(location, index) for location in (*primary[1:], *related)],
        "partialFingerprints": {"azcnilint/v1": identity},
    }


def _qualified(finding: Finding) -> str:
    return f"{finding.subject.node or 'cluster'}/{finding.subject.kind}/{finding.subject.name}"


def fingerprints(findings: Iterable[Finding]) -> Iterator[str]:
    """Give the identity of each finding across runs: SHA-256 over rule, node and subject, in hex.

    Findings that agree in all of these are told apart by their order.
    """
    met: Counter[str] = Counter()
    for finding in findings:
        subject = finding.subject
        identity = f"{finding.rule_id}\0{subject.node or ''}\0{subject.kind}\0{subject.name}"
        met[identity] += 1
        ordinal = f"\0{met[identity]}" if met[identity] > 1 else ""
        yield hashlib.sha256((identity + ordinal).encode("utf-8", "surrogatepass")).hexdigest()


def _notification(notice: Notice, index: dict[str, int]) -> Object:
    return {
        "descriptor": {"id": notice.code},
        "level": _LEVEL[notice.severity.value],
        "message": {"text": notice.message},
        "locations": [_physical(location, index) for location in notice.locations],
    }
