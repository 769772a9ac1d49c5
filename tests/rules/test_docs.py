"""docs/rules.md says what the rule files say."""

from pathlib import Path

from azcnilint.rules import builtin_rules
from azcnilint.rules.docs import rules_page

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_page_of_the_rules_is_current() -> None:
    """A stale page would tell of rules that are gone; write it anew with `python -m tests.rules.write_docs`."""
    assert PAGE.read_text(encoding="utf-8") == rules_page(builtin_rules())
