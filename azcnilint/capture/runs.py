"""Tagged lines of one section to runs: the lines that one command printed, by what the lines themselves are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from azcnilint.capture.command import READ_KINDS, Command
from azcnilint.capture.noise import is_caption
from azcnilint.capture.scan import Tag, What, end_of_lines
from azcnilint.capture.signatures import head_key, heads, may_be_data, may_belong, names_program

GAPS = frozenset({"snip", "cut-line"})
"""Kinds of noise that stand for lines left out."""
_OWNED_ROW = re.compile(r"\s*(?:\S+\s+)?[a-z]+(?:\.[a-z.]+)?/\S")


@dataclass
class Run:
    """Lines of one command, collected while a section is cut.

    Attributes:
        kind: Which command printed them, as in `Capture.kind`.
        commands: The commands that may have printed them: one, none (not shown), or several (not to be told apart).
        tags: Data and the noise between, in order.
        heads: What the lines headed so far (links, chains, tables), to notice the start of another listing.
        last: The last tag of data.
        after_gap: Whether a mark of left-out lines stands right before it: its first lines may be among those.
    """

    kind: str | None
    commands: tuple[Command, ...] = ()
    tags: list[Tag] = field(default_factory=list)
    heads: set[str] = field(default_factory=set)
    last: Tag | None = None
    after_gap: bool = False

    def add(self, tag: Tag) -> None:
        """Append a tag of data."""
        self.tags.append(tag)
        self.last = tag

    @property
    def lists_chains(self) -> bool | None:
        """Whether the run is a listing of iptables -L (True) or of rules (False); None before its first head."""
        return next((_is_chain(head) for head in self.heads), None)

    @property
    def data(self) -> list[Tag]:
        """The tags that are not noise."""
        return [tag for tag in self.tags if tag.what is not What.NOISE]


@dataclass
class Cut:
    """What a section was cut into.

    Attributes:
        runs: In order; the run of a command that printed nothing is there, without data.
        captions: Lines of prose before the first run.
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
                for piece, keys, begins in self._pieces(tag):
                    self._record(piece, keys, begins=begins)
        self._settle(None)

    def _pieces(self, tag: Tag) -> Iterator[tuple[Tag, AbstractSet[str], bool]]:
        """Cut a block before each line that heads again what its listing has headed.

        Yields each part, what it heads, and whether it begins another listing than the part or run before it.
        """
        run = self.current if self.current is not None and self.current.kind == tag.kind else None
        if tag.what is not What.RECORD or tag.kind is None or tag.kind == self.named:
            yield tag, frozenset(), run is not None and self._another_document(run, tag)
            return
        if tag.kind in {"kubectl", "ls"}:
            key = head_key(tag.kind, self._line(tag))
            yield tag, frozenset({key} if key else ()), run is not None and self._another_table(run, tag, key)
            return
        before: AbstractSet[str] = run.heads if run else frozenset()
        listing = run.lists_chains if run else None
        start, keys, begins = tag.start, set[str](), False
        for offset, key in heads(self.text, tag.start, tag.end):
            if key in before or key in keys or listing not in {None, _is_chain(key)}:
                if offset > start:
                    yield replace(tag, start=start, end=end_of_lines(self.text, start, offset)), keys, begins
                start, keys, before, begins = offset, set(), frozenset(), True
            listing = _is_chain(key)
            keys.add(key)
        yield replace(tag, start=start), keys, begins

    def _another_document(self, run: Run, tag: Tag) -> bool:
        """Whether a JSON or YAML document is the output of another command: arrays are, objects one a line are not."""
        if run.last is None or tag.kind == self.named:
            return False
        if tag.what is What.JSON:
            return self.text.startswith("[", tag.start) or run.last.what is not What.JSON
        return tag.what is What.YAML or run.last.what.is_document

    def _another_table(self, run: Run, tag: Tag, key: str | None) -> bool:
        """Whether a head begins another table of kubectl or ls; `get ds,deploy` prints several, with owners in rows."""
        if run.last is None:
            return False
        if run.last.what.is_document:
            return True
        if key is None:
            return False
        if tag.kind == "kubectl":
            return not (tag.after_blank and _OWNED_ROW.match(self._line(run.last)))
        return key in run.heads and not self._line(run.last).endswith(":")

    def _is_caption(self, run: Run, tag: Tag, line: str) -> bool:
        """Whether a line below a run's records is prose; below plain `ls` any line is the name of a file."""
        if run.kind == "ls" and (run.last is None or run.last.what is What.OTHER):
            return False
        prose = self.captioned or is_caption(line) or _is_postscript(run, tag, line)
        return prose and not may_belong(str(run.kind), line)

    def _line(self, tag: Tag) -> str:
        return self.text[tag.start : tag.end]

    def _record(self, tag: Tag, keys: AbstractSet[str], *, begins: bool) -> None:
        """Add lines with a signature to the run of their kind, or begin that run."""
        current = self.current
        kind = tag.kind or (current.kind if current else self.named)
        if current is not None and current.kind != kind and self._stays(current, tag):
            current.add(tag)
            return
        if current is None or current.kind != kind or begins:
            self._begin(kind, tag)
        elif self.pending:
            self._settle(None)
        if self.current is not None:
            self.current.add(tag)
            self.current.heads |= keys
        self.captioned = False

    def _stays(self, current: Run, tag: Tag) -> bool:
        """Whether another command's record belongs to the current run all the same (names in `ls` may look so)."""
        if current.kind not in READ_KINDS or tag.what.is_document:
            return False
        plain = current.kind == "ls" == self.named
        return (plain or tag.kind not in READ_KINDS) and may_belong(str(current.kind), first_line(self.text, tag))

    def _begin(self, kind: str | None, tag: Tag) -> None:
        if self.named is not None and kind != self.named:
            self.result.contradicted.append(tag)
        run = Run(kind, after_gap=self._after_gap())
        if self.current is not None and kind is not None:
            run.tags += self._messages(self.current, kind)
        self._settle(run)
        self.result.runs.append(run)
        self.current = run

    def _after_gap(self) -> bool:
        """Whether the line before is a mark of left-out lines; prose between ends what was cut."""
        noise = self.current.tags if self.current else self.result.noise
        if not noise or noise[-1].what is not What.NOISE or noise[-1].kind not in GAPS:
            return False
        return not any(tag.start > noise[-1].start and is_caption(self._line(tag)) for tag in self.pending)

    def _messages(self, before: Run, kind: str) -> list[Tag]:
        """Take from the end of a run the messages that name the program of the next one."""
        messages: list[Tag] = []
        while before.tags and before.tags[-1].what is What.NOISE and names_program(kind, self._line(before.tags[-1])):
            messages.append(before.tags.pop())
        return messages[::-1]

    def _other(self, tag: Tag) -> None:
        """Place a line without a signature: rest of the run, caption, or (before any run) one that waits."""
        line = self._line(tag)
        current = self.current
        if current is None:
            self.pending.append(tag)
        elif self._is_caption(current, tag, line):
            self.captioned = True
            current.tags.append(replace(tag, what=What.NOISE, kind="caption"))
        else:
            current.add(tag)

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
        if run is not None and taken:
            self._take(run, taken[::-1])
        captioned = self.prose
        for tag in pending:
            line = self._line(tag)
            captioned = captioned or is_caption(line)
            (self.result.captions if captioned and not may_be_data(line) else self.result.strangers).append(tag)

    def _take(self, run: Run, tags: Sequence[Tag]) -> None:
        """Give a run the lines before its first record, and the noise between: a body has no hole."""
        between = [tag for tag in self.result.noise if tag.start > tags[0].start]
        self.result.noise = [tag for tag in self.result.noise if tag.start <= tags[0].start]
        for tag in sorted([*tags, *between], key=lambda tag: tag.start):
            if tag.what is What.NOISE:
                run.tags.append(tag)
            else:
                run.add(tag)


def _is_chain(head: str) -> bool:
    """Whether a head is one of `iptables -L` and not of `-S` or iptables-save."""
    return head.startswith("Chain")


def _is_postscript(run: Run, tag: Tag, line: str) -> bool:
    """Whether a line without a figure stands behind a blank one, which `ip` never prints."""
    return tag.after_blank and str(run.kind).startswith("ip-") and not any(char.isdigit() for char in line)


def first_line(text: str, tag: Tag) -> str:
    """Give the first line of a tag, at most 4096 characters of it."""
    return text[tag.start : min(tag.end, tag.start + 4096)].split("\n", 1)[0]
