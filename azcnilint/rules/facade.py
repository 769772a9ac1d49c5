"""What `node` and `cluster` are while a rule runs: tables in, what expressions read out, each value computed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address
from typing import TypeVar

from azcnilint.analysis import pods, prefixes
from azcnilint.analysis.nat import AGENT_CHAINS, Masquerade, masquerade
from azcnilint.analysis.pod_index import on_node
from azcnilint.analysis.routing import Routing
from azcnilint.analysis.uplink import Uplink, uplink
from azcnilint.models import (
    DirectoryListing,
    LinkTable,
    NatTable,
    NeighbourTable,
    ObjectTable,
    Pod,
    RouteTable,
    RoutingRuleTable,
    Table,
)
from azcnilint.rules.expr.values import Items, Unknown, merged

T = TypeVar("T", bound=Table)

OBJECT_NEEDS: Mapping[str, str] = {
    "daemon_sets": "daemon_sets",
    "deployments": "deployments",
    "pods": "pods",
    "nodes": "cluster_nodes",
}
"""Which kind of evidence supplies which sequence of an ObjectTable."""


def absent(need: str, reason: str = "") -> Unknown:
    """Give the value of evidence that is missing; `reason` says why, in words."""
    return Unknown([need], [reason] if reason else [])


def members(table: Table | Unknown, sequence: str, need: str) -> Items | Unknown:
    """Give the records of a table as a list that knows whether it is whole and what was searched for them."""
    if isinstance(table, Unknown):
        return table
    missing = None
    if sequence in table.hidden:
        missing = Unknown([need], [table.incomplete_because or f"the capture may lack {sequence.replace('_', ' ')}"])
    return Items(getattr(table, sequence), missing, table.span)


@dataclass(frozen=True, eq=False)
class NodeFacade:
    """One node as expressions see it. Evidence that is absent is an Unknown with its kind as need (`absent`).

    Attributes:
        name: As the bundle names it.
        link_table: `ip address`; likewise the others.
        nat: iptables, table nat.
        filter: iptables, table filter.
        objects: What kubectl showed of the cluster, for the pods of this node.
    """

    name: str
    link_table: LinkTable | Unknown = field(default_factory=lambda: absent("links"), repr=False)
    route_table: RouteTable | Unknown = field(default_factory=lambda: absent("routes"), repr=False)
    neighbour_table: NeighbourTable | Unknown = field(default_factory=lambda: absent("neighbours"), repr=False)
    rule_table: RoutingRuleTable | Unknown = field(default_factory=lambda: absent("routing_rules"), repr=False)
    nat: NatTable | Unknown = field(default_factory=lambda: absent("nat"), repr=False)
    filter: NatTable | Unknown = field(default_factory=lambda: absent("filter"), repr=False)
    cni_bin: DirectoryListing | Unknown = field(default_factory=lambda: absent("cni_bin"), repr=False)
    objects: ObjectTable | Unknown = field(default_factory=lambda: absent("pods"), repr=False)
    _of_chain: dict[str, Masquerade] = field(default_factory=dict, repr=False)

    @cached_property
    def links(self) -> Items | Unknown:
        """All links."""
        return members(self.link_table, "links", "links")

    @cached_property
    def routes(self) -> Items | Unknown:
        """All routes, of all tables that the capture shows."""
        return members(self.route_table, "routes", "routes")

    @cached_property
    def neighbours(self) -> Items | Unknown:
        """All neighbour entries."""
        return members(self.neighbour_table, "neighbours", "neighbours")

    @cached_property
    def routing_rules(self) -> Items | Unknown:
        """All rules of IPv4."""
        return members(self.rule_table, "rules", "routing_rules")

    @cached_property
    def pods(self) -> Items | Unknown:
        """The pods that the pod list places on this node."""
        everywhere = members(self.objects, "pods", "pods")
        if isinstance(everywhere, Unknown):
            return everywhere
        placed = [(pod, on_node(pod, self.name)) for pod in everywhere.members if isinstance(pod, Pod)]
        here = tuple(pod for pod, answer in placed if answer)
        missing = everywhere.missing
        if not here or any(answer is None for _, answer in placed):
            missing = missing or Unknown(["pods"], [f"the pod list does not tell which pods are on {self.name}"])
        return Items(here, missing, everywhere.span)

    @cached_property
    def uplink_record(self) -> Uplink | Unknown:
        """The way out of the node; Unknown without links and routes."""
        found = uplink(_table(self.route_table), _table(self.link_table))
        return found if found is not None else self._lacks("links", "routes")

    @cached_property
    def uplink(self) -> object:
        """The link of the best default route; None when there surely is none."""
        return self._of_uplink("link")

    @cached_property
    def address(self) -> object:
        """The IPv4 address of the uplink."""
        return self._of_uplink("address")

    @cached_property
    def subnets(self) -> Items | Unknown:
        """The connected IPv4 subnets of the uplink."""
        record = self.uplink_record
        if isinstance(record, Unknown):
            return record
        missing = self._lacks("links", "routes") if "subnets" in record.hidden else None
        return Items(record.subnets, missing, record.span)

    @cached_property
    def pod_links(self) -> Items | Unknown:
        """The links with pods' names, joined with what belongs to each."""
        if isinstance(self.link_table, Unknown):
            return self.link_table
        return members(
            pods.pod_links(
                self.link_table,
                _table(self.route_table),
                _table(self.neighbour_table),
                _table(self.objects),
                self.name,
            ),
            "pod_links",
            "links",
        )

    @cached_property
    def pod_routes(self) -> Items | Unknown:
        """The host routes to pods, joined with what belongs to each."""
        if isinstance(self.route_table, Unknown):
            return self.route_table
        return members(
            pods.pod_routes(
                self.route_table,
                _table(self.link_table),
                _table(self.neighbour_table),
                _table(self.objects),
                self.name,
            ),
            "pod_routes",
            "routes",
        )

    @cached_property
    def pod_bindings(self) -> Items | Unknown:
        """The pods that must have a link of their own here, joined with it."""
        if isinstance(self.objects, Unknown):
            return self.objects
        own = self.address if isinstance(self.address, IPv4Address | IPv6Address) else None
        table = pods.pod_bindings(self.objects, _table(self.link_table), _table(self.route_table), self.name, own)
        return members(table, "pod_bindings", "pods")

    @cached_property
    def masquerade(self) -> Masquerade | Unknown:
        """What the nat table does to the pods' IPv4 connections, whichever pod they are from."""
        if isinstance(self.nat, Unknown):
            return self.nat
        device = None if isinstance(self.uplink_record, Unknown) else self.uplink_record.ifname
        return masquerade(self.nat, prefixes.PrefixSet.everything(), device, interface_free=AGENT_CHAINS)

    def chain_masquerade(self, name: str) -> Masquerade | Unknown:
        """What one chain of the nat table does to the pods' IPv4 connections that come to it."""
        if isinstance(self.nat, Unknown):
            return self.nat
        if self.nat.chain(name) is None and not self.nat.settles("chains"):
            return Unknown(["nat"], [self.nat.incomplete_because or "chains may be missing"])
        if name not in self._of_chain:
            device = None if isinstance(self.uplink_record, Unknown) else self.uplink_record.ifname
            self._of_chain[name] = masquerade(
                self.nat, prefixes.PrefixSet.everything(), device, chain=name, interface_free=AGENT_CHAINS
            )
        return self._of_chain[name]

    @cached_property
    def routing(self) -> Routing | Unknown:
        """Table main, indexed for lookups."""
        return self.route_table if isinstance(self.route_table, Unknown) else Routing(self.route_table)

    def _of_uplink(self, name: str) -> object:
        record = self.uplink_record
        if isinstance(record, Unknown):
            return record
        return self._lacks("links", "routes") if name in record.hidden else getattr(record, name)

    def _lacks(self, *needs: str) -> Unknown:
        """Give an Unknown for what follows from two tables: what is absent of them, else that they leave it open."""
        tables: Mapping[str, Table | Unknown] = {"links": self.link_table, "routes": self.route_table}
        missing = [table for need in needs if isinstance(table := tables[need], Unknown)]
        return merged(missing) if missing else Unknown(needs, ["the captures do not settle the way out of the node"])


