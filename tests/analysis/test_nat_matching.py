"""The conditions of single rules: marks, ports, states, interfaces."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azcnilint.analysis.nat_matching import UNKNOWN_MARK, Mark, Traffic, reach
from azcnilint.analysis.nat_program import remark
from azcnilint.analysis.prefixes import PrefixSet
from tests.analysis.building import rule

PODS = PrefixSet.of(ip_network("10.224.0.0/16"))
words = st.integers(0, 0xFFFFFFFF)


@given(words, words, words, words, words)
def test_a_partly_known_mark_is_sound(actual: int, known: int, value: int, mask: int, wanted: int) -> None:
    """What is said of a mark holds for every value that its known bits allow."""
    mark = Mark(actual & known, known)

    after = mark.changed(value, mask)
    real = (actual & ~mask) ^ value

    assert after.value & after.known == real & after.known
    assert mark.equals(wanted, mask) in (None, (actual & mask) == wanted)
    assert Mark.of(actual).equals(wanted & mask, mask) is ((actual & mask) == (wanted & mask))


@pytest.mark.parametrize(
    ("option", "before", "after"),
    [
        ("set-xmark 0x4000/0x4000", 0x4001, 0x4001),
        ("set-xmark 0x4000/0x0", 0x4001, 0x1),
        ("set-xmark 0x1/0xffffffff", 0x4000, 0x1),
        ("set-mark 0x2/0x6", 0x5, 0x3),
        ("set-mark 0x3/0x2", 0x1, 0x3),
        ("set-mark 0x7", 0x4000, 0x7),
        ("or-mark 0x4000", 0x4001, 0x4001),
        ("and-mark 0xff", 0x4001, 0x1),
        ("xor-mark 0x4000", 0x4001, 0x1),
    ],
)
def test_mark_targets_compute(option: str, before: int, after: int) -> None:
    """iptables-extensions(8), MARK."""
    assert remark(rule("MARK", options=option), Mark.of(before)) == Mark.of(after)


@pytest.mark.parametrize("one", [rule("CONNMARK", options="restore-mark"), rule("MARK"),
                                 rule("MARK", options="set-xmark x"), rule("MARK", options="frob 0x1")])  # fmt: skip
def test_a_mark_that_cannot_be_read_is_unknown(one: object) -> None:
    """CONNMARK may bring back any mark."""
    assert remark(one, Mark.of(0)) == UNKNOWN_MARK  # type: ignore[arg-type] # parametrize loses the type


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("conntrack ctstate NEW", True),
        ("conntrack ctstate NEW,ESTABLISHED", True),
        ("conntrack ! ctstate NEW", False),
        ("conntrack ctstate ESTABLISHED,RELATED", False),
        ("state state NEW", True),
        ("conntrack ctstate DNAT", None),
        ("tcp dport 443", True),
        ("tcp dport 80", False),
        ("tcp ! dport 80", True),
        ("tcp dport 400:500", True),
        ("tcp dport 444:", False),
        ("tcp dport :443", True),
        ("tcp dport https", None),
        ("tcp sport 1", None),
        ("tcp", True),
        ("comment", True),
        ("multiport dports 80,443", True),
        ("multiport dports 80,400:442", False),
        ("multiport ports 443", None),
        ("iprange src-range 10.224.0.0-10.224.255.255", True),
        ("iprange src-range 10.225.0.0-10.225.0.1", False),
        ("iprange src-range 10.224.0.0-10.224.0.1", None),
        ("iprange src-range nonsense", None),
        ("addrtype src-type LOCAL", False),
        ("addrtype src-type UNICAST", None),
        ("addrtype dst-type MULTICAST", None),
        ("mark mark 0x4000", False),
        ("mark mark x", None),
        ("physdev physdev-is-bridged", None),
    ],
)
def test_a_clause_holds_fails_or_is_in_doubt(clause: str, expected: bool | None) -> None:  # noqa: FBT001 - parametrized
    """Each option that we read, and what we do not read."""
    traffic = Traffic(source=PODS, protocol="tcp", destination_port=443, local=PrefixSet.of(ip_address("10.240.0.4")))

    reached = reach(rule("ACCEPT", clause, protocol="tcp"), "POSTROUTING", traffic, Mark.of(0))

    assert reached.destinations.is_everything is (expected is not False)
    assert (reached.doubt is None) is (expected is not None)


@pytest.mark.parametrize(
    ("pattern", "device", "expected"),
    [
        ("eth0", "eth0", True),
        ("eth0", "eth1", False),
        ("!eth0", "eth1", True),
        ("eth+", "eth1", True),
        ("!azv+", "azv01234567890", False),
        ("+", None, True),
        ("eth0", None, None),
    ],
)
def test_interface_patterns(pattern: str, device: str | None, expected: bool | None) -> None:  # noqa: FBT001 - parametrized
    """A final + is a wildcard; an unknown device is a doubt unless the pattern takes all."""
    reached = reach(
        rule("ACCEPT", out_interface=pattern), "POSTROUTING", Traffic(source=PODS, out_interface=device), Mark.of(0)
    )

    assert (not reached.destinations.is_empty, reached.doubt is None) == (expected is not False, expected is not None)


def test_protocols_compare_by_name_or_number() -> None:
    """`-L -n` of 1.8.9 prints 6 and 0 for tcp and all."""
    tcp = Traffic(source=PODS, protocol="6")

    assert reach(rule("ACCEPT", protocol="tcp"), "X", tcp, Mark.of(0)).destinations.is_everything
    assert reach(rule("ACCEPT", protocol="0"), "X", tcp, Mark.of(0)).doubt is None
    assert reach(rule("ACCEPT", protocol="udp"), "X", tcp, Mark.of(0)).destinations.is_empty


@pytest.mark.parametrize("field", ["destination", "source", "protocol"])
def test_a_hidden_condition_is_a_doubt(field: str) -> None:
    """Columns that a capture does not show are not `any`."""
    assert reach(rule("ACCEPT", hidden=[field]), "X", Traffic(source=PODS), Mark.of(0)).doubt == (
        f"its {field} is not shown"
    )
