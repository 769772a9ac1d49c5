"""Evidence to what rules read, and back: facades of a snapshot, and for what is missing the words and the command."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from azcnilint.analysis.pods import node_name_by_links
from azcnilint.models import Table
from azcnilint.rules.expr.values import Unknown
from azcnilint.rules.facade import ClusterFacade, NodeFacade, absent
from azcnilint.snapshot import Absent, Cluster, Evidence, Node, Present

T = TypeVar("T", bound=Table)

_OBJECTS = ("pods", "daemon_sets", "deployments", "cluster_nodes")
_SUPPLY = {
    "pods": "kubectl get pods -A -o wide",
    "daemon_sets": "kubectl get daemonsets -A -o wide",
    "deployments": "kubectl get deployments -A -o wide",
    "cluster_nodes": "kubectl get nodes -o wide",
}
_SEQUENCE = {"cluster_nodes": "nodes"}
"""Needs whose sequence in an ObjectTable has another name."""


def _table(evidence: Evidence[T], need: str) -> T | Unknown:
    match evidence:
        case Present(table):
            return table
        case Absent(kind, reason):
            return absent(need, f"{kind}: {reason.value}")


def node_facade(node: Node, cluster: Cluster) -> NodeFacade:
    """Give a node as expressions see it, under the pod list's name for it when the captures name none."""
    return NodeFacade(
        _name(node, cluster),
        link_table=_table(node.links, "links"),
        route_table=_table(node.routes, "routes"),
        neighbour_table=_table(node.neighbours, "neighbours"),
        rule_table=_table(node.routing_rules, "routing_rules"),
        nat=_table(node.nat, "nat"),
        filter=_table(node.filter, "filter"),
        cni_bin=_table(node.cni_bin, "cni_bin"),
        objects=_table(cluster.objects, "pods"),
    )


def _name(node: Node, cluster: Cluster) -> str:
    """A loose paste does not say which node it is of; the checksums in its links' names may, with a pod list."""
    match node.links, cluster.objects:
        case Present(links), Present(objects) if all(pod.node_name != node.name for pod in objects.pods):
            return node_name_by_links(links, objects) or node.name
        case _:
            return node.name


def cluster_facade(cluster: Cluster, nodes: Iterable[NodeFacade]) -> ClusterFacade:
    """Give the cluster as expressions see it."""
    return ClusterFacade(cluster.name, objects=_table(cluster.objects, "pods"), nodes_captured=tuple(nodes))


@dataclass(frozen=True, slots=True)
class Supply:
    """What would settle a verdict: what is missing, in words, and the commands that supply it. Sorted, each once."""

    missing: tuple[str, ...] = field(default=())
    commands: tuple[str, ...] = field(default=())


def supply(needs: Iterable[str], node: Node | None, cluster: Cluster) -> Supply:
    """Say what of these needs is missing or incomplete in the snapshot; needs that are met are left out."""
    found = [gap for need in sorted(needs) if (gap := _gap(need, node, cluster)) is not None]
    return Supply(
        tuple(dict.fromkeys(words for words, _ in found)), tuple(dict.fromkeys(command for _, command in found))
    )


def _gap(need: str, node: Node | None, cluster: Cluster) -> tuple[str, str] | None:
    if need in _OBJECTS:
        return _object_gap(need, cluster)
    if node is None:
        return None
    evidence: Evidence[Table] = getattr(node, need)
    match evidence:
        case Absent(kind, reason, command):
            return f"{kind} ({reason.value})", command
        case Present(table, artifact, complete):
            if complete:
                return None
            return f"the rest of {artifact} ({table.incomplete_because or 'it may lack records'})", FULL_COMMANDS[need]


def _object_gap(need: str, cluster: Cluster) -> tuple[str, str] | None:
    sequence = _SEQUENCE.get(need, need)
    words, command = need.replace("_", " "), _SUPPLY[need]
    match cluster.objects:
        case Absent(_, reason):
            return f"{words} ({reason.value})", command
        case Present(table):
            if sequence not in table.hidden:
                return None
            if not getattr(table, sequence):
                return f"{words} (not captured)", command
            return f"the rest of the {words} ({table.incomplete_because or 'the list may lack some'})", command


FULL_COMMANDS = _SUPPLY | {
    "links": "ip address",
    "routes": "ip route",
    "neighbours": "ip neighbour",
    "routing_rules": "ip rule",
    "nat": "iptables -t nat -L -n -v -x --line-numbers",
    "filter": "iptables -L -n -v -x --line-numbers",
    "cni_bin": "ls -la /opt/cni/bin",
}
"""The command that prints all that rules may ask of each need."""
