"""The words that `ip -d` adds to a link, into the mapping that `ip -d -j` prints for them.

In come the rest of a `link/` line and one or two lines of a link kind; out come JSON keys and values with JSON's
nesting, and the words that have no place there. iproute2 6.1: ip/ipaddress.c print_linkinfo and print_linktype,
ip/iplink_bridge.c, ip/iplink_bridge_slave.c, ip/iplink_vxlan.c, ip/iplink_geneve.c, ip/iplink_vlan.c,
ip/iplink_macvlan.c, ip/iplink_ipvlan.c, ip/iptuntap.c, ip/iplink_vrf.c; iproute2 7.0: ip/iplink_netkit.c.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from azcnilint.parsers.ip_address_words import (
    Details,
    Reader,
    Word,
    Words,
    address,
    flag,
    hexadecimal,
    nothing,
    on_off,
    peer,
    port_range,
    qos_map,
    remotes,
    text,
    timer,
    toggle,
    uint,
    unless,
)

LINK: Mapping[str, Reader] = {
    "promiscuity": uint("promiscuity"),
    "allmulti": uint("allmulti"),
    "minmtu": uint("min_mtu"),
    "maxmtu": uint("max_mtu"),
    "netns-immutable": flag("netns-immutable"),
    "addrgenmode": text("inet6_addr_gen_mode"),
    "numtxqueues": uint("num_tx_queues"),
    "numrxqueues": uint("num_rx_queues"),
    **{
        name: uint(name)
        for name in (
            "gso_max_size",
            "gso_max_segs",
            "tso_max_size",
            "tso_max_segs",
            "gro_max_size",
            "gso_ipv4_max_size",
            "gro_ipv4_max_size",
        )
    },
    "portname": text("phys_port_name"),
    "portid": text("phys_port_id"),
    "switchid": text("phys_switch_id"),
    "parentbus": text("parentbus"),
    "parentdev": text("parentdev"),
}
"""What stands on the `link/` line, or behind the kind's own words."""

_BRIDGE_NUMBERS = """
    forward_delay hello_time max_age ageing_time stp_state priority vlan_filtering root_port root_path_cost
    topology_change topology_change_detected vlan_default_pvid vlan_stats_enabled vlan_stats_per_port
    mcast_snooping no_linklocal_learn mcast_vlan_snooping mst_enabled mdb_offload_fail_notification
    fdb_local_vlan_0 fdb_n_learned fdb_max_learned mcast_router mcast_query_use_ifaddr mcast_querier
    mcast_hash_elasticity mcast_hash_max mcast_stats_enabled mcast_igmp_version mcast_mld_version
    nf_call_iptables nf_call_ip6tables nf_call_arptables
"""
_BRIDGE_SHORTENED = {
    "mcast_last_member_count": "mcast_last_member_cnt",
    "mcast_startup_query_count": "mcast_startup_query_cnt",
    "mcast_last_member_interval": "mcast_last_member_intvl",
    "mcast_membership_interval": "mcast_membership_intvl",
    "mcast_querier_interval": "mcast_querier_intvl",
    "mcast_query_interval": "mcast_query_intvl",
    "mcast_query_response_interval": "mcast_query_response_intvl",
    "mcast_startup_query_interval": "mcast_startup_query_intvl",
}
_BRIDGE: Mapping[str, Reader] = {
    **{name: uint(name) for name in _BRIDGE_NUMBERS.split()},
    **{printed: uint(key) for printed, key in _BRIDGE_SHORTENED.items()},
    **{name: timer(name) for name in ("hello_timer", "tcn_timer", "topology_change_timer", "gc_timer")},
    "stp_mode": text("stp_mode"),
    "vlan_protocol": text("vlan_protocol"),
    "bridge_id": text("bridge_id"),
    "designated_root": text("root_id"),
    "group_fwd_mask": hexadecimal("group_fwd_mask"),
    "group_address": text("group_addr"),
}
_PORT_SWITCHES = """hairpin guard root_block fastleave learning flood proxy_arp proxy_arp_wifi mcast_flood bcast_flood
    mcast_to_unicast neigh_suppress neigh_vlan_suppress neigh_forward_grat vlan_tunnel isolated locked mab"""
_BRIDGE_SLAVE: Mapping[str, Reader] = {
    **{name: on_off(name) for name in _PORT_SWITCHES.split()},
    **{
        name: uint(name)
        for name in (
            "priority",
            "cost",
            "designated_port",
            "designated_cost",
            "topology_change_ack",
            "config_pending",
            "backup_nhid",
        )
    },
    **{name: timer(name) for name in ("hold_timer", "message_age_timer", "forward_delay_timer")},
    "state": text("state"),
    "port_id": hexadecimal("id"),
    "port_no": hexadecimal("no"),
    "designated_bridge": text("bridge_id"),
    "designated_root": text("root_id"),
    "mcast_router": uint("multicast_router"),
    "mcast_fast_leave": nothing,
    "group_fwd_mask": hexadecimal("group_fwd_mask"),
    "group_fwd_mask_str": text("group_fwd_mask_str"),
    "backup_port": text("backup_port"),
}
_TUNNEL: Mapping[str, Reader] = {
    "external": flag("external"),
    "id": uint("id"),
    "dstport": uint("port"),
    "ttl": unless("ttl", {"auto": 0, "inherit": None}, uint("ttl")),
    "tos": unless("tos", {"inherit": "0x1"}, hexadecimal("tos")),
    "df": text("df"),
    "flowlabel": hexadecimal("label"),
    **toggle("udpcsum", "udp_csum"),
    **toggle("udp6zerocsumtx", "udp_zero_csum6_tx"),
    **toggle("udp6zerocsumrx", "udp_zero_csum6_rx"),
}
_VXLAN_SWITCHES = """learning proxy rsc l2miss l3miss vnifilter udp_csum udp_zero_csum6_tx udp_zero_csum6_rx remcsum_tx
    remcsum_rx localbypass mcroute external"""
