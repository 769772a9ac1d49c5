"""The last column of `iptables -L`, free text, to matches, target options and comment as iptables-save spells them.

    >>> tail = read_tail("/* kube-system/kube-dns:dns cluster IP */ udp dpt:domain", "KUBE-SVC-X")
    >>> tail.comment, tail.matches[0].module, tail.matches[0].options[0].values
    ('kube-system/kube-dns:dns cluster IP', 'udp', ('53',))

Comments are printed raw between `/* ` and ` */` (libxt_comment.c) and may hold anything, ` */` and listed matches too.
Where two readings of a line give different conditions, `doubtful` says so and no rule may be taken for unconditional.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from azcnilint.models import Match, Option
from azcnilint.parsers.iptables_clauses import MATCHES, TARGET_WORDS, Clause
from azcnilint.parsers.iptables_options import option

MOST_COMMENT_ENDS: Final = 16
"""With more ` */` in one line no reading is preferred: the comment reaches to the last of them."""
_MEMO_SIZE: Final = 1 << 14
_HEAD = re.compile(r"(?:! )?([A-Za-z][A-Za-z0-9-]*)")
_WORD = re.compile(r"\S+")
_BLANKS = re.compile(r"[ \t]*")
_COMMENT_END = re.compile(r"[ \t]\*/(?!\S)")
_NO_CLAUSES: Mapping[str, tuple[Clause, ...]] = {}


class Tail(NamedTuple):
    """What the last column says.

    Attributes:
        matches: As `NatRule.matches`; text that we do not know is a match without module.
        target_options: As `NatRule.target_options`.
        comment: Text of the first comment; None without one.
        comment_at: How many matches stand before it.
        goto: `[goto]` is printed.
        target: The target that the text shows in place of the column's (`NOTRACK` in place of `CT`); None otherwise.
        unread: Where the unknown words stand, as ranges of the text.
        doubtful: Another reading of the comments gives other conditions.
        open_comment: A comment begins and has no end: the line is cut, or goes on.
    """

    matches: tuple[Match, ...] = ()
    target_options: tuple[Option, ...] = ()
    comment: str | None = None
    comment_at: int = 0
    goto: bool = False
    target: str | None = None
    unread: tuple[tuple[int, int], ...] = ()
    doubtful: bool = False
    open_comment: bool = False


@dataclass(frozen=True, slots=True)
class _Comment:
    text: str


@dataclass(frozen=True, slots=True)
class _Words:
    """Options of the target."""

    options: tuple[Option, ...]


_Piece: TypeAlias = Match | _Comment | _Words


@dataclass(slots=True)
class _Reading:
    """The pieces from one place to the end of the text."""

    pieces: list[_Piece] = field(default_factory=list)
    unread: list[tuple[int, int]] = field(default_factory=list)
    open_comment: bool = False

    def then(self, rest: _Reading) -> _Reading:
        return _Reading([*self.pieces, *rest.pieces], [*self.unread, *rest.unread], rest.open_comment)


_EMPTY = Tail()
_memo: dict[tuple[str, str | None], Tail] = {}
_pieces: dict[tuple[str | None, str, str], _Piece] = {}


def read_tail(text: str, target: str | None) -> Tail:
    """Read the text after the destination column; `target` is what the target column shows. Total: never raises."""
    begin, end = text.find("/* "), text.find(" */")
    if 0 <= begin < end and _is_simple(text, begin, end):
        return _around(
            _remembered(text[:begin], target), text[begin + 3 : end], _remembered(text[end + 3 :], target), end + 3
        )
    return _remembered(text, target) if text else _EMPTY


def _is_simple(text: str, begin: int, end: int) -> bool:
    """Whether the text holds one comment, whose end cannot be in doubt, and no quotes before it."""
    return (
        text.find("*/", end + 3) < 0
        and text.find("/*", end + 3) < 0
        and (begin == 0 or text[begin - 1] == " ")
        and '"' not in text[:begin]
        and text[end + 3 : end + 4] in {"", " "}
    )


def _around(before: Tail, comment: str, behind: Tail, shift: int) -> Tail:
    """Join what stands before and behind a comment; `shift` is where the latter begins."""
    if before is _EMPTY and not behind.unread:
        return Tail(behind.matches, behind.target_options, comment, 0, behind.goto, behind.target)
    return Tail(
        before.matches + behind.matches,
        before.target_options + behind.target_options,
        comment,
        len(before.matches),
        before.goto,
        behind.target or before.target,
        before.unread + tuple((start + shift, end + shift) for start, end in behind.unread),
    )


def _remembered(text: str, target: str | None) -> Tail:
    """Read a text, or part of one; comments apart, the same few shapes come again and again, whatever the chain."""
    if not text:
        return _EMPTY
    extension = target if target in TARGET_WORDS else None
    known = _memo.get((text, extension))
    if known is None:
        known = _read(text, extension)
        if len(_memo) >= _MEMO_SIZE:
            _memo.clear()
        _memo[text, extension] = known
    return known


def _read(text: str, target: str | None) -> Tail:
    start = len("[goto]") if text.startswith("[goto]") else 0
    ends = [found.start() for found in _COMMENT_END.finditer(text)]
    words = TARGET_WORDS.get(target or "", _NO_CLAUSES)
    if len(ends) > MOST_COMMENT_ENDS:
        tail = _tail(_from(text, start, words, ends[-1:], {}), goto=start > 0, target=target)
        return tail._replace(doubtful=True)
    tail = _tail(_from(text, start, words, ends, {}), goto=start > 0, target=target)
    if len(ends) > 1:
        other = _tail(_from(text, start, words, ends[::-1], {}), goto=start > 0, target=target)
        if not _same_conditions(tail, other):
            return tail._replace(doubtful=True)
    return tail


def _same_conditions(tail: Tail, other: Tail) -> bool:
    mine, theirs = (tuple(match for match in one.matches if match.module != "comment") for one in (tail, other))
    return mine == theirs and tail.target_options == other.target_options


def _from(
    text: str, start: int, words: Mapping[str, tuple[Clause, ...]], ends: list[int], memo: dict[int, _Reading]
) -> _Reading:
    """Read from `start`; a comment takes the first of `ends` after which everything is known, else the last one."""
    if start in memo:
        return memo[start]
    reading, comment = _known_clauses(text, start, words)
    if comment is not None:
        reading = reading.then(_comment_and_rest(text, comment, words, ends, memo))
    memo[start] = reading
    return reading


def _comment_and_rest(
    text: str, start: int, words: Mapping[str, tuple[Clause, ...]], ends: list[int], memo: dict[int, _Reading]
) -> _Reading:
    body = start + len("/* ")
    candidates = [end for end in ends if end >= body] or [end for end in ends if end == body - 1]
    best: _Reading | None = None
    for end in candidates:
        rest = _from(text, end + len(" */"), words, ends, memo)
        best = _Reading([_Comment(text[body:end])]).then(rest)
        if not rest.unread and not rest.open_comment:
            return best
    if best is None:
        return _Reading([_Comment(text[body:])], open_comment=True)
    last = max(candidates)
    return _Reading([_Comment(text[body:last])]).then(_from(text, last + len(" */"), words, ends, memo))


def _known_clauses(text: str, start: int, words: Mapping[str, tuple[Clause, ...]]) -> tuple[_Reading, int | None]:
    """Read clauses up to the next comment, whose place is given too; None at the end of the text."""
    reading = _Reading()
    unknown: tuple[int, int] | None = None
    at = _skip(_BLANKS, text, start)
    while at < len(text) and not _comment_begins(text, at):
        clause = _clause(text, at, words)
        if clause is None:
            end = _skip(_WORD, text, at)
            unknown = (unknown[0] if unknown else at, end)
        else:
            _keep_unknown(reading, text, unknown)
            unknown = None
            piece, end = clause
            reading.pieces.append(piece)
        at = _skip(_BLANKS, text, end)
    _keep_unknown(reading, text, unknown)
    return reading, at if at < len(text) else None


def _skip(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at + 1


def _comment_begins(text: str, at: int) -> bool:
    return text.startswith("/*", at) and (at + 2 == len(text) or text[at + 2].isspace())


def _keep_unknown(reading: _Reading, text: str, place: tuple[int, int] | None) -> None:
    """Keep words that no clause begins with; words in a row are one text."""
    if place is not None:
        reading.unread.append(place)
        reading.pieces.append(Match(module=None, text=text[place[0] : place[1]]))


def _clause(text: str, at: int, words: Mapping[str, tuple[Clause, ...]]) -> tuple[_Piece, int] | None:
    head = _HEAD.match(text, at)
    if head is None:
        return None
    for clauses in (words, MATCHES):
        for clause in clauses.get(head[1], ()):
            found = clause.pattern.match(text, at)
            if found is not None and found.end() > at and _ends_here(text, found.end()):
                return _piece(clause, found), found.end()
    return None


def _ends_here(text: str, end: int) -> bool:
    return end == len(text) or text[end].isspace() or text[end - 1].isspace()


def _piece(clause: Clause, found: re.Match[str]) -> _Piece:
    key = clause.module, clause.pattern.pattern, found[0]
    known = _pieces.get(key)
    if known is None:
        options = clause.convert(found)
        text = found[0].rstrip()
        known = _Words(options) if clause.module is None else Match(module=clause.module, options=options, text=text)
        if len(_pieces) >= _MEMO_SIZE:
            _pieces.clear()
        _pieces[key] = known
    return known


def _tail(reading: _Reading, *, goto: bool, target: str | None) -> Tail:
    matches: list[Match] = []
    options: list[Option] = []
    comment, comment_at = None, 0
    for piece in reading.pieces:
        match piece:
            case _Words():
                options += piece.options
            case Match():
                matches.append(piece)
            case _Comment() if comment is None:
                comment, comment_at = piece.text, len(matches)
            case _Comment():
                matches.append(another_comment(piece.text))
    shown, unread = None, tuple(reading.unread)
    if target == "CT" and matches and matches[-1].module is None and matches[-1].text == "NOTRACK":
        shown, unread = "NOTRACK", unread[:-1]
        matches.pop()
    return Tail(
        tuple(matches), tuple(options), comment, comment_at, goto, shown, unread, open_comment=reading.open_comment
    )


def another_comment(text: str) -> Match:
    """Give the clause of a second comment, as Calico writes them; the first one is `NatRule.comment`."""
    return Match(module="comment", options=(option("comment", (text,)),), text=f"/* {text} */")
