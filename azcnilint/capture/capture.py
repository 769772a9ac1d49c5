"""One capture: the lines that one command printed, and what is known about that command."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from azcnilint.text import Diagnostic, SourceText, Span


class Completeness(StrEnum):
    """Whether a capture holds all that its command printed; any but COMPLETE and EMPTY forbids to conclude absence."""

    COMPLETE = "complete"
    HEAD_CUT = "head-cut"
    TAIL_CUT = "tail-cut"
    SNIPPED = "snipped"
    FILTERED = "filtered"
    """The command line drops lines (`| grep masq`, `| head`, `-l app=x`)."""
    EXCERPT = "excerpt"
    """The lines themselves tell that others belong to them (a gateway that no shown route reaches, bare rules)."""
    EMPTY = "empty"
    """The command ran and printed nothing, or said that there is nothing (`No resources found`)."""
    FAILED = "failed"
    """An error text stands where output should be; `Capture.error` holds it."""

    @property
    def settles_absence(self) -> bool:
        """Whether something that the capture does not show is thereby absent."""
        return self in {Completeness.COMPLETE, Completeness.EMPTY}


@dataclass(frozen=True, slots=True)
class Noise:
    """A line that is recognised and is no data.

    Attributes:
        kind: Kebab-case name, one of `azcnilint.capture.noise.KINDS` where the capture room booked it.
        span: The line without its line end.
    """

    kind: str
    span: Span


@dataclass(frozen=True)
class Capture:
    """The output of one command.

    Attributes:
        source: The artifact that holds it.
        body: From the first to the last line of output, marks of left-out lines and (in text) warnings of the command
            included; empty for a failed or empty capture.
        kind: Which parser reads it (`ip-address`, `ip-route`, `ip-neighbour`, `ip-rule`, `iptables`, `ls`, `kubectl`),
            the name of a recognised command that we do not read (`route`, `arp`, `brctl`, `nft` …), or None.
        argv: The command line in words, without wrappers (`sudo`, `nsenter …`, `chroot /host`) and redirections; None
            when not shown, or when several commands printed the lines.
        command: Where the command line stands; None when not shown.
        completeness: Whether all of the output is here.
        gaps: Marks inside or at the edge of the body that stand for lines left out (`[snip]`, `...`).
        noise: Recognised noise inside the body, ascending; parsers skip these lines.
        error: What the command said instead of (or beside) output; None when it said nothing.
        host: Host name that the prompt shows; None without one.
        netns: Network namespace that the command line names: the name of `ip netns exec NS` and `ip -n NS`, `pid 4711`
            (nsenter), `pod NAME` (kubectl exec), `container ID` (crictl, docker); None for the host's.
    """

    source: SourceText
    body: Span
    kind: str | None = None
    argv: tuple[str, ...] | None = None
    command: Span | None = None
    completeness: Completeness = Completeness.COMPLETE
    gaps: tuple[Span, ...] = ()
    noise: tuple[Noise, ...] = ()
    error: Diagnostic | None = None
    host: str | None = None
    netns: str | None = None

    @property
    def text(self) -> str:
        """The body as text, noise lines included."""
        return self.source.slice(self.body)


@dataclass(frozen=True)
class Envelope:
    """What one artifact holds: captures in order, and the noise outside of them.

    Every line that is not blank lies in the body of one capture, or is noise, or is labelled by a diagnostic of
    the code `unrecognised-lines`.

    Attributes:
        captures: In order of place.
        noise: Recognised lines outside of the captures' bodies, in order of place.
        diagnostics: What could not be recognised, was contradicted or is not read.
        source: What all spans index: the text that was given, or (for the JSON of `az … run-command`) that text with
            its strings unescaped. None only where an envelope was made by hand from the text as given.
    """

    captures: tuple[Capture, ...]
    noise: tuple[Noise, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = field(default=())
    source: SourceText | None = field(default=None, compare=False, repr=False)
