"""Where something stands: a half-open range of one artifact."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range `[start, end)` of code points in the cleaned text of one artifact.

    Attributes:
        artifact: POSIX path of the file inside the bundle (`node-0/ip-r.txt`), `<stdin>` for standard input.
        start: Offset of the first code point.
        end: Offset behind the last code point; equal to `start` for a place between two characters.
    """

    artifact: str
    start: int
    end: int

    def cover(self, other: Span) -> Span:
        """Give the smallest span that holds both; raises ValueError for spans of two artifacts."""
        if other.artifact != self.artifact:
            message = f"cannot cover {self.artifact!r} and {other.artifact!r} with one span"
            raise ValueError(message)
        return Span(self.artifact, min(self.start, other.start), max(self.end, other.end))

    def contains(self, other: Span) -> bool:
        """Say whether `other` lies inside this span."""
        return self.artifact == other.artifact and self.start <= other.start and other.end <= self.end
