"""Exact address sets: the laws of sets, against plain Python sets over a small universe."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address, ip_network
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azcnilint.analysis.prefixes import IPNetwork, PrefixPool, PrefixSet

BASE = int(IPv4Address("10.0.0.0"))
UNIVERSE = range(32)

members = st.frozensets(st.sampled_from(UNIVERSE))


def build(numbers: frozenset[int]) -> PrefixSet:
    """Give the set of the addresses 10.0.0.N."""
    return PrefixSet.from_networks(IPv4Network((BASE + number, 32)) for number in numbers)


def read(addresses: PrefixSet) -> frozenset[int]:
    """Give the members among 10.0.0.0/27 as numbers."""
    return frozenset(number for number in UNIVERSE if addresses.contains(IPv4Address(BASE + number)))


@given(members, members)
def test_set_operations_agree_with_plain_sets(left: frozenset[int], right: frozenset[int]) -> None:
    """Every operation is exact; an off-by-one at a range end shows here."""
    a, b = build(left), build(right)

    assert read(a.union(b)) == left | right
    assert read(a.intersect(b)) == left & right
    assert read(a.subtract(b)) == left - right
    assert read(a.complement()) == frozenset(UNIVERSE) - left
    assert a.covers(b) == (right <= left)
    assert a.overlaps(b) == bool(left & right)
    assert a.size == len(left)


@given(members, members)
def test_equal_sets_have_one_form(left: frozenset[int], right: frozenset[int]) -> None:
    """Equality and hash are by content, whatever way a set was made."""
    a, b = build(left), build(right)

    assert a.subtract(b).union(a.intersect(b)) == a
    assert hash(a.complement().complement()) == hash(a)
    assert a.union(b) == b.union(a) == a.complement().intersect(b.complement()).complement()
    assert a.subtract(a) == PrefixSet.empty()
    assert a.union(a.complement()) == PrefixSet.everything()


@given(members)
def test_networks_are_the_fewest_prefixes_of_the_set(numbers: frozenset[int]) -> None:
    """Round trip, and no two of the prefixes could be one."""
    networks = build(numbers).networks()

    assert PrefixSet.from_networks(networks) == build(numbers)
    assert sorted(networks) == list(networks)
    assert all(left.supernet() != right.supernet() for left, right in pairwise(networks))


@given(st.lists(members, max_size=6))
def test_union_of_many_is_the_union_of_all(sets: list[frozenset[int]]) -> None:
    """The variadic form equals folding."""
    assert read(PrefixSet.empty().union(*(build(one) for one in sets))) == frozenset().union(*sets)


@given(members, st.lists(st.tuples(st.booleans(), members), max_size=8))
def test_a_pool_changes_as_a_set_does(first: frozenset[int], changes: list[tuple[bool, frozenset[int]]]) -> None:
    """Adding and removing in place ends in the one form of the set."""
    pool, expected = PrefixPool(build(first)), set(first)

    for adds, numbers in changes:
        assert read(pool.intersect(build(numbers))) == expected & numbers
        (pool.add if adds else pool.remove)(build(numbers))
        expected = expected | numbers if adds else expected - numbers

    assert pool.frozen() == build(frozenset(expected))
    assert pool.is_empty is (not expected)


def test_large_against_small_takes_the_same_answer_as_the_merge() -> None:
    """Bisection (few ranges) and merging (many) are two ways to one result."""
    many = PrefixSet.from_networks(IPv4Network((BASE + 4 * number, 31)) for number in range(400))
    few = PrefixSet.of(ip_network("10.0.0.0/28")).union(PrefixSet.of(ip_network("10.0.1.1/32")))

    assert [str(network) for network in many.intersect(few).networks()] == [
        "10.0.0.0/31", "10.0.0.4/31", "10.0.0.8/31", "10.0.0.12/31", "10.0.1.1/32",
    ]  # fmt: skip
    assert few.intersect(many) == many.intersect(few)
    assert many.subtract(few).union(many.intersect(few)) == many


def test_two_halves_cover_the_whole() -> None:
    """10.0.0.0/9 and 10.128.0.0/9 exclude 10.0.0.0/8 together, though neither does alone."""
    low, high = ip_network("10.0.0.0/9"), ip_network("10.128.0.0/9")

    both = PrefixSet.from_networks([high, low])

    assert both.covers(ip_network("10.0.0.0/8"))
    assert both.networks() == (ip_network("10.0.0.0/8"),)
    assert not PrefixSet.of(low).covers(ip_network("10.0.0.0/8"))


@pytest.mark.parametrize("family", ["inet", "inet6"])
def test_everything_is_the_default_prefix(family: str) -> None:
    """The whole universe is one prefix in both families, and its complement is empty."""
    whole = PrefixSet.everything(family)

    assert [str(network) for network in whole.networks()] == ["0.0.0.0/0" if family == "inet" else "::/0"]
    assert whole.complement() == PrefixSet.empty(family)
    assert whole.complement().complement() == whole
    assert whole.is_everything


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("0.0.0.1", "0.0.0.1", ["0.0.0.1/32"]),
        ("255.255.255.255", "255.255.255.255", ["255.255.255.255/32"]),
        ("10.0.0.1", "10.0.0.6", ["10.0.0.1/32", "10.0.0.2/31", "10.0.0.4/31", "10.0.0.6/32"]),
        ("::", "::3", ["::/126"]),
    ],
)
def test_a_range_becomes_its_prefixes(first: str, last: str, expected: list[str]) -> None:
    """Both ends of a range are members."""
    assert [str(one) for one in PrefixSet.between(ip_address(first), ip_address(last)).networks()] == expected


def test_the_other_family_is_no_member_and_cannot_be_combined() -> None:
    """Asking is allowed, mixing is a fault of the caller."""
    v4, v6 = PrefixSet.everything("inet"), PrefixSet.everything("inet6")

    assert not v4.contains(IPv6Address("::1"))
    assert not v4.covers(ip_network("::/0"))
    assert not v4.overlaps(ip_network("::/0"))
    pool = PrefixPool(v4)
    for combine in (v4.union, v4.intersect, v4.subtract, pool.add, pool.remove, pool.intersect):
        with pytest.raises(ValueError, match="inet and inet6"):
            combine(v6)
    with pytest.raises(ValueError, match="not of family inet"):
        PrefixSet.from_networks([ip_network("::/0")])
    with pytest.raises(ValueError, match="no range of addresses"):
        PrefixSet.between(ip_address("10.0.0.2"), ip_address("10.0.0.1"))


def test_a_set_prints_as_its_prefixes() -> None:
    """Messages quote sets."""
    networks: list[IPNetwork] = [ip_network("10.0.0.0/8"), ip_network("192.168.0.0/16")]

    assert str(PrefixSet.from_networks(networks)) == "10.0.0.0/8, 192.168.0.0/16"
    assert str(PrefixSet.empty()) == "nothing"
