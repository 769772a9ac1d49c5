"""`ip route`: records, messages with their carets, variants, what the command line settles, JSON, round trips."""

from __future__ import annotations

import json
import os
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azcnilint.capture import Capture
from azcnilint.models import NextHop, Route, RouteTable, RouteType
from azcnilint.native.ip_route import ip_json
from azcnilint.parsers import ip_route, parse_ip_route
from azcnilint.parsers.base import Claim, ParseResult, ParseStatus
from azcnilint.text import decode, mark, snippet
from tests.parsers.ip_printing import NOWHERE, print_route, routes

LAB = Path(__file__).parent / "iproute2_lab"
DEFAULT = IPv4Network("0.0.0.0/0")


def parse(text: str, *argv: str) -> ParseResult[RouteTable]:
    """Read a text as the output of a command line."""
    source = decode("ip-r.txt", text.encode())
    return ip_route.parse(Capture(source, source.span, "ip-route", argv or None))


def rows(result: ParseResult[RouteTable]) -> list[Route]:
    """Give the routes of a result that has a table."""
    assert result.value is not None
    return list(result.value.routes)


def only(text: str, *argv: str) -> Route:
    """Give the one route of a text that is read without a diagnostic."""
    result = parse(text, *argv)
    assert result.diagnostics == ()
    (route,) = rows(result)
    return route


def told(result: ParseResult[RouteTable]) -> list[str]:
    """Give the diagnostics as a user sees them."""
    source = result.capture.source
    heads = [f"{item.severity.value}[{item.code}]: {item.message}\n" for item in result.diagnostics]
    frames = [snippet("ip-r.txt", [mark(source, label) for label in item.labels]) for item in result.diagnostics]
    return [head + frame for head, frame in zip(heads, frames, strict=True)]


