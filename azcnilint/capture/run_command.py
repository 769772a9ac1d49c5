r"""The JSON that `az` prints around a command's output: its escaped strings become text whose positions are the file's.

Three shapes are known: `az vmss|vm run-command invoke` (`{"value": [{"code": "ProvisioningState/succeeded", "message":
"Enable succeeded: \n[stdout]\n…"}]}`), `az vm run-command show --instance-view` (`"instanceView": {"output": …}`) and
`az aks command invoke -o json` (`{"exitCode": 0, "logs": …}`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from azcnilint.text import Edit, SourceText, Span, residue_edits

STDOUT_LIMIT = 4096
"""Bytes of standard output that run-command keeps, the last ones (learn.microsoft.com, run-command restrictions)."""

_FRAME = re.compile(r"\s*[\[{]")
_SHAPES = re.compile(r'"code"\s*:\s*"(?:ProvisioningState|ComponentStatus)/|"exitCode"\s*:|"instanceView"\s*:')
_STRING = re.compile(r'"(?:message|logs|output|error)"\s*:\s*(?P<string>"(?P<inner>(?:[^"\\]++|\\.)*+)"?)')
_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.")
_NAMED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


def unescape(source: SourceText) -> tuple[SourceText, tuple[Span, ...]] | None:
    """Give the text with the output strings of az's JSON unescaped, and where each stands; None for any other text.

    The quotes around such a string become line ends, so that its first and last line stand alone. Total: never raises.
    """
    head = source.text[:4096]
    if not _FRAME.match(head) or not _SHAPES.search(source.text):
        return None
    found = list(_STRING.finditer(source.text))
    if not found:
        return None
    plain = source.edited([edit for string in found for edit in _edits(string)])
    regions = _regions(found)
    residue = residue_edits(plain.text)
    if not residue:
        return plain, tuple(Span(source.artifact, start, end) for start, end in regions)
    clean = plain.edited(residue)
    offsets = [offset for region in regions for offset in region]
    moved = [offset - gone for offset, gone in zip(offsets, _gone(residue, offsets), strict=True)]
    return clean, tuple(Span(source.artifact, start, end) for start, end in zip(moved[::2], moved[1::2], strict=True))


def _edits(string: re.Match[str]) -> list[Edit]:
    start, end = string.span("string")
    edits = [Edit(start, start + 1, "\n")]
    edits += [
        Edit(escape.start(), escape.end(), _plain(escape[0]))
        for escape in _ESCAPE.finditer(string.string, *string.span("inner"))
    ]
    if end > string.end("inner"):
        edits.append(Edit(end - 1, end, "\n"))
    return edits


def _plain(escape: str) -> str:
    """Unescape one JSON escape; a lone surrogate becomes U+FFFD."""
    if escape[1] != "u":
        return _NAMED.get(escape[1], escape[1])
    if len(escape) == 12:
        high, low = int(escape[2:6], 16), int(escape[8:12], 16)
        return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    code = int(escape[2:6], 16)
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)


def _regions(found: list[re.Match[str]]) -> list[tuple[int, int]]:
    """Give start and end of each unescaped string in the edited text."""
    regions, shorter = [], 0
    for string in found:
        start = string.start("inner") - shorter
        shorter += sum(edit.end - edit.start - len(edit.text) for edit in _edits(string))
        regions.append((start, string.end("inner") - shorter))
    return regions


def _gone(edits: Sequence[Edit], offsets: Sequence[int]) -> Iterator[int]:
    """Yield for each of the ascending offsets how many characters the edits take out before it."""
    total = at = 0
    for offset in offsets:
        while at < len(edits) and edits[at].end <= offset:
            total += edits[at].end - edits[at].start
            at += 1
        yield total
