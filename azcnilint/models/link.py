"""Links and their addresses, named as `ip -j address` names them (iproute2, ip/ipaddress.c)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from ipaddress import IPv4Address, IPv6Address

from pydantic import JsonValue
from pydantic.dataclasses import dataclass

from azcnilint.models.base import RECORD, Record, Table

FOREVER = 4294967295
"""What `ip -j` prints for a lifetime of `forever`."""


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class Address(Record):
    """One protocol address of a link; a member of `addr_info` in `ip -j address`.

    Attributes:
        family: `inet` or `inet6`.
        local: The address of this end.
        prefixlen: Prefix length; with a peer it belongs to the peer.
        address: The peer address of a point-to-point address (`peer` in text, `address` in JSON); None without one.
        flags: The words that JSON prints as `"word":true` (`secondary`, `dynamic`, `tentative` …), in printed order.
        protocol: Who set it (`kernel_ll`, `kernel_lo` …; iproute2 >= 6.2); None when not printed.
        ifa_flags: Flags for which `ip` has no word, in hexadecimal as printed (`flags 102` gives `102`); else None.
        metric: Route metric of the prefix (systemd-networkd sets 100); None when not printed.
        valid_life_time: Seconds, FOREVER for `forever`, None when the variant does not print it.
        preferred_life_time: As `valid_life_time`.
    """

    family: str
    local: IPv4Address | IPv6Address
    prefixlen: int
    address: IPv4Address | IPv6Address | None = None
    broadcast: IPv4Address | IPv6Address | None = None
    scope: str | None = None
    flags: tuple[str, ...] = ()
    ifa_flags: str | None = None
    label: str | None = None
    protocol: str | None = None
    metric: int | None = None
    valid_life_time: int | None = None
    preferred_life_time: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class Link(Record):
    """One network interface as `ip address` or `ip link` shows it.

    `hidden` may name `addresses` (none of them shown), `inet` or `inet6` (that family not shown), and any field that
    the variant leaves out (`qdisc` and `group` for `ip -6 a`, `address` for `ip -4 a`, most of them for `-br`).

    Attributes:
        ifindex: Kernel index; None where the variant prints none (`-br`).
        link: The lower or peer device when it is in the same namespace (`eth0.5@eth0`); None otherwise.
        link_index: The peer's index when it is in another namespace (`azv…@if3` gives 3); None otherwise.
        link_none: The header printed `@NONE` (JSON `"link": null`).
        link_netnsid: Id of the namespace that holds the peer; None when not printed or printed by name.
        link_netns: Name of that namespace (`link-netns NAME`), which `ip -j` never prints; None when not printed.
        address: Hardware address as printed, lower case (`00:0d:3a:ce:6f:5a`); None for `link/none` or when not shown.
        permaddr: The hardware address that the device was made with, when it has another one now; None otherwise.
        link_pointtopoint: `broadcast` is the peer's hardware address (`link/ipip A peer B`).
        addresses: All families, in printed order.
        altnames: Alternative names, in printed order.
        details: What `-d` adds, under its JSON name (`promiscuity`, `linkinfo`, `num_tx_queues` …).
        stats64: Counters of `-s` under their JSON names: `{"rx": {"bytes": …}, "tx": {…}}`; None when not printed.
    """

    ifindex: int | None
    ifname: str
    link: str | None = None
    link_index: int | None = None
    link_none: bool = False
    link_netnsid: int | None = None
    link_netns: str | None = None
    flags: tuple[str, ...] = ()
    mtu: int | None = None
    qdisc: str | None = None
    master: str | None = None
    operstate: str | None = None
    linkmode: str | None = None
    group: str | None = None
    txqlen: int | None = None
    link_type: str | None = None
    address: str | None = None
    broadcast: str | None = None
    permaddr: str | None = None
    link_pointtopoint: bool = False
    ifalias: str | None = None
    altnames: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()
    details: Mapping[str, JsonValue] = field(default_factory=dict)
    stats64: Mapping[str, Mapping[str, int]] | None = None

    @property
    def inet(self) -> tuple[Address, ...]:
        """The IPv4 addresses, in printed order."""
        return tuple(address for address in self.addresses if address.family == "inet")

    @property
    def inet6(self) -> tuple[Address, ...]:
        """The IPv6 addresses, in printed order."""
        return tuple(address for address in self.addresses if address.family == "inet6")

    @property
    def up(self) -> bool:
        """The administrative flag UP; `LOWER_UP` (carrier) is another word of `flags`."""
        return "UP" in self.flags


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class LinkTable(Table):
    """What one `ip address` or `ip link` printed; `hidden` holds `links` when links may be missing."""

    links: tuple[Link, ...]

    def link(self, ifname: str) -> Link | None:
        """Give the link of that name; None when the capture does not show it."""
        return next((link for link in self.links if link.ifname == ifname), None)
