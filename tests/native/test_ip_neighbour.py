"""`ip_json` of parsed text equals what `ip -j neighbour` printed, whole records, every difference named."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from azcnilint.native.ip_neighbour import ip_json
from azcnilint.parsers import ip_neighbour
from tests.native.oracles import LAB, JsonObject, Pair, captures_folder, node_pairs, wrong_keys

_MOVED = "the entries were probed between the two commands (REACHABLE and PROBE became FAILED or STALE)"
_BRIEF = "-br prints neither states nor flags"

# What the text of a file cannot tell, or tells otherwise than the oracle: file name, destination (* is any), key.
EXPLAINED = {
    ("ip_br_n", "*", "state"): _BRIEF,
    ("ip_br_n", "*", "router"): _BRIEF,
    ("ip_br_n", "*", "extern_learn"): _BRIEF,
    ("ip_br_n_all", "*", "state"): _BRIEF,
    ("ip_br_n_all", "*", "router"): _BRIEF,
    ("ip_br_n_all", "*", "extern_learn"): _BRIEF,
    ("ip_color_n", "10.224.0.1", "state"): _MOVED,
    ("ip_color_n", "10.224.0.1", "lladdr"): _MOVED,
    ("ip_color_n", "10.224.0.8", "state"): _MOVED,
    ("ip_color_n", "10.224.0.8", "lladdr"): _MOVED,
    ("ip_color_n", "10.224.0.7", "state"): _MOVED,
    ("bb_ip_n", "10.224.0.1", "state"): _MOVED,
    ("bb_ip_n", "10.224.0.1", "lladdr"): _MOVED,
    ("bb_ip_n", "10.224.0.8", "state"): _MOVED,
    ("bb_ip_n", "10.224.0.8", "lladdr"): _MOVED,
    ("bb_ip_n", "10.224.0.7", "state"): _MOVED,
    ("bb_ip_n", "10.224.0.7", "extern_learn"): "BusyBox prints of the flags only router",
    ("bb_ip_n", "*", "confirmed"): "BusyBox divides by another clock, and the counter ticks",
    ("bb_ip_n", "*", "probes"): "the counter moves with the state",
    ("bb_ip_n", "*", "refcnt"): "the reference was dropped when the entry failed",
    ("n.show_dev_v0", "*", "dev"): "the filter drops dev; the command line tells it",
}


def azure_node_pairs() -> Iterator[Pair]:
    """Every text of `ip neighbour` that the lab's own node printed, with the JSON of the same state."""
    folder = captures_folder() / "lab" / "azure-node"
    nud_all = ("show", "nud", "all")
    for option, words in (
        ("", ()),
        ("s", ("-s",)),
        ("ss", ("-s", "-s")),
        ("o", ("-o",)),
        ("d", ("-d",)),
        ("br", ("-br",)),
    ):
        oracle = "ip_js_n" if option in {"s", "ss"} else "ip_j_n"
        yield Pair(f"ip_{option}_n", folder / f"ip_{option}_n", folder / oracle, ("ip", *words, "n"))
        name = f"ip_{option}_n_all"
        yield Pair(name, folder / name, folder / f"{oracle}_all", ("ip", *words, "n", *nud_all))
    for name, oracle in (("ip_6_n", "ip_j_n"), ("ip_6_n_all", "ip_j_n_all")):
        yield Pair(name, folder / name, folder / oracle, ("ip", "-6", "n"), _is_inet6)
    yield Pair("ip_color_n", folder / "ip_color_n", folder / "ip_j_n", ("ip", "-c", "n"))
    yield Pair("bb_ip_n", folder / "bb_ip_n", folder / "ip_js_n", ("ip", "n"))


def _is_inet6(item: JsonObject) -> bool:
    return ":" in str(item["dst"])


def lab_pairs() -> Iterator[Pair]:
    """The captures in this repository."""
    for text in sorted(LAB.glob("n*.txt")):
        head, _, words = text.stem.partition(".")
        options = tuple(f"-{letter}" for letter in head.split("-")[1:])
        yield Pair(text.stem, text, text.with_suffix(".json"), ("ip", *options, "n", *words.split("_")))


def check_both_forms(pairs: list[Pair]) -> set[tuple[str, str, str]]:
    """Compare text and JSON of every pair with the oracle and with each other; gives the entries of EXPLAINED met."""
    seen: set[tuple[str, str, str]] = set()
    for pair in pairs:
        text = ip_neighbour.parse(pair.capture(pair.text))
        assert (pair.name, text.diagnostics) == (pair.name, ())
        assert text.value is not None
        wrong = wrong_keys(ip_json(text.value), pair.expected())
        named = {item: _explanation(pair.name, item[0], item[1]) for item in map(_hashable, wrong)}
        assert (pair.name, [item for item, key in named.items() if key is None]) == (pair.name, [])
        seen |= {key for key in named.values() if key is not None}
        machine = ip_neighbour.parse(pair.capture(pair.oracle))
        assert (pair.name, machine.diagnostics) == (pair.name, ())
        if not wrong and not pair.name.startswith("ip_6"):
            assert machine.value is not None
            assert (pair.name, text.value.neighbours) == (pair.name, machine.value.neighbours)
    return seen


def _hashable(item: tuple[object, ...]) -> tuple[str, ...]:
    return tuple(str(part) for part in item)


def _explanation(name: str, dst: str, key: str) -> tuple[str, str, str] | None:
    return next((entry for entry in ((name, dst, key), (name, "*", key)) if entry in EXPLAINED), None)


def test_lab_captures_of_this_repository_agree_with_their_json() -> None:
    """A word of print_neigh would be lost or mistyped."""
    pairs = list(lab_pairs())

    seen = check_both_forms(pairs)

    assert len(pairs) == 4
    assert seen == {key for key in EXPLAINED if key[0].startswith("n.")}


@pytest.mark.shared
def test_the_azure_node_agrees_with_its_json() -> None:
    """A variant of the command (-d, -o, -s, -br, -6, colour, BusyBox) would lose or invent a value."""
    pairs = list(azure_node_pairs())

    seen = check_both_forms(pairs)

    assert len(pairs) == 16
    assert seen == {key for key in EXPLAINED if not key[0].startswith("n.")}


@pytest.mark.shared
def test_every_sample_node_and_pod_agrees_with_its_json() -> None:
    """The neighbours of the five CNI modes would differ between text and JSON."""
    pairs = list(node_pairs("neigh"))

    seen = check_both_forms(pairs)

    assert len(pairs) >= 40
    assert seen == set()
