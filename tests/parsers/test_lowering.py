"""The lowered pattern of every line grammar is the pyparsing grammar: same lines, same form, same fields."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pyparsing as pp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import azcnilint.parsers
from azcnilint.parsers.grammar import glued, leaf, word
from azcnilint.parsers.lines import LineGrammar
from azcnilint.parsers.lowering import LoweringError, is_one_word, lower

ROOT = Path(__file__).parents[2]
MOST_SAMPLES = 400

LINES = (
    "default via 10.240.0.1 dev eth0 proto dhcp src 10.240.0.4 metric 100 ",
    "10.240.0.6 dev azva9397a1bc49 proto static ",
    "unreachable default dev lo metric 4294967295 error -101 pref medium",
    "10.1.0.0/16 dev via scope link onlink linkdown mtu lock 1300 rtt 1.5s features ecn realms 3/4",
    "10.240.0.44 dev azvdb9fa0de861 lladdr fa:85:b2:1c:3e:f9 ref 1 used 0/60/0probes 4 router REACHABLE proto dhcp",
    "2: eth0@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq master azure0 state UP group default qlen 1000",
    "    link/ether 00:0d:3a:aa:bb:cc brd ff:ff:ff:ff:ff:ff link-netnsid 0",
    "    inet 10.240.0.4/16 metric 100 brd 10.240.255.255 scope global dynamic eth0",
    "       valid_lft forever preferred_lft 123sec",
    "Chain IP-MASQ-AGENT (1 references)",
    "Chain POSTROUTING (policy ACCEPT 1655K packets, 139M bytes)",
    "num   pkts bytes target     prot opt in     out     source               destination",
    "RETURN     all  --  anywhere             10.0.0.0/8           /* ip-masq-agent: local traffic */ ADDRTYPE match",
    '-A POSTROUTING -s 10.0.0.0/8 ! -d 10.1.0.0/16 -m comment --comment "a b" -j MASQUERADE --random-fully',
    ":POSTROUTING ACCEPT [12:720]",
    "-rwxr-xr-x 1 root root 48M Jun  6  2024 azure-vnet*",
    "total 120",
    "daemonset.apps/azure-cns   3         3         3       3            3           <none>          12d",
)


def grammars() -> list[tuple[str, LineGrammar]]:
    """Give every LineGrammar constant of every module of azcnilint.parsers, named by its module."""
    found: dict[int, tuple[str, LineGrammar]] = {}
    for info in pkgutil.iter_modules(azcnilint.parsers.__path__):
        module = importlib.import_module(f"azcnilint.parsers.{info.name}")
        for name, value in vars(module).items():
            if isinstance(value, LineGrammar):
                found.setdefault(id(value), (f"{info.name}.{name}", value))
    return list(found.values())


def sample_lines() -> list[str]:
    """Give the lines above and, one of each shape, those of the repository's samples."""
    shapes: dict[str, str] = {}
    for path in sorted([*ROOT.glob("samples/**/*.txt"), *ROOT.glob("tests/**/*.txt")]):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            shapes.setdefault(re.sub(r"[0-9a-f]*\d[0-9a-f]*", "0", line), line)
    lines = [line for line in shapes.values() if line.strip() and len(line) < 400]
    step = max(1, len(lines) // MOST_SAMPLES)
    return [*LINES, *lines[::step]]


SAMPLES = sample_lines()
TOKENS = sorted({token for line in SAMPLES for token in line.split()} | {"\\", "", "via", "inet6", "lock"})


def by_pyparsing(grammar: LineGrammar, line: str) -> tuple[str, Mapping[str, str]] | None:
    """Read a line with pyparsing itself: the first form that takes it, and its named fields without blanks."""
    for form, expression in grammar.forms.items():
        try:
            found = expression.parse_string(line, parse_all=True)
        except pp.ParseBaseException:
            continue
        names = list(found.as_dict())
        return form, {name: "".join("".join(_tokens(found[name])).split()) for name in names}
    return None


def _tokens(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, pp.ParseResults):
        for part in value:
            yield from _tokens(part)
    else:
        message = f"a grammar of lines gives text, found {value!r}"
        raise TypeError(message)


def by_pattern(grammar: LineGrammar, line: str) -> tuple[str, Mapping[str, str]] | None:
    """Read a line with the lowered pattern."""
    row = grammar.match(line, 0, len(line))
    if row is None:
        return None
    return row.form, {name: "".join(text.split()) for name in row.columns if (text := row[name]) is not None}


@cache
def own_lines(grammar: LineGrammar) -> list[str]:
    """Give the sample lines that a grammar takes, so that their mutants stand close to its border; all without any."""
    return [line for line in SAMPLES if by_pattern(grammar, line) is not None] or SAMPLES


def mutated(samples: list[str]) -> st.SearchStrategy[str]:
    """Give a sample line in which tokens were dropped, doubled, moved or exchanged, or a character was put in."""

    @st.composite
    def build(draw: st.DrawFn) -> str:
        parts = re.split(r"([ \t]+)", draw(st.sampled_from(samples)))
        for _ in range(draw(st.integers(1, 4))):
            at = draw(st.integers(0, max(0, len(parts) - 1)))
            match draw(st.sampled_from(["drop", "double", "move", "exchange", "insert"])):
                case "drop":
                    parts[at : at + draw(st.integers(1, 3))] = []
                case "double":
                    parts[at:at] = parts[at : at + draw(st.integers(1, 4))]
                case "move":
                    part, parts[at : at + 2] = parts[at : at + 2], []
                    to = draw(st.integers(0, len(parts)))
                    parts[to:to] = part
                case "exchange":
                    parts[at : at + 1] = [draw(st.sampled_from(TOKENS))]
                case _:
                    parts[at:at] = [draw(st.sampled_from([" ", "\t", "/", ":", "\\", "-", "@", "1", "x", "é", "\x0b"]))]
            parts = parts or [""]
        return "".join(parts)

    return build()


@pytest.mark.parametrize(("name", "grammar"), grammars(), ids=[name for name, _ in grammars()])
def test_every_sample_line_reads_alike(name: str, grammar: LineGrammar) -> None:
    """The hot path would read another record than the grammar that the messages and diagrams come from."""
    for line in SAMPLES:
        assert (name, line, by_pattern(grammar, line)) == (name, line, by_pyparsing(grammar, line))


@pytest.mark.parametrize(("name", "grammar"), grammars(), ids=[name for name, _ in grammars()])
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_mutated_lines_read_alike(name: str, grammar: LineGrammar, data: st.DataObject) -> None:
    """An alternative or a repetition would give back what pyparsing never does, or keep a field of a failed branch."""
    line = data.draw(mutated(own_lines(grammar)))

    assert (name, by_pattern(grammar, line)) == (name, by_pyparsing(grammar, line))


def test_every_grammar_is_found() -> None:
    """A grammar that the list misses is proved by nobody."""
    names = {name for name, _ in grammars()}

    assert {"ip_neighbour.GRAMMAR", "ip_route.GRAMMAR"} <= names


def test_a_failed_alternative_leaves_no_field() -> None:
    """CPython keeps what a failed branch of an atomic group captured: `x` would be 1 here, or SystemError be raised."""
    pair = word("a") + leaf(r"\d", "a digit")("x") + word("b")
    other = word("a") + leaf(r"\d", "a digit")("y") + word("c")
    grammar = LineGrammar(only=pp.ZeroOrMore(pair | other) + pp.Opt(word("d") + glued(r"\d+", "a number")("x")))

    found = by_pattern(grammar, "a 1 c a 2 c")

    assert found == ("only", {"y": "2"}) == by_pyparsing(grammar, "a 1 c a 2 c")


def test_a_repetition_keeps_its_last_field() -> None:
    """Of a repeated name pyparsing gives the last; so must the pattern."""
    grammar = LineGrammar(only=pp.OneOrMore(word("k") + leaf(r"\w+", "a word")("v")))

    found = by_pattern(grammar, "k one k two")

    assert found == ("only", {"v": "two"}) == by_pyparsing(grammar, "k one k two")


def test_an_element_without_counterpart_is_refused() -> None:
    """A silent skip would accept other lines than the grammar."""
    with pytest.raises(LoweringError) as caught:
        lower({"only": pp.Each([pp.Literal("a"), pp.Literal("b")])})

    assert str(caught.value) == "no lowering for Each in {'a' & 'b'}"


@pytest.mark.parametrize(
    "pattern",
    [r"(?:\S+)(?!\S)", r"(?:(?:25[0-5]|1?\d\d)(?:\.\d+){3})(?!\S)", r"(?:[^\s/:]{1,64})(?!\S)", r"(?:a\(|[()])(?!\S)"],
)
def test_a_terminal_that_holds_no_blank_and_ends_at_the_end_of_a_word_is_one_word(pattern: str) -> None:
    """Else each terminal stands twice in a pattern, which then takes longer to compile and to run."""
    assert is_one_word(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?:\d+)",
        r"a(?!\S)",
        r"(?:a)|(?:b)(?!\S)",
        r"(?:a|(?:b))|(?:c)(?!\S)",
        r"(?:a.b)(?!\S)",
        r"(?:a b)(?!\S)",
        r"(?:\s)(?!\S)",
        r"(?:\W)(?!\S)",
        r"(?:[^x])(?!\S)",
        r"(?:[ -~])(?!\S)",
        r"(?:[\t-~])(?!\S)",
        r"(?:[!-　])(?!\S)",
    ],
)
def test_a_terminal_that_may_fit_more_or_less_than_a_word_is_not_one_word(pattern: str) -> None:
    """Else a column would end elsewhere than the grammar says."""
    assert not is_one_word(pattern)