@dataclass(frozen=True, eq=False)
class ClusterFacade:
    """The cluster as expressions see it.

    Attributes:
        name: None when nothing tells it.
        objects: What kubectl showed, or for each sequence that is missing an Unknown in `absences`.
        absences: Sequences of `objects` that nothing was captured of, with the reason.
        nodes_captured: The nodes of the bundle.
    """

    name: str | None = None
    objects: ObjectTable | Unknown = field(default_factory=lambda: absent("pods"), repr=False)
    absences: Mapping[str, Unknown] = field(default_factory=dict, repr=False)
    nodes_captured: tuple[NodeFacade, ...] = field(default=(), repr=False)

    @cached_property
    def daemon_sets(self) -> Items | Unknown:
        """All DaemonSets."""
        return self._objects("daemon_sets")

    @cached_property
    def deployments(self) -> Items | Unknown:
        """All Deployments."""
        return self._objects("deployments")

    @cached_property
    def pods(self) -> Items | Unknown:
        """All pods."""
        return self._objects("pods")

    @cached_property
    def nodes(self) -> Items | Unknown:
        """All Node objects."""
        return self._objects("nodes")

    @cached_property
    def captured(self) -> Items:
        """The nodes of the bundle: all that there are only when the list of Node objects names no other."""
        own = {node.name for node in self.nodes_captured}
        listed = self.nodes
        if isinstance(listed, Unknown):
            return Items(self.nodes_captured, listed)
        names = {getattr(node, "name", None) for node in listed.members}
        missing = listed.missing
        if not names <= own:
            missing = Unknown(["links"], [f"nothing was captured of {len(names - own)} nodes of the cluster"])
        return Items(self.nodes_captured, missing, listed.span)

    def _objects(self, sequence: str) -> Items | Unknown:
        if sequence in self.absences:
            return self.absences[sequence]
        if isinstance(self.objects, Unknown):
            return Unknown([OBJECT_NEEDS[sequence]], self.objects.reasons)
        return members(self.objects, sequence, OBJECT_NEEDS[sequence])


def _table(table: T | Unknown) -> T | None:
    return None if isinstance(table, Unknown) else table
