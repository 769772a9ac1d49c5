"""Directory listings in the terms of ls(1) and stat(2)."""

from __future__ import annotations

from dataclasses import field
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
        acl: Whether an access control list adds to the mode (`+` behind it); None when the mode is not printed.
        nlink: Number of hard links; None when not printed.
        owner: User name or number as printed; None when not printed (`ls -g`).
        group: As `owner` (`ls -o`).
        context: SELinux context (`ls -Z`); None when not printed and for `?`.
        size: Bytes; None when not printed, for device nodes, and for rounded sizes (`27M`), which hide it.
        link_target: Where a symbolic link points; None for anything else.
        modified: The date columns as printed; None when not printed.
    """

    name: str
    file_type: FileType | None = None
    mode: int | None = None
    acl: bool | None = None
    nlink: int | None = None
    owner: str | None = None
    group: str | None = None
    context: str | None = None
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
class ListedDirectory(Table):
    """One directory as ls shows it.

    `hidden` holds `entries` when names may be missing, `path` when it is not told, `self_entry` without `-a`.

    Names that begin with a dot are listed with `-a` and `-A` only; the binaries and conflists that matter have none.

    Attributes:
        path: Directory as the command or a heading names it, without a final slash; None when unknown.
        exists: False when ls said that there is no such directory, which settles that nothing is in it.
        entries: In printed order, `.` and `..` left out (`self_entry` is `.`).
        self_entry: The directory itself (`.` of `ls -a`, `ls -d`); None when not printed.
    """

    path: str | None
    exists: bool = True
    entries: tuple[DirectoryEntry, ...]
    self_entry: DirectoryEntry | None = None

    @property
    def complete(self) -> bool:
        """Whether every name that ls would print is here, so that absence can be concluded."""
        return not self.hidden & {"entries", "exists"}

    def entry(self, name: str) -> DirectoryEntry | None:
        """Give the entry of that name; None when the capture does not show it."""
        return next((entry for entry in self.entries if entry.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class DirectoryListing(ListedDirectory):
    """What one `ls` printed: the directory that matters (`/opt/cni/bin` if it is there, else the first) and the others.

    Attributes:
        others: The other directories of the same command (`ls -R`, several operands), in printed order.
    """

    others: tuple[ListedDirectory, ...] = field(default=(), compare=False)

    def listing(self, path: str) -> ListedDirectory | None:
        """Give the listing of that directory, this one or one of the others; None when the command did not show it."""
        wanted = path.rstrip("/")
        return next((listed for listed in (self, *self.others) if listed.path == wanted), None)
