"""Bad inputs, whole command lines: a clear message, the right exit code, no traceback, and the rest is judged."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from azcnilint.formats import json as json_format
from tests.cli.running import RIVALS, RULE, Ran, run
from tests.hostile.test_archives import tar_of

ROUTES = RIVALS.encode()
GOOD = ("aks-0/ip-route.txt", ROUTES)
PACKED = gzip.compress(
    tar_of(GOOD, ("aks-0/ip-neigh.txt", b"10.224.0.1 dev eth0 lladdr 12:34:56:78:9a:bc REACHABLE\n"))
)


def zip_with(name: str, data: bytes) -> bytes:
    """Give a zip of the good capture and one more member."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(*GOOD)
        archive.writestr(name, data)
    return out.getvalue()


def check(path: Path | str, *options: str) -> Ran:
    """Judge with the one rule that the good capture fails."""
    return run("check", str(path), "--select", RULE, "--fact", "mode=overlay", *options)


def first_line(ran: Ran) -> str:
    """Give the first line of what went to standard error."""
    return ran.err.partition("\n")[0]


# ---- nothing to judge: code 3, one message, nothing on standard output


def _nothing(_: Path) -> None:
    """Leave the path without a file."""


def _write(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (_nothing, 'azcnilint: error: cannot open "{path}": no such file or directory'),
        (Path.mkdir, "azcnilint: {path}: nothing that azcnilint reads was recognised"),
        (Path.touch, "azcnilint: {path}: nothing that azcnilint reads was recognised"),
        (_write(b"dear support,\nit is broken\n"), "azcnilint: {path}: nothing that azcnilint reads was recognised"),
        (_write(b"\x7fELF" + bytes(500)), 'azcnilint: error: "bundle" is neither an archive nor text'),
        (_write(bytes(range(256)) * 40), 'azcnilint: error: "bundle" is neither an archive nor text'),
        (_write(b"\x28\xb5\x2f\xfd" + bytes(50)), 'azcnilint: error: "bundle" is a zstd archive, which is not read;'),
        (_write(PACKED[:30]), 'azcnilint: error: cannot read "bundle": the gzip stream is cut before its end'),
        (_write(b"\x1f\x8b\x08" + bytes(200)), 'azcnilint: error: cannot read "bundle": the gzip stream is corrupt'),
        (_write(b"PK\x03\x04" + b"x" * 200), 'azcnilint: error: cannot read "bundle": '),
        (_write(tar_of()), 'azcnilint: error: "bundle" is neither an archive nor text'),
        (
            _write(b"default via 10.224.0.1 dev eth0 " + b"x" * 1_000_000),
            "azcnilint: {path}: nothing that azcnilint reads was recognised",
        ),
    ],
    ids=[
        "missing",
        "empty-folder",
        "empty-file",
        "letter",
        "elf",
        "binary",
        "zstd",
        "cut-gzip",
        "corrupt-gzip",
        "corrupt-zip",
        "empty-tar",
        "one-line-of-1-MB",
    ],
)
def test_an_input_without_evidence_gives_3_and_says_why(
    tmp_path: Path, make: Callable[[Path], object], message: str
) -> None:
    """None of these may look like a healthy node, nor like a bug."""
    path = tmp_path / "bundle"
    make(path)

    ran = check(path)

    assert (ran.code, ran.out) == (3, "")
    assert first_line(ran).startswith(message.format(path=path))


@contextmanager
def unprivileged() -> Iterator[None]:
    """Be nobody for a while where the tests run as root, whom no permission stops; everyone else stays who they are."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_what_may_not_be_read_is_told_and_the_rest_is_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A locked folder inside a bundle is told and the open one judged; asked for directly it gives 3."""
    (tmp_path / "aks-0").mkdir()
    (tmp_path / "aks-0" / "ip-route.txt").write_bytes(ROUTES)
    (tmp_path / "locked").mkdir(mode=0o000)
    tmp_path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    check("-", "-f", "json")  # loads the rules while their files may be read

    with unprivileged():
        whole, locked = check(".", "-f", "json"), check("locked")

    notices = json_format.parse(whole.out).notices
    assert (whole.code, whole.err) == (1, "")
    assert [(each.code, each.message) for each in notices] == [
        ("unreadable-member", '"locked" cannot be read: permission denied')
    ]
    assert (locked.code, locked.err) == (3, 'azcnilint: error: cannot open "locked": permission denied\n')


