"""Functions over addresses and prefixes, of both families."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from azcnilint.analysis.prefixes import PrefixSet
from azcnilint.rules.expr.kleene import gaps
from azcnilint.rules.expr.values import Items, Unknown

Ip: TypeAlias = IPv4Address | IPv6Address
Cidr: TypeAlias = IPv4Network | IPv6Network


def read_ip(text: str) -> Ip:
    """Read an address; raises ValueError."""
    try:
        return ip_address(text)
    except ValueError:
        message = "an address is such as 10.224.0.4 or fe80::1"
        raise ValueError(message) from None


def read_cidr(text: str) -> Cidr:
    """Read a prefix; raises ValueError, also for a text without a prefix length."""
    if "/" not in text:
        message = "it has no prefix length"
        raise ValueError(message)
    try:
        return ip_network(text)
    except ValueError as error:
        host_bits = "host bits" in str(error)
        message = "it has host bits set" if host_bits else "a prefix is such as 10.224.0.0/16 or fd00::/8"
        raise ValueError(message) from None


def convert(read: Callable[[str], object], what: str) -> Callable[[object], object]:
    """Make a reader of literals a function of any text: what cannot be read is Unknown with the reason."""

    def run(value: object) -> object:
        if not isinstance(value, str):
            return value  # read when the pack was loaded
        try:
            return read(value)
        except ValueError:
            return Unknown(reasons=[f'"{value[:60]}" is not {what}'])

    return run


def readable(read: Callable[[str], object]) -> Callable[[str], bool]:
    """Make a reader of texts the question whether it can read one."""

    def run(text: str) -> bool:
        try:
            read(text)
        except ValueError:
            return False
        return True

    return run


def host(address: Ip) -> Cidr:
    """Give the /32 or /128 of an address."""
    return ip_network(address)


def contains_ip(network: Cidr, address: Ip) -> bool:
    """Say whether the address lies in the network; one of the other family does not."""
    return network.version == address.version and address in network


def contains_cidr(network: Cidr, other: Cidr) -> bool:
    """Say whether every address of `other` lies in the network."""
    if isinstance(network, IPv4Network):
        return isinstance(other, IPv4Network) and other.subnet_of(network)
    return isinstance(other, IPv6Network) and other.subnet_of(network)


def contains_text(network: Cidr, text: str) -> object:
    """As `contains_ip` or `contains_cidr`, for an address or prefix written as text."""
    try:
        return contains_cidr(network, read_cidr(text)) if "/" in text else contains_ip(network, read_ip(text))
    except ValueError:
        return Unknown(reasons=[f'"{text[:60]}" is not an address'])


def network_address(network: Cidr) -> Ip:
    """Give the first address."""
    return network.network_address


def _set_of(items: Items, family: str) -> PrefixSet:
    wanted = 4 if family == "inet" else 6
    networks = [value for value in items.members if isinstance(value, Cidr) and value.version == wanted]
    return PrefixSet.from_networks(networks, family)


def _family_of(network: Cidr) -> str:
    return "inet" if network.version == 4 else "inet6"


def covers(items: Items, network: Cidr) -> object:
    """Give the truth of the networks together holding every address of `network`."""
    return _set_of(items, _family_of(network)).covers(network) or gaps(items) or False


def overlaps(items: Items, network: Cidr) -> object:
    """Give the truth of any of the networks having an address in common with `network`."""
    return _set_of(items, _family_of(network)).overlaps(network) or gaps(items) or False


def collapse(items: Items) -> Items:
    """Give the fewest networks that hold the same addresses, IPv4 first."""
    networks = [network for family in ("inet", "inet6") for network in _set_of(items, family).networks()]
    return Items(tuple(networks), gaps(items), items.span)


def family(value: Ip | Cidr) -> int:
    """Give 4 or 6."""
    return value.version


def prefix_length(network: Cidr) -> int:
    """Give the number of fixed bits."""
    return network.prefixlen


def masked(network: Cidr) -> Cidr:
    """Give the prefix without host bits; ours never has any."""
    return network


def is_link_local(address: Ip) -> bool:
    """Say whether it is link-local unicast (RFC 3927, RFC 4291)."""
    return address.is_link_local


def is_loopback(address: Ip) -> bool:
    """Say whether it is a loopback address."""
    return address.is_loopback


def is_unspecified(address: Ip) -> bool:
    """Say whether it is 0.0.0.0 or ::."""
    return address.is_unspecified


def is_global_unicast(address: Ip) -> bool:
    """Say what Go's netip.Addr.IsGlobalUnicast says: private addresses count as global, broadcast does not."""
    excluded = address.is_multicast or address.is_loopback or address.is_link_local or address.is_unspecified
    return not excluded and address != IPv4Address("255.255.255.255")
