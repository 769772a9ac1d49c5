"""What reading a bundle may cost at most, and the meter that stops it there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from azcnilint.text import Diagnostic, Label, Severity, Span

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB
MOST_NOTICES = 20
"""Only so many notices of one code are kept; the rest are counted in one closing notice."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what a bundle may make us read and keep; all sizes are bytes after decompression.

    Attributes:
        members: Files, links and folders of a bundle, those of nested archives included.
        artifact_bytes: One file; 500,000 lines of iptables-save are some 60 MiB.
        kept_bytes: All files that are kept in memory.
        unpacked_bytes: All that is decompressed, skipped members included.
        ratio: Decompressed over compressed bytes of one archive, looked at only beyond `ratio_free_bytes`.
        ratio_free_bytes: Below this an archive may compress as well as it likes.
        nesting: How deep archives may lie inside archives; a tar.gz is one level.
        path_length: Characters of a path inside the bundle.
        nameless_bytes: A file whose name tells no command is searched for captures up to this size, unless it is
            the only one of the bundle.
        log_bytes: As `nameless_bytes`, for files that are logs by their name or folder.
    """

    members: int = 100_000
    artifact_bytes: int = 256 * MIB
    kept_bytes: int = 512 * MIB
    unpacked_bytes: int = 4 * GIB
    ratio: int = 200
    ratio_free_bytes: int = 64 * MIB
    nesting: int = 2
    path_length: int = 1024
    nameless_bytes: int = 16 * MIB
    log_bytes: int = 1 * MIB


DEFAULT_LIMITS = Limits()


class LimitError(Exception):
    """A bundle went over a limit that ends its reading; what was kept until then stays."""


class ArchiveError(Exception):
    """One archive is read no further: cut, corrupt, or a decompression bomb. What was read until then stays.

    Attributes:
        code: Code of the diagnostic that tells it.
    """

    def __init__(self, message: str, code: str = "damaged-archive") -> None:
        super().__init__(message)
        self.code = code


class MemberError(Exception):
    """One member of an archive cannot be read, and the next one may."""


@dataclass(slots=True)
class Notices:
    """Collects diagnostics about members; a hostile bundle cannot make it grow without bound."""

    _kept: list[Diagnostic] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)

    def add(
        self, code: str, message: str, artifact: str, *, severity: Severity = Severity.WARNING, note: str | None = None
    ) -> None:
        """Add one notice about `artifact`."""
        self._counts[code] += 1
        if self._counts[code] <= MOST_NOTICES:
            self._kept.append(Diagnostic(code, severity, message, (Label(Span(artifact, 0, 0)),), note))

    def close(self) -> tuple[Diagnostic, ...]:
        """Give the notices in the order of their arrival, then one a code for those that were only counted."""
        rest = ((code, count - MOST_NOTICES) for code, count in self._counts.items() if count > MOST_NOTICES)
        closing = [
            Diagnostic(code, Severity.WARNING, f"{count} more notices of this kind") for code, count in sorted(rest)
        ]
        return (*self._kept, *closing)


@dataclass(slots=True)
class Budget:
    """What a whole bundle has cost so far."""

    limits: Limits
    members: int = 0
    kept: int = 0
    unpacked: int = 0

    def count_member(self) -> None:
        """Count one member; raises LimitError beyond `Limits.members`."""
        self.members += 1
        if self.members > self.limits.members:
            message = f"the bundle has more than {self.limits.members:,} members"
            raise LimitError(message)

    def keep(self, size: int) -> None:
        """Count bytes kept in memory; raises LimitError beyond `Limits.kept_bytes`."""
        if self.kept + size > self.limits.kept_bytes:
            message = f"the files of the bundle hold more than {_size(self.limits.kept_bytes)}"
            raise LimitError(message)
        self.kept += size


@dataclass(slots=True)
class Meter:
    """What one archive gives for its size: the guard against decompression bombs.

    Attributes:
        budget: The bundle's.
        given: Bytes of the archive as stored.
        produced: Bytes that came out of it so far.
    """

    budget: Budget
    given: int
    produced: int = 0

    def produce(self, size: int) -> None:
        """Count decompressed bytes; raises LimitError for too many in all, ArchiveError for a bomb's ratio."""
        limits = self.budget.limits
        self.produced += size
        self.budget.unpacked += size
        if self.budget.unpacked > limits.unpacked_bytes:
            message = f"the bundle unpacks to more than {_size(limits.unpacked_bytes)}"
            raise LimitError(message)
        if self.produced > max(limits.ratio_free_bytes, limits.ratio * self.given):
            message = f"unpacks to more than {limits.ratio} times its size, as a decompression bomb does"
            raise ArchiveError(message, "decompression-bomb")


def _size(count: int) -> str:
    """Write a byte count in the largest unit that divides it."""
    for unit, name in ((GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")):
        if count >= unit and count % unit == 0:
            return f"{count // unit} {name}"
    return f"{count:,} bytes"