# ---- a bundle of which one part is bad: that part is told, the good capture is judged


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (gzip.compress(tar_of(GOOD, ("pad", b"A" * 700_000)))[:-40], ["damaged-archive"]),
        (zip_with("same.txt", b"A" * 200_000_000), ["decompression-bomb"]),
        (zip_with("../../etc/ip-route.txt", ROUTES), ["unsafe-member-name"]),
        (zip_with("/etc/ip-route.txt", ROUTES), ["unsafe-member-name"]),
        (zip_with("aks-0/tool", b"\x7fELF" + bytes(500)), ["binary-members"]),
        (zip_with("aks-0/core.zst", b"\x28\xb5\x2f\xfd" + bytes(50)), ["unsupported-archive"]),
        (zip_with("aks-0/letter.txt", b"dear support\n"), []),
    ],
    ids=["cut", "bomb", "dots", "absolute", "binary", "zstd", "letter"],
)
def test_a_bad_member_is_told_and_the_good_one_judged(tmp_path: Path, data: bytes, codes: list[str]) -> None:
    """One bad member must neither hide a fault of the node nor pass in silence."""
    path = tmp_path / "bundle.bin"
    path.write_bytes(data)

    ran = check(path, "-f", "json")

    report = json_format.parse(ran.out)
    assert (ran.code, ran.err) == (1, "")
    assert sorted({notice.code for notice in report.notices}) == codes
    assert [finding.rule_id for finding in report.findings] == [RULE, RULE]


def test_every_notice_reaches_the_text(tmp_path: Path) -> None:
    """What the JSON tells of a bomb, the screen tells too."""
    path = tmp_path / "bundle.zip"
    path.write_bytes(zip_with("same.txt", b"A" * 200_000_000))

    ran = check(path)

    assert re.search(r"(?m)^error\[decompression-bomb\]: ", ran.out)
    assert "Traceback" not in ran.out + ran.err


# ---- rule packs


LAUGHS = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"bomb.yaml": LAUGHS}, "error[yaml-anchor]: anchors are not read"),
        ({"deep.yaml": "[" * 100_000}, "error[yaml-too-deep]: "),
        ({"code.yaml": "id: !!python/object/apply:os.system ['true']\n"}, "error[yaml-tag]: tags are not read"),
        ({"binary.yaml": "\x00\x01\x02"}, "error[yaml-"),
        ({}, "error[pack-empty]: there is no rule file here"),
    ],
    ids=["laughs", "deep", "tag", "binary", "empty"],
)
def test_a_hostile_rule_pack_gives_2_and_is_not_used(tmp_path: Path, files: dict[str, str], said: str) -> None:
    """A pack can only be wrong; it can neither run code nor fill the memory."""
    pack, bundle = tmp_path / "pack", tmp_path / "aks-0"
    for folder in (pack, bundle):
        folder.mkdir()
    (bundle / "ip-route.txt").write_bytes(ROUTES)
    for name, text in files.items():
        (pack / name).write_text(text, encoding="utf-8")

    ran = check(bundle, "--pack", str(pack))

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(said)
    assert "Traceback" not in ran.err


def test_a_pack_that_takes_an_id_of_the_built_in_rules_gives_2(tmp_path: Path) -> None:
    """Which of two rules of one id counts must never be luck."""
    source = Path("rules") / "routes" / f"{RULE}.yaml"
    copy = tmp_path / source.name
    copy.write_bytes((Path(__file__).parents[2] / source).read_bytes())

    ran = check("-", "--pack", str(copy))

    assert (ran.code, ran.err) == (2, f"azcnilint: error: both packs have the rule {RULE}\n")


# ---- names and lines that attack the reader


