"""Law 1 for people: how each line of one file was accounted for, line by line and in totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from azcnilint.capture import Capture, Envelope
from azcnilint.parsers import Claim, ParseResult
from azcnilint.text import Severity, SourceText, Span

if TYPE_CHECKING:
    from pydantic import JsonValue

    from azcnilint.models import Table


@dataclass(frozen=True, slots=True)
class Account:
    """How one line that is not blank was accounted for.

    Attributes:
        line: 1-based number in the file as given.
        claim: `record`, `noise`, `diagnostic`, or `unread` for a line of a command that is recognised and not read.
        kind: Kind of the noise, code of the diagnostic, name of the unread command; None for a record.
    """

    line: int
    claim: str
    kind: str | None = None

    @property
    def json(self) -> JsonValue:
        """The account as `parse --format json --ledger` prints it."""
        return {"line": self.line, "claim": self.claim, "kind": self.kind}


def lines_of_result(result: ParseResult[Table]) -> list[Account]:
    """Account for the lines of a capture that was parsed."""
    source = result.capture.source
    kinds = {number: noise.kind for noise in result.noise for number in lines_of(source, noise.span)}
    errors = [d for d in result.diagnostics if d.severity is Severity.ERROR and d.labels]
    begins = [(source.line_number(found.labels[0].span.start), found.code) for found in errors]
    accounts = []
    for number, claim in enumerate(map(Claim, result.ledger.claims), result.ledger.first_line):
        line = source.position(source.line_starts[number - 1]).line
        match claim:
            case Claim.BLANK:
                continue
            case Claim.RECORD:
                accounts.append(Account(line, "record"))
            case Claim.NOISE:
                accounts.append(Account(line, "noise", kinds.get(number)))
            case Claim.DIAGNOSTIC:
                accounts.append(Account(line, "diagnostic", _code_of(number, begins)))
    return accounts


def _code_of(number: int, begins: Sequence[tuple[int, str]]) -> str | None:
    """Give the code of the diagnostic of a line; one that stands for several lines begins at the first of them."""
    before = [code for begin, code in begins if begin <= number]
    return before[-1] if before else next((code for _, code in begins), None)


def lines_outside(envelope: Envelope, source: SourceText, read: Sequence[Capture]) -> list[Account]:
    """Account for the lines that belong to no capture that was parsed, in order of line."""
    parsed = {id(capture) for capture in read}
    accounts = [*_accounts(source, "noise", [(noise.kind, noise.span) for noise in envelope.noise])]
    unrecognised = [d for d in envelope.diagnostics if d.code == "unrecognised-lines"]
    accounts += _accounts(source, "diagnostic", [(found.code, found.labels[0].span) for found in unrecognised])
    unread = [capture for capture in envelope.captures if id(capture) not in parsed]
    accounts += _accounts(source, "unread", [(capture.kind, capture.body) for capture in unread])
    return sorted(accounts, key=lambda account: account.line)


def _accounts(source: SourceText, claim: str, places: Sequence[tuple[str | None, Span]]) -> Iterator[Account]:
    for kind, span in places:
        for number in lines_of(source, span):
            line = source.line(number)
            if line.text.strip():
                yield Account(source.position(line.span.start).line, claim, kind)


def lines_of(source: SourceText, span: Span) -> range:
    """Give the numbers of the lines that a span touches; none for an empty one."""
    if span.start >= span.end:
        return range(0)
    return range(source.line_number(span.start), source.line_number(span.end - 1) + 1)


def ledger_text(envelope: Envelope, source: SourceText, results: Sequence[ParseResult[Table]]) -> str:
    """Give the ledger of a file: a head with totals for each capture, and one line for each line of it."""
    rows = []
    for result in results:
        command = " ".join(result.capture.argv or ("command not shown",))
        rows += _section(f"{result.capture.kind} ({command}), {result.status.value}", lines_of_result(result))
    rest = lines_outside(envelope, source, [result.capture for result in results])
    if rest:
        rows += _section("outside any capture", rest)
    return "".join(f"{row}\n" for row in rows)


_CLAIMS = ("record", "noise", "diagnostic", "unread")


def _section(title: str, accounts: Sequence[Account]) -> list[str]:
    totals = Counter(account.claim for account in accounts)
    counted = ", ".join(f"{totals[claim]} {claim}" for claim in _CLAIMS if totals[claim]) or "none"
    width = len(str(max((account.line for account in accounts), default=1)))
    lines = [
        f"  {account.line:>{width}}  {account.claim}{f' {account.kind}' if account.kind else ''}"
        for account in accounts
    ]
    return [f"{title}; lines: {counted}", *lines]
