"""`ip neighbour`: records, messages with their carets, variants, JSON, round trips."""

from __future__ import annotations

import json
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azcnilint.capture import Capture
from azcnilint.models import Neighbour, NeighbourTable, NudState
from azcnilint.native.ip_neighbour import ip_json
from azcnilint.parsers import ip_neighbour
from azcnilint.parsers.base import Claim, ParseResult, ParseStatus
from azcnilint.text import decode, mark, snippet
from tests.parsers.ip_printing import NOWHERE, neighbours, print_neighbour

FLAGS_AND_PROTOCOL = {"proxy", "managed", "extern_learn", "offload", "extern_valid", "protocol"}


def parse(text: str, *argv: str) -> ParseResult[NeighbourTable]:
    """Read a text as the output of a command line."""
    source = decode("ip-n.txt", text.encode())
    return ip_neighbour.parse(Capture(source, source.span, "ip-neighbour", argv or None))


def entries(result: ParseResult[NeighbourTable]) -> list[Neighbour]:
    """Give the entries of a result that has a table."""
    assert result.value is not None
    return list(result.value.neighbours)


def told(result: ParseResult[NeighbourTable]) -> list[str]:
    """Give the diagnostics as a user sees them."""
    source = result.capture.source
    heads = [f"{item.severity.value}[{item.code}]: {item.message}\n" for item in result.diagnostics]
    frames = [snippet("ip-n.txt", [mark(source, label) for label in item.labels]) for item in result.diagnostics]
    return [head + frame for head, frame in zip(heads, frames, strict=True)]


def test_one_line_becomes_one_record() -> None:
    """The everyday line would lose a field."""
    result = parse("10.240.0.44 dev azvdb9fa0de861 lladdr FA:85:b2:1c:3e:f9 REACHABLE \n")

    assert result.unwrap() == NeighbourTable(
        span=NOWHERE,
        neighbours=(
            Neighbour(
                span=NOWHERE,
                dst=IPv4Address("10.240.0.44"),
                dev="azvdb9fa0de861",
                lladdr="fa:85:b2:1c:3e:f9",
                state=(NudState.REACHABLE,),
            ),
        ),
    )
    assert entries(result)[0].hidden == frozenset()


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("10.240.250.7 dev eth0 FAILED ", {"state": (NudState.FAILED,)}),
        ("0.0.0.0 dev br-54fa ", {}),
        ("169.254.1.1 dev azv1 proxy ", {"proxy": True}),
        (
            "10.0.0.1 dev eth0 lladdr 08 STALE proto dhcp ",
            {"lladdr": "08", "state": (NudState.STALE,), "protocol": "dhcp"},
        ),
        (
            "10.0.0.1 dev lladdr lladdr 192.168.128.226 NOARP ",
            {"lladdr": "192.168.128.226", "state": (NudState.NOARP,)},
        ),
        ("fe80::1 dev eth0 lladdr 00:11:22:33:44:55 router extern_learn STALE", {"router": True, "extern_learn": True}),
        (
            "10.0.0.1 dev eth0 lladdr 00:11:22:33:44:55  ref 2 used 36/37/38probes 3 REACHABLE ",
            {"refcnt": 2, "used": 36, "confirmed": 37, "updated": 38, "probes": 3},
        ),
        (
            "10.0.0.1 dev eth0 lladdr 00:11:22:33:44:55  used 38/38/38 probes 0 STALE",
            {"used": 38, "probes": 0, "refcnt": None},
        ),
    ],
)
def test_variants_of_a_line(line: str, fields: dict[str, object]) -> None:
    """A word of print_neigh would go astray (formats of 5.9, 6.1, odd names, odd addresses)."""
    result = parse(line + "\n")

    entry = entries(result)[0]
    assert result.diagnostics == ()
    assert {name: getattr(entry, name) for name in fields} == fields


def test_the_device_comes_from_the_command_line() -> None:
    """`ip n show dev X` prints no device."""
    result = parse("10.0.0.1 lladdr 00:11:22:33:44:55 STALE \n10.0.0.2 \n", "ip", "n", "show", "dev", "eth0")

    assert [(entry.dev, entry.hidden) for entry in entries(result)] == [("eth0", frozenset()), ("eth0", frozenset())]
    assert result.status is ParseStatus.COMPLETE


