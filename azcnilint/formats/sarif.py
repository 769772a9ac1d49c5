"""SARIF 2.1.0 (OASIS standard): failures as results, notices as tool notifications.

Only FAIL becomes a result: consumers that ignore `kind` would show passes as faults. Fingerprints rest on rule, node
and subject, never on line numbers, so that a finding keeps its identity when a capture grows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from pydantic import JsonValue

from azcnilint.checking.report import Finding, Location, Notice, Outcome, Report, RuleInfo

_LEVEL = {"error": "error", "warning": "warning", "info": "note"}
Object = dict[str, JsonValue]


def render(report: Report) -> str:
    """Give the report as one SARIF run; `results` is always present, artifacts of an archive name their parent."""
    artifacts = _artifacts(report)
    index = {name: position for position, name in enumerate(artifacts)}
    rules = {rule.id: position for position, rule in enumerate(report.rules)}
    failed = report.where(Outcome.FAIL)
    run: Object = {
        "tool": {"driver": _driver(report)},
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": _uri(name), "index": position}} for name, position in index.items()],
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [_notification(notice, index) for notice in report.notices],
            }
        ],
        "results": [_result(finding, rules, index) for finding in failed],
    }
    log: Object = {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


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
    placed = [location for finding in report.where(Outcome.FAIL) for location in finding.locations]
    placed += [location for notice in report.notices for location in notice.locations]
    return list(dict.fromkeys(location.artifact for location in placed))


_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")


def _uri(artifact: str) -> str:
    """Percent-encode a relative path (RFC 3986); spelled here because the offline contract keeps urllib out."""
    data = artifact.encode("utf-8", "surrogatepass")
    return "".join(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in data)


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


def _result(finding: Finding, rules: dict[str, int], index: dict[str, int]) -> Object:
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
        "partialFingerprints": {"azcnilint/v1": fingerprint(finding)},
    }


def _qualified(finding: Finding) -> str:
    return f"{finding.subject.node or 'cluster'}/{finding.subject.kind}/{finding.subject.name}"


def fingerprint(finding: Finding) -> str:
    """Give the identity of a finding across runs: SHA-256 over rule, node and subject, in hex."""
    identity = "\0".join((finding.rule_id, finding.subject.node or "", finding.subject.kind, finding.subject.name))
    return hashlib.sha256(identity.encode()).hexdigest()


def _notification(notice: Notice, index: dict[str, int]) -> Object:
    return {
        "descriptor": {"id": notice.code},
        "level": _LEVEL[notice.severity.value],
        "message": {"text": notice.message},
        "locations": [_physical(location, index) for location in notice.locations],
    }
