"""Rules back to what `ip -j rule` prints: the same keys, order and types (iproute2 6.1, ip/iprule.c print_rule)."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

from pydantic import JsonValue

from azcnilint.models import RoutingRule, RoutingRuleTable


def ip_json(table: RoutingRuleTable) -> list[dict[str, JsonValue]]:
    """Give the array that `ip -j rule` prints for these rules; a flag is a key of value null."""
    return [_rule(rule) for rule in table.rules]


def _rule(rule: RoutingRule) -> dict[str, JsonValue]:
    return {
        "priority": rule.priority,
        **_flags(rule, "not"),
        **(_address("src", rule.src, rule.srclen) if rule.src is not None else {"src": "all"}),
        **_address("dst", rule.dst, rule.dstlen),
        **_values(rule, "tos"),
        **_hexadecimal(rule, "fwmark", "fwmask"),
        **_values(rule, "iif"),
        **_flags(rule, "iif_detached"),
        **_values(rule, "oif"),
        **_flags(rule, "oif_detached", "l3mdev"),
        **_values(rule, "uid_start", "uid_end", "ipproto"),
        **_ports("sport", rule.sport_start, rule.sport_end, rule.sport_mask),
        **_ports("dport", rule.dport_start, rule.dport_end, rule.dport_mask),
        **_values(rule, "tun_id", "table", "suppress_prefixlen", "suppress_ifgroup", "flow_from", "flow_to"),
        **({} if rule.nat_gateway is None else {"nat_gateway": str(rule.nat_gateway)}),
        **_flags(rule, "masquerade"),
        **({} if rule.goto is None else {"goto": rule.goto or "none"}),
        **_flags(rule, "unresolved", "nop"),
        **_values(rule, "action", "protocol", "dscp"),
        **_hexadecimal(rule, "dscp_mask", "flowlabel", "flowlabel_mask"),
    }


def _values(rule: RoutingRule, *names: str) -> dict[str, JsonValue]:
    return {name: value for name in names if (value := getattr(rule, name)) is not None}


def _flags(rule: RoutingRule, *names: str) -> dict[str, JsonValue]:
    return {name: None for name in names if getattr(rule, "inverted" if name == "not" else name)}


def _hexadecimal(rule: RoutingRule, *names: str) -> dict[str, JsonValue]:
    """Spell numbers as C's `%#x` does, which gives zero no prefix."""
    return {name: _hex(value) for name in names if (value := getattr(rule, name)) is not None}


def _hex(value: int) -> str:
    return f"{value:#x}" if value else "0"


def _address(name: str, address: IPv4Address | IPv6Address | None, length: int | None) -> dict[str, JsonValue]:
    if address is None:
        return {}
    values: dict[str, JsonValue] = {name: str(address)}
    if length != address.max_prefixlen:
        values[f"{name}len"] = length
    return values


def _ports(name: str, start: int | None, end: int | None, mask: int | None) -> dict[str, JsonValue]:
    if start is None:
        return {}
    if start != end:
        return {f"{name}_start": start, f"{name}_end": end}
    return {name: start} if mask is None else {name: start, f"{name}_mask": _hex(mask)}