def test_an_everyday_table_becomes_records() -> None:
    """The routes of every AKS node would lose a field."""
    result = parse(
        "default via 10.240.0.1 dev eth0 proto dhcp src 10.240.0.4 metric 100 \n"
        "10.240.0.0/16 dev eth0 proto kernel scope link src 10.240.0.4 \n"
        "10.240.0.6 dev azva9397a1bc49 proto static linkdown \n"
    )

    source = IPv4Address("10.240.0.4")
    expected = RouteTable(
        span=NOWHERE,
        routes=(
            Route(
                span=NOWHERE,
                dst=DEFAULT,
                gateway=IPv4Address("10.240.0.1"),
                dev="eth0",
                protocol="dhcp",
                prefsrc=source,
                metric=100,
            ),
            Route(
                span=NOWHERE,
                dst=IPv4Network("10.240.0.0/16"),
                dev="eth0",
                protocol="kernel",
                scope="link",
                prefsrc=source,
            ),
            Route(
                span=NOWHERE,
                dst=IPv4Network("10.240.0.6/32"),
                dev="azva9397a1bc49",
                protocol="static",
                flags=("linkdown",),
            ),
        ),
    )
    assert result.unwrap() == expected
    assert [route.hidden for route in rows(result)] == [frozenset()] * 3
    assert [result.capture.source.slice(route.span) for route in rows(result)][2] == (
        "10.240.0.6 dev azva9397a1bc49 proto static linkdown"
    )


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("blackhole 172.16.0.0/16 nhid 2257 dev lo ", {"type": RouteType.BLACKHOLE, "nhid": 2257, "dev": "lo"}),
        (
            "unreachable default dev lo metric 4294967295 error -101 pref medium",
            {"dst": IPv6Network("::/0"), "pref": "medium"},
        ),
        ("local default dev lo table 100 scope host ", {"type": RouteType.LOCAL, "table": "100", "dst": DEFAULT}),
        ("default via 10.0.0.1 dev via proto static ", {"dev": "via", "protocol": "static"}),
        ("10.0.0.0/8 dev blackhole scope link ", {"dev": "blackhole", "type": RouteType.UNICAST}),
        ("10.0.0.0/8 dev metric metric 7 ", {"dev": "metric", "metric": 7}),
        ("10.52.0.0/16 via inet6 fe80::1 dev eth0 ", {"dst": IPv4Network("10.52.0.0/16")}),
        ("default via inet6 fe80::1 dev eth0 ", {"dst": DEFAULT}),
        ("default via fe80::1 dev eth0 metric 5 ", {"dst": IPv6Network("::/0")}),
        (
            "10.0.0.0/8 dev e proto 250 scope 77 metric 4294967295 ",
            {"protocol": "250", "scope": "77", "metric": 4294967295},
        ),
        ("10.0.0.0/8 tos 0x10 via 1.1.1.1 dev e ", {"attributes": {"tos": "0x10"}}),
        (
            "fe80::/64 dev e metric 5 expires 37sec error 4294967195 pref high",
            {"expires": 37, "attributes": {"error": 4294967195}},
        ),
        ("10.0.0.0/8 dev e realms 3/4 ", {"attributes": {"flow": {"from": "3", "to": "4"}}}),
        ("10.0.0.0/8 dev e realm 4 mark 0x10 ", {"attributes": {"flow": {"to": "4"}, "mark": 16}}),
        ("10.0.0.0/8 dev e mtu lock 1300 rtt 1.5s ", {"metrics": {"mtu": 1300, "rtt": 1500}, "locked": ("mtu",)}),
        ("10.0.0.0/8 dev e features ecn congctl lock cubic ", {"metrics": {"ecn": None, "congestion": "cubic"}}),
        ("10.0.0.0/8  encap mpls  100/200 ttl 3 via 1.1.1.1 dev e ", {"encap": "mpls 100/200 ttl 3"}),
        (
            "10.0.0.0/8  encap ip id 5 tos 22 key tos 0x10 dev e ",
            {"encap": "ip id 5 tos 22 key", "attributes": {"tos": "0x10"}},
        ),
        ("fd01::/64 from fd02::/64 dev e metric 1 ", {"src": IPv6Network("fd02::/64")}),
        ("9 10.97.0.0/16 table 254 ", {"type": RouteType.THROW, "table": "main"}),
        ("10.0.0.0/8 dev e proto 2 scope 253 ", {"protocol": "kernel", "scope": "link"}),
        ("10.0.0.0/8 dev e metric 1 dead onlink linkdown cwnd 7 ", {"flags": ("dead", "onlink", "linkdown")}),
        (
            "10.0.0.0/8 linkdown metric 5 dev e dead proto static ",
            {"flags": ("linkdown", "dead"), "metric": 5, "dev": "e"},
        ),
    ],
)
def test_variants_of_a_line(line: str, fields: dict[str, object]) -> None:
    """A word of print_route would go astray."""
    route = only(line + "\n")

    assert {name: getattr(route, name) for name in fields} == fields


def test_multipath_lines_belong_to_their_route() -> None:
    """A pod's traffic would seem to have no way out, or the evidence lack its lines."""
    text = (
        "10.50.0.0/16 proto static \n"
        "\tnexthop via 10.0.0.1 dev eth0 weight 1 \n"
        "\tnexthop via inet6 fe80::1 dev e1 weight 3 dead \n"
    )

    route = only(text)

    assert [(str(hop.gateway), hop.dev, hop.weight, hop.flags) for hop in route.nexthops] == [
        ("10.0.0.1", "eth0", 1, ()),
        ("fe80::1", "e1", 3, ("dead",)),
    ]
    assert (route.span.start, route.span.end) == (0, len(text) - 2)
    assert "dev" not in route.hidden


def test_oneline_gives_the_same_route() -> None:
    r"""`-o` joins the lines with `\` and a tab, without a blank before it behind `pref`."""
    ways = "\n\tnexthop via fd01::2 dev v0 weight 2 \n\tnexthop via fd01::3 dev v0 weight 1 \n"
    plain = f"fd27::/64 metric 1024 pref medium{ways}"

    assert only(plain.replace("\n\t", "\\\t")) == only(plain)


