"""The way out: from routes, from links, from both, and what neither tells."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest

from azcnilint.analysis.uplink import Uplink, uplink
from azcnilint.models import LinkTable, RouteTable
from azcnilint.parsers import parse_ip_address, parse_ip_route

ROUTES = """\
default via 10.224.0.1 dev eth0 proto dhcp src 10.224.0.4 metric 100
10.224.0.0/16 dev eth0 proto kernel scope link src 10.224.0.4 metric 100
10.224.0.9 dev azv0123456789a proto static
172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1 linkdown
"""
LINKS = """\
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000
    link/ether 00:0d:3a:ce:6f:5a brd ff:ff:ff:ff:ff:ff
    inet 10.224.0.4/16 metric 100 brd 10.224.255.255 scope global eth0
       valid_lft forever preferred_lft forever
3: docker0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN group default
    link/ether 02:42:a1:b2:c3:d4 brd ff:ff:ff:ff:ff:ff
    inet 172.17.0.1/16 brd 172.17.255.255 scope global docker0
       valid_lft forever preferred_lft forever
"""
SECOND = """\
4: eth1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000
    link/ether 00:0d:3a:ce:6f:5b brd ff:ff:ff:ff:ff:ff
    inet 10.225.0.4/24 brd 10.225.0.255 scope global eth1
       valid_lft forever preferred_lft forever
"""


def routes(text: str = ROUTES) -> RouteTable:
    """Read what `ip route` printed, taken as whole."""
    table = parse_ip_route(text).value
    assert table is not None
    return replace(table, hidden=frozenset(), incomplete_because=None)


def links(text: str = LINKS) -> LinkTable:
    """Read what `ip address` printed."""
    table = parse_ip_address(text).value
    assert table is not None
    return table


def facts(found: Uplink | None) -> tuple[object, ...]:
    """Give the names and numbers of the way out, and what is open."""
    assert found is not None
    address = None if found.address is None else str(found.address)
    return found.ifname, address, [str(one) for one in found.subnets], sorted(found.hidden)


NODE_FACTS = ("eth0", "10.224.0.4", ["10.224.0.0/16"])


def test_routes_and_links_together_settle_everything() -> None:
    """The healthy node: the default route names the device, the link its address and subnet."""
    route_table, link_table = routes(), links()

    found = uplink(route_table, link_table)

    assert facts(found) == (*NODE_FACTS, [])
    assert found is not None
    assert (found.link, found.route) == (link_table.links[1], route_table.routes[0])
    assert found.span == route_table.routes[0].span


def test_routes_alone_are_enough_but_for_the_link() -> None:
    """`src` and the kernel's connected route tell what the link would."""
    assert facts(uplink(routes(), None)) == (*NODE_FACTS, ["link"])


def test_links_alone_are_enough_when_one_holds_a_global_address() -> None:
    """docker0 and lo are never the way out; the route stays open."""
    assert facts(uplink(None, links())) == (*NODE_FACTS, ["route"])


def test_two_addressed_links_need_the_routes() -> None:
    """A second NIC: without routes it is open which one is the way out."""
    two = links(LINKS + SECOND)

    assert facts(uplink(None, two)) == (None, None, [], ["address", "ifname", "link", "route", "subnets"])
    assert facts(uplink(routes(), two)) == (*NODE_FACTS, [])


def test_the_lowest_metric_is_the_way_out() -> None:
    """Several defaults of different metrics are legal; two equal ones leave it open."""
    lower = "default via 10.225.0.1 dev eth1 proto dhcp src 10.225.0.4 metric 50\n"
    equal = lower.replace("50", "100")

    assert facts(uplink(routes(lower + ROUTES), None))[:2] == ("eth1", "10.225.0.4")
    assert facts(uplink(routes(equal + ROUTES), None))[0] is None


def test_missing_routes_leave_a_default_of_higher_metric_open() -> None:
    """A better default may be in the part that was cut; the only addressed link still decides."""
    cut = replace(routes(), hidden=frozenset({"routes"}))

    assert facts(uplink(cut, None)) == (None, None, [], ["address", "ifname", "link", "route", "subnets"])
    assert facts(uplink(cut, links())) == (*NODE_FACTS, ["route"])


