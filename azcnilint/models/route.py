"""Routes, named as `ip -j route` names them (iproute2, ip/iproute.c)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from pydantic import JsonValue
from pydantic.dataclasses import dataclass

from azcnilint.models.base import RECORD, Record, Table


class RouteType(StrEnum):
    """The kernel's closed set (rtnetlink(7), RTN_*)."""

    UNICAST = "unicast"
    LOCAL = "local"
    BROADCAST = "broadcast"
    MULTICAST = "multicast"
    ANYCAST = "anycast"
    BLACKHOLE = "blackhole"
    UNREACHABLE = "unreachable"
    PROHIBIT = "prohibit"
    THROW = "throw"
    NAT = "nat"
    XRESOLVE = "xresolve"


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class NextHop(Record):
    """One way of a multipath route.

    Attributes:
        gateway: Next router, of either family; None when directly connected.
        weight: 1-based weight as printed; None when not printed.
        flags: `onlink`, `dead`, `linkdown`, `offload` …, in printed order.
        encap: The encapsulation words as printed, one blank apart (`mpls 100`); None without one.
        realms: `FROM/TO` or `TO`; None when not printed.
    """

    gateway: IPv4Address | IPv6Address | None = None
    dev: str | None = None
    weight: int | None = None
    flags: tuple[str, ...] = ()
    encap: str | None = None
    realms: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class Route(Record):
    """One entry of a routing table.

    Attributes:
        type: Type; `unicast` when none is printed.
        src: Source prefix (`from …`); None when not printed.
        type_shown: The type was printed although it is `unicast` (`ip -d`), as JSON then prints it too.
        dst: Destination; `default` is `0.0.0.0/0` or `::/0`, a bare address is a /32 or /128.
        gateway: Next router, of either family (`via inet6 …`); None when directly connected or multipath.
        dev: Outgoing interface; None when not printed (multipath, `blackhole`) or hidden (`ip r show dev X`).
        table: Table name or number as printed; `main` when none is printed.
        table_shown: The table was printed.
        protocol: Who installed it; None when not printed (that is `boot`), hidden for BusyBox.
        scope: None when not printed (that is `global`).
        prefsrc: Source address that the kernel prefers; None when not printed.
        metric: Unsigned 32 bit; None when not printed.
        nhid: Id of the nexthop object that the route uses; None when not printed.
        nexthops: Ways of a multipath route only; `hops` gives one view of both forms.
        flags: `onlink`, `dead`, `linkdown` …, in printed order.
        metrics: Path metrics under their JSON names (`mtu`, `advmss` …); times in milliseconds.
        locked: Names of the locked metrics (`mtu lock 1300`), ascending; JSON does not tell, so it is hidden there.
        pref: Router preference of IPv6 (`low`, `medium`, `high`); None when not printed.
        encap: The encapsulation words as printed, one blank apart (`ip id 5 dst 10.9.9.9`); None without one.
        expires: Seconds; None when not printed.
        attributes: Further printed attributes under their JSON names (`tos`, `error`, `flow`, `cache`, `nh_info` …).
    """

    dst: IPv4Network | IPv6Network
    type: RouteType = RouteType.UNICAST
    type_shown: bool = field(default=False, compare=False)
    src: IPv4Network | IPv6Network | None = None
    gateway: IPv4Address | IPv6Address | None = None
    dev: str | None = None
    table: str = "main"
    table_shown: bool = field(default=False, compare=False)
    protocol: str | None = None
    scope: str | None = None
    prefsrc: IPv4Address | IPv6Address | None = None
    metric: int | None = None
    nhid: int | None = None
    nexthops: tuple[NextHop, ...] = ()
    flags: tuple[str, ...] = ()
    pref: str | None = None
    encap: str | None = None
    expires: int | None = None
    metrics: Mapping[str, JsonValue] = field(default_factory=dict)
    locked: tuple[str, ...] = field(default=(), compare=False)
    attributes: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def family(self) -> str:
        """`inet` or `inet6`, by the destination."""
        return "inet" if self.dst.version == 4 else "inet6"

    @property
    def hops(self) -> tuple[NextHop, ...]:
        """The ways out in one form: the next hops of a multipath route, or the single one of the route itself."""
        if self.nexthops:
            return self.nexthops
        return (NextHop(span=self.span, hidden=self.hidden, gateway=self.gateway, dev=self.dev, flags=self.flags),)

    @property
    def host(self) -> bool:
        """Whether the destination is one address (/32 or /128)."""
        return self.dst.prefixlen == self.dst.max_prefixlen

    @property
    def default(self) -> bool:
        """Whether the destination is everything (`default`)."""
        return self.dst.prefixlen == 0


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class RouteTable(Table):
    """What one `ip route` printed; `hidden` holds `routes` when routes may be missing.

    Attributes:
        routes: All routes in printed order, duplicates kept.
        busybox: The capture is BusyBox's `ip`, which prints no `proto` and signed metrics.
        family: `inet` or `inet6` when the command line asked for one only; None when both may be here or none is known.
        table: The one table that the command line asked for (`main` without any); None for `table all`.
    """

    routes: tuple[Route, ...]
    busybox: bool = field(default=False, compare=False)
    family: str | None = field(default=None, compare=False)
    table: str | None = field(default="main", compare=False)

    def default(self) -> tuple[Route, ...]:
        """Give the default routes of table main, in printed order."""
        return tuple(route for route in self.routes if route.default and route.table == "main")