def test_a_nexthop_line_without_its_route_is_told() -> None:
    """A route that could not be read would give its next hops to the one before it."""
    result = parse(
        "10.0.0.0/8 dev eth0 proto static\n"
        "10.300.0.0/16 \n\tnexthop via 10.0.0.1 dev eth0 weight 1 \n"
        "10.1.0.0/16 dev e\n"
    )

    assert [route.nexthops for route in rows(result)] == [(), ()]
    assert told(result)[1] == (
        'error[unreadable-line]: expected the route that this "nexthop" line belongs to before it\n'
        " --> ip-r.txt:3:2\n"
        "  |\n"
        "3 |  nexthop via 10.0.0.1 dev eth0 weight 1 \n"
        "  |  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ here\n"
    )


def test_a_nexthop_object_is_read_below_its_route() -> None:
    """`ip -d r` prints it on a line of its own."""
    route = only(
        "unicast 10.28.0.0/16 nhid 7 proto boot scope global \n\tnh_info id 7 group 5,2/6 scope global proto unspec \n"
        "\tnexthop via 10.1.0.5 dev v0 weight 2 \n"
    )

    info = {"id": 7, "group": [{"id": 5, "weight": 2}, {"id": 6}], "scope": "global", "protocol": "unspec", "flags": []}
    assert route.attributes == {"nh_info": info}
    assert (route.type_shown, len(route.nexthops)) == (True, 1)


def test_a_looked_up_route_is_no_table() -> None:
    """`ip route get` would prove that a node has no default route."""
    result = parse("10.20.0.5 via 10.1.0.2 dev v0 src 10.1.0.1 uid 0 \n    cache <local,brd> users 2 mtu 1400 \n")

    table = result.unwrap()
    assert (table.routes[0].attributes, table.routes[0].metrics) == (
        {"uid": 0, "cache": ["local", "brd"], "users": 2},
        {"mtu": 1400},
    )
    assert table.incomplete_because == "ip route get shows the answer for one destination, not the table"
    assert table.hidden == {"routes"}


@pytest.mark.parametrize(
    ("argv", "line", "fields"),
    [
        ("ip r show dev eth0", "10.0.0.0/8 scope link", {"dev": "eth0", "scope": "link"}),
        ("ip route list oif eth0", "10.0.0.0/8 scope link", {"dev": "eth0"}),
        ("ip r show proto static", "10.0.0.0/8 dev e", {"protocol": "static"}),
        ("ip r s proto 2", "10.0.0.0/8 dev e", {"protocol": "kernel"}),
        ("ip r show scope link", "10.0.0.0/8 dev e", {"scope": "link"}),
        ("ip r show table 200", "throw 10.0.0.0/8", {"table": "200", "table_shown": False}),
        ("ip r s t 255", "local 10.0.0.1 dev e", {"table": "local"}),
        ("ip r show via 10.0.0.1", "10.0.0.0/8 dev e", {"gateway": IPv4Address("10.0.0.1")}),
        ("ip r show metric 5", "10.0.0.0/8 dev e", {"metric": 5}),
        ("ip r show proto all", "10.0.0.0/8 dev e", {"protocol": None}),
        ("ip -6 r", "default dev e metric 5", {"dst": IPv6Network("::/0")}),
        ("ip -n ns -f inet6 r show default", "default dev e metric 5", {"dst": IPv6Network("::/0")}),
        ("ip -4 r", "default dev e", {"dst": DEFAULT}),
    ],
)
def test_the_command_line_gives_what_its_filter_drops(argv: str, line: str, fields: dict[str, object]) -> None:
    """A filter removes its own field from every line; None would be taken for none."""
    route = only(line + "\n", *argv.split())

    assert {name: getattr(route, name) for name in fields} == fields
    assert not route.hidden & set(fields) - {"protocol"}


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        ("ip r", None),
        ("ip route show table main", None),
        ("ip r show table all", None),
        ("ip r show dev eth0", 'the command line selects routes by "dev eth0"'),
        ("ip r show 10.0.0.0/8", 'the command line selects routes by "to 10.0.0.0/8"'),
        ("ip r show type blackhole", 'the command line selects routes by "type blackhole"'),
        ("ip r show blackhole", 'the command line selects routes by "type blackhole"'),
        ("ip r show table 200", 'the command line shows table "200" only'),
        ("ip r get 10.0.0.1", "ip route get shows the answer for one destination, not the table"),
        ("ip -6 r", "ip -6 shows no IPv4 routes"),
    ],
)
def test_the_command_line_tells_what_is_left_out(argv: str, why: str | None) -> None:
    """Absence would be concluded from a command that does not show it."""
    table = parse("10.0.0.0/8 dev e proto static\n", *argv.split()).unwrap()

    assert (table.incomplete_because, table.hidden) == (why, {"routes"} if why else frozenset())


