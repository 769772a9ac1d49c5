"""az's JSON around a command's output: the text is unescaped, its positions stay those of the file."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azcnilint.capture.run_command import STDOUT_LIMIT, unescape
from azcnilint.text import Position, SourceText, decode
from tests.capture.views import Seen, View, lines_of, seen, split

ROUTES = (
    "default via 10.240.0.1 dev eth0 proto dhcp src 10.240.0.4 metric 100",
    "10.240.0.0/16 dev eth0 proto kernel scope link src 10.240.0.4",
)
TEXT = "\n".join(ROUTES) + "\n"


def message(stdout: str, stderr: str = "") -> str:
    """Write what run-command reports."""
    return f"Enable succeeded: \n[stdout]\n{stdout}\n[stderr]\n{stderr}"


def document(text: str, indent: int | None = None) -> str:
    """Write az's JSON around a message."""
    value = {"code": "ProvisioningState/succeeded", "level": "Info", "message": text, "time": None}
    return json.dumps({"value": [value]}, indent=indent)


def test_the_text_form_of_run_command_is_an_envelope() -> None:
    """What the portal shows."""
    found = seen(message(TEXT, "W: slow\n"), "ip r")

    assert found == Seen(
        (View("ip-route", ROUTES, "ip r"),),
        (("envelope", "Enable succeeded: "), ("envelope", "[stdout]"), ("envelope", "[stderr]"), ("stderr", "W: slow")),
    )


def test_standard_error_explains_an_empty_standard_output() -> None:
    """With nothing in [stdout], what [stderr] says is why there is no evidence."""
    found = seen(message("", "/bin/sh: 1: ip: not found\n"), "ip r")

    view = View("ip-route", (), "ip r", "failed", error='the command said "/bin/sh: 1: ip: not found"')
    assert found.captures == (view,)


@pytest.mark.parametrize("indent", [None, 2])
def test_the_json_form_holds_the_same_captures_as_the_text_form(indent: int | None) -> None:
    """`az … -o json > file` is the usual way to keep the output."""
    found = seen(document(message(TEXT), indent), "ip r")

    assert found.captures == (View("ip-route", ROUTES, "ip r"),)
    assert {kind for kind, _ in found.noise} == {"envelope"}
    assert found.diagnostics == ()


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"exitCode": 0, "logs": TEXT, "provisioningState": "Succeeded"}),
        json.dumps({"instanceView": {"exitCode": 0, "output": TEXT, "error": ""}}),
        json.dumps({"value": [{"code": "ComponentStatus/StdOut/succeeded", "message": TEXT}]}),
    ],
)
def test_other_shapes_of_az_hold_captures_too(text: str) -> None:
    """`az aks command invoke`, managed run-commands, and Windows' two messages."""
    found = seen(text, "ip r")

    assert found.captures == (View("ip-route", ROUTES, "ip r"),)


def test_positions_of_unescaped_text_are_those_of_the_file() -> None:
    """A finding must point into the JSON file that the user has, at the escaped character."""
    raw = document(message(TEXT))
    capture = split(raw, "ip r").captures[0]

    start = capture.source.position(capture.body.start)
    second = capture.source.position(capture.body.start + len(ROUTES[0]) + 1)

    assert start == Position(1, raw.index("default") + 1)
    assert second == Position(1, raw.index("10.240.0.0/16") + 1)
    assert lines_of(capture.source, capture) == (4, 5)


@pytest.mark.parametrize(("missing", "expected"), [(0, "head-cut"), (200, "complete")])
def test_output_at_the_size_limit_has_lost_its_head(missing: int, expected: str) -> None:
    """run-command keeps the last 4096 bytes: the first line may be a record with its first digits gone."""
    rows = "".join(f"10.240.{n}.7 dev azv{n:011x} proto static\n" for n in range(200))
    kept = rows[-(STDOUT_LIMIT - missing) :].lstrip("\n") if missing else "0" + rows[-STDOUT_LIMIT + 1 :]

    found = seen(message(kept if not missing else kept[kept.index("\n") + 1 :]), "ip r")

    lines = tuple(kept.strip("\n").split("\n"))[1:]
    gap = 1 if not missing else 0
    shown = (kept.split("\n", 1)[0], *lines) if not missing else lines
    view = View("ip-route", shown, "ip r", expected, noise=("cut-line",) * gap, gaps=gap)
    assert found.captures == (view,)


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufeff\x1b\x07\r"), max_size=80),
    st.booleans(),
)
def test_each_character_of_an_unescaped_string_maps_to_its_escape(text: str, ascii_only: bool) -> None:  # noqa: FBT001 - given by hypothesis
    """The map from decoded offsets to the file is exact for every escape that JSON has."""
    raw = json.dumps({"exitCode": 0, "logs": text}, ensure_ascii=ascii_only)

    found = unescape(SourceText("x", raw))

    assert found is not None
    source, (region,) = found
    assert source.slice(region) == text
    begin = raw.index('"logs": ') + len('"logs": "')
    for at, _ in enumerate(text):
        width = len(json.dumps(text[:at], ensure_ascii=ascii_only)) - 2
        assert source.position(region.start + at) == Position(1, begin + width + 1)


def test_terminal_escapes_inside_the_string_are_removed() -> None:
    """`ip -c` inside run-command writes escaped control sequences into the JSON."""
    found = unescape(decode("x", json.dumps({"exitCode": 0, "logs": "a\x1b[31mb\x1b[0m\r\nc"}).encode()))

    assert found is not None
    source, (region,) = found
    assert source.slice(region) == "ab\nc"


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"message": "Enable succeeded"}', "Enable succeeded: \n[stdout]\n", '[{"ifname":"lo"}]']
)
def test_other_texts_are_left_alone(text: str) -> None:
    """JSON of the tools themselves is not az's frame."""
    assert unescape(SourceText("x", text)) is None
