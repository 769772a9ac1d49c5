r"""`ip route` as text (plain, `-d`, `-s`, `-o`, `-N`, any table, BusyBox) and as JSON, into `RouteTable`.

    >>> from azcnilint.capture import Capture
    >>> from azcnilint.text import decode
    >>> source = decode("ip-r.txt", b"default via 10.240.0.1 dev eth0 proto dhcp\n10.240.0.6 dev azv1 proto static \n")
    >>> [(str(route.dst), route.dev, route.protocol) for route in parse(Capture(source, source.span)).unwrap().routes]
    [('0.0.0.0/0', 'eth0', 'dhcp'), ('10.240.0.6/32', 'azv1', 'static')]

Order of the words: iproute2 6.1, ip/iproute.c print_route; BusyBox 1.35, networking/libiproute/iproute.c print_route.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Network, IPv6Network

from azcnilint.capture import Capture
from azcnilint.models import Route, RouteTable, RouteType
from azcnilint.parsers import ip_route_names as names
from azcnilint.parsers.base import Parser, ParseResult
from azcnilint.parsers.grammar import LeafError, to_address, to_network
from azcnilint.parsers.ip_route_command import Selection, selection
from azcnilint.parsers.ip_route_grammar import GRAMMAR
from azcnilint.parsers.ip_route_json import parse_json
from azcnilint.parsers.ip_route_table import DEFAULT_INET, DEFAULT_INET6, assemble, default_of
from azcnilint.parsers.ip_route_words import more_of, nexthop_gateways, plain_more, unread_hides, with_parts
from azcnilint.parsers.json_text import looks_like_json
from azcnilint.parsers.lines import Reading, Row
from azcnilint.text import Span

_U32 = 0xFFFF_FFFF
_NEXT_PART = re.compile(r"\\[ \t]+(?=(?:nexthop|cache)(?!\S))")
_BUSYBOX_LAYOUT = re.compile(r"\S {2}(?:src|metric) ")
"""BusyBox sets two blanks before `src` and `metric`."""


def parse(capture: Capture) -> ParseResult[RouteTable]:
    """Read `ip route` output. Total: never raises."""
    if looks_like_json(capture.text):
        return parse_json(capture)
    reading = Reading(capture, GRAMMAR)
    builder = _Builder(reading, selection(capture.argv))
    pending: _Draft | None = None
    for row, span in reading.rows():
        if row.form in {"plain", "route"}:
            builder.add(pending)
            pending = _Draft(row, span)
        elif pending is not None and _follows(capture, pending, span):
            pending.parts.append((row, span))
        else:
            reading.refuse(f'expected the route that this "{row.form}" line belongs to before it', span)
    builder.add(pending)
    shows_protocol = any(route.protocol for route in builder.routes)
    busybox = not shows_protocol and _BUSYBOX_LAYOUT.search(capture.text) is not None
    table = assemble(reading, builder.routes, builder.undecided, builder.selection, busybox=busybox)
    return reading.result(table)


@dataclass(slots=True)
class _Draft:
    """A route's line, and the `nexthop`, `nh_info` and `cache` lines below it."""

    row: Row
    span: Span
    parts: list[tuple[Row, Span]] = field(default_factory=list)

    @property
    def last(self) -> Span:
        return self.parts[-1][1] if self.parts else self.span


def _follows(capture: Capture, draft: _Draft, span: Span) -> bool:
    """Whether a line stands directly below a draft's last one."""
    line_number = capture.source.line_number
    return line_number(span.start) == line_number(max(draft.last.start, draft.last.end - 1)) + 1


