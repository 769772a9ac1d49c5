r"""Split one artifact into captures: prompts, headings, fences, run-command frames, several commands in one paste.

    >>> from azcnilint.text import decode
    >>> paste = b"root@aks-0:/# ip r\ndefault via 10.240.0.1 dev eth0\nroot@aks-0:/# \n"
    >>> envelope = split_captures(decode("paste.txt", paste))
    >>> [(capture.kind, capture.argv, capture.host, capture.text) for capture in envelope.captures]
    [('ip-route', ('ip', 'r'), 'aks-0', 'default via 10.240.0.1 dev eth0')]

The text goes through four hands: scan (what each line is by itself), sections (what stands below which announcement),
runs (which command printed which lines of a section) and this module (what follows: body, gaps, completeness).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from azcnilint.capture.capture import Capture, Completeness, Envelope, Noise
from azcnilint.capture.command import READ_KINDS, Command
from azcnilint.capture.completeness import completeness_of_lines
from azcnilint.capture.noise import is_empty_answer, is_missing_directory, noise_kind
from azcnilint.capture.run_command import STDOUT_LIMIT, unescape
from azcnilint.capture.runs import GAPS, Run, cut, first_line
from azcnilint.capture.scan import Tag, What, scan
from azcnilint.capture.sections import Section, sections
from azcnilint.text import Diagnostic, Label, Severity, SourceText, Span

_EXTENDING = GAPS | {"warning"}
"""Noise that belongs to a capture of text even at its edge: it tells something about the output."""
_SHELLS = frozenset({"ash", "bash", "dash", "ksh", "sh", "zsh"})


def split_captures(source: SourceText, *, hint: Command | None = None) -> Envelope:
    """Cut one artifact into captures. Total: never raises.

    Args:
        source: The artifact.
        hint: The command that the artifact's name tells (`ip_r.txt`); a prompt or heading inside wins over it, and so
            do lines that only another command prints.

    Returns:
        Captures, noise and diagnostics that together hold every line that is not blank. Where `az` printed JSON around
        the output, all spans index `Envelope.source` (also `Capture.source`), not `source`.
    """
    unescaped = unescape(source)
    work, regions = unescaped or (source, (source.span,))
    writer = _Writer(work)
    parts: list[Section] = []
    for region in regions:
        found, noise = sections(work, scan(work.text, region.start, region.end), region.start)
        writer.noise += noise
        parts += found
    if unescaped:
        writer.frame(regions)
    announced = any(command.kind for part in parts for command in part.commands)
    if hint is not None and not announced:
        _apply_hint(parts, hint)
    _follow_sessions(parts)
    for part in parts:
        writer.section(part)
    return writer.envelope()


def _apply_hint(parts: list[Section], hint: Command) -> None:
    """The name of the file speaks for its sections with data, or, when there is none, for the last one."""
    chosen = [part for part in parts if part.has_data and not part.commands and not part.prose]
    for part in chosen or [part for part in parts if part.stdout or part.stderr][:1] or parts[-1:]:
        part.commands = (hint,)
        # A file that is empty holds an empty answer; only a prompt at the end of a paste leaves that open.
        part.closed = part.closed or not part.has_data


def _follow_sessions(parts: list[Section]) -> None:
    """Let commands typed in a shell that was opened in a pod or namespace belong to that namespace, until its end."""
    netns: str | None = None
    outer: str | None = None
    for part in parts:
        returned = outer is not None and part.host == outer
        if returned:
            netns = None
        if netns is not None:
            part.commands = tuple(replace(command, netns=command.netns or netns) for command in part.commands)
        programs = [command.argv[0] for command in part.commands]
        entered = next((c.netns for c in part.commands if c.argv[0] in _SHELLS and c.netns), None)
        if entered is not None and entered != netns:
            netns, outer = entered, part.host
        elif "exit" in programs or "logout" in programs:
            netns = None


@dataclass
class _Writer:
    """Collects what becomes the envelope."""

    source: SourceText
    captures: list[Capture] = field(default_factory=list)
    noise: list[Noise] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def envelope(self) -> Envelope:
        captures = sorted(self.captures, key=lambda capture: capture.body.start)
        noise = sorted(self.noise, key=lambda noise: noise.span.start)
        diagnostics = sorted(self.diagnostics, key=lambda diagnostic: diagnostic.labels[0].span.start)
        return Envelope(tuple(captures), tuple(noise), tuple(diagnostics), self.source)

    def span(self, tag: Tag) -> Span:
        return Span(self.source.artifact, tag.start, tag.end)

    def book(self, tags: Iterable[Tag], kind: str | None = None) -> None:
        """Book tags as noise: of their own kind, or of the one given."""
        self.noise += [Noise(kind or str(tag.kind), self.span(tag)) for tag in tags]

    def report(self, code: str, severity: Severity, message: str, span: Span, note: str | None = None) -> None:
        self.diagnostics.append(Diagnostic(code, severity, message, (Label(span),), note))

    def frame(self, regions: Iterable[Span]) -> None:
        """Book the JSON around unescaped strings."""
        at = 0
        for region in (*regions, Span(self.source.artifact, len(self.source.text), len(self.source.text))):
            for line in self.source.lines(Span(self.source.artifact, at, region.start)):
                if line.text.strip():
                    self.noise.append(Noise("envelope", line.span))
            at = region.end + 1

    def section(self, section: Section) -> None:
        head = _cut_head(self.source, section)
        parts = cut(self.source.text, section.tags, section.commands, prose=section.prose)
        self.book(parts.captions, "caption")
        self.book(parts.noise)
        self.noise += [
            Noise("warning" if _is_warning(self.source.text, tag) else "stderr", self.span(tag))
            for tag in section.stderr
        ]
        self._strangers(parts.strangers)
        if parts.contradicted:
            self._contradicted(section, parts.contradicted[0])
        runs = [run for run in parts.runs if run.tags or run.commands]
        for index, run in enumerate(runs):
            cut_off = run.after_gap or (head and index == 0)
            self._capture(section, run, last=index == len(runs) - 1, others=len(runs) > 1, head_cut=cut_off)

    def _strangers(self, tags: list[Tag]) -> None:
        """Report neighbouring unexplained lines as one block."""
        blocks: list[Span] = []
        for tag in tags:
            if blocks and not self.source.text[blocks[-1].end : tag.start].strip():
                blocks[-1] = Span(self.source.artifact, blocks[-1].start, tag.end)
            else:
                blocks.append(self.span(tag))
        for block in blocks:
            self.report(
                "unrecognised-lines",
                Severity.WARNING,
                "no command that azcnilint knows prints these lines",
                block,
                "keep the shell prompts when you paste, or name the file after the command (ip_r.txt)",
            )

    def _contradicted(self, section: Section, tag: Tag) -> None:
        named = " ".join(section.commands[0].argv) if section.commands else ""
        line = first_line(self.source.text, tag)
        span = Span(self.source.artifact, tag.start, tag.start + len(line))
        message = f'these lines are output of "{tag.kind}", not of "{named}"'
        self.report("command-contradicted", Severity.WARNING, message, span, "the lines were read as what they are")

    def _capture(self, section: Section, run: Run, *, last: bool, others: bool, head_cut: bool) -> None:
        command = run.commands[0] if len(run.commands) == 1 else None
        errors = [tag for tag in run.tags if tag.what is What.NOISE and tag.kind == "error"]
        if last:
            said = [(noise_kind(first_line(self.source.text, tag)), tag) for tag in section.stderr]
            errors += [tag for kind, tag in said if kind == "error" or (kind is None and not run.data)]
        if not run.data and (run.kind is None or (others and not errors)):
            self.book(run.tags)
            return
        body, inside, outside = self._body(run, section)
        self.book(outside)
        gaps = tuple(noise.span for noise in inside if noise.kind in GAPS)
        capture = Capture(
            self.source,
            body,
            run.kind,
            command.argv if command else None,
            section.command if run.commands else None,
            gaps=gaps,
            noise=tuple(inside),
            error=self._error(errors),
            host=next((command.host for command in section.commands if command.host), section.host),
            netns=(run.commands or section.commands)[0].netns if section.commands else None,
        )
        judged = self._completeness(capture, run, closed=section.closed or not last, head_cut=head_cut)
        self.captures.append(replace(capture, completeness=judged))
        if run.kind not in READ_KINDS and run.data:
            name = " ".join(command.argv) if command else run.kind
            what = f'output of "{name}"' if name else "a document of an unknown command"
            self.report("unread-command", Severity.INFO, f"{what} is not read", body)

    def _body(self, run: Run, section: Section) -> tuple[Span, list[Noise], list[Tag]]:
        """Give the body, the noise inside of it, and the noise tags outside."""
        data = run.data
        extending = _EXTENDING if data else GAPS
        if any(tag.what.is_document for tag in data):
            extending = frozenset()
        holding = [n for n, tag in enumerate(run.tags) if tag.what is not What.NOISE or tag.kind in extending]
        if not holding:
            start = min(section.start, len(self.source.text))
            return Span(self.source.artifact, start, start), [], run.tags
        first, last = holding[0], holding[-1]
        inside = [Noise(str(tag.kind), self.span(tag)) for tag in run.tags[first : last + 1] if tag.what is What.NOISE]
        outside = [*run.tags[:first], *run.tags[last + 1 :]]
        return Span(self.source.artifact, run.tags[first].start, run.tags[last].end), inside, outside

    def _error(self, errors: list[Tag]) -> Diagnostic | None:
        if not errors:
            return None
        said = first_line(self.source.text, errors[0]).strip()[:200]
        return Diagnostic(
            "command-failed", Severity.WARNING, f'the command said "{said}"', (Label(self.span(errors[0])),)
        )

    def _completeness(self, capture: Capture, run: Run, *, closed: bool, head_cut: bool) -> Completeness:
        """Judge a capture; the gravest finding counts."""
        filtered = any(command.filtered for command in run.commands)
        data = run.data
        if not data and capture.error is not None:
            return Completeness.FAILED
        if capture.gaps and not head_cut:
            return Completeness.SNIPPED
        if filtered:
            return Completeness.FILTERED
        if not data:
            return Completeness.EMPTY if closed else Completeness.TAIL_CUT
        if head_cut:
            return Completeness.HEAD_CUT
        if not all(tag.whole for tag in data) or _error_after(run):
            return Completeness.TAIL_CUT
        return self._by_lines(capture, run, data)

    def _by_lines(self, capture: Capture, run: Run, data: list[Tag]) -> Completeness:
        first = first_line(self.source.text, data[0])
        if is_empty_answer(first) and len(data) == 1:
            return Completeness.EMPTY if run.commands else Completeness.EXCERPT
        if run.kind is None or data[0].what.is_document or is_missing_directory(first):
            return Completeness.COMPLETE
        command = run.commands[0] if run.commands else None
        return completeness_of_lines(run.kind, capture.text, first, command)


def _is_warning(text: str, tag: Tag) -> bool:
    return noise_kind(first_line(text, tag)) == "warning"


def _error_after(run: Run) -> bool:
    """Whether an error stands behind the first line of output: the command stopped, or left something out."""
    seen = False
    for tag in run.tags:
        if tag.what is not What.NOISE:
            seen = True
        elif seen and tag.kind == "error":
            return True
    return False


def _cut_head(source: SourceText, section: Section) -> bool:
    """Take the first line of a [stdout] block at run-command's limit out of the data: its beginning is lost."""
    if not section.stdout or not section.tags:
        return False
    shown = source.text[section.start : section.tags[-1].end]
    if len(shown.encode("utf-8", "surrogatepass")) < STDOUT_LIMIT - 4:
        return False
    first = section.tags[0]
    end = first.start + len(first_line(source.text, first))
    section.tags[0] = Tag(What.NOISE, first.start, end, "cut-line")
    if end < first.end:
        section.tags.insert(1, replace(first, start=end + 1))
    return True
