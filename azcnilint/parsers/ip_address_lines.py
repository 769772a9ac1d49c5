"""Which link a line of `ip address` or `ip link` belongs to: rows in, drafts of links out.

A header line opens a link and the lines below it are that link's, up to the next header. Where lines were left out or
could not be read, the link before them may lack members, and lines behind them may belong to a link whose header is
missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

from azcnilint.capture import Completeness
from azcnilint.parsers.grammar import LeafError, to_address
from azcnilint.parsers.ip_address_details import continue_kind, read_details, read_kind
from azcnilint.parsers.ip_address_fields import (
    address_fields,
    lifetimes_of,
    may_label,
    printed,
    take_netns,
    wrong_address,
)
from azcnilint.parsers.ip_address_grammar import BRIEF_ADDRESS, GRAMMAR
from azcnilint.parsers.ip_address_shown import AddressDraft, LinkDraft
from azcnilint.parsers.ip_address_words import Word, Words, words_of
from azcnilint.parsers.lines import Reading, Row
from azcnilint.parsers.suggestions import nearest
from azcnilint.text import Span

_PIECE = re.compile(r"\\(?=[ ]{4})")
_BRIEF_ADDRESS = re.compile(BRIEF_ADDRESS)
_LIKE_A_HEADER = re.compile(r"\s*\d+:|.*<")
_TEXTS = ("qdisc", "master", "operstate", "linkmode", "group", "link_netns")
_NUMBERS = ("ifindex", "mtu", "txqlen")
_LINK_ADDRESSES = ("address", "broadcast", "permaddr")
_SHAPES = {
    "header": "ip address",
    "joined": "ip -o link",
    "brief_link": "ip -br link",
    "brief_address": "ip -br address",
    "one_inet": "ip -o address",
    "one_inet6": "ip -o address",
}
"""The forms that open a link, and the command that prints them. A capture holds lines of one command."""
_IN_ONE_LINE = frozenset({"link", "more_link", "kind", "qos", "alias", "altname", "heads", "counters", "unread_line"})
_BEHIND_ALIAS = frozenset({"altname", "heads", "counters", "unread_line"})
_FIRST_WORDS = ("inet", "inet6", "valid_lft", "alias", "altname", "link/ether")
_STATS: Mapping[str, str] = {
    "mcast": "multicast",
    "missed": "missed_errors",
    "overrun": "over_errors",
    "carrier": "carrier_errors",
    "collsns": "collisions",
    "length": "length_errors",
    "crc": "crc_errors",
    "frame": "frame_errors",
    "fifo": "fifo_errors",
    "aborted": "aborted_errors",
    "window": "window_errors",
    "heartbeat": "heartbeat_errors",
    "heartbt": "heartbeat_errors",
    "transns": "carrier_changes",
}
"""Column heads of `-s` whose JSON key is another word. Up to 5.9 the first block had `overrun`, since then `missed`."""


class LinkLines:
    """Links in the making: knows which link the next line belongs to.

    Attributes:
        drafts: All links so far, in printed order.
    """

    def __init__(self, reading: Reading) -> None:
        """Take the reading that the rows come from; lines that fit nowhere are given back to it."""
        self.drafts: list[LinkDraft] = []
        self._reading = reading
        self._current: LinkDraft | None = None
        self._shape = ""
        self._previous = ""
        self._heads: Row | None = None
        self._of_virtual_function = False
        self._inside_line = False
        self._takers: Mapping[str, Callable[[LinkDraft, Row, Span], None]] = {
            "link": self._link,
            "more_link": self._link,
            "inet": self._address,
            "inet6": self._address,
            "lifetimes": self._lifetimes,
            "alias": self._alias,
            "altname": self._altname,
            "kind": self._kind,
            "qos": self._qos,
            "heads": self._counter_heads,
            "counters": self._counters,
            "unread_line": self._unread_line,
        }

    def take(self, row: Row, span: Span) -> None:
        """Take the next row."""
        shape = _SHAPES.get(row.form)
        if shape is None:
            self._belonging(row, span)
        elif self._shape not in {"", shape}:
            self._refuse(f"a line of `{shape}` stands among lines of `{self._shape}`", span)
        else:
            self._shape = shape
            self._opening(row, span)

    def _opening(self, row: Row, span: Span) -> None:
        match row.form:
            case "joined":
                self._joined(row, span)
            case "one_inet" | "one_inet6":
                self._one_address(row, span)
            case "brief_address":
                self._brief_addresses(self._open(row, span), row, span)
            case _:
                self._open(row, span)
        self._previous = row.form

    def _belonging(self, row: Row, span: Span) -> None:
        draft = self._current
        if draft is None or self._shape != "ip address":
            self._refuse("the header line of the link that this line belongs to is not here", span)
            return
        self._of_virtual_function = self._of_virtual_function and row.form in {"heads", "counters"}
        self._takers[row.form](draft, row, span)
        self._previous = row.form
        draft.span = draft.span.cover(span)

    def skip(self, breaks: Sequence[int], before: Span | None) -> None:
        """Note that lines at these offsets, behind the last row and in front of `before`, were left out or not read."""
        if not breaks or self._current is None:
            return
        self._current.broken = True
        self._previous = ""
        if any(self._may_open_a_link(offset, before) for offset in breaks):
            self._current = None

    def _may_open_a_link(self, offset: int, before: Span | None) -> bool:
        """Whether the lines behind this place may belong to another link, whose header is among the missing ones."""
        capture = self._reading.capture
        if before is None or any(gap.start == offset for gap in capture.gaps):
            return True
        line, row_line = (capture.source.line(capture.source.line_number(at)) for at in (offset, before.start))
        if before.start > row_line.span.start:
            return not line.text[:1].isspace()
        return _LIKE_A_HEADER.match(line.text) is not None

    def close(self) -> None:
        """Note what the end of the capture leaves open."""
        capture = self._reading.capture
        match capture.completeness:
            case Completeness.COMPLETE | Completeness.EMPTY | Completeness.HEAD_CUT:
                cut = []
            case Completeness.TAIL_CUT:
                cut = self.drafts[-1:]
            case Completeness.SNIPPED if capture.gaps:
                cut = []
            case _:
                cut = self.drafts
        for draft in cut:
            draft.broken = True

    def _refuse(self, message: str, span: Span, at: Span | None = None, advice: str | None = None) -> None:
        """Give a line back, with carets at `at`; a part of a line of `-o` costs that part and no more."""
        if self._inside_line:
            self._reading.report("unread-attribute", message, span, label="here", help=advice)
            return
        self._reading.refuse(message, span, at=at, help=advice)
        if self._current is not None:
            self._current.broken = True

    def _open(self, row: Row, span: Span) -> LinkDraft:
        draft = LinkDraft(span, row.text("printed"), {**printed(row, _TEXTS)})
        draft.fields |= {name: int(value) for name, value in printed(row, _NUMBERS).items()}
        if row.form in {"header", "brief_link"}:
            draft.fields["flags"] = tuple(row.text("flags")[1:-1].split(",")) if row["flags"] != "<>" else ()
        if row.form == "header":
            take_netns(draft, row)
        if row.form == "brief_link" and row.has("address"):
            draft.fields["address"] = row.text("address").lower()
        self.drafts.append(draft)
        self._current = draft
        return draft

    def _joined(self, row: Row, span: Span) -> None:
        """Read a line of `ip -o link`, whose parts are the lines of the long form with a backslash before each."""
        text, start, end = row.found.string, row.found.start(), row.found.end()
        cuts = [start, *(found.end() for found in _PIECE.finditer(text, start, end)), end + 1]
        parts = [(at, after - 1) for at, after in pairwise(cuts)]
        header = self._part(parts[0], row)
        if header is None or header.form != "header":
            self._refuse("the header of this line is not understood", span)
            self._current = None
            return
        draft = self._open(header, span)
        self._previous, self._inside_line = "header", True
        for at, until in parts[1:]:
            self._take_part(draft, (at, until), row, span)
        self._inside_line = False

    def _part(self, part: tuple[int, int], line: Row) -> Row | None:
        found = GRAMMAR.match(line.found.string, *part)
        if found is None:
            return None
        if not found.form.startswith("partial_"):
            found.origin = line.origin
            return found
        return self._reading.without_unread(found) if line.origin is not None else None

    def _take_part(self, draft: LinkDraft, part: tuple[int, int], line: Row, span: Span) -> None:
        found = self._part(part, line)
        place = span if line.origin is None else Span(span.artifact, *part)
        if self._previous == "alias" and (found is None or found.form not in _BEHIND_ALIAS):
            draft.fields["ifalias"] = f"{draft.fields['ifalias']}\\{line.found.string[slice(*part)]}"
        elif found is None or found.form not in _IN_ONE_LINE:
            self._refuse("this part of the line is not understood; the link is kept without it", place)
        else:
            self._takers[found.form](draft, found, place)
            self._previous = found.form

    def _one_address(self, row: Row, span: Span) -> None:
        current = self._current
        if current is None or current.fields.get("ifindex") != row.number("ifindex"):
            current = self._open(row, span)
            current.fields = {"ifindex": row.number("ifindex")}
        self._address(current, row, span)
        current.span = current.span.cover(span)

    def _brief_addresses(self, draft: LinkDraft, row: Row, span: Span) -> None:
        for found in _BRIEF_ADDRESS.finditer(row["addresses"] or ""):
            local, *more = found[0].rpartition("/")[0].split()
            length, *metric = found[0].rpartition("/")[2].split()
            try:
                fields: dict[str, object] = {"local": to_address(local), "prefixlen": int(length)}
                if more:
                    fields["address"] = to_address(more[1])
            except LeafError as error:
                self._refuse(str(error), span)
                return
            fields["family"] = "inet6" if ":" in local else "inet"
            if metric:
                fields["metric"] = int(metric[1])
            draft.addresses.append(AddressDraft(span, fields))

    def _link(self, draft: LinkDraft, row: Row, span: Span) -> None:
        if "link_type" in draft.fields:
            self._refuse("this link has a link/ line already", span)
            return
        draft.fields["link_type"] = row.text("link_type")
        draft.fields |= {name: value.lower() for name, value in printed(row, _LINK_ADDRESSES).items()}
        peer = row["peer"]
        if peer is not None:
            draft.fields |= {"broadcast": peer.lower(), "link_pointtopoint": True}
        take_netns(draft, row)
        if row.form == "more_link":
            words = _words(row)
            read_details(words, draft.details)
            self._report_unread(words.unread, row, span)

    def _kind(self, draft: LinkDraft, row: Row, span: Span) -> None:
        """A kind stands directly below a link/ line that does not end in the queues, a slave's kind below that."""
        kind = row.text("kind")
        below = "more_link" if "linkinfo" not in draft.details else "kind"
        expected = self._previous == below and "promiscuity" in draft.details and "num_tx_queues" not in draft.details
        if not expected or (below == "kind" and not kind.endswith("_slave")):
            at, near = self._reading.place(row, "kind", span), nearest(kind, _FIRST_WORDS)
            advice = None if near is None else f'did you mean "{near}"?'
            self._refuse(f'no line of a link begins with "{kind}" here', span, at, advice)
            return
        words = _words(row)
        read_kind(kind, words, draft.details)
        self._report_unread(words.unread, row, span)

    def _qos(self, draft: LinkDraft, row: Row, span: Span) -> None:
        words = _words(row)
        if self._previous not in {"kind", "qos"} or not continue_kind(words, draft.details):
            self._refuse("a map of priorities without the VLAN that it belongs to", span)
            return
        self._report_unread(words.unread, row, span)

    def _report_unread(self, unread: Iterable[Word], row: Row, span: Span) -> None:
        """Warn once for each run of words that no reader knew."""
        text = row.found.string
        runs: list[tuple[int, int]] = []
        for word in unread:
            if runs and not text[runs[-1][1] : word.at].strip():
                runs[-1] = (runs[-1][0], word.end)
            else:
                runs.append((word.at, word.end))
        for start, end in runs:
            place = span if row.origin is None else Span(span.artifact, row.origin + start, row.origin + end)
            message = f'"{text[start:end][:60]}" is not understood; the link is kept without it'
            self._reading.report("unread-attribute", message, place, label="here")

    def _address(self, draft: LinkDraft, row: Row, span: Span) -> None:
        try:
            fields = address_fields(row)
        except LeafError as error:
            self._refuse(str(error), span, self._reading.place(row, wrong_address(row), span))
            return
        if row.unread and fields.get("label") is not None and not may_label(str(fields["label"]), str(draft.printed)):
            self._refuse(f'"{fields["label"]}" is neither a flag nor a label of "{draft.printed}"', span)
            return
        draft.addresses.append(AddressDraft(span, fields, unread=row.unread))

    def _lifetimes(self, draft: LinkDraft, row: Row, span: Span) -> None:
        if self._previous not in {"inet", "inet6"} or not draft.addresses:
            self._refuse("lifetimes without the address that they belong to", span)
            return
        address = draft.addresses[-1]
        address.fields |= lifetimes_of(row)
        address.span = address.span.cover(span)

    def _alias(self, draft: LinkDraft, row: Row, _span: Span) -> None:
        draft.fields["ifalias"] = row.text("ifalias")[1:]

    def _altname(self, draft: LinkDraft, row: Row, _span: Span) -> None:
        known = draft.fields.get("altnames")
        draft.fields["altnames"] = (*(known if isinstance(known, tuple) else ()), row.text("altname")[1:])

    def _counter_heads(self, _draft: LinkDraft, row: Row, span: Span) -> None:
        self._heads = row
        if self._of_virtual_function:
            self._reading.report("unread-attribute", "counters of a virtual function are not read", span)

    def _counters(self, draft: LinkDraft, row: Row, span: Span) -> None:
        if self._heads is None or self._previous != "heads":
            self._refuse("counters without their column heads", span)
            return
        heads, values = self._heads.text("heads").split(), row.text("counters").split()
        if self._of_virtual_function:
            return
        direction = self._heads.text("direction")[:2].lower()
        stats = draft.stats64.get(direction, {})
        counters = dict(zip((_STATS.get(head, head) for head in heads), values, strict=False))
        if len(heads) != len(values) or counters.keys() & stats.keys():
            self._refuse("these counters do not fit the column heads above them", span)
        elif not all(value.isdigit() for value in values):
            message = "counters of -h are rounded; the link is kept without them"
            self._reading.report("unread-attribute", message, span, label="here")
        else:
            draft.stats64[direction] = stats | {name: int(value) for name, value in counters.items()}

    def _unread_line(self, _draft: LinkDraft, row: Row, span: Span) -> None:
        first = row.found[0].split(maxsplit=1)[0]
        self._of_virtual_function = first == "vf"
        message = f'"{first}" lines are not read; the link is kept without this one'
        self._reading.report("unread-attribute", message, span, label="here")


def _words(row: Row) -> Words:
    start = row.start_of("words")
    return words_of(row.found.string, start if start >= 0 else row.found.end(), row.found.end())
