"""What bytes are by their first bytes: a compressed stream, an archive, text, or something that holds no capture."""

from __future__ import annotations

import codecs
import re
import tarfile
from enum import StrEnum

BLOCK = 512
SAMPLE = 8192
"""How many leading bytes decide between text and binary."""


class Form(StrEnum):
    """How a file is to be opened."""

    TAR = "tar"
    ZIP = "zip"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    UNSUPPORTED = "unsupported"
    """An archive of a kind that the standard library cannot read."""
    PLAIN = "plain"


_MAGIC: tuple[tuple[bytes, Form], ...] = (
    (b"\x1f\x8b", Form.GZIP),
    (b"\xfd7zXZ\x00", Form.XZ),
    (b"PK\x03\x04", Form.ZIP),
    (b"PK\x05\x06", Form.ZIP),
)
_BZIP2 = re.compile(rb"BZh[1-9](?:1AY&SY|\x17\x72\x45\x38\x50\x90)")
_UNSUPPORTED = {
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a\x07": "rar",
    b"\x04\x22\x4d\x18": "lz4",
}
# ELF, PNG, JPEG, GIF, pcap (both byte orders, µs and ns), pcapng, journal, SQLite, Java and Mach-O, PDF.
_BINARY_MAGIC = (
    b"\x7fELF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\xd4\xc3\xb2\xa1",
    b"\xa1\xb2\xc3\xd4",
    b"\x4d\x3c\xb2\xa1",
    b"\xa1\xb2\x3c\x4d",
    b"\x0a\x0d\x0d\x0a",
    b"LPKSHHRH",
    b"SQLite format 3\x00",
    b"\xca\xfe\xba\xbe",
    b"\xfe\xed\xfa",
    b"ElfFile\x00",
    b"%PDF-",
)
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
# What text never holds; backspace, escape and shift (terminal recordings) are let through.
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\b\x07\x1b\x0e\x0f\x00"))


def form_of(head: bytes) -> Form:
    """Tell the form from the first 512 bytes or more."""
    for magic, form in _MAGIC:
        if head.startswith(magic):
            return form
    if _BZIP2.match(head):
        return Form.BZIP2
    if unsupported_name(head):
        return Form.UNSUPPORTED
    return Form.TAR if _is_tar(head) else Form.PLAIN


def unsupported_name(head: bytes) -> str | None:
    """Name the archive kind that we cannot read; None for anything else."""
    return next((name for magic, name in _UNSUPPORTED.items() if head.startswith(magic)), None)


def _is_tar(head: bytes) -> bool:
    """A tar header is known by its checksum; the old V7 form has no magic."""
    if len(head) < BLOCK or not head[:BLOCK].strip(b"\x00"):
        return False
    try:
        tarfile.TarInfo.frombuf(head[:BLOCK], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def is_binary(data: bytes) -> bool:
    """Say whether bytes are no text in any encoding that `decode` reads.

    UTF-16 and UTF-32 are half NUL and still text; a few NUL bytes in text are repaired later.
    """
    if data.startswith(_UTF16_MARKS):
        return False
    if data.startswith(_BINARY_MAGIC):
        return True
    sample = data[:SAMPLE]
    nul = sample.count(0)
    if nul > len(sample) * 0.05 and not _alternates(sample):
        return True
    control = len(sample) - len(sample.translate(None, _CONTROL))
    return control > len(sample) * 0.05


def _alternates(sample: bytes) -> bool:
    """Whether nearly all NUL bytes stand at even, or at odd, places: UTF-16 without a byte order mark."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    most, least = max(even, odd), min(even, odd)
    return most > len(sample) * 0.4 and least < len(sample) * 0.1
