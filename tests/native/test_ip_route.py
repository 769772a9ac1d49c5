"""`ip_json` of parsed text equals what `ip -j route` printed, whole records, every difference named."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import JsonValue

from azcnilint.models import RouteTable
from azcnilint.native.ip_route import ip_json
from azcnilint.parsers import ip_route
from tests.native.oracles import LAB, JsonObject, Pair, captures_folder, node_pairs, wrong_keys

TABLE_ALL = ("show", "table", "all")

# What the text of a file cannot tell, or tells otherwise than the oracle: file name, key, reason.
EXPLAINED = {
    ("bb_ip_r", "protocol"): "BusyBox prints no protocol",
    ("bb_ip_r", "nexthops"): "BusyBox prints no nexthops of a multipath route",
    ("bb_ip_r", "metrics"): "BusyBox prints no path metrics",
    ("bb_ip_r", "via"): "BusyBox prints no gateway of another family",
    ("bb_ip_r", "nhid"): "BusyBox prints no nexthop id",
    ("r.show_dev_v0", "dev"): "the filter drops dev; the command line tells it",
    ("r.show_scope_link", "scope"): "the filter drops scope; the command line tells it",
    ("r.show_metric_5", "metric"): "the filter drops metric; the command line tells it",
    ("r.show_via_10.1.0.2", "gateway"): "the filter drops via; the command line tells it",
}


def azure_node_pairs() -> Iterator[Pair]:
    """Every text of `ip route` that the lab's own node printed, with the JSON of the same state."""
    folder = captures_folder() / "lab" / "azure-node"

    def pair(name: str, oracle: str, *argv: str) -> Pair:
        return Pair(name, folder / name, folder / oracle, ("ip", *argv))

    for option, words in (("", ()), ("o", ("-o",)), ("s", ("-s",)), ("N", ("-N",)), ("color", ("-c",)), ("d", ("-d",))):
        oracle = "ip_dj_r" if option == "d" else "ip_j_r"
        yield pair(f"ip_{option}_r", oracle, *words, "r")
        if option != "color":
            yield pair(f"ip_{option}_r_all", f"{oracle}_all", *words, "r", *TABLE_ALL)
    yield pair("bb_ip_r", "ip_j_r", "r")
    for option, oracle in (("6", "ip_j_r_all"), ("6d", "ip_dj_r_all")):
        name = f"ip_{option}_r"
        words = ("-6", *(("-d",) if option == "6d" else ()))
        yield Pair(f"{name}_all", folder / f"{name}_all", folder / oracle, ("ip", *words, "r", *TABLE_ALL), _is_inet6)
        yield Pair(name, folder / name, folder / oracle, ("ip", *words, "r"), _is_inet6_main)


def _is_inet6(item: JsonObject) -> bool:
    return ":" in str(item["dst"])


def _is_inet6_main(item: JsonObject) -> bool:
    return _is_inet6(item) and item.get("table", "main") == "main"


def lab_pairs() -> Iterator[Pair]:
    """The captures in this repository; `-o` shares the JSON of the command without it."""
    for text in sorted(LAB.glob("r*.txt")):
        oracle = LAB / f"{text.stem.replace('r-o', 'r', 1)}.json"
        head, _, words = text.stem.partition(".")
        options = tuple(f"-{letter}" for letter in head.split("-")[1:])
        argv = tuple(words.replace("fd27__5", "fd27::5").split("_")) if words not in {"", "linkdown"} else ()
        yield Pair(text.stem, text, oracle, ("ip", *options, "r", *argv))


def unexplained(
    pair: Pair, table: RouteTable, seen: set[tuple[str, str]]
) -> list[tuple[str, str, JsonValue, JsonValue]]:
    """Give the differences of one pair that EXPLAINED does not name; notes in `seen` those that it does."""
    expected = pair.expected()
    if pair.name.startswith("ip_6") and not pair.name.endswith("_all"):
        # the oracle is of `table all`, which prints `table main` with -d; `ip -6 r` prints no table
        expected = [{key: value for key, value in item.items() if key != "table"} for item in expected]
    wrong = wrong_keys(ip_json(table), expected)
    seen |= {(pair.name, key) for _, key, _, _ in wrong}
    return [item for item in wrong if (pair.name, item[1]) not in EXPLAINED]


def check_both_forms(pairs: list[Pair]) -> set[tuple[str, str]]:
    """Compare text and JSON of every pair with the oracle and with each other; gives the explained differences met."""
    seen: set[tuple[str, str]] = set()
    for pair in pairs:
        text = ip_route.parse(pair.capture(pair.text))
        assert (pair.name, text.diagnostics) == (pair.name, ())
        assert text.value is not None
        assert (pair.name, unexplained(pair, text.value, seen)) == (pair.name, [])
        machine = ip_route.parse(pair.capture(pair.oracle))
        assert (pair.name, machine.diagnostics) == (pair.name, ())
        if not pair.name.startswith(("bb_", "ip_6")):
            assert machine.value is not None
            assert (pair.name, text.value.routes) == (pair.name, machine.value.routes)
    return seen


def test_lab_captures_of_this_repository_agree_with_their_json() -> None:
    """A word of print_route would be lost or mistyped."""
    pairs = list(lab_pairs())

    seen = check_both_forms(pairs)

    assert len(pairs) == 17
    assert seen == {key for key in EXPLAINED if key[0].startswith("r.")}


@pytest.mark.shared
def test_the_azure_node_agrees_with_its_json() -> None:
    """A variant of the command (-d, -o, -s, -N, -6, colour, BusyBox) would lose or invent a value."""
    pairs = list(azure_node_pairs())

    seen = check_both_forms(pairs)

    assert len(pairs) == 16
    assert seen == {key for key in EXPLAINED if not key[0].startswith("r.")}


@pytest.mark.shared
def test_every_sample_node_and_pod_agrees_with_its_json() -> None:
    """The routes of the five CNI modes would differ between text and JSON."""
    pairs = list(node_pairs("route"))

    seen = check_both_forms(pairs)

    assert len(pairs) >= 50
    assert seen == set()


def test_a_tunnel_repeats_the_destination_key() -> None:
    """`encap` prints its own dst beside the route's (iproute2 before 6.3)."""
    capture = Pair("x", LAB / "r.show_table_all.txt", LAB / "r.show_table_all.json", ("ip", "r", *TABLE_ALL))
    table = ip_route.parse(capture.capture(capture.text)).unwrap()

    found = next(item for item in ip_json(table) if item["dst"] == "10.24.0.0/16")

    assert list(found.items()) == [
        ("dst", "10.24.0.0/16"),
        ("encap", "ip6"),
        ("id", 5),
        ("src", "::"),
        ("dst#2", "fd09::7"),
        ("hoplimit", 0),
        ("tc", 0),
        ("gateway", "10.1.0.2"),
        ("dev", "v0"),
        ("flags", []),
    ]
