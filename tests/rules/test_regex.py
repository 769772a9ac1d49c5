"""Which regular expressions a rule may use."""

from __future__ import annotations

import time

import pytest

from azcnilint.rules.expr.regex import LONGEST_TEXT, PatternError, safe_pattern
from azcnilint.rules.expr.texts import matches
from azcnilint.rules.expr.values import Unknown


@pytest.mark.parametrize(
    "pattern",
    [
        "^azv[0-9a-f]{11}$",
        r"^\d{1,3}\.\d{1,3}$",
        "(?:ab)+c",
        "a|b|c",
        "[]a]+",
        r"\[x\]",
        "x{2,}",
        "(a|b)?c",
        "^(enP|ens)[0-9]",
    ],
)
def test_ordinary_patterns_are_allowed(pattern: str) -> None:
    """Rules about interface names could not be written."""
    assert safe_pattern(pattern).pattern == pattern


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(a+)+", "repeats a group that itself repeats or branches"),
        ("(a|aa)*", "repeats a group that itself repeats or branches"),
        ("((a+))*", "repeats a group that itself repeats or branches"),
        ("(a|b){30}", "repeats a group that itself repeats or branches"),
        (".*.*.*x", "has more than 2 unbounded repeats"),
        ("a{0,99}a{0,99}", "can match in more than 4096 ways"),
        ("a?" * 13, "can match in more than 4096 ways"),
        (r"(a)\1", 'uses "\\1", which is not allowed'),
        ("(?=a)", 'uses "(?=", which is not allowed'),
        ("(?i)a", 'uses "(?i", which is not allowed'),
        ("a**", 'uses "*", which is not allowed'),
        ("a*+", 'uses "+", which is not allowed'),
        ("a{9999}", 'uses "{99", which is not allowed'),
        ("(a", "cannot be read: missing ), unterminated subpattern"),
        ("[z-a]", "cannot be read: bad character range z-a"),
    ],
)
def test_what_may_take_long_is_refused_with_the_reason(pattern: str, reason: str) -> None:
    """A rule could hang on one crafted line."""
    with pytest.raises(PatternError) as caught:
        safe_pattern(pattern)

    assert str(caught.value) == reason


def test_the_worst_allowed_pattern_on_the_longest_text_is_quick() -> None:
    """The limits would not bound the time."""
    pattern, text = safe_pattern("a*a*[0-9]{1,16}x"), "a" * LONGEST_TEXT

    started = time.process_time()
    assert matches(text, pattern) is False
    assert time.process_time() - started < 5


def test_a_longer_text_is_not_matched() -> None:
    """A megabyte in a comment would be searched."""
    assert isinstance(matches("a" * (LONGEST_TEXT + 1), safe_pattern("a")), Unknown)