def test_ipv6_routes_alone_do_not_show_ipv4() -> None:
    """A pasted `ip -6 r` would prove that IPv4 has no default route."""
    table = parse("fd00::/64 dev eth0 proto kernel metric 256 pref medium\n").unwrap()

    assert table.incomplete_because == "every route is IPv6: the IPv4 routes are not in this capture"


def test_a_filtered_paste_hides_what_no_line_shows() -> None:
    """Without a command line, a field that no line prints may have been dropped by a filter."""
    result = parse("10.0.0.0/8 scope link\n10.1.0.0/16 via 10.0.0.1\n")

    assert [set(route.hidden) for route in rows(result)] == [{"dev", "protocol"}, {"dev", "protocol"}]


def test_busybox_is_told_by_its_blanks_and_hides_what_it_does_not_print() -> None:
    """Its missing `proto` would be taken for `boot`, its metric -1 refused."""
    result = parse(
        "default via 10.224.0.1 dev eth0  src 10.224.0.4  metric -1 \n10.50.0.0/16 \n10.244.1.11 dev azv1 scope link \n"
    )

    unseen = {"protocol", "nhid", "encap", "metrics", "locked", "flags", "pref", "attributes"}
    assert result.unwrap().busybox
    assert [set(route.hidden) - unseen for route in rows(result)] == [set(), {"dev", "gateway", "nexthops"}, set()]
    assert all(unseen <= route.hidden for route in rows(result))
    assert rows(result)[0].metric == 4294967295


def test_busybox_of_the_lab_is_read_whole() -> None:
    """Every line of BusyBox 1.35 in the lab gives the route that iproute2 shows there."""
    for name, oracle in (("busybox.r.txt", "r.show_table_all.json"), ("busybox.r-6.txt", "r-6.json")):
        busybox = parse((LAB / name).read_text())
        iproute2 = [route for route in rows(parse((LAB / oracle).read_text())) if route.table == "main"]

        assert busybox.diagnostics == ()
        assert busybox.unwrap().busybox
        known = {(route.dst, route.metric, route.dev) for route in iproute2}
        assert {(r.dst, r.metric, r.dev) for r in rows(busybox) if r.dst.version == 4} <= known


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        ("default dev e scope link\nfd00::/64 dev e metric 9\n", [4, 6]),
        ("default dev e metric 5\nfd00::/64 dev e metric 9\n", [6, 6]),
        ("10.0.0.0/8 dev e\nfd00::/64 dev e metric 9\ndefault dev e metric 5\n", [4, 6, 6]),
        ("default dev e metric 5\n10.0.0.0/8 dev e\n", [4, 4]),
        ("default dev e metric 5\n", [4]),
        ("default metric 5\n\tnexthop via fe80::1 dev e weight 1\n", [6]),
        ("default \n\tnexthop via inet6 fe80::1 dev e weight 1\n\tnexthop via 1.1.1.1 dev e weight 1\n", [4]),
    ],
)
def test_the_family_of_a_default_route(text: str, versions: list[int]) -> None:
    """`default` stands for both families; a wrong guess would give a node an IPv4 default that it lacks."""
    assert [route.dst.version for route in rows(parse(text))] == versions