class _Builder:
    """Turns drafts into routes and remembers which `default` does not tell its family."""

    def __init__(self, reading: Reading, chosen: Selection) -> None:
        self.reading = reading
        self.selection = chosen
        self.routes: list[Route] = []
        self.undecided: list[int] = []

    def add(self, draft: _Draft | None) -> None:
        """Add the route of a draft, or refuse its lines."""
        if draft is None:
            return
        span = draft.span.cover(draft.last) if draft.parts else draft.span
        try:
            route = self._route(draft, span)
        except (LeafError, ValueError) as error:
            column = _unconvertible(draft.row)
            at = self.reading.place(draft.row, column, draft.span) if column else span
            self.reading.refuse(f"not an address: {error}", span, at=at)
        else:
            self.routes.append(route)

    def _route(self, draft: _Draft, span: Span) -> Route:
        row = draft.row
        kind, dst, gateway, dev, table, protocol, scope, prefsrc, metric = row.several(_groups(row.form))
        more = plain_more(row) if row.form == "plain" else more_of(row)
        if row.form == "route" and row["continued"]:
            draft.parts[:0] = self._continued(row, draft.span)
        hidden = unread_hides(row, draft.parts)
        if draft.parts:
            more = with_parts(more, draft.parts)
        chosen = self.selection
        prefix = to_network(dst or "") if dst != "default" else self._default(row, more)
        return Route(
            span=span,
            hidden=hidden,
            type=names.route_type(kind) if kind else RouteType.UNICAST,
            type_shown=kind == "unicast",
            dst=prefix,
            gateway=to_address(gateway) if gateway else chosen.gateway,
            dev=dev or chosen.dev,
            table=names.table(table) if table else chosen.table or "main",
            table_shown=table is not None,
            protocol=names.protocol(protocol) if protocol else chosen.protocol,
            scope=names.scope(scope) if scope else chosen.scope,
            prefsrc=to_address(prefsrc) if prefsrc else chosen.prefsrc,
            metric=int(metric) & _U32 if metric else chosen.metric,
            **more,  # type: ignore[arg-type]  # pydantic validates each by its name
        )

    def _default(self, row: Row, more: dict[str, object]) -> IPv4Network | IPv6Network:
        """Give the prefix that `default` means here: by its own addresses, by `pref`, by the command line."""
        gateway = row["gateway"]
        if gateway is not None:
            own = ":" in gateway
            other = row["via_family"] is not None and (row["via_family"] == "inet6") == own
            return DEFAULT_INET6 if own != other else DEFAULT_INET
        nexthops = more.get("nexthops", ())
        told = [row["prefsrc"], *nexthop_gateways(nexthops if isinstance(nexthops, tuple) else ())]
        source = more.get("src")
        if any(address and ":" in address for address in told) or "pref" in more or isinstance(source, IPv6Network):
            return DEFAULT_INET6
        if any(told) or isinstance(source, IPv4Network):
            return DEFAULT_INET
        chosen = default_of(self.selection.family)
        if chosen is None:
            self.undecided.append(len(self.routes))
        return chosen or DEFAULT_INET

    def _continued(self, row: Row, span: Span) -> list[tuple[Row, Span]]:
        r"""Read what `-o` joins to a route with `\`: its nexthops and its cache line."""
        start, end = row.start_of("continued"), row.found.end()
        cuts = [match.end() for match in _NEXT_PART.finditer(row.found.string, start, end)]
        parts: list[tuple[Row, Span]] = []
        for begin, stop in zip(cuts, [*(cut for cut in cuts[1:]), end], strict=True):
            text = row.found.string[begin:stop].rstrip("\\ \t")
            part = self.reading.grammar.match(row.found.string, begin, begin + len(text))
            if part is not None:
                part.origin = row.origin
                part = self.reading.without_unread(part) if part.form.startswith("partial_") else part
            if part is None or part.form in {"plain", "route"}:
                self.reading.report(
                    "unread-attribute", f'"{text[:60]}" is not understood', self._at(row, begin, text, span)
                )
                row.unread = True
            else:
                parts.append((part, span))
        return parts

    @staticmethod
    def _at(row: Row, begin: int, text: str, span: Span) -> Span:
        if row.origin is None:
            return span
        return Span(span.artifact, row.origin + begin, row.origin + begin + len(text))


@cache
def _groups(form: str) -> tuple[int, ...]:
    """Give the groups of the columns that nearly every line has, to be taken in one call."""
    return GRAMMAR.groups(form, "type", "dst", "gateway", "dev", "table", "protocol", "scope", "prefsrc", "metric")


def _unconvertible(row: Row) -> str | None:
    """Name the column whose token is no address; None when all are."""
    for column, convert in (("dst", to_network), ("gateway", to_address), ("prefsrc", to_address), ("src", to_network)):
        text = row[column] if column in row.columns else None
        if text is None or text == "default":
            continue
        try:
            convert(text)
        except LeafError:
            return column
    return None


PARSER = Parser("ip-route", "ip route", parse)
