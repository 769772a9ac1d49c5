"""A bundle (folder, tar, zip, compressed file, one file, or bytes) to its artifacts, in memory and within limits.

Nothing is extracted to disk, no link is followed, and a member that is cut or corrupt is left out whole: half a capture
would look like a complete one.
"""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from azcnilint.errors import BundleError
from azcnilint.snapshot.contents import BLOCK, SAMPLE, Form, form_of, is_binary, unsupported_name
from azcnilint.snapshot.inflate import PIECE, PieceStream, inflate, metered
from azcnilint.snapshot.limits import (
    DEFAULT_LIMITS,
    ArchiveError,
    Budget,
    LimitError,
    Limits,
    MemberError,
    Meter,
    Notices,
)
from azcnilint.snapshot.members import Member, name_fault, safe_path, shown_name
from azcnilint.snapshot.tarball import tar_members
from azcnilint.snapshot.zipball import zip_members
from azcnilint.text import Diagnostic, Severity

STDIN = "<stdin>"
_SUFFIXES = (".gz", ".bz2", ".xz", ".tgz", ".tbz2", ".txz", ".tar", ".zip")


@dataclass(frozen=True, slots=True)
class Bundle:
    """What was read of a bundle.

    Attributes:
        name: Of the folder or archive without its suffix; None for a single file and for bytes.
        members: Path inside the bundle and content of every artifact that can hold a capture, sorted by path.
            Members of an archive inside the bundle are `inner.tgz!/path`.
        notices: What was left out, and why.
    """

    name: str | None
    members: tuple[tuple[str, bytes], ...]
    notices: tuple[Diagnostic, ...] = ()


def read_bundle(source: Path | bytes | BinaryIO, limits: Limits = DEFAULT_LIMITS, *, name: str | None = None) -> Bundle:
    """Read a bundle into memory.

    Args:
        source: A path, or the bytes (or the binary stream) of standard input.
        limits: What it may cost.
        name: What bytes or a stream are called; standard input without it.

    Raises:
        BundleError: Nothing can be opened: no such path, no permission, or neither an archive nor text.
    """
    reader = _Reader(limits)
    if isinstance(source, Path):
        return _read_path(source, reader)
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    return _read_single(stream, name or STDIN, reader)


def _read_path(path: Path, reader: _Reader) -> Bundle:
    try:
        if path.is_dir():
            reader.read_folder(path)
            return reader.bundle(shown_name(path.resolve().name) or None)
        with path.open("rb") as file:
            return _read_single(file, shown_name(path.name), reader)
    except OSError as error:
        message = f'cannot open "{shown_name(str(path))}": {(error.strerror or str(error)).lower()}'
        raise BundleError(message) from error


def _read_single(file: BinaryIO, name: str, reader: _Reader) -> Bundle:
    """Read one file, which must be seekable only when it is an archive; a pipe is read into memory first."""
    if not file.seekable():
        file = _slurp(file, name, reader)
    head = file.read(SAMPLE)
    file.seek(0)
    form = form_of(head)
    if form is Form.UNSUPPORTED:
        message = f'"{name}" is a {unsupported_name(head)} archive, which is not read; unpack it first'
        raise BundleError(message)
    if form is Form.PLAIN and is_binary(head):
        message = f'"{name}" is neither an archive nor text'
        raise BundleError(message)
    reader.read_top(file, name, form)
    return reader.bundle(without_suffix(name) if reader.unpacked_archive else None)


def _slurp(file: BinaryIO, name: str, reader: _Reader) -> io.BytesIO:
    most = reader.limits.kept_bytes
    data = _collect(iter(lambda: file.read(PIECE), b""), most)
    if data is None:
        message = f'"{name}" has more than {most:,} bytes'
        raise BundleError(message)
    return io.BytesIO(data)


def _collect(pieces: Iterator[bytes], most: int) -> bytes | None:
    """Put pieces together; None when they hold more than `most` bytes."""
    collected: list[bytes] = []
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > most:
            return None
        collected.append(piece)
    return b"".join(collected)


def without_suffix(name: str) -> str:
    """Give the name of an archive without the suffixes that say so."""
    stem = name
    while stem.lower().endswith(_SUFFIXES) and stem.rpartition(".")[0]:
        stem = stem.rpartition(".")[0]
    return stem


