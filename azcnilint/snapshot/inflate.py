"""Compressed streams to bounded pieces of plain bytes: gzip, bzip2 and xz, one stream or several in a row."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol

from azcnilint.snapshot.contents import Form
from azcnilint.snapshot.limits import MIB, ArchiveError, Meter

PIECE = 256 * 1024
"""How much is read, and at most decompressed, at once."""
_XZ_MEMORY = 128 * MIB
"""`xz -9` needs 65 MiB; a hostile stream may announce a dictionary of 4 GiB."""


class _Decoder(Protocol):
    """What bz2 and lzma decompressors share; `_Gunzip` gives zlib the same face."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Gunzip:
    """zlib with the buffering of bz2 and lzma: input that was not used yet is kept inside."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(wbits=31)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        piece = self._stream.decompress(self._stream.unconsumed_tail + data, max_length)
        self.needs_input = not piece and not self._stream.unconsumed_tail
        return piece


_DECODERS: dict[Form, Callable[[], _Decoder]] = {
    Form.GZIP: _Gunzip,
    Form.BZIP2: bz2.BZ2Decompressor,
    Form.XZ: lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY),
}


def inflate(raw: BinaryIO, form: Form, meter: Meter) -> Iterator[bytes]:
    """Yield what a compressed stream holds, in pieces of at most `PIECE` bytes.

    Zero bytes behind the last stream are padding. Raises ArchiveError where the stream is cut, corrupt or a bomb, and
    LimitError beyond the bundle's budget.
    """
    data = raw.read(PIECE)
    while data.strip(b"\x00"):
        decoder = _DECODERS[form]()
        while not decoder.eof:
            piece = _decompress(decoder, data, form)
            data = b""
            if piece:
                meter.produce(len(piece))
                yield piece
            elif decoder.needs_input and not decoder.eof:
                data = raw.read(PIECE)
                if not data:
                    message = f"the {form.value} stream is cut before its end"
                    raise ArchiveError(message)
        data = decoder.unused_data or raw.read(PIECE)


def _decompress(decoder: _Decoder, data: bytes, form: Form) -> bytes:
    try:
        return decoder.decompress(data, PIECE)
    except (zlib.error, OSError, lzma.LZMAError, EOFError, MemoryError) as error:
        message = f"the {form.value} stream is corrupt"
        raise ArchiveError(message) from error


class PieceStream:
    """Pieces of bytes as something to read from, without ever going back."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        """Take the pieces in order."""
        self._pieces = pieces
        self._buffer = b""
        self._at = 0

    def peek(self, size: int) -> bytes:
        """Give the next `size` bytes and leave them; fewer at the end."""
        parts = [self._buffer[self._at :]] if len(self._buffer) - self._at < size else []
        if parts:
            have = len(parts[0])
            while have < size and (piece := next(self._pieces, b"")):
                parts.append(piece)
                have += len(piece)
            self._buffer, self._at = b"".join(parts), 0
        return self._buffer[self._at : self._at + size]

    def read(self, size: int) -> bytes:
        """Take the next `size` bytes; fewer only at the end."""
        taken = self.peek(size)
        self._at += len(taken)
        return taken

    def pieces(self, size: int | None = None) -> Iterator[bytes]:
        """Take the next `size` bytes (all that is left without it) in pieces; fewer only at the end."""
        left = size
        while left is None or left > 0:
            if self._at >= len(self._buffer):
                self._buffer, self._at = next(self._pieces, b""), 0
                if not self._buffer:
                    return
            end = len(self._buffer) if left is None else min(len(self._buffer), self._at + left)
            piece = self._buffer[self._at : end]
            self._at = end
            left = None if left is None else left - len(piece)
            yield piece


def metered(raw: BinaryIO, meter: Meter) -> Iterator[bytes]:
    """Yield an uncompressed stream in pieces, counted like the others."""
    while piece := raw.read(PIECE):
        meter.produce(len(piece))
        yield piece
