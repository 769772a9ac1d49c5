"""Directory listings in the terms of ls(1) and stat(2)."""

from __future__ import annotations

from enum import StrEnum

from pydantic.dataclasses import dataclass

from azcnilint.models.base import RECORD, Record, Table


class FileType(StrEnum):
    """The closed set of inode(7), by the letter that `ls -l` prints first."""

    REGULAR = "-"
    DIRECTORY = "d"
    SYMLINK = "l"
    FIFO = "p"
    SOCKET = "s"
    BLOCK = "b"
    CHARACTER = "c"


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class DirectoryEntry(Record):
    """One name of a directory. Without `-l` only `name` is known and `hidden` names the rest.

    Attributes:
        name: Without classification mark (`*`, `/`, `@`), quotes and colour.
        file_type: None when not printed.
        mode: Permission bits as in chmod(1), set-id and sticky included (0o755 is 493); None when not printed.
        owner: User name or number as printed; None when not printed (`ls -g`).
        group: As `owner` (`ls -o`).
        size: Bytes; None when not printed, for device nodes, and for rounded sizes (`27M`), which hide it.
        link_target: Where a symbolic link points; None for anything else.
        modified: The date columns as printed; None when not printed.
    """

    name: str
    file_type: FileType | None = None
    mode: int | None = None
    owner: str | None = None
    group: str | None = None
    size: int | None = None
    link_target: str | None = None
    modified: str | None = None

    @property
    def executable(self) -> bool | None:
        """Whether the owner may execute it; None when the mode is not printed."""
        return None if self.mode is None else bool(self.mode & 0o100)

    @property
    def world_writable(self) -> bool | None:
        """Whether anybody may write it; None when the mode is not printed. Never true of a symbolic link."""
        if self.mode is None:
            return None
        return bool(self.mode & 0o002) and self.file_type is not FileType.SYMLINK


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class DirectoryListing(Table):
    """One listed directory; `hidden` holds `entries` when names may be missing.

    Attributes:
        path: Directory as the command or a heading names it, without a final slash; None when unknown.
        exists: False when ls said that there is no such directory, which settles that nothing is in it.
        entries: In printed order, `.` and `..` left out (`self_entry` is `.`).
        self_entry: The directory itself (`.` of `ls -a`); None when not printed.
    """

    path: str | None
    exists: bool = True
    entries: tuple[DirectoryEntry, ...]
    self_entry: DirectoryEntry | None = None

    def entry(self, name: str) -> DirectoryEntry | None:
        """Give the entry of that name; None when the capture does not show it."""
        return next((entry for entry in self.entries if entry.name == name), None)
