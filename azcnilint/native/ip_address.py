"""A `LinkTable` in the form that `ip -j address` or `ip -j link` prints it.

Only what the table holds is printed: a field that the capture did not show has no key. iproute2 6.1: ip/ipaddress.c
print_linkinfo, print_addrinfo, print_stats64; lib/utils.c print_name_and_link.
"""

from __future__ import annotations

from pydantic import JsonValue

from azcnilint.models import Address, Link, LinkTable

JsonObject = dict[str, JsonValue]

_HEADER = ("mtu", "qdisc", "master", "operstate", "linkmode", "group", "txqlen", "link_type", "address")
_BEHIND_BROADCAST = ("permaddr", "link_netnsid")
_ADDRESS = ("ifa_flags", "protocol", "label", "valid_life_time", "preferred_life_time")


def ip_json(table: LinkTable) -> list[JsonObject]:
    """Give the array that `ip -j` prints for these links, its keys in printed order."""
    return [_link(link) for link in table.links]


def _link(link: Link) -> JsonObject:
    result: JsonObject = {} if link.ifindex is None else {"ifindex": link.ifindex}
    result |= _peer(link)
    result["ifname"] = link.ifname
    if link.settles("flags"):
        result["flags"] = list(link.flags)
    result |= _given(link, _HEADER)
    if link.link_pointtopoint:
        result["link_pointtopoint"] = True
    result |= _given(link, ("broadcast", *_BEHIND_BROADCAST))
    result |= link.details
    result |= _given(link, ("ifalias",))
    if link.altnames:
        result["altnames"] = list(link.altnames)
    if link.addresses or not {"inet", "inet6"} <= link.hidden:
        result["addr_info"] = [_address(address) for address in link.addresses]
    if link.stats64 is not None:
        result["stats64"] = {direction: dict(counters) for direction, counters in link.stats64.items()}
    return result


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
