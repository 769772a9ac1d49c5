"""The compiler: checked tree in, one closure a node out. A closure takes the frame and gives a run-time value.

Nothing that a closure does raises but OverBudget.
"""

from __future__ import annotations

import operator as op
from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

from azcnilint.rules.expr import kleene, macros
from azcnilint.rules.expr.frame import MOST_STEPS, Code, Frame, charge
from azcnilint.rules.expr.lists import LARGEST
from azcnilint.rules.expr.lookup import Choose, by_key, join_of, whole
from azcnilint.rules.expr.texts import bounded
from azcnilint.rules.expr.typed import (
    At,
    Choice,
    Const,
    Get,
    Has,
    Invoke,
    Joined,
    Listed,
    Macro,
    Not,
    Operation,
    Slot,
    Typed,
)
from azcnilint.rules.expr.types import ListType, MapType, Optional, present
from azcnilint.rules.expr.values import ABSENT, Entries, Items, Unknown, UnknownSize, merged, negated

_PLAIN = (bool, int, float, str)
_SCANNED_FOR_ONE_STEP = 16
"""A function that scans a list is charged one step for this many members: it is that much faster than a macro."""
_WRITTEN_FOR_ONE_STEP = 64
"""A text that is made is charged one step for this many characters, which bounds the memory of an evaluation."""


@lru_cache(maxsize=1 << 14)
def compile_tree(node: Typed) -> Code:
    """Give the closure of a tree, the same for the same tree: an explanation asks for its parts again and again."""
    match node:
        case Const():
            return _constant(node.value)
        case Slot():
            return op.itemgetter(node.index)
        case Get():
            return _get(node)
        case At():
            return _at(node)
        case Listed():
            return _listed(node)
        case Joined():
            return _every(node) if node.every else _any(node)
        case Not():
            operand = compile_tree(node.operand)
            return lambda frame: negated(operand(frame))
        case Operation():
            return _operation(node)
        case Choice():
            return _choice(node)
        case Has():
            return _has(node)
        case Macro():
            return _macro(node)
        case Invoke():
            return _invoke(node)


def _constant(value: object) -> Code:
    return lambda _: value


def _get(node: Get) -> Code:
    base, get = compile_tree(node.base), op.attrgetter(node.field.name)
    if node.owner.facade:

        def read(frame: Frame) -> object:
            record = base(frame)
            return record if isinstance(record, Unknown) else ABSENT if record is None else get(record)

        return read
    kind = present(node.field.type)
    return _get_settled(node, base, get, wrap=_WRAPPERS.get(type(kind)))


def _get_settled(node: Get, base: Code, get: Callable[[object], object], wrap: Wrapper | None) -> Code:
    """Read a field of a record, minding `hidden`: a scalar is then Unknown, a list or map may lack members."""
    names, hides = node.field.settled_by, node.owner.hides
    needs = {node.owner.need} if node.owner.need else set()
    hidden = Unknown(needs, [f"{node.owner.name}.{node.field.name} is not shown"])

    def read(frame: Frame) -> object:
        record = base(frame)
        if isinstance(record, Unknown):
            return record
        if record is None:
            return ABSENT
        value = get(record)
        unsettled = hides and not names.isdisjoint(record.hidden)  # type: ignore[attr-defined]  # it is a Record
        if wrap is None or value is None:
            return hidden if unsettled else value
        return wrap(value, hidden if unsettled else None, record)

    return read


def _items(value: object, missing: Unknown | None, record: object) -> object:
    because = getattr(record, "incomplete_because", None) if missing else None
    if missing and because:
        missing = Unknown(missing.needs, [because])
    return Items(value, missing, getattr(record, "span", None))  # type: ignore[arg-type]  # the field is a tuple


def _entries(value: object, missing: Unknown | None, _: object) -> object:
    return Entries(value, missing)  # type: ignore[arg-type]  # the field is a mapping


Wrapper: TypeAlias = Callable[[object, Unknown | None, object], object]
_WRAPPERS: dict[type, Wrapper] = {ListType: _items, MapType: _entries}


