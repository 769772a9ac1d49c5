"""docs/language.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from azcnilint.rules import load_rules
from azcnilint.rules.language_docs import updated

PAGE = Path(__file__).parents[2] / "docs" / "language.md"
RULES = [
    block
    for block in re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    if block.startswith("id:")
]


def test_the_generated_parts_are_current() -> None:
    """A field or function would be missing from the manual. Mend it with `updated`."""
    page = PAGE.read_text(encoding="utf-8")

    assert updated(page) == page


@pytest.mark.parametrize("text", RULES, ids=lambda text: text.splitlines()[0].removeprefix("id: "))
def test_the_example_rules_load(text: str, tmp_path: Path) -> None:
    """An author would copy a rule that is refused."""
    path = tmp_path / f"{text.splitlines()[0].removeprefix('id: ')}.yaml"
    path.write_text(text, encoding="utf-8")

    assert [rule.id for rule in load_rules(path).rules] == [path.stem]


def test_there_are_three_example_rules() -> None:
    """The parametrised test above would pass without running."""
    assert len(RULES) == 3
