"""Type errors: every message with its label and note, whole."""

from __future__ import annotations

import pytest

from azcnilint.rules.expr.types import BOOL, CIDR, ListType
from tests.rules.support import faults_of, program

NODE_FIELDS = (
    "Node has address, cni_bin, filter, links, name, nat, neighbours, pod_bindings, pod_links, pod_routes, pods, "
    "routes, routing_rules, subnets, uplink"
)
ROUTE_TYPES = (
    "RouteType is one of unicast, local, broadcast, multicast, anycast, blackhole, unreachable, prohibit, throw, nat, "
    "xresolve"
)
STRING_METHODS = (
    "string has contains(), endsWith(), lowerAscii(), matches(), replace(), size(), split(), startsWith(), "
    "substring(), trim(), upperAscii()"
)


def told(text: str) -> list[tuple[str, str, str, str]]:
    """Give message, marked text, label and note of each fault."""
    found = faults_of(text, {"vnets": ListType(CIDR)}, BOOL)
    return [
        (fault.message, text[fault.span.start : fault.span.end], fault.label, fault.note)
        for fault in found
        if fault.span is not None
    ]


@pytest.mark.parametrize(
    ("text", "message", "marked", "label", "note"),
    [
        (
            "nod.links == []",
            'there is no name "nod"',
            "nod",
            'did you mean "node"?',
            "names are cluster, facts, node, params",
        ),
        (
            "node.link.size() == 0",
            'Node has no field "link"',
            "link",
            'did you mean "links"?',
            NODE_FIELDS,
        ),
        ("node.name.x == 1", 'string has no field "x"', "x", "string has no fields at all", ""),
        (
            'node.routes.exists(r, r.type == "unicats")',
            'RouteType is never "unicats"',
            '"unicats"',
            'did you mean "unicast"?',
            ROUTE_TYPES,
        ),
        (
            'facts.mode in ["overlay", "nodesubnet"]',
            'facts.mode is never "nodesubnet"',
            '"nodesubnet"',
            'did you mean "node-subnet"?',
            "facts.mode is one of overlay, node-subnet, bridge",
        ),
        (
            'node.routes.exists(r, r.dst == "10.0.0.0/8")',
            "cidr == string has no meaning",
            "==",
            'write cidr("…"), or string(…) of the other',
            "",
        ),
        (
            "node.links.exists(l, l.mtu > 1400)",
            "l.mtu may be absent (optional<int>)",
            "l.mtu",
            "guard it: has(l.mtu) && …",
            "or give a default: .orValue(…)",
        ),
        (
            "node.uplink.mtu == 1500",
            "node.uplink may be absent (optional<Link>)",
            "node.uplink",
            "guard it: has(node.uplink) && …",
            "or give a default: .orValue(…)",
        ),
        (
            'node.links.exists(l, l.master.startsWith("azure"))',
            "l.master may be absent (optional<string>)",
            "l.master",
            "guard it: has(l.master) && …",
            "or give a default: .orValue(…)",
        ),
        (
            'node.links.exists(l, l.ifname.startWith("azv"))',
            'string has no method "startWith"',
            "startWith",
            'did you mean "startsWith"?',
            STRING_METHODS,
        ),
        (
            "node.routes.map(r, r.dev).distinct().size() > 2",
            "members may be absent (list<optional<string>>)",
            "node.routes.map(r, r.dev)",
            "leave those out: xs.map(x, has(x.f), x.f)",
            "",
        ),
        ("siz(node.links) == 0", 'there is no function "siz"', "siz", 'did you mean "size"?', ""),
        (
            "net.cover(params.vnets, cidr('10.0.0.0/8'))",
            'there is no function "net.cover"',
            "net.cover",
            'did you mean "net.covers"?',
            "",
        ),
        (
            "net.covers(params.vnets, 1)",
            "net.covers does not take (list<cidr>, int)",
            "covers",
            "",
            "it takes net.covers(list<cidr>, cidr)",
        ),
        ("node.routes.all(r, r.table)", "expected bool, found string", "r.table", "all takes a condition", ""),
        ("node.routes", "expected bool, found list<Route>", "node.routes", "", ""),
        ("node.name && true", "expected bool, found string", "node.name", "&& takes a bool on each side", ""),
        ("1 + 'a' == 2", "int + string has no meaning", "+", "", ""),
        ("node.routes.exists(r, r == r)", "Route == Route has no meaning", "==", "compare a field of them", ""),
        (
            'ip("10.0.0.300") == node.address',
            '"10.0.0.300" is not an address',
            '"10.0.0.300"',
            "an address is such as 10.224.0.4 or fe80::1",
            "",
        ),
        (
            'node.routes.exists(r, r.dst == cidr("10.0.0.1/8"))',
            '"10.0.0.1/8" is not a prefix',
            '"10.0.0.1/8"',
            "it has host bits set",
            "",
        ),
        (
            "has(node.name)",
            "node.name is never absent",
            "node.name",
            "has() takes an optional field, a list or a map",
            "",
        ),
        (
            "node.routes.exists(1, true)",
            "exists takes a bare name first",
            "exists",
            "such as xs.exists(x, x.field)",
            "",
        ),
        ("node.routes.exists(node, true)", 'the name "node" is already taken', "node", "choose another", ""),
        ("all(node.routes, r, true)", 'there is no function "all"', "all", "it is a method: x.all(…)", ""),
        ("node.name.all(c, true)", "expected a list, found string", "node.name", "all walks a list", ""),
        ("[1, 'a'] == []", "expected int, found string", "'a'", "all members of a list are of one type", ""),
        ("(true ? 1 : 'a') == 1", "expected int, found string", "'a'", "both sides of : are of one type", ""),
        (
            'node.name.matches("(a+)+")',
            "regular expression repeats a group that itself repeats or branches",
            '"(a+)+"',
            "",
            "",
        ),
        ("node.name.matches(node.name)", "expected a literal string, found an expression", "node.name", "", ""),
    ],
)
def test_a_type_error_says_what_is_wrong_and_what_would_be_right(
    text: str, message: str, marked: str, label: str, note: str
) -> None:
    """An author would have to guess which word is wrong, or what to write instead."""
    assert told(text) == [(message, marked, label, note)]


