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
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Network, IPv6Network

from azcnilint.capture import Capture
from azcnilint.models import NOTHING, Route, RouteTable, RouteType
from azcnilint.parsers import ip_route_names as names
from azcnilint.parsers.base import Parser, ParseResult
from azcnilint.parsers.grammar import to_address, to_network
from azcnilint.parsers.ip_route_command import Selection, selection
from azcnilint.parsers.ip_route_grammar import GRAMMAR
from azcnilint.parsers.ip_route_json import parse_json
from azcnilint.parsers.ip_route_table import DEFAULT_INET, assemble, default_of, family_of
from azcnilint.parsers.ip_route_words import more_of, plain_more, repeated_word, unread_hides, with_parts
from azcnilint.parsers.json_text import looks_like_json
from azcnilint.parsers.lines import Reading, Row
from azcnilint.text import Span

_U32 = 0xFFFF_FFFF
_ROUTE_FORMS = ("plain", "route")
_NEXT_PART = re.compile(r"\\[ \t]+(?=(?:nexthop|cache)(?!\S))")
_BUSYBOX_LAYOUT = re.compile(r"\S {2}(?:src|metric) ")
"""BusyBox sets two blanks before `src` and `metric`."""


def parse(capture: Capture) -> ParseResult[RouteTable]:
    """Read `ip route` output. Total: never raises."""
    if looks_like_json(capture.text):
        return parse_json(capture)
    reading = Reading(capture, GRAMMAR, continues=_goes_on, fixed="plain")
    builder = _Builder(reading, selection(capture.argv))
    pending: _Draft | None = None
    for row, span in reading.rows():
        if row.form in _ROUTE_FORMS:
            builder.add(pending)
            pending = _Draft(row, span)
        elif pending is not None and _follows(capture, pending, span) and _belongs(pending.row, row):
            pending.parts.append((row, span))
        else:
            reading.refuse(f'expected the route that this "{row.form}" line belongs to before it', span)
    builder.add(pending)
    shows_protocol = any(route.protocol for route in builder.routes)
    busybox = not shows_protocol and _BUSYBOX_LAYOUT.search(capture.text) is not None
    table = assemble(reading, builder.routes, builder.undecided, builder.selection, busybox=busybox)
    return reading.result(table)


def _goes_on(row: Row, again: Row) -> bool:
    """Whether a wrapped line still is what it was: `plain` may become `route` by a word that few lines have."""
    return row.form == again.form or (row.form in _ROUTE_FORMS and again.form in _ROUTE_FORMS)


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


def _belongs(route: Row, row: Row) -> bool:
    """Whether a line can be of a route: only one without a gateway and a device of its own has nexthops."""
    _, _, gateway, dev, *_ = route.several(_groups(route.form))
    return row.form != "nexthop" or (gateway is None and dev is None)


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
        except ValueError as error:
            message, at = self._fault(draft) or (str(error), span)
            self.reading.refuse(message, span, at=at)
        else:
            self.routes.append(route)

    def _fault(self, draft: _Draft) -> tuple[str, Span] | None:
        """Find the token of a draft that has the shape of its column and no value."""
        for row, span in ((draft.row, draft.span), *draft.parts):
            for column, convert in _CONVERTED:
                text = row[column] if column in row.columns else None
                if text is None or text == "default":
                    continue
                try:
                    convert(text)
                except ValueError as error:
                    return str(error), self.reading.place(row, column, span)
        return self._repeated(draft)

    @staticmethod
    def _repeated(draft: _Draft) -> tuple[str, Span] | None:
        """Find the word that the line of a draft has a second time."""
        row, span = draft.row, draft.span
        word = repeated_word(row) if row.form == "route" else None
        if word is None:
            return None
        again = list(re.finditer(rf"(?<!\S){re.escape(word)}(?!\S)", row.found[0]))[1:2]
        if not again or row.origin is None:
            return f'"{word}" stands twice', span
        start = row.origin + row.found.start() + again[0].start()
        return f'"{word}" stands twice', Span(span.artifact, start, start + len(word))

    def _route(self, draft: _Draft, span: Span) -> Route:
        row = draft.row
        kind, dst, gateway, dev, table, protocol, scope, prefsrc, metric = row.several(_groups(row.form))
        repeated = repeated_word(row) if row.form == "route" else None
        if repeated is not None:
            message = f'"{repeated}" stands twice'
            raise ValueError(message)
        more = plain_more(row) if row.form == "plain" else more_of(row)
        draft.parts = [part for line in ((row, draft.span), *draft.parts) for part in self._with_continued(*line)][1:]
        if draft.parts:
            more = with_parts(more, draft.parts)
        chosen = self.selection
        prefix = to_network(dst or "") if dst != "default" else self._default(draft, more)
        return Route(
            span=span,
            hidden=unread_hides(row, draft.parts) if row.unread or draft.parts else NOTHING,
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
            metric=_metric(metric) if metric else chosen.metric,
            **more,  # type: ignore[arg-type]  # pydantic validates each by its name
        )

    def _default(self, draft: _Draft, more: dict[str, object]) -> IPv4Network | IPv6Network:
        """Give the prefix that `default` means here: by its own addresses, by `pref`, by the command line."""
        ways = [draft.row, *(row for row, _ in draft.parts if row.form == "nexthop")]
        told: list[str | None]
        told = [family_of(gateway, way["via_family"]) for way in ways if (gateway := way["gateway"]) is not None]
        prefsrc, source = draft.row["prefsrc"], more.get("src")
        if prefsrc is not None:
            told.append(family_of(prefsrc, None))
        if "pref" in more or isinstance(source, IPv6Network):
            told.append("inet6")
        if isinstance(source, IPv4Network):
            told.append("inet")
        told.append(self.selection.family)
        prefix = default_of(next((family for family in told if family), None))
        if prefix is None:
            self.undecided.append(len(self.routes))
        return prefix or DEFAULT_INET

    def _with_continued(self, row: Row, span: Span) -> list[tuple[Row, Span]]:
        r"""Read what `-o` joins to a line with `\`: the nexthops and the cache line; gives the line itself first."""
        if "continued" not in row.columns or row["continued"] is None:
            return [(row, span)]
        start, end = row.start_of("continued"), row.found.end()
        cuts = [match.end() for match in _NEXT_PART.finditer(row.found.string, start, end)]
        parts = [(row, span)]
        for begin, stop in zip(cuts, [*(cut for cut in cuts[1:]), end], strict=True):
            text = row.found.string[begin:stop].rstrip("\\ \t")
            part = self.reading.grammar.match(row.found.string, begin, begin + len(text))
            if part is not None:
                part.origin = row.origin
                part = self.reading.without_unread(part) if part.form.startswith("partial_") else part
            if part is None or part.form in _ROUTE_FORMS:
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


def _metric(text: str) -> int:
    """Read a metric; BusyBox prints it signed. Raises ValueError for what has no 32 bits."""
    value = int(text)
    if not -(1 << 31) <= value <= _U32:
        message = f'"{text}" is no metric: it has more than 32 bits'
        raise ValueError(message)
    return value & _U32


_CONVERTED: tuple[tuple[str, Callable[[str], object]], ...] = (
    ("type", names.route_type),
    ("dst", to_network),
    ("src", to_network),
    ("gateway", to_address),
    ("prefsrc", to_address),
    ("metric", _metric),
)
"""Columns whose tokens may have the right shape and no value; their converters raise ValueError."""

PARSER = Parser("ip-route", "ip route", parse)
