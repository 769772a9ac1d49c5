"""What `ip -j` printed of a state and what we print of its text are the same array, but for a reviewed table.

Every record is compared whole. A difference has a sign: `-KEY` stands only in the JSON of `ip`, `+KEY` only in ours,
`~KEY` in both with two values. A file's differences must be exactly those that the tables list, each with its reason.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from pydantic import JsonValue

from azcnilint.capture import Capture
from azcnilint.models import LinkTable
from azcnilint.native.ip_address import ip_json
from azcnilint.parsers.base import ParseResult, ParseStatus
from azcnilint.parsers.ip_address import parse
from azcnilint.text import decode
from tests.native.reviewed import BUSYBOX, HEADER_OF_ONELINE, NETNS_BY_NAME, SINGLE_S, TICKS, Reviewed

HERE = Path(__file__).parent / "ip_address"
CAPTURES = Path(os.environ.get("AZCNILINT_CAPTURES", "/nonexistent"))
AZURE_NODE = CAPTURES / "lab" / "azure-node"
needs_captures = pytest.mark.skipif(not CAPTURES.is_dir(), reason="AZCNILINT_CAPTURES names no folder")


def read(path: Path) -> ParseResult[LinkTable]:
    """Parse a file that holds the output of one command and nothing else."""
    source = decode(path.name, path.read_bytes())
    return parse(Capture(source, source.span, "ip-address"))


def native(path: Path) -> list[JsonValue]:
    """Give our array for a file, which must be read without a diagnostic."""
    result = read(path)
    assert (result.status, result.diagnostics) == (ParseStatus.COMPLETE, ())
    return [*ip_json(result.unwrap())]


def oracle(path: Path) -> list[JsonValue]:
    """Give the array that `ip -j` printed, without the empty objects that it leaves for what a filter took out."""
    links = [link for link in json.loads(path.read_text("utf-8")) if link]
    for link in links:
        if "addr_info" in link:
            link["addr_info"] = [address for address in link["addr_info"] if address]
    return links


def differences(ours: JsonValue, theirs: JsonValue, path: str = "") -> Iterator[str]:
    """Yield every difference with its sign; links are paired by name, addresses by themselves."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted(ours.keys() | theirs.keys()):
            inner = f"{path}.{key}" if path else key
            if key not in ours:
                yield f"-{inner}"
            elif key not in theirs:
                yield f"+{inner}"
            else:
                yield from differences(ours[key], theirs[key], inner)
    elif path in {"", "addr_info"} and isinstance(ours, list) and isinstance(theirs, list):
        mine, yours = _by_name(ours), _by_name(theirs)
        assert [name for name in mine if name in yours] == [name for name in yours if name in mine], "another order"
        yield from (f"-{name}" for name in yours if name not in mine)
        yield from (f"+{name}" for name in mine if name not in yours)
        for name in mine.keys() & yours.keys():
            yield from differences(mine[name], yours[name], path)
    elif (type(ours), ours) != (type(theirs), theirs):
        yield f"~{path}"


def _by_name(records: list[JsonValue]) -> dict[str, JsonValue]:
    named: dict[str, JsonValue] = {}
    for record in records:
        assert isinstance(record, dict)
        name = f"link {record['ifname']}" if "ifname" in record else f"{record['local']}/{record['prefixlen']}"
        assert name not in named
        named[name] = record
    return named


def without(links: list[str], why: str) -> Reviewed:
    """Give the entries for links that a variant leaves out."""
    return {f"-link {name}": why for name in links}


