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
        kind: Kebab-case name: `prompt`, `snip`, `warning`, `error`, `heading`, `envelope`, `caption`, `footer` …
        span: The line without its line end.
    """

    kind: str
    span: Span


@dataclass(frozen=True)
class Capture:
    """The output of one command.

    Attributes:
        source: The artifact that holds it.
        body: From the first to the last line of output; empty for a failed or empty capture.
        kind: Which parser reads it (`ip-address`, `ip-link`, `ip-route`, `ip-neighbour`, `iptables`, `ls`, `kubectl`), the name of a
            recognised command that we do not read (`route`, `arp`, `ifconfig`, `brctl`, `ip-rule` …), or None.
        argv: The command line in words, without wrappers (`sudo`, `nsenter …`, `chroot /host`) and redirections; None when not shown.
        command: Where the command line stands; None when not shown.
        completeness: Whether all of the output is here.
        gaps: Marks inside or at the edge of the body that stand for lines left out (`[snip]`, `...`).
        noise: Recognised noise inside the body, ascending; parsers skip these lines.
        error: What the command said instead of (or beside) output; None when it said nothing.
        host: Host name that the prompt shows; None without one.
        netns: Network namespace that the command line names (`ip netns exec NS`, `ip -n NS`); None for the host's.
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
    """What one artifact holds: captures in order, and the noise outside of them."""

    captures: tuple[Capture, ...]
    noise: tuple[Noise, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = field(default=())
