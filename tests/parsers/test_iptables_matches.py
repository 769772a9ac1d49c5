"""The words of a listing and the options of iptables-save are two spellings of one rule."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from azcnilint.models import Match, Option
from azcnilint.parsers.iptables_matches import MOST_COMMENT_ENDS, read_tail
from azcnilint.parsers.iptables_rule import OptionError, read_rule, unquote
from tests.parsers.iptables_reading import listed, read, saved, told
from tests.parsers.iptables_reviewed import KEPT_AS_TEXT

LAB = Path(__file__).parent / "iptables_lab"


def vocabulary(name: str) -> Iterator[tuple[str, str]]:
    """Give each rule as the options of -S and one row of -L."""
    options = ""
    for line in (LAB / name).read_text(encoding="utf-8").splitlines():
        kind, _, text = line.partition("|")
        if kind == "S":
            options = text
        elif kind in {"n", "L"}:
            yield options, text


def kept_as_text(options: str) -> bool:
    """Whether one of the reviewed clauses occurs."""
    modules = [word.split()[0] for word in options.split("-m ")[1:]]
    return any(
        clause in modules or (" " in clause and clause.split()[0] in modules and clause.split()[1] in options)
        for clause in KEPT_AS_TEXT
    )


@pytest.mark.parametrize(("options", "row"), list(vocabulary("vocabulary.txt")))
def test_a_listed_rule_equals_the_saved_one(options: str, row: str) -> None:
    """If it failed, `-L` and iptables-save of one state would lead to different findings."""
    rule, other = listed(row, "target     prot opt source               destination"), saved(options)

    if kept_as_text(options):
        assert any(match.module is None for match in rule.matches)
    else:
        assert rule == other


@pytest.mark.parametrize(("options", "row"), list(vocabulary("vocabulary6.txt")))
def test_a_listed_ipv6_rule_equals_the_saved_one(options: str, row: str) -> None:
    """As above for ip6tables."""
    rule = listed(row, "target     prot opt source               destination", "ip6tables", "-t", "mangle", "-L", "X")

    assert rule == saved(options, "ip6tables", "-t", "mangle", "-S", "X")


def test_every_reviewed_clause_is_needed() -> None:
    """A clause that is read by now must leave the list."""
    all_options = [options for options, _ in vocabulary("vocabulary.txt")]

    unused = [
        clause
        for clause in KEPT_AS_TEXT
        if not any(
            f"-m {clause.split()[0]} " in f"{options} " and clause.split()[-1] in options for options in all_options
        )
    ]

    assert unused == []


@pytest.mark.parametrize(
    ("text", "target", "options"),
    [
        ("match-set azure-npm-123 src", None, "-m set --match-set azure-npm-123 src"),
        ("! match-set azure-npm-123 dst,dst", None, "-m set ! --match-set azure-npm-123 dst,dst"),
        ("match-set s dst return-nomatch", None, "-m set --match-set s dst --return-nomatch"),
        ("add-set s src,dst exist timeout 50", "SET", "-j SET --add-set s src,dst --exist --timeout 50"),
        ("del-set s dst", "SET", "-j SET --del-set s dst"),
        ("cgroup 5", None, "-m cgroup --cgroup 5"),
        ("cgroup ! a/b", None, "-m cgroup ! --path a/b"),
    ],
)
def test_words_of_modules_that_the_lab_kernel_lacks(text: str, target: str | None, options: str) -> None:
    """Spelled as extensions/libxt_set.c, libxt_SET.c and libxt_cgroup.c print them."""
    tail, rule = read_tail(text, target), read_rule(options, "inet")

    assert (tail.matches, tail.target_options) == (tuple(rule.matches), rule.target_options)


@pytest.mark.parametrize(
    ("text", "comment", "modules"),
    [
        ("/* a */ ctstate NEW", "a", ["conntrack"]),
        ("ctstate NEW /* a */", "a", ["conntrack"]),
        ("/* say \"x\" 'y' \\ */ mark match 0x1", "say \"x\" 'y' \\", ["mark"]),
        ("/* Chain FAKE (0 references) */", "Chain FAKE (0 references)", []),
        ("/* x */ -j DROP */ mark match 0x1", "x */ -j DROP", ["mark"]),
        ("/* a /* b */ mark match 0x1", "a /* b", ["mark"]),
        ("/*  lead and trail  */", " lead and trail ", []),
        ("/*  */", "", []),
        ("/* cali:6gwb */ /* Policy accepted */ mark match 0x1", "cali:6gwb", ["comment", "mark"]),
    ],
)
def test_a_comment_may_hold_anything(text: str, comment: str, modules: list[str]) -> None:
    """Comments are printed raw; what follows the true end must still be read."""
    tail = read_tail(text, None)

    assert (tail.comment, [match.module for match in tail.matches], tail.doubtful) == (comment, modules, False)


def test_a_comment_that_may_hide_a_condition_makes_the_rule_doubtful() -> None:
    """`*/ ctstate NEW /*` may be a condition between two comments or the text of one: neither may be concluded."""
    rule = listed("RETURN     all  --  anywhere             anywhere             /* a */ ctstate NEW /* b */")

    assert rule.hidden >= {"matches", "target_options", "comment"}


def test_a_comment_with_a_great_many_ends_is_read_once() -> None:
    """Trying every pair of ends would take time in the square of their number."""
    text = "/* " + "x */ " * (MOST_COMMENT_ENDS + 1) + "ctstate NEW"

    tail = read_tail(text, None)

    assert tail.doubtful
    assert [match.module for match in tail.matches] == ["conntrack"]


def test_unknown_words_are_one_text_and_told() -> None:
    """What we do not know stays a condition, so that the rule is not taken for unconditional."""
    row = "ACCEPT     all  --  anywhere  anywhere  ctstate NEW frobnicate level 9 /* x */ mark match 0x1"

    result = read(
        f"Chain X (0 references)\ntarget prot opt source destination\n{row}\n", "iptables", "-t", "nat", "-L", "X"
    )

    matches = result.unwrap().chains[0].rules[0].matches
    assert [match.module or match.text for match in matches] == ["conntrack", "frobnicate level 9", "mark"]
    assert told(result) == [("unread-match", 'match "frobnicate level 9" is not understood; it is kept as text')]


def test_a_service_name_that_nobody_knows_stays() -> None:
    """The name may be of the node's own /etc/services."""
    assert read_tail("tcp dpt:frobnicate", None).matches[0].options == (Option(name="dport", values=("frobnicate",)),)


