"""`parse --ledger`: every line of a file and how it was accounted for."""

from __future__ import annotations

import json

import pytest

from azcnilint.cli.ledger import Account, lines_of_result, lines_outside
from azcnilint.text import decode
from tests.cli.running import run
from tests.samples import CaptureSample, capture_samples, read

PASTE = """\
root@aks-0:~# ip r
default via 10.240.0.1 dev eth0

[snip]
10.240.0.6 dev
root@aks-0:~# uname -r
5.15.0-1041-azure
root@aks-0:~#
"""


def test_the_ledger_says_of_each_line_how_it_was_accounted_for() -> None:
    """Someone who doubts a result must see which lines it rests on, and which were given up and why."""
    ran = run("parse", "--ledger", "-", stdin=PASTE.encode())

    assert ran.code == 4
    assert ran.out == (
        "ip-route (ip r), partial; lines: 1 record, 1 noise, 1 diagnostic\n"
        "  2  record\n"
        "  4  noise snip\n"
        "  5  diagnostic unreadable-line\n"
        "outside any capture; lines: 3 noise, 1 unread\n"
        "  1  noise prompt\n"
        "  6  noise prompt\n"
        "  7  unread uname\n"
        "  8  noise prompt\n"
    )


def test_the_json_form_has_the_same_lines() -> None:
    """A program must not have to read the text form; without the option the document is as it was."""
    document = json.loads(run("parse", "--ledger", "--format", "json", "-", stdin=PASTE.encode()).out)
    plain = json.loads(run("parse", "-", stdin=PASTE.encode()).out)

    assert document["captures"][0]["lines"] == [
        {"line": 2, "claim": "record", "kind": None},
        {"line": 4, "claim": "noise", "kind": "snip"},
        {"line": 5, "claim": "diagnostic", "kind": "unreadable-line"},
    ]
    assert [(item["line"], item["kind"]) for item in document["lines"]] == [
        (1, "prompt"),
        (6, "prompt"),
        (7, "uname"),
        (8, "prompt"),
    ]
    del document["lines"], document["captures"][0]["lines"]
    assert document == plain


def test_the_machine_form_has_no_place_for_a_ledger() -> None:
    """Silently printing one of the two would leave the other to guess."""
    ran = run("parse", "--ledger", "--format", "native", "-", stdin=PASTE.encode())

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[-1] == (
        "azcnilint: error: the machine form has no place for a ledger; use --format json, or no --format"
    )


def test_a_record_and_an_error_of_two_lines_are_told_for_both() -> None:
    """A document breaks long lines; the code of the diagnostic holds for all lines of a refused record."""
    text = "10.240.0.1 dev eth0\n  lladdr 12:34:56:78:9a:bc STALE\n10.240.0.300 dev eth0\n"

    assert _accounts(text.encode(), "ip neighbour") == [
        Account(1, "record"),
        Account(2, "record"),
        Account(3, "diagnostic", "unreadable-line"),
    ]


def test_lines_beyond_the_explained_ones_have_their_code_too() -> None:
    """Only the first hundred faults of a capture are explained; the rest share one diagnostic."""
    text = "10.240.0.1 dev eth0 STALE\n" + "10.240.0.300 dev eth0 STALE\n" * 130

    accounts = _accounts(text.encode(), "ip neighbour")

    assert accounts[1:] == [Account(line, "diagnostic", "unreadable-line") for line in range(2, 132)]


@pytest.mark.parametrize("sample", capture_samples(), ids=lambda sample: sample.name)
def test_the_ledger_of_a_sample_has_every_line_once(sample: CaptureSample) -> None:
    """Law 1: a line that no account names has vanished."""
    text = decode("sample", sample.data)
    accounts = _accounts(sample.data, sample.hint)

    assert [account.line for account in accounts] == [line.number for line in text.lines() if line.text.strip()]
    assert all(account.kind for account in accounts if account.claim != "record")


def _accounts(data: bytes, hint: str | None) -> list[Account]:
    reading = read(data, hint)
    accounts = [account for result in reading.results for account in lines_of_result(result)]
    accounts += lines_outside(reading.envelope, reading.source, [result.capture for result in reading.results])
    return sorted(accounts, key=lambda account: account.line)
