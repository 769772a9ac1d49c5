"""Write docs/rules.md from the rule files: `python -m tests.rules.write_docs`."""

from azcnilint.rules import builtin_rules
from azcnilint.rules.docs import rules_page
from tests.rules.test_docs import PAGE

PAGE.write_text(rules_page(builtin_rules()), encoding="utf-8")
