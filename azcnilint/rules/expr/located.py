"""A piece of text taken out of a YAML file, every character of which still knows where it stands there."""

from __future__ import annotations

from dataclasses import dataclass, field

from azcnilint.text import Span


@dataclass(frozen=True, slots=True)
class Located:
    """The value of a scalar, after YAML's own quoting and folding.

    Attributes:
        text: The value.
        span: The whole scalar in the file, quotes included.
        offsets: Offset in the file of each character of `text`, plus one behind the last; empty when `text` stands in
            the file from `span.start` on as it is.
    """

    text: str
    span: Span
    offsets: tuple[int, ...] = field(default=(), repr=False)

    def at(self, start: int, end: int) -> Span:
        """Give the span in the file of the characters [start, end) of `text`."""
        if not self.offsets:
            return Span(self.span.artifact, self.span.start + start, self.span.start + end)
        first = self.offsets[min(start, len(self.text))]
        last = first if end <= start else self.offsets[end - 1] + 1
        return Span(self.span.artifact, first, max(first, last))

    def part(self, start: int, end: int) -> Located:
        """Give the characters [start, end) as a text of their own."""
        base = self.offsets or tuple(range(self.span.start, self.span.start + len(self.text) + 1))
        return Located(self.text[start:end], self.at(start, end), base[start : end + 1])
