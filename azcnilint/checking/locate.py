"""Spans to locations: the one place where offsets become lines and columns, with the cited line copied."""

from __future__ import annotations

from collections.abc import Mapping

from azcnilint.checking.report import Location, SourceLine
from azcnilint.text import Label, SourceText, Span

LONGEST_CITED = 400
"""A longer line is cut around its mark, so that a report cannot be made as large as its input."""


def locate(sources: Mapping[str, SourceText], label: Label) -> Location | None:
    """Resolve a label; None when its artifact has no text (a member that was not read)."""
    source = sources.get(label.span.artifact)
    if source is None:
        return None
    first = source.line(source.line_number(min(label.span.start, len(source.text))))
    last = source.line_number(max(label.span.start, label.span.end - 1))
    return Location(
        artifact=label.span.artifact,
        first=_cited(source, label.span, first.span, first.number),
        end_line=max(last, first.number),
        label=label.text,
        primary=label.primary,
    )


def _cited(source: SourceText, span: Span, line: Span, number: int) -> SourceLine:
    start = span.start - line.start
    end = max(start, min(span.end, line.end) - line.start)
    text = source.slice(line)
    column = source.position(span.start).column
    end_column = source.position(line.start + end).column
    cut = max(0, min(start - 40, len(text) - LONGEST_CITED)) if len(text) > LONGEST_CITED else 0
    text = text[cut : cut + LONGEST_CITED]
    return SourceLine(
        line=number,
        column=column,
        end_column=max(column, end_column),
        text=text,
        start=min(start - cut, len(text)),
        end=min(end - cut, len(text)),
    )


def locate_all(sources: Mapping[str, SourceText], labels: tuple[Label, ...]) -> tuple[Location, ...]:
    """Resolve labels in order, primary ones first, each place once."""
    ordered = sorted(labels, key=lambda label: not label.primary)
    found = (locate(sources, label) for label in dict.fromkeys(ordered))
    return tuple(location for location in found if location is not None)
