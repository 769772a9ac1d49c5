"""What the kernel numbers and iproute2 names in a route: types, protocols, scopes and tables, given by either."""

from __future__ import annotations

from azcnilint.parsers.iproute2_names import ROUTE_TYPES, protocol, route_type, table

__all__ = ["ROUTE_TYPES", "protocol", "route_type", "scope", "table"]

_SCOPES = {"0": "global", "200": "site", "253": "link", "254": "host", "255": "nowhere"}


def scope(text: str) -> str:
    """Give the name of a scope that was printed by name or number."""
    return _SCOPES.get(text, text)
