"""Hostile and damaged archives: each attack is named in a notice, and what is whole is still read."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import random
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from azcnilint.errors import BundleError
from azcnilint.snapshot import Bundle, Limits, read_bundle

ROUTE = b"default via 10.224.0.1 dev eth0 proto dhcp src 10.224.0.4 metric 100\n"
GOOD = ("node-0/ip-r.txt", ROUTE)
SMALL = Limits(
    members=50,
    artifact_bytes=64 * 1024,
    kept_bytes=256 * 1024,
    unpacked_bytes=8 * 1024 * 1024,
    ratio=100,
    ratio_free_bytes=1024 * 1024,
)


def info(name: str, size: int = 0, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    """Make a tar header."""
    header = tarfile.TarInfo(name)
    header.size, header.type, header.linkname = size, kind, target
    return header


def tar_of(*members: tuple[tarfile.TarInfo | str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    """Build a tar archive of the given headers (or names) and contents."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for header, data in members:
            entry = info(header, len(data)) if isinstance(header, str) else header
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def zip_of(*members: tuple[zipfile.ZipInfo | str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Build a zip archive of the given entries (or names) and contents."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for entry, data in members:
            archive.writestr(entry, data, compress_type=method)
    return out.getvalue()


def unix_entry(name: str, mode: int) -> zipfile.ZipInfo:
    """Make a zip entry with a Unix file mode."""
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, mode << 16
    return entry


def chance_of(seed: int) -> random.Random:
    """Give a repeatable source of chance."""
    return random.Random(seed)  # noqa: S311 - nothing is kept secret by it


def hex_text(seed: int, size: int) -> bytes:
    """Give text of twice `size` characters that compresses badly."""
    return chance_of(seed).randbytes(size).hex().encode()


def codes(bundle: Bundle) -> list[str]:
    """Give the codes of a bundle's notices."""
    return [notice.code for notice in bundle.notices]


def paths(bundle: Bundle) -> list[str]:
    """Give the paths of a bundle's artifacts."""
    return [path for path, _ in bundle.members]


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "tar": lambda data: data,
    "tar.gz": gzip.compress,
    "tar.bz2": bz2.compress,
    "tar.xz": lzma.compress,
    "two gzip streams": lambda data: gzip.compress(data[:700]) + gzip.compress(data[700:]),
    "gzip with padding": lambda data: gzip.compress(data) + bytes(512),
}


@pytest.mark.parametrize("packer", PACKERS.values(), ids=PACKERS)
@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_every_kind_of_tar_gives_its_files_sorted_by_path(packer: Callable[[bytes], bytes], form: int) -> None:
    """A format that is not read would leave a bundle without evidence."""
    data = packer(tar_of(("node-1/ip-n.txt", b"n\n"), GOOD, form=form))

    bundle = read_bundle(data)

    assert bundle.members == (GOOD, ("node-1/ip-n.txt", b"n\n"))
    assert bundle.notices == ()


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_long_and_foreign_names_are_read_from_extended_headers(form: int) -> None:
    """The plain header holds 100 bytes; what is longer would be cut."""
    name = "n" * 200 + "/ip-r-\u00e9.txt"

    bundle = read_bundle(tar_of((name, ROUTE), form=form))

    assert bundle.members == ((name, ROUTE),)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_zip_gives_its_files(method: int) -> None:
    """The node log collector of AKS writes a zip."""
    bundle = read_bundle(zip_of(GOOD, method=method))

    assert bundle == Bundle("<stdin>", (GOOD,))


def test_zip_entry_marked_as_pipe_is_read() -> None:
    """`zip --fifo`, as the AKS log collector runs it, stores the output and marks the entry as a pipe."""
    entry = unix_entry("collect/ip_4_route.json", stat.S_IFIFO | 0o644)

    bundle = read_bundle(zip_of((entry, b"[]")))

    assert bundle.members == (("collect/ip_4_route.json", b"[]"),)


TAR_ATTACKS: dict[str, tuple[tarfile.TarInfo, str, str]] = {
    "parent folder": (info("../../etc/passwd"), "unsafe-member-name", 'the name "../../etc/passwd" has ".." in it'),
    "inner parent folder": (info("a/../../b"), "unsafe-member-name", 'the name "a/../../b" has ".." in it'),
    "absolute": (info("/etc/passwd"), "unsafe-member-name", 'the name "/etc/passwd" is absolute'),
    "drive": (info("C:evil.txt"), "unsafe-member-name", 'the name "C:evil.txt" begins with a drive letter'),
    "backslash": (info("a\\..\\b"), "unsafe-member-name", 'the name "a\\..\\b" has a backslash in it'),
    "control": (info("a\x1b[2Jb"), "unsafe-member-name", 'the name "a\\x1b[2Jb" has control characters in it'),
    "line end": (info("a\nb"), "unsafe-member-name", 'the name "a\\x0ab" has control characters in it'),
    "symbolic link": (info("l", kind=tarfile.SYMTYPE, target="/etc/passwd"), "unread-member", '"l" is a symbolic link'),
    "hard link": (info("h", kind=tarfile.LNKTYPE, target="/etc/shadow"), "unread-member", '"h" is a hard link'),
    "device": (info("d", kind=tarfile.CHRTYPE), "unread-member", '"d" is a device or pipe'),
    "pipe": (info("p", kind=tarfile.FIFOTYPE), "unread-member", '"p" is a device or pipe'),
    "unknown type": (info("u", kind=b"Z"), "unread-member", '"u" is of an unknown type'),
}


@pytest.mark.parametrize(("header", "code", "begin"), TAR_ATTACKS.values(), ids=TAR_ATTACKS)
def test_attack_in_a_tar_is_named_and_the_rest_is_read(header: tarfile.TarInfo, code: str, begin: str) -> None:
    """An unsafe member that were kept could name a file outside of the bundle in a report."""
    bundle = read_bundle(tar_of((header, b""), GOOD))

    assert bundle.members == (GOOD,)
    assert [notice.code for notice in bundle.notices] == [code]
    assert bundle.notices[0].message.startswith(begin)


ZIP_ATTACKS: dict[str, tuple[zipfile.ZipInfo, str]] = {
    "parent folder": (zipfile.ZipInfo("../evil.txt"), "unsafe-member-name"),
    "absolute": (zipfile.ZipInfo("/evil.txt"), "unsafe-member-name"),
    "backslash": (zipfile.ZipInfo("a\\b.txt"), "unsafe-member-name"),
    "symbolic link": (unix_entry("link", stat.S_IFLNK | 0o777), "unread-member"),
    "device": (unix_entry("null", stat.S_IFCHR | 0o666), "unread-member"),
}


@pytest.mark.parametrize(("entry", "code"), ZIP_ATTACKS.values(), ids=ZIP_ATTACKS)
def test_attack_in_a_zip_is_named_and_the_rest_is_read(entry: zipfile.ZipInfo, code: str) -> None:
    """As for tar; a link's target is its content."""
    bundle = read_bundle(zip_of((entry, b"/etc/passwd"), GOOD))

    assert (bundle.members, codes(bundle)) == ((GOOD,), [code])


def test_nul_in_a_zip_name_is_unsafe() -> None:
    """The standard library cuts the name at the NUL, so that it would look safe."""
    data = zip_of(("safe.txtXevil", b"x"), GOOD).replace(b"safe.txtXevil", b"safe.txt\x00evil")

    bundle = read_bundle(data)

    assert (bundle.members, codes(bundle)) == ((GOOD,), ["unsafe-member-name"])


def test_names_with_odd_bytes_are_shown_escaped() -> None:
    """A name that cannot be encoded would break the JSON of a report."""
    bundle = read_bundle(tar_of(("node-\udcff/ip-r.txt", ROUTE)))

    assert bundle.members == (("node-\\xff/ip-r.txt", ROUTE),)


def test_the_first_of_two_members_of_one_name_is_kept() -> None:
    """Two readers that choose differently see different bundles."""
    bundle = read_bundle(tar_of(GOOD, ("./node-0//ip-r.txt", b"other\n")))

    assert (bundle.members, codes(bundle)) == ((GOOD,), ["duplicate-member"])


def test_too_long_a_path_is_unsafe() -> None:
    """Paths go into every finding of a report."""
    bundle = read_bundle(tar_of(("x/" * 600 + "y", b"x"), GOOD))

    assert (bundle.members, codes(bundle)) == ((GOOD,), ["unsafe-member-name"])
    assert len(bundle.notices[0].message) < 200


TEXT = ROUTE * 60_000
BOMBS = {"gzip": gzip.compress(TEXT), "bzip2": bz2.compress(TEXT), "xz": lzma.compress(TEXT)}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_decompression_bomb_ends_at_the_ratio(bomb: bytes) -> None:
    """Without the limit 100 MB of input fill 100 GB of memory."""
    with pytest.raises(BundleError, match="as a decompression bomb does"):
        read_bundle(bomb, Limits(ratio=100, ratio_free_bytes=2**20))


def test_what_stood_before_a_bomb_is_kept() -> None:
    """A bomb must not hide the evidence in front of it."""
    data = gzip.compress(tar_of(GOOD, ("zeros", bytes(4_000_000)), ("node-1/ip-r.txt", ROUTE)))

    bundle = read_bundle(data, SMALL)

    assert (bundle.members, codes(bundle)) == ((GOOD,), ["decompression-bomb", "binary-members"])


def test_zip_bomb_ends_at_the_ratio_and_other_files_of_the_folder_are_read(tmp_path: Path) -> None:
    """One hostile attachment must not take the others with it."""
    (tmp_path / "a.zip").write_bytes(zip_of(("x", bytes(4_000_000))))
    (tmp_path / "ip-r.txt").write_bytes(ROUTE)

    bundle = read_bundle(tmp_path, SMALL)

    assert (bundle.members, codes(bundle)) == ((("ip-r.txt", ROUTE),), ["binary-members"])


def test_zip_bomb_of_text_ends_at_the_ratio(tmp_path: Path) -> None:
    """The first bytes of a bomb may look like a capture."""
    (tmp_path / "a.zip").write_bytes(zip_of(("x.txt", b"1" * 30_000_000)))
    (tmp_path / "ip-r.txt").write_bytes(ROUTE)

    bundle = read_bundle(tmp_path, Limits(artifact_bytes=2**30, ratio=100, ratio_free_bytes=2**20))

    assert (paths(bundle), codes(bundle)) == (["ip-r.txt"], ["decompression-bomb"])


def test_files_beyond_the_limit_of_memory_end_the_reading() -> None:
    """Many files of allowed size fill memory as well as one."""
    data = zip_of(*((f"f{n:02}.txt", hex_text(n, 30_000)) for n in range(40)))

    bundle = read_bundle(data, Limits(kept_bytes=500_000))

    assert len(bundle.members) == 8
    assert codes(bundle) == ["limit-exceeded"]


def test_zip_directory_that_lists_one_member_again_and_again_is_read_once() -> None:
    """The overlapping kind of zip bomb: kilobytes of directory make gigabytes of content."""
    data = zip_of(GOOD)
    start, end = data.find(b"PK\x01\x02"), data.rfind(b"PK\x05\x06")
    times, entry = 400, data[start:end]
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, times, times, times * len(entry), start, 0)

    bundle = read_bundle(data[:start] + entry * times + tail)

    assert bundle.members == (GOOD,)
    assert bundle.notices[-1].message == "379 more notices of this kind"


