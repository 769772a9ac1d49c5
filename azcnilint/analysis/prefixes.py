"""Exact sets of addresses of one family, kept as sorted ranges of integers.

>>> from ipaddress import ip_network
>>> halves = [ip_network("10.0.0.0/9"), ip_network("10.128.0.0/9")]
>>> PrefixSet.from_networks(halves).covers(ip_network("10.0.0.0/8"))
True
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TypeAlias

IPAddress: TypeAlias = IPv4Address | IPv6Address
IPNetwork: TypeAlias = IPv4Network | IPv6Network
Bounds: TypeAlias = tuple[int, ...]

_BITS = {"inet": 32, "inet6": 128}
_FAMILY = {4: "inet", 6: "inet6"}

_FEW = 8
"""Clipping k ranges out of n costs about k·log n, merging costs k + n: clip while n is this many times larger."""


@dataclass(frozen=True, slots=True)
class PrefixSet:
    """An immutable, exact set of addresses of one family; equal sets are equal values.

    Attributes:
        family: `inet` or `inet6`, as in the models.
        bounds: Where membership flips, strictly ascending: `(start, end, start, end …)`, each range half-open. Two
            ranges never touch, so that every set has one form.
    """

    family: str
    bounds: Bounds = ()

    @classmethod
    def empty(cls, family: str = "inet") -> PrefixSet:
        """Give the set without a member."""
        return cls(family)

    @classmethod
    def everything(cls, family: str = "inet") -> PrefixSet:
        """Give the set of all addresses of the family."""
        return cls(family, (0, 1 << _BITS[family]))

    @classmethod
    def from_networks(cls, networks: Iterable[IPNetwork], family: str = "inet") -> PrefixSet:
        """Give the union of the networks; raises ValueError when one is not of `family`."""
        return cls(family, _flatten(_network_range(network, family) for network in networks))

    @classmethod
    def of(cls, member: IPNetwork | IPAddress) -> PrefixSet:
        """Give the set of one network, or of one address."""
        first = int(member) if isinstance(member, IPv4Address | IPv6Address) else int(member.network_address)
        count = 1 if isinstance(member, IPv4Address | IPv6Address) else 1 << (member.max_prefixlen - member.prefixlen)
        return cls(_FAMILY[member.version], (first, first + count))

    @classmethod
    def between(cls, first: IPAddress, last: IPAddress) -> PrefixSet:
        """Give the addresses from `first` to `last` inclusive; raises ValueError for a reversed or mixed pair."""
        if first.version != last.version or int(first) > int(last):
            raise ValueError(f"{first} to {last} is no range of addresses")
        return cls(_FAMILY[first.version], (int(first), int(last) + 1))

    @property
    def is_empty(self) -> bool:
        """Whether the set has no member."""
        return not self.bounds

    @property
    def is_everything(self) -> bool:
        """Whether the set has every address of its family."""
        return self.bounds == (0, 1 << _BITS[self.family])

    @property
    def size(self) -> int:
        """The number of addresses."""
        return sum(self.bounds[1::2]) - sum(self.bounds[::2])

    def contains(self, address: IPAddress) -> bool:
        """Say whether the address is a member; an address of the other family is not."""
        return _FAMILY[address.version] == self.family and bisect_right(self.bounds, int(address)) % 2 == 1

    def covers(self, other: IPNetwork | PrefixSet) -> bool:
        """Say whether every address of `other` is a member; addresses of the other family are not."""
        asked = _as_set(other)
        return asked.is_empty or (asked.family == self.family and self.intersect(asked).bounds == asked.bounds)

    def overlaps(self, other: IPNetwork | PrefixSet) -> bool:
        """Say whether the two have an address in common."""
        asked = _as_set(other)
        return asked.family == self.family and not self.intersect(asked).is_empty

    def intersect(self, other: PrefixSet) -> PrefixSet:
        """Give the addresses that are in both; raises ValueError for two families."""
        self._same_family(other)
        small, large = sorted((self, other), key=lambda one: len(one.bounds))
        if small.is_empty or large.is_everything:
            return small
        if len(small.bounds) * _FEW <= len(large.bounds) or len(small.bounds) == 2:
            return PrefixSet(self.family, _clip_all(large.bounds, small.bounds))
        return PrefixSet(self.family, _overlay(small.bounds, large.bounds))

    def complement(self) -> PrefixSet:
        """Give the addresses of the family that are not in the set."""
        end = 1 << _BITS[self.family]
        head = self.bounds[1:] if self.bounds[:1] == (0,) else (0, *self.bounds)
        return PrefixSet(self.family, head[:-1] if head[-1:] == (end,) else (*head, end))

    def subtract(self, other: PrefixSet) -> PrefixSet:
        """Give the addresses that are in this set and not in `other`; raises ValueError for two families."""
        if self.is_empty or other.is_empty:
            self._same_family(other)
            return self
        return self.intersect(other.complement())

    def union(self, *others: PrefixSet) -> PrefixSet:
        """Give the addresses that are in any of the sets; raises ValueError for two families."""
        for other in others:
            self._same_family(other)
        members = [one for one in (self, *others) if one.bounds]
        if len(members) == 1:
            return members[0]
        return PrefixSet(self.family, _flatten(pair for one in members for pair in _ranges(one.bounds)))

    def networks(self) -> tuple[IPNetwork, ...]:
        """Give the fewest prefixes that make up the set, ascending."""
        make = IPv4Network if self.family == "inet" else IPv6Network
        bits = _BITS[self.family]
        return tuple(
            make((start, bits - power)) for pair in _ranges(self.bounds) for start, power in _blocks(*pair, bits)
        )

    def __str__(self) -> str:
        return ", ".join(str(network) for network in self.networks()) or "nothing"

    def _same_family(self, other: PrefixSet) -> None:
        if self.family != other.family:
            raise ValueError(f"cannot combine addresses of {self.family} and {other.family}")


class PrefixPool:
    """A set of addresses that changes in place: thousands of small changes cost a search and a block move each."""

    def __init__(self, members: PrefixSet) -> None:
        self._family = members.family
        self._bounds = list(members.bounds)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left."""
        return not self._bounds

    def frozen(self) -> PrefixSet:
        """Give what is in the pool now."""
        return PrefixSet(self._family, tuple(self._bounds))

    def intersect(self, other: PrefixSet) -> PrefixSet:
        """Give what is in both; raises ValueError for two families."""
        if len(other.bounds) <= _FEW and other.family == self._family:
            return PrefixSet(self._family, _clip_all(self._bounds, other.bounds))
        return self.frozen().intersect(other)

    def remove(self, members: PrefixSet) -> None:
        """Take members out; raises ValueError for two families."""
        if len(members.bounds) > _FEW or members.family != self._family:
            self._bounds = list(self.frozen().subtract(members).bounds)
            return
        for start, end in _ranges(members.bounds):
            _splice(self._bounds, start, end, inside=False)

    def add(self, members: PrefixSet) -> None:
        """Put members in; raises ValueError for two families."""
        if len(members.bounds) > _FEW or members.family != self._family:
            self._bounds = list(self.frozen().union(members).bounds)
            return
        for start, end in _ranges(members.bounds):
            _splice(self._bounds, start, end, inside=True)