def _at(node: At) -> Code:
    base, key = compile_tree(node.base), compile_tree(node.key)

    def read(frame: Frame) -> object:
        container, place = base(frame), key(frame)
        if isinstance(container, Unknown) or isinstance(place, Unknown):
            return merged((container, place))
        if isinstance(container, Entries):
            found = container.mapping.get(str(place))
            return container.missing if found is None and container.missing else found
        if not isinstance(container, Items) or not isinstance(place, int):
            return ABSENT
        if container.missing:
            return container.missing
        return container.members[place] if 0 <= place < len(container.members) else None

    return read


def _listed(node: Listed) -> Code:
    items = [compile_tree(item) for item in node.items]
    if all(isinstance(item, Const) for item in node.items):
        return _constant(Items(tuple(item([]) for item in items)))
    return lambda frame: Items(tuple(item(frame) for item in items))


def _every(node: Joined) -> Code:
    parts = [compile_tree(part) for part in node.parts]

    def run(frame: Frame) -> object:
        unknown: Unknown | None = None
        for part in parts:
            truth = part(frame)
            if truth is False:
                return False
            if truth is not True:
                unknown = _add(unknown, truth)
        return unknown if unknown is not None else True

    return run


def _any(node: Joined) -> Code:
    parts = [compile_tree(part) for part in node.parts]

    def run(frame: Frame) -> object:
        unknown: Unknown | None = None
        for part in parts:
            truth = part(frame)
            if truth is True:
                return True
            if truth is not False:
                unknown = _add(unknown, truth)
        return unknown if unknown is not None else False

    return run


def _add(unknown: Unknown | None, truth: object) -> Unknown:
    reason = truth if isinstance(truth, Unknown) else ABSENT
    return reason if unknown is None else unknown.merge(reason)


def _choice(node: Choice) -> Code:
    condition, then, other = (compile_tree(part) for part in (node.condition, node.then, node.other))

    def run(frame: Frame) -> object:
        truth = condition(frame)
        if truth is True:
            return then(frame)
        if truth is False:
            return other(frame)
        one, two = then(frame), other(frame)
        settled = one is two or (isinstance(one, _PLAIN) and one == two)
        return one if settled else merged((truth, one, two))

    return run


def _has(node: Has) -> Code:
    target = compile_tree(node.target)

    def run(frame: Frame) -> object:
        value = target(frame)
        match value:
            case Unknown():
                return value
            case Items(members=held) | Entries(mapping=held):
                return True if held else value.missing or False
            case _:
                return value is not None

    return run


