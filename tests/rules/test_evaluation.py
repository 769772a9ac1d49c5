"""What expressions compute: functions, operators, unknowns and budgets."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest

from azcnilint.rules.expr.program import Truth
from azcnilint.rules.expr.values import Items, Unknown
from azcnilint.rules.facade import NodeFacade, absent
from tests.rules.support import links, program, routes, truth, value

EMPTY = NodeFacade("empty")


def whole(result: object) -> object:
    """Give the members of a complete list, another value as it is."""
    if isinstance(result, Items):
        assert result.missing is None
        return [whole(member) for member in result.members]
    return result


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("size('abc') + 'ab'.size() + size([1, 2])", 7),
        ("[3, 1, 2].first()", 3),
        ("[3, 1, 2].last()", 2),
        ("[3, 1, 2].sum()", 6),
        ("[3, 1, 2].min()", 1),
        ("[3, 1, 2].max()", 3),
        ("[3, 1, 2].isSorted()", False),
        ("['a', 'b'].isSorted()", True),
        ("[3, 1, 2].indexOf(2)", 2),
        ("[3, 1, 2].indexOf(9)", -1),
        ("[3, 1, 3].distinct()", [3, 1]),
        ("['a', 'b'].join(', ')", "a, b"),
        ("[1, 2].join()", "12"),
        ("sets.contains([1, 2], [2])", True),
        ("sets.contains([1, 2], [3])", False),
        ("sets.intersects([1, 2], [2, 3])", True),
        ("sets.equivalent([1, 2, 2], [2, 1])", True),
        ("'abc'.startsWith('ab') && 'abc'.endsWith('bc') && 'abc'.contains('b')", True),
        ("'azv0123'.matches('^azv[0-9]+$')", True),
        ("'AbÄ'.lowerAscii() + 'abä'.upperAscii()", "abÄABä"),
        ("' a '.trim()", "a"),
        ("'a,b'.split(',')", ["a", "b"]),
        ("'aXbX'.replace('X', '-')", "a-b-"),
        ("'abcd'.substring(1) + 'abcd'.substring(1, 2)", "bcdb"),
        ("glob('azv0123', 'azv*')", True),
        ("glob('xazv', 'azv*')", False),
        ("string(ip('10.0.0.1')) + string(1) + string(true)", "10.0.0.11true"),
        ("int('-12') + 1", -11),
        ("ip('10.0.0.1')", ip_address("10.0.0.1")),
        ("cidr('10.0.0.0/8')", ip_network("10.0.0.0/8")),
        ("isIP('::1') && !isIP('x') && isCIDR('::/0') && !isCIDR('::')", True),
        ("ip('::1').family() + cidr('10.0.0.0/8').family()", 10),
        ("ip('169.254.1.1').isLinkLocalUnicast() && ip('127.0.0.1').isLoopback()", True),
        ("ip('0.0.0.0').isUnspecified() && ip('10.0.0.1').isGlobalUnicast()", True),
        ("cidr('10.0.0.0/8').containsIP(ip('10.1.1.1')) && !cidr('10.0.0.0/8').containsIP('11.1.1.1')", True),
        ("cidr('10.0.0.0/8').containsIP(ip('::1'))", False),
        ("cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16')", True),
        ("cidr('10.0.0.0/8').containsCIDR(cidr('10.0.0.0/7'))", False),
        ("cidr('10.0.0.0/8').prefixLength()", 8),
        ("cidr('10.0.0.0/8').masked().ip()", ip_address("10.0.0.0")),
        ("net.host(ip('10.0.0.1'))", ip_network("10.0.0.1/32")),
        ("net.covers([cidr('10.0.0.0/9'), cidr('10.128.0.0/9')], cidr('10.0.0.0/8'))", True),
        ("net.covers([cidr('10.0.0.0/9')], cidr('10.0.0.0/8'))", False),
        ("net.overlaps([cidr('10.0.0.0/9')], cidr('10.0.0.0/8'))", True),
        ("net.overlaps([cidr('11.0.0.0/9')], cidr('10.0.0.0/8'))", False),
        ("net.collapse([cidr('10.0.0.0/9'), cidr('10.128.0.0/9'), cidr('::/1')]).size()", 2),
        ("[1].first().orValue(2) + [1].filter(x, x > 1).first().orValue(2)", 3),
        ("[1].first().hasValue() && ![1].filter(x, x > 1).first().hasValue()", True),
        ("-7 / 2", -3),
        ("-7 % 2", -1),
        ("7.0 / 2.0", 3.5),
        ("[1] + [2]", [1, 2]),
        ("[1, 2, 3].map(x, x > 1, x * 2)", [4, 6]),
        ("[1, 2, 2].exists_one(x, x == 2)", False),
        ("[1, 2].exists_one(x, x == 2)", True),
        ("[1, 2][1]", 2),
        ("[1, 2][5]", None),
        ("[[1], [2]] == [[1], [2]]", True),
        ("pods.ifname('shop', 'web').matches('^azv[0-9a-f]{11}$')", True),
        ("pods.ifname('shop', 'web', 'cali').startsWith('cali')", True),
    ],
)
def test_a_function_gives_what_its_documentation_says(text: str, expected: object) -> None:
    """A rule would judge by a wrong value."""
    assert whole(value(text)) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1 / 0 == 1", "division by zero"),
        ("1 % 0 == 1", "division by zero"),
        ("1.0 / 0.0 == 1.0", "division by zero"),
        ("9223372036854775807 + 1 == 1", "a number is too large"),
        ("int(node.name) == 1", '"aks-np-0" is not a number'),
        ("ip(node.name) == ip('10.0.0.1')", '"aks-np-0" is not an address'),
        ("'abc'.substring(2, 9) == ''", "the text has no characters 2 to 9"),
    ],
)
def test_what_cel_calls_an_error_is_unknown_with_the_reason(text: str, reason: str) -> None:
    """A rule would end in a traceback, or pass by accident."""
    found = value(text)

    assert isinstance(found, Unknown)
    assert found.reasons == (reason,)


def test_absent_evidence_is_unknown_with_its_need() -> None:
    """A missing capture would look like an empty one."""
    verdict = program("node.routes.size() == 0").evaluate({"node": EMPTY})

    assert (verdict.truth, verdict.needs) == (Truth.UNKNOWN, frozenset({"routes"}))


def test_an_absent_optional_differs_from_every_value_and_is_false_in_comparisons() -> None:
    """`r.metric == 100` would be UNKNOWN for a route that surely has no metric."""
    assert truth("node.routes.filter(r, r.host).all(r, r.dst.family() == 4)") is Truth.TRUE
    assert truth("node.routes.exists(r, r.metric == 100)") is Truth.TRUE
    assert truth("node.routes.all(r, r.metric != 7)") is Truth.TRUE


def test_a_hidden_field_is_unknown_and_an_absent_one_is_false() -> None:
    """`not printed` would be taken for `not there`."""
    table = links()
    blind = replace(
        table, links=tuple(replace(link, master=None, hidden=frozenset({"master"})) for link in table.links)
    )

    assert truth("node.links.exists(l, has(l.master))") is Truth.FALSE
    assert truth("node.links.exists(l, has(l.master))", NodeFacade("n", link_table=blind)) is Truth.UNKNOWN


def test_a_property_is_unknown_when_what_it_derives_from_is_hidden() -> None:
    """A link whose flags are not shown would be reported as down."""
    table = links()
    blind = replace(table, links=tuple(replace(link, flags=(), hidden=frozenset({"flags"})) for link in table.links))

    assert truth("node.links.all(l, l.up)", NodeFacade("n", link_table=blind)) is Truth.UNKNOWN


CUT = NodeFacade("cut", route_table=replace(routes(), hidden=frozenset({"routes"}), incomplete_because="cut off"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("node.routes.exists(r, r.host)", Truth.TRUE),
        ("node.routes.exists(r, r.dev == 'nope')", Truth.UNKNOWN),
        ("node.routes.all(r, r.host)", Truth.FALSE),
        ("node.routes.all(r, r.table == 'main')", Truth.UNKNOWN),
        ("node.routes.exists_one(r, r.default)", Truth.UNKNOWN),
        ("node.routes.exists_one(r, r.host)", Truth.FALSE),
        ("node.routes.size() == 0", Truth.FALSE),
        ("node.routes.size() != 0", Truth.TRUE),
        ("0 == size(node.routes)", Truth.FALSE),
        ("node.routes.size() == 9", Truth.UNKNOWN),
        ("node.routes.size() >= 4", Truth.TRUE),
        ("node.routes.size() > 4", Truth.UNKNOWN),
        ("node.routes.size() < 4", Truth.FALSE),
        ("node.routes.size() <= 4", Truth.UNKNOWN),
        ("3 < node.routes.size()", Truth.TRUE),
        ("size(node.routes) + 1 == 0", Truth.UNKNOWN),
        ("has(node.uplink)", Truth.UNKNOWN),
        ("'eth0' in node.routes.map(r, r.dev)", Truth.TRUE),
        ("'nope' in node.routes.map(r, r.dev)", Truth.UNKNOWN),
        ("node.routes.first().hasValue()", Truth.UNKNOWN),
        ("node.routes[0].hasValue()", Truth.UNKNOWN),
        ("node.routes.map(r, r.dst.prefixLength()).sum() == 0", Truth.UNKNOWN),
        ("sets.contains(node.routes.map(r, r.dst), [cidr('10.224.0.0/16')])", Truth.TRUE),
        ("sets.contains(node.routes.map(r, r.dst), [cidr('10.1.0.0/16')])", Truth.UNKNOWN),
        ("sets.contains([cidr('10.224.0.0/16')], node.routes.map(r, r.dst))", Truth.FALSE),
        ("sets.intersects(node.routes.map(r, r.dst), [cidr('10.1.0.0/16')])", Truth.UNKNOWN),
        ("net.covers(node.routes.map(r, r.dst), cidr('10.224.1.0/24'))", Truth.TRUE),
        ("net.covers(node.routes.filter(r, !r.default).map(r, r.dst), cidr('10.9.1.0/24'))", Truth.UNKNOWN),
        ("net.overlaps(node.routes.filter(r, !r.default).map(r, r.dst), cidr('10.9.1.0/24'))", Truth.UNKNOWN),
        ("node.routes.exists(r, r.dev == 'nope') || true", Truth.TRUE),
        ("node.routes.exists(r, r.dev == 'nope') && false", Truth.FALSE),
        ("node.routes.exists(r, r.dev == 'nope') ? true : true", Truth.TRUE),
        ("node.routes.exists(r, r.dev == 'nope') ? true : false", Truth.UNKNOWN),
    ],
)
def test_a_list_that_may_lack_members_settles_only_what_its_members_show(text: str, expected: Truth) -> None:
    """Law 4: a cut capture would pass or fail a rule by what it does not show."""
    assert truth(text, CUT) is expected


def test_the_reason_of_a_cut_capture_reaches_the_verdict() -> None:
    """The report could not say why it cannot decide."""
    verdict = program("node.routes.exists(r, r.dev == 'nope')").evaluate({"node": CUT})

    assert (verdict.needs, verdict.reasons) == (frozenset({"routes"}), ("cut off",))


def test_the_nat_table_is_asked_as_a_whole() -> None:
    """nat.* would look at rules one by one, or forget what is missing."""
    assert truth("nat.excluded(node, cidr('10.224.0.0/12'))") is Truth.TRUE
    assert truth("nat.excluded(node, cidr('10.0.0.0/8'))") is Truth.FALSE
    assert truth("nat.masqueraded(node, cidr('8.8.8.0/24'))") is Truth.TRUE
    assert whole(value("nat.exclusions(node)")) == [ip_network("10.224.0.0/12")]
    assert truth("nat.excluded(node, cidr('10.224.0.0/12'))", EMPTY) is Truth.UNKNOWN
    assert truth("nat.excluded(node, cidr('fd00::/8'))") is Truth.UNKNOWN


def test_a_lookup_gives_the_route_that_a_packet_takes() -> None:
    """routing.lookup would not be the longest match."""
    assert truth("[routing.lookup(node, ip('10.244.0.9'))].exists(r, r.hasValue() && r.host)") is Truth.TRUE
    assert truth("[routing.lookup(node, ip('10.224.9.9'))].exists(r, r.hasValue() && r.host)") is Truth.FALSE
    assert truth("routing.lookup(node, ip('10.224.9.9')).hasValue()", EMPTY) is Truth.UNKNOWN


def test_a_rule_that_takes_too_many_steps_is_unknown_and_says_so() -> None:
    """A rule of a third party could hang a run."""
    many = replace(routes(), routes=routes().routes * 400)
    verdict = program("node.routes.all(a, node.routes.all(b, a.table == b.table))").evaluate(
        {"node": NodeFacade("n", route_table=many)}
    )

    assert (verdict.truth, verdict.over_budget) == (Truth.UNKNOWN, True)
    assert verdict.reasons == ("the rule takes more than 2000000 steps",)


def test_a_text_that_doubles_again_and_again_ends() -> None:
    """A few lines of YAML could fill the memory."""
    doubled = "'" + "x" * 2000 + "'"
    text = f"[{doubled}].map(a, a + a + a + a).map(b, b + b + b + b).map(c, c + c + c + c).first().hasValue()"

    assert truth(text) is Truth.UNKNOWN


def test_two_absent_kinds_are_both_named() -> None:
    """The report would ask for one capture, and then for the next."""
    verdict = program("node.routes.size() == 0 && node.links.size() == 0").evaluate({"node": EMPTY})

    assert verdict.needs == {"routes", "links"}


def test_the_reason_of_absence_is_kept() -> None:
    """`command failed` would read like `not captured`."""
    failed = NodeFacade("n", route_table=absent("routes", "ip route: command failed"))

    assert program("node.routes.size() == 0").evaluate({"node": failed}).reasons == ("ip route: command failed",)


def test_a_guarded_value_that_is_absent_leaves_the_truth_to_the_guard() -> None:
    """`has(x) && x.f == 1` would be a traceback once its evidence is explained."""
    bare = NodeFacade("n", link_table=replace(links(), links=()), route_table=replace(routes(), routes=()))
    verdict = program("has(node.uplink) && node.uplink.mtu == 1500 && node.uplink.ifname.startsWith('e')").evaluate(
        {"node": bare}
    )

    assert verdict.truth is Truth.FALSE


def test_two_lists_compare_member_by_member_whether_absent_or_not() -> None:
    """A list of optional values could not be compared with a list of values."""
    assert truth("node.links.map(l, l.mtu) == [65536, 1500, 1400]") is Truth.TRUE
    assert truth("node.links.map(l, l.master) == ['a', 'b', 'c']") is Truth.FALSE
