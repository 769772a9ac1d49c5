"""The names that an expression may use, with their types: `node`, `cluster`, `facts`, `params`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from azcnilint.analysis.pods import PodBinding, PodLink, PodRoute
from azcnilint.models import (
    Address,
    AddressMatch,
    Chain,
    DirectoryEntry,
    DirectoryListing,
    Link,
    ListedDirectory,
    Match,
    NatRule,
    NatTable,
    Neighbour,
    NextHop,
    NodeObject,
    Option,
    Pod,
    Route,
    RoutingRule,
    Workload,
)
from azcnilint.rules.expr.functions import FUNCTIONS, by_name
from azcnilint.rules.expr.scope import Binding, Scope
from azcnilint.rules.expr.typed import Function
from azcnilint.rules.expr.types import CIDR, IP, STRING, Field, ListType, Optional, Scalar, Struct, Type
from azcnilint.rules.node_functions import node_functions
from azcnilint.rules.reflection import Reflection

SHAPES: Mapping[type, tuple[str, str | None]] = {
    Link: ("links", "links"),
    Address: ("addresses", "links"),
    Route: ("routes", "routes"),
    NextHop: ("next hops", "routes"),
    Neighbour: ("neighbours", "neighbours"),
    RoutingRule: ("routing rules", "routing_rules"),
    NatTable: ("tables", None),
    Chain: ("chains", None),
    NatRule: ("rules", None),
    Match: ("matches", None),
    Option: ("options", None),
    AddressMatch: ("address matches", None),
    DirectoryListing: ("directories", "cni_bin"),
    ListedDirectory: ("directories", "cni_bin"),
    DirectoryEntry: ("entries", "cni_bin"),
    Workload: ("workloads", None),
    Pod: ("pods", "pods"),
    NodeObject: ("nodes", "cluster_nodes"),
    PodLink: ("pod links", None),
    PodRoute: ("pod routes", None),
    PodBinding: ("pods", None),
}
"""The record classes of the language: what several are called, and the kind of evidence (None: several kinds)."""

NODE_SLOT, CLUSTER_SLOT, FACTS_SLOT, PARAMS_SLOT, FIRST_FREE_SLOT = 1, 2, 3, 4, 5
"""Places of the frame; 0 is the budget."""

NAMESPACES = frozenset({"net", "nat", "sets", "routing", "pods"})

_UPLINK = frozenset({"links", "routes"})
_POD_JOIN = frozenset({"links", "routes", "neighbours", "pods"})


def _fields(*fields: Field) -> dict[str, Field]:
    return {each.name: each for each in fields}


def _one(name: str, kind: Type, *needs: str) -> Field:
    return Field(name, kind, frozenset(needs))


@lru_cache(maxsize=1)
def records() -> Mapping[str, Struct]:
    """Give the structs of all record classes by name, `Node` and `Cluster` included."""
    reflection = Reflection(SHAPES)
    found = {record.__name__: reflection.struct(record) for record in SHAPES}
    found["Node"] = _node(found)
    found["Cluster"] = _cluster(found)
    return found


def _node(found: Mapping[str, Struct]) -> Struct:
    return Struct(
        "Node",
        _fields(
            _one("name", STRING),
            _one("links", ListType(found["Link"]), "links"),
            _one("routes", ListType(found["Route"]), "routes"),
            _one("neighbours", ListType(found["Neighbour"]), "neighbours"),
            _one("routing_rules", ListType(found["RoutingRule"]), "routing_rules"),
            _one("nat", found["NatTable"], "nat"),
            _one("filter", found["NatTable"], "filter"),
            _one("cni_bin", found["DirectoryListing"], "cni_bin"),
            _one("pods", ListType(found["Pod"]), "pods"),
            _one("uplink", Optional(found["Link"]), *_UPLINK),
            _one("address", Optional(IP), *_UPLINK),
            _one("subnets", ListType(CIDR), *_UPLINK),
            _one("pod_links", ListType(found["PodLink"]), *_POD_JOIN),
            _one("pod_routes", ListType(found["PodRoute"]), *_POD_JOIN),
            _one("pod_bindings", ListType(found["PodBinding"]), *(_POD_JOIN - {"neighbours"})),
        ),
        noun="nodes",
        facade=True,
        table=True,
    )


def _cluster(found: Mapping[str, Struct]) -> Struct:
    return Struct(
        "Cluster",
        _fields(
            _one("name", Optional(STRING)),
            _one("daemon_sets", ListType(found["Workload"]), "daemon_sets"),
            _one("deployments", ListType(found["Workload"]), "deployments"),
            _one("pods", ListType(found["Pod"]), "pods"),
            _one("nodes", ListType(found["NodeObject"]), "cluster_nodes"),
            _one("captured", ListType(found["Node"])),
        ),
        noun="clusters",
        facade=True,
        table=True,
    )


@lru_cache(maxsize=1)
def functions() -> tuple[Function, ...]:
    """Give all functions of the language."""
    return (*FUNCTIONS, *node_functions(records()["Node"], records()["Route"], records()["Chain"]))


@lru_cache(maxsize=1)
def _catalogue() -> tuple[Mapping[str, list[Function]], Mapping[str, list[Function]]]:
    return by_name(functions(), methods=False), by_name(functions(), methods=True)


def scope(facts: Mapping[str, tuple[str, ...]] | None, params: Mapping[str, Type]) -> Scope:
    """Give the names that a rule may use, before its own `let` and `for_each`.

    Args:
        facts: The values of each fact; None where facts may not be used (in facts).
        params: The type of each parameter of the rule.
    """
    names = {
        "node": Binding(records()["Node"], NODE_SLOT),
        "cluster": Binding(records()["Cluster"], CLUSTER_SLOT),
    }
    if facts is not None:
        words = {name: Field(name, Scalar("string", values, f"facts.{name}")) for name, values in facts.items()}
        names["facts"] = Binding(Struct("facts", words, "facts", facade=True), FACTS_SLOT)
    own = {name: Field(name, kind) for name, kind in params.items()}
    names["params"] = Binding(Struct("params", own, "params", facade=True), PARAMS_SLOT)
    plain, methods = _catalogue()
    return Scope(names, plain, methods, NAMESPACES)
