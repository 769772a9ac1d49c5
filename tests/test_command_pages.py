"""docs/commands/*.md: the generated parts are current, and none is missing."""

from __future__ import annotations

import pyparsing as pp
import pytest

from tests.command_keys import RECORDS, keys_of
from tests.command_pages import PAGES, title, written
from tests.command_variants import TITLES
from tests.ebnf import WIDTH, production

KINDS = sorted(TITLES)


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_of_a_command_is_current(kind: str) -> None:
    """A stale grammar or table would send a reader astray; renew with `python -m tests.write_command_pages`."""
    page = (PAGES / f"{kind}.md").read_text(encoding="utf-8")

    assert page.splitlines()[0] == title(kind)
    assert page == written(kind, page)


def test_every_page_is_of_a_command_with_records() -> None:
    """A page without its entry here would never be renewed."""
    assert sorted(path.stem for path in PAGES.glob("*.md")) == KINDS == sorted(RECORDS)


def test_a_page_that_lacks_a_part_is_refused() -> None:
    """Markers that were edited away must not pass as a page without anything to renew."""
    with pytest.raises(ValueError, match=r"^ls\.md has no part grammar$"):
        written("ls", "# `ls`\n")


def test_a_field_is_found_by_what_the_machine_form_prints_anew() -> None:
    """The keys of the tables come from the printers of the machine form, not from a list."""
    (neighbour,) = RECORDS["ip-neighbour"]

    assert [keys_of(neighbour, name) for name in ("lladdr", "state", "router", "dst")] == [
        ("lladdr",),
        ("state[]",),
        ("router",),
        ("dst",),
    ]


def test_a_production_shows_words_columns_choices_and_repeats() -> None:
    """Each element of a line grammar has its sign; alternatives are one choice however pyparsing nests them."""
    word, noun = pp.Regex("dev").set_name('"dev"'), pp.Regex("x").set_name("an address")
    form = noun("dst") + pp.Opt(word - noun("dev")) + pp.ZeroOrMore(word("a") | noun | word) + pp.FollowedBy(noun)

    assert production("line", form) == (
        'line = dst:<an address> [ "dev" dev:<an address> ] { a:"dev" | <an address> | "dev" } &( <an address> )'
    )


def test_a_long_production_is_broken_at_its_parts() -> None:
    """A line that a page cuts off cannot be read."""
    words = [pp.Regex(f"word{at}").set_name(f'"word{at}"') + pp.Regex("x").set_name("a value") for at in range(12)]

    text = production("line", pp.ZeroOrMore(pp.MatchFirst(words)) + pp.Opt(words[0]))

    assert max(map(len, text.splitlines())) <= WIDTH
    assert text.splitlines()[:2] == ["line =", "    {"]
    assert text.splitlines()[-2:] == ["    }", '    [ "word0" <a value> ]']
    assert " ".join(text.split()) == "line = { " + " | ".join(f'"word{at}" <a value>' for at in range(12)) + (
        ' } [ "word0" <a value> ]'
    )