def _splice(bounds: list[int], start: int, end: int, *, inside: bool) -> None:
    """Make the whole range belong, or not: drop the flips within it, and flip at its ends where the outside differs."""
    first, behind = bisect_left(bounds, start), bisect_right(bounds, end)
    flips = [start] if (first % 2 == 1) != inside else []
    if (behind % 2 == 1) != inside:
        flips.append(end)
    bounds[first:behind] = flips


def _as_set(value: IPNetwork | PrefixSet) -> PrefixSet:
    return value if isinstance(value, PrefixSet) else PrefixSet.of(value)


def _network_range(network: IPNetwork, family: str) -> tuple[int, int]:
    if _FAMILY[network.version] != family:
        raise ValueError(f"{network} is not of family {family}")
    start = int(network.network_address)
    return start, start + (1 << (network.max_prefixlen - network.prefixlen))


def _ranges(bounds: Bounds) -> Iterator[tuple[int, int]]:
    """Give the ranges of a set as pairs."""
    return zip(bounds[::2], bounds[1::2], strict=True)


def _flatten(ranges: Iterable[tuple[int, int]]) -> Bounds:
    """Join ranges in any order, overlapping or touching, into bounds. Sorting runs of sorted ranges is near linear."""
    bounds: list[int] = []
    for start, end in sorted(ranges):
        if bounds and start <= bounds[-1]:
            bounds[-1] = max(bounds[-1], end)
        else:
            bounds += (start, end)
    return tuple(bounds)


def _clip_all(large: Sequence[int], small: Bounds) -> Bounds:
    """Give what of `large` lies in the few ranges of `small`, each found by bisection."""
    clipped: list[int] = []
    for start, end in _ranges(small):
        first = bisect_right(large, start)
        behind = bisect_left(large, end, lo=first)
        if first % 2:
            clipped.append(start)
        clipped += large[first:behind]
        if behind % 2:
            clipped.append(end)
    return tuple(clipped)


def _overlay(left: Bounds, right: Bounds) -> Bounds:
    """Give the intersection by walking both sets once."""
    common: list[int] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i], right[j]), min(left[i + 1], right[j + 1])
        if start < end:
            common += (start, end)
        if left[i + 1] < right[j + 1]:
            i += 2
        else:
            j += 2
    return tuple(common)


def _blocks(start: int, end: int, bits: int) -> Iterator[tuple[int, int]]:
    """Cut one range into aligned blocks, largest first where alignment allows; gives (start, log2 of size)."""
    while start < end:
        aligned = (start & -start).bit_length() - 1 if start else bits
        power = min(aligned, (end - start).bit_length() - 1)
        yield start, power
        start += 1 << power
