"""Routes back to what `ip -j route` prints: the same keys, order and types (iproute2 6.1, ip/iproute.c print_route)."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from pydantic import JsonValue

from azcnilint.models import NextHop, Route, RouteTable, RouteType

_BEFORE_METRICS = ("mark", "flow", "uid", "cache")
_CACHE_INFO = ("error", "users", "used", "age", "ipid", "ts", "tsage")
_AFTER_METRICS = ("iif",)
_METRICS = (
    "mtu",
    "window",
    "rtt",
    "rttvar",
    "ssthresh",
    "cwnd",
    "advmss",
    "reordering",
    "hoplimit",
    "initcwnd",
    "ecn",
    "tcp_usec_ts",
    "features",
    "rto_min",
    "initrwnd",
    "quickack",
    "congestion",
    "fastopen_no_cookie",
)
_FLAT_TUNNELS = {"ip": ("id", "src", "dst", "ttl", "tos"), "ip6": ("id", "src", "dst", "hoplimit", "tc")}


def ip_json(table: RouteTable) -> list[dict[str, JsonValue]]:
    """Give the array that `ip -j route` prints for these routes.

    A tunnel's own `dst` stands under `dst#2`, a route's `tos` beside a tunnel's under `tos#2`: iproute2 repeats the
    keys, which a mapping cannot. An encapsulation other
    than `ip`, `ip6`, `mpls` and `seg6` stands in words.
    """
    return [_route(route) for route in table.routes]


def _route(route: Route) -> dict[str, JsonValue]:
    shown_type = route.type_shown or route.type is not RouteType.UNICAST
    attributes = route.attributes
    tunnel = _encap(route.encap, "dst#2")
    return _present(
        {
            "type": route.type.value if shown_type else None,
            "dst": "default" if route.default else prefix_text(route.dst),
            "from": None if route.src is None else prefix_text(route.src),
            "nhid": route.nhid,
            "to": attributes.get("to"),
            **tunnel,
            **({"tos#2" if "tos" in tunnel else "tos": attributes["tos"]} if "tos" in attributes else {}),
            **_gateway(route.gateway, route.dst.version),
            "dev": route.dev,
            "table": route.table if route.table_shown else None,
            "protocol": route.protocol,
            "scope": route.scope,
            "prefsrc": None if route.prefsrc is None else str(route.prefsrc),
            "metric": route.metric,
            "flags": list(route.flags),
            **_chosen(attributes, _BEFORE_METRICS),
            "expires": route.expires,
            **_chosen(attributes, _CACHE_INFO),
            **_metrics(route.metrics),
            **_chosen(attributes, _AFTER_METRICS),
            "pref": route.pref,
            **_chosen(attributes, ("ttl-propogate", "nh_info")),
            "nexthops": [_nexthop(hop, route.dst.version) for hop in route.nexthops] or None,
        }
    )


def prefix_text(prefix: IPv4Network | IPv6Network) -> str:
    """Spell a prefix as iproute2 does: a host without its length."""
    return str(prefix.network_address) if prefix.prefixlen == prefix.max_prefixlen else str(prefix)


def _present(values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Drop the keys that iproute2 leaves out."""
    return {key: value for key, value in values.items() if value is not None}


def _chosen(attributes: Mapping[str, JsonValue], keys: tuple[str, ...]) -> dict[str, JsonValue]:
    return {key: attributes[key] for key in keys if key in attributes}


def _gateway(gateway: IPv4Address | IPv6Address | None, version: int) -> dict[str, JsonValue]:
    """Give `gateway`, or `via` when its family is not the route's."""
    if gateway is None:
        return {}
    if gateway.version == version:
        return {"gateway": str(gateway)}
    return {"via": {"family": "inet" if gateway.version == 4 else "inet6", "host": str(gateway)}}


def _metrics(metrics: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    if not metrics:
        return {}
    ordered: dict[str, JsonValue] = {key: metrics[key] for key in _METRICS if key in metrics}
    return {"metrics": [ordered | dict(metrics)]}


def _nexthop(hop: NextHop, version: int) -> dict[str, JsonValue]:
    return _present(
        {
            **_encap(hop.encap, "dst"),
            **_gateway(hop.gateway, version),
            "flow": None if hop.realms is None else _flow(hop.realms),
            "dev": hop.dev,
            "weight": hop.weight,
            "flags": list(hop.flags),
        }
    )


def _flow(realms: str) -> dict[str, JsonValue]:
    source, _, target = realms.rpartition("/")
    return {"from": source, "to": target} if source else {"to": target}


def _encap(words: str | None, dst: str) -> dict[str, JsonValue]:
    """Give an encapsulation as flat keys, as iproute2 before 6.3 prints it; its own destination under the key `dst`."""
    if words is None:
        return {}
    kind, *rest = words.split()
    match kind:
        case "ip" | "ip6":
            return {"encap": kind, **_tunnel(rest, _FLAT_TUNNELS[kind], dst)}
        case "mpls" if rest:
            return _present(
                {
                    "encap": kind,
                    dst: rest[0],
                    "ttl": _number(rest[2]) if rest[1:2] == ["ttl"] and len(rest) > 2 else None,
                }
            )
        case "seg6" if rest[:1] == ["mode"] and "[" in rest and rest[-1] == "]":
            first = rest.index("[") + 1
            segments: list[JsonValue] = list(rest[first:-1])
            return {"encap": kind, "mode": rest[1], "segs": segments}
        case _:
            return {"encap": words}


def _tunnel(words: list[str], keys: tuple[str, ...], dst: str) -> dict[str, JsonValue]:
    values: dict[str, JsonValue] = {}
    at = 0
    while at < len(words):
        key = words[at]
        if key in keys and at + 1 < len(words):
            text = words[at + 1]
            values[dst if key == "dst" else key] = text if key in {"src", "dst"} else _number(text)
            at += 2
        else:
            values[key] = True
            at += 1
    return values


def _number(text: str) -> int | str:
    return int(text) if text.isdecimal() else text
