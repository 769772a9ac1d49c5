"""Neighbour entries, named as `ip -j neighbour` names them (iproute2, ip/ipneigh.c)."""

from __future__ import annotations

from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address

from pydantic.dataclasses import dataclass

from azcnilint.models.base import RECORD, Record, Table


class NudState(StrEnum):
    """The kernel's closed set of neighbour states (rtnetlink(7), NUD_*)."""

    INCOMPLETE = "INCOMPLETE"
    REACHABLE = "REACHABLE"
    STALE = "STALE"
    DELAY = "DELAY"
    PROBE = "PROBE"
    FAILED = "FAILED"
    NOARP = "NOARP"
    PERMANENT = "PERMANENT"


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class Neighbour(Record):
    """One entry of the ARP or NDP cache.

    Attributes:
        dst: The neighbour's address.
        dev: Interface; None only when hidden (`ip n show dev X` without a known command line).
        lladdr: Link-layer address as printed, lower case; None for INCOMPLETE, FAILED and proxy entries.
        state: Printed states in order; empty is the kernel's NUD_NONE or a proxy entry.
        router: Flag `router`; likewise `proxy`, `extern_learn`, `managed`, `offload`, and
            `extern_valid` (iproute2 >= 6.17).
        protocol: Who installed it; None when not printed.
        refcnt: Reference count of `-s`; None when not printed. So `used`, `confirmed`, `updated` (seconds), `probes`.
    """

    dst: IPv4Address | IPv6Address
    dev: str | None
    lladdr: str | None = None
    state: tuple[NudState, ...] = ()
    router: bool = False
    proxy: bool = False
    extern_learn: bool = False
    managed: bool = False
    offload: bool = False
    extern_valid: bool = False
    protocol: str | None = None
    refcnt: int | None = None
    used: int | None = None
    confirmed: int | None = None
    updated: int | None = None
    probes: int | None = None

    @property
    def family(self) -> str:
        """`inet` or `inet6`, by the address."""
        return "inet" if self.dst.version == 4 else "inet6"


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class NeighbourTable(Table):
    """What one `ip neighbour` printed; `hidden` holds `neighbours` when entries may be missing."""

    neighbours: tuple[Neighbour, ...]
