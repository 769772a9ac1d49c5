"""Laws 1 and 2 on any input: nothing raises, no line vanishes, and deleting lines invents no record."""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Callable, Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

import azcnilint as az
from azcnilint.errors import BundleError
from azcnilint.models import Record
from azcnilint.snapshot import load_snapshot_bytes
from tests.samples import bundle_samples, capture_samples, read, rules

Text = tuple[bytes, str | None]
Mutation = Callable[[bytes, random.Random], bytes]

TEXTS: tuple[Text, ...] = (
    *((sample.data, sample.hint) for sample in capture_samples()),
    *((data, None) for sample in bundle_samples() for data in sample.members.values()),
)
"""Every text that a sample holds, with the command that its name would tell."""
ANY_TEXT = st.sampled_from(TEXTS)
HINTS = st.sampled_from(sorted({hint for _, hint in TEXTS if hint}))
SEEDS = st.integers(0, 2**32 - 1)


def _chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - repeatable by its seed, no secret


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _headless(data: bytes, chance: random.Random) -> bytes:
    return data[chance.randrange(len(data) + 1) :]


def _snip(data: bytes, chance: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    first, last = sorted(chance.choices(range(len(lines) + 1), k=2))
    return b"".join([*lines[:first], b"[snip]\n", *lines[last:]])


def _interleave(data: bytes, chance: random.Random) -> bytes:
    other = chance.choice(TEXTS)[0].splitlines(keepends=True)
    lines = data.splitlines(keepends=True)
    for line in other[:30]:
        lines.insert(chance.randrange(len(lines) + 1), line)
    return b"".join(lines)


def _duplicate(data: bytes, chance: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    return b"".join(line for line in lines for _ in range(1 + (chance.random() < 0.2)))


def _shuffle(data: bytes, chance: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


def _colour(data: bytes, chance: random.Random) -> bytes:
    words = data.split(b" ")
    return b" ".join(b"\x1b[36m" + word + b"\x1b[0m" if chance.random() < 0.2 else word for word in words)


def _indent(data: bytes, chance: random.Random) -> bytes:
    return b"".join(b" " * chance.randrange(5) + line for line in data.splitlines(keepends=True))


def _crlf(data: bytes, _: random.Random) -> bytes:
    return data.replace(b"\n", b"\r\n")


def _utf16(data: bytes, _: random.Random) -> bytes:
    return data.decode("utf-8", "replace").encode("utf-16")


def _prompts(data: bytes, chance: random.Random) -> bytes:
    prompts = (b"root@aks-0:/# ip r\n", b"$ iptables -t nat -S\n", b"# \n", b"root@aks-1:~# kubectl get ds -A\n")
    lines = data.splitlines(keepends=True)
    for _ in range(3):
        lines.insert(chance.randrange(len(lines) + 1), chance.choice(prompts))
    return b"".join(lines)


def _scribble(data: bytes, chance: random.Random) -> bytes:
    """Change single bytes: a digit becomes a letter, a blank a NUL."""
    changed = bytearray(data)
    for _ in range(5):
        if changed:
            changed[chance.randrange(len(changed))] = chance.choice(b"\x00 \t\n\"'[]{}-!/:.09azA\xff\\")
    return bytes(changed)


MUTATIONS: tuple[Mutation, ...] = (
    _cut,
    _headless,
    _snip,
    _interleave,
    _duplicate,
    _shuffle,
    _colour,
    _indent,
    _crlf,
    _utf16,
    _prompts,
    _scribble,
)


@settings(max_examples=250, deadline=None)
@given(ANY_TEXT, st.lists(st.sampled_from(MUTATIONS), min_size=1, max_size=3), SEEDS)
def test_no_line_of_a_mutated_sample_vanishes(text: Text, mutations: list[Mutation], seed: int) -> None:
    """Law 1: whatever happened to a paste, each line is a record, recognised noise, or reported."""
    data, hint = text
    for mutation in mutations:
        data = mutation(data, _chance(seed))

    reading = read(data, hint)

    assert reading.unaccounted() == []


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300) | st.text(max_size=300).map(str.encode), st.sampled_from(sorted({h for _, h in TEXTS if h}))
)
def test_no_line_of_any_bytes_vanishes(data: bytes, hint: str) -> None:
    """Law 1 on what no tool printed, read as the output of each command."""
    reading = read(data, hint)

    assert reading.unaccounted() == []


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300) | st.sampled_from(TEXTS).map(lambda text: text[0]), st.sampled_from(MUTATIONS), SEEDS)
def test_any_bytes_are_judged_or_refused(data: bytes, mutation: Mutation, seed: int) -> None:
    """No input is a traceback: standard input is judged and every format prints it, or it is no text."""
    try:
        snapshot = load_snapshot_bytes(mutation(data, _chance(seed)))
    except BundleError:
        return

    report = az.check(snapshot, rules())

    assert [len(az.render(report, form)) > 0 for form in ("text", "json", "sarif")] == [True, True, True]


def _fields(record: Record) -> Iterator[tuple[str, object]]:
    for field in dataclasses.fields(record):
        if field.compare:
            yield field.name, getattr(record, field.name)


def below(part: object, whole: object) -> bool:
    """Say whether `part` tells nothing that `whole` does not: fields may be missing, members of sequences too."""
    if part is None or part == whole:
        return True
    if isinstance(part, str) and isinstance(whole, str):
        return _shortened(part, whole)
    if isinstance(part, Record) and isinstance(whole, Record):
        theirs = dict(_fields(whole))
        return all(name in POSITIONS or below(value, theirs.get(name)) for name, value in _fields(part))
    if isinstance(part, tuple) and isinstance(whole, tuple):
        return all(any(below(item, other) for other in whole) for item in part)
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(below(value, whole.get(key)) for key, value in part.items())
    return False


POSITIONS = {"num", "others"}
"""Counted by place, so that a deleted line moves them."""


def _shortened(part: str, whole: str) -> bool:
    """A comment that was wrapped over several lines may lack some of them."""
    words = iter(whole.split())
    return " " in whole and all(word in words for word in part.split())


HEADS = re.compile(rb"\d+: |Chain |\*|-[PN] |:|\[\d+:\d+\] |target |num |total |NAME|root@|% |\d+\. ")
"""Lines that say what the lines below them are: without its head a line can pass for a member of the block above."""
WRAPPED = re.compile(rb"\n(?:qlen \d|is not subject|traffic is subject)")
"""Lines that a page was too narrow for; the second half alone can pass for the end of the line above."""
WHOLE_LISTS = {"ip -br a", "kubectl get ds -n kube-system -o yaml"}
"""Forms that a silent gap changes: whether `a@b` names a link is told by the whole list, and YAML leaves out zeros."""
LINED = tuple((data, hint) for data, hint in TEXTS if hint not in WHOLE_LISTS and not WRAPPED.search(data))


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(LINED), SEEDS)
def test_a_line_that_is_gone_invents_no_record(text: Text, seed: int) -> None:
    """Law 2: without some of its lines a capture tells less, and nothing that it did not tell before."""
    data, hint = text
    chance = _chance(seed)
    chosen = chance.choice((0.05, 0.2, 0.5))
    lines = data.splitlines(keepends=True)

    poorer = read(b"".join(line for line in lines if HEADS.match(line) or chance.random() > chosen), hint)

    known = [result.value for result in read(data, hint).results if result.value is not None]
    invented = [
        member
        for table in (result.value for result in poorer.results)
        for _, value in (() if table is None else _fields(table))
        for member in (value if isinstance(value, tuple) else ())
        if not any(below((member,), other) for whole in known for _, other in _fields(whole))
    ]
    assert invented == []
