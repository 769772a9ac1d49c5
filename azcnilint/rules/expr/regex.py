"""Which regular expressions a rule may use: those that cannot take more than quadratic time for each starting place.

A pattern is the common subset of RE2 (CEL's engine) and Python's `re`. What is refused: look-around, back-references,
inline flags, a repeated group that itself repeats or branches, and more than two unbounded repeats.
"""

from __future__ import annotations

import re

LONGEST_TEXT = 512
"""Longer texts are not matched; interface names, comments (256 at most) and object names (253 at most) are shorter."""

_MOST_UNBOUNDED = 2
_MOST_WAYS = 4096
"""The product of the widths of all bounded repeats: `a?` has 2 ways, `[0-9]{1,3}` has 3."""

_PIECE = re.compile(
    r"(?P<escape>\\(?:[dDwWsSbBtnr]|x[0-9A-Fa-f]{2}|[^\w\s]))|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])|(?P<open>\((?:\?:)?(?!\?))"
    r"|(?P<close>\))|(?P<branch>\|)|(?P<repeat>[*+?]\??|\{(?P<low>\d{1,3})(?P<comma>,(?P<high>\d{0,3}))?\}\??)|(?P<plain>[^\\\[(){}*+?])",
    re.DOTALL,
)


class PatternError(ValueError):
    """A regular expression is refused; the text is the reason, as it follows the words `regular expression`."""


def safe_pattern(text: str) -> re.Pattern[str]:
    """Compile a pattern; raises PatternError when it is refused."""
    _inspect(text)
    try:
        return re.compile(text)
    except re.error as error:
        message = f"cannot be read: {error.msg}"
        raise PatternError(message) from None


def _inspect(text: str) -> None:
    """Walk the pattern once, piece by piece; raises PatternError."""
    risky: list[bool] = []  # for each open group: does it repeat or branch inside
    closed_risky = repeated = False  # of the piece just read: a group that does; a repeat
    position, unbounded, ways = 0, 0, 1
    while position < len(text):
        found = _PIECE.match(text, position)
        if found is None or (repeated and found["repeat"]):
            message = f'uses "{text[position : position + 3]}", which is not allowed'
            raise PatternError(message)
        if found["repeat"]:
            most = _most_times(found)
            if closed_risky and most != 1:
                raise PatternError("repeats a group that itself repeats or branches")
            unbounded, ways = (unbounded + 1, ways) if most is None else (unbounded, ways * _ways(found, most))
        if found["repeat"] or found["branch"]:
            risky = [True] * len(risky)
        if found["open"]:
            risky.append(False)
        repeated = found["repeat"] is not None
        closed_risky = found["close"] is not None and bool(risky) and risky.pop()
        position = found.end()
    _limit(unbounded, ways)


def _most_times(found: re.Match[str]) -> int | None:
    """Give how often a repeat matches at most; None for no bound."""
    sign = found["repeat"][0]
    if sign == "{":
        return None if found["comma"] and not found["high"] else int(found["high"] or found["low"])
    return 1 if sign == "?" else None


def _ways(found: re.Match[str], most: int) -> int:
    return max(1, most - int(found["low"] or 0) + 1)


def _limit(unbounded: int, ways: int) -> None:
    if unbounded > _MOST_UNBOUNDED:
        message = f"has more than {_MOST_UNBOUNDED} unbounded repeats"
        raise PatternError(message)
    if ways > _MOST_WAYS:
        message = f"can match in more than {_MOST_WAYS} ways"
        raise PatternError(message)
