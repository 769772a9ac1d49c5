"""The JSON report: its schema is current, it comes back whole, and any format can be made from it later."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from pydantic import ValidationError

from azcnilint.formats import FORMATS, render
from azcnilint.formats import json as json_format
from tests.formats.reports import REPORT

SCHEMA = Path(__file__).parents[2] / "docs" / "report.schema.json"


def test_the_published_schema_is_the_one_of_the_code() -> None:
    """Regenerate with: python -c "from azcnilint.formats.json import schema; print(schema(), end='')"."""
    assert SCHEMA.read_text(encoding="utf-8") == json_format.schema()


def test_a_report_fits_the_published_schema() -> None:
    """A consumer that validates must not refuse what we write; the schema is one itself."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)

    jsonschema.Draft202012Validator(schema).validate(json.loads(json_format.render(REPORT)))


def test_a_report_with_an_unknown_outcome_does_not_fit_the_schema() -> None:
    """The schema really describes: a test of the test above."""
    report = json.loads(json_format.render(REPORT))
    report["findings"][0]["outcome"] = "maybe"

    with pytest.raises(jsonschema.ValidationError, match="'maybe' is not one of"):
        jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(report)


def test_a_report_comes_back_whole() -> None:
    """Law 6: what was written today is the report itself."""
    assert json_format.parse(json_format.render(REPORT)) == REPORT


@pytest.mark.parametrize("form", FORMATS)
def test_a_saved_report_renders_in_every_format_without_its_bundle(form: str) -> None:
    """Law 6: a Report stands alone; the captures may be gone."""
    saved = json_format.render(REPORT)

    assert render(json_format.parse(saved), form) == render(REPORT, form)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"tool_version": "1", "bundle": "b", "extra": 1}'])
def test_what_is_no_report_is_refused(text: str) -> None:
    """A wrong file is not an empty report."""
    with pytest.raises(ValidationError):
        json_format.parse(text)


def test_the_text_is_ascii() -> None:
    """Any terminal and any output encoding can take it; a control character in a name is an escape."""
    rendered = json_format.render(REPORT.model_copy(update={"bundle": "b\x1b[31m\x9b\u202eκ"}))

    assert rendered.isascii()
    assert json_format.parse(rendered).bundle == "b\x1b[31m\x9b\u202eκ"
    assert "\x1b" not in rendered