@dataclass(slots=True)
class _Reader:
    """One run over a bundle: keeps artifacts, counts what they cost, notes what was left out."""

    limits: Limits
    notices: Notices = field(default_factory=Notices)
    artifacts: dict[str, bytes] = field(default_factory=dict)
    binaries: int = 0
    unpacked_archive: bool = False
    budget: Budget = field(init=False)

    def __post_init__(self) -> None:
        self.budget = Budget(self.limits)

    def bundle(self, name: str | None) -> Bundle:
        """Close the books."""
        if self.binaries:
            message = f"{self.binaries:,} binary file{'s were' if self.binaries > 1 else ' was'} left out"
            self.notices.add("binary-members", message, "", severity=Severity.INFO)
        return Bundle(name, tuple(sorted(self.artifacts.items())), self.notices.close())

    def read_folder(self, root: Path) -> None:
        """Read a folder and what is below it, in order of names."""
        try:
            for path, entry in _walk(root, self.notices):
                self.budget.count_member()
                self._read_entry(path, entry)
        except LimitError as error:
            self._stopped(error)

    def _read_entry(self, path: str, entry: os.DirEntry[str]) -> None:
        shown = safe_path(path)
        fault = name_fault(path, self.limits.path_length)
        if fault:
            return self._unsafe(path, fault)
        try:
            mode = entry.stat(follow_symlinks=False).st_mode
            if not stat.S_ISREG(mode):
                return self._left_out(shown, "a symbolic link" if stat.S_ISLNK(mode) else "a device or pipe")
            with Path(entry.path).open("rb") as file:
                form = form_of(file.read(BLOCK))
                file.seek(0)
                if form in {Form.PLAIN, Form.UNSUPPORTED}:
                    self._read_member(Member(path, None, iter(lambda: file.read(PIECE), b"")), shown, 0)
                else:
                    self._read_archive(file, shown, form, 1)
        except OSError as error:
            self.notices.add("unreadable-member", f'"{shown}" cannot be read: {(error.strerror or "").lower()}', shown)
        return None

    def read_top(self, file: BinaryIO, name: str, form: Form) -> None:
        """Read the one file that is the bundle. Raises BundleError when it gives nothing and is at fault."""
        try:
            if form is Form.PLAIN:
                self._read_member(Member(name, None, iter(lambda: file.read(PIECE), b"")), name, 0)
                return
            fault = self._read_archive(file, "", form, 1, name)
        except LimitError as error:
            self._stopped(error)
            fault = None
        if fault and not self.budget.members:
            message = f'cannot read "{name}": {fault}'
            raise BundleError(message)

    def _read_archive(self, file: BinaryIO, path: str, form: Form, depth: int, name: str = "") -> ArchiveError | None:
        """Read an archive or compressed file; `path` is its own inside the bundle, empty for the bundle itself.

        Gives the fault that ended it early, which is noted as well.
        """
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        meter = Meter(self.budget, size)
        try:
            if form is Form.ZIP:
                self._read_members(zip_members(file, meter), path, depth)
                return None
            pieces = metered(file, meter) if form is Form.TAR else inflate(file, form, meter)
            stream = PieceStream(pieces)
            if form_of(stream.peek(BLOCK)) is Form.TAR:
                self._read_members(tar_members(stream), path, depth)
            else:
                self._read_compressed(stream, path or name, depth)
        except ArchiveError as error:
            fault = f'"{path or name}": {error}'
            note = "what stands before that point was read"
            self.notices.add(error.code, fault, path, severity=Severity.ERROR, note=note)
            return error
        return None

    def _read_compressed(self, stream: PieceStream, path: str, depth: int) -> None:
        """Read a single compressed file, counted once it is known to be whole; it keeps its name, suffix and all."""
        self._read_member(Member(path, None, stream.pieces()), path, depth)
        self.budget.count_member()

    def _read_members(self, members: Iterator[Member], path: str, depth: int) -> None:
        self.unpacked_archive = self.unpacked_archive or not path
        prefix = f"{path}!/" if path else ""
        for member in members:
            self.budget.count_member()
            fault = name_fault(member.name, self.limits.path_length)
            if member.obstacle == "" and fault in {None, "is empty"}:
                continue
            shown = prefix + (safe_path(member.name) or ".")
            if fault:
                self._unsafe(prefix + member.name, fault)
            elif member.obstacle is not None:
                self._left_out(shown, member.obstacle)
            else:
                self._read_member(member, shown, depth)

    def _read_member(self, member: Member, path: str, depth: int) -> None:
        """Keep a file that can hold a capture, open an archive, leave out what is neither, damaged or a duplicate."""
        if path in self.artifacts:
            self.notices.add("duplicate-member", f'"{path}" is in the bundle more than once; the first is used', path)
            return
        try:
            stream = PieceStream(member.pieces)
            head = stream.peek(SAMPLE)
            form = form_of(head)
            if form is Form.UNSUPPORTED:
                kind = unsupported_name(head)
                self.notices.add("unsupported-archive", f'"{path}" is a {kind} archive, which is not read', path)
            elif form is Form.PLAIN and is_binary(head):
                self.binaries += 1
            elif form is not Form.PLAIN and depth > self.limits.nesting:
                message = f'"{path}" is an archive inside {depth} others, which is not read'
                self.notices.add("nested-too-deep", message, path)
            else:
                self._keep(stream, path, form, depth)
        except MemberError as error:
            self.notices.add("damaged-member", f'"{path}" {error}', path, severity=Severity.ERROR)

    def _keep(self, stream: PieceStream, path: str, form: Form, depth: int) -> None:
        data = _collect(stream.pieces(), self.limits.artifact_bytes)
        if data is None:
            message = f'"{path}" has more than {self.limits.artifact_bytes:,} bytes and is not read'
            self.notices.add("artifact-too-large", message, path)
        elif form is Form.PLAIN:
            self.budget.keep(len(data))
            self.artifacts[path] = data
        else:
            self._read_archive(io.BytesIO(data), path, form, depth + 1)

    def _left_out(self, path: str, what: str) -> None:
        code = "encrypted-member" if what == "encrypted" else "unread-member"
        self.notices.add(code, f'"{path}" is {what} and is not read', path)

    def _unsafe(self, name: str, fault: str) -> None:
        shown = shown_name(name)
        shown = shown if len(shown) <= 120 else shown[:117] + "..."
        self.notices.add("unsafe-member-name", f'the name "{shown}" {fault}; the member is not read', shown)

    def _stopped(self, error: LimitError) -> None:
        note = "what was read until then is used"
        self.notices.add("limit-exceeded", str(error), "", severity=Severity.ERROR, note=note)


def _walk(root: Path, notices: Notices) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield what is no folder below `root` with its path inside it, in order of names; links are not followed."""
    waiting = [("", str(root))]
    while waiting:
        prefix, folder = waiting.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            if not prefix:
                raise
            notices.add(
                "unreadable-member", f'"{safe_path(prefix)}" cannot be read: {(error.strerror or "").lower()}', prefix
            )
            continue
        folders = []
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append((f"{prefix}{entry.name}/", entry.path))
            else:
                yield prefix + entry.name, entry
        waiting += reversed(folders)
