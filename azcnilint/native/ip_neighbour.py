"""Neighbours back to what `ip -j neighbour` prints: the same keys, order and types (iproute2 6.1, ip/ipneigh.c)."""

from __future__ import annotations

from pydantic import JsonValue

from azcnilint.models import Neighbour, NeighbourTable

_FLAGS = ("router", "proxy", "managed", "extern_learn", "offload", "extern_valid")
_COUNTERS = ("refcnt", "used", "confirmed", "updated", "probes")


def ip_json(table: NeighbourTable) -> list[dict[str, JsonValue]]:
    """Give the array that `ip -j neighbour` prints for these entries; a flag is a key of value null."""
    return [_neighbour(entry) for entry in table.neighbours]


def _neighbour(entry: Neighbour) -> dict[str, JsonValue]:
    values: dict[str, JsonValue] = {"dst": str(entry.dst)}
    if entry.dev is not None:
        values["dev"] = entry.dev
    if entry.lladdr is not None:
        values["lladdr"] = entry.lladdr
    values |= {flag: None for flag in _FLAGS if getattr(entry, flag)}
    values |= {name: value for name in _COUNTERS if (value := getattr(entry, name)) is not None}
    if entry.state:
        values["state"] = [state.value for state in entry.state]
    if entry.protocol is not None:
        values["protocol"] = entry.protocol
    return values
