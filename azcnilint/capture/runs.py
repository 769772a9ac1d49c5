"""Tagged lines of one section to runs: the lines that one command printed, by what the lines themselves are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from azcnilint.capture.command import READ_KINDS, Command
from azcnilint.capture.noise import is_caption
from azcnilint.capture.scan import Tag, What
from azcnilint.capture.signatures import head_key, may_be_data, may_belong, names_program

_OWNED_ROW = re.compile(r"\s*(?:\S+\s+)?[a-z]+(?:\.[a-z.]+)?/\S")


@dataclass
class Run:
    """Lines of one command, collected while a section is cut.

    Attributes:
        kind: Which command printed them, as in `Capture.kind`.
        commands: The commands that may have printed them: one, none (not shown), or several (not to be told apart).
        tags: Data and the noise between, in order.
        heads: What the lines headed so far (links, chains, tables), to notice the start of another listing.
    """

    kind: str | None
    commands: tuple[Command, ...] = ()
    tags: list[Tag] = field(default_factory=list)
    heads: set[str] = field(default_factory=set)

    @property
    def data(self) -> list[Tag]:
        """The tags that are not noise."""
        return [tag for tag in self.tags if tag.what is not What.NOISE]


@dataclass
class Cut:
    """What a section was cut into.

    Attributes:
        runs: In order; the run of a command that printed nothing is there, without data.
        captions: Lines of prose.
        noise: Recognised noise before the first run.
        strangers: Lines that nothing explains.
        contradicted: Records of another command than the one that was named.
    """

    runs: list[Run] = field(default_factory=list)
    captions: list[Tag] = field(default_factory=list)
    noise: list[Tag] = field(default_factory=list)
    strangers: list[Tag] = field(default_factory=list)
    contradicted: list[Tag] = field(default_factory=list)


def cut(text: str, tags: Sequence[Tag], commands: tuple[Command, ...], *, prose: bool) -> Cut:
    """Cut the lines below one announcement into runs.

    Args:
        text: The artifact's text.
        tags: Lines of the section.
        commands: What was announced; empty when nothing was.
        prose: Whether the section stands under the title of a page, where lines without a signature are captions.
    """
    first = next((tag for tag in tags if tag.what is not What.NOISE), None)
    named = commands[0].kind if len(commands) == 1 else None
    if len(commands) == 1 and named not in READ_KINDS and (first is None or first.kind not in READ_KINDS):
        return Cut(runs=[Run(named, commands, list(tags))])
    result = Cut()
    if named in READ_KINDS:
        result.runs.append(Run(named, commands))
    elif named is not None and first is not None:
        result.contradicted.append(first)
    _Cutter(text, result, named if named in READ_KINDS else None, prose=prose).run(tags)
    if len(commands) > 1:
        _assign(result.runs, commands)
    return result


def _assign(runs: list[Run], commands: tuple[Command, ...]) -> None:
    """Give the commands of one line to the runs: in order where their kinds differ or their numbers agree."""
    for kind in {run.kind for run in runs}:
        own = [command for command in commands if command.kind == kind]
        mine = [run for run in runs if run.kind == kind]
        for index, run in enumerate(mine):
            run.commands = (own[index],) if len(own) == len(mine) else tuple(own)


class _Cutter:
    """One pass over a section. `named` is the kind that was announced; its listing is not cut at repeated heads."""

    def __init__(self, text: str, result: Cut, named: str | None, *, prose: bool) -> None:
        self.text = text
        self.result = result
        self.named = named
        self.prose = prose
        self.current: Run | None = result.runs[0] if result.runs else None
        self.pending: list[Tag] = []
        self.captioned = False

    def run(self, tags: Sequence[Tag]) -> None:
        for tag in tags:
            if tag.what is What.NOISE:
                (self.current.tags if self.current else self.result.noise).append(tag)
            elif tag.what is What.OTHER or (tag.kind is None and not tag.what.is_document):
                self._other(tag)
            else:
                self._record(tag)
        self._settle(None)

    def _line(self, tag: Tag) -> str:
        return self.text[tag.start : tag.end]

    def _record(self, tag: Tag) -> None:
        """Add a line with a signature to the run of its kind, or begin that run."""
        kind = tag.kind or (self.current.kind if self.current else self.named)
        current = self.current
        if current is not None and current.kind != kind and not tag.what.is_document and current.kind in READ_KINDS:
            stays = may_belong(str(current.kind), self._line(tag)) and kind not in READ_KINDS
            named_here = current.kind == self.named and current.kind == "ls" and may_belong("ls", self._line(tag))
            if stays or named_here:
                current.tags.append(tag)
                return
        key = head_key(kind, self._line(tag)) if kind is not None and not tag.what.is_document else None
        if current is None or current.kind != kind or self._restarts(current, tag, key):
            self._begin(kind, tag)
        elif self.pending:
            self._settle(None)
        if self.current is not None:
            self.current.tags.append(tag)
            if key is not None:
                self.current.heads.add(key)
        self.captioned = False

    def _begin(self, kind: str | None, tag: Tag) -> None:
        if self.named is not None and kind != self.named:
            self.result.contradicted.append(tag)
        run = Run(kind)
        if self.current is not None and kind is not None:
            run.tags += self._messages(self.current, kind)
        self._settle(run)
        self.result.runs.append(run)
        self.current = run

    def _messages(self, before: Run, kind: str) -> list[Tag]:
        """Take from the end of a run the messages that name the program of the next one."""
        messages: list[Tag] = []
        while before.tags and before.tags[-1].what is What.NOISE and names_program(kind, self._line(before.tags[-1])):
            messages.insert(0, before.tags.pop())
        return messages

    def _restarts(self, run: Run, tag: Tag, key: str | None) -> bool:
        """Whether a line begins another listing of the same command: what no listing prints twice comes again."""
        if self.named is not None and run.kind == self.named:
            return False
        data = run.data
        if not data:
            return False
        if tag.what is What.JSON:
            return self.text.startswith("[", tag.start) or data[-1].what is not What.JSON
        if tag.what is What.YAML or data[-1].what.is_document:
            return True
        if key is None:
            return False
        if run.kind == "kubectl":
            return not (tag.after_blank and _OWNED_ROW.match(self._line(data[-1])))
        if run.kind == "ls" and self._line(data[-1]).endswith(":"):
            return False
        listed = key.startswith("Chain")
        other_form = run.kind == "iptables" and any(head.startswith("Chain") != listed for head in run.heads)
        return key in run.heads or other_form

    def _other(self, tag: Tag) -> None:
        """Place a line without a signature: a rest of the run, a caption, or (before any run) one that waits."""
        line = self._line(tag)
        current = self.current
        if current is None:
            self.pending.append(tag)
        elif (self.captioned or is_caption(line) or _is_postscript(current, tag, line)) and not may_belong(
            str(current.kind), line
        ):
            self.captioned = True
            self.result.captions.append(tag)
        else:
            current.tags.append(tag)

    def _settle(self, run: Run | None) -> None:
        """Settle the lines that wait: those right before a run's first record may be its damaged beginning."""
        pending, self.pending = self.pending, []
        taken: list[Tag] = []
        while (
            run is not None
            and pending
            and may_belong(str(run.kind), self._line(pending[-1]))
            and not is_caption(self._line(pending[-1]))
        ):
            taken.append(pending.pop())
        if run is not None:
            run.tags += reversed(taken)
        captioned = self.prose
        for tag in pending:
            line = self._line(tag)
            captioned = captioned or is_caption(line)
            (self.result.captions if captioned and not may_be_data(line) else self.result.strangers).append(tag)


def _is_postscript(run: Run, tag: Tag, line: str) -> bool:
    """Whether a line without a figure stands behind a blank one, which `ip` never prints."""
    return tag.after_blank and str(run.kind).startswith("ip-") and not any(char.isdigit() for char in line)


def first_line(text: str, tag: Tag) -> str:
    """Give the first line of a tag, at most 4096 characters of it."""
    return text[tag.start : min(tag.end, tag.start + 4096)].split("\n", 1)[0]
