"""Typed records to JSON for people and programs: every span becomes lines and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import JsonValue

    from azcnilint.models import Table
    from azcnilint.parsers import ParseResult
    from azcnilint.text import Diagnostic, SourceText, Span


def table_json(table: Table, source: SourceText) -> JsonValue:
    """Give a table with each `span` as `{"start": {line, column}, "end": {line, column}}`, end exclusive."""
    from pydantic import TypeAdapter  # noqa: PLC0415 - only parse --format json needs it

    return _placed(TypeAdapter[object](type(table)).dump_python(table, mode="json"), source)


def _placed(value: JsonValue, source: SourceText) -> JsonValue:
    if isinstance(value, list):
        return [_placed(item, source) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _range(source, item["start"], item["end"])
        if key == "span" and isinstance(item, dict)
        else _placed(item, source)
        for key, item in value.items()
    }


def _range(source: SourceText, start: JsonValue, end: JsonValue) -> JsonValue:
    return {"start": _position(source, start), "end": _position(source, end)}


def _position(source: SourceText, offset: JsonValue) -> JsonValue:
    position = source.position(int(str(offset)))
    return {"line": position.line, "column": position.column}


def span_json(source: SourceText, span: Span) -> JsonValue:
    """Give a span as lines and columns."""
    return _range(source, span.start, span.end)


def diagnostic_json(source: SourceText, diagnostic: Diagnostic) -> JsonValue:
    """Give a diagnostic with its labels as lines and columns."""
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "labels": [
            {"at": span_json(source, label.span), "text": label.text, "primary": label.primary}
            for label in diagnostic.labels
        ],
        "help": diagnostic.help,
    }


def result_json(result: ParseResult[Table]) -> dict[str, JsonValue]:
    """Give one parse result: the capture, its ledger, its table, its diagnostics."""
    from azcnilint.parsers import Claim  # noqa: PLC0415

    capture, source = result.capture, result.capture.source
    return {
        "kind": capture.kind,
        "command": list(capture.argv) if capture.argv is not None else None,
        "completeness": capture.completeness.value,
        "status": result.status.value,
        "at": span_json(source, capture.body),
        "ledger": {claim.name.lower(): result.ledger.count(claim) for claim in Claim},
        "table": None if result.value is None else table_json(result.value, source),
        "noise": [{"kind": noise.kind, "at": span_json(source, noise.span)} for noise in result.noise],
        "diagnostics": [diagnostic_json(source, diagnostic) for diagnostic in result.diagnostics],
    }