def test_without_a_command_line_the_device_is_unknown() -> None:
    """None would be taken for no device."""
    result = parse("10.0.0.1 lladdr 00:11:22:33:44:55 STALE \n")

    assert [(entry.dev, set(entry.hidden)) for entry in entries(result)] == [(None, {"dev"})]


def test_busybox_hides_what_it_does_not_print() -> None:
    """A missing `extern_learn` would be taken for a fact."""
    result = parse(
        "10.224.0.5 dev eth0  used 0/0/0 probes 0 FAILED\n"
        "10.224.0.7 dev eth0 lladdr 12:34:56:78:9a:be used 0/0/0 probes 0 STALE\n"
    )

    assert [set(entry.hidden) for entry in entries(result)] == [FLAGS_AND_PROTOCOL, FLAGS_AND_PROTOCOL]


def test_brief_hides_states_and_flags() -> None:
    """`ip -br n` would give entries of state NONE."""
    result = parse("10.224.0.5                              eth0             12:34:56:78:9a:bc\n")

    entry = entries(result)[0]
    assert (entry.dev, entry.lladdr, set(entry.hidden)) == (
        "eth0",
        "12:34:56:78:9a:bc",
        FLAGS_AND_PROTOCOL | {"router", "state"},
    )


def test_an_unknown_word_is_told_and_the_entry_kept() -> None:
    """A newer iproute2 would cost every entry that has its new word."""
    result = parse("10.0.0.1 dev eth0 lladdr 00:11:22:33:44:55 shiny new REACHABLE \n")

    message = (
        'warning[unread-attribute]: "shiny new" is not understood; the record is kept without it\n'
        " --> ip-n.txt:1:44\n"
        "  |\n"
        "1 | 10.0.0.1 dev eth0 lladdr 00:11:22:33:44:55 shiny new REACHABLE \n"
        "  |                                            ^^^^^^^^^ here\n"
    )
    assert told(result) == [message]
    assert [(entry.state, "router" in entry.hidden) for entry in entries(result)] == [((NudState.REACHABLE,), True)]


@pytest.mark.parametrize(
    ("line", "message", "carets"),
    [
        ("RTNETLINK answers: Operation not permitted", 'expected an address, found "RTNETLINK"', "RTNETLINK"),
        ('Device "x" does not exist.', 'expected an address, found "Device"', "Device"),
        ("10.0.0.1 dev", 'expected an interface name after "dev", found the end of the line', ""),
        ("10.0.0.1 dev eth0 lladdr zz STALE", 'expected a link-layer address after "lladdr", found "zz"', "zz"),
        ("1::2::3 dev eth0 STALE", '"1::2::3" is no address: at most one "::" permitted', "1::2::3"),
        ("10.0.0.300 dev eth0 STALE", 'expected an address, found "10.0.0.300"', "10.0.0.300"),
        ("10.0.0.9", 'expected "dev" or a state behind the address', "10.0.0.9"),
        ("127.0.0.1 localhost", 'expected "dev", "lladdr" or a state, found "localhost"', "localhost"),
        ("[snip]", 'expected an address, found "[snip]"', "[snip]"),
    ],
)
def test_what_is_no_entry_is_told_at_its_place(line: str, message: str, carets: str) -> None:
    """Error text, prompts and marks would become entries, or the message would point elsewhere."""
    result = parse(f"10.0.0.1 dev eth0 FAILED \n{line}\n10.0.0.2 dev eth0 FAILED \n")

    source = result.capture.source
    found = [(item.code, item.message, source.slice(item.labels[0].span)) for item in result.diagnostics]
    assert found == [("unreadable-line", message, carets)]
    assert [str(entry.dst) for entry in entries(result)] == ["10.0.0.1", "10.0.0.2"]
    assert result.ledger.claims == bytes([Claim.RECORD, Claim.DIAGNOSTIC, Claim.RECORD])
    assert result.value is not None
    assert (result.status, result.value.incomplete_because) == (ParseStatus.PARTIAL, "a line could not be read")


