"""The functions of the language that ask about a whole node: nat, routing, and the names of pods' links."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from azcnilint.analysis.pods import pod_ifname
from azcnilint.rules.expr.typed import Function
from azcnilint.rules.expr.types import BOOL, CIDR, IP, STRING, ListType, Optional, Struct
from azcnilint.rules.expr.values import Items, Unknown
from azcnilint.rules.facade import NodeFacade

_NAT = frozenset({"nat"})
_ROUTES = frozenset({"routes"})


def node_functions(node: Struct, route: Struct) -> tuple[Function, ...]:
    """Give the functions; the structs are the types of `node` and of a route."""
    return (
        Function(
            "nat.excluded",
            (node, CIDR),
            BOOL,
            _excluded,
            "Whether pods reach every address of the prefix under their own address.",
            needs=_NAT,
        ),
        Function(
            "nat.masqueraded",
            (node, CIDR),
            BOOL,
            _masqueraded,
            "Whether pods reach every address of the prefix under the node's address.",
            needs=_NAT,
        ),
        Function(
            "nat.exclusions",
            (node,),
            ListType(CIDR),
            _exclusions,
            "The destinations that pods reach under their own address, as the fewest prefixes.",
            needs=_NAT,
        ),
        Function(
            "routing.lookup",
            (node, IP),
            Optional(route),
            _lookup,
            "The route of table main that a packet to the address takes.",
            needs=_ROUTES,
        ),
        Function(
            "pods.ifname",
            (STRING, STRING),
            STRING,
            pod_ifname,
            "The name of a pod's link in transparent mode, from namespace and name.",
        ),
        Function(
            "pods.ifname",
            (STRING, STRING, STRING),
            STRING,
            pod_ifname,
            "The same with another prefix than `azv`.",
        ),
    )


def _answer(node: NodeFacade, network: IPv4Network | IPv6Network, answer: bool | None) -> object:  # noqa: FBT001 - the truth itself
    if network.version != 4:
        return Unknown(["nat"], ["the nat table of ip6tables is not read"])
    return answer if answer is not None else Unknown(["nat"], _doubts(node))


def _doubts(node: NodeFacade) -> list[str]:
    """Say why the nat table leaves it open."""
    found = node.masquerade
    if isinstance(found, Unknown):
        return list(found.reasons)
    return [f"{doubt.chain}: {doubt.reason}" for doubt in found.doubts()]


def _excluded(node: NodeFacade, network: IPv4Network | IPv6Network) -> object:
    found = node.masquerade
    return found if isinstance(found, Unknown) else _answer(node, network, found.excludes(network))


def _masqueraded(node: NodeFacade, network: IPv4Network | IPv6Network) -> object:
    found = node.masquerade
    return found if isinstance(found, Unknown) else _answer(node, network, found.masquerades(network))


def _exclusions(node: NodeFacade) -> object:
    found = node.masquerade
    if isinstance(found, Unknown):
        return found
    missing = None if found.undecided.is_empty else Unknown(["nat"], _doubts(node))
    return Items(tuple(found.kept.networks()), missing)


def _lookup(node: NodeFacade, address: IPv4Address | IPv6Address) -> object:
    found = node.routing
    if isinstance(found, Unknown):
        return found
    answer = found.lookup(address)
    return answer.route if answer.decided else Unknown(["routes"], ["the route table does not settle the lookup"])
