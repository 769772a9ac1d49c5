"""The per-pod join: names by checksum, three-valued fields, and real nodes."""

from __future__ import annotations

import os
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import pytest

from azcnilint.analysis.pods import (
    PodBinding,
    PodLink,
    PodRoute,
    bridge_ifname,
    is_pod_link_name,
    node_name_by_links,
    pod_bindings,
    pod_ifname,
    pod_links,
    pod_routes,
)
from azcnilint.models import Link, LinkTable, Neighbour, NeighbourTable, ObjectTable, Pod, Route, RouteTable
from azcnilint.parsers import parse_ip_address, parse_ip_neighbour, parse_ip_route, parse_kubectl
from tests.analysis.building import PLACE

HERE, THERE = "aks-0", "aks-1"
WEB, DNS = pod_ifname("default", "web"), pod_ifname("kube-system", "coredns-1")


def pod(name: str, address: str | None, **fields: object) -> Pod:
    """Give a running pod of namespace default on this node, as JSON would tell it."""
    given: dict[str, object] = {"namespace": "default", "phase": "Running", "node_name": HERE, "host_network": False}
    pod_ip = None if address is None else ip_address(address)
    return Pod(span=PLACE, name=name, pod_ip=pod_ip, **(given | fields))  # type: ignore[arg-type] # fields by name


def pods(*members: Pod, hidden: str = "", namespace: str | None = None) -> ObjectTable:
    """Give a list of all pods of the cluster, unless something is hidden."""
    return ObjectTable(span=PLACE, pods=members, namespace=namespace, hidden=frozenset(hidden.split()))


def links(*names: str, hidden: str = "", master: str | None = None) -> LinkTable:
    """Give links of those names."""
    members = tuple(Link(span=PLACE, ifindex=at, ifname=name, master=master) for at, name in enumerate(names, 1))
    return LinkTable(span=PLACE, links=members, hidden=frozenset(hidden.split()))


def routes(text: str) -> RouteTable:
    """Read what `ip route` printed, taken as whole."""
    table = parse_ip_route(text).value
    assert table is not None
    return replace(table, hidden=frozenset(), incomplete_because=None)


def neighbours(text: str) -> NeighbourTable:
    """Read what `ip neighbour` printed."""
    table = parse_ip_neighbour(text).value
    assert table is not None
    return table


