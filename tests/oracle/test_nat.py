"""Random tables of iptables and ip6tables, on both backends: listings, -S and saves of one state are one and the same.

AZCNILINT_ORACLE_STATES says how many states the suite makes (two fifths of them here), AZCNILINT_ORACLE_SEED the
number of the first.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable, Iterator, Sequence

import pytest

from azcnilint.capture import Capture
from azcnilint.models import Chain, NatRule, NatTable
from azcnilint.native.iptables import rule_line, save_lines
from azcnilint.parsers import iptables
from azcnilint.parsers.base import ParseResult
from azcnilint.text import decode
from tests.oracle.compare import Difference, Tally, record_differences
from tests.oracle.exemptions import NAT, TOLD, doubtful, words_of_listing
from tests.oracle.namespace import Namespace, namespace, refusal
from tests.oracle.settings import BASE_SEED, STATES
from tests.oracle.states_nat import Rule, TableState, state

TOOLS = (
    ("iptables-nft", "inet"),
    ("iptables-legacy", "inet"),
    ("ip6tables-nft", "inet6"),
    ("ip6tables-legacy", "inet6"),
)
Recorder = Callable[[str, object], None]
SEEDS = [BASE_SEED + at for at in range(STATES - STATES * 3 // 5)]
LISTINGS = ("-L", "-L -n", "-L -v", "-L -n -v", "-L -n -v -x --line-numbers", "-S", "-S -v")
_STARTS = ("-A ", "[", ":", "*", "COMMIT", "# ")
_LINE = re.compile(r"\bline:? (\d+)")


@pytest.fixture
def tally() -> Tally:
    """Count what a test compares; skips it where no namespace can be made or no tool is there."""
    if (reason := refusal()) is not None:
        pytest.skip(reason)
    if not all(shutil.which(f"{tool}-save") for tool, _ in TOOLS):
        pytest.skip("needs iptables with both backends")
    return Tally()


@pytest.mark.parametrize("seed", SEEDS)
def test_listings_and_saves_of_a_random_table_are_one(seed: int, tally: Tally, record_property: Recorder) -> None:
    """A match, target or column would be lost, made up or misread in some form of the listing."""
    tool, family = TOOLS[seed % len(TOOLS)]
    wanted = state(seed, family)
    with namespace() as host:
        load(host, tool, wanted, tally)
        found = [*differences(host, tool, wanted, tally)]

    tally.states += 1
    record_property("oracle nat", tally.counts())
    assert found == [], f"state {seed}: AZCNILINT_ORACLE_SEED={seed} AZCNILINT_ORACLE_STATES=3 makes it again"


def load(host: Namespace, tool: str, wanted: TableState, tally: Tally) -> None:
    """Bring the table about, but for the rules that tool or kernel refuses; they are counted by their clauses."""
    rules = wanted.rules
    tally.tried.update(kind for rule in rules for kind in rule.kinds)
    while (refused := _refused(host, tool, wanted, rules)) is not None:
        tally.refused.update(kind for at in refused for kind in rules[at].kinds)
        rules = tuple(rule for at, rule in enumerate(rules) if at not in refused)
    if wanted.spoken is not None:
        clause = ("-m", "comment", "--comment", wanted.spoken, "-m", "mark", "--mark", "0x1")
        done = host.run(tool, "-t", wanted.table, "-A", wanted.chains[0], *clause, "-j", "RETURN")
        assert done.returncode == 0, done.stderr


def _refused(host: Namespace, tool: str, wanted: TableState, rules: tuple[Rule, ...]) -> frozenset[int] | None:
    """Try to load these rules; gives the places of refused ones, None when all went in. Raises AssertionError."""
    done = host.run(f"{tool}-restore", "-c", stdin=wanted.restore(rules))
    if done.returncode == 0:
        return None
    first = 2 + len(wanted.policies) + len(wanted.chains)
    named = {int(number) - first for number in _LINE.findall(done.stderr)} & set(range(len(rules)))
    refused = frozenset(named or _refused_together(host, tool, wanted, rules))
    assert refused, done.stderr
    return refused


def _refused_together(host: Namespace, tool: str, wanted: TableState, rules: tuple[Rule, ...]) -> Iterator[int]:
    """Give the places of rules that do not go in with those before them: legacy does not say which rule it refuses."""
    taken: tuple[Rule, ...] = ()
    for at, rule in enumerate(rules):
        if host.run(f"{tool}-restore", "-c", stdin=wanted.restore((*taken, rule))).returncode:
            yield at
        else:
            taken = (*taken, rule)


def differences(host: Namespace, tool: str, wanted: TableState, tally: Tally) -> Iterator[str]:
    """Give every unexplained difference among the forms in which the tool prints one table."""
    save = f"{tool}-save -t {wanted.table}"
    chain = next((name for name in wanted.chains if not name.startswith("-")), "OUTPUT")
    alone = (f"-L {shlex.quote(chain)} -n -v -x", f"-S {shlex.quote(chain)}")
    lines = {f"{tool} -t {wanted.table} {listing}": listing for listing in (*LISTINGS, *alone)}
    commands = {"before": f"{save} -c", **{str(at): words for at, words in enumerate(lines)}, "plain": save}
    taken = host.captures({**commands, "after": f"{save} -c"})
    assert _kept(taken["before"]) == _kept(taken["after"]), "the table moved"
    oracle = _read(taken["before"], f"{save} -c").unwrap()
    yield from _lines(f"{save} -c", save_lines(oracle, counters=True), _kept(taken["before"]))
    yield from _lines(save, save_lines(_read(taken["plain"], save).unwrap()), _kept(taken["plain"]))
    for at, words in enumerate(lines):
        result = _read(taken[str(at)], words)
        told = [found for found in result.diagnostics if found.code not in TOLD]
        yield from (f"{words}: {found.code}: {found.message}" for found in told)
        if result.value is not None:
            only = chain if lines[words] in alone else None
            yield from _table_differences(words, result.value, oracle, only, tally)
        tally.captures += 1


def _read(text: str, words: str) -> ParseResult[NatTable]:
    source = decode("text", text.encode())
    return iptables.parse(Capture(source, source.span, "iptables", tuple(shlex.split(words))))


def _kept(save: str) -> list[str]:
    """Give the lines of a save but those with program and time; the end of a line in a comment as one blank.

    So our records have it: a document that wraps lines would look the same.
    """
    lines: list[str] = []
    for line in save.removesuffix("\n").split("\n"):
        if line.startswith(_STARTS):
            lines.append(line)
        else:
            lines[-1] += f" {line.strip()}"
    return [line for line in lines if not line.startswith("# ")]


def _lines(words: str, ours: Sequence[str], theirs: Sequence[str]) -> Iterator[str]:
    if len(ours) != len(theirs):
        yield f"{words}: {len(ours)} lines for {len(theirs)}"
    pairs = zip(ours, theirs, strict=False)
    yield from (f"{words}: printed {mine!r} for {yours!r}" for mine, yours in pairs if mine != yours)


def _table_differences(words: str, found: NatTable, oracle: NatTable, only: str | None, tally: Tally) -> Iterator[str]:
    chains = [chain for chain in oracle.chains if only in {None, chain.name}]
    if (found.table, found.family) != (oracle.table, oracle.family) or found.complete == (only is not None):
        yield f"{words}: table {found.table} of {found.family}, complete {found.complete}"
    if [(chain.name, chain.policy) for chain in found.chains] != [(chain.name, chain.policy) for chain in chains]:
        yield f"{words}: chains {[(chain.name, chain.policy) for chain in found.chains]}"
        return
    for chain, same in zip(found.chains, chains, strict=True):
        yield from _chain_differences(words, chain, same, oracle, tally)


def _chain_differences(words: str, chain: Chain, same: Chain, oracle: NatTable, tally: Tally) -> Iterator[str]:
    references = sum(rule.target == chain.name for other in oracle.chains for rule in other.rules)
    if chain.references is not None and chain.references != references:
        yield f"{words}: {chain.name} has {references} references, not {chain.references}"
    if len(chain.rules) != len(same.rules):
        yield f"{words}: {chain.name} has {len(same.rules)} rules, not {len(chain.rules)}"
    for rule, other in zip(chain.rules, same.rules, strict=False):
        yield from _rule_differences(words, rule, other, chain, tally)


def _rule_differences(words: str, rule: NatRule, other: NatRule, chain: Chain, tally: Tally) -> Iterator[str]:
    tally.records += 1
    tally.fields += 16 + len(rule.matches) + len(rule.target_options)
    if doubtful(rule, other):
        tally.exempted["comment that holds */"] += 1
        return
    met = [*record_differences(rule, other), *_counter_differences(words, rule, other)]
    told = tally.unexplained(words_of_listing(words), iter(met), NAT)
    yield from (f"{line}: {rule_line(other, chain)}" for line in told)
    if rule == other:
        yield from _lines(words, [rule_line(rule, chain)], [rule_line(other, chain)])


def _counter_differences(words: str, rule: NatRule, other: NatRule) -> Iterator[Difference]:
    """Compare counters, which take no part in the equality of rules.

    From 100000 on, -v without -x rounds them: to K, that to M, that to G and so on.
    """
    exact = "-x" in words or "-S" in words
    for name in ("packets", "bytes"):
        mine, yours = getattr(rule, name), getattr(other, name)
        if mine is None and name in rule.hidden:
            continue
        rounded = 0 if exact or yours <= 99999 else max(1000, 1000 ** ((len(str(yours + 500)) - 2) // 3))
        if mine is None or abs(mine - yours) > rounded // 2 + rounded // 1000:
            yield Difference(f"~{name}", mine, yours, other)
