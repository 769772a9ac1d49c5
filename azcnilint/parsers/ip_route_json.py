"""`ip -j route` into the same models as the text: objects with iproute2's keys (6.1, ip/iproute.c print_route)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from pydantic import JsonValue, ValidationError

from azcnilint.capture import Capture
from azcnilint.models import NextHop, Route, RouteTable, RouteType
from azcnilint.parsers import ip_route_names as names
from azcnilint.parsers.base import ParseResult
from azcnilint.parsers.grammar import LeafError, to_address, to_network
from azcnilint.parsers.ip_route_command import Selection, selection
from azcnilint.parsers.ip_route_table import DEFAULT_INET, assemble, default_of, family_of
from azcnilint.parsers.json_reading import JsonReading
from azcnilint.parsers.json_text import JsonObject
from azcnilint.text import Span

_READ_APART = frozenset(
    {
        "type",
        "dst",
        "from",
        "nhid",
        "encap",
        "gateway",
        "via",
        "dev",
        "table",
        "protocol",
        "scope",
        "prefsrc",
        "metric",
        "flags",
        "expires",
        "metrics",
        "pref",
        "nexthops",
    }
)
_AFTER_ENCAP = frozenset(
    {"gateway", "via", "dev", "table", "protocol", "scope", "prefsrc", "metric", "flags", "flow", "weight"}
)
"""The keys, one of which follows the tunnel's own keys: iproute2 before 6.3 prints them flat, and repeats `dst` so."""

_TUNNEL_KEYS = {
    "ip": frozenset({"id", "src", "dst", "ttl", "tos", "key", "csum", "seq"}),
    "ip6": frozenset({"id", "src", "dst", "hoplimit", "tc", "key", "csum", "seq"}),
    "mpls": frozenset({"dst", "ttl"}),
}


def parse_json(capture: Capture) -> ParseResult[RouteTable]:
    """Read `ip -j route` output. Total: never raises."""
    reading = JsonReading(capture)
    chosen = selection(capture.argv)
    routes: list[Route] = []
    undecided: list[int] = []
    for item, span in reading.rows():
        try:
            route, decided = _route(item, span, chosen)
        except (ValidationError, LeafError, KeyError, TypeError, ValueError) as error:
            reading.refuse(f"not a route: {_reason(error)}", span)
            continue
        if not decided:
            undecided.append(len(routes))
        routes.append(route)
    return reading.result(assemble(reading, routes, undecided, chosen, busybox=False))


def _reason(error: Exception) -> str:
    """Say what is wrong with an object, without pydantic's links."""
    if isinstance(error, KeyError):
        return f"it has no {error}"
    if isinstance(error, ValidationError):
        fault = error.errors()[0]
        return f'"{".".join(map(str, fault["loc"]))}": {fault["msg"].lower()}'
    return str(error).splitlines()[0]


def _route(item: JsonObject, span: Span, chosen: Selection) -> tuple[Route, bool]:
    """Give the route, and whether its family is decided."""
    encap, own = _split_encap(item)
    kind = own.get("type")
    gateway = _gateway(own)
    nexthops = tuple(_nexthop(hop, span) for hop in _objects(own.get("nexthops")))
    prefsrc = to_address(str(own["prefsrc"])) if "prefsrc" in own else None
    source = to_network(str(own["from"])) if "from" in own else None
    prefix: IPv4Network | IPv6Network | None
    if own["dst"] == "default":
        prefix = _default(own, source) or default_of(chosen.family)
    else:
        prefix = to_network(str(own["dst"]))
    route = Route(
        span=span,
        hidden=frozenset({"locked"}),
        type=names.route_type(str(kind)) if kind else RouteType.UNICAST,
        type_shown=kind == "unicast",
        dst=prefix or DEFAULT_INET,
        src=source,
        gateway=gateway or chosen.gateway,
        dev=own.get("dev") or chosen.dev,  # type: ignore[arg-type]  # pydantic refuses what is no string
        table=names.table(str(own["table"])) if "table" in own else chosen.table or "main",
        table_shown="table" in own,
        protocol=names.protocol(str(own["protocol"])) if "protocol" in own else chosen.protocol,
        scope=names.scope(str(own["scope"])) if "scope" in own else chosen.scope,
        prefsrc=prefsrc or chosen.prefsrc,
        metric=own.get("metric", chosen.metric),  # type: ignore[arg-type]  # pydantic refuses what is no number
        nhid=own.get("nhid"),  # type: ignore[arg-type]  # likewise
        nexthops=nexthops,
        flags=_flags(own),
        pref=str(own["pref"]) if "pref" in own else None,
        encap=encap,
        expires=own.get("expires"),  # type: ignore[arg-type]  # likewise
        metrics={key: value for metrics in _objects(own.get("metrics")) for key, value in metrics.items()},
        attributes={key: value for key, value in own.items() if key not in _READ_APART},
    )
    return route, prefix is not None


