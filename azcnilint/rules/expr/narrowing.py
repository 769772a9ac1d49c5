"""What a guard proves: which optionals are there when a condition holds, or when it does not."""

from __future__ import annotations

from azcnilint.rules.expr import ast

_NOTHING: frozenset[str] = frozenset()


def settled(node: ast.Expression, *, holds: bool) -> frozenset[str]:
    """Give the paths that are present when the condition is TRUE (`holds`) or FALSE."""
    match node:
        case ast.Unary(operator="!"):
            return settled(node.operand, holds=not holds)
        case ast.Junction():
            decided = (node.operator == "&&") is holds  # then every part has that same truth
            return _NOTHING.union(*(settled(part, holds=holds) for part in node.parts)) if decided else _NOTHING
        case ast.Call() if holds:
            target = _guarded(node)
            found = ast.path(target) if target is not None else None
            return frozenset({found}) if found else _NOTHING
        case _:
            return _NOTHING


def _guarded(node: ast.Call) -> ast.Expression | None:
    """Give what `has(x.f)` or `x.hasValue()` asks about; None for another call."""
    if node.receiver is None and node.name == "has" and len(node.args) == 1:
        return node.args[0]
    return node.receiver if node.name == "hasValue" and not node.args else None
