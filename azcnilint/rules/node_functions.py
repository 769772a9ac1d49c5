"""The functions of the language that ask about a whole node: nat, routing, and the names of pods' links."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from azcnilint.analysis.nat import Masquerade
from azcnilint.analysis.pods import pod_ifname
from azcnilint.rules.expr.typed import Function
from azcnilint.rules.expr.types import BOOL, CIDR, IP, STRING, ListType, Optional, Struct
from azcnilint.rules.expr.values import Items, Unknown
from azcnilint.rules.facade import NodeFacade

_NAT = frozenset({"nat"})
_ROUTES = frozenset({"routes"})


def node_functions(node: Struct, route: Struct, chain: Struct) -> tuple[Function, ...]:
    """Give the functions; the structs are the types of `node`, of a route and of a chain."""
    return (
        Function(
            "nat.excluded",
            (node, CIDR),
            BOOL,
            _excluded,
            "Whether pods reach every address of the prefix under their own address.",
            needs=_NAT,
            witnesses=_deciding_rules,
        ),
        Function(
            "nat.masqueraded",
            (node, CIDR),
            BOOL,
            _masqueraded,
            "Whether pods reach every address of the prefix under the node's address.",
            needs=_NAT,
            witnesses=_deciding_rules,
        ),
        Function(
            "nat.chain",
            (node, STRING),
            Optional(chain),
            _chain,
            "The chain of that name in table nat; names are unique, so a chain that is shown is settled.",
            needs=_NAT,
        ),
        Function(
            "nat.chainExcludes",
            (node, STRING, CIDR),
            BOOL,
            _chain_excludes,
            "Whether the chain by itself leaves every address of the prefix unmasqueraded, however packets come to it.",
            needs=_NAT,
            witnesses=_deciding_rules_of_chain,
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


def _chain(node: NodeFacade, name: str) -> object:
    table = node.nat
    if isinstance(table, Unknown):
        return table
    found = table.chain(name)
    if found is None and not table.settles("chains"):
        return Unknown(["nat"], [table.incomplete_because or "chains may be missing"])
    return found


def _chain_excludes(node: NodeFacade, name: str, network: IPv4Network | IPv6Network) -> object:
    found = node.chain_masquerade(name)
    if isinstance(found, Unknown):
        return found
    return _answer(node, network, found.excludes(network))


def _exclusions(node: NodeFacade) -> object:
    found = node.masquerade
    if isinstance(found, Unknown):
        return found
    missing = None if found.undecided.is_empty else Unknown(["nat"], _doubts(node))
    return Items(tuple(found.kept.networks()), missing)


def _deciding_rules(node: NodeFacade, network: IPv4Network | IPv6Network) -> list[tuple[object, str]]:
    """Give the rules, or the chains that packets fall off the end of, that settle what becomes of the prefix."""
    return _deciders(node, node.masquerade, network)


def _deciding_rules_of_chain(
    node: NodeFacade, name: str, network: IPv4Network | IPv6Network
) -> list[tuple[object, str]]:
    return _deciders(node, node.chain_masquerade(name), network)


def _deciders(
    node: NodeFacade, found: Masquerade | Unknown, network: IPv4Network | IPv6Network
) -> list[tuple[object, str]]:
    if isinstance(found, Unknown) or isinstance(node.nat, Unknown):
        return []
    shown: list[tuple[object, str]] = []
    for decision in found.decided_by(network):
        record = decision.rule or node.nat.chain(decision.chain)
        verb = "masquerades" if decision.masqueraded else "keeps the source of what goes to"
        shown.append((record, f"{verb} {decision.destinations}"))
    return shown


def _lookup(node: NodeFacade, address: IPv4Address | IPv6Address) -> object:
    found = node.routing
    if isinstance(found, Unknown):
        return found
    answer = found.lookup(address)
    return answer.route if answer.decided else Unknown(["routes"], ["the route table does not settle the lookup"])