def _invoke(node: Invoke) -> Code:
    run, args = node.function.run, [compile_tree(arg) for arg in node.args]
    demands = not any(isinstance(param, Optional) for param in node.function.params)

    def call(frame: Frame) -> object:
        values = [arg(frame) for arg in args]
        for value in values:
            if value is None and demands:
                return ABSENT
            if isinstance(value, Unknown):
                return merged(values)
            if isinstance(value, Items):
                charge(frame, 1 + len(value.members) // _SCANNED_FOR_ONE_STEP)
        return _written(frame, run(*values))

    return call


def _operation(node: Operation) -> Code:
    left, right = compile_tree(node.left), compile_tree(node.right)
    if node.operator == "==":
        return lambda frame: kleene.equal(left(frame), right(frame))
    if node.operator == "!=":
        return lambda frame: negated(kleene.equal(left(frame), right(frame)))
    if node.operator == "in":
        return _member(left, right)
    run = _ORDER.get(node.operator) or _ARITHMETIC[node.operator]
    beyond = _compare_size if node.operator in _ORDER else None

    def calculate(frame: Frame) -> object:
        one, two = left(frame), right(frame)
        if isinstance(one, Unknown) or isinstance(two, Unknown):
            return beyond(node.operator, one, two) if beyond else merged((one, two))
        if one is None or two is None:
            return ABSENT
        return _written(frame, run(one, two))

    return calculate


def _written(frame: Frame, value: object) -> object:
    """Charge for a text or list that was made, and give it back."""
    match value:
        case str():
            charge(frame, len(value) // _WRITTEN_FOR_ONE_STEP)
        case Items(members=members):
            charge(frame, len(members) // _SCANNED_FOR_ONE_STEP)
        case _:
            pass
    return value


def _member(left: Code, right: Code) -> Code:
    def run(frame: Frame) -> object:
        value, container = left(frame), right(frame)
        if isinstance(container, Unknown):
            return container
        if isinstance(container, Items):
            charge(frame, 1 + len(container.members) // _SCANNED_FOR_ONE_STEP)
            return kleene.member(value, container)
        if isinstance(value, Unknown) or not isinstance(container, Entries):
            return value if isinstance(value, Unknown) else ABSENT
        return True if value in container.mapping else container.missing or False

    return run


def _compare_size(operator: str, one: object, two: object) -> object:
    """Compare the length of a list that may lack members: `size(xs) >= 1` is TRUE once there is one."""
    mirrored = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
    for size, limit, sign in ((one, two, operator), (two, one, mirrored[operator])):
        if isinstance(size, UnknownSize) and isinstance(limit, int):
            if sign in (">", ">=") and _ORDER[sign](size.least, limit) is True:
                return True
            if sign in ("<", "<=") and _ORDER[sign](size.least, limit) is False:
                return False
    return merged((one, two))


def _add_values(one: object, two: object) -> object:
    match one, two:
        case str(), str():
            return bounded(one + two)
        case Items(), Items():
            missing = merged((one.missing, two.missing)) if one.missing or two.missing else None
            return _bounded_list(one, two, missing)
        case _:
            return _checked(op.add)(one, two)


def _bounded_list(one: Items, two: Items, missing: Unknown | None) -> object:
    if len(one.members) + len(two.members) > MOST_STEPS:
        return Unknown(reasons=[f"a list has more than {MOST_STEPS} members"])
    return Items((*one.members, *two.members), missing, one.span or two.span)


def _checked(run: Callable[..., float]) -> Callable[[object, object], object]:
    """Make arithmetic total: what CEL calls an error is Unknown with the reason."""

    def calculate(one: object, two: object) -> object:
        try:
            result = run(one, two)
        except ZeroDivisionError:
            return Unknown(reasons=["division by zero"])
        except OverflowError:
            return Unknown(reasons=["a number is too large"])
        if isinstance(result, int) and not -LARGEST <= result < LARGEST:
            return Unknown(reasons=["a number is too large"])
        return result

    return calculate


def _divide(one: float, two: float) -> float:
    """Divide as CEL does: integers truncate toward zero."""
    if isinstance(one, float) or isinstance(two, float):
        return one / two
    quotient = abs(one) // abs(two)
    return quotient if (one < 0) is (two < 0) else -quotient


def _remainder(one: int, two: int) -> int:
    remainder = abs(one) % abs(two)
    return -remainder if one < 0 else remainder


_ORDER: dict[str, Callable[..., object]] = {"<": op.lt, "<=": op.le, ">": op.gt, ">=": op.ge}
_ARITHMETIC: dict[str, Callable[..., object]] = {
    "+": _add_values,
    "-": _checked(op.sub),
    "*": _checked(op.mul),
    "/": _checked(_divide),
    "%": _checked(_remainder),
}


def _macro(node: Macro) -> Code:
    source = compile_tree(node.source)
    if node.body is not None:
        make = macros.keep if node.kind == "map" else macros.MACROS[node.kind]
        source = make(source, node.slot, compile_tree(node.body), _choice_of_members(node))
    if node.kind != "map":
        return source
    assert node.transform is not None
    return macros.map_members(source, node.slot, compile_tree(node.transform))


def _choice_of_members(node: Macro) -> Choose:
    """Find the members to ask by key where the others make the condition FALSE, which `all` wants to know."""
    join = join_of(node) if node.kind != "all" else None
    return whole if join is None else by_key(compile_tree(join[0]), node.slot, compile_tree(join[1]))
