r"""`ip rule` as text (plain, `-d`, `-o`, `-6`, `-N`, BusyBox) and as JSON, into `RoutingRuleTable`.

    >>> from azcnilint.parsers import parse_ip_rule
    >>> table = parse_ip_rule("100:\tfrom 10.0.0.0/8 fwmark 0x200/0xf00 lookup 201\n").unwrap()
    >>> [(rule.priority, str(rule.source), rule.fwmark, rule.table) for rule in table.rules]
    [(100, '10.0.0.0/8', 512, '201')]

Order of the words: iproute2 6.1, ip/iprule.c print_rule; BusyBox 1.35, networking/libiproute/iprule.c print_rule.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from azcnilint.capture import Capture
from azcnilint.models import RoutingRule, RoutingRuleTable
from azcnilint.parsers import iproute2_names as names
from azcnilint.parsers.base import Parser, ParseResult, whole
from azcnilint.parsers.grammar import to_address
from azcnilint.parsers.ip_rule_fields import length_of, unsettled
from azcnilint.parsers.ip_rule_grammar import GRAMMAR
from azcnilint.parsers.ip_rule_json import rule_of, unread_keys
from azcnilint.parsers.json_reading import JsonReading
from azcnilint.parsers.json_text import looks_like_json
from azcnilint.parsers.lines import Reading, Row
from azcnilint.text import Span

_FLAGS = ("inverted", "iif_detached", "oif_detached", "l3mdev", "masquerade", "unresolved", "nop")
_SAME = ("tos", "iif", "oif", "suppress_ifgroup")
_NUMBERS = ("priority", "tun_id", "suppress_prefixlen")
_NAMED = {"ipproto": names.ip_protocol, "table": names.table, "action": names.action, "protocol": names.protocol}
_FAMILIES = {"-4": "inet", "-6": "inet6", "inet": "inet", "inet6": "inet6"}


def parse(capture: Capture) -> ParseResult[RoutingRuleTable]:
    """Read `ip rule` output. Total: never raises."""
    if looks_like_json(capture.text):
        return _parse_json(capture)
    reading = Reading(capture, GRAMMAR, fixed="rule")
    rules: list[RoutingRule] = []
    for row, span in reading.rows():
        try:
            rules.append(_rule(row, span))
        except ValueError as error:
            reading.refuse(_reason(error), span, at=_place(reading, row, span))
    return reading.result(_table(reading, rules))


def _table(reading: Reading | JsonReading, rules: Sequence[RoutingRule]) -> RoutingRuleTable:
    return RoutingRuleTable(
        span=whole([rule.span for rule in rules], reading.capture.body),
        hidden=reading.hidden("rules"),
        incomplete_because=reading.incomplete_because,
        rules=tuple(rules),
        family=_family(reading.capture.argv, rules),
    )


def _family(argv: tuple[str, ...] | None, rules: Sequence[RoutingRule]) -> str | None:
    """`ip rule` shows IPv4 unless asked for another family (iprule_list_flush_or_save)."""
    if argv:
        return next((_FAMILIES[word] for word in argv[1:] if word in _FAMILIES), "inet")
    addresses = (address for rule in rules for address in (rule.src, rule.dst) if address is not None)
    first = next(addresses, None)
    return None if first is None else "inet" if first.version == 4 else "inet6"


def _rule(row: Row, span: Span) -> RoutingRule:
    """Give the rule of a line. Raises ValueError for a token that has the shape of its column and no value."""
    fields: dict[str, object] = {name: row[name] for name in _SAME}
    fields |= {name: row.number(name) for name in _NUMBERS}
    fields |= {name: True for name in _FLAGS if row.has(name)}
    fields |= {name: named(text) for name, named in _NAMED.items() if (text := row[name]) is not None}
    if row["src"] != "all":
        fields |= _prefix("src", row.text("src"))
    if (dst := row["dst"]) is not None:
        fields |= _prefix("dst", dst)
    if (gateway := row["nat_gateway"]) is not None:
        fields["nat_gateway"] = to_address(gateway)
    if (goto := row["goto"]) is not None:
        fields["goto"] = 0 if goto == "none" else int(goto)
    fields |= _ranges(row) | _masked(row)
    return RoutingRule(span=span, hidden=unsettled(fields, unread=row.unread), **fields)  # type: ignore[arg-type]  # pydantic validates each by its name


def _prefix(name: str, text: str) -> dict[str, object]:
    head, slash, length = text.partition("/")
    address = to_address(head)
    return {name: address, f"{name}len": length_of(address, int(length) if slash else None)}


def _ranges(row: Row) -> dict[str, object]:
    """Read user ids, ports and realms: one value, two, or (ports) one with a mask."""
    found: dict[str, object] = {}
    if (users := row["uidrange"]) is not None:
        first, _, last = users.partition("-")
        found |= {"uid_start": int(first), "uid_end": int(last)}
    for name in ("sport", "dport"):
        if (ports := row[name]) is None:
            continue
        value, slash, mask = ports.partition("/")
        first, _, last = value.partition("-")
        found |= {f"{name}_start": int(first, 0), f"{name}_end": int(last or first, 0)}
        found |= {f"{name}_mask": int(mask, 0)} if slash else {}
    if (realms := row["realms"]) is not None:
        source, _, target = realms.rpartition("/")
        found |= {"flow_from": source or None, "flow_to": target}
    return found


def _masked(row: Row) -> dict[str, object]:
    """Read what has a mask behind a slash unless all bits are compared."""
    found: dict[str, object] = {}
    for name, mask_name in (("fwmark", "fwmask"), ("flowlabel", "flowlabel_mask")):
        if (text := row[name]) is not None:
            value, slash, mask = text.partition("/")
            found |= {name: int(value, 0)} | ({mask_name: int(mask, 0)} if slash else {})
    if (code := row["dscp"]) is not None:
        value, slash, mask = code.partition("/")
        found |= {"dscp": str(int(value, 0)), "dscp_mask": int(mask, 0)} if slash else {"dscp": code}
    return found


def _place(reading: Reading, row: Row, span: Span) -> Span:
    """Give where the address stands that has the shape of one and no value; the whole line when that is not it."""
    for column in ("src", "dst", "nat_gateway"):
        text = row[column]
        if text is None or text == "all":
            continue
        try:
            _prefix(column, text)
        except ValueError:
            return reading.place(row, column, span)
    return span


def _parse_json(capture: Capture) -> ParseResult[RoutingRuleTable]:
    reading = JsonReading(capture)
    rules: list[RoutingRule] = []
    for item, span in reading.rows():
        try:
            rules.append(rule_of(item, span))
        except (KeyError, TypeError, ValueError) as error:
            reading.refuse(f"not a rule: {_reason(error)}", span)
            continue
        for key in unread_keys(item):
            reading.report("unread-attribute", f'"{key[:60]}" is not understood; the record is kept without it', span)
    return reading.result(_table(reading, rules))


def _reason(error: Exception) -> str:
    """Say what is wrong with an object, without pydantic's links."""
    match error:
        case KeyError():
            return f"it has no {error}"
        case ValidationError():
            fault = error.errors()[0]
            return f'"{".".join(map(str, fault["loc"]))}": {fault["msg"].lower()}'
        case _:
            return str(error).splitlines()[0]


PARSER = Parser("ip-rule", "ip rule", parse)