ALL = pods(
    pod("web", "10.224.0.9"),
    pod("coredns-1", "10.224.0.10", namespace="kube-system"),
    pod("proxy", "10.224.0.4", host_network=True),
    pod("web-far", "10.224.1.9", node_name=THERE),
)
NODE_ROUTES = f"""\
default via 10.224.0.1 dev eth0 proto dhcp src 10.224.0.4 metric 100
10.224.0.9 dev {WEB} proto static
10.224.0.10 dev {DNS} proto static
168.63.129.16 via 10.224.0.1 dev eth0 proto dhcp src 10.224.0.4 metric 100
"""
NODE_NEIGHBOURS = f"""\
10.224.0.9 dev {WEB} lladdr 3e:5c:27:9f:d0:a1 REACHABLE
10.224.0.77 dev {WEB} FAILED
10.224.0.1 dev eth0 lladdr 12:34:56:78:9a:bc REACHABLE
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (WEB, True),
        ("azv0123456", True),
        ("azveth0123456", True),
        ("azv0123456789a2", False),
        ("azvXYZ", False),
        ("lxc0a1b2c3d4e5f", True),
        ("lxc_health", False),
        ("cali0123456789a", True),
        ("eth0", False),
        ("vxlan.calico", False),
        ("azure0", False),
    ],
)
def test_names_of_pod_links(name: str, expected: bool) -> None:  # noqa: FBT001 - parametrized
    """Azure CNI of every age, Cilium and Calico; nothing else."""
    assert is_pod_link_name(name) is expected


def test_names_are_made_by_the_documented_keys() -> None:
    """SHA-1 of `namespace.pod` in transparent mode and for Calico, of `azure<sandbox id>eth0` in bridge mode."""
    assert pod_ifname("default", "nginx") == "azvc440f455693"
    assert pod_ifname("default", "nginx", "cali") == "calic440f455693"
    assert bridge_ifname("0" * 64) == "azv1f59f5325f4"


def test_a_link_is_joined_with_its_routes_neighbours_and_pod() -> None:
    """With whole tables nothing is open."""
    route_table, neighbour_table = routes(NODE_ROUTES), neighbours(NODE_NEIGHBOURS)
    link_table = links("eth0", WEB, "azv00000000000")

    table = pod_links(link_table, route_table, neighbour_table, ALL, HERE)

    assert table.complete
    assert table.pod_links == (
        PodLink(
            span=PLACE,
            link=link_table.links[1],
            routes=(route_table.routes[1],),
            neighbours=neighbour_table.neighbours[:2],
            pod=ALL.pods[0],
        ),
        PodLink(span=PLACE, link=link_table.links[2]),
    )
    assert [one.hidden for one in table.pod_links] == [frozenset(), frozenset()]


def test_without_the_other_tables_their_fields_are_open() -> None:
    """Law 2: a link alone says nothing about routes, neighbours or pods."""
    (one,) = pod_links(links(WEB)).pod_links

    assert one == PodLink(span=PLACE, link=links(WEB).links[0])
    assert one.hidden == {"routes", "neighbours", "pod"}


@pytest.mark.parametrize(
    ("listed", "node", "found", "is_open"),
    [
        (ALL, HERE, "web", False),
        (ALL, THERE, None, False),
        (ALL, None, None, True),
        (pods(), None, None, False),
        (pods(hidden="pods"), HERE, None, True),
        (pods(namespace="kube-system"), HERE, None, True),
        (replace(ALL, hidden=frozenset({"pods"})), HERE, "web", False),
        (pods(pod("web", None, node_name=None, hidden=frozenset({"node_name", "pod_ip"}))), HERE, None, True),
        (pods(pod("other", None, node_name=None, hidden=frozenset({"node_name", "pod_ip"}))), HERE, None, False),
        (pods(pod("other", None, namespace=None)), HERE, None, True),
    ],
)
def test_the_pod_of_a_link(listed: ObjectTable, node: str | None, found: str | None, is_open: bool) -> None:  # noqa: FBT001 - parametrized
    """Found on this node: the pod. Not in a whole list, or only on another node: none. Otherwise open."""
    (one,) = pod_links(links(WEB), pods=listed, node_name=node).pod_links

    assert (one.pod and one.pod.name, "pod" in one.hidden) == (found, is_open)


def test_a_port_of_a_bridge_has_another_key() -> None:
    """In bridge mode the name is made from the sandbox id, so a missing name proves nothing."""
    (one,) = pod_links(links("azv00000000000", master="azure0"), pods=ALL, node_name=HERE).pod_links

    assert (one.pod, "pod" in one.hidden) == (None, True)


def test_a_link_that_may_be_a_port_of_a_bridge_is_open() -> None:
    """`ip -br link` prints no master."""
    table = links("azv00000000000")
    brief = replace(table, links=(replace(table.links[0], hidden=frozenset({"master"})),))

    (one,) = pod_links(brief, pods=ALL, node_name=HERE).pod_links

    assert (one.pod, "pod" in one.hidden) == (None, True)


def test_cilium_links_find_their_pod_by_address() -> None:
    """`lxc…` names are random; the host route tells whose they are."""
    by_lxc = routes("10.224.0.9 dev lxc0a1b2c3d4e5f proto kernel scope link\n")

    (joined,) = pod_links(links("lxc0a1b2c3d4e5f"), by_lxc, pods=ALL, node_name=HERE).pod_links
    (alone,) = pod_links(links("lxc0a1b2c3d4e5f"), pods=ALL, node_name=HERE).pod_links

    assert joined.pod == ALL.pods[0]
    assert (alone.pod, "pod" in alone.hidden) == (None, True)


def test_pods_without_addresses_leave_the_owner_of_an_address_open() -> None:
    """`kubectl get pods` without `-o wide` prints no IP column."""
    narrow = pods(pod("web", None, hidden=frozenset({"pod_ip"})))

    one = pod_routes(routes(NODE_ROUTES), pods=narrow, node_name=HERE).pod_routes[0]

    assert one.pod == narrow.pods[0]
    assert (one.owner, "owner" in one.hidden) == (None, True)


def test_incomplete_tables_are_passed_on() -> None:
    """Routes and links that may be missing keep absence open."""
    cut = replace(routes(NODE_ROUTES), hidden=frozenset({"routes"}), incomplete_because="cut")
    table = pod_links(links(WEB, hidden="links"), cut, neighbours(NODE_NEIGHBOURS), ALL, HERE)

    assert table.hidden == {"pod_links"}
    assert table.pod_links[0].hidden == {"routes"}
    assert pod_routes(cut, links()).hidden == {"pod_routes"}
    assert pod_routes(cut).incomplete_because == "cut"
    assert pod_routes(replace(cut, hidden=frozenset(), table="100")).hidden == {"pod_routes"}


def test_a_host_route_is_joined_with_link_neighbours_pod_and_owner() -> None:
    """F5: the route of web's address points at coredns' link."""
    crossed = routes(f"10.224.0.9 dev {DNS} proto static\n10.0.0.0/8 dev {WEB}\n10.224.0.1 dev eth0 scope link\n")
    on_dns = neighbours(f"10.224.0.9 dev {DNS} lladdr 3e:5c:27:9f:d0:a1 STALE\n10.224.0.9 dev {WEB} FAILED\n")
    link_table = links(DNS)

    table = pod_routes(crossed, link_table, on_dns, ALL, HERE)

    assert table.complete
    assert table.pod_routes == (
        PodRoute(
            span=PLACE,
            route=crossed.routes[0],
            link=link_table.links[0],
            neighbours=on_dns.neighbours[:1],
            pod=ALL.pods[1],
            owner=ALL.pods[0],
        ),
    )
    assert table.pod_routes[0].hidden == frozenset()
    assert table.pod_routes[0].span == crossed.routes[0].span


def test_a_route_without_link_is_settled_by_whole_links_only() -> None:
    """The captures are of two nodes, or of two moments."""
    route_table = routes(NODE_ROUTES)

    assert [one.hidden for one in pod_routes(route_table, links(), pods=ALL, node_name=HERE).pod_routes] == [
        {"neighbours"}, {"neighbours"},
    ]  # fmt: skip
    assert [one.hidden for one in pod_routes(route_table).pod_routes] == [
        {"link", "neighbours", "pod", "owner"}, {"link", "neighbours", "pod", "owner"},
    ]  # fmt: skip
    assert pod_routes(route_table, links(hidden="links")).pod_routes[0].link is None


def test_finished_pods_own_no_address() -> None:
    """A job's address is given to another pod while the job stays in the list."""
    reused = pods(pod("job", "10.224.0.9", phase="Completed"), pod("web", "10.224.0.9"))

    one = pod_routes(routes(NODE_ROUTES), pods=reused, node_name=HERE).pod_routes[0]

    assert one.owner == reused.pods[1]


