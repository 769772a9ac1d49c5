"""Every iptables capture of the lab against the save of the same state, and the field's own captures without loss."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from azcnilint.capture import Capture, Completeness
from azcnilint.models import NatRule, NatTable
from azcnilint.native.iptables import rule_line, save_lines
from azcnilint.parsers import iptables
from azcnilint.parsers.base import Claim, ParseResult, ParseStatus
from azcnilint.text import decode
from tests.parsers.iptables_reading import told
from tests.parsers.iptables_reviewed import NOT_SHOWN

CAPTURES = os.environ.get("AZCNILINT_CAPTURES")
pytestmark = [pytest.mark.shared, pytest.mark.skipif(CAPTURES is None, reason="AZCNILINT_CAPTURES names no folder")]


def texts() -> Iterator[tuple[Path, Path, str]]:
    """Give each text capture of the lab, the save of the same state, and the one table that it is about, if any."""
    lab = Path(CAPTURES or "/nonexistent") / "lab"
    for text in sorted((lab / "azure-node").glob("ipt_*")):
        _, backend, table, *_ = text.name.split("_")
        if text.suffix != ".err":
            yield text, lab / "azure-node" / f"ipt_{backend}_save_c", "" if table == "save" else table
    for text in sorted((lab / "nodes").glob("*/local/nat*/*.txt")):
        yield text, next(text.parent.glob("oracle__*")), "nat"


def parse(path: Path, *argv: str, completeness: Completeness = Completeness.COMPLETE) -> ParseResult[NatTable]:
    """Parse a capture; the command is told only where a test is about it."""
    source = decode(path.name, path.read_bytes())
    return iptables.parse(Capture(source, source.span, "iptables", argv or None, completeness=completeness))


def differences(rule: NatRule, other: NatRule) -> dict[str, object]:
    """Give the compared fields that differ, with the listed value."""
    names = [field.name for field in fields(rule) if field.compare]
    return {name: getattr(rule, name) for name in names if getattr(rule, name) != getattr(other, name)}


def explained(name: str, value: object, rule: NatRule) -> bool:
    """Whether a difference is in the reviewed table and the record says so itself."""
    if name in {"source", "destination"}:
        return getattr(value, "host", None) is not None
    return name in NOT_SHOWN and name.removesuffix("_negated") in rule.hidden


IDS = [f"{text.parent.parent.parent.name}-{text.name}" for text, _, _ in texts()]


@pytest.mark.parametrize(("text", "save", "table"), list(texts()), ids=IDS)
def test_a_text_gives_the_records_of_the_save(text: Path, save: Path, table: str) -> None:
    """All chains, rules and fields; what a listing cannot show is hidden in the record and in the reviewed table."""
    found, oracle = parse(text).unwrap(), parse(save).unwrap()
    oracle = oracle.of(table) if table else oracle

    assert (found.table, found.family, found.complete) == (oracle.table, oracle.family, True)
    assert [(chain.name, chain.table, chain.policy, len(chain.rules)) for chain in found.chains] == [
        (chain.name, chain.table, chain.policy, len(chain.rules)) for chain in oracle.chains
    ]
    pairs = [
        (rule, other)
        for chain, same in zip(found.chains, oracle.chains, strict=True)
        for rule, other in zip(chain.rules, same.rules, strict=True)
    ]
    unexplained = [
        (rule.num, name, value)
        for rule, other in pairs
        for name, value in differences(rule, other).items()
        if not explained(name, value, rule)
    ]
    assert unexplained == []


@pytest.mark.parametrize(("text", "save", "table"), list(texts()), ids=IDS)
def test_a_text_prints_as_the_save(text: Path, save: Path, table: str) -> None:
    """The machine form from the text is the tool's own, line by line, but for rules with an explained difference."""
    found, oracle = parse(text).unwrap(), parse(save).unwrap()
    oracle = oracle.of(table) if table else oracle
    known = {
        rule_line(rule, chain): rule_line(other, same)
        for chain, same in zip(found.chains, oracle.chains, strict=True)
        for rule, other in zip(chain.rules, same.rules, strict=True)
        if differences(rule, other)
    }

    printed = [known.get(line, line) for line in save_lines(found) if not line.startswith(":")]

    assert printed == [line for line in save_lines(oracle) if not line.startswith(":")]


@pytest.mark.parametrize(
    "save", sorted({save for _, save, _ in texts()}), ids=lambda save: save.parent.parent.parent.name
)
def test_a_save_prints_as_it_was(save: Path) -> None:
    """Byte for byte, counters and policies too; only the comment lines with program and time are left out."""
    lines = [line for line in save.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]

    assert save_lines(parse(save).unwrap(), counters=True) == lines


FIELD = {
    "01-": ((), None, 270),
    "04-": ((), "chain PREROUTING is not listed", 7),
    "08-": (("iptables", "-t", "nat", "-L", "IP-MASQ-AGENT"), "only chain IP-MASQ-AGENT was listed", 2),
    "09-": (("iptables", "-t", "nat", "-L"), "chain KUBE-POSTROUTING is a target and is not listed", 6),
    "11-": (("iptables", "--list"), "chain AZURE-NPM is a target and is not listed", 9),
    "16-": ((), "chain POSTROUTING has rules and is not declared", 5),
    "17-": ((), "chain POSTROUTING has rules and is not declared", 3),
    "22-": (("iptables", "-vnL"), None, 17),
    "36-": (("sudo", "iptables", "-t", "filter", "-L", "FORWARD"), "only chain FORWARD was listed", 8),
    "37-": (("iptables", "-w", "-t", "nat", "-L", "PREROUTING"), "only chain PREROUTING was listed", 3),
}
"""Captures of the field: command, why chains may be missing, and how many rules there are."""


@pytest.mark.parametrize("name", FIELD)
def test_captures_of_the_field_are_read_whole(name: str) -> None:
    """No line lost, no text kept, and each says for itself whether it is a whole table."""
    argv, because, count = FIELD[name]
    path = next((Path(CAPTURES or "") / "aks").glob(f"{name}*.txt"))

    result = parse(path, *argv)

    assert (result.status, told(result), result.ledger.count(Claim.DIAGNOSTIC)) == (ParseStatus.COMPLETE, [], 0)
    found = result.unwrap()
    assert (found.incomplete_because, sum(len(chain.rules) for chain in found.chains)) == (because, count)


def test_the_slides_are_read() -> None:
    """The node that the project started from: wrapped lines, blanks collapsed."""
    lines = (Path(CAPTURES or "") / "slides-2021.txt").read_text(encoding="utf-8").splitlines()
    begin = next(at for at, line in enumerate(lines) if line.startswith("Chain IP-MASQ-AGENT"))
    source = decode("slides", "\n".join(lines[begin : begin + 10]).encode())

    found = iptables.parse(Capture(source, source.span, "iptables")).unwrap()

    assert [str(rule.destination.network) for rule in found.chains[0].rules] == [
        "10.0.0.0/8",
        "10.240.0.0/16",
        "10.0.0.0/16",
        "0.0.0.0/0",
    ]
    assert [(rule.comment or "").startswith("ip-masq-agent: ") for rule in found.chains[0].rules] == [True] * 4
