"""The report as JSON: exactly its own fields, which docs/report.schema.json describes."""

from __future__ import annotations

from azcnilint.checking.report import Report


def render(report: Report) -> str:
    """Give the report as indented JSON with keys in a fixed order."""
    return report.model_dump_json(indent=2) + "\n"


def parse(text: str) -> Report:
    """Read what `render` wrote; raises pydantic.ValidationError for anything else."""
    return Report.model_validate_json(text)
