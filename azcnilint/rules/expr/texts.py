"""Functions over texts."""

from __future__ import annotations

import re
from fnmatch import translate
from functools import lru_cache

from azcnilint.rules.expr.regex import LONGEST_TEXT
from azcnilint.rules.expr.values import Items, Unknown

LONGEST_STRING = 65_536
"""A longer result is Unknown, so that doubling a string again and again ends."""


def bounded(text: str) -> str | Unknown:
    """Give a text back, or Unknown when it is too long to go on with."""
    return (
        text if len(text) <= LONGEST_STRING else Unknown(reasons=[f"a text is longer than {LONGEST_STRING} characters"])
    )


def split(text: str, between: str) -> Items:
    """Cut a text at each occurrence of another; at each character for an empty one."""
    return Items(tuple(text.split(between) if between else text))


def substring(text: str, start: int, end: int | None = None) -> object:
    """Give the characters [start, end)."""
    stop = len(text) if end is None else end
    if 0 <= start <= stop <= len(text):
        return text[start:stop]
    return Unknown(reasons=[f"the text has no characters {start} to {stop}"])


def to_int(text: str) -> object:
    """Read a decimal number of at most 18 digits."""
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else Unknown(reasons=[f'"{text[:40]}" is not a number'])


def matches(text: str, pattern: re.Pattern[str]) -> object:
    """Search a pattern in a text."""
    if len(text) > LONGEST_TEXT:
        return Unknown(reasons=[f"a text is longer than {LONGEST_TEXT} characters, so no pattern is tried on it"])
    return pattern.search(text) is not None


@lru_cache(maxsize=1024)
def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern))


def glob_matches(text: str, pattern: str) -> object:
    """Match the whole text with `*`, `?` and `[…]`."""
    return _glob(pattern).match(text) is not None


def replace(text: str, old: str, new: str) -> object:
    """Replace each occurrence; a result that would be too long is Unknown before it is made."""
    growth = text.count(old) * (len(new) - len(old))
    return text.replace(old, new) if len(text) + growth <= LONGEST_STRING else bounded(" " * (LONGEST_STRING + 1))


_LOWER = str.maketrans({chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})
_UPPER = str.maketrans({chr(code): chr(code - 32) for code in range(ord("a"), ord("z") + 1)})


def lower_ascii(text: str) -> str:
    """Give A-Z in lower case and leave other letters alone, as CEL does."""
    return str(text).translate(_LOWER)


def upper_ascii(text: str) -> str:
    """Give a-z in upper case and leave other letters alone."""
    return str(text).translate(_UPPER)
