"""Bytes to positioned text: encodings, line ends and terminal residue, each repair told and undone for positions.

Sources: the Unicode Standard 23.8 (byte order marks), ECMA-48 (control sequences), script(1) typescripts, and what
PowerShell's `>` writes (UTF-16LE with a byte order mark).
"""

from __future__ import annotations

import codecs
import re

from azcnilint.text.diagnostic import Diagnostic, Label, Severity
from azcnilint.text.source import Edit, SourceText
from azcnilint.text.span import Span

# CSI sequences, OSC strings (titles, hyperlinks), two-character escapes; each alternative is bounded by its terminator.
_ESCAPE = r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)?|[ -/]*[0-~])"
_DROPPED = re.compile(rf"(?P<ansi>{_ESCAPE})|(?P<nul>[\x00\ufeff]+)|(?P<cr>\r+(?=\n))|(?P<bell>[\x07\x1b]+)")
_MARKS_OF_DROPPED = ("\x1b", "\x00", "\ufeff", "\r", "\x07")
"""Each thing that `_DROPPED` matches begins with one of these; looking for them takes a hundredth of the time."""
_LONE_RETURN = re.compile(r"\r(?!\r*\n)")
_WIDE_BLANK = str.maketrans(dict.fromkeys("\u00a0\u2007\u202f\u3000", " "))
_HAS_WIDE_BLANK = re.compile("[\u00a0\u2007\u202f\u3000]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_REPAIRS = {
    "ansi": ("ansi-escapes-removed", "terminal escape sequences were removed"),
    "nul": ("nul-removed", "NUL characters or inner byte order marks were removed"),
    "cr": ("carriage-returns-removed", "carriage returns before line ends were removed"),
    "bell": ("control-characters-removed", "stray control characters were removed"),
}


def decode(artifact: str, data: bytes) -> SourceText:
    """Turn the bytes of one artifact into positioned text. Total: never raises.

    UTF-8 and UTF-16/32 (by byte order mark, UTF-16 also by its pattern of NUL bytes) are read; bytes that are neither
    become U+FFFD. Columns of the result count the code points of the decoded file without its byte order mark.
    """
    text, repairs = _decode_bytes(artifact, data)
    text, removed, more = _clean(artifact, text)
    return SourceText(artifact, text, (*repairs, *more), removed)


def residue_edits(text: str) -> tuple[Edit, ...]:
    """Give the edits that take terminal residue out of text that came to light later (an unescaped JSON string)."""
    return tuple(Edit(found.start(), found.end(), "") for found in _DROPPED.finditer(text))


def _decode_bytes(artifact: str, data: bytes) -> tuple[str, list[Diagnostic]]:
    encoding, body = "utf-8", data
    for mark, name in _BOMS:
        if data.startswith(mark):
            encoding, body = name, data[len(mark) :]
            break
    else:
        encoding = _utf16_without_mark(data) or "utf-8"
    repairs = []
    if encoding != "utf-8":
        message = f"the file is {encoding.upper()}, not UTF-8"
        repairs.append(Diagnostic("not-utf-8", Severity.INFO, message, (Label(Span(artifact, 0, 0)),)))
    try:
        return body.decode(encoding), repairs
    except UnicodeDecodeError:
        text = body.decode(encoding, errors="replace")
        at = text.find("\ufffd")
        message = f"some bytes are not {encoding.upper()}; each stands as U+FFFD"
        label = Label(Span(artifact, at, at + 1))
        repairs.append(Diagnostic("undecodable-bytes", Severity.WARNING, message, (label,)))
        return text, repairs


def _utf16_without_mark(data: bytes) -> str | None:
    """Recognise UTF-16 whose mark was lost: nearly every second byte of mostly-ASCII text is NUL."""
    sample = data[:4096]
    pairs = len(sample) // 2
    if pairs < 2:
        return None
    if sample[1::2].count(0) > pairs * 0.8 and sample[0::2].count(0) < pairs * 0.2:
        return "utf-16-le"
    if sample[0::2].count(0) > pairs * 0.8 and sample[1::2].count(0) < pairs * 0.2:
        return "utf-16-be"
    return None


def _clean(artifact: str, text: str) -> tuple[str, tuple[tuple[int, int], ...], list[Diagnostic]]:
    repairs: list[Diagnostic] = []
    if "\r" in text:
        # A lone carriage return ends a line for every editor; it is one character, so nothing moves.
        text = _LONE_RETURN.sub("\n", text)
    wide = None if text.isascii() else _HAS_WIDE_BLANK.search(text)
    if wide is not None:
        repairs.append(_repair(artifact, "no-break-spaces", "no-break spaces were read as blanks", wide.start()))
        text = text.translate(_WIDE_BLANK)
    if not any(char in text for char in _MARKS_OF_DROPPED):
        return text, (), repairs
    pieces: list[str] = []
    removed: list[tuple[int, int]] = []
    seen: dict[str, int] = {}
    last = kept = gone = 0
    for match in _DROPPED.finditer(text):
        pieces.append(text[last : match.start()])
        kept += match.start() - last
        gone += match.end() - match.start()
        last = match.end()
        seen.setdefault(match.lastgroup or "nul", kept)
        if removed and removed[-1][0] == kept:
            removed[-1] = (kept, gone)
        else:
            removed.append((kept, gone))
    if not removed:
        return text, (), repairs
    pieces.append(text[last:])
    repairs += [_repair(artifact, *_REPAIRS[kind], at) for kind, at in seen.items()]
    return "".join(pieces), tuple(removed), repairs


def _repair(artifact: str, code: str, message: str, offset: int) -> Diagnostic:
    return Diagnostic(code, Severity.INFO, message, (Label(Span(artifact, offset, offset)),))
