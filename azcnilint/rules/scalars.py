"""Where each character of a scalar's value stands in the YAML text, whatever quotes and folding did to it.

YAML changes only blanks (folding, indentation, chomping), doubled quotes and backslash escapes. So the characters of a
value that are no blanks occur in the text in the same order; its blanks take the place behind the character before.
"""

from __future__ import annotations

import re

_HEADER = re.compile(r"[|>][^\n]*\n")
_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_BLANK_ESCAPES = frozenset("tnrvf N_LP\n\t")
"""Escapes for blanks; they give no character to line up."""


def offsets(raw: str, value: str, start: int) -> tuple[int, ...]:
    """Give the offset in the file of each character of `value` and one behind its last.

    Args:
        raw: The scalar as the file writes it, with its quotes or its block header.
        value: What YAML reads it as.
        start: Offset of `raw` in the file.
    """
    if raw == value:
        return tuple(range(start, start + len(value) + 1))
    places = _visible(raw)
    found, behind, taken = [], start, 0
    for char in value:
        if char.isspace() or taken == len(places):
            found.append(behind)
            continue
        place = start + places[taken]
        taken += 1
        found.append(place)
        behind = place + 1
    return (*found, behind)


def _visible(raw: str) -> list[int]:
    """Give the places in `raw` of the characters that are part of the value and no blanks."""
    if raw[0] in "|>":
        header = _HEADER.match(raw)
        begin = header.end() if header else len(raw)
        return [place for place in range(begin, len(raw)) if not raw[place].isspace()]
    if raw[0] == "'":
        return _single_quoted(raw)
    if raw[0] == '"':
        return _double_quoted(raw)
    return [place for place, char in enumerate(raw) if not char.isspace()]


def _single_quoted(raw: str) -> list[int]:
    found, place = [], 1
    while place < len(raw) - 1:
        if not raw[place].isspace():
            found.append(place)
        place += 2 if raw.startswith("''", place) else 1
    return found


def _double_quoted(raw: str) -> list[int]:
    found, place = [], 1
    while place < len(raw) - 1:
        escape = _ESCAPE.match(raw, place)
        if escape is not None:
            if not _is_blank(escape.group()[1:]):
                found.append(place)
            place = escape.end()
            continue
        if not raw[place].isspace():
            found.append(place)
        place += 1
    return found


def _is_blank(escape: str) -> bool:
    return chr(int(escape[1:], 16)).isspace() if len(escape) > 1 else escape in _BLANK_ESCAPES
