"""SourceText.edited: text with replacements whose positions are still those of the file as given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azcnilint.text import Edit, Position, SourceText, decode


def test_an_edit_moves_what_follows_and_keeps_its_place() -> None:
    """An escape of two characters becomes one; the column behind it stays the raw one."""
    source = SourceText("x", r"ab\ncd" + "\nef")

    edited = source.edited([Edit(2, 4, "\n")])

    assert edited.text == "ab\ncd\nef"
    assert [edited.position(at) for at in range(8)] == [
        Position(1, 1),
        Position(1, 2),
        Position(1, 3),
        Position(1, 5),
        Position(1, 6),
        Position(1, 7),
        Position(2, 1),
        Position(2, 2),
    ]


@pytest.mark.parametrize("edits", [[Edit(0, 1, "xx")], [Edit(2, 3, ""), Edit(1, 2, "")], [Edit(2, 1, "")]])
def test_edits_that_grow_or_overlap_are_refused(edits: list[Edit]) -> None:
    """Such edits have no map back; accepting them would give wrong positions silently."""
    with pytest.raises(ValueError, match="overlaps"):
        SourceText("x", "abcd").edited(edits)


@given(
    st.text("ab\n", max_size=30),
    st.lists(st.integers(0, 29), max_size=12, unique=True),
    st.sets(st.integers(0, 40), max_size=8),
)
def test_positions_survive_two_rounds_of_edits(text: str, cuts: list[int], escapes: set[int]) -> None:
    """Editing composes with what decoding removed: each kept character keeps its raw place."""
    raw = "".join("\x1b[0m" * (at in escapes) + char for at, char in enumerate(text))
    decoded = decode("x", raw.encode())
    places = [decoded.position(at) for at in range(len(decoded.text))]
    edits = [Edit(at, at + 1, "") for at in sorted(cuts) if at < len(decoded.text) and decoded.text[at] != "\n"]
    first, second = edits[::2], edits[1::2]

    once = decoded.edited(first)
    gone = {edit.start for edit in first}
    moved = [at - sum(cut < at for cut in gone) for at in (edit.start for edit in second)]
    twice = once.edited([Edit(at, at + 1, "") for at in moved])

    dropped = {edit.start for edit in edits}
    kept = [at for at in range(len(decoded.text)) if at not in dropped]
    assert twice.text == "".join(decoded.text[at] for at in kept)
    assert [twice.position(at) for at in range(len(twice.text))] == [places[at] for at in kept]
