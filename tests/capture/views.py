"""What a test says about an envelope: plain values, so that one assert compares all of it."""

from __future__ import annotations

from dataclasses import dataclass

from azcnilint.capture import Capture, Envelope, parse_command, split_captures
from azcnilint.text import SourceText, decode


@dataclass(frozen=True)
class View:
    """A capture in plain values; `lines` are its body, `noise` the kinds inside."""

    kind: str | None
    lines: tuple[str, ...] = ()
    argv: str | None = None
    completeness: str = "complete"
    host: str | None = None
    netns: str | None = None
    noise: tuple[str, ...] = ()
    gaps: int = 0
    error: str | None = None


@dataclass(frozen=True)
class Seen:
    """An envelope in plain values; noise as (kind, text), diagnostics as (code, labelled text)."""

    captures: tuple[View, ...] = ()
    noise: tuple[tuple[str, str], ...] = ()
    diagnostics: tuple[tuple[str, str], ...] = ()


def split(text: str, hint: str | None = None) -> Envelope:
    """Split text as the file of one artifact; `hint` is a command line."""
    return split_captures(decode("x", text.encode()), hint=parse_command(hint) if hint else None)


def seen(text: str, hint: str | None = None) -> Seen:
    """Split text and give all of it as plain values."""
    envelope = split(text, hint)
    source = envelope.source
    assert source is not None
    return Seen(
        tuple(_view(capture) for capture in envelope.captures),
        tuple((noise.kind, source.slice(noise.span)) for noise in envelope.noise),
        tuple((found.code, source.slice(found.labels[0].span)) for found in envelope.diagnostics),
    )


def lines_of(source: SourceText, capture: Capture) -> tuple[int, int]:
    """Give the first and last line number of a body."""
    return source.line_number(capture.body.start), source.line_number(max(capture.body.start, capture.body.end - 1))


def _view(capture: Capture) -> View:
    return View(
        capture.kind,
        tuple(line for line in capture.text.split("\n") if line.strip()),
        " ".join(capture.argv) if capture.argv else None,
        capture.completeness.value,
        capture.host,
        capture.netns,
        tuple(noise.kind for noise in capture.noise),
        len(capture.gaps),
        capture.error.message if capture.error else None,
    )