NO_INET = "`ip -o address` prints links with an address only"
OWN: Mapping[tuple[str, str], Reviewed] = {
    ("ip_a.txt", "ip_a.json"): {},
    ("ip_link.txt", "ip_link.json"): {},
    ("ip_-d_a.txt", "ip_-d_a.json"): {"~linkinfo.info_data.gc_timer": "ticks between text and JSON"},
    ("ip_-d_link.txt", "ip_-d_link.json"): TICKS,
    ("ip_-s_a.txt", "ip_-s_a.json"): SINGLE_S,
    ("ip_-s_-s_a.txt", "ip_-s_-s_a.json"): {},
    ("ip_-4_a.txt", "ip_-4_a.json"): {},
    ("ip_-6_a.txt", "ip_-6_a.json"): {
        "-link a@b": "the text is that of a link `a` on `b`; with -6 neither label nor list of links tells",
        "+link a": "the same",
    },
    ("ip_-br_a.txt", "ip_-br_a.json"): {},
    ("ip_-br_link.txt", "ip_-br_link.json"): {},
    ("ip_-o_a.txt", "ip_a.json"): {
        **HEADER_OF_ONELINE,
        "-altnames": "`ip -o address` prints no header",
        **without(
            ["mv0", "mvs", "mvt", "vx0", "vx6", "vxe", "tap0", "tun0", "<UP>", "via", "mtu", "NONE", "42"], NO_INET
        ),
    },
    ("ip_-o_link.txt", "ip_-o_link.json"): {},
    ("ip_-f_link_a.txt", "ip_-f_link_a.json"): {},
    ("busybox_ip_a.txt", "ip_a.json"): {
        **BUSYBOX,
        "-altnames": "BusyBox does not print them",
        "-addr_info.metric": "BusyBox does not print it",
        "-addr_info.nodad": "BusyBox has no word for it",
        "-addr_info.mngtmpaddr": "BusyBox has no word for it",
        "+addr_info.ifa_flags": "BusyBox prints those two as `flags 102`",
        "~link_type": "BusyBox has no name for ARPHRD_NONE and prints `link/[65534]`",
    },
    ("busybox_ip_-4_a.txt", "ip_-4_a.json"): {
        **BUSYBOX,
        "-altnames": "BusyBox does not print them",
        "-addr_info.metric": "BusyBox does not print it",
    },
}

NOT_IN_BRIEF: Reviewed = {
    f"-{key}": "-br does not print it"
    for key in ("ifindex", "mtu", "qdisc", "group", "txqlen", "link_type", "broadcast", "master")
}
WITHOUT_S: Reviewed = {"+stats64": "the JSON of the lab was taken without -s"}
LATER: Reviewed = {
    "~addr_info.valid_life_time": "counts down: this capture was taken later",
    "~addr_info.preferred_life_time": "counts down: this capture was taken later",
    "-addr_info.tentative": "the address had become usable when this capture was taken",
}
ONLY_INET = "`ip -4 address` prints links with an IPv4 address only"
DOWN = ["br0", "cilium_vxlan", "vx1"]
UP = ["hostuplink", "e01", "azv0aa1", "e02", "azv0aa2", "e03", "azv0aa3"]
LAB: Mapping[tuple[str, str], Reviewed] = {
    ("ip__a", "ip_j_a"): {},
    ("ip__link", "ip_j_link"): {},
    ("ip_d_a", "ip_dj_a"): {},
    ("ip_d_a", "ip_djp_a"): {},
    ("ip_d_link", "ip_dj_link"): {},
    ("ip_d_link", "ip_djp_link"): {},
    ("ip_s_a", "ip_j_a"): WITHOUT_S,
    ("ip_s_link", "ip_j_link"): WITHOUT_S,
    ("ip_ss_a", "ip_j_a"): WITHOUT_S,
    ("ip_ss_link", "ip_j_link"): WITHOUT_S,
    ("ip_ds_a", "ip_dj_a"): WITHOUT_S,
    ("ip_ds_link", "ip_dj_link"): WITHOUT_S,
    ("ip_4_link", "ip_j_link"): {},
    ("ip_6_link", "ip_j_link"): {},
    ("ip_o_link", "ip_j_link"): {},
    ("ip_4_a", "ip_j_a"): {
        **without([*UP, *DOWN], ONLY_INET),
        **{f"-{key}": "`ip -4 address` prints no link/ line" for key in ("link_type", "address", "broadcast")},
        **{f"-{name}": "an IPv6 address" for name in ("::1/128", "fd00:10:224::4/64", "fe80::20d:3aff:fe12:3456/64")},
    },
    ("ip_6_a", "ip_j_a"): {
        **without(DOWN, "`ip -6 address` prints links with an IPv6 address only"),
        **{f"-{key}": "`ip -6 address` prints no link/ line" for key in ("link_type", "address", "broadcast")},
        **{f"-{key}": "the kernel sends it not with AF_INET6" for key in ("qdisc", "group", "master")},
        **{
            f"-{name}": "an IPv4 address"
            for name in ("127.0.0.1/8", "10.9.9.9/32", "10.224.0.4/16", "10.9.9.10/24", "10.8.0.1/32")
        },
    },
    ("ip_br_a", "ip_j_a"): {
        **NOT_IN_BRIEF,
        "-flags": "`-br address` does not print it",
        "-address": "`-br address` does not print it",
        **{
            f"-addr_info.{key}": "-br does not print it"
            for key in (
                *("family", "scope", "label", "broadcast", "tentative", "dynamic"),
                *("valid_life_time", "preferred_life_time"),
            )
        },
    },
    ("ip_br_link", "ip_j_link"): {
        **NOT_IN_BRIEF,
        "-linkmode": "-br does not print it",
        "-ifalias": "-br does not print it",
    },
    ("ip_o_a", "ip_j_a"): {**HEADER_OF_ONELINE, **without(DOWN, NO_INET)},
    ("bb_ip_a", "ip_j_a"): {**BUSYBOX, **LATER},
    ("ip_color_a", "ip_j_a"): LATER,
}