_VXLAN: Mapping[str, Reader] = {
    **_TUNNEL,
    **{word: reader for name in _VXLAN_SWITCHES.split() for word, reader in toggle(name, name).items()},
    "group": address("group", "group6"),
    "remote": address("remote", "remote6"),
    "local": address("local", "local6"),
    "dev": text("link"),
    "srcport": port_range,
    "ageing": unless("ageing", {"none": 0}, uint("ageing")),
    "maxaddr": uint("limit"),
    "remcsumtx": flag("remcsum_tx"),
    "remcsumrx": flag("remcsum_rx"),
    "reserved_bits": hexadecimal("reserved_bits"),
    "gbp": flag("gbp"),
    "gpe": flag("gpe"),
}
_MACVLAN: Mapping[str, Reader] = {
    "mode": text("mode"),
    "nopromisc": flag("nopromisc"),
    "nodst": flag("nodst"),
    "bcqueuelen": uint("bcqueuelen"),
    "usedbcqueuelen": uint("usedbcqueuelen"),
    "bclim": uint("bclim"),
    "remotes": remotes,
}
_IPVLAN: Mapping[str, Reader] = {
    "mode": text("mode"),
    "private": flag("private"),
    "vepa": flag("vepa"),
    "bridge": flag("bridge"),
}
_TUN: Mapping[str, Reader] = {
    "type": text("type"),
    "pi": on_off("pi"),
    "vnet_hdr": on_off("vnet_hdr"),
    "multi_queue": flag("multi_queue"),
    "numqueues": uint("numqueues"),
    "numdisabled": uint("numdisabled"),
    "persist": on_off("persist"),
    "user": text("user"),
    "group": text("group"),
}
_VLAN: Mapping[str, Reader] = {
    "protocol": text("protocol"),
    "id": uint("id"),
    "ingress-qos-map": qos_map("ingress_qos"),
    "egress-qos-map": qos_map("egress_qos"),
}
KINDS: Mapping[str, Mapping[str, Reader]] = {
    "bridge": _BRIDGE,
    "vxlan": _VXLAN,
    "geneve": {**_TUNNEL, "remote": address("remote", "remote6"), "innerprotoinherit": flag("inner_proto_inherit")},
    "vlan": _VLAN,
    "macvlan": _MACVLAN,
    "macvtap": _MACVLAN,
    "ipvlan": _IPVLAN,
    "ipvtap": _IPVLAN,
    "tun": _TUN,
    "vrf": {"table": uint("table")},
    "netkit": {**{word: text(word) for word in ("mode", "type", "policy", "scrub")}, "peer": peer},
}
"""Kinds whose own words are known. A kind that is not here prints none, or they are unread."""
SLAVE_KINDS: Mapping[str, Mapping[str, Reader]] = {"bridge": _BRIDGE_SLAVE, "vrf": {"table": uint("table")}}

DEFAULTS: Mapping[str, Mapping[str, JsonValue]] = {
    "vxlan": {"learning": True, "df": "unset"},
    "geneve": {"df": "unset"},
    "tun": {"multi_queue": False},
}
"""What JSON prints and the text leaves out because it is the default (iproute2 6.1)."""


def read_details(words: Words, details: Details) -> None:
    """Read the words behind a `link/` line's addresses into `details`; what has no place stays in `words.unread`."""
    for word in words:
        _read(word, words, LINK, details)


def read_kind(kind: str, words: Words, details: Details) -> None:
    """Read a kind's line: its own words into `linkinfo`, and behind them those of the link into `details`."""
    linkinfo = details.setdefault("linkinfo", {})
    if not isinstance(linkinfo, dict):
        return
    slave = kind.endswith("_slave") and "info_slave_kind" not in linkinfo
    name = kind.removesuffix("_slave") if slave else kind
    known = (SLAVE_KINDS if slave else KINDS).get(name)
    linkinfo["info_slave_kind" if slave else "info_kind"] = name
    own: Details = {} if slave else dict(DEFAULTS.get(name, {}))
    for word in words:
        if known is not None and (word.text in known or word.text.startswith("<")):
            _read_own(word, words, known, own)
        else:
            _read(word, words, LINK, details)
    if known is not None:
        linkinfo["info_slave_data" if slave else "info_data"] = own


def continue_kind(words: Words, details: Details) -> bool:
    """Read a VLAN's map of priorities, which stands on a line of its own; False when there is no VLAN."""
    linkinfo = details.get("linkinfo")
    own = linkinfo.get("info_data") if isinstance(linkinfo, dict) and linkinfo.get("info_kind") == "vlan" else None
    if not isinstance(own, dict):
        return False
    for word in words:
        _read(word, words, _VLAN if word.text in _VLAN else LINK, own if word.text in _VLAN else details)
    return True


def _read_own(word: Word, words: Words, known: Mapping[str, Reader], own: Details) -> None:
    if word.text.startswith("<") and word.text.endswith(">") and known is _VLAN:
        own["flags"] = list(word.text[1:-1].split(","))
    else:
        _read(word, words, known, own)


def _read(word: Word, words: Words, readers: Mapping[str, Reader], into: Details) -> None:
    reader = readers.get(word.text)
    if reader is None or not reader(words, into):
        words.unread.append(word)
