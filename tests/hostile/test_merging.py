"""Captures made to be slow to merge: the work stays linear in their lines."""

from __future__ import annotations

import pytest

from azcnilint.snapshot import Present, snapshot_of

EQUAL = "10.224.0.12 dev azv0aa2 proto static\n" * 4_000
ONE_KEY = "".join(f"10.224.0.12 dev eth0 proto static src 10.1.{n // 256}.{n % 256}\n" for n in range(4_000))


@pytest.mark.parametrize("text", [EQUAL, ONE_KEY], ids=["equal routes", "routes that differ in the source only"])
def test_thousands_of_routes_to_one_destination_merge(text: str) -> None:
    """Comparing each with each takes minutes: 4,000 lines are 16 million pairs."""
    node = snapshot_of({"ip r": text, "ip route": text, "ip ro": text}).cluster.nodes["node"]

    match node.routes:
        case Present(table, _, complete):
            assert (len(table.routes), complete) == (4_000, True)
        case missing:
            pytest.fail(str(missing))
