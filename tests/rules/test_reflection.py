"""The record classes as types of the language."""

from __future__ import annotations

import pytest

from azcnilint.rules.environment import SHAPES
from azcnilint.rules.reflection import DERIVED, PRIVATE, Reflection


def properties() -> list[tuple[str, str]]:
    """Give class and name of every property of every record of the language."""
    return [
        (record.__name__, name)
        for record in SHAPES
        for name in dir(record)
        if isinstance(getattr(record, name), property) and not name.startswith("_") and name not in PRIVATE
    ]


@pytest.mark.parametrize("found", properties(), ids=".".join)
def test_every_property_says_which_fields_settle_it(found: tuple[str, str]) -> None:
    """A property of a hidden field would be read as known: a link without printed flags as down."""
    assert found in DERIVED


def test_every_derived_name_exists() -> None:
    """A field that was renamed would no longer be guarded."""
    reflection = Reflection(SHAPES)
    structs = {record.__name__: reflection.struct(record) for record in SHAPES}

    assert [key for key in DERIVED if key[1] not in structs[key[0]].fields] == []