def test_an_unknown_word_is_told_and_the_route_kept() -> None:
    """A newer iproute2 would cost every route that has its new word."""
    result = parse("10.1.0.0/16 dev eth0 frob 3 scope link nix metric 4 \n")

    line = "  |\n1 | 10.1.0.0/16 dev eth0 frob 3 scope link nix metric 4 \n"
    first = f" --> ip-r.txt:1:22\n{line}  |                      ^^^^^^ here\n"
    second = f" --> ip-r.txt:1:40\n{line}  |                                        ^^^ here\n"
    assert told(result) == [
        f'warning[unread-attribute]: "frob 3" is not understood; the record is kept without it\n{first}',
        f'warning[unread-attribute]: "nix" is not understood; the record is kept without it\n{second}',
    ]
    (route,) = rows(result)
    assert (route.dev, route.scope, route.metric, "attributes" in route.hidden) == ("eth0", "link", 4, True)
    assert result.status is ParseStatus.COMPLETE


def test_an_unknown_word_of_a_nexthop_is_told() -> None:
    """Plain and -o alike."""
    for joint in ("\n", "\\"):
        result = parse(f"10.1.0.0/16 proto static {joint}\tnexthop via 10.0.0.1 odd dev eth0 weight 1 \n")

        source = result.capture.source
        assert [source.slice(item.labels[0].span) for item in result.diagnostics] == ["odd"]
        assert [(hop.dev, hop.hidden) for hop in rows(result)[0].nexthops] == [("eth0", frozenset({"flags"}))]
        assert "nexthops" in rows(result)[0].hidden


def test_a_joined_part_that_is_no_nexthop_is_told() -> None:
    """`-o` would hide a broken way behind a good one."""
    result = parse("10.1.1.2 dev e \\\tnexthop via nope dev eth0 weight 1 \n")

    line = "  |\n1 | 10.1.1.2 dev e \\ nexthop via nope dev eth0 weight 1 \n"
    frame = f" --> ip-r.txt:1:18\n{line}  |                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
    assert told(result) == [
        f'warning[unread-attribute]: "nexthop via nope dev eth0 weight 1" is not understood\n{frame}'
    ]
    assert {"nexthops", "attributes"} <= rows(result)[0].hidden


DST = "an address, a prefix or default"


@pytest.mark.parametrize(
    ("line", "message", "carets"),
    [
        ("RTNETLINK answers: File exists", f'expected {DST}, found "RTNETLINK"', "RTNETLINK"),
        ('Error: either "dev" is duplicate, or "x" is a garbage.', f'expected {DST}, found "Error:"', "Error:"),
        ("error: permission denied", f'expected {DST}, found "error:"', "error:"),
        ("root@aks:~# ip r", f'expected {DST}, found "root@aks:~#"', "root@aks:~#"),
        ("[snip]", f'expected {DST}, found "[snip]"', "[snip]"),
        ("local host is up", f'expected {DST}, found "local"', "local"),
        (
            "10.1.0.1/16 dev eth0",
            '"10.1.0.1/16" is no prefix: bits behind the prefix length are set; the prefix is 10.1.0.0/16',
            "10.1.0.1/16",
        ),
        ("10.0.0.0/33 dev x", '"10.0.0.0/33" is no prefix: a prefix length is at most 32', "10.0.0.0/33"),
        (
            "10.0.0.0/8 via 1::2::3 dev x",
            '"1::2::3" is no address: at most one "::" permitted',
            "1::2::3",
        ),
        ("300.1.1.1 dev eth0", f'expected {DST}, found "300.1.1.1"', "300.1.1.1"),
        ("default via dev eth0", 'expected an address after "via", found "dev"', "dev"),
        ("10.3.0.0/16 dev e metric abc", 'expected a number after "metric", found "abc"', "abc"),
        ("10.3.0.0/16 dev e metric 9999999999", '"9999999999" is no metric: it has more than 32 bits', "9999999999"),
        ("10.3.0.0/16 dev eth0 proto", 'expected a protocol after "proto", found the end of the line', ""),
        ("10.3.0.0/16 dev eth0 dev eth1", '"dev" stands twice', "dev"),
        ("10.3.0.0/16 dev e mtu lock 5 cwnd lock 7 onlink mtu lock 6", '"mtu" stands twice', "mtu"),
        ("99 10.3.0.0/16 dev eth0", '"99" is no route type', "99"),
    ],
)
def test_what_is_no_route_is_told_at_its_place(line: str, message: str, carets: str | None) -> None:
    """Error text, prompts and marks would become routes, or the message would point elsewhere."""
    result = parse(f"10.7.0.0/16 dev eth0 proto static \n{line}\n10.8.0.0/16 dev eth0 proto static \n")

    source = result.capture.source
    found = [(item.code, item.message, source.slice(item.labels[0].span)) for item in result.diagnostics]
    assert found == [("unreadable-line", message, line if carets is None else carets)]
    assert [str(route.dst) for route in rows(result)] == ["10.7.0.0/16", "10.8.0.0/16"]
    assert result.ledger.claims == bytes([Claim.RECORD, Claim.DIAGNOSTIC, Claim.RECORD])
    assert result.value is not None
    assert (result.status, result.value.incomplete_because) == (ParseStatus.PARTIAL, "a line could not be read")