def test_a_wrapped_line_is_joined() -> None:
    """A document's line break would cost the entry."""
    result = parse("10.0.0.1 dev eth0 lladdr\n    00:11:22:33:44:55 STALE\n")

    assert [(entry.lladdr, entry.state) for entry in entries(result)] == [("00:11:22:33:44:55", (NudState.STALE,))]


def test_json_gives_the_same_model() -> None:
    """A rule would judge text and JSON of one state apart."""
    line = "10.0.0.1 dev eth0 lladdr 00:11:22:33:44:55 router  used 1/2/3probes 4 STALE proto dhcp \n"
    item = (
        '[{"dst":"10.0.0.1","dev":"eth0","lladdr":"00:11:22:33:44:55","router":null,'
        '"used":1,"confirmed":2,"updated":3,"probes":4,"state":["STALE"],"protocol":"dhcp"}]'
    )

    assert parse(item).unwrap() == parse(line).unwrap()


def test_json_that_is_no_neighbour_is_told() -> None:
    """An object without an address, or of an unknown state, would end the reading."""
    result = parse('[{"dev":"eth0"},{"dst":"1.1.1.1","dev":"e","state":["ODD"]},{"dst":"1.1.1.2","dev":"e"}]')

    state = (
        "not a neighbour: \"state.0\": input should be 'incomplete', 'reachable', 'stale', 'delay', 'probe', 'failed', "
        "'noarp' or 'permanent'"
    )
    assert [item.message for item in result.diagnostics] == ["not a neighbour: it has no 'dst'", state]
    assert [entry.dst for entry in entries(result)] == [IPv4Address("1.1.1.2")]


def test_an_empty_capture_is_an_empty_table() -> None:
    """No neighbours is a fact, not a fault."""
    result = parse("")

    assert (result.status, entries(result)) == (ParseStatus.COMPLETE, [])


@settings(max_examples=50, deadline=None)
@given(table=st.lists(neighbours(), min_size=1, max_size=5), glued=st.booleans())
def test_plain_round_trip(table: list[Neighbour], *, glued: bool) -> None:
    """Law 2: what was printed is what is read."""
    result = parse("".join(f"{print_neighbour(entry, glued=glued)}\n" for entry in table))

    assert (result.diagnostics, entries(result)) == ((), table)


@settings(max_examples=50, deadline=None)
@given(table=st.lists(neighbours(statistics=True), min_size=1, max_size=5), glued=st.booleans())
def test_statistics_round_trip(table: list[Neighbour], *, glued: bool) -> None:
    """Law 2 for `ip -s n` of iproute2 5.9 and of 6.1."""
    result = parse("".join(f"{print_neighbour(entry, glued=glued)}\n" for entry in table))

    assert (result.diagnostics, entries(result)) == ((), table)


@settings(max_examples=50, deadline=None)
@given(table=st.lists(neighbours(statistics=True), min_size=1, max_size=5))
def test_json_round_trip(table: list[Neighbour]) -> None:
    """Law 2 for `ip -j n`."""
    result = parse(json.dumps(ip_json(NeighbourTable(span=NOWHERE, neighbours=tuple(table)))))

    assert (result.diagnostics, entries(result)) == ((), table)


@settings(max_examples=100, deadline=None)
@given(text=st.text(st.sampled_from('10.:f/ \n\tdevlaSTALE{}[]",é'), max_size=120))
def test_no_text_raises_and_every_line_is_claimed(text: str) -> None:
    """Law 1, and totality: any text."""
    result = parse(text)

    lines = list(result.capture.source.lines())
    assert [claim != Claim.BLANK for claim in result.ledger.claims] == [bool(line.text.strip()) for line in lines]


def test_family_is_told_by_the_address() -> None:
    """`ip n` mixes the families."""
    result = parse("10.0.0.1 dev e STALE\nfe80::1 dev e STALE\n")

    assert [entry.family for entry in entries(result)] == ["inet", "inet6"]
    assert entries(result)[1].dst == IPv6Address("fe80::1")
