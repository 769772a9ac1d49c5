"""Compiles the expressions of one rule or fact, which share a frame and a scope that `let` and `for_each` add to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from azcnilint.rules import environment
from azcnilint.rules.expr import ast, grammar, messages
from azcnilint.rules.expr.checker import Checker
from azcnilint.rules.expr.located import Located
from azcnilint.rules.expr.messages import ExpressionError, Fault
from azcnilint.rules.expr.narrowing import settled
from azcnilint.rules.expr.program import Program
from azcnilint.rules.expr.scope import Binding, Scope
from azcnilint.rules.expr.typed import Get, Slot, Typed, children
from azcnilint.rules.expr.types import ANY, Type
from azcnilint.rules.pack import Let
from azcnilint.text import Span

_GIVEN = ("node", "cluster", "facts", "params")


@dataclass(slots=True)
class Compiler:
    """Compiles in the order in which the expressions may use one another.

    Attributes:
        scope: What the next expression may use.
        faults: What is wrong so far.
        next_slot: The first free place of the frame.
        used: Names that expressions have mentioned so far.
        selected: Pairs such as (`params`, `vnet_cidrs`) of what they select from `params` and `facts`.
        needs: Kinds of evidence that they touch.
        lets: The `let` names compiled so far.
    """

    scope: Scope
    faults: list[Fault]
    next_slot: int = environment.FIRST_FREE_SLOT
    used: set[str] = field(default_factory=set)
    selected: set[tuple[str, str]] = field(default_factory=set)
    needs: set[str] = field(default_factory=set)
    lets: dict[str, Let] = field(default_factory=dict)
    _trees: dict[Span, ast.Expression | None] = field(default_factory=dict)

    def parse(self, source: Located) -> ast.Expression | None:
        """Parse an expression, once; None with a fault when it cannot be read."""
        if source.span not in self._trees:
            try:
                self._trees[source.span] = grammar.parse(source)
            except ExpressionError as error:
                self.faults.append(error.fault)
                self._trees[source.span] = None
        return self._trees[source.span]

    def program(self, source: Located, expected: Type | None = None, what: str = "") -> Program | None:
        """Check and compile one expression; None when it has faults. `what` tells a reader why a type is expected."""
        tree = self.parse(source)
        if tree is None:
            return None
        checker = Checker(self.scope, self.next_slot)
        checked = checker.check(tree, expected, what)
        self.next_slot = checker.next_slot
        self.used |= checker.used
        self.needs |= checker.needs
        self.selected |= set(_selections(checked))
        self.faults.extend(checker.faults)
        if checker.faults:
            return None
        names = frozenset(checker.used)
        lets = self._lets_behind(names)
        needs = frozenset(checker.needs)
        return Program(source.text, source.span, checked, needs, names, self.slots(), self.next_slot, lets)

    def _lets_behind(self, names: frozenset[str]) -> tuple[tuple[int, Program], ...]:
        """Give the `let` programs behind these names, each after those that it uses."""
        found: dict[int, Program] = {}
        for name in names:
            let = self.lets.get(name)
            if let is not None:
                found.update(let.program.lets)
                found[let.slot] = let.program
        return tuple(sorted(found.items(), key=lambda pair: pair[0]))

    def bind(self, name: Located, kind: Type, program: Program | None = None) -> int:
        """Put a name into scope and give its place in the frame."""
        if name.text in self.scope.names or name.text in self.scope.namespaces:
            self.faults.append(messages.shadowed(name.span, name.text))
        slot, self.next_slot = self.next_slot, self.next_slot + 1
        binding = Binding(kind, slot, program.tree, program.needs) if program else Binding(kind, slot)
        self.scope = replace(self.scope, names={**self.scope.names, name.text: binding})
        return slot

    def let(self, name: Located, expression: Located, *, per_element: bool) -> None:
        """Compile one `let` and put its name into scope."""
        program = self.program(expression)
        slot = self.bind(name, program.type if program else ANY, program)
        if program is not None:
            self.lets[name.text] = Let(name.text, slot, program, per_element)

    def assume(self, source: Located, *, holds: bool) -> None:
        """Let later expressions know which optionals are there when this condition is TRUE (`holds`) or FALSE."""
        tree = self.parse(source)
        if tree is not None:
            self.scope = replace(self.scope, present=self.scope.present | settled(tree, holds=holds))

    def slots(self) -> dict[str, int]:
        """Give the places of the names that a caller gives."""
        return {name: self.scope.names[name].slot for name in _GIVEN if name in self.scope.names}

    def unused(self, what: str, names: Mapping[str, Span]) -> None:
        """Report definitions that no expression mentions."""
        mentioned = self.used | {name for _, name in self.selected}
        self.faults.extend(messages.unused(span, what, name) for name, span in names.items() if name not in mentioned)


def _selections(tree: Typed) -> Iterator[tuple[str, str]]:
    """Give what a checked tree selects from `params` and `facts`."""
    if isinstance(tree, Get) and isinstance(tree.base, Slot) and tree.base.name in ("params", "facts"):
        yield tree.base.name, tree.field.name
    for child in children(tree):
        yield from _selections(child)