@pytest.mark.parametrize(("text", "machine"), OWN, ids=[text for text, _ in OWN])
def test_our_namespace_reads_as_ip_itself_prints_it(text: str, machine: str) -> None:
    """A field lost or made up in any variant of the command would show here."""
    found = set(differences(native(HERE / text), oracle(HERE / machine)))

    assert found == set(OWN[text, machine])


@pytest.mark.parametrize("machine", sorted(HERE.glob("*.json")), ids=lambda path: path.name)
def test_json_comes_out_as_it_went_in(machine: Path) -> None:
    """A key of the JSON that the model has no place for would be missing here."""
    assert list(differences(native(machine), oracle(machine))) == []


@pytest.mark.parametrize(
    "variant", ["ip_a", "ip_link", "ip_-s_-s_a", "ip_-4_a", "ip_-br_a", "ip_-br_link", "ip_-f_link_a"]
)
def test_text_and_json_of_one_state_give_equal_records_and_hide_the_same(variant: str) -> None:
    """Rules would judge the same node differently by the form in which it was captured."""
    text, machine = read(HERE / f"{variant}.txt").unwrap(), read(HERE / f"{variant}.json").unwrap()

    assert text.links == machine.links
    assert [link.hidden | {"link_netns"} for link in text.links] == [link.hidden for link in machine.links]
    assert text.hidden == machine.hidden


@pytest.mark.parametrize(("text", "machine"), LAB, ids=[f"{text}-{machine}" for text, machine in LAB])
@pytest.mark.shared
@needs_captures
def test_the_lab_node_reads_as_ip_itself_prints_it(text: str, machine: str) -> None:
    """The same for a node with pods, a bridge, vxlan and namespaces."""
    found = set(differences(native(AZURE_NODE / text), oracle(AZURE_NODE / machine)))

    assert found == set(LAB[text, machine])


@pytest.mark.shared
@needs_captures
def test_every_capture_of_the_lab_node_is_compared() -> None:
    """A capture that is in no row of the table would go unproven."""
    names = {path.name for path in AZURE_NODE.iterdir() if path.name.startswith(("ip_", "bb_ip_"))}

    assert {name for name in names if name.endswith(("_a", "_link"))} == {name for pair in LAB for name in pair}


def node_captures() -> Iterator[tuple[Path, Path, Reviewed]]:
    """Yield text, JSON and what may differ, for every `ip address` and `ip link` of the lab's nodes."""
    for table in sorted((CAPTURES / "lab" / "nodes").glob("*/commands.tsv")):
        heads, *rows = (line.split("\t") for line in table.read_text("utf-8").splitlines())
        for row in rows:
            values = dict(zip(heads, row, strict=True))
            if values["group"] == "addr":
                text = table.parent / values["file"]
                yield text, table.parent / values["oracle_file"], _reviewed(text, stable=values["stable"] == "1")


def _reviewed(text: Path, *, stable: bool) -> Reviewed:
    reviewed = dict(SINGLE_S) if "_-s_" in text.name else {}
    if "link-netns " in text.read_text("utf-8"):
        reviewed |= NETNS_BY_NAME
    if not stable:
        reviewed |= {"*": "a counter or timer moved between the two captures"}
    return reviewed


@pytest.mark.shared
@needs_captures
def test_every_node_and_pod_of_the_lab_reads_as_ip_itself_prints_it() -> None:
    """Five modes of Azure CNI, host and pods, seven commands each: no difference that is not reviewed."""
    captures = list(node_captures())
    unreviewed = {}
    for text, machine, reviewed in captures:
        found = set(differences(native(text), oracle(machine)))
        if "*" in reviewed:
            found = {name for name in found if not (name.startswith("~") and ("timer" in name or "stats64" in name))}
        if found != reviewed.keys() - {"*"}:
            unreviewed[str(text)] = found ^ (reviewed.keys() - {"*"})

    assert unreviewed == {}
    assert len(captures) == 70