def test_forged_directory_size_of_a_zip_is_refused() -> None:
    """The standard library reads as much directory as the end record announces."""
    data = bytearray(zip_of(GOOD))
    at = data.rfind(b"PK\x05\x06")
    struct.pack_into("<I", data, at + 12, 0x7FFF_FFFF)

    with pytest.raises(BundleError, match="announces a directory of more members than are read"):
        read_bundle(bytes(data))


def test_archives_inside_archives_are_read_to_the_allowed_depth() -> None:
    """A support bundle often holds one archive a node; a matryoshka holds more."""
    inner = gzip.compress(tar_of(GOOD))
    nested = tar_of(("logs.tgz", inner), ("1.tar", tar_of(("2.tar", tar_of(("3.tar", tar_of(("x.txt", b"x\n"))))))))

    bundle = read_bundle(nested)

    assert bundle.members == (("logs.tgz!/node-0/ip-r.txt", ROUTE),)
    assert codes(bundle) == ["nested-too-deep"]


def test_archive_that_holds_itself_ends() -> None:
    """A quine archive never ends by itself; depth does."""
    data = b"x"
    for _ in range(6):
        data = zip_of(("again.zip", data))

    bundle = read_bundle(data)

    assert (bundle.members, codes(bundle)) == ((), ["nested-too-deep"])


