"""How the tests of iptables read texts and show what was told."""

from __future__ import annotations

from azcnilint.capture import Capture, Completeness
from azcnilint.models import NatRule, NatTable
from azcnilint.parsers import iptables
from azcnilint.parsers.base import ParseResult
from azcnilint.text import Span, decode, mark, snippet

NAT = ("iptables", "-t", "nat", "-L")
BRIEF = "target     prot opt source               destination         "
VERBOSE = " pkts bytes target     prot opt in     out     source               destination         "


def read(
    text: str,
    *argv: str,
    completeness: Completeness = Completeness.COMPLETE,
    gaps: tuple[str, ...] = (),
) -> ParseResult[NatTable]:
    """Parse a text as the output of that command; each of `gaps` is a text inside it that stands for lines left out."""
    source = decode("nat.txt", text.encode())
    at = tuple(Span("nat.txt", source.text.index(gap), source.text.index(gap) + len(gap)) for gap in gaps)
    return iptables.parse(Capture(source, source.span, "iptables", argv or None, completeness=completeness, gaps=at))


def table(text: str, *argv: str) -> NatTable:
    """Give the table of a capture that must be read without loss."""
    return read(text, *argv).unwrap()


def rules(text: str, *argv: str) -> tuple[NatRule, ...]:
    """Give all rules of a capture that must be read without loss."""
    return tuple(rule for chain in table(text, *argv).chains for rule in chain.rules)


def listed(row: str, head: str = BRIEF, *argv: str) -> NatRule:
    """Give the one rule of a listed row."""
    return rules(f"Chain X (0 references)\n{head}\n{row}\n", *(argv or (*NAT, "X")))[0]


def saved(options: str, *argv: str) -> NatRule:
    """Give the one rule of an `-A` line."""
    return rules(f"-N X\n-A X {options}\n", *(argv or ("iptables", "-t", "nat", "-S", "X")))[0]


def told(result: ParseResult[NatTable]) -> list[tuple[str, str]]:
    """Give code and message of each diagnostic."""
    return [(diagnostic.code, diagnostic.message) for diagnostic in result.diagnostics]


def shown(result: ParseResult[NatTable]) -> str:
    """Give the frames of all diagnostics, carets included."""
    source = result.capture.source
    return "".join(
        snippet(source.artifact, [mark(source, label) for label in diagnostic.labels])
        for diagnostic in result.diagnostics
    )
