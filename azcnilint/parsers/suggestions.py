"""Words of a tool that a word which makes no sense was probably meant to be, for the help of a message."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

_WORD = re.compile(r"[A-Za-z][A-Za-z_-]{1,31}")
"""What may be a misspelt word: `error:` and `[snip]` are not."""
_SHORT = 3
"""Of words this long, one letter may differ in three (`deb` for `dev`)."""
_CUTOFF, _SHORT_CUTOFF = 0.72, 0.66


def help_for(found: str, before: str | None, words: Sequence[str]) -> str | None:
    """Say what would be right in place of words that were not understood; None when nothing is near.

    Args:
        found: The words, one blank apart or more.
        before: The word before them, to which a keyword may be glued; None without one.
        words: What the tool prints.
    """
    parts = found.split()
    near = next((near for word in parts if (near := nearest(word, words)) is not None), None)
    if near is not None:
        return f'did you mean "{near}"?'
    glued = next((word for whole in (before, *parts[:1]) if whole and (word := _end_of(whole, words))), None)
    return None if glued is None else f'a blank may be missing before "{glued}"'


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Give the one of `words` that `word` is a slip of; None when it is one itself, or none is near."""
    known = {each.lower(): each for each in words}
    if word in known.values() or not _WORD.fullmatch(word):
        return None
    cutoff = _SHORT_CUTOFF if len(word) <= _SHORT else _CUTOFF
    found = difflib.get_close_matches(word.lower(), known, n=3, cutoff=cutoff)
    same_start = [each for each in found if each[0] == word[0].lower()]
    return known[(same_start or found)[0]] if found else None


def _end_of(whole: str, words: Iterable[str]) -> str | None:
    """Give the longest word that stands glued to the end of another."""
    if whole in words or len(whole) > 256:
        return None
    ends = [word for word in words if len(word) >= _SHORT and whole.endswith(word)]
    return max(ends, key=len, default=None)
