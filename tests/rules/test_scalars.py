"""The place of every character of a scalar, against ruamel's own reading."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.events import ScalarEvent

from azcnilint.rules.scalars import offsets

WORDS = st.lists(st.text(alphabet="abc'\"\\é𝄞{}:#", min_size=1, max_size=4), min_size=1, max_size=8)


def read(text: str) -> tuple[str, str, int]:
    """Give raw text, value and start of the second scalar of a YAML text."""
    _, event = [each for each in YAML(typ="safe").parse(text) if isinstance(each, ScalarEvent)]
    start = event.start_mark.index
    return text[start : event.end_mark.index].rstrip("\n "), event.value, start


def misplaced(text: str, allowed: str) -> list[tuple[str, str]]:
    """Give the visible characters of the value that stand at another character of the text."""
    raw, value, start = read(text)
    places = offsets(raw, value, start)
    assert len(places) == len(value) + 1
    return [
        (char, text[place])
        for char, place in zip(value, places, strict=False)
        if not char.isspace() and text[place] != char and text[place] not in allowed
    ]


@given(WORDS, st.sampled_from(["|", ">", "|-", ">-", ">+", "|+"]), st.sampled_from([" ", "\n  ", "\n\n  ", "\n    "]))
def test_a_block_scalar_keeps_the_place_of_its_characters(words: list[str], header: str, between: str) -> None:
    """An error in a folded expression would be shown in another line."""
    assert misplaced(f"k: {header}\n  {between.join(words)}\n", "") == []


@given(WORDS, st.sampled_from([" ", "\n  ", "\n\n  "]))
def test_a_single_quoted_scalar_keeps_the_place_of_its_characters(words: list[str], between: str) -> None:
    """A doubled quote would shift the rest of the line."""
    quoted = between.join(word.replace("'", "''") for word in words)

    assert misplaced(f"k: '{quoted}'\n", "") == []


@given(WORDS, st.sampled_from([" ", "\n  ", "\\\n  ", "\\n", "\\x20", "\\u2028"]))
def test_a_double_quoted_scalar_keeps_the_place_of_its_characters(words: list[str], between: str) -> None:
    """An escape would shift the rest of the line."""
    quoted = between.join(word.replace("\\", "\\\\").replace('"', '\\"').replace("é", "\\xe9") for word in words)

    assert misplaced(f'k: "{quoted}"\n', "\\") == []


@pytest.mark.parametrize("text", ["k: a\n  b\n\n  c\n", "k: a   b\n"])
def test_a_plain_scalar_keeps_the_place_of_its_characters(text: str) -> None:
    """A folded plain scalar would be shown in its first line."""
    assert misplaced(text, "") == []
