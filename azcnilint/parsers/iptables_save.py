r"""`iptables -S` and `iptables-save` of one or all tables, with or without counters, into `NatTable`.

    >>> from azcnilint.capture import Capture
    >>> from azcnilint.text import decode
    >>> source = decode("save", b"*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n")
    >>> table = parse_save(Capture(source, source.span, "iptables")).unwrap()
    >>> table.table, table.chains[0].rules[0].target
    ('nat', 'MASQUERADE')

Source: iptables 1.8.9, iptables/xtables-save.c and iptables/iptables-save.c; `-S` prints `-P` and `-N` for the chains.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import pyparsing as pp

from azcnilint.capture import Capture, Completeness
from azcnilint.models import NOTHING, NatRule, NatTable
from azcnilint.parsers.base import ParseResult
from azcnilint.parsers.grammar import glued, leaf, rest, token, word
from azcnilint.parsers.iptables_rule import OptionError, RuleText, place_of_word, read_rule
from azcnilint.parsers.iptables_table import (
    ChainDraft,
    Command,
    Section,
    assemble,
    command_of,
    hide_left_out,
    missing_chains,
    table_of,
    unlisted_target,
)
from azcnilint.parsers.lines import LineGrammar, Reading, Row
from azcnilint.text import Severity, Span

# save    = "*" table | ":" chain policy [counters] | [counters] rule | "COMMIT" | "# …"
# list    = "-P" chain policy ["-c" n n] | "-N" chain | rule
# rule    = "-A" chain {option}
_number = glued(r"\d+", "a counter")
_counters = glued(r"\[", '"["') - _number("packets") + glued(":", '":"') + _number("bytes") + leaf(r"\]", '"]"')
_chain = leaf(r"\S+", "a chain")
_policy = leaf(r"-|[A-Z]+", "a policy such as ACCEPT")("policy")
_hash = leaf("#", '"#"')
_clause_c = word("-c") - leaf(r"\d+", "a counter")("packets") + leaf(r"\d+", "a counter")("bytes")
_version = leaf(r"v[\d.]+", "a version")("version")
GRAMMAR = LineGrammar(
    rule=pp.Opt(_counters) + word("-A") - _chain("chain") + pp.Opt(rest("options")("options")),
    chain=glued(":", '":"') + _chain("chain") - _policy + pp.Opt(_counters),
    table=glued(r"\*", '"*"') - leaf("[a-z]+", "a table such as nat")("table"),
    commit=word("COMMIT"),
    new_chain=word("-N") - _chain("chain"),
    policy=word("-P") - _chain("chain") + _policy + pp.Opt(_clause_c),
    generated=_hash + word("Generated") + word("by") + token("program") + _version + pp.Opt(rest("a date")("more")),
    noise_footer=_hash + word("Completed") + rest("a date"),
    noise_warning=_hash + word("Warning:") + rest("a warning"),
    foreign=_hash + word("Table") + rest("a message")("message"),
)
_FOREIGN = "the table holds chains that only nft can list"
_IPV6 = re.compile(
    r"^(?:\[\d+:\d+\] )?-A .*(?:-p ipv6-icmp|(?:-[sd] |--to-(?:destination|source) \[?)[0-9a-f]*:[0-9a-f]*:)",
    re.MULTILINE,
)
_LONGEST_RULE = 4096
"""A rule that grows longer by the lines behind it is no rule."""
MOST_UNREAD = 100
"""So many unread matches are reported one by one."""


@dataclass(slots=True)
class _SectionDraft:
    table: str | None
    drafts: dict[str, ChainDraft] = field(default_factory=dict)
    committed: bool = False
    declared: bool = False
    last_rule: ChainDraft | None = None
    undeclared: str | None = None
    cut: bool = False

    def because(self, reading: Reading) -> str | None:
        """Why the section may lack chains; None when it is whole. Only a `*table` line opens one that can be whole."""
        if self.undeclared is not None:
            return f"chain {self.undeclared} has rules and is not declared"
        if self.declared and not self.committed and not self.cut:
            return f"the {self.table} section has no COMMIT"
        if self.cut or not self.declared or _cut_anywhere(reading.capture):
            return reading.incomplete_because
        return None


def parse_save(capture: Capture) -> ParseResult[NatTable]:
    """Read the output of `iptables -S` or iptables-save. Total: never raises."""
    reading = Reading(capture, GRAMMAR, continues=_continues)
    save = _Save(reading, command_of(capture.argv))
    for row, span in reading.rows():
        save.read(row, span)
    return reading.result(save.table())


def _continues(row: Row, again: Row) -> bool:
    """A line goes on where the joined words make sense, or still end in the middle of an option or of a quoted text."""
    text = again["options"] or "" if row.form == again.form == "rule" else None
    if text is None or len(text) > _LONGEST_RULE:
        return False
    try:
        read_rule(text, "inet6" if _IPV6.match(again.found[0]) else "inet")
    except OptionError as error:
        return error.start == len(text) or (text[error.start] == '"' and text.count('"') % 2 == 1)
    return True


class _Save:
    """What has been read so far of one capture."""

    def __init__(self, reading: Reading, command: Command) -> None:
        self.reading = reading
        self.command = command
        self.family = command.family or ("inet6" if _IPV6.search(reading.capture.text) else "inet")
        self.version: str | None = None
        self.because: str | None = None
        self.sections: list[_SectionDraft] = []
        self.gaps = iter(() if command.table else reading.capture.gaps)
        self.gap = next(self.gaps, None)
        self.unread = 0

    def read(self, row: Row, span: Span) -> None:
        """Take one line."""
        while self.gap is not None and self.gap.start < span.start:
            self._pass_gap()
        match row.form:
            case "rule":
                self._rule(row, span)
            case "chain" | "policy" | "new_chain":
                self._chain(row, span)
            case "table":
                self.sections.append(_SectionDraft(row.text("table"), declared=True))
                self.reading.noise("heading", span)
            case "commit":
                self._section().committed = True
                self.reading.noise("footer", span)
            case "generated":
                self._generated(row, span)
            case _:
                self.because = _FOREIGN
                self.reading.noise("warning", span)

    def _pass_gap(self) -> None:
        """The end of the table and the head of another may be among the lines left out: what follows is of neither."""
        self.gap = next(self.gaps, None)
        if self.sections and self.sections[-1].declared and not self.sections[-1].committed:
            self.sections.append(_SectionDraft(None))

    def _section(self) -> _SectionDraft:
        if not self.sections or self.sections[-1].committed:
            self.sections.append(_SectionDraft(self.command.table))
        return self.sections[-1]

    def _generated(self, row: Row, span: Span) -> None:
        program, more = row.text("program"), row["more"] or ""
        self.version = row.text("version")[1:]
        if self.command.family is None and program.startswith("ip6"):
            self.family = "inet6"
        backend = _backend(program, more, self.version)
        self.command = replace(self.command, backend=backend or self.command.backend)
        self.reading.noise("heading", span)

    def _chain(self, row: Row, span: Span) -> None:
        section = self._section()
        name = row.text("chain")
        policy = row["policy"] if row.form != "new_chain" else None
        counters = row.form != "new_chain" and row.number("packets") is not None
        section.drafts[name] = ChainDraft(
            name,
            section.table or "",
            span.start,
            policy=None if policy == "-" else policy,
            packets=row.number("packets") if counters else None,
            bytes=row.number("bytes") if counters else None,
            hidden=frozenset({"references"} if counters else {"references", "packets", "bytes"}),
            spans=[span],
        )

    def _rule(self, row: Row, span: Span) -> None:
        text = row["options"] or ""
        try:
            words = read_rule(text, self.family)
        except OptionError as error:
            at = self._place(row, span, error.start, error.end)
            self.reading.refuse(str(error), span, at=at)
            return
        draft = self._draft(row.text("chain"), span)
        packets, size = row.number("packets"), row.number("bytes")
        if packets is None:
            packets, size = words.packets, words.bytes
        draft.rules.append(_nat_rule(words, len(draft.rules) + 1, span, packets, size))
        if words.unread:
            self._report_unread(row, words, text, span)

    def _draft(self, name: str, span: Span) -> ChainDraft:
        section = self._section()
        draft = section.drafts.get(name)
        if draft is None:
            section.undeclared = section.undeclared or name
            hidden = frozenset({"rules", "policy", "references", "packets", "bytes"})
            draft = ChainDraft(name, section.table or "", span.start, hidden=hidden, spans=[span])
            section.drafts[name] = draft
        section.last_rule = draft
        return draft

    def _place(self, row: Row, span: Span, start: int, end: int) -> Span:
        column = row.start_of("options")
        if row.origin is None or column < 0:
            return Span(span.artifact, span.end, span.end) if column < 0 else span
        return Span(span.artifact, row.origin + column + start, row.origin + column + end)

    def _report_unread(self, row: Row, words: RuleText, text: str, span: Span) -> None:
        for first, last in words.unread:
            self.unread += 1
            if self.unread <= MOST_UNREAD:
                start, end = place_of_word(text, first)[0], place_of_word(text, last - 1)[1]
                at = self._place(row, span, start, end)
                message = f'match "{text[start:end][:60]}" is not understood; it is kept as text'
                self.reading.report("unread-match", message, at, severity=Severity.INFO, label="here")

    def table(self) -> NatTable | None:
        """Give all sections as one table; None when nothing of a table was read."""
        if not self.sections:
            return self._nothing()
        self._mark_lost_rules()
        sections = [self._finished(section) for section in self.sections]
        for section in self.sections:
            proof = hide_left_out(section.drafts.values()) if self.command.backend != "legacy" else None
            if proof is not None:
                report_left_out(self.reading, proof)
        return assemble(self.reading, sections, self.command, self.family, self.version)

    def _nothing(self) -> NatTable | None:
        """iptables-nft-save prints nothing where there is nothing; `-S` would print the built-in chains."""
        capture = self.reading.capture
        saves = any("tables" in word and word.endswith("save") for word in capture.argv or ())
        if not saves or capture.completeness is not Completeness.EMPTY:
            return None
        sections = [Section(self.command.table, (), None)] if self.command.table else []
        return assemble(self.reading, sections, self.command, self.family, self.version)

    def _finished(self, section: _SectionDraft) -> Section:
        drafts = list(section.drafts.values())
        table = section.table or table_of(drafts)
        listed = section.because(self.reading) or self.because
        if listed is None and section.declared:
            listed = unlisted_target(drafts)
        elif listed is None:
            listed = missing_chains(drafts, table, self.command)
        if self.command.num is not None:
            for draft in drafts:
                draft.lacks_rules()
        return Section(table, drafts, listed)

    def _mark_lost_rules(self) -> None:
        """Rules stand in the order of the chains: a place between two of them leaves both, and those between, open."""
        capture = self.reading.capture
        places = [*self.reading.lost_offsets, *(gap.start for gap in capture.gaps)]
        if capture.completeness is Completeness.TAIL_CUT:
            places.append(capture.body.end)
        for draft in self._all_drafts() if _cut_anywhere(capture) else ():
            draft.lacks_rules()
        for section in self.sections:
            end = self._end_of(section)
            inside = [place for place in places if _begin(section) <= place <= end]
            section.cut = bool(inside)
            for place in inside:
                _hide_around(list(section.drafts.values()), place)
            if section.declared and not section.committed:
                _hide_around(list(section.drafts.values()), end)

    def _all_drafts(self) -> Iterator[ChainDraft]:
        return (draft for section in self.sections for draft in section.drafts.values())

    def _end_of(self, section: _SectionDraft) -> int:
        after = self.sections[self.sections.index(section) + 1 :]
        begins = [_begin(later) for later in after if later.drafts]
        return begins[0] if begins else self.reading.capture.source.span.end


def _cut_anywhere(capture: Capture) -> bool:
    """Whether lines may be missing and nothing says where."""
    return capture.completeness is Completeness.FILTERED or (
        capture.completeness is Completeness.SNIPPED and not capture.gaps
    )


def _begin(section: _SectionDraft) -> int:
    return min((draft.begin for draft in section.drafts.values()), default=0)


def _hide_around(drafts: Sequence[ChainDraft], place: int) -> None:
    """Open the chains from the one with the last rule before `place` to the one with the first rule after it."""
    before = [at for at, draft in enumerate(drafts) if draft.rules and draft.rules[0].span.start < place]
    behind = [at for at, draft in enumerate(drafts) if draft.rules and draft.rules[-1].span.start >= place]
    for draft in drafts[before[-1] if before else 0 : behind[0] + 1 if behind else len(drafts)]:
        draft.lacks_rules()


def report_left_out(reading: Reading, proof: NatRule) -> None:
    """Warn that the tool printed rules without some of their conditions."""
    message = "the tool that printed this left out mark or port matches"
    help_text = (
        "iptables-nft 1.8.7 does so with rules that a newer version wrote; capture with the version that wrote them"
    )
    reading.report("matches-left-out", message, proof.span, label="this rule always has one", help=help_text)


def _nat_rule(words: RuleText, num: int, span: Span, packets: int | None, size: int | None) -> NatRule:
    return NatRule(
        span=span,
        hidden=NOTHING if packets is not None else _NO_COUNTERS,
        num=num,
        packets=packets,
        bytes=size,
        target=words.target,
        goto=words.goto,
        protocol=words.protocol,
        protocol_negated=words.protocol_negated,
        fragment=words.fragment,
        in_interface=words.in_interface,
        in_interface_negated=words.in_interface_negated,
        out_interface=words.out_interface,
        out_interface_negated=words.out_interface_negated,
        source=words.source,
        destination=words.destination,
        matches=tuple(words.matches),
        target_options=words.target_options,
        comment=words.comment,
        comment_at=words.comment_at,
    )


_NO_COUNTERS = frozenset({"packets", "bytes"})


def _backend(program: str, more: str, version: str) -> str | None:
    """Tell the backend by the header; since 1.8.8 the nft variant always says `(nf_tables)`."""
    if "nft" in program or "(nf_tables)" in more or "xtables-save" in program:
        return "nf_tables"
    numbers = [int(part) for part in version.split(".") if part.isdigit()]
    return "legacy" if "legacy" in program or numbers >= [1, 8, 8] or numbers < [1, 8] else None