def test_only_the_targets_own_words_are_its_options() -> None:
    """`to:` means nothing behind RETURN."""
    assert read_tail("to:1.2.3.4", "RETURN").matches == (Match(module=None, text="to:1.2.3.4"),)


@pytest.mark.parametrize(
    ("word", "text"),
    [('"a b"', "a b"), (r'"\"a\" \\ \'b\'"', "\"a\" \\ 'b'"), ("plain-text", "plain-text"), ('""', "")],
)
def test_quotes_and_escapes_are_taken_off(word: str, text: str) -> None:
    """As xtables_save_string puts them on."""
    assert unquote(word) == text


@pytest.mark.parametrize(
    ("text", "message", "marked"),
    [
        ("-s 300.1.1.1 -j X", 'expected an address or prefix, found "300.1.1.1"', "300.1.1.1"),
        ("-s 10.0.0.1/33 -j X", 'expected an address or prefix, found "10.0.0.1/33"', "10.0.0.1/33"),
        ("-d", 'expected an address or prefix after "-d", found the end of the line', ""),
        ("-p tcp -j", 'expected a target after "-j", found the end of the line', ""),
        ("-m", 'expected a module after "-m", found the end of the line', ""),
        ("-p tcp -m tcp 80 -j X", 'expected an option such as -d or -m, found "80"', "80"),
        ("-x 1 -j X", 'expected an option such as -d or -m, found "-x"', "-x"),
        ("-c 1 -j X", 'expected two counters after "-c", found "-j"', "-j"),
        ('-m comment --comment "a b -j X', "the quoted text that begins here has no end", '"a'),
        ("-p tcp !", 'expected an option such as -d or -m, found "!"', ""),
    ],
)
def test_a_nearly_right_rule_is_refused_at_the_wrong_word(text: str, message: str, marked: str) -> None:
    """The smallest range is marked, in the user's nouns."""
    with pytest.raises(OptionError) as caught:
        read_rule(text, "inet")

    assert (str(caught.value), text[caught.value.start : caught.value.end]) == (message, marked)


def test_options_without_a_module_belong_to_the_protocol() -> None:
    """Documents leave out `-m tcp`."""
    assert saved("-p tcp --dport 80 -j X") == saved("-p tcp -m tcp --dport 80 -j X")


def test_a_comment_may_look_like_an_option() -> None:
    """xtables_save_string leaves `-j` unquoted."""
    assert (saved("-m comment --comment -j -j X").comment, saved("-m comment --comment --goto -g X").goto) == (
        "-j",
        True,
    )


@pytest.mark.parametrize(
    ("text", "target", "options"),
    [
        ("PHYSDEV match ! --physdev-is-in destination IP range 10.0.0.1-10.0.0.5", None,
         "-m physdev ! --physdev-is-in -m iprange --dst-range 10.0.0.1-10.0.0.5"),
        ("PHYSDEV match --physdev-is-bridged ctstate NEW", None,
         "-m physdev --physdev-is-bridged -m conntrack --ctstate NEW"),
        ("PHYSDEV match ! --physdev-is-in LOG flags 0 level 4", "LOG", "-m physdev ! --physdev-is-in -j LOG"),
        ("nflog-threshold 2", "NFLOG", "-j NFLOG --nflog-threshold 2"),
        ("nflog-group 3 nflog-threshold 2", "NFLOG", "-j NFLOG --nflog-group 3 --nflog-threshold 2"),
        ("! realm 0x5", None, "-m realm ! --realm 0x5"),
        ("tos match! Minimize-Delay", None, "-m tos ! --tos 0x10/0x3f"),
        ("multiport dports netstat,http", None, "-m multiport --dports 15,80"),
    ],
)  # fmt: skip
def test_words_that_random_tables_showed(text: str, target: str | None, options: str) -> None:
    """Found by tests/oracle: a clause took the words of the one behind it, or was not known in this spelling."""
    tail, rule = read_tail(text, target), read_rule(options, "inet")

    assert (tail.matches, tail.target_options) == (tuple(rule.matches), rule.target_options)
