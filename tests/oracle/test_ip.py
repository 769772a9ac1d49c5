"""Random links, addresses, routes and neighbours: text, JSON and our own JSON of one state are one and the same.

AZCNILINT_ORACLE_STATES says how many states the suite makes (three fifths of them here), AZCNILINT_ORACLE_SEED the
number of the first.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Generic, TypeVar

import pytest

from azcnilint.capture import Capture, Completeness
from azcnilint.models import Link, Record, Table
from azcnilint.native import ip_address as native_address
from azcnilint.native import ip_neighbour as native_neighbour
from azcnilint.native import ip_route as native_route
from azcnilint.parsers import ip_address, ip_neighbour, ip_route
from azcnilint.parsers.base import ParseResult, ParseStatus
from azcnilint.text import decode
from tests.oracle.compare import JsonObject, Tally, json_differences, leaves, load, record_differences
from tests.oracle.exemptions import IP, IP_RECORDS, TICKING, shows, unread_kind, without_ticking
from tests.oracle.namespace import Namespace, namespace, refusal
from tests.oracle.settings import BASE_SEED, STATES
from tests.oracle.states_ip import Change, state

_ATTEMPTS = 6
Recorder = Callable[[str, object], None]
SEEDS = [BASE_SEED + at for at in range(STATES * 3 // 5)]
T = TypeVar("T", bound=Table)


@dataclass(frozen=True)
class Command:
    """One command line: how its text and its JSON are read, and which of its texts are of other options."""

    words: str
    others: tuple[str, ...] = ()
    """Command lines whose text shows the same state and has the same JSON."""

    @property
    def oracle(self) -> str:
        """The machine form."""
        return f"ip -j {self.words.removeprefix('ip ')}"

    @property
    def texts(self) -> tuple[str, ...]:
        """All command lines whose text this JSON is the oracle of."""
        return (self.words, *self.others)


@dataclass(frozen=True)
class Family(Generic[T]):
    """How the captures of one object of `ip` are read and printed."""

    parse: Callable[[Capture], ParseResult[T]]
    to_json: Callable[[T], list[JsonObject]]
    records: Callable[[T], Sequence[Record]]
    commands: tuple[Command, ...]


_LINK_COMMANDS = (
    Command("ip a", ("ip -o a", "ip -c=always a")),
    Command("ip -d a", ("ip -o -d a",)),
    Command("ip -s a"),
    Command("ip -s -s a", ("ip -o -s -s a",)),
    Command("ip -4 a"),
    Command("ip -6 a"),
    Command("ip -br a"),
    Command("ip link", ("ip -o link", "ip -c=always link")),
    Command("ip -d link", ("ip -o -d link",)),
    Command("ip -s -d link"),
    Command("ip -br link"),
)
_ROUTE_COMMANDS = (
    Command("ip r", ("ip -o r", "ip -c=always r")),
    Command("ip -d r"),
    Command("ip -4 r"),
    Command("ip r show table all", ("ip -o r show table all",)),
    Command("ip -d r show table all"),
    Command("ip -6 r", ("ip -6 -o r",)),
    Command("ip -6 r show table all"),
    Command("ip -N r show table all"),
)
_NEIGHBOUR_COMMANDS = (
    Command("ip n", ("ip -o n", "ip -c=always n")),
    Command("ip -s n"),
    Command("ip n show nud all"),
    Command("ip -s n show nud all"),
    Command("ip -d n show nud all"),
    Command("ip -6 n show nud all"),
    Command("ip -4 n"),
    Command("ip n show proxy"),
    Command("ip -br n show nud all"),
)
LINKS = Family(ip_address.parse, native_address.ip_json, lambda table: table.links, _LINK_COMMANDS)
ROUTES = Family(ip_route.parse, native_route.ip_json, lambda table: table.routes, _ROUTE_COMMANDS)
NEIGHBOURS = Family(ip_neighbour.parse, native_neighbour.ip_json, lambda table: table.neighbours, _NEIGHBOUR_COMMANDS)


@pytest.fixture
def tally() -> Tally:
    """Count what a test compares; skips it where no namespace can be made."""
    if (reason := refusal()) is not None:
        pytest.skip(reason)
    return Tally()


@pytest.mark.parametrize("seed", SEEDS)
def test_text_and_json_of_a_random_state_are_one(seed: int, tally: Tally, record_property: Recorder) -> None:
    """A word of `ip` would be lost, made up or mistyped in some variant of the command."""
    with namespace() as host, namespace() as peer:
        make(host, state(seed, peer.name), tally)
        found = [*_differences(host, tally)]

    tally.states += 1
    record_property("oracle ip", tally.counts())
    assert found == [], f"state {seed}: AZCNILINT_ORACLE_SEED={seed} AZCNILINT_ORACLE_STATES=2 makes it again"


def make(host: Namespace, changes: Sequence[Change], tally: Tally) -> None:
    """Bring a state about; what the kernel refuses is counted and left out."""
    tally.tried.update(change.kind for change in changes)
    for inet6, run in groupby(changes, key=lambda change: change.inet6):
        lines = [*run]
        refused = host.batch([change.line for change in lines], *(("-6",) if inet6 else ()))
        tally.refused.update(lines[at].kind for at in refused)


def _differences(host: Namespace, tally: Tally) -> Iterator[str]:
    for command in LINKS.commands:
        yield from _compared(host, LINKS, command, tally)
    for command in ROUTES.commands:
        yield from _compared(host, ROUTES, command, tally)
    for command in NEIGHBOURS.commands:
        yield from _compared(host, NEIGHBOURS, command, tally)


def _compared(host: Namespace, family: Family[T], command: Command, tally: Tally) -> Iterator[str]:
    """Give every unexplained difference among the texts of a command, its JSON, and what we print of both."""
    machine, texts = _still(host, command, tally)
    theirs = load(machine)
    own = family.parse(_capture(machine, command.oracle))
    yield from _told(command.oracle, own, theirs)
    numeric = tuple(each for each in IP if "-N" in each.options)
    ours = family.to_json(own.unwrap())
    yield from tally.unexplained(shlex.split(command.oracle), json_differences(ours, theirs), numeric)
    for words, text in zip(command.texts, texts, strict=True):
        result = family.parse(_capture(text, words))
        yield from _told(words, result, theirs)
        if result.value is None:
            continue
        argv = shlex.split(words)
        shown = [item for item in theirs if shows(argv, item)]
        ours = family.to_json(result.value)
        yield from tally.unexplained(argv, json_differences(ours, shown), IP)
        if len(shown) == len(theirs):
            mine, yours = (_without_timers(family.records(table)) for table in (result.value, own.unwrap()))
            yield from tally.unexplained(argv, record_differences(mine, yours), IP_RECORDS)
        tally.captures += 1
        tally.records += len(shown)
        tally.fields += sum(leaves(item) for item in shown)


def _still(host: Namespace, command: Command, tally: Tally) -> tuple[str, list[str]]:
    """Take a command's JSON and texts while the state stands still; raises AssertionError when it never does."""
    lines = {str(at): words for at, words in enumerate(command.texts)}
    moving: set[str] = set()
    for _ in range(_ATTEMPTS):
        taken = host.captures({"before": command.oracle, **lines, "after": command.oracle})
        before, after = load(taken["before"]), load(taken["after"])
        moving = {found.what for found in json_differences(before, after)} - TICKING
        if not moving:
            return taken["before"], [taken[at] for at in lines]
        tally.moved += 1
    message = f"{command.oracle} never stood still: {moving}"
    raise AssertionError(message)


def _capture(text: str, words: str) -> Capture:
    source = decode("text", text.encode())
    completeness = Completeness.COMPLETE if text.strip() else Completeness.EMPTY
    return Capture(source, source.span, None, tuple(shlex.split(words)), completeness=completeness)


def _told(words: str, result: ParseResult[T], theirs: Sequence[JsonObject]) -> Iterator[str]:
    """Give what a parser says against a capture, which is whole and of a known form."""
    for diagnostic in result.diagnostics:
        at = result.capture.source.slice(diagnostic.labels[0].span) if diagnostic.labels else ""
        if not unread_kind(diagnostic.code, theirs):
            yield f"{words}: {diagnostic.code}: {diagnostic.message}: {at}"
    if result.status is not ParseStatus.COMPLETE and not result.diagnostics:
        yield f"{words}: {result.status}"


def _without_timers(records: Sequence[Record]) -> tuple[Record, ...]:
    """Drop the timers of bridges, which tick between text and JSON."""
    return tuple(
        replace(each, details=without_ticking(each.details)) if isinstance(each, Link) else each for each in records
    )
