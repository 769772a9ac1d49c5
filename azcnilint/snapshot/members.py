"""One member of an archive, and which stored names are safe to use as a path inside the bundle."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_DRIVE = re.compile("[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an archive, to be taken before the next one is asked for.

    Attributes:
        name: As stored, undecodable bytes as surrogates.
        obstacle: Why its content is not read (`a symbolic link` …); None for a file, empty for a folder.
        pieces: The content; raises MemberError or ArchiveError where it is cut or corrupt.
    """

    name: str
    obstacle: str | None
    pieces: Iterator[bytes]


def shown_name(name: str) -> str:
    """Give a stored name with undecodable bytes and control characters as visible escapes."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(_escaped(char) if unicodedata.category(char) == "Cc" else char for char in text)


def _escaped(char: str) -> str:
    return f"\\x{ord(char):02x}"


def name_fault(name: str, longest: int) -> str | None:
    """Say why a stored name is not used as a path; None when it is safe.

    Nothing is ever written, so that no such name could do harm here; but whoever opens what a report names must be able
    to trust the path.
    """
    parts = name.split("/")
    if len(name) > longest:
        return f"has {len(name):,} characters"
    if name.startswith("/"):
        return "is absolute"
    if ".." in parts:
        return 'has ".." in it'
    if "\\" in name:
        return "has a backslash in it"
    if _DRIVE.match(name):
        return "begins with a drive letter"
    if any(unicodedata.category(char) == "Cc" for char in name):
        return "has control characters in it"
    return None if any(part not in {"", "."} for part in parts) else "is empty"


def safe_path(name: str) -> str:
    """Give the path of a name without fault: no empty and `.` parts, undecodable bytes shown escaped."""
    return "/".join(part for part in shown_name(name).split("/") if part not in {"", "."})
