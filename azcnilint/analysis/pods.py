"""The per-pod join: host-side link, host route, neighbour and pod, brought together by name and address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv6Address

from pydantic.dataclasses import dataclass

from azcnilint.analysis.pod_index import (
    NAMED_BY_POD,
    PodIndex,
    bridge_ifname,
    grouped,
    is_pod_link_name,
    must_have_link,
    pod_ifname,
)
from azcnilint.analysis.routing import MAIN, devices
from azcnilint.models import (
    NOTHING,
    RECORD,
    Link,
    LinkTable,
    Neighbour,
    NeighbourTable,
    ObjectTable,
    Pod,
    Record,
    Route,
    RouteTable,
    Table,
)


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class PodLink(Record):
    """The host end of a pod's link, and what belongs to it.

    Attributes:
        link: A link with a pod's name: `azv…`, `lxc…`, `cali…`.
        routes: Routes of table main that leave by it, of the families that the route table is of; hidden without a
            whole route table.
        neighbours: Entries on it; hidden without a whole neighbour table.
        pod: The pod on this node that it belongs to, by the checksum in its name, or by the address of its host
            routes where the name tells nothing (Cilium). None when no pod of a whole list is it; hidden when the list
            is not whole, does not say which pods are here, or when neither way applies (a port of a bridge).
    """

    link: Link
    routes: tuple[Route, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    pod: Pod | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class PodLinkTable(Table):
    """All links with pods' names; `hidden` holds `pod_links` when links may be missing."""

    pod_links: tuple[PodLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class PodRoute(Record):
    """A host route to a pod: /32 or /128, by a device with a pod's name.

    Attributes:
        route: The route.
        link: The link that it names; None when a whole link table has none, hidden otherwise.
        neighbours: Entries for the destination on that device; hidden without a whole neighbour table.
        pod: The pod that the device belongs to; see PodLink.
        owner: The pod on this node that has the destination as its address; None and hidden as `pod` is.
    """

    route: Route
    link: Link | None = None
    neighbours: tuple[Neighbour, ...] = ()
    pod: Pod | None = None
    owner: Pod | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class PodRouteTable(Table):
    """All host routes to pods in table main; `hidden` holds `pod_routes` when routes may be missing."""

    pod_routes: tuple[PodRoute, ...]


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class PodBinding(Record):
    """A pod that must have a link of its own here: running, on this node, not in the host's network.

    Attributes:
        pod: The pod.
        ifname: The name that its link must have.
        link: The link of that name; None when a whole link table has none, hidden otherwise.
        routes: Routes of table main that leave by `ifname`; hidden without a whole route table.
    """

    pod: Pod
    ifname: str
    link: Link | None = None
    routes: tuple[Route, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class PodBindingTable(Table):
    """All pods that must have a link here; `hidden` holds `pod_bindings` when pods may be missing or left open."""

    pod_bindings: tuple[PodBinding, ...]


def node_name_by_links(links: LinkTable, pods: ObjectTable) -> str | None:
    """Give the node that all pods named by the links run on; None when they disagree, or no link names a pod.

    For a capture that does not say which node it is from. One leftover link of a moved pod is enough to disagree.
    """
    names = {link.ifname for link in links.links}
    nodes = {pod.node_name for pod in pods.pods if pod_ifname(pod.namespace or "", pod.name) in names}
    return nodes.pop() if len(nodes) == 1 else None


def pod_links(
    links: LinkTable,
    routes: RouteTable | None = None,
    neighbours: NeighbourTable | None = None,
    pods: ObjectTable | None = None,
    node_name: str | None = None,
) -> PodLinkTable:
    """Join every link that has a pod's name with its routes, neighbours and pod. O(n + m); total: never raises."""
    around = _Surroundings(routes, neighbours, pods, node_name)
    return PodLinkTable(
        span=links.span,
        hidden=NOTHING if _whole(links, "links") else frozenset({"pod_links"}),
        incomplete_because=links.incomplete_because,
        pod_links=tuple(around.pod_link(link) for link in links.links if is_pod_link_name(link.ifname)),
    )


def pod_routes(
    routes: RouteTable,
    links: LinkTable | None = None,
    neighbours: NeighbourTable | None = None,
    pods: ObjectTable | None = None,
    node_name: str | None = None,
) -> PodRouteTable:
    """Join every host route to a pod with its link, neighbours and pods. O(n + m); total: never raises."""
    around = _Surroundings(routes, neighbours, pods, node_name)
    by_ifname = _links_by_name(links)
    found = tuple(
        around.pod_route(route, by_ifname.get(route.dev), links_whole=_whole(links, "links"))
        for route in routes.routes
        if route.dev is not None and route.host and route.table in MAIN and is_pod_link_name(route.dev)
    )
    return PodRouteTable(
        span=routes.span,
        hidden=NOTHING if around.routes_whole else frozenset({"pod_routes"}),
        incomplete_because=routes.incomplete_because,
        pod_routes=found,
    )


def pod_bindings(  # noqa: PLR0913 - each is one piece of evidence
    pods: ObjectTable,
    links: LinkTable | None = None,
    routes: RouteTable | None = None,
    node_name: str | None = None,
    node_address: IPv4Address | IPv6Address | None = None,
    *,
    prefix: str = "azv",
) -> PodBindingTable:
    """Join every pod that must have a link on this node with that link and its routes. O(n + m); total: never raises.

    A pod for which that is open (no node name, no address to tell host network by) is left out, and the table then
    says that pods may be missing.
    """
    around = _Surroundings(routes, None, pods, node_name)
    by_ifname = _links_by_name(links)
    belongs = [(pod, must_have_link(pod, node_name, node_address)) for pod in pods.pods]
    whole = around.pods_whole and all(answer is not None for _, answer in belongs)
    return PodBindingTable(
        span=pods.span,
        hidden=NOTHING if whole else frozenset({"pod_bindings"}),
        incomplete_because=None if whole else pods.incomplete_because or "the list does not settle which pods are here",
        pod_bindings=tuple(
            around.pod_binding(pod, by_ifname, prefix, links_whole=_whole(links, "links"))
            for pod, answer in belongs
            if answer
        ),
    )


class _Surroundings:
    """Routes, neighbours and pods, indexed by device, address and name, with what each table leaves open."""

    def __init__(
        self,
        routes: RouteTable | None,
        neighbours: NeighbourTable | None,
        pods: ObjectTable | None,
        node_name: str | None,
    ) -> None:
        main = [route for route in routes.routes if route.table in MAIN] if routes is not None else []
        entries = neighbours.neighbours if neighbours is not None else ()
        self.routes_by_dev = grouped((dev, route) for route in main for dev in devices(route))
        self.neighbours_by_dev = grouped((entry.dev, entry) for entry in entries)
        self.routes_whole = _routes_whole(routes)
        self.neighbours_whole = _whole(neighbours, "neighbours") and all(entry.dev is not None for entry in entries)
        self.pods_whole = _pods_whole(pods)
        self._pods = PodIndex(pods.pods if pods is not None else (), node_name)

    def pod_link(self, link: Link) -> PodLink:
        routes = self.routes_by_dev.get(link.ifname, ())
        pod, pod_open = self._pod_of(link.ifname, link, routes)
        hidden = {"routes": not self.routes_whole, "neighbours": not self.neighbours_whole, "pod": pod_open}
        return PodLink(
            span=link.span,
            hidden=_open(hidden),
            link=link,
            routes=routes,
            neighbours=self.neighbours_by_dev.get(link.ifname, ()),
            pod=pod,
        )

    def pod_route(self, route: Route, link: Link | None, *, links_whole: bool) -> PodRoute:
        pod, pod_open = self._pod_of(str(route.dev), link, (route,))
        owner, owner_open = self._pods.at(route.dst.network_address)
        hidden = {
            "link": link is None and not links_whole,
            "neighbours": not self.neighbours_whole,
            "pod": pod_open,
            "owner": owner_open or (owner is None and not self.pods_whole),
        }
        entries = self.neighbours_by_dev.get(route.dev, ())
        return PodRoute(
            span=route.span,
            hidden=_open(hidden),
            route=route,
            link=link,
            neighbours=tuple(entry for entry in entries if entry.dst == route.dst.network_address),
            pod=pod,
            owner=owner,
        )

    def pod_binding(
        self, pod: Pod, by_ifname: Mapping[str | None, Link], prefix: str, *, links_whole: bool
    ) -> PodBinding:
        ifname = pod_ifname(pod.namespace or "", pod.name, prefix)
        link = by_ifname.get(ifname)
        return PodBinding(
            span=pod.span,
            hidden=_open({"link": link is None and not links_whole, "routes": not self.routes_whole}),
            pod=pod,
            ifname=ifname,
            link=link,
            routes=self.routes_by_dev.get(ifname, ()),
        )

    def _pod_of(self, ifname: str, link: Link | None, routes: Iterable[Route]) -> tuple[Pod | None, bool]:
        """Give the pod of a device and whether it is open; by name where names are checksums, else by address."""
        if NAMED_BY_POD.fullmatch(ifname):
            pod, is_open = self._pods.named(ifname)
            port = link is not None and (link.master is not None or "master" in link.hidden)
            return pod, is_open or (pod is None and (port or not self.pods_whole))
        answers = [self._pods.at(route.dst.network_address) for route in routes if route.host]
        found = next((pod for pod, _ in answers if pod is not None), None)
        settled = self.routes_whole and self.pods_whole and not any(is_open for _, is_open in answers)
        return found, found is None and not settled


def _whole(table: Table | None, name: str) -> bool:
    return table is not None and name not in table.hidden


def _pods_whole(pods: ObjectTable | None) -> bool:
    """Say whether the list holds every pod of the cluster."""
    return pods is not None and {"pods", "namespace"}.isdisjoint(pods.hidden) and pods.namespace is None


def _routes_whole(routes: RouteTable | None) -> bool:
    """Say whether all routes of table main are there with their devices, of the families that the capture is of."""
    if routes is None or "routes" in routes.hidden or (routes.table is not None and routes.table not in MAIN):
        return False
    return not any("dev" in route.hidden and route.table in MAIN for route in routes.routes)


def _open(fields: Mapping[str, bool]) -> frozenset[str]:
    return frozenset(name for name, is_open in fields.items() if is_open)


def _links_by_name(links: LinkTable | None) -> dict[str | None, Link]:
    found: dict[str | None, Link] = {}
    for link in links.links if links is not None else ():
        found.setdefault(link.ifname, link)
    return found


__all__ = [
    "PodBinding",
    "PodBindingTable",
    "PodLink",
    "PodLinkTable",
    "PodRoute",
    "PodRouteTable",
    "bridge_ifname",
    "is_pod_link_name",
    "node_name_by_links",
    "pod_bindings",
    "pod_ifname",
    "pod_links",
    "pod_routes",
]
