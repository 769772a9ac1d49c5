"""Room 2: captures to typed tables. `PARSERS` is the explicit list; `parse_*` functions read one pasted text."""

from __future__ import annotations

from azcnilint.capture import Capture, Completeness
from azcnilint.models import NeighbourTable, Table
from azcnilint.parsers import ip_neighbour
from azcnilint.parsers.base import Claim, Ledger, Parser, ParseResult, ParseStatus
from azcnilint.text import Diagnostic, SourceText, decode

PARSERS: tuple[Parser[Table], ...] = (ip_neighbour.PARSER,)


def parser_for(kind: str | None) -> Parser[Table] | None:
    """Give the parser of a capture kind; None for a kind that we recognise and do not read."""
    return next((parser for parser in PARSERS if parser.kind == kind), None)


def _paste(text: str | bytes, artifact: str, kind: str, argv: tuple[str, ...] | None = None) -> Capture:
    source = decode(artifact, text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
    return Capture(source, source.span, kind, argv)


def parse_ip_neighbour(text: str | bytes, *, artifact: str = "<text>") -> ParseResult[NeighbourTable]:
    """Read what `ip neighbour` printed, as text or JSON. Total: never raises."""
    return ip_neighbour.parse(_paste(text, artifact, "ip-neighbour"))


__all__ = [
    "PARSERS",
    "Capture",
    "Claim",
    "Completeness",
    "Diagnostic",
    "Ledger",
    "ParseResult",
    "ParseStatus",
    "Parser",
    "SourceText",
    "parse_ip_neighbour",
    "parser_for",
]