def _default(own: JsonObject, source: IPv4Network | IPv6Network | None) -> IPv4Network | IPv6Network | None:
    """Give the prefix that `default` means in a route; None when it does not tell."""
    told: list[str] = []
    for way in (own, *_objects(own.get("nexthops"))):
        via = way.get("via")
        if isinstance(via, dict):
            told.append(family_of(str(via.get("host")), str(via.get("family"))))
        elif "gateway" in way:
            told.append(family_of(str(way["gateway"]), None))
    if "prefsrc" in own:
        told.append(family_of(str(own["prefsrc"]), None))
    if "pref" in own:
        told.append("inet6")
    if source is not None:
        told.append("inet6" if source.version == 6 else "inet")
    return default_of(told[0]) if told else None


def _gateway(own: JsonObject) -> IPv4Address | IPv6Address | None:
    via = own.get("via")
    text = via["host"] if isinstance(via, dict) else own.get("gateway")
    return None if text is None else to_address(str(text))


def _flags(own: JsonObject) -> tuple[str, ...]:
    flags = own.get("flags", [])
    if not isinstance(flags, list):
        message = "its flags are no list"
        raise TypeError(message)
    return tuple(str(flag) for flag in flags)


def _objects(value: JsonValue) -> Iterator[JsonObject]:
    """Yield the objects of a list; raises TypeError for any other value but None."""
    for item in [] if value is None else value if isinstance(value, list) else [value]:
        if not isinstance(item, dict):
            message = f"expected an object, found {item!r}"
            raise TypeError(message)
        yield item


def _nexthop(hop: JsonObject, span: Span) -> NextHop:
    encap, own = _split_encap(hop)
    flow = own.get("flow")
    realms = "/".join(str(flow[end]) for end in ("from", "to") if end in flow) if isinstance(flow, dict) else None
    return NextHop(
        span=span,
        gateway=_gateway(own),
        dev=own.get("dev"),  # type: ignore[arg-type]  # pydantic refuses what is no string
        weight=own.get("weight"),  # type: ignore[arg-type]  # likewise
        flags=_flags(own),
        encap=encap,
        realms=realms,
    )


def _split_encap(item: JsonObject) -> tuple[str | None, JsonObject]:
    """Part an encapsulation from the rest of an object; gives its words as the text prints them."""
    encap = item.get("encap")
    if encap is None:
        return None, item
    if isinstance(encap, dict):
        kind, own = str(encap.get("encap_type")), {key: value for key, value in item.items() if key != "encap"}
        return _words(kind, {key: value for key, value in encap.items() if key != "encap_type"}), own
    tunnel: JsonObject = {}
    own = {}
    keys = _TUNNEL_KEYS.get(str(encap))
    inside = False
    for key, value in item.items():
        name = key.partition("#")[0]
        inside = (inside or key == "encap") and key not in _AFTER_ENCAP
        if key == "encap":
            continue
        if inside and name not in tunnel and (keys is None or name in keys):
            tunnel[name] = value
        else:
            own[name if inside else key] = value
    return _words(str(encap), tunnel), own


def _words(kind: str, tunnel: Mapping[str, JsonValue]) -> str:
    """Spell a tunnel's keys as the text does (ip/iproute_lwtunnel.c); MPLS labels stand bare, segments in brackets."""
    words = [kind]
    for key, value in tunnel.items():
        match value:
            case None | True:
                words.append(key)
            case list():
                words.append(f"{key} {len(value)} [ {' '.join(map(str, value))} ]")
            case _ if kind == "mpls" and key == "dst":
                words.append(str(value))
            case _:
                words.append(f"{key} {value}")
    return " ".join(words)
