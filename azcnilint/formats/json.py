"""The report as JSON: exactly its own fields, as docs/report.schema.json describes them.

`schema_version` names their meaning.
"""

from __future__ import annotations

import json

from azcnilint.checking.report import Report


def render(report: Report) -> str:
    """Give the report as indented JSON with keys in a fixed order.

    All of it is ASCII: a control character in a captured name reaches no terminal, and no output encoding fails.
    """
    return json.dumps(report.model_dump(mode="json"), indent=2) + "\n"


def parse(text: str) -> Report:
    """Read what `render` wrote; raises pydantic.ValidationError for anything else."""
    return Report.model_validate_json(text)


def schema() -> str:
    """Give the JSON schema (draft 2020-12) of what `render` writes: the content of docs/report.schema.json."""
    return json.dumps(Report.model_json_schema(mode="serialization"), indent=2) + "\n"
