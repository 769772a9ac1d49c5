"""Joins by equality answer as a search of all members does, whatever is unknown."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from azcnilint.rules.expr import kleene, macros
from azcnilint.rules.expr.frame import Budget, Code, Frame
from azcnilint.rules.expr.lookup import Choose, by_key, whole
from azcnilint.rules.expr.values import Items, Unknown, both

UNKNOWN = Unknown(["routes"], ["the capture is cut"])
_MEMBER, _WANTED, _LIST = 1, 2, 3
_KEYS = st.sampled_from([0, 1, True, "a", "b", None, UNKNOWN, Items((1,)), Items((1,), UNKNOWN)])


class Member(NamedTuple):
    """A member of a list: its key, and the truth of the rest of the condition."""

    key: object
    rest: object


_MEMBERS = st.lists(st.builds(Member, _KEYS, st.sampled_from([True, False, UNKNOWN])), max_size=8).map(tuple)


def _key(frame: Frame) -> object:
    member = frame[_MEMBER]
    assert isinstance(member, Member)
    return member.key


def _condition(frame: Frame) -> object:
    member = frame[_MEMBER]
    assert isinstance(member, Member)
    return both(kleene.equal(member.key, frame[_WANTED]), member.rest)


def _answers(
    macro: Callable[[Code, int, Code, Choose], Code], choose: Choose, items: Items, wanted: list[object]
) -> list[object]:
    frame: Frame = [Budget(), None, None, items]
    run = macro(lambda frame: frame[_LIST], _MEMBER, _condition, choose)
    answers = []
    for value in wanted:
        frame[_WANTED] = value
        answers.append(run(frame))
    return answers


@given(
    macro=st.sampled_from([macros.exists, macros.exists_one, macros.keep]),
    members=_MEMBERS,
    missing=st.sampled_from([None, UNKNOWN]),
    wanted=st.lists(_KEYS, min_size=3, max_size=6),
)
def test_a_join_answers_as_a_search_of_all_members(
    macro: Callable[[Code, int, Code, Choose], Code],
    members: tuple[Member, ...],
    missing: Unknown | None,
    wanted: list[object],
) -> None:
    """Else a rule would pass or fail by how its condition is spelled (law 2: what is unknown stays unknown)."""
    items = Items(members, missing)

    joined = _answers(macro, by_key(_key, _MEMBER, lambda frame: frame[_WANTED]), items, wanted)

    assert joined == _answers(macro, whole, items, wanted)


def test_a_join_asks_only_the_members_with_the_key_once_it_knows_the_list() -> None:
    """Else pods against pods takes the square of their number."""
    members = tuple(Member(number, rest=True) for number in range(1000))
    frame: Frame = [Budget(), None, 500, None]
    choose = by_key(_key, _MEMBER, lambda frame: frame[_WANTED])

    asked = [choose(frame, members) for _ in range(2)]

    assert [len(one) for one in asked] == [1000, 1]


def test_another_list_is_not_asked_through_the_index_of_the_one_before() -> None:
    """Else the members of one element's list would answer for the next element."""
    first, second = (tuple(Member(number, rest=True) for number in range(size)) for size in (10, 20))
    frame: Frame = [Budget(), None, 15, None]
    choose = by_key(_key, _MEMBER, lambda frame: frame[_WANTED])

    asked = [choose(frame, members) for members in (first, first, second, second)]

    assert [len(one) for one in asked] == [10, 0, 20, 1]
