"""A zip archive to its members, by its directory; without one (cut archives), by the headers in front of the members.

The standard library reads the directory and the members. Format: PKWARE APPNOTE 6.3.10, 4.3.7, 4.3.9, 4.3.14-16.
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from azcnilint.snapshot.inflate import PIECE
from azcnilint.snapshot.limits import ArchiveError, MemberError, Meter
from azcnilint.snapshot.members import Member

_ENCRYPTED, _SIZES_BEHIND, _UTF8 = 0x1, 0x8, 0x800
_LOCAL = struct.Struct("<4s5H3I2H")
_DIRECTORY_END = struct.Struct("<4s4H2IH")
_ZIP64_LOCATOR = struct.Struct("<4sIQI")
_ZIP64_END = struct.Struct("<4sQ2H2I4Q")
_LONGEST_COMMENT = 65_535
_ENTRY_BYTES = 128
"""A directory entry takes 46 bytes and its name; `Limits.members` times this is the largest directory that is read."""
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


def zip_members(file: BinaryIO, meter: Meter) -> Iterator[Member]:
    """Yield the members of a zip file in stored order. Raises ArchiveError where it is corrupt."""
    if _directory_size(file) > max(PIECE, meter.budget.limits.members * _ENTRY_BYTES):
        raise ArchiveError("the zip archive announces a directory of more members than are read")
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error):
        yield from _salvage(file, meter)
        raise ArchiveError("the zip archive has no readable directory at its end, as when it is cut") from None
    with archive:
        for info in archive.infolist():
            yield Member(info.orig_filename, _obstacle(info), _content(archive, info, meter))


def _directory_size(file: BinaryIO) -> int:
    """Read how many bytes the directory takes, before anybody reads it into memory; 0 when there is no end record."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _LONGEST_COMMENT - _DIRECTORY_END.size - _ZIP64_LOCATOR.size))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _DIRECTORY_END.size > len(tail):
        return 0
    announced: int = _DIRECTORY_END.unpack_from(tail, at)[5]
    locator = at - _ZIP64_LOCATOR.size
    if locator >= 0 and tail[locator : locator + 4] == b"PK\x06\x07":
        file.seek(min(_ZIP64_LOCATOR.unpack_from(tail, locator)[2], size))
        record = file.read(_ZIP64_END.size)
        if len(record) == _ZIP64_END.size and record.startswith(b"PK\x06\x06"):
            announced = _ZIP64_END.unpack(record)[8]
    return announced


def _obstacle(info: zipfile.ZipInfo) -> str | None:
    """A FIFO is no obstacle: `zip --fifo` (the AKS log collector) stores what was written into the pipe."""
    mode = info.external_attr >> 16
    if info.is_dir() or stat.S_ISDIR(mode):
        return ""
    if stat.S_ISLNK(mode):
        return "a symbolic link"
    if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
        return "a device or pipe"
    if info.flag_bits & _ENCRYPTED:
        return "encrypted"
    return None if info.compress_type in _METHODS else f"compressed by method {info.compress_type}"


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, meter: Meter) -> Iterator[bytes]:
    try:
        with archive.open(info) as member:
            while piece := member.read(PIECE):
                meter.produce(len(piece))
                yield piece
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, struct.error, NotImplementedError) as error:
        raise MemberError("is cut or corrupt") from error


def _salvage(file: BinaryIO, meter: Meter) -> Iterator[Member]:
    """Yield the members in front of which a readable local header stands, up to the first fault."""
    file.seek(0)
    while True:
        header = file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or not header.startswith(b"PK\x03\x04"):
            return
        _, _, flags, method, _, _, crc, stored_size, _, name_length, extra_length = _LOCAL.unpack(header)
        name = file.read(name_length).decode("utf-8" if flags & _UTF8 else "cp437", "surrogateescape")
        start = file.seek(extra_length, os.SEEK_CUR)
        if flags & _ENCRYPTED or method not in _METHODS or (method == zipfile.ZIP_STORED and flags & _SIZES_BEHIND):
            return
        member = _Salvaged(file, method, stored_size, None if flags & _SIZES_BEHIND else crc, meter)
        pieces = member.pieces()
        yield Member(name, "" if name.endswith("/") else None, pieces)
        try:
            for _ in pieces:
                pass
        except MemberError:
            return
        file.seek(start + member.taken)
        if flags & _SIZES_BEHIND:
            _skip_descriptor(file)


class _Salvaged:
    """The content of one member without the directory's help; `taken` counts its compressed bytes."""

    def __init__(self, file: BinaryIO, method: int, size: int, crc: int | None, meter: Meter) -> None:
        self._file, self._method, self._size, self._crc, self._meter = file, method, size, crc, meter
        self.taken = 0

    def pieces(self) -> Iterator[bytes]:
        crc = 0
        for piece in self._stored() if self._method == zipfile.ZIP_STORED else self._inflated():
            self._meter.produce(len(piece))
            crc = zlib.crc32(piece, crc)
            yield piece
        if self._crc is not None and crc != self._crc:
            raise MemberError("is cut or corrupt")

    def _stored(self) -> Iterator[bytes]:
        while self.taken < self._size:
            piece = self._file.read(min(PIECE, self._size - self.taken))
            if not piece:
                raise MemberError("is cut or corrupt")
            self.taken += len(piece)
            yield piece

    def _inflated(self) -> Iterator[bytes]:
        decoder = zlib.decompressobj(wbits=-15)
        data = b""
        while not decoder.eof:
            try:
                piece = decoder.decompress(decoder.unconsumed_tail + data, PIECE)
            except zlib.error as error:
                raise MemberError("is cut or corrupt") from error
            data = b""
            if piece:
                yield piece
            elif not decoder.eof:
                data = self._file.read(PIECE)
                self.taken += len(data)
                if not data:
                    raise MemberError("is cut or corrupt")
        self.taken -= len(decoder.unused_data)


def _skip_descriptor(file: BinaryIO) -> None:
    """Go to the next header behind a data descriptor of 12 to 24 bytes, the signature of which is optional."""
    start = file.tell()
    ahead = file.read(28)
    at = ahead.find(b"PK\x03\x04")
    file.seek(start + max(at, 0))
