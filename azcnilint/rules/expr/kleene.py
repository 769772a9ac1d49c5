"""Equality and membership of values that may be unknown, and of lists that may lack members."""

from __future__ import annotations

from collections.abc import Iterable

from azcnilint.rules.expr.values import Entries, Items, Unknown, UnknownSize, both, either, merged


def gaps(items: Items) -> Unknown | None:
    """Give what keeps a list from being known whole: missing members, or members of unknown value."""
    unknown = merged((*items.members, items.missing))
    return unknown if items.missing or any(isinstance(member, Unknown) for member in items.members) else None


def member(value: object, items: Items) -> object:
    """Give the truth of `value in items`."""
    if not isinstance(value, Unknown | Items) and value in items.members:
        return True
    return some((equal(value, other) for other in items.members), items.missing)


def some(truths: Iterable[object], missing: Unknown | None) -> object:
    """Give the truth of "one of these is TRUE" when `missing` says why there may be more of them."""
    result: object = missing if missing is not None else False
    for truth in truths:
        result = either(result, truth)
        if result is True:
            return True
    return result


def equal(left: object, right: object) -> object:
    """Give the truth of `left == right` for two values of one type; two absent values are equal."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _equal_unknown(left, right)
    if isinstance(left, Items) and isinstance(right, Items):
        return _equal_lists(left, right)
    if isinstance(left, Entries) and isinstance(right, Entries):
        return merged((left.missing, right.missing)) if left.missing or right.missing else left.mapping == right.mapping
    return left == right


def _equal_unknown(left: object, right: object) -> object:
    for one, two in ((left, right), (right, left)):
        if isinstance(one, UnknownSize) and isinstance(two, int) and two < one.least:
            return False
    return merged((left, right))


def _equal_lists(left: Items, right: Items) -> object:
    if left.missing or right.missing:
        return merged((left.missing, right.missing))
    if len(left.members) != len(right.members):
        return False
    truth: object = True
    for one, two in zip(left.members, right.members, strict=True):
        truth = both(truth, equal(one, two))
    return truth
