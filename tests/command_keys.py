"""Which key of the tools' machine form a field becomes: found by setting the field and looking what is printed anew."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from ipaddress import IPv4Address, IPv4Network

from azcnilint.models import (
    Address,
    AddressMatch,
    Chain,
    DirectoryEntry,
    Link,
    LinkTable,
    ListedDirectory,
    Match,
    NatRule,
    NatTable,
    Neighbour,
    NeighbourTable,
    NextHop,
    NodeObject,
    NudState,
    ObjectTable,
    Option,
    Pod,
    Record,
    Route,
    RouteTable,
    RouteType,
    Workload,
    WorkloadKind,
)
from azcnilint.native import ip_address, ip_neighbour, ip_route, iptables, kubectl
from azcnilint.text import Span

RECORDS: Mapping[str, tuple[type[Record], ...]] = {
    "ip-address": (Link, Address),
    "ip-route": (Route, NextHop),
    "ip-neighbour": (Neighbour,),
    "iptables": (Chain, NatRule),
    "ls": (ListedDirectory, DirectoryEntry),
    "kubectl": (Workload, Pod, NodeObject),
}
_AT = Span("x", 0, 1)
_HOST, _NET = IPv4Address("192.0.2.1"), IPv4Network("192.0.2.0/24")
_ANY = AddressMatch(text="anywhere", network=IPv4Network("0.0.0.0/0"))
_RULE = NatRule(span=_AT, num=1, source=_ANY, destination=_ANY)
_SOME = AddressMatch(text="192.0.2.0/24", network=_NET)
_ADDRESS = Address(span=_AT, family="inet", local=_HOST, prefixlen=24)
_BASES: Mapping[type[Record], tuple[Record, ...]] = {
    Link: (Link(span=_AT, ifindex=None, ifname="eth0", hidden=frozenset({"flags", "inet", "inet6"})),),
    Address: (_ADDRESS,),
    Route: (Route(span=_AT, dst=_NET),),
    NextHop: (NextHop(span=_AT),),
    Neighbour: (Neighbour(span=_AT, dst=_HOST, dev=None),),
    Chain: (Chain(span=_AT, name="X"),),
    NatRule: (_RULE,),
    Workload: tuple(Workload(span=_AT, kind=kind, name="x") for kind in WorkloadKind),
    Pod: (Pod(span=_AT, name="x"),),
    NodeObject: (NodeObject(span=_AT, name="x"),),
}
"""Records with as little in them as can be; a workload of either kind."""
_VALUES: Mapping[tuple[type[Record], str], Mapping[str, object]] = {
    (Address, "family"): {"family": "inet6"},
    (Address, "flags"): {"flags": ("secondary",)},
    (Link, "addresses"): {"addresses": (_ADDRESS,)},
    (Link, "flags"): {"flags": ("UP",), "hidden": frozenset({"inet", "inet6"})},
    (Link, "link_index"): {"link_index": 7},
    (Link, "link_netnsid"): {"link_netnsid": 7},
    (Link, "stats64"): {"stats64": {"rx": {"bytes": 7}}},
    (Link, "details"): {"details": {"promiscuity": 7}},
    (Route, "type"): {"type": RouteType.BLACKHOLE},
    (Route, "table"): {"table": "x", "table_shown": True},
    (Route, "flags"): {"flags": ("onlink",)},
    (Route, "nexthops"): {"nexthops": (NextHop(span=_AT),)},
    (Route, "metrics"): {"metrics": {"mtu": 7}},
    (Route, "attributes"): {"attributes": {"tos": "0x10"}},
    (Route, "encap"): {"encap": "ip id 5"},
    (NextHop, "encap"): {"encap": "ip id 5"},
    (Neighbour, "state"): {"state": (NudState.STALE,)},
    (Chain, "rules"): {"rules": (_RULE,)},
    (NatRule, "source"): {"source": _SOME},
    (NatRule, "destination"): {"destination": _SOME},
    (NatRule, "goto"): {"target": "x", "goto": True},
    (NatRule, "protocol_negated"): {"protocol": "tcp", "protocol_negated": True},
    (NatRule, "in_interface_negated"): {"in_interface": "x", "in_interface_negated": True},
    (NatRule, "out_interface_negated"): {"out_interface": "x", "out_interface_negated": True},
    (NatRule, "matches"): {"matches": (Match(module="x", options=(Option(name="y", values=("z",)),)),)},
    (NatRule, "target_options"): {"target_options": (Option(name="to-ports", values=("x",)),)},
    (Workload, "kind"): {"kind": WorkloadKind.DEPLOYMENT},
    (Workload, "containers"): {"containers": ("x",), "images": ("y",)},
    (Workload, "images"): {"containers": ("x",), "images": ("y",)},
    (Workload, "selector"): {"selector": "k=x"},
    (NodeObject, "status"): {"status": "Ready,SchedulingDisabled"},
    (NodeObject, "roles"): {"roles": "agent", "hidden": frozenset({"labels"})},
    (Pod, "phase"): {"phase": "Running"},
    (Pod, "ready"): {"ready": 1},
}
"""Values for fields that need others beside them, or of types that have no value for all."""
_BY_TYPE: Mapping[str, object] = {
    "IPv4Address": IPv4Address("192.0.2.7"),
    "IPv4Network": IPv4Network("198.51.100.0/24"),
    "bool": True,
    "int": 7,
    "str": "x7",
    "tuple[str": ("x7",),
    "Mapping[str, str": {"k": "x7"},
}


def keys_of(record: type[Record], field: str) -> tuple[str, ...]:
    """Give the keys that a field becomes, of an option for iptables; none where the machine form does not have it."""
    found: list[str] = []
    for base in _BASES.get(record, ()):
        changed = replace(base, **_change(record, field))  # type: ignore[arg-type]  # pydantic validates each value
        found += _new(_printed(base), _printed(changed))
    return tuple(dict.fromkeys(found))


def _change(record: type[Record], field: str) -> Mapping[str, object]:
    given = _VALUES.get((record, field))
    if given is not None:
        return given
    kind = next(str(each.type) for each in fields(record) if each.name == field)
    return {field: next(value for start, value in _BY_TYPE.items() if kind.startswith(start))}


def _printed(record: Record) -> list[str]:
    """Give the machine form of one record as lines: `path=value` of JSON, words of iptables-save."""
    match record:
        case Link():
            return list(_paths(ip_address.ip_json(LinkTable(span=_AT, links=(record,)))[0]))
        case Address():
            link = Link(span=_AT, ifindex=None, ifname="x", addresses=(record,))
            info = ip_address.ip_json(LinkTable(span=_AT, links=(link,)))[0]["addr_info"]
            assert isinstance(info, list)
            return list(_paths(info[0]))
        case Route():
            return list(_paths(ip_route.ip_json(RouteTable(span=_AT, routes=(record,)))[0]))
        case NextHop():
            route = Route(span=_AT, dst=_NET, nexthops=(record,))
            hops = ip_route.ip_json(RouteTable(span=_AT, routes=(route,)))[0]["nexthops"]
            assert isinstance(hops, list)
            return list(_paths(hops[0]))
        case Neighbour():
            return list(_paths(ip_neighbour.ip_json(NeighbourTable(span=_AT, neighbours=(record,)))[0]))
        case NatRule():
            return iptables.rule_line(record, Chain(span=_AT, name="X"), counters=True).split()
        case Chain():
            return iptables.save_lines(NatTable(span=_AT, chains=(record,)), counters=True)
        case Workload() | Pod() | NodeObject():
            return list(_paths(_object(record)))
        case _:
            return []


def _object(record: Workload | Pod | NodeObject) -> object:
    table = ObjectTable(span=_AT)
    match record:
        case Workload():
            table = replace(table, daemon_sets=(record,))
        case Pod():
            table = replace(table, pods=(record,))
        case NodeObject():
            table = replace(table, nodes=(record,))
    items = kubectl.object_list(table)["items"]
    assert isinstance(items, list)
    return items[0]


def _paths(value: object, path: str = "") -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _paths(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value:
        for inner in value:
            yield from _paths(inner, f"{path}[]")
    else:
        yield f"{path}={value!r}"


def _new(before: list[str], after: list[str]) -> list[str]:
    """Give what is printed anew: JSON without its values, neighbouring words of an option as one."""
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    runs = [after[start:end] for tag, _, _, start, end in matcher.get_opcodes() if tag in {"insert", "replace"}]
    if before and "=" in before[0]:
        return [line.partition("=")[0] for run in runs for line in run]
    return [" ".join(run) for run in runs]
