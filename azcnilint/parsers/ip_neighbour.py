r"""`ip neighbour` as text (plain, `-s`, `-d`, `-o`, `-br`, BusyBox) and as JSON, into `NeighbourTable`.

    >>> from azcnilint.parsers import parse_ip_neighbour
    >>> table = parse_ip_neighbour("10.240.0.1 dev eth0 lladdr 12:34:56:78:9a:bc REACHABLE \n").unwrap()
    >>> str(table.neighbours[0].dst), table.neighbours[0].lladdr, table.neighbours[0].state[0].value
    ('10.240.0.1', '12:34:56:78:9a:bc', 'REACHABLE')

Order of the words: iproute2 6.1, ip/ipneigh.c print_neigh; BusyBox 1.35, networking/libiproute/ipneigh.c.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import pyparsing as pp
from pydantic import JsonValue, ValidationError

from azcnilint.capture import Capture
from azcnilint.models import NOTHING, Neighbour, NeighbourTable, NudState
from azcnilint.parsers.base import Parser, ParseResult, whole
from azcnilint.parsers.grammar import (
    IPV4,
    IPV6,
    LeafError,
    address,
    glued,
    ifname,
    leaf,
    number,
    to_address,
    token,
    word,
)
from azcnilint.parsers.json_reading import JsonReading
from azcnilint.parsers.json_text import JsonObject, looks_like_json
from azcnilint.parsers.lines import LineGrammar, Reading, Row
from azcnilint.text import Span

FLAGS = ("router", "proxy", "managed", "extern_learn", "offload", "extern_valid")
_COUNTERS = ("refcnt", "used", "confirmed", "updated", "probes")
_STATES = {state.value: state for state in NudState}
_STATE_WORDS = "|".join(_STATES)
_KNOWN = "|".join(("dev", "lladdr", "ref", "used", "probes", "proto", _STATE_WORDS, *FLAGS))

_MAC_LIKE = r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2})*"
_lladdr = leaf(rf"{_MAC_LIKE}|\d+(?:\.\d+){{3}}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*", "a link-layer address")
_state = leaf(rf"(?:{_STATE_WORDS})(?:[ \t]+(?:{_STATE_WORDS}))*", "a state such as REACHABLE")
_unread = leaf(rf"(?!(?:{_KNOWN})(?!\S))\S+", "a word")

# neighbour = address ["dev" ifname] ["lladdr" lladdr] flags {STATE} ["proto" word]
# statistics = the same with ["ref" n] ["used" a/b/c] ["probes" n] before the state
# iproute2 >= 6.1 prints `used 0/60/0probes 1` without a blank; ref stands behind two.
_seconds = glued(r"\d+(?=/)", "a number of seconds and a slash")
_slash = glued("/", '"/"')
_last_seconds = glued(r"\d+", "a number of seconds")
_used = word("used") - _seconds("used") + _slash + _seconds("confirmed") + _slash + _last_seconds("updated")
_probes = word("probes") + number("probes")
_flags = pp.ZeroOrMore(
    word("router")("router")
    | word("proxy")("proxy")
    | word("managed")("managed")
    | word("extern_learn")("extern_learn")
    | word("offload")("offload")
    | word("extern_valid")("extern_valid")
)
_attribute = pp.FollowedBy(leaf(_KNOWN, '"dev", "lladdr" or a state'))
# An interface of `-br` may be called `proto` or `stale`: a line whose second word begins column 41 is no other form.
_not_brief = pp.Regex(r"(?![0-9A-Fa-f:.]+[ ]{2,}(?<=.{40})(?<!.{41})\S)").set_name("an address")
_head = (
    _not_brief
    + address("dst")
    + _attribute
    + pp.Opt(word("dev") - ifname("dev"))
    + pp.Opt(word("lladdr") - _lladdr("lladdr"))
    + _flags
)
_state_and_protocol = pp.Opt(_state("state")) + pp.Opt(word("proto") + leaf(r"\S+", "a protocol")("protocol"))
# brief = address [ifname] [lladdr], the address padded to 39 columns (print_neigh_brief): so a hosts file is none.
_padded_address = leaf(rf"(?=\S+[ ]+\S)(?=.{{39}}[ ])(?:{IPV4}|{IPV6})", "an address padded to 39 columns")

GRAMMAR = LineGrammar(
    (*_STATES, *FLAGS),
    neighbour=_head + _state_and_protocol,
    statistics=_head + pp.Opt(word("ref") + number("refcnt")) + pp.Opt(_used) + pp.Opt(_probes) + _state_and_protocol,
    bare=address("dst"),
    brief=_padded_address("dst") + pp.Opt(ifname("dev")) + pp.Opt(_lladdr("lladdr")),
    partial_statistics=(
        address("dst")
        + word("dev")
        + ifname("dev")
        + pp.ZeroOrMore(
            word("lladdr") - _lladdr("lladdr")
            | word("ref") + number
            | word("used") + leaf(r"\d+/\d+/\d+(?:probes)?", "three numbers of seconds")
            | word("probes")
            | _state
            | word("proto") + token
            | leaf("|".join(FLAGS), "a flag")
            | _unread("unread")
        )
    ),
)
_BUSYBOX_HIDES = frozenset({"proxy", "managed", "extern_learn", "offload", "extern_valid", "protocol"})
_BRIEF_HIDES = _BUSYBOX_HIDES | {"router", "state"}


def parse(capture: Capture) -> ParseResult[NeighbourTable]:
    """Read `ip neighbour` output. Total: never raises."""
    if looks_like_json(capture.text):
        return _parse_json(capture)
    reading = Reading(capture, GRAMMAR, fixed="neighbour")
    dev = _device_of_command(capture.argv)
    entries: list[Neighbour] = []
    busybox = False
    for row, span in reading.rows():
        if row.form == "bare" and dev is None:
            reading.refuse('expected "dev" or a state behind the address', span)
            continue
        try:
            entries.append(_neighbour(row, span, dev))
        except LeafError as error:
            reading.refuse(str(error), span, at=reading.place(row, "dst", span))
        busybox = busybox or _is_busybox(row)
    if busybox:
        entries = [replace(entry, hidden=entry.hidden | _BUSYBOX_HIDES) for entry in entries]
    return reading.result(_table(reading, entries))


def _table(reading: Reading | JsonReading, entries: Sequence[Neighbour]) -> NeighbourTable:
    span = whole([entry.span for entry in entries], reading.capture.body)
    hidden, because = reading.hidden("neighbours"), reading.incomplete_because
    return NeighbourTable(span=span, neighbours=tuple(entries), hidden=hidden, incomplete_because=because)


def _neighbour(row: Row, span: Span, dev: str | None) -> Neighbour:
    if row.form in {"bare", "brief"}:
        return _brief(row, span, dev)
    dst, shown_dev, lladdr, state, protocol, *flags = row.several(_groups(row.form))
    shown_dev = shown_dev or dev
    more: dict[str, bool | int | None] = {}
    if flags != _NO_FLAGS:
        more = {name: flag is not None for name, flag in zip(FLAGS, flags, strict=True)}
    if row.form == "statistics":
        more |= {name: row.number(name) for name in _COUNTERS}
    return Neighbour(
        span=span,
        hidden=_hidden(shown_dev, unread=row.unread) | (_lost(lladdr, state, protocol) if row.unread else NOTHING),
        dst=to_address(dst or ""),
        dev=shown_dev,
        lladdr=lladdr.lower() if lladdr else None,
        state=_states(state),
        protocol=protocol,
        **more,  # type: ignore[arg-type]  # flags are bool, counters int: pydantic validates each by its name
    )


@cache
def _groups(form: str) -> tuple[int, ...]:
    """Give the groups of the columns that nearly every line has, to be taken in one call."""
    return GRAMMAR.groups(form, "dst", "dev", "lladdr", "state", "protocol", *FLAGS)


_NO_FLAGS = [None] * len(FLAGS)
_ONE_STATE = {state.value: (state,) for state in NudState}


def _states(words: str | None) -> tuple[NudState, ...]:
    if words is None:
        return ()
    return _ONE_STATE.get(words) or tuple(_STATES[word] for word in words.split())


def _brief(row: Row, span: Span, dev: str | None) -> Neighbour:
    """Read a line of `-br`, or a bare address of the device that the command names: neither shows a state."""
    bare = row.form == "bare"
    lladdr, shown_dev = (None, dev) if bare else (row["lladdr"], row["dev"] or dev)
    return Neighbour(
        span=span,
        hidden=(NOTHING if bare else _BRIEF_HIDES) | _hidden(shown_dev, unread=False),
        dst=to_address(row.text("dst")),
        dev=shown_dev,
        lladdr=lladdr.lower() if lladdr else None,
    )


def _hidden(dev: str | None, *, unread: bool) -> frozenset[str]:
    """A line without `dev` was filtered by one; a line with unknown words may hold any flag."""
    if dev and not unread:
        return NOTHING
    return (NOTHING if dev else frozenset({"dev"})) | (frozenset(FLAGS) if unread else NOTHING)


def _lost(lladdr: str | None, state: str | None, protocol: str | None) -> frozenset[str]:
    """Name what a line with unknown words does not show: one of these words may be the one that is misspelt."""
    fields = {"lladdr": lladdr, "state": state, "protocol": protocol}
    return frozenset(name for name, text in fields.items() if text is None)


def _is_busybox(row: Row) -> bool:
    """BusyBox prints `used 0/0/0 probes 0` on every line, one blank behind the address; iproute2 -s puts two there."""
    if row.form != "statistics":
        return False
    lladdr, used = row.found.end(row.columns["lladdr"][0]), row.start_of("used") - len("used ")
    return lladdr >= 0 and row["refcnt"] is None and not any(row.has(flag) for flag in FLAGS) and used - lladdr == 1


def _device_of_command(argv: tuple[str, ...] | None) -> str | None:
    """`ip n show dev X` prints no device; the command line tells it."""
    if argv and "dev" in argv[:-1]:
        return argv[argv.index("dev") + 1]
    return None


def _parse_json(capture: Capture) -> ParseResult[NeighbourTable]:
    reading = JsonReading(capture)
    dev = _device_of_command(capture.argv)
    brief = bool(capture.argv and {"-br", "-brief"} & set(capture.argv))
    entries = []
    for item, span in reading.rows():
        try:
            entry = _from_json(item, span, dev)
        except (ValidationError, LeafError, KeyError, TypeError, ValueError) as error:
            reading.refuse(f"not a neighbour: {_first_line(error)}", span)
        else:
            entries.append(replace(entry, hidden=entry.hidden | _BRIEF_HIDES) if brief else entry)
    return reading.result(_table(reading, entries))


def _first_line(error: Exception) -> str:
    """Say what is wrong with an object, without pydantic's links."""
    if isinstance(error, KeyError):
        return f"it has no {error}"
    if isinstance(error, ValidationError):
        fault = error.errors()[0]
        return f'"{".".join(map(str, fault["loc"]))}": {fault["msg"].lower()}'
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