def test_all_faults_of_an_expression_are_told_at_once() -> None:
    """An author would mend one fault a run."""
    assert [
        fault[1] for fault in told('nod.x && node.routes.exists(r, r.protcol == "static") && facts.mood == "x"')
    ] == [
        "nod",
        "protcol",
        "mood",
    ]


def test_macros_nest_four_deep_and_no_deeper() -> None:
    """A rule could multiply its work without bound."""
    inner = "true"
    for depth in range(5):
        inner = f"node.routes.exists(r{depth}, {inner})"

    assert [fault[0] for fault in told(inner)] == ["macros nest more than 4 deep"]


@pytest.mark.parametrize(
    "text",
    [
        "has(node.uplink) && node.uplink.up",
        "!has(node.uplink) || node.uplink.up",
        "has(node.uplink) ? node.uplink.up : false",
        "!(has(node.uplink) && true) || node.uplink.up",
        "node.links.exists(l, has(l.mtu) && l.mtu > 1)",
        "node.links.map(l, has(l.mtu), l.mtu).max().orValue(0) > 1",
        "node.links.exists(l, l.mtu.hasValue() && l.mtu > 1)",
        "node.links.exists(l, l.mtu == 1500)",
        "node.links.exists(l, l.master in ['azure0'])",
        "routing.lookup(node, ip('10.0.0.1')).hasValue()",
    ],
)
def test_a_guard_makes_an_optional_usable(text: str) -> None:
    """Rules about optional fields could not be written."""
    assert program(text).type == BOOL


@pytest.mark.parametrize(
    "text",
    [
        "has(node.uplink) || node.uplink.up",
        "!has(node.uplink) && node.uplink.up",
        "node.uplink.up && has(node.uplink)",
        "has(node.uplink) ? true : node.uplink.up",
        "(has(node.uplink) || true) && node.uplink.up",
    ],
)
def test_a_guard_that_proves_nothing_does_not_help(text: str) -> None:
    """An absent value would be read as if it were there."""
    assert [fault[0] for fault in told(text)] == ["node.uplink may be absent (optional<Link>)"]


def test_needs_are_what_the_expression_touches() -> None:
    """The report would ask for captures that decide nothing."""
    assert program("node.nat.chains.size() > 0 && cluster.daemon_sets.size() > 0").needs == {"nat", "daemon_sets"}
    assert program("has(node.uplink)").needs == {"links", "routes"}
