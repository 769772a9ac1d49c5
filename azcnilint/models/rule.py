"""Rules of the routing policy database, named as `ip -j rule` names them (iproute2, ip/iprule.c)."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from pydantic.dataclasses import dataclass

from azcnilint.models.base import RECORD, Record, Table


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class RoutingRule(Record):
    """One rule: the kernel tries them by ascending priority, and a table without an answer passes on to the next.

    Attributes:
        priority: Unsigned 32 bit; several rules may have one.
        inverted: Printed `not`: the rule holds for packets that do not match.
        src: Source address as given, with its `srclen` bits compared; None for `from all`. `source` is the prefix.
        srclen: Prefix length of `src`, 32 or 128 when none is printed; None for `from all`.
        dst: Destination address; `dstlen` likewise, both None when not printed. `destination` is the prefix.
        tos: Type of service by name or hexadecimal; None when not printed.
        fwmark: Mark of the packet; None when not printed.
        fwmask: Bits of the mark that are compared; None when none are printed, which is all of them.
        iif: Incoming interface; None when not printed. `iif_detached` when there is none of that name.
        oif: Outgoing interface; likewise.
        l3mdev: The table is that of the packet's VRF (`lookup [l3mdev-table]`).
        uid_start: First user id of `uidrange`; `uid_end` is the last. None when not printed.
        ipproto: Protocol by name; None when not printed.
        sport_start: First source port, and `sport_end` the last; a single one is both. None when not printed.
        sport_mask: Bits of the port that are compared (iproute2 >= 6.14); None for all of them.
        dport_start: Likewise of the destination port.
        tun_id: Id of a tunnel's key; None when not printed.
        table: Table that is looked up, by name or number; None for a rule with another action.
        suppress_prefixlen: Answers of that prefix length or shorter do not count; None when not printed.
        suppress_ifgroup: Answers by interfaces of that group do not count; None when not printed.
        flow_from: First part of `realms FROM/TO`; None when not printed. So `flow_to`, the second or only one.
        nat_gateway: Address of `map-to`; None when not printed.
        masquerade: Printed `masquerade`.
        goto: Priority of the rule to go on at, 0 for `none`; None for a rule with another action.
        unresolved: There is no rule of the priority of `goto`.
        nop: The rule does nothing.
        action: `blackhole`, `unreachable`, `prohibit` …; None for a rule with a table, `goto` or `nop`.
        protocol: Who installed it; hidden when not printed: without `-d` that may be `kernel` or `unspec`.
        dscp: Differentiated services code point by name or number (iproute2 >= 6.12); None when not printed.
        dscp_mask: Bits of it that are compared; None for all of them.
        flowlabel: Flow label of IPv6; None when not printed. `flowlabel_mask` likewise, None for all bits.
    """

    priority: int
    inverted: bool = False
    src: IPv4Address | IPv6Address | None = None
    srclen: int | None = None
    dst: IPv4Address | IPv6Address | None = None
    dstlen: int | None = None
    tos: str | None = None
    fwmark: int | None = None
    fwmask: int | None = None
    iif: str | None = None
    iif_detached: bool = False
    oif: str | None = None
    oif_detached: bool = False
    l3mdev: bool = False
    uid_start: int | None = None
    uid_end: int | None = None
    ipproto: str | None = None
    sport_start: int | None = None
    sport_end: int | None = None
    sport_mask: int | None = None
    dport_start: int | None = None
    dport_end: int | None = None
    dport_mask: int | None = None
    tun_id: int | None = None
    table: str | None = None
    suppress_prefixlen: int | None = None
    suppress_ifgroup: str | None = None
    flow_from: str | None = None
    flow_to: str | None = None
    nat_gateway: IPv4Address | IPv6Address | None = None
    masquerade: bool = False
    goto: int | None = None
    unresolved: bool = False
    nop: bool = False
    action: str | None = None
    protocol: str | None = None
    dscp: str | None = None
    dscp_mask: int | None = None
    flowlabel: int | None = None
    flowlabel_mask: int | None = None

    @property
    def source(self) -> IPv4Network | IPv6Network | None:
        """The prefix of `src`, the bits behind its length cleared, as the kernel compares; None for `from all`."""
        return _prefix(self.src, self.srclen)

    @property
    def destination(self) -> IPv4Network | IPv6Network | None:
        """The prefix of `dst` likewise; None when not printed."""
        return _prefix(self.dst, self.dstlen)


def _prefix(address: IPv4Address | IPv6Address | None, length: int | None) -> IPv4Network | IPv6Network | None:
    match address:
        case None:
            return None
        case IPv4Address():
            return IPv4Network((address, 32 if length is None else length), strict=False)
        case IPv6Address():
            return IPv6Network((address, 128 if length is None else length), strict=False)


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class RoutingRuleTable(Table):
    """What one `ip rule` printed; `hidden` holds `rules` when rules may be missing.

    Attributes:
        rules: All rules in printed order, which is that of their priorities; duplicates kept.
        family: `inet` or `inet6`, by the command line (`ip rule` alone shows IPv4), else by the addresses of the rules;
            None when neither tells.
    """

    rules: tuple[RoutingRule, ...]
    family: str | None = None