def test_ten_thousand_tiny_members_are_read() -> None:
    """Reading must stay linear in the number of members."""
    data = gzip.compress(tar_of(*((f"logs/{n}.txt", b"x\n") for n in range(10_000))))

    bundle = read_bundle(data)

    assert (len(bundle.members), bundle.notices) == (10_000, ())


def test_too_many_members_end_the_reading() -> None:
    """Names alone fill memory."""
    bundle = read_bundle(tar_of(*((f"{n:03}.txt", b"x\n") for n in range(60))), SMALL)

    assert (len(bundle.members), codes(bundle)) == (50, ["limit-exceeded"])


def test_too_large_a_file_is_left_out_and_the_next_is_read() -> None:
    """A log of gigabytes is no capture."""
    data = tar_of(("big.txt", b"line of a log\n" * 10_000), GOOD)

    bundle = read_bundle(data, SMALL)

    assert (bundle.members, codes(bundle)) == ((GOOD,), ["artifact-too-large"])


def test_notices_of_one_kind_are_capped() -> None:
    """A hostile bundle must not write a report of 100,000 lines."""
    bundle = read_bundle(tar_of(*((f"../{n}", b"") for n in range(300)), GOOD))

    assert bundle.members == (GOOD,)
    assert len(bundle.notices) == 21
    assert bundle.notices[-1].message == "280 more notices of this kind"


