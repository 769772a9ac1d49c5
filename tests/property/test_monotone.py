"""Law 5 on every bundle sample: less evidence leaves questions open and never answers one another way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

import azcnilint as az
from azcnilint.capture import split_captures
from azcnilint.snapshot import snapshot_of
from azcnilint.text import decode
from tests.samples import BundleSample, bundle_samples, rules

Question = tuple[str, str | None]
"""A rule and the node that it was asked about; None for the cluster."""


@dataclass(frozen=True)
class Answer:
    """What one rule said about one node: its outcomes, and the subjects that failed with their messages."""

    outcomes: frozenset[az.Outcome]
    failed: frozenset[tuple[str, str]]

    def poorer_than(self, whole: Answer) -> bool:
        """Say whether less evidence may turn `whole` into this (law 5)."""
        if self.outcomes == whole.outcomes and self.failed == whole.failed:
            return True
        if az.Outcome.UNKNOWN not in self.outcomes:
            return False
        return self.outcomes <= whole.outcomes | {az.Outcome.UNKNOWN} and self.failed <= whole.failed


def answers(members: Mapping[str, bytes]) -> dict[Question, Answer]:
    """Judge a bundle and give each rule's answer for each node."""
    outcomes: dict[Question, set[az.Outcome]] = defaultdict(set)
    failed: dict[Question, set[tuple[str, str]]] = defaultdict(set)
    for finding in az.check(snapshot_of(members), rules()).findings:
        question = finding.rule_id, finding.subject.node
        outcomes[question].add(finding.outcome)
        if finding.outcome is az.Outcome.FAIL:
            failed[question].add((finding.subject.kind, finding.subject.name))
    return {question: Answer(frozenset(found), frozenset(failed[question])) for question, found in outcomes.items()}


@cache
def _whole(name: str) -> dict[Question, Answer]:
    return answers(next(sample for sample in bundle_samples() if sample.name == name).members)


def broken(sample: BundleSample, members: Mapping[str, bytes]) -> dict[Question, tuple[Answer | None, Answer]]:
    """Give the questions that the poorer bundle answers another way, with both answers; a lost node is an open one."""
    whole = _whole(sample.name)
    return {
        question: (whole.get(question), answer)
        for question, answer in answers(members).items()
        if not (question in whole and answer.poorer_than(whole[question]))
    }


def snipped(data: bytes, first: int, last: int) -> bytes:
    """Put `[snip]` in the place of lines [first, last)."""
    lines = data.splitlines(keepends=True)
    return b"".join([*lines[:first], b"[snip]\n", *lines[last:]])


FOLDERS = [sample for sample in bundle_samples() if len(sample.members) > 1]
PASTES = [sample for sample in bundle_samples() if len(sample.members) == 1]


@st.composite
def poorer_folders(draw: st.DrawFn) -> tuple[BundleSample, dict[str, bytes]]:
    """Draw a bundle of which files are left out, and lines of others are replaced by `[snip]`."""
    sample = draw(st.sampled_from(FOLDERS))
    members = {}
    for name, data in sample.members.items():
        fate = draw(st.sampled_from(("kept", "kept", "lost", "snipped")))
        if fate == "snipped":
            count = len(data.splitlines())
            first = draw(st.integers(0, count))
            members[name] = snipped(data, first, draw(st.integers(first, count)))
        elif fate == "kept":
            members[name] = data
    return sample, members


@settings(max_examples=250, deadline=None)
@given(poorer_folders())
def test_a_poorer_bundle_answers_no_question_another_way(case: tuple[BundleSample, dict[str, bytes]]) -> None:
    """Law 5: a file that was not sent, or lines that were snipped, must not turn PASS, FAIL or SKIP into another."""
    assert broken(*case) == {}


@st.composite
def poorer_pastes(draw: st.DrawFn) -> tuple[BundleSample, dict[str, bytes]]:
    """Draw a paste where lines of some captures are replaced by `[snip]`; prompts and captions stay."""
    sample = draw(st.sampled_from(PASTES))
    (name, data) = next(iter(sample.members.items()))
    source = decode(name, data)
    for capture in reversed(split_captures(source).captures):
        start = source.line_number(capture.body.start) - 1
        stop = source.line_number(capture.body.end - 1)
        if draw(st.booleans()):
            first = draw(st.integers(start, stop))
            data = snipped(data, first, draw(st.integers(first, stop)))
    return sample, {name: data}


@settings(max_examples=60, deadline=None)
@given(poorer_pastes())
def test_a_poorer_paste_answers_no_question_another_way(case: tuple[BundleSample, dict[str, bytes]]) -> None:
    """Law 5 where one text holds all captures."""
    assert broken(*case) == {}
