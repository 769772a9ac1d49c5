"""Room 2: captures to typed tables. `PARSERS` is the explicit list; `parse_*` functions read one pasted text."""

from __future__ import annotations

from azcnilint.capture import Capture, Completeness
from azcnilint.capture.envelope import split_captures
from azcnilint.models import (
    DirectoryListing,
    LinkTable,
    NatTable,
    NeighbourTable,
    ObjectTable,
    RouteTable,
    RoutingRuleTable,
    Table,
)
from azcnilint.parsers import ip_address, ip_neighbour, ip_route, ip_rule, iptables, kubectl, ls
from azcnilint.parsers.base import Claim, Ledger, Parser, ParseResult, ParseStatus, T
from azcnilint.text import decode

PARSERS: tuple[Parser[Table], ...] = (
    ip_address.PARSER,
    ip_route.PARSER,
    ip_neighbour.PARSER,
    ip_rule.PARSER,
    iptables.PARSER,
    ls.PARSER,
    kubectl.PARSER,
)
"""Every command family that we read, one parser for each `Capture.kind`."""


def parser_for(kind: str | None) -> Parser[Table] | None:
    """Give the parser of a capture kind; None for a kind that we recognise and do not read."""
    return next((parser for parser in PARSERS if parser.kind == kind), None)


def _read(parser: Parser[T], text: str | bytes, artifact: str) -> ParseResult[T]:
    """Read the first capture of the parser's kind in a paste; without one, the whole text as that kind."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    source = decode(artifact, data)
    for capture in split_captures(source).captures:
        if capture.kind == parser.kind:
            return parser.parse(capture)
    return parser.parse(Capture(source, source.span, parser.kind))


def parse_ip_address(text: str | bytes, *, artifact: str = "<text>") -> ParseResult[LinkTable]:
    """Read what `ip address` or `ip link` printed, as text or JSON. Total: never raises."""
    return _read(ip_address.PARSER, text, artifact)


def parse_ip_route(text: str | bytes, *, artifact: str = "<text>") -> ParseResult[RouteTable]:
    """Read what `ip route` printed, as text or JSON. Total: never raises."""
    return _read(ip_route.PARSER, text, artifact)


def parse_ip_neighbour(text: str | bytes, *, artifact: str = "<text>") -> ParseResult[NeighbourTable]:
    """Read what `ip neighbour` printed, as text or JSON. Total: never raises."""
    return _read(ip_neighbour.PARSER, text, artifact)


def parse_ip_rule(text: str | bytes, *, artifact: str = "<text>") -> ParseResult[RoutingRuleTable]:
    """Read what `ip rule` printed, as text or JSON. Total: never raises."""
    return _read(ip_rule.PARSER, text, artifact)


def parse_iptables(text: str | bytes, *, artifact: str = "<text>") -> ParseResult[NatTable]:
    """Read what `iptables -L`, `iptables -S` or `iptables-save` printed. Total: never raises."""
    return _read(iptables.PARSER, text, artifact)


def parse_ls(text: str | bytes, *, artifact: str = "<text>") -> ParseResult[DirectoryListing]:
    """Read what `ls` printed. Total: never raises."""
    return _read(ls.PARSER, text, artifact)


def parse_kubectl(text: str | bytes, *, artifact: str = "<text>") -> ParseResult[ObjectTable]:
    """Read what `kubectl get` printed, as table, names, JSON or YAML. Total: never raises."""
    return _read(kubectl.PARSER, text, artifact)


__all__ = [
    "PARSERS",
    "Capture",
    "Claim",
    "Completeness",
    "Ledger",
    "ParseResult",
    "ParseStatus",
    "Parser",
    "parse_ip_address",
    "parse_ip_neighbour",
    "parse_ip_route",
    "parse_ip_rule",
    "parse_iptables",
    "parse_kubectl",
    "parse_ls",
    "parser_for",
]
