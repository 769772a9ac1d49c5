"""docs/messages.md says what azcnilint says, carets included."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.messages import PAGE, Example, examples, said_of

EXAMPLES = list(examples(PAGE.read_text(encoding="utf-8")))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.command}: {example.title}")
def test_a_damaged_line_is_answered_as_the_page_says(example: Example) -> None:
    """A message that gets worse, or whose carets move, must not go unseen; `python -m tests.write_messages` renews."""
    assert said_of(example) == example.said


def test_every_block_of_the_page_is_an_example() -> None:
    """A block that the pattern misses would be shown and never be run."""
    assert PAGE.read_text(encoding="utf-8").count("```") == 4 * len(EXAMPLES)


def test_every_command_that_is_read_has_its_examples() -> None:
    """The catalogue is there to be compared with; one family without examples could have any messages."""
    families = Counter(example.command.split()[0] + " " + example.command.split()[1] for example in EXAMPLES)

    assert {family: count >= 5 for family, count in families.items()} == dict.fromkeys(
        ("ip route", "ip neighbour", "ip address", "iptables -t", "iptables-save -t", "ls -la", "kubectl get"), True
    )


def test_no_message_shows_the_inside_of_a_grammar() -> None:
    """Words of pyparsing, Python's quotes and empty nouns help no reader."""
    said = [
        line for example in EXAMPLES for line in example.said.splitlines() if line.startswith(("error[", "warning["))
    ]

    leaks = ("Expected ", "{", "Regex", "re:", "(?", "'", "a word", "the end of the line, found")
    quoted_input = "the command said"
    assert [line for line in said if quoted_input not in line and any(leak in line for leak in leaks)] == []
