"""A tar stream to its members, read once from head to tail in bounded memory.

The standard library parses each header block (`TarInfo.frombuf`); walking the blocks is done here, because `tarfile`
keeps every header, follows extended headers by recursion and reads a pax header of whatever size it announces.
Format: POSIX.1-2017 pax(1), and the GNU types of tar 1.34, src/tar.h.
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator, Mapping

from azcnilint.snapshot.contents import BLOCK
from azcnilint.snapshot.inflate import PieceStream
from azcnilint.snapshot.limits import MIB, ArchiveError
from azcnilint.snapshot.members import Member

_LONGEST_HEADER = MIB
"""A pax header or GNU long name is a few hundred bytes."""
_EXTENDED, _GLOBAL, _LONG_NAME, _LONG_LINK = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)
_PAX_LENGTH = re.compile(rb"(\d{1,7}) ")


def tar_members(stream: PieceStream) -> Iterator[Member]:
    """Yield the members of a tar stream in stored order. Raises ArchiveError where it is cut or corrupt."""
    pax: Mapping[str, str] = {}
    long_name: str | None = None
    while True:
        block = stream.read(BLOCK)
        if len(block) < BLOCK:
            raise ArchiveError("the tar archive is cut before its end")
        if not block.strip(b"\x00"):
            return
        info = _header(block)
        if info.type in {_EXTENDED, tarfile.SOLARIS_XHDTYPE}:
            pax = _pax_records(_small(stream, info.size))
        elif info.type == _LONG_NAME:
            long_name = _small(stream, info.size).rstrip(b"\x00").decode("utf-8", "surrogateescape")
        elif info.type in {_GLOBAL, _LONG_LINK}:
            _small(stream, info.size)
        else:
            size = _size(info, pax)
            _skip_sparse_map(stream, info, block)
            content = _content(stream, size)
            yield Member(pax.get("path") or long_name or info.name, _obstacle(info, pax), content)
            for _ in content:
                pass
            _skip_padding(stream, size)
            pax, long_name = {}, None


def _header(block: bytes) -> tarfile.TarInfo:
    try:
        return tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.HeaderError as error:
        raise ArchiveError("a header of the tar archive is corrupt") from error


def _size(info: tarfile.TarInfo, pax: Mapping[str, str]) -> int:
    """How many bytes of content follow the header; links and folders have none whatever they announce."""
    if info.type in tarfile.SUPPORTED_TYPES and not info.isreg():
        return 0
    announced = pax.get("size")
    size = int(announced) if announced and announced.isdecimal() and len(announced) < 20 else info.size
    if size < 0:
        raise ArchiveError("a header of the tar archive announces a negative size")
    return size


def _obstacle(info: tarfile.TarInfo, pax: Mapping[str, str]) -> str | None:
    if info.isdir():
        return ""
    if info.issym():
        return "a symbolic link"
    if info.islnk():
        return "a hard link"
    if info.isfifo() or info.ischr() or info.isblk():
        return "a device or pipe"
    if info.type == tarfile.GNUTYPE_SPARSE or any(key.startswith("GNU.sparse.") for key in pax):
        return "a sparse file"
    return None if info.isreg() else "of an unknown type"


def _content(stream: PieceStream, size: int) -> Iterator[bytes]:
    got = 0
    for piece in stream.pieces(size):
        got += len(piece)
        yield piece
    if got < size:
        raise ArchiveError("the tar archive is cut inside a member")


def _skip_padding(stream: PieceStream, size: int) -> None:
    stream.read(-size % BLOCK)


def _skip_sparse_map(stream: PieceStream, info: tarfile.TarInfo, block: bytes) -> None:
    """An old GNU sparse file continues its map in further blocks: flags at byte 482 of the header, 504 of a block."""
    more = info.type == tarfile.GNUTYPE_SPARSE and block[482] != 0
    while more:
        block = stream.read(BLOCK)
        if len(block) < BLOCK:
            raise ArchiveError("the tar archive is cut inside a header")
        more = block[504] != 0


def _small(stream: PieceStream, size: int) -> bytes:
    if not 0 <= size <= _LONGEST_HEADER:
        message = f"the tar archive announces an extended header of {size:,} bytes"
        raise ArchiveError(message)
    data = stream.read(size)
    if len(data) < size:
        raise ArchiveError("the tar archive is cut inside a header")
    _skip_padding(stream, size)
    return data


def _pax_records(data: bytes) -> dict[str, str]:
    """Read records `LENGTH KEY=VALUE` that end in LF; what does not look so ends them."""
    records: dict[str, str] = {}
    at = 0
    while found := _PAX_LENGTH.match(data, at):
        end = at + int(found[1])
        key, _, value = data[found.end() : end - 1].partition(b"=")
        if end <= found.end() or end > len(data):
            break
        records[key.decode("utf-8", "surrogateescape")] = value.decode("utf-8", "surrogateescape")
        at = end
    return records
