"""Longest-prefix lookup, against a plain search, and what missing routes leave open."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azcnilint.analysis.routing import Routing, lookup
from azcnilint.models import Route, RouteTable, RouteType
from azcnilint.parsers import parse_ip_route
from tests.analysis.building import PLACE

NODE = """\
default via 10.224.0.1 dev eth0 proto dhcp src 10.224.0.4 metric 100
default via 10.225.0.1 dev eth1 proto dhcp src 10.225.0.4 metric 200
10.224.0.0/16 dev eth0 proto kernel scope link src 10.224.0.4 metric 100
10.224.0.9 dev azv0123456789a proto static
10.99.0.0/16 via 10.224.0.1 dev eth0 dead linkdown
168.63.129.16 via 10.224.0.1 dev eth0 proto dhcp src 10.224.0.4 metric 100
172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1 linkdown
blackhole 10.50.0.0/16
"""


def routes(text: str) -> RouteTable:
    """Read what `ip route` printed, taken as whole."""
    table = parse_ip_route(text).value
    assert table is not None
    return replace(table, hidden=frozenset(), incomplete_because=None)


def cut(table: RouteTable) -> RouteTable:
    """Give the table as a capture that may lack routes."""
    return replace(table, hidden=frozenset({"routes"}))


@pytest.mark.parametrize(
    ("address", "line", "delivers"),
    [
        ("8.8.8.8", 0, True),
        ("10.224.77.1", 2, True),
        ("10.224.0.9", 3, True),
        ("168.63.129.16", 5, True),
        ("172.17.0.2", 6, True),
        ("10.50.1.1", 7, False),
    ],
)
def test_the_longest_prefix_wins(address: str, line: int, delivers: bool) -> None:  # noqa: FBT001 - parametrized
    """The whole table decides everything; the lower metric of two defaults wins."""
    table = routes(NODE)

    found = lookup(table, ip_address(address))

    assert (found.route, found.decided, found.delivers) == (table.routes[line], True, delivers)


def test_a_dead_route_is_passed_over_and_linkdown_is_noted() -> None:
    """The kernel skips dead next hops (fib_table_lookup) and takes linkdown ones by default."""
    table = routes(NODE)

    found = lookup(table, ip_address("10.99.1.1"))

    assert (found.route, found.passed_over) == (table.routes[0], (table.routes[4],))
    assert lookup(table, ip_address("172.17.0.2")).linkdown
    assert not found.linkdown


def test_missing_routes_leave_open_all_but_an_unbeatable_host_route() -> None:
    """A hidden longer prefix may exist; only a /32 of metric 0 cannot be beaten."""
    table = cut(routes(NODE))

    decided = {address: lookup(table, ip_address(address)).decided
               for address in ("8.8.8.8", "10.224.0.9", "168.63.129.16", "10.50.1.1")}  # fmt: skip

    assert decided == {"8.8.8.8": False, "10.224.0.9": True, "168.63.129.16": False, "10.50.1.1": False}


def test_an_address_without_route_is_decided_by_a_whole_table_only() -> None:
    """No default route: unreachable, or unknown."""
    table = routes("10.224.0.0/16 dev eth0 proto kernel scope link src 10.224.0.4\n")

    assert (lookup(table, ip_address("8.8.8.8")).route, lookup(table, ip_address("8.8.8.8")).decided) == (None, True)
    assert lookup(cut(table), ip_address("8.8.8.8")).decided is False
    assert lookup(table, ip_address("fd00::1")).decided is False
    assert not lookup(table, ip_address("8.8.8.8")).delivers


def test_other_tables_do_not_count() -> None:
    """`ip route show table all` prints local and others beside main."""
    everything = routes("local 10.224.0.4 dev eth0 table local proto kernel scope host src 10.224.0.4\n" + NODE)
    other = replace(routes(NODE), table="100")

    assert lookup(everything, ip_address("10.224.0.4")).route == everything.routes[3]
    assert lookup(other, ip_address("8.8.8.8")).decided is False


def test_equal_metrics_with_two_ways_are_not_decided() -> None:
    """IPv6 prints the ways of one route as several lines."""
    table = routes(
        "default via fe80::1 dev eth0 proto ra metric 100 pref medium\n"
        "default via fe80::2 dev eth1 proto ra metric 100 pref medium\n"
        "fd00::/64 dev eth0 proto kernel metric 256 pref medium\n"
    )

    assert lookup(table, ip_address("2001:db8::1")).decided is False
    assert lookup(table, ip_address("fd00::5")).decided is True


def test_a_missing_metric_means_zero_for_ipv4_and_1024_for_ipv6() -> None:
    """ip-route(8): the kernel's defaults."""
    four = routes("default via 10.0.0.1 dev eth0\ndefault via 10.0.0.2 dev eth1 metric 50\n")
    six = routes("default via fe80::1 dev eth0\ndefault via fe80::2 dev eth1 metric 50\n")

    assert lookup(four, ip_address("8.8.8.8")).route == four.routes[0]
    assert lookup(six, ip_address("2001:db8::1")).route == six.routes[1]


prefixes = st.sampled_from(
    [IPv4Network((int(IPv4Address("10.0.0.0")) + start, 32 - power))
     for power in range(5) for start in range(0, 16, 1 << power)]
)  # fmt: skip


@given(st.lists(st.tuples(prefixes, st.sampled_from([None, 10, 20])), unique=True, max_size=10), st.integers(0, 15))
def test_lookup_agrees_with_a_plain_search(entries: list[tuple[IPv4Network, int | None]], number: int) -> None:
    """Every route is tried: the best is of greatest length, then of least metric."""
    table = RouteTable(
        span=PLACE,
        routes=tuple(
            Route(span=PLACE, dst=dst, metric=metric, dev=f"eth{place}", type=RouteType.UNICAST)
            for place, (dst, metric) in enumerate(entries)
        ),
    )
    address = IPv4Address(int(IPv4Address("10.0.0.0")) + number)
    covering = [route for route in table.routes if address in route.dst]

    found = Routing(table).lookup(address)

    assert found.route == min(covering, key=lambda one: (-one.dst.prefixlen, one.metric or 0), default=None)
    assert found.decided
