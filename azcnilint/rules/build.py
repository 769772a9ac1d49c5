"""Meaning: rules and facts as written in, checked and compiled out. Every fault is collected, none is raised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from azcnilint.rules import environment
from azcnilint.rules.compiling import Compiler
from azcnilint.rules.expr import ast, messages
from azcnilint.rules.expr.located import Located
from azcnilint.rules.expr.messages import Fault
from azcnilint.rules.expr.program import Program
from azcnilint.rules.expr.types import ANY, BOOL, ListType, MapType, Optional, Struct, Type
from azcnilint.rules.message import Message, cut
from azcnilint.rules.pack import Candidate, Example, Fact, ForEach, Param, Rule
from azcnilint.rules.schema import CandidateSource, ExampleSource, FactSource, LetSource, ParamSource, RuleSource
from azcnilint.rules.values_read import ParamError, declared_type, from_node

FactValues = Mapping[str, tuple[str, ...]]
"""The values of each fact that a rule may ask for."""


def build_params(sources: tuple[ParamSource, ...], faults: list[Fault]) -> tuple[Param, ...]:
    """Type the parameters and read their defaults."""
    found = []
    for source in sources:
        kind = declared_type(source.type.text)
        if kind is None:
            note = "types are bool, int, double, string, ip, cidr, list<…> and map<string, …> of them"
            faults.append(Fault("param-type", f'there is no type "{source.type.text}"', source.type.span, "", note))
        elif source.default is not None:
            try:
                found.append(Param(source.name, kind, from_node(source.default, kind), source.about))
            except ParamError as error:
                faults.append(Fault("param-value", str(error), error.node.span if error.node else source.span))
    return tuple(found)


def _types(sources: tuple[ParamSource, ...], params: tuple[Param, ...]) -> dict[str, Type]:
    """Give the type of each parameter; one that has a fault fits everywhere, so that it gives one message."""
    return {**{source.name: ANY for source in sources}, **{param.name: param.type for param in params}}


def build_fact(source: FactSource, faults: list[Fault]) -> Fact | None:
    """Check and compile a fact; None when it has faults."""
    before = len(faults)
    params = build_params(source.params, faults)
    compiler = Compiler(environment.scope(None, _types(source.params, params)), faults)
    for let in source.lets:
        compiler.let(let.name, let.expression, per_element=False)
    candidates = [_candidate(each, source.values, compiler) for each in source.candidates]
    compiler.unused("let", {let.name.text: let.name.span for let in source.lets})
    compiler.unused("parameter", {param.name: param.span for param in source.params})
    if len(faults) > before:
        return None
    return Fact(
        name=source.name.text,
        title=source.title,
        values=source.values,
        params=params,
        lets=tuple(compiler.lets.values()),
        candidates=tuple(each for each in candidates if each is not None),
        needs=frozenset(compiler.needs),
        slots=compiler.slots(),
        frame_size=compiler.next_slot,
        span=source.span,
    )


def _candidate(source: CandidateSource, values: tuple[str, ...], compiler: Compiler) -> Candidate | None:
    if source.value.text not in values:
        fault = messages.unknown_value(source.value.span, "this fact", source.value.text, values)
        compiler.faults.append(fault)
    program = compiler.program(source.when, BOOL, "when is a condition")
    return Candidate(source.value.text, program, source.because) if program else None


def build_rule(source: RuleSource, family: str, facts: FactValues, faults: list[Fault]) -> Rule | None:
    """Check and compile a rule; None when it has faults."""
    before = len(faults)
    params = build_params(source.params, faults)
    compiler = Compiler(environment.scope(facts, _types(source.params, params)), faults)
    for_each = _lets_and_element(source, compiler)
    when = compiler.program(source.when, BOOL, "when is a condition") if source.when else None
    if source.when:
        compiler.assume(source.when, holds=True)
    check = compiler.program(source.check, BOOL, "check is a condition: TRUE passes")
    judged = frozenset(compiler.used)
    _varies(source.check, check, compiler)
    compiler.assume(source.check, holds=False)
    message = _message(source.message, compiler)
    _lint(source, compiler)
    examples = tuple(_example(each, params, facts, faults) for each in source.examples)
    if len(faults) > before or check is None:
        return None
    return Rule(
        id=source.id.text,
        family=family,
        title=source.title,
        severity=source.severity,
        subject=source.subject,
        scope="cluster" if "node" not in judged and "cluster" in judged else "node",
        since=source.since,
        stage=source.stage,
        params=params,
        lets=tuple(compiler.lets.values()),
        for_each=for_each,
        when=when,
        check=check,
        message=message,
        why=source.why,
        remediation=source.remediation,
        references=source.references,
        catalogue=source.catalogue,
        examples=examples,
        needs=frozenset(compiler.needs),
        facts=frozenset(name for owner, name in compiler.selected if owner == "facts"),
        slots=compiler.slots(),
        frame_size=compiler.next_slot,
        span=source.span,
    )


def _lets_and_element(source: RuleSource, compiler: Compiler) -> ForEach | None:
    """Compile the `let` names, those of the element behind `for_each`, which may use the others."""
    if source.each_name is None or source.each_in is None:
        _compile_lets(source.lets, compiler, per_element=False)
        return None
    shared, own = _split(source.lets, source.each_name.text, compiler)
    _compile_lets(shared, compiler, per_element=False)
    program = compiler.program(source.each_in)
    element: Type = ANY
    if program is not None:
        if isinstance(program.type, ListType):
            element = program.type.element
        else:
            where = program.span
            compiler.faults.append(messages.wrong_type(where, "a list", str(program.type), "for_each walks a list"))
    slot = compiler.bind(source.each_name, element)
    _compile_lets(own, compiler, per_element=True)
    return ForEach(source.each_name.text, slot, program) if program else None


def _compile_lets(lets: list[LetSource] | tuple[LetSource, ...], compiler: Compiler, *, per_element: bool) -> None:
    for let in lets:
        compiler.let(let.name, let.expression, per_element=per_element)


def _split(lets: tuple[LetSource, ...], element: str, compiler: Compiler) -> tuple[list[LetSource], list[LetSource]]:
    """Tell the `let` names that do not depend on the element from those that do."""
    dependent, shared, own = {element}, [], []
    for let in lets:
        tree = compiler.parse(let.expression)
        if tree is not None and not dependent.isdisjoint(ast.names(tree)):
            dependent.add(let.name.text)
            own.append(let)
        else:
            shared.append(let)
    return shared, own


def _varies(source: Located, check: Program | None, compiler: Compiler) -> None:
    """Report a check that is the same for every node."""
    if check is not None and check.names <= {"params"}:
        compiler.faults.append(messages.constant(source.span, "check"))


def _message(source: Located, compiler: Compiler) -> Message:
    parts: list[str | Program] = []
    for piece in cut(source):
        if isinstance(piece, str):
            parts.append(piece)
            _unclosed(piece, source, compiler)
        else:
            program = compiler.program(piece)
            if program is not None:
                _shown(program, compiler)
                parts.append(program)
    return Message(tuple(parts))


def _unclosed(text: str, source: Located, compiler: Compiler) -> None:
    if "{{" in text or "}}" in text:
        compiler.faults.append(Fault("message-braces", "message has {{ or }} without its other half", source.span))


def _shown(program: Program, compiler: Compiler) -> None:
    """Report a value that has no text: a record, or a list of them."""
    kind = program.type.inner if isinstance(program.type, Optional) else program.type
    inner = kind.element if isinstance(kind, ListType) else kind.value if isinstance(kind, MapType) else kind
    if isinstance(inner, Struct):
        fault = messages.wrong_type(
            program.span, "a value that can be written", str(program.type), "name one of its fields"
        )
        compiler.faults.append(fault)


def _lint(source: RuleSource, compiler: Compiler) -> None:
    compiler.unused("let", {let.name.text: let.name.span for let in source.lets})
    compiler.unused("parameter", {param.name: param.span for param in source.params})


def _example(source: ExampleSource, params: tuple[Param, ...], facts: FactValues, faults: list[Fault]) -> Example:
    declared = {param.name: param for param in params}
    values: dict[str, object] = {}
    for name, node in source.params:
        param = declared.get(name.text)
        if param is None:
            faults.append(messages.unknown_field(name.span, "params", name.text, declared))
            continue
        try:
            values[name.text] = from_node(node, param.type)
        except ParamError as error:
            faults.append(Fault("param-value", str(error), error.node.span if error.node else name.span))
    for name, value in source.facts:
        if name.text not in facts:
            faults.append(messages.unknown_field(name.span, "facts", name.text, facts))
        elif value not in facts[name.text]:
            faults.append(messages.unknown_value(name.span, f"facts.{name.text}", value, facts[name.text]))
    return Example(
        expect=source.expect,
        given=source.given,
        facts={name.text: value for name, value in source.facts},
        params=values,
        at=source.at,
        message=source.message,
        span=source.span,
    )


def with_params(rule: Rule, values: Mapping[str, object]) -> Rule:
    """Give the rule with other run-time values of parameters, as an example sets them."""
    params = tuple(replace(param, value=values.get(param.name, param.value)) for param in rule.params)
    return replace(rule, params=params)
