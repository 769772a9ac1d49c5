"""What `ip -j address` and `ip -j link` print: objects with their places in, drafts of links out.

iproute2 6.1: ip/ipaddress.c print_linkinfo, print_addrinfo, print_stats64; the keys are the fields of our models,
except `addr_info`, which is `addresses`.
"""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError

from azcnilint.capture import Capture, Completeness
from azcnilint.models import Address, Link, LinkTable
from azcnilint.parsers.base import ParseResult
from azcnilint.parsers.grammar import LeafError, to_address
from azcnilint.parsers.ip_address_shown import AddressDraft, LinkDraft, link_table
from azcnilint.parsers.json_reading import JsonReading
from azcnilint.parsers.json_text import JsonObject
from azcnilint.text import Span

_LINK_KEYS = [
    "ifindex",
    "ifname",
    "link_index",
    "link_netnsid",
    "flags",
    "mtu",
    "qdisc",
    "master",
    "operstate",
    "linkmode",
    "group",
    "txqlen",
    "link_type",
    "address",
    "broadcast",
    "permaddr",
    "link_pointtopoint",
    "ifalias",
    "altnames",
]
_ADDRESS_KEYS = [
    "prefixlen",
    "scope",
    "ifa_flags",
    "label",
    "protocol",
    "metric",
    "valid_life_time",
    "preferred_life_time",
]
_READ_ADDRESS_KEYS = {*_ADDRESS_KEYS, "family", "local", "address", "broadcast", "index", "dev"}
_NOT_DETAILS = {*_LINK_KEYS, "link", "addr_info", "stats64"}
_TUPLES = ("flags", "altnames")
_STATS64 = TypeAdapter(dict[str, dict[str, int]])
_HARDWARE_ADDRESSES = ("address", "broadcast", "permaddr")


def read_json(capture: Capture) -> ParseResult[LinkTable]:
    """Read the JSON form. Total: never raises."""
    reading = JsonReading(capture)
    drafts = []
    for item, span in reading.rows():
        try:
            draft = _draft(item, span)
        except (ValidationError, LeafError, KeyError, TypeError, ValueError) as error:
            reading.refuse(f"not a link: {_reason(error)}", span)
            continue
        if draft is not None:
            drafts.append(draft)
            for key in _unread_keys(item):
                reading.report("unread-attribute", f'"{key}" of an address is not read', span)
    if capture.completeness is Completeness.FILTERED:
        for draft in drafts:
            draft.broken = True
    return reading.result(link_table(drafts, capture.argv, reading.incomplete_because, capture.body))


def _reason(error: Exception) -> str:
    match error:
        case ValidationError():
            fault = error.errors()[0]
            return f'"{".".join(str(part) for part in fault["loc"])}": {fault["msg"].lower()}'
        case KeyError():
            return f'no "{error.args[0]}"'
        case _:
            return str(error).splitlines()[0]


def _draft(item: JsonObject, span: Span) -> LinkDraft | None:
    """Read one object; None for one that names no link, which `ip -o -j` prints for a link without addresses."""
    listed = item.get("addr_info", [])
    if not isinstance(listed, list) or not all(isinstance(address, dict) for address in listed):
        message = '"addr_info" is not a list of objects'
        raise TypeError(message)
    found = [address for address in listed if isinstance(address, dict) and address]
    if "ifname" not in item and "addr_info" in item:
        if not found:
            return None
        item = {"ifindex": found[0].get("index"), "ifname": found[0].get("dev"), **item}
    draft = LinkDraft(span, None, _link_fields(item))
    draft.addresses = [AddressDraft(span, _address_fields(address)) for address in found]
    draft.broken = len(found) < len(listed)
    draft.lists_addresses = "addr_info" in item
    draft.details = {key: value for key, value in item.items() if key not in _NOT_DETAILS}
    draft.stats64 = _STATS64.validate_python(item.get("stats64", {}))
    _check(draft)
    return draft


def _link_fields(item: JsonObject) -> dict[str, object]:
    fields: dict[str, object] = {"ifname": item["ifname"]}
    for key in _LINK_KEYS:
        if key in item:
            value = item[key]
            fields[key] = tuple(value) if key in _TUPLES and isinstance(value, list) else value
    for key in _HARDWARE_ADDRESSES:
        hardware = fields.get(key)
        if isinstance(hardware, str):
            fields[key] = hardware.lower()
    if "link" in item:
        fields |= {"link_none": True} if item["link"] is None else {"link": item["link"]}
    return fields


def _address_fields(item: JsonObject) -> dict[str, object]:
    local = to_address(str(item["local"]))
    fields: dict[str, object] = {
        "family": item.get("family", "inet" if local.version == 4 else "inet6"),
        "local": local,
    }
    fields |= {key: item[key] for key in _ADDRESS_KEYS if key in item}
    fields |= {key: to_address(str(item[key])) for key in ("address", "broadcast") if key in item}
    flags = tuple(key for key, value in item.items() if value is True and key not in _READ_ADDRESS_KEYS)
    return fields | {"flags": flags} if "scope" in fields else fields


def _unread_keys(item: JsonObject) -> list[str]:
    """Give the keys of addresses that are neither read nor flags."""
    listed = item.get("addr_info")
    addresses = [address for address in listed if isinstance(address, dict)] if isinstance(listed, list) else []
    keys = {key for address in addresses for key, value in address.items() if value is not True}
    return sorted(keys - _READ_ADDRESS_KEYS)


def _check(draft: LinkDraft) -> None:
    """Raise ValidationError now for a value that its field does not take, so that it costs one object and no more."""
    fields: dict[str, object] = {"ifindex": None, **draft.fields, "stats64": draft.stats64 or None}
    Link(span=draft.span, **fields)  # type: ignore[arg-type]  # that is what is being checked
    for address in draft.addresses:
        Address(span=address.span, **address.fields)  # type: ignore[arg-type]  # likewise
