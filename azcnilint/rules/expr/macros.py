"""The macros over lists: Kleene's all, exists and exists_one, and filter and map that keep what is unknown."""

from __future__ import annotations

from collections.abc import Callable

from azcnilint.rules.expr.frame import Code, Frame, charge
from azcnilint.rules.expr.lookup import Choose, whole
from azcnilint.rules.expr.values import ABSENT, Items, Unknown


def every(source: Code, slot: int, body: Code, choose: Choose = whole) -> Code:
    """Make `all`: FALSE on a counterexample, else UNKNOWN when a member or a truth is missing, else TRUE."""
    return _search(source, slot, body, choose, sought=False)


def exists(source: Code, slot: int, body: Code, choose: Choose = whole) -> Code:
    """Make `exists`: TRUE on a witness, else UNKNOWN when a member or a truth is missing, else FALSE."""
    return _search(source, slot, body, choose, sought=True)


def _search(source: Code, slot: int, body: Code, choose: Choose, *, sought: bool) -> Code:
    """Look for a member whose truth is `sought`; that truth settles the question, whatever else is unknown."""

    def run(frame: Frame) -> object:
        items = source(frame)
        if not isinstance(items, Items):
            return items if isinstance(items, Unknown) else ABSENT
        members = choose(frame, items.members)
        charge(frame, 1 + len(members))
        unknown = items.missing
        for member in members:
            frame[slot] = member
            truth = body(frame)
            if truth is sought:
                return sought
            if isinstance(truth, Unknown):
                unknown = truth if unknown is None else unknown.merge(truth)
        return (not sought) if unknown is None else unknown

    return run


def exists_one(source: Code, slot: int, body: Code, choose: Choose = whole) -> Code:
    """Make `exists_one`: two witnesses settle it as FALSE; one settles nothing while anything is unknown."""

    def run(frame: Frame) -> object:
        items = source(frame)
        if not isinstance(items, Items):
            return items if isinstance(items, Unknown) else ABSENT
        members = choose(frame, items.members)
        charge(frame, 1 + len(members))
        unknown, witnesses = items.missing, 0
        for member in members:
            frame[slot] = member
            truth = body(frame)
            if isinstance(truth, Unknown):
                unknown = truth if unknown is None else unknown.merge(truth)
            witnesses += truth is True
        if witnesses > 1:
            return False
        return witnesses == 1 if unknown is None else unknown

    return run


def keep(source: Code, slot: int, body: Code, choose: Choose = whole) -> Code:
    """Make `filter`: a member of unknown truth is left out, and the result may then lack members."""

    def run(frame: Frame) -> object:
        items = source(frame)
        if not isinstance(items, Items):
            return items if isinstance(items, Unknown) else ABSENT
        members = choose(frame, items.members)
        charge(frame, 1 + len(members))
        kept, missing = [], items.missing
        for member in members:
            frame[slot] = member
            truth = body(frame)
            if truth is True:
                kept.append(member)
            elif isinstance(truth, Unknown):
                missing = truth if missing is None else missing.merge(truth)
        return Items(tuple(kept), missing, items.span)

    return run


def map_members(source: Code, slot: int, transform: Code) -> Code:
    """Make `map`. A value that is unknown stays a member, so that the number is known."""

    def run(frame: Frame) -> object:
        items = source(frame)
        if not isinstance(items, Items):
            return items if isinstance(items, Unknown) else ABSENT
        charge(frame, 1 + len(items.members))
        values = []
        for member in items.members:
            frame[slot] = member
            values.append(transform(frame))
        return Items(tuple(values), items.missing, items.span)

    return run


MACROS: dict[str, Callable[[Code, int, Code, Choose], Code]] = {
    "all": every,
    "exists": exists,
    "exists_one": exists_one,
    "filter": keep,
}