def test_without_default_route_the_addressed_link_is_the_way_out() -> None:
    """So that losing the route table cannot turn one answer into another (law 5)."""
    none = routes("10.224.0.0/16 dev eth0 proto kernel scope link src 10.224.0.4\n")

    found = uplink(none, links())

    assert facts(found) == (*NODE_FACTS, [])
    assert found is not None
    assert found.route is None


def test_missing_links_leave_the_link_open_and_whole_links_settle_its_absence() -> None:
    """Captures of two nodes: the route names a device that the links do not have."""
    other = links(SECOND)
    cut = replace(other, hidden=frozenset({"links"}))

    assert facts(uplink(routes(), other)) == (*NODE_FACTS, [])
    assert facts(uplink(routes(), cut)) == (*NODE_FACTS, ["link"])


def test_a_listing_without_addresses_tells_no_address() -> None:
    """`ip link` shows links only."""
    bare = links(
        "".join(line for line in LINKS.splitlines(keepends=True) if not line.startswith(("    inet", "       ")))
    )
    hidden = replace(bare, links=tuple(replace(one, hidden=one.hidden | {"addresses"}) for one in bare.links))

    assert facts(uplink(None, hidden)) == (None, None, [], ["address", "ifname", "link", "route", "subnets"])
    assert facts(uplink(routes(), hidden)) == (*NODE_FACTS, [])


@pytest.mark.parametrize("text", ["blackhole default\n", "default via 10.224.0.1 dev eth0 dead linkdown\n"])
def test_a_default_that_leads_nowhere_is_no_way_out(text: str) -> None:
    """Only a live unicast route counts."""
    found = uplink(routes(text), None)

    assert found is not None
    assert found.route is None


def test_secondary_addresses_do_not_change_the_node_address() -> None:
    """cloud-init may have put the pods' addresses on eth0 (F10)."""
    more = LINKS.replace(
        "3: docker0",
        "    inet 10.224.0.5/16 scope global secondary eth0\n"
        "       valid_lft forever preferred_lft forever\n3: docker0",
    )  # fmt: skip
    found = uplink(None, links(more))

    assert found is not None
    assert found.address == ip_address("10.224.0.4")
    assert found.subnets == (ip_network("10.224.0.0/16"),)


def test_no_evidence_gives_no_uplink() -> None:
    """There is nothing to point at."""
    assert uplink(None, None) is None


BRIDGE = (ROUTES.replace("eth0", "azure0"), LINKS.replace("eth0", "azure0"))
TWO = (ROUTES + "default via 10.225.0.1 dev eth1 proto dhcp src 10.225.0.4 metric 200\n", LINKS + SECOND)
NO_DEFAULT = (ROUTES.split("\n", 1)[1], LINKS)


@pytest.mark.parametrize("node", [(ROUTES, LINKS), BRIDGE, TWO, NO_DEFAULT])
def test_poorer_captures_only_open_facts(node: tuple[str, str]) -> None:
    """Law 5: each fact of a poorer capture is the fact of the whole one, or open."""
    route_table, link_table = routes(node[0]), links(node[1])
    whole = uplink(route_table, link_table)

    poorer_routes = [None, route_table, *(without(route_table, at) for at in range(len(route_table.routes)))]
    poorer_links = [None, link_table, *(without_link(link_table, at) for at in range(len(link_table.links)))]

    for some_routes in poorer_routes:
        for some_links in poorer_links:
            found = uplink(some_routes, some_links)
            if found is not None:
                for name in ("ifname", "route", "link", "address", "subnets"):
                    assert name in found.hidden or getattr(found, name) == getattr(whole, name)


def without(table: RouteTable, at: int) -> RouteTable:
    """Give the table as a capture that lost one route."""
    return replace(table, routes=table.routes[:at] + table.routes[at + 1 :], hidden=frozenset({"routes"}))


def without_link(table: LinkTable, at: int) -> LinkTable:
    """Give the table as a capture that lost one link."""
    return replace(table, links=table.links[:at] + table.links[at + 1 :], hidden=frozenset({"links"}))