@pytest.mark.parametrize("cut", range(2, 14))
def test_a_wrapped_line_is_joined(cut: int) -> None:
    """A document's line break would cost the route, or make two of it."""
    words = [
        "unreachable",
        "default",
        "via",
        "10.224.0.1",
        "dev",
        "eth0",
        "proto",
        "dhcp",
        "src",
        "10.224.0.4",
        "metric",
        "100",
        "dead",
        "onlink",
    ]

    wrapped = only(f"{' '.join(words[:cut])}\n{' '.join(words[cut:])}\n")

    assert wrapped == only(" ".join(words))


def test_a_line_wrapped_before_a_rare_word_is_joined() -> None:
    """The form of the line changes by what the next one adds."""
    assert only("10.0.0.0/8 dev e\nmtu 1400\n") == only("10.0.0.0/8 dev e mtu 1400\n")


def test_a_cut_line_does_not_swallow_the_next_route() -> None:
    """A terminal that cut a line behind `proto` would cost the route below it, and give a protocol that is none."""
    result = parse("default via 10.224.0.1 dev eth0 proto\n10.1.0.0/16 dev eth1\n")

    assert [item.message for item in result.diagnostics] == [
        'expected a protocol after "proto", found the end of the line'
    ]
    assert [str(route.dst) for route in rows(result)] == ["10.1.0.0/16"]


def test_an_empty_capture_is_an_empty_table() -> None:
    """No route is a fact, not a fault."""
    result = parse("", "ip", "r")

    assert (result.status, rows(result), result.unwrap().complete) == (ParseStatus.COMPLETE, [], True)


def test_json_of_a_tunnel_keeps_both_destinations() -> None:
    """`"dst"` stands twice; the tunnel's would replace the route's."""
    tunnel = '"id":5,"src":"0.0.0.0","dst":"10.9.9.9","ttl":64,"tos":22,"key":true'
    rest = '"tos":"0x10","gateway":"1.1.1.1","dev":"e","flags":[]'
    flat = f'[{{"dst":"default","encap":"ip",{tunnel},{rest}}}]'
    nested = f'[{{"dst":"default","encap":{{"encap_type":"ip",{tunnel}}},{rest}}}]'
    text = "default  encap ip id 5 src 0.0.0.0 dst 10.9.9.9 ttl 64 tos 22 key tos 0x10 via 1.1.1.1 dev e \n"

    assert [rows(parse(form)) for form in (flat, nested)] == [rows(parse(text))] * 2


def test_json_that_is_no_route_is_told() -> None:
    """An object without a destination, or with host bits, would end the reading."""
    result = parse(
        '[{"dev":"x"},{"dst":"10.0.0.1/8"},{"dst":"1.1.1.1","metric":"x"},{"dst":"1.1.1.2","flags":3},'
        '{"dst":"1.1.1.3","type":"odd"},'
        '{"dst":"1.1.1.4","nexthops":[5]},{"dst":"1.1.1.5","dev":"e"}]'
    )

    assert [item.message for item in result.diagnostics] == [
        "not a route: it has no 'dst'",
        'not a route: "10.0.0.1/8" is no prefix: bits behind the prefix length are set; the prefix is 10.0.0.0/8',
        'not a route: "metric": input should be a valid integer, unable to parse string as an integer',
        "not a route: its flags are no list",
        'not a route: "odd" is no route type',
        "not a route: expected an object, found 5",
    ]
    assert [str(route.dst) for route in rows(result)] == ["1.1.1.5/32"]


