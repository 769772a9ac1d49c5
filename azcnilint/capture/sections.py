"""Tagged lines to sections: what stands below one prompt, heading, fence or run-command mark."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from azcnilint.capture.capture import Noise
from azcnilint.capture.command import Command
from azcnilint.capture.noise import is_title
from azcnilint.capture.scan import Tag, What
from azcnilint.text import SourceText, Span


@dataclass
class Section:
    """The lines below one announcement.

    Attributes:
        start: Offset where its lines begin.
        commands: What was announced; empty when nothing was.
        command: Where the command line stands; None when not shown.
        host: Host name that the prompt shows.
        tags: Its lines.
        stderr: Lines of the [stderr] block that belongs to it.
        prose: Whether it stands under the title of a page.
        stdout: Whether it is a [stdout] block, which run-command limits in size.
        closed: Whether something follows that the shell or a wrapper printed after the output.
    """

    start: int
    commands: tuple[Command, ...] = ()
    command: Span | None = None
    host: str | None = None
    tags: list[Tag] = field(default_factory=list)
    stderr: list[Tag] = field(default_factory=list)
    prose: bool = False
    stdout: bool = False
    closed: bool = False

    @property
    def has_data(self) -> bool:
        """Whether any of its lines may be output."""
        return any(tag.what is not What.NOISE for tag in self.tags)


def sections(source: SourceText, tags: Iterable[Tag], start: int) -> tuple[list[Section], list[Noise]]:
    """Group tags into sections; the lines between them (prompts, headings, fences, marks) come back as noise."""
    builder = _Builder(source, start)
    for tag in tags:
        builder.add(tag)
    return builder.sections, builder.noise


class _Builder:
    """One pass over the tags of a region."""

    def __init__(self, source: SourceText, start: int) -> None:
        self.source = source
        self.sections = [Section(start)]
        self.noise: list[Noise] = []
        self.fenced = False
        self.in_stderr = False

    @property
    def current(self) -> Section:
        return self.sections[-1]

    def add(self, tag: Tag) -> None:
        line = self.source.text[tag.start : tag.end] if tag.end - tag.start < 4096 else ""
        if tag.what is What.NOISE and tag.kind == "envelope":
            self._envelope(tag, line.strip())
        elif self.in_stderr:
            self.current.stderr.append(tag)
        elif tag.what is What.ANNOUNCEMENT and tag.said is not None:
            self._book(tag)
            column = min(tag.start + tag.said.start, tag.end)
            command = Span(self.source.artifact, column, tag.end) if tag.said.commands else None
            self._open(Section(tag.end + 1, tag.said.commands, command, tag.said.host))
        elif tag.what is What.FENCE:
            self._fence(tag)
        elif tag.what is What.OTHER and is_title(line):
            self._open(Section(tag.start, prose=True))
            self.current.tags.append(tag)
        else:
            self.current.tags.append(tag)

    def _book(self, tag: Tag) -> None:
        self.noise.append(Noise(str(tag.kind), Span(self.source.artifact, tag.start, tag.end)))

    def _open(self, section: Section) -> None:
        self.current.closed = True
        self.sections.append(section)

    def _fence(self, tag: Tag) -> None:
        """A fence that opens below a heading holds what the heading announces; one that closes ends the output."""
        self._book(tag)
        self.fenced = not self.fenced
        if self.fenced and self.current.commands and not self.current.has_data:
            return
        self._open(Section(tag.end + 1))

    def _envelope(self, tag: Tag, line: str) -> None:
        self._book(tag)
        self.in_stderr = line.lower() == "[stderr]"
        if self.in_stderr:
            self.current.closed = True
        elif line.lower() == "[stdout]":
            self._open(Section(tag.end + 1, stdout=True))
        else:
            self._open(Section(tag.end + 1))
