"""Room 6: a report to text for people and machines. Each format knows the report and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from azcnilint.checking.report import Report
from azcnilint.errors import UsageError
from azcnilint.formats import json, sarif, text

FORMATS: Mapping[str, Callable[[Report], str]] = {
    "text": text.render,
    "json": json.render,
    "sarif": sarif.render,
}
"""Name of each format and what renders it; the explicit list."""


def render(report: Report, format: str) -> str:  # noqa: A002 - the word its users know
    """Give the report as `text`, `json` or `sarif`; ends with a line end. Raises UsageError for another name."""
    renderer = FORMATS.get(format)
    if renderer is None:
        message = f'there is no format "{format}"; there are {", ".join(FORMATS)}'
        raise UsageError(message)
    return renderer(report)


__all__ = ["FORMATS", "render"]
