"""What the text and the JSON of `ip rule` share: lengths, masks and what a rule leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from ipaddress import IPv4Address, IPv6Address

from azcnilint.models import RoutingRule

_OPTIONAL = frozenset(field.name for field in fields(RoutingRule)) - {"span", "hidden", "priority"}


def length_of(address: IPv4Address | IPv6Address, printed: object) -> int:
    """Give the prefix length of an address, all bits when none is printed; raises ValueError for more than it has."""
    if printed is None:
        return address.max_prefixlen
    if not isinstance(printed, int) or not 0 <= printed <= address.max_prefixlen:
        message = f'"{address}/{printed}" is no prefix: a prefix length is at most {address.max_prefixlen}'
        raise ValueError(message)
    return printed


def all_bits(mask: int, width: int) -> int | None:
    """Give a mask, None when it has all bits: the text leaves such a mask out."""
    return None if mask == (1 << width) - 1 else mask


def unsettled(values: Mapping[str, object], *, unread: bool) -> frozenset[str]:
    """Give what a rule leaves open: an installer that is not printed, and after an unknown word whatever is not.

    Without `-d` no `proto` is printed for `kernel` and `unspec` (print_rule).
    """
    names = _OPTIONAL if unread else ("protocol",)
    return frozenset(name for name in names if values.get(name) is None or values[name] is False)