def test_broken_json_of_old_iproute2_costs_one_object() -> None:
    """`{"broadcast","dst":…}` (iproute2 issue 37) would cost all routes behind it."""
    text = '[{"dst":"10.0.0.0/8","dev":"e"},{"broadcast","dst":"1","a":[{}, {"}":1}]},{"dst":"10.1.0.0/16","dev":"e"}]'

    result = parse(text)

    frame = f" --> ip-r.txt:1:45\n  |\n1 | {text}\n  | {' ' * 44}^ here\n"
    assert told(result) == [f"error[unreadable-json]: not JSON: expecting ':' delimiter\n{frame}"]
    assert [str(route.dst) for route in rows(result)] == ["10.0.0.0/8", "10.1.0.0/16"]
    assert result.status is ParseStatus.PARTIAL


def test_cut_json_keeps_what_is_whole() -> None:
    """A capture that ends inside an object would give nothing."""
    result = parse('[{"dst":"10.0.0.0/8","dev":"e"},{"dst":"10.1.0.0/16","de')

    assert len(result.diagnostics) == 1
    assert [str(route.dst) for route in rows(result)] == ["10.0.0.0/8"]
    assert result.value is not None
    assert result.value.incomplete_because == "some of the JSON could not be read"


TABLES = st.sampled_from((4, 6)).flatmap(lambda version: st.lists(routes(version), min_size=1, max_size=5))
DETAILED = st.sampled_from((4, 6)).flatmap(
    lambda version: st.lists(routes(version, details=True), min_size=1, max_size=5)
)


def facts(table: list[Route]) -> list[tuple[Route, bool, bool, tuple[str, ...]]]:
    """Give routes with the fields that do not take part in equality."""
    return [(route, route.type_shown, route.table_shown, route.locked) for route in table]


@settings(max_examples=50, deadline=None)
@given(table=TABLES)
def test_plain_round_trip(table: list[Route]) -> None:
    """Law 2: what was printed is what is read."""
    result = parse("".join(f"{print_route(route)}\n" for route in table))

    assert (result.diagnostics, facts(rows(result))) == ((), facts(table))


@settings(max_examples=50, deadline=None)
@given(table=DETAILED)
def test_detailed_round_trip(table: list[Route]) -> None:
    """Law 2 for `ip -d r`."""
    result = parse("".join(f"{print_route(route)}\n" for route in table))

    assert (result.diagnostics, facts(rows(result))) == ((), facts(table))


@settings(max_examples=50, deadline=None)
@given(table=TABLES)
def test_oneline_round_trip(table: list[Route]) -> None:
    """Law 2 for `ip -o r`."""
    joint = "\\"
    result = parse("".join(f"{print_route(route, joint=joint)}\n" for route in table))

    assert (result.diagnostics, facts(rows(result))) == ((), facts(table))


@settings(max_examples=50, deadline=None)
@given(table=TABLES)
def test_json_round_trip(table: list[Route]) -> None:
    """Law 2 for `ip -j r`; JSON does not tell which metrics are locked."""
    result = parse(json.dumps(ip_json(RouteTable(span=NOWHERE, routes=tuple(table)))))

    assert (result.diagnostics, rows(result)) == ((), table)
    assert all("locked" in route.hidden for route in rows(result))