def test_bindings_are_the_running_pods_of_this_node_with_their_own_network() -> None:
    """Everything settled: who must have a link, and who has it."""
    route_table, link_table = routes(NODE_ROUTES), links("eth0", WEB)
    members = (*ALL.pods, pod("done", None, phase="Completed"), pod("waiting", None, node_name=None, phase="Pending"))

    table = pod_bindings(pods(*members), link_table, route_table, HERE)

    assert table.complete
    assert table.pod_bindings == (
        PodBinding(span=PLACE, pod=ALL.pods[0], ifname=WEB, link=link_table.links[1], routes=(route_table.routes[1],)),
        PodBinding(span=PLACE, pod=ALL.pods[1], ifname=DNS, routes=(route_table.routes[2],)),
    )
    assert [one.hidden for one in table.pod_bindings] == [frozenset(), frozenset()]


@pytest.mark.parametrize(
    ("one", "node_address", "bound", "is_open"),
    [
        (pod("web", "10.224.0.9", host_network=None), "10.224.0.4", True, False),
        (pod("web", "10.224.0.4", host_network=None), "10.224.0.4", False, False),
        (pod("web", "10.224.0.9", host_network=None), None, False, True),
        (pod("web", None, host_network=None), "10.224.0.4", False, True),
        (pod("web", "10.224.0.9", node_name=None, hidden=frozenset({"node_name"})), "10.224.0.4", False, True),
        (pod("web", "10.224.0.9", node_name=THERE, host_network=None), None, False, False),
        (pod("web", "10.224.0.9", phase=None), "10.224.0.4", False, True),
        (pod("web", "10.224.0.9", namespace=None), "10.224.0.4", False, True),
        (pod("web", "10.224.0.9", phase="CrashLoopBackOff"), "10.224.0.4", False, False),
    ],
)
def test_a_pod_that_may_need_a_link_is_left_out_and_told(
    one: Pod,
    node_address: str | None,
    bound: bool,  # noqa: FBT001 - parametrized
    is_open: bool,  # noqa: FBT001 - parametrized
) -> None:
    """Law 4: an open pod is neither bound nor denied; the table lacks members then."""
    address = None if node_address is None else ip_address(node_address)

    table = pod_bindings(pods(one), links(WEB), routes(NODE_ROUTES), HERE, address)

    assert (len(table.pod_bindings) == 1, table.hidden) == (bound, {"pod_bindings"} if is_open else frozenset())
    assert (table.incomplete_because is not None) is is_open


