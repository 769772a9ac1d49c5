"""`ip neighbour` as text (plain, `-s`, `-d`, `-o`, BusyBox) and as JSON, into `NeighbourTable`.

    >>> from azcnilint.parsers import parse_ip_neighbour
    >>> table = parse_ip_neighbour("10.240.0.1 dev eth0 lladdr 12:34:56:78:9a:bc REACHABLE \\n").unwrap()
    >>> str(table.neighbours[0].dst), table.neighbours[0].lladdr, table.neighbours[0].state[0].value
    ('10.240.0.1', '12:34:56:78:9a:bc', 'REACHABLE')

Order of the words: iproute2 6.1, ip/ipneigh.c print_neigh; BusyBox 1.35, networking/libiproute/ipneigh.c.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyparsing as pp
from pydantic import JsonValue, ValidationError

from azcnilint.capture import Capture
from azcnilint.models import NOTHING, Neighbour, NeighbourTable, NudState
from azcnilint.parsers.base import Parser, ParseResult, whole
from azcnilint.parsers.grammar import LeafError, address, glued, ifname, leaf, number, to_address, token, word
from azcnilint.parsers.json_reading import JsonReading
from azcnilint.parsers.json_text import JsonObject, looks_like_json
from azcnilint.parsers.lines import LineGrammar, Reading, Row
from azcnilint.text import Span

_STATES = "|".join(NudState)
_lladdr = leaf(r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2})*|\d+(?:\.\d+){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*", "a link-layer address")

# neighbour = address ["dev" ifname] ["lladdr" lladdr] flags ["ref" n] ["used" a/b/c] ["probes" n] {STATE} ["proto" word]
# iproute2 >= 6.1 prints `used 0/60/0probes 1` without a blank; ref stands behind two.
_seconds = glued(r"\d+(?=/)", "a number of seconds and a slash")
_slash = glued("/", '"/"')
_used = word("used") + _seconds("used") + _slash + _seconds("confirmed") + _slash + glued(r"\d+", "a number of seconds")("updated")
_probes = word("probes") + number("probes")
_flags = pp.ZeroOrMore(
    word("router")("router")
    | word("proxy")("proxy")
    | word("managed")("managed")
    | word("extern_learn")("extern_learn")
    | word("offload")("offload")
)
GRAMMAR = LineGrammar(
    neighbour=(
        address("dst")
        + pp.Opt(word("dev") - ifname("dev"))
        + pp.Opt(word("lladdr") - _lladdr("lladdr"))
        + _flags
        + pp.Opt(word("ref") + number("refcnt"))
        + pp.Opt(_used)
        + pp.Opt(_probes)
        + pp.Opt(leaf(rf"(?:{_STATES})(?: +(?:{_STATES}))*", "a state such as REACHABLE")("state"))
        + pp.Opt(word("proto") + token("protocol"))
    ),
)
FLAGS = ("router", "proxy", "managed", "extern_learn", "offload")
_COUNTERS = ("refcnt", "used", "confirmed", "updated", "probes")


def parse(capture: Capture) -> ParseResult[NeighbourTable]:
    """Read `ip neighbour` output. Total: never raises."""
    if looks_like_json(capture.text):
        return _parse_json(capture)
    reading = Reading(capture, GRAMMAR)
    dev = _device_of_command(capture.argv)
    entries = []
    for row, span in reading.rows():
        try:
            entries.append(_neighbour(row, span, dev))
        except LeafError as error:
            reading.refuse(f"not an address: {error}", span)
    return reading.result(_table(reading, entries))


def _table(reading: Reading | JsonReading, entries: list[Neighbour]) -> NeighbourTable:
    span = whole([entry.span for entry in entries], reading.capture.body)
    because = reading.incomplete_because
    return NeighbourTable(span=span, neighbours=tuple(entries), hidden=reading.hidden("neighbours"), incomplete_because=because)


def _neighbour(row: Row, span: Span, dev: str | None) -> Neighbour:
    lladdr, state = row["lladdr"], row["state"]
    shown_dev = row["dev"] or dev
    return Neighbour(
        span=span,
        hidden=NOTHING if shown_dev else frozenset({"dev"}),
        dst=to_address(row.text("dst")),
        dev=shown_dev,
        lladdr=lladdr.lower() if lladdr else None,
        state=tuple(NudState(word) for word in state.split()) if state else (),
        router=row.has("router"),
        proxy=row.has("proxy"),
        managed=row.has("managed"),
        extern_learn=row.has("extern_learn"),
        offload=row.has("offload"),
        protocol=row["protocol"],
        refcnt=row.number("refcnt"),
        used=row.number("used"),
        confirmed=row.number("confirmed"),
        updated=row.number("updated"),
        probes=row.number("probes"),
    )


def _device_of_command(argv: tuple[str, ...] | None) -> str | None:
    """`ip n show dev X` prints no device; the command line tells it."""
    if argv and "dev" in argv[:-1]:
        return argv[argv.index("dev") + 1]
    return None


def _parse_json(capture: Capture) -> ParseResult[NeighbourTable]:
    reading = JsonReading(capture)
    dev = _device_of_command(capture.argv)
    entries = []
    for item, span in reading.rows():
        try:
            entries.append(_from_json(item, span, dev))
        except (ValidationError, LeafError, KeyError, TypeError, ValueError) as error:
            reading.refuse(f"not a neighbour: {_first_line(error)}", span)
    return reading.result(_table(reading, entries))


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _from_json(item: JsonObject, span: Span, dev: str | None) -> Neighbour:
    values: dict[str, JsonValue] = {name: item.get(name) for name in _COUNTERS}
    lladdr, state = item.get("lladdr"), item.get("state", [])
    shown_dev = item.get("dev") or dev
    fields: Mapping[str, object] = {
        **values,
        "dst": to_address(str(item["dst"])),
        "dev": shown_dev,
        "lladdr": lladdr.lower() if isinstance(lladdr, str) else None,
        "state": tuple(state) if isinstance(state, list) else (state,),
        "protocol": item.get("protocol"),
        **{flag: flag in item for flag in FLAGS},
    }
    return Neighbour(span=span, hidden=NOTHING if shown_dev else frozenset({"dev"}), **fields)  # type: ignore[arg-type]


PARSER = Parser("ip-neighbour", "ip neighbour", parse)
