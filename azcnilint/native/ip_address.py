"""A `LinkTable` in the form that `ip -j address` or `ip -j link` prints it.

Only what the table holds is printed: a field that the capture did not show has no key. iproute2 6.1: ip/ipaddress.c
print_linkinfo, print_addrinfo, print_stats64; lib/utils.c print_name_and_link.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from azcnilint.models import Address, Link, LinkTable

JsonObject = dict[str, JsonValue]

_HEADER = ("mtu", "qdisc", "master", "operstate", "linkmode", "group", "txqlen", "link_type", "address")
_BEHIND_BROADCAST = ("permaddr", "link_netnsid")
_COUNTERS = (
    *("bytes", "packets", "errors", "dropped", "over_errors", "multicast", "carrier_errors", "collisions"),
    *("compressed", "length_errors", "crc_errors", "frame_errors", "aborted_errors", "fifo_errors", "window_errors"),
    *("heartbeat_errors", "missed_errors", "nohandler", "carrier_changes"),
)
_ADDRESS = ("ifa_flags", "protocol", "label", "valid_life_time", "preferred_life_time")


def ip_json(table: LinkTable) -> list[JsonObject]:
    """Give the array that `ip -j` prints for these links, its keys in printed order."""
    return [_link(link) for link in table.links]


def _link(link: Link) -> JsonObject:
    result: JsonObject = {} if link.ifindex is None else {"ifindex": link.ifindex}
    result |= _peer(link)
    result["ifname"] = link.ifname
    flags: JsonObject = {"flags": list(link.flags)} if link.settles("flags") else {}
    header = _given(link, _HEADER)
    result |= header | flags if link.ifindex is None else flags | header
    if link.link_pointtopoint:
        result["link_pointtopoint"] = True
    result |= _given(link, ("broadcast", *_BEHIND_BROADCAST))
    result |= link.details
    result |= _given(link, ("ifalias",))
    lists_addresses = bool(link.addresses) or not {"inet", "inet6"} <= link.hidden
    stats64: JsonObject = {} if link.stats64 is None else {"stats64": _stats64(link.stats64)}
    if not lists_addresses:
        result |= stats64
    if link.altnames:
        result["altnames"] = list(link.altnames)
    if lists_addresses:
        result["addr_info"] = [_address(address) for address in link.addresses]
        result |= stats64
    return result


def _stats64(stats64: Mapping[str, Mapping[str, int]]) -> JsonObject:
    """The columns of the text stand in another order than the keys of JSON (print_stats64)."""
    return {
        direction: {name: counters[name] for name in (*_COUNTERS, *counters) if name in counters}
        for direction, counters in stats64.items()
    }


def _peer(link: Link) -> JsonObject:
    """`ip` prints an index only where the kernel says which namespace the peer is in, else the index as a name."""
    if link.link_none:
        return {"link": None}
    if link.link is not None:
        return {"link": link.link}
    if link.link_index is None:
        return {}
    elsewhere = link.link_netnsid is not None or link.link_netns is not None or link.ifindex is None
    return {"link_index": link.link_index} if elsewhere else {"link": f"if{link.link_index}"}


def _address(address: Address) -> JsonObject:
    result: JsonObject = {"family": address.family} if address.settles("scope") else {}
    result["local"] = str(address.local)
    if address.address is not None:
        result["address"] = str(address.address)
    result |= {"prefixlen": address.prefixlen, **_given(address, ("metric",))}
    if address.broadcast is not None:
        result["broadcast"] = str(address.broadcast)
    result |= _given(address, ("scope",))
    result |= dict.fromkeys(address.flags, True)
    return result | _given(address, _ADDRESS)


def _given(record: Link | Address, names: tuple[str, ...]) -> JsonObject:
    values = {name: getattr(record, name) for name in names}
    return {name: value for name, value in values.items() if value is not None}