def test_bindings_without_links_or_node_are_open() -> None:
    """Without links the link is open; without the node's name no pod can be placed."""
    (first, _) = pod_bindings(ALL, node_name=HERE).pod_bindings

    assert first.link is None
    assert first.hidden == {"link", "routes"}
    assert pod_bindings(ALL).pod_bindings == ()
    assert pod_bindings(ALL).hidden == {"pod_bindings"}
    assert pod_bindings(pods(namespace="default"), node_name=HERE).hidden == {"pod_bindings"}


def test_the_node_can_be_told_by_its_links() -> None:
    """A capture without prompt or file name: the pods that its links name all run on one node."""
    assert node_name_by_links(links("eth0", WEB, DNS), ALL) == HERE
    assert node_name_by_links(links("eth0"), ALL) is None
    assert node_name_by_links(links(WEB, pod_ifname("default", "web-far")), ALL) is None


def test_joins_are_linear() -> None:
    """2,000 pods join by name; a quadratic join would do 4 million comparisons in each direction."""
    many = [pod(f"p{number}", f"10.{number >> 8}.{number & 255}.1") for number in range(2000)]
    names = [pod_ifname("default", one.name) for one in many]
    member_routes = tuple(
        Route(span=PLACE, dst=routes(f"10.{number >> 8}.{number & 255}.1 dev x\n").routes[0].dst, dev=name)
        for number, name in enumerate(names)
    )
    entries = tuple(
        Neighbour(span=PLACE, dst=one.pod_ip, dev=name) for one, name in zip(many, names, strict=True) if one.pod_ip
    )

    table = pod_links(
        links(*names), RouteTable(span=PLACE, routes=member_routes), NeighbourTable(span=PLACE, neighbours=entries),
        pods(*many), HERE,
    )  # fmt: skip

    assert [one.pod for one in table.pod_links] == many
    assert all(len(one.routes) == len(one.neighbours) == 1 for one in table.pod_links)


@pytest.mark.shared
@pytest.mark.skipif("AZCNILINT_CAPTURES" not in os.environ, reason="AZCNILINT_CAPTURES is not set")
def test_a_real_node_reproduces_all_four_names() -> None:
    """captures/aks/15: four azv links, and a pod list that names each of them, all on one node."""
    (path,) = (Path(os.environ["AZCNILINT_CAPTURES"]) / "aks").glob("15-*.txt")
    text = path.read_text("utf-8")
    pod_list, _, rest = text.partition("\n\n")
    addresses = rest[rest.index("1: lo:") : rest.index("# Warning")]
    link_table, listed = parse_ip_address(addresses).value, parse_kubectl(pod_list + "\n").value
    assert link_table is not None
    assert listed is not None
    node = node_name_by_links(link_table, listed)

    joined = pod_links(link_table, pods=replace(listed, hidden=frozenset()), node_name=node)

    assert node == "aks-nodepool1-29364957-vmss000000"
    assert {(one.link.ifname, str(one.pod and one.pod.pod_ip)) for one in joined.pod_links} == {
        ("azvcd87e76d4de", "192.168.1.38"),
        ("azve2d109806b3", "192.168.1.40"),
        ("azveeef4bfc05d", "192.168.1.44"),
        ("azv431b324e9b7", "192.168.1.50"),
    }
