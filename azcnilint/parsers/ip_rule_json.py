"""`ip -j rule` into the same models as the text: objects with iproute2's keys (6.1, ip/iprule.c print_rule)."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from azcnilint.models import RoutingRule
from azcnilint.parsers import iproute2_names as names
from azcnilint.parsers.grammar import to_address
from azcnilint.parsers.ip_rule_fields import all_bits, length_of, unsettled
from azcnilint.parsers.json_text import JsonObject
from azcnilint.text import Span

_SAME = (
    *("priority", "tos", "iif", "oif", "uid_start", "uid_end", "tun_id"),
    *("suppress_prefixlen", "suppress_ifgroup", "flow_from", "flow_to", "dscp"),
)
_FLAGS = {
    "not": "inverted",
    **{name: name for name in ("iif_detached", "oif_detached", "l3mdev", "masquerade", "unresolved", "nop")},
}
_BITS = ("fwmark", "fwmask", "flowlabel")
_MASKS = {"sport_mask": 16, "dport_mask": 16, "dscp_mask": 6, "flowlabel_mask": 20}
"""Masks that JSON shows even with all bits set, and how many bits those are."""
_NAMED = {"ipproto": names.ip_protocol, "table": names.table, "action": names.action, "protocol": names.protocol}
_PORTS = ("sport", "dport")
_KEYS = frozenset(
    (*_SAME, *_FLAGS, *_BITS, *_MASKS, *_NAMED, "src", "srclen", "dst", "dstlen", "goto", "nat_gateway")
) | {f"{name}{part}" for name in _PORTS for part in ("", "_start", "_end")}


def unread_keys(item: JsonObject) -> list[str]:
    """Give the keys of an object that no field is for, in order."""
    return [key for key in item if key not in _KEYS]


def rule_of(item: JsonObject, span: Span) -> RoutingRule:
    """Give the rule of one object. Raises KeyError, TypeError or ValueError (pydantic's too) for what is none."""
    fields: dict[str, object] = {name: item.get(name) for name in _SAME}
    fields |= {field: key in item for key, field in _FLAGS.items()}
    fields |= {name: bits(item[name]) for name in _BITS if name in item}
    fields |= {name: named(str(item[name])) for name, named in _NAMED.items() if name in item}
    fields |= _address("src", item, {"src": None} if item["src"] == "all" else item)
    fields |= _address("dst", item, item)
    for name in _PORTS:
        fields |= _ports(name, item)
    fields |= {name: all_bits(bits(item[name]), width) for name, width in _MASKS.items() if name in item}
    if "goto" in item:
        fields["goto"] = 0 if item["goto"] == "none" else item["goto"]
    if "nat_gateway" in item:
        fields["nat_gateway"] = to_address(str(item["nat_gateway"]))
    hidden = unsettled(fields, unread=bool(unread_keys(item)))
    return RoutingRule(span=span, hidden=hidden, **fields)  # type: ignore[arg-type]  # pydantic validates each by name


def bits(value: JsonValue) -> int:
    """Read a number that iproute2 spells in hexadecimal, as a string; raises ValueError or TypeError for others."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        message = f"expected a number, found {value!r}"
        raise TypeError(message)
    return int(value, 0) if isinstance(value, str) else value


def _address(name: str, item: JsonObject, given: Mapping[str, JsonValue]) -> dict[str, object]:
    text = given.get(name)
    if text is None:
        return {}
    address = to_address(str(text))
    return {name: address, f"{name}len": length_of(address, item.get(f"{name}len"))}


def _ports(name: str, item: JsonObject) -> dict[str, object]:
    single = item.get(name)
    return {f"{name}_{end}": item.get(f"{name}_{end}", single) for end in ("start", "end")}
