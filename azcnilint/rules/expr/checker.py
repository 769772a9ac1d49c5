"""The type checker: syntax tree and scope in, checked tree out. It reports every fault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from azcnilint.rules.expr import ast, messages, operators, types
from azcnilint.rules.expr.messages import Fault
from azcnilint.rules.expr.narrowing import settled
from azcnilint.rules.expr.regex import PatternError
from azcnilint.rules.expr.scope import Binding, Scope
from azcnilint.rules.expr.typed import (
    At,
    Choice,
    Const,
    Function,
    Get,
    Has,
    Invoke,
    Joined,
    Listed,
    Macro,
    Not,
    Slot,
    Typed,
)
from azcnilint.rules.expr.types import (
    ANY,
    BOOL,
    CIDR,
    INT,
    NOTHING,
    STRING,
    ListType,
    MapType,
    Optional,
    Scalar,
    Struct,
    Type,
)
from azcnilint.text import Span

MOST_NESTED_MACROS = 4
MACROS = frozenset({"all", "exists", "exists_one", "filter", "map"})
_NONE: frozenset[str] = frozenset()


@dataclass(slots=True)
class Checker:
    """Checks expressions against one scope and collects what it learns on the way.

    Attributes:
        next_slot: The first free place of the frame; macro variables take theirs from here.
        faults: What is wrong, in the order found.
        needs: Kinds of evidence that the expressions touch.
        used: Names of the scope that the expressions mention.
    """

    scope: Scope
    next_slot: int
    faults: list[Fault] = field(default_factory=list)
    needs: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    _variables: dict[str, Binding] = field(default_factory=dict)
    _macros: int = 0

    def check(self, node: ast.Expression, expected: Type | None = None, what: str = "") -> Typed:
        """Type one expression, which has to be of the expected type; `what` is its name in a message."""
        result = self._infer(node, self.scope.present)
        if expected is not None:
            self._expect(node, result, expected, what)
        return result

    # every method below: `known` are the paths of optionals that are known to be there

    def _infer(self, node: ast.Expression, known: frozenset[str]) -> Typed:
        match node:
            case ast.Literal():
                return Const(node.span, types.SCALARS[_LITERALS[type(node.value)]], node.value)
            case ast.Name():
                return self._narrow(node, self._name(node), known)
            case ast.Select():
                return self._narrow(node, self._select(node, known), known)
            case ast.Index():
                return self._index(node, known)
            case ast.ListOf():
                return self._list(node, known)
            case ast.Call():
                return self._call(node, known)
            case ast.Unary():
                return self._unary(node, known)
            case ast.Binary():
                left, right = self._infer(node.left, known), self._infer(node.right, known)
                return operators.binary(node, left, right, self.faults)
            case ast.Junction():
                return self._junction(node, known)
            case ast.Ternary():
                return self._ternary(node, known)

    def _fault(self, fault: Fault) -> Typed:
        """Report a fault and go on with a value that fits everywhere, so that one mistake gives one message."""
        self.faults.append(fault)
        return Const(fault.span or Span("", 0, 0), ANY, None)

    def _expect(self, node: ast.Expression, value: Typed, expected: Type, what: str) -> None:
        if isinstance(value.type, Optional) and not isinstance(expected, Optional):
            self._fault(operators.absent(node, value.type))
        elif not types.same(value.type, expected):
            self._fault(messages.wrong_type(node.span, str(expected), str(value.type), what))

    def _narrow(self, node: ast.Expression, value: Typed, known: frozenset[str]) -> Typed:
        """Take the optional off a value that a guard has shown to be there."""
        if not isinstance(value.type, Optional) or ast.path(node) not in known:
            return value
        inner = value.type.inner
        match value:
            case Slot():
                return Slot(value.span, inner, value.index, value.name, value.definition)
            case Get():
                return Get(value.span, inner, value.base, value.field, value.owner)
            case _:
                return value

    def _name(self, node: ast.Name) -> Typed:
        binding = self._variables.get(node.name) or self.scope.names.get(node.name)
        if binding is None:
            return self._fault(messages.unknown_name(node.span, node.name, {*self._variables, *self.scope.names}))
        if node.name not in self._variables:
            self.used.add(node.name)
            self.needs |= binding.needs
        return Slot(node.span, binding.type, binding.slot, node.name, binding.definition)

    def _select(self, node: ast.Select, known: frozenset[str]) -> Typed:
        base = self._infer(node.base, known)
        match base.type:
            case Struct():
                return self._get(node, base, base.type)
            case MapType():
                return At(node.span, Optional(base.type.value), base, Const(node.name_span, STRING, node.name))
            case Optional():
                return self._fault(operators.absent(node.base, base.type))
            case types.Variable(name="any"):
                return base
            case _:
                return self._fault(messages.no_fields(node.name_span, str(base.type), node.name))

    def _get(self, node: ast.Select, base: Typed, owner: Struct) -> Typed:
        found = owner.fields.get(node.name)
        if found is None:
            return self._fault(messages.unknown_field(node.name_span, owner.name, node.name, owner.fields))
        self.needs |= found.needs
        return Get(node.span, found.type, base, found, owner)

    def _index(self, node: ast.Index, known: frozenset[str]) -> Typed:
        base, key = self._infer(node.base, known), self._infer(node.key, known)
        match base.type:
            case ListType():
                self._expect(node.key, key, INT, "the place of a member, from 0")
                return At(node.span, Optional(types.present(base.type.element)), base, key)
            case MapType():
                self._expect(node.key, key, STRING, "the key of a map")
                return At(node.span, Optional(types.present(base.type.value)), base, key)
            case types.Variable(name="any"):
                return base
            case Optional():
                return self._fault(operators.absent(node.base, base.type))
            case _:
                return self._fault(messages.wrong_type(node.base.span, "a list or a map", str(base.type)))

    def _list(self, node: ast.ListOf, known: frozenset[str]) -> Typed:
        items = tuple(self._infer(item, known) for item in node.items)
        element: Type = items[0].type if items else NOTHING
        for item, source in zip(items[1:], node.items[1:], strict=True):
            if element == ANY:
                element = item.type
            self._expect(source, item, element, "all members of a list are of one type")
        open_element = STRING if isinstance(element, Scalar) and element.name == "string" else element
        return Listed(node.span, ListType(open_element), items)

    def _unary(self, node: ast.Unary, known: frozenset[str]) -> Typed:
        operand = self._infer(node.operand, known)
        if node.operator == "!":
            self._expect(node.operand, operand, BOOL, "! takes a bool")
            return Not(node.span, BOOL, operand)
        return operators.minus(node, operand, self.faults)

    def _junction(self, node: ast.Junction, known: frozenset[str]) -> Typed:
        every, parts = node.operator == "&&", []
        for part in node.parts:
            value = self._infer(part, known)
            self._expect(part, value, BOOL, f"{node.operator} takes a bool on each side")
            parts.append(value)
            known |= settled(part, holds=every)
        return Joined(node.span, BOOL, every, tuple(parts))

    def _ternary(self, node: ast.Ternary, known: frozenset[str]) -> Typed:
        condition = self._infer(node.condition, known)
        self._expect(node.condition, condition, BOOL, "the condition before ? is a bool")
        then = self._infer(node.then, known | settled(node.condition, holds=True))
        other = self._infer(node.other, known | settled(node.condition, holds=False))
        kind = operators.common(then.type, other.type)
        if kind is None:
            fault = messages.wrong_type(
                node.other.span, str(then.type), str(other.type), "both sides of : are of one type"
            )
            return self._fault(fault)
        return Choice(node.span, kind, condition, then, other)

    def _call(self, node: ast.Call, known: frozenset[str]) -> Typed:
        if node.receiver is None:
            return self._has(node, known) if node.name == "has" else self._function(node, node.name, known)
        if isinstance(node.receiver, ast.Name) and node.receiver.name in self.scope.namespaces:
            return self._function(node, f"{node.receiver.name}.{node.name}", known)
        if node.name in MACROS:
            return self._macro(node, node.receiver, known)
        return self._method(node, node.receiver, known)

    def _has(self, node: ast.Call, known: frozenset[str]) -> Typed:
        target = node.args[0] if len(node.args) == 1 else None
        if not isinstance(target, ast.Select):
            return self._fault(messages.wrong_arguments(node.span, "has", [], ["has(x.field)"]))
        value = self._select(target, known)
        if isinstance(value.type, Scalar | Struct):
            return self._fault(messages.always_there(target.span, ast.path(target) or target.name))
        return Has(node.span, BOOL, value)

    def _function(self, node: ast.Call, name: str, known: frozenset[str]) -> Typed:
        overloads = self.scope.functions.get(name)
        if overloads is None:
            if name in MACROS | self.scope.methods.keys():
                return self._fault(messages.unknown_method_call(node.name_span, name))
            whole = node.name_span if node.receiver is None else node.receiver.span.cover(node.name_span)
            return self._fault(messages.unknown_function(whole, name, self.scope.functions))
        return self._invoke(node, name, overloads, node.args, known)

    def _method(self, node: ast.Call, receiver: ast.Expression, known: frozenset[str]) -> Typed:
        overloads = self.scope.methods.get(node.name, ())
        value = self._infer(receiver, known)
        fitting = [each for each in overloads if types.unify(each.params[0], types.present(value.type), {})]
        if value.type == ANY:
            return value
        if not fitting and isinstance(value.type, ListType) and isinstance(value.type.element, Optional):
            return self._fault(messages.members_may_be_absent(receiver.span, str(value.type)))
        if not fitting:
            known_here = operators.methods_of(value.type, self.scope.methods)
            return self._fault(messages.unknown_method(node.name_span, str(value.type), node.name, known_here))
        return self._invoke(node, node.name, fitting, (receiver, *node.args), known)

    def _invoke(
        self,
        node: ast.Call,
        name: str,
        overloads: Sequence[Function],
        arguments: tuple[ast.Expression, ...],
        known: frozenset[str],
    ) -> Typed:
        args = tuple(self._infer(argument, known) for argument in arguments)
        for function in overloads:
            bound: dict[str, Type] = {}
            if len(args) == len(function.params) and all(
                types.unify(param, arg.type, bound)
                and (isinstance(param, Optional) or not isinstance(arg.type, Optional))
                for param, arg in zip(function.params, args, strict=True)
            ):
                self.needs |= function.needs
                result = types.substitute(function.result, bound)
                return self._apply(node, function, result, arguments, args)
        return self._refuse(node, name, overloads, arguments, args)

    def _apply(
        self,
        node: ast.Call,
        function: Function,
        result: Type,
        arguments: Sequence[ast.Expression],
        args: tuple[Typed, ...],
    ) -> Typed:
        if function.literal is None:
            return Invoke(node.span, result, function, args)
        written = arguments[-1]
        if not (isinstance(written, ast.Literal) and isinstance(written.value, str)):
            if function.literal_only:
                return self._fault(messages.wrong_type(written.span, "a literal string", "an expression"))
            return Invoke(node.span, result, function, args)
        try:
            value = function.literal(written.value)
        except PatternError as error:
            return self._fault(messages.bad_pattern(written.span, str(error)))
        except ValueError as error:
            what = "a prefix" if result == CIDR else "an address"
            return self._fault(messages.bad_literal(written.span, what, written.value, str(error)))
        constant = Const(written.span, STRING, value)
        return constant_call(node, function, result, (*args[:-1], constant))

    def _refuse(
        self,
        node: ast.Call,
        name: str,
        overloads: Sequence[Function],
        arguments: Sequence[ast.Expression],
        args: tuple[Typed, ...],
    ) -> Typed:
        if any(arg.type == ANY for arg in args):
            return Const(node.span, ANY, None)
        bare = [types.present(arg.type) for arg in args]
        for function in overloads:
            bound: dict[str, Type] = {}
            if len(bare) == len(function.params) and all(map(types.unify, function.params, bare, [bound] * len(bare))):
                for argument, arg in zip(arguments, args, strict=True):
                    if isinstance(arg.type, Optional):
                        return self._fault(operators.absent(argument, arg.type))
        method = bool(overloads) and overloads[0].method
        given = [str(arg.type) for arg in (args[1:] if method else args)]
        return self._fault(
            messages.wrong_arguments(node.name_span, name, given, [each.signature() for each in overloads])
        )

    def _macro(self, node: ast.Call, receiver: ast.Expression, known: frozenset[str]) -> Typed:
        source = self._infer(receiver, known)
        if isinstance(source.type, Optional):
            return self._fault(operators.absent(receiver, source.type))
        if source.type == ANY:
            return source
        if not isinstance(source.type, ListType):
            return self._fault(
                messages.wrong_type(receiver.span, "a list", str(source.type), f"{node.name} walks a list")
            )
        variable = node.args[0] if node.args else None
        wanted = (2, 3) if node.name == "map" else (2,)
        if not isinstance(variable, ast.Name) or len(node.args) not in wanted:
            return self._fault(messages.macro_variable(node.name_span, node.name))
        if (
            variable.name in self._variables
            or variable.name in self.scope.names
            or variable.name in self.scope.namespaces
        ):
            return self._fault(messages.shadowed(variable.span, variable.name))
        if self._macros == MOST_NESTED_MACROS:
            return self._fault(messages.macro_nesting(node.name_span, MOST_NESTED_MACROS))
        return self._walk(node, source, variable.name, source.type.element, known)

    def _walk(self, node: ast.Call, source: Typed, variable: str, element: Type, known: frozenset[str]) -> Typed:
        slot = self.next_slot
        self.next_slot += 1
        self._variables[variable] = Binding(element, slot)
        self._macros += 1
        body = None
        if node.name != "map" or len(node.args) == 3:
            body = self._infer(node.args[1], known)
            self._expect(node.args[1], body, BOOL, f"{node.name} takes a condition")
        transform = None
        if node.name == "map":
            guard = settled(node.args[1], holds=True) if len(node.args) == 3 else _NONE
            transform = self._infer(node.args[-1], known | guard)
        self._macros -= 1
        del self._variables[variable]
        kind = BOOL if node.name not in ("filter", "map") else ListType(transform.type if transform else element)
        return Macro(node.span, kind, node.name, source, slot, body, transform)


def constant_call(node: ast.Call, function: Function, result: Type, args: tuple[Typed, ...]) -> Typed:
    """Fold a call whose only argument is a literal that was read at load; `ip("10.0.0.1")` is then a constant."""
    if len(args) == 1 and isinstance(args[0], Const):
        return Const(node.span, result, function.run(args[0].value))
    return Invoke(node.span, result, function, args)


_LITERALS: dict[type, str] = {bool: "bool", int: "int", float: "double", str: "string"}