EVIL = "eth0\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\u2066\x08\r"
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def evil_bundle(folder: Path) -> Path:
    """Write a bundle whose interface, path, rule comment and pod carry escapes for terminals."""
    node = folder / "aks-\u202e0"
    node.mkdir(parents=True)
    link = {
        "ifindex": 2,
        "ifname": EVIL,
        "flags": ["UP"],
        "mtu": 1500,
        "operstate": "DOWN",
        "link_type": "ether",
        "address": "00:0d:3a:ce:6f:5a",
        "addr_info": [{"family": "inet", "local": "10.0.0.1", "prefixlen": 8, "scope": "global", EVIL: 1}],
    }
    (node / "ip-address.txt").write_text(json.dumps([link]), encoding="utf-8")
    (node / "ip-route.txt").write_text(f"{RIVALS}10.9.9.9 dev {EVIL} {EVIL} {EVIL}\n", encoding="utf-8")
    (node / f"note{EVIL}.txt").write_text("dear support\n", encoding="utf-8")
    (folder / f"ip-route-{chr(0xDCFF)}.txt").write_text(EVIL, encoding="utf-8")
    namespace = node / "ip_netns_\u202epod"
    namespace.mkdir()
    (namespace / "ip-route.txt").write_text("bash: ip: command not found\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "argv",
    [
        ("check", "{}"),
        ("check", "{}", "-f", "json"),
        ("check", "{}", "-f", "sarif"),
        ("check", "{}/nope\x1b[31m\x9b"),
        ("inspect", "{}"),
        ("inspect", "{}", "--format", "json"),
        ("parse", "{}/aks-\u202e0/ip-address.txt"),
        ("parse", "{}/aks-\u202e0/ip-address.txt", "--format", "native"),
        ("parse", "{}/aks-\u202e0/ip-route.txt"),
        ("parse", "{}/aks-\u202e0/ip-route.txt", "--format", "native"),
    ],
    ids=" ".join,
)
def test_no_escape_of_a_captured_name_reaches_the_terminal(tmp_path: Path, argv: tuple[str, ...]) -> None:
    """A hostile node could otherwise rewrite the report on the screen of the one who reads it, or reorder its words."""
    bundle = evil_bundle(tmp_path)

    ran = run(*(word.format(bundle) for word in argv))

    assert UNSAFE.search(ran.out + ran.err) is None
    assert "Traceback" not in ran.err


def test_half_a_surrogate_in_json_is_no_crash() -> None:
    """JSON can spell what no encoding can write."""
    link = '[{"ifindex": 2, "ifname": "eth\\ud800", "flags": [], "mtu": 1500, "operstate": "UP", "link_type": "ether"}]'

    ran = run("check", "-", "-f", "json", stdin=f"$ ip -j link\n{link}\n".encode())

    assert ran.code in {0, 1}
    assert json_format.parse(ran.out).bundle == "<stdin>"


# ---- quantity


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        (ROUTES + b"x" * 1_000_000 + b"\n", {"unreadable-line"}),
        (ROUTES + b"10.1.0.0/16 dev eth0 " + b"x " * 500_000 + b"\n", {"unreadable-line"}),
        (ROUTES + b"".join(b"%d|junk::line=x\n" % number for number in range(100_000)), {"unreadable-line"}),
        (ROUTES.replace(b"dev", b"d\x00ev") + b"\x00" * 5 + b"\n", {"nul-removed"}),
    ],
    ids=["1-MB-line", "1-MB-of-words", "100k-junk-lines", "NUL"],
)
def test_quantity_costs_seconds_and_hides_nothing(tmp_path: Path, body: bytes, codes: set[str]) -> None:
    """The rivals beside the junk are found, the junk is told, and the report stays small."""
    path = tmp_path / "ip-route.txt"
    path.write_bytes(body)
    begun = time.process_time()

    ran = check(path)

    assert time.process_time() - begun < 15
    assert ran.code == 1
    assert set(re.findall(r"(?m)^\w+\[([\w-]+)\]", ran.out)) - {RULE} == codes - {"nul-removed"}
    assert {notice.code for notice in json_format.parse(check(path, "-f", "json").out).notices} >= codes
    assert len(ran.out) < 20_000