def test_binary_files_are_counted_and_left_out() -> None:
    """One notice for all of them: a node log archive holds hundreds."""
    binaries = (
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(64)),
        ("core", b"\x7fELF" + bytes(64)),
        ("raw", bytes(range(256)) * 8),
    )

    bundle = read_bundle(tar_of(*binaries, GOOD))

    assert bundle.members == (GOOD,)
    assert [notice.message for notice in bundle.notices] == ["3 binary files were left out"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "latin-1"])
def test_text_in_other_encodings_is_no_binary(encoding: str) -> None:
    """PowerShell's `>` writes UTF-16, half of which are NUL bytes."""
    data = ("# \u00fc\n" + ROUTE.decode()).encode(encoding)

    assert read_bundle(tar_of(("ip-r.txt", data))).members == (("ip-r.txt", data),)


@pytest.mark.parametrize("packer", PACKERS.values(), ids=PACKERS)
def test_cut_tar_keeps_whole_members_and_drops_the_half_one(packer: Callable[[bytes], bytes]) -> None:
    """Half a capture would look like a complete one, and what it lacks would look absent."""
    noise = hex_text(1, 1_000_000)
    data = packer(tar_of(GOOD, ("node-1/ip-r.txt", noise), ("node-2/ip-r.txt", ROUTE)))

    bundle = read_bundle(data[: len(data) // 2])

    assert (bundle.members, codes(bundle)) == ((GOOD,), ["damaged-archive"])


def test_tar_without_its_closing_blocks_is_told() -> None:
    """A download that ended between two members lacks members, and nothing else shows it."""
    bundle = read_bundle(tar_of(GOOD)[:1024])

    assert (bundle.members, codes(bundle)) == ((GOOD,), ["damaged-archive"])


@pytest.mark.parametrize("streamed", [False, True])
def test_cut_zip_is_read_from_its_head(streamed: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """The directory of a zip stands at its end, and a cut one has lost it."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return not streamed

        def tell(self) -> int:
            if streamed:
                raise OSError
            return super().tell()

    out = Pipe()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (
            GOOD,
            ("node-1/ip-r.txt", ROUTE * 2),
            ("z.txt", hex_text(2, 9000)),
        ):
            archive.writestr(name, data)
    whole = out.getvalue()

    bundle = read_bundle(whole[: len(whole) // 2])

    assert bundle.members == (GOOD, ("node-1/ip-r.txt", ROUTE * 2))
    assert codes(bundle) == ["damaged-member", "damaged-archive"]


def test_encrypted_zip_member_is_named() -> None:
    """An encrypted member cannot be read, and its neighbour can."""
    data = bytearray(zip_of(("secret.txt", b"x"), GOOD))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(magic) + offset] |= 1

    bundle = read_bundle(bytes(data))

    assert (bundle.members, codes(bundle)) == ((GOOD,), ["encrypted-member"])


def test_corrupt_zip_member_is_left_out_and_the_next_is_read() -> None:
    """The checksum tells a changed byte."""
    data = zip_of(("bad.txt", b"10.0.0.1 dev eth0\n"), GOOD, method=zipfile.ZIP_STORED).replace(
        b"10.0.0.1", b"10.0.0.2"
    )

    bundle = read_bundle(data)

    assert (bundle.members, codes(bundle)) == ((GOOD,), ["damaged-member"])


def test_huge_pax_header_is_refused() -> None:
    """The standard library would read a header of the announced size into memory."""
    header = info("pax", 2**40, tarfile.XHDTYPE).tobuf(tarfile.GNU_FORMAT)

    bundle = read_bundle(tar_of(GOOD)[:1024] + header + bytes(1024))

    assert bundle.members == (GOOD,)
    assert "announces an extended header of" in bundle.notices[0].message


def test_thousands_of_extended_headers_do_not_recurse() -> None:
    """The standard library follows them by recursion, which ends in RecursionError."""
    header = info("pax", 0, tarfile.XHDTYPE).tobuf(tarfile.USTAR_FORMAT)

    bundle = read_bundle(header * 5_000 + tar_of(GOOD))

    assert (bundle.members, bundle.notices) == ((GOOD,), ())


def test_xz_that_asks_for_gigabytes_of_dictionary_is_refused() -> None:
    """An xz header of 24 bytes can ask for a dictionary of 4 GiB."""
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 20}]
    data = bytearray(lzma.compress(ROUTE, filters=filters))
    start = 12
    end = start + (data[start] + 1) * 4
    at = data.find(b"\x21\x01", start, end) + 2
    data[at] = 40
    data[end - 4 : end] = struct.pack("<I", zlib.crc32(data[start : end - 4]))

    with pytest.raises(BundleError, match="the xz stream is corrupt"):
        read_bundle(bytes(data))


ARCHIVES: dict[str, bytes] = {
    "tar": tar_of(GOOD, ("node-1/ip-n.txt", b"x\n" * 300)),
    "tgz": gzip.compress(tar_of(GOOD, ("node-1/ip-n.txt", b"x\n" * 300))),
    "txz": lzma.compress(tar_of(GOOD, ("node-1/ip-n.txt", b"x\n" * 300))),
    "tbz2": bz2.compress(tar_of(GOOD, ("node-1/ip-n.txt", b"x\n" * 300))),
    "zip": zip_of(GOOD, ("node-1/ip-n.txt", b"x\n" * 300)),
}


@pytest.mark.parametrize("data", ARCHIVES.values(), ids=ARCHIVES)
def test_flipped_bytes_raise_nothing_but_a_bundle_error(data: bytes) -> None:
    """Whatever a disk or an attacker did: a notice, an error that tells what is wrong, never a traceback."""
    for seed in range(150):
        chance = chance_of(seed)
        broken = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        cut = chance.choice((len(broken), chance.randrange(len(broken))))
        try:
            bundle = read_bundle(bytes(broken[:cut]), SMALL)
        except BundleError as error:
            told = str(error)
        else:
            told = '"<stdin>"' if list(bundle.members) == sorted(bundle.members) else "unsorted"
        assert told.startswith(('"<stdin>"', 'cannot read "<stdin>"'))


UNREADABLE: dict[str, tuple[bytes, str]] = {
    "zstd": (b"\x28\xb5\x2f\xfd" + bytes(20), '"<stdin>" is a zstd archive, which is not read; unpack it first'),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(20), '"<stdin>" is a 7z archive, which is not read; unpack it first'),
    "binary": (b"\x7fELF" + bytes(200), '"<stdin>" is neither an archive nor text'),
    "cut gzip": (gzip.compress(ROUTE * 9)[:30], 'cannot read "<stdin>": the gzip stream is cut before its end'),
}


@pytest.mark.parametrize(("data", "message"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_opened_at_all_is_a_bundle_error(data: bytes, message: str) -> None:
    """A bundle of which nothing is read must not look like one without findings."""
    with pytest.raises(BundleError) as caught:
        read_bundle(data)

    assert str(caught.value) == message


def test_missing_path_is_a_bundle_error(tmp_path: Path) -> None:
    """The usual typing mistake."""
    with pytest.raises(BundleError, match="no such file or directory"):
        read_bundle(tmp_path / "nothing.tgz")


@pytest.mark.parametrize("packer", [gzip.compress, bz2.compress, lzma.compress, bytes])
def test_single_file_is_one_artifact_compressed_or_not(packer: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """`azcnilint check ip-r.txt.gz` is the same as `zcat … | azcnilint check -`."""
    (tmp_path / "ip-r.txt.z").write_bytes(packer(ROUTE))

    assert read_bundle(tmp_path / "ip-r.txt.z") == Bundle(None, (("ip-r.txt.z", ROUTE),))
    assert read_bundle(packer(ROUTE)) == Bundle(None, (("<stdin>", ROUTE),))


def test_pipe_that_cannot_seek_is_read() -> None:
    """Standard input is no file."""
    read_end, write_end = os.pipe()
    with os.fdopen(write_end, "wb") as writer:
        writer.write(zip_of(GOOD))

    with os.fdopen(read_end, "rb") as reader:
        assert read_bundle(reader).members == (GOOD,)


def test_links_and_pipes_of_a_folder_are_named_and_not_opened(tmp_path: Path) -> None:
    """A link may lead anywhere, and reading a pipe would wait for ever."""
    bundle_folder, outside = tmp_path / "bundle", tmp_path / "secret.txt"
    (bundle_folder / "node-0").mkdir(parents=True)
    (bundle_folder / "node-0" / "ip-r.txt").write_bytes(ROUTE)
    outside.write_bytes(b"secret\n")
    (bundle_folder / "inside.txt").symlink_to(bundle_folder / "node-0" / "ip-r.txt")
    (bundle_folder / "outside.txt").symlink_to(outside)
    (bundle_folder / "up").symlink_to(tmp_path)
    os.mkfifo(bundle_folder / "pipe")

    bundle = read_bundle(bundle_folder)

    assert bundle.members == (GOOD,)
    assert bundle.name == "bundle"
    assert [notice.message for notice in bundle.notices] == [
        '"inside.txt" is a symbolic link and is not read',
        '"outside.txt" is a symbolic link and is not read',
        '"pipe" is a device or pipe and is not read',
        '"up" is a symbolic link and is not read',
    ]


def test_archive_in_a_folder_is_opened(tmp_path: Path) -> None:
    """Support staff gather one archive a node in a folder."""
    (tmp_path / "node-7.tgz").write_bytes(gzip.compress(tar_of(("ip-r.txt", ROUTE))))

    assert read_bundle(tmp_path).members == (("node-7.tgz!/ip-r.txt", ROUTE),)