@settings(max_examples=50, deadline=None)
@given(route=routes(4), data=st.data())
def test_any_order_of_the_attributes_gives_the_same_route(route: Route, data: st.DataObject) -> None:
    """A patched or future `ip` prints the same words in another order."""
    plain = Route(
        span=NOWHERE, dst=route.dst, dev="e", protocol="static", metric=5, metrics={"mtu": 9}, flags=route.flags[:1]
    )
    head, *_ = print_route(plain).split(" ")
    pairs = ["dev e", "proto static", "metric 5", "mtu 9", *plain.flags]

    result = parse(f"{head} {' '.join(data.draw(st.permutations(pairs)))}\n")

    assert (result.diagnostics, rows(result)) == ((), [plain])


@settings(max_examples=100, deadline=None)
@given(text=st.text(st.sampled_from('10.:f/ \n\tdevianxhopc\\{}[]",é'), max_size=120))
def test_no_text_raises_and_every_line_is_claimed(text: str) -> None:
    """Law 1, and totality: any text."""
    result = parse(text)

    lines = list(result.capture.source.lines())
    assert [claim != Claim.BLANK for claim in result.ledger.claims] == [bool(line.text.strip()) for line in lines]


@settings(max_examples=100, deadline=None)
@given(table=TABLES, data=st.data())
def test_no_damage_raises(table: list[Route], data: st.DataObject) -> None:
    """Totality on text that was routes once: characters cut out, doubled, or set in."""
    text = "".join(f"{print_route(route)}\n" for route in table)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 9)))
        text = (
            text[:start]
            + data.draw(st.sampled_from(("", " ", "\n", "\\\tnexthop ", "via ", "x", "é", "{")))
            + text[end:]
        )

    result = parse(text)

    lines = list(result.capture.source.lines())
    assert [claim != Claim.BLANK for claim in result.ledger.claims] == [bool(line.text.strip()) for line in lines]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("02-ip-route-bridge-azure0", 3),
        ("03-ip-route-transparent-2021", 9),
        ("10-ip-route-cilium-azure-ipam-2020", 11),
        ("18-ip-route-overlay-2025", 7),
        ("20-ip-route-node-subnet-calico-policy-2024", 7),
        ("31-busybox-ip-route-arp-kubenet", 6),
    ],
)
def test_field_captures_give_all_their_routes(name: str, count: int) -> None:
    """A route of a real node would be lost; other commands' lines in the same file would become routes."""
    folder = os.environ.get("AZCNILINT_CAPTURES")
    if not folder:
        pytest.skip("AZCNILINT_CAPTURES names no folder")
    text = (Path(folder) / "aks" / f"{name}.txt").read_text()

    result = parse("".join(f"{line}\n" for line in text.splitlines() if not line.startswith("#")))

    lost = [result.capture.source.slice(item.labels[0].span)[:1] for item in result.diagnostics]
    assert len(rows(result)) == count
    assert set(lost) <= {"?", "a"}


def test_hops_give_one_view_of_both_forms() -> None:
    """A rule would have to know multipath routes apart."""
    single = only("default via 10.0.0.1 dev eth0 onlink proto static \n")
    several = only("default proto static \n\tnexthop via 10.0.0.1 dev eth0 weight 1 onlink \n")

    assert [(hop.gateway, hop.dev, hop.flags) for hop in single.hops] == [
        (hop.gateway, hop.dev, hop.flags) for hop in several.hops
    ]
    assert isinstance(several.hops[0], NextHop)


STRAY = {
    "a nexthop below a route with a device": (
        "10.8.0.2 dev eth0 scope link \n\tnexthop via 10.224.0.1 dev eth0 weight 1 \n",
        'expected the route that this "nexthop" line belongs to before it',
    ),
    "a nexthop object below a route of another": (
        "unicast 10.8.0.2 nhid 6 dev eth0 scope link \n\tnh_info id 7 dev eth0 scope link proto unspec \n",
        '"nh_info id 7" stands below a route of another nexthop object',
    ),
}


@pytest.mark.parametrize(("text", "message"), STRAY.values(), ids=STRAY)
def test_a_line_of_a_route_that_is_gone_is_refused(text: str, message: str) -> None:
    """The route above would get the next hops of one that the capture lost."""
    result = parse_ip_route(text)

    assert [diagnostic.message for diagnostic in result.diagnostics] == [message]
