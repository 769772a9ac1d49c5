"""Captures in pairs: the text that a command printed and the JSON that `ip -j` printed for the same state."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import JsonValue

from azcnilint.capture import Capture
from azcnilint.text import decode

LAB = Path(__file__).parents[1] / "parsers" / "iproute2_lab"
JsonObject = dict[str, JsonValue]


@dataclass(frozen=True)
class Pair:
    """A text file, the JSON beside it, and the command line of both (without `-j`)."""

    name: str
    text: Path
    oracle: Path
    argv: tuple[str, ...]
    wanted: Callable[[JsonObject], bool] = lambda _: True
    """Which objects of the oracle the text's command shows; all, unless the oracle is of a wider command."""

    def capture(self, path: Path) -> Capture:
        """Give one of the two files as a capture."""
        source = decode(path.name, path.read_bytes())
        return Capture(source, source.span, None, self.argv)

    def expected(self) -> list[JsonObject]:
        """Give the oracle's objects; a repeated key stands as `key#2`, as in `ip_json`."""
        found = json.loads(self.oracle.read_text(encoding="utf-8"), object_pairs_hook=_numbered)
        return [item for item in found if item and self.wanted(item)]


def _numbered(pairs: Sequence[tuple[str, JsonValue]]) -> JsonObject:
    result: JsonObject = {}
    for key, value in pairs:
        result[f"{key}#2" if key in result else key] = value
    return result


def captures_folder() -> Path:
    """Give the shared captures; skips the test without them."""
    folder = os.environ.get("AZCNILINT_CAPTURES")
    if not folder:
        pytest.skip("AZCNILINT_CAPTURES names no folder")
    return Path(folder)


def node_pairs(family: str) -> Iterator[Pair]:
    """Give the pairs of the lab's sample nodes, hosts and pods; `family` is `route` or `neigh`."""
    nodes = captures_folder() / "lab" / "nodes"
    for text in sorted(nodes.glob(f"*/local/**/{family}/ip_*.txt")):
        oracle = text.with_name(f"oracle__ip_-j_{text.stem.removeprefix('ip_')}.json")
        yield Pair(str(text.relative_to(nodes)), text, oracle, tuple(text.stem.split("_")))


def wrong_keys(
    got: Sequence[JsonObject], expected: Sequence[JsonObject]
) -> list[tuple[str, str, JsonValue, JsonValue]]:
    """Give each value that differs, as (dst, key, ours, the oracle's); a missing one is the word `absent`.

    Order of the keys counts too: it differs as the key `order`.
    """
    assert [item["dst"] for item in got] == [item["dst"] for item in expected]
    wrong: list[tuple[str, str, JsonValue, JsonValue]] = []
    for ours, theirs in zip(got, expected, strict=True):
        for key in dict.fromkeys([*ours, *theirs]):
            pair = ours.get(key, "absent"), theirs.get(key, "absent")
            if repr(pair[0]) != repr(pair[1]):
                wrong.append((str(ours["dst"]), key, *pair))
        shared = [key for key in ours if key in theirs]
        if shared != [key for key in theirs if key in ours]:
            wrong.append((str(ours["dst"]), "order", list(ours), list(theirs)))
    return wrong
