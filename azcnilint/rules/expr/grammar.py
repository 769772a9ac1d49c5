"""The grammar of expressions: text in, syntax tree out. A strict subset of CEL's (langdef.md of google/cel-spec).

    expression = operation ["?" expression ":" expression]
    operation  = operand {operator operand}                     binds as CEL: * / %  + -  == != < <= > >= in  &&  ||
    operand    = {"!" | "-"} atom {"." path [arguments] | "[" expression "]"}
    atom       = path [arguments] | literal | "(" expression ")" | "[" [expression {"," expression}] "]"
    path       = name {"." name}
    arguments  = "(" [expression {"," expression}] ")"

Precedence is resolved over the flat operation, so that a bracket costs a bounded number of Python frames; a path is one
terminal, since most of an expression is paths and a terminal costs about 10 µs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

import pyparsing as pp

from azcnilint.rules.expr import ast, messages
from azcnilint.rules.expr.located import Located
from azcnilint.rules.expr.messages import ExpressionError
from azcnilint.text import Span

LONGEST = 4096
DEEPEST = 48
DEEPEST_BRACKETS = 24

_LEVELS = {
    "||": 1,
    "&&": 2,
    "==": 3,
    "!=": 3,
    "<": 3,
    "<=": 3,
    ">": 3,
    ">=": 3,
    "in": 3,
    "+": 4,
    "-": 4,
    "*": 5,
    "/": 5,
    "%": 5,
}
_RESERVED = frozenset(
    {"as", "break", "const", "continue", "else", "for", "function", "if", "import", "in", "let", "loop", "namespace"}
    | {"null", "package", "return", "var", "void", "while"}
)
"""CEL's reserved words but for `true` and `false`, which are literals."""
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'", "`": "`", "?": "?"}
_PATH = r"(?!r[\"'])[A-Za-z_]\w*+(?:\.[A-Za-z_]\w*+)*+"
_TEXT = r"(?:r?\"(?:[^\"\\\n]|\\.)*+\"|r?'(?:[^'\\\n]|\\.)*+')"
_NUMBER = r"(?>0x[0-9A-Fa-f]+(?!\w)|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.]))"
_SIGNS = r"[!-](?:\s*[!-])*+"
_LONE = re.compile(rf"(?P<signs>{_SIGNS})?\s*+(?P<value>(?P<path>{_PATH})|{_TEXT}|{_NUMBER})(?!\s*[.(\[])")
_TOKEN = re.compile(r"\w+|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|&&|\|\||[=!<>]=|.", re.DOTALL)
_STRING = re.compile(r"""r?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """One terminal: its text and where it starts in the expression's text."""

    start: int
    text: str

    @property
    def end(self) -> int:
        """Offset behind it."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Node:
    """A parsed part before it is given its place in the YAML file.

    `kind` is one of `literal reference list group selection index arguments operand operation ternary`; `parts` are its
    terminals and parts in order.
    """

    kind: str
    start: int
    end: int
    parts: tuple[Part, ...]

    def token(self, place: int) -> Token:
        """Give a part that the grammar makes a terminal."""
        part = self.parts[place]
        assert isinstance(part, Token)
        return part

    def node(self, place: int) -> Node:
        """Give a part that the grammar makes no terminal."""
        part = self.parts[place]
        assert isinstance(part, Node)
        return part

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The parts that are no terminals, in order."""
        return tuple(part for part in self.parts if isinstance(part, Node))


Part: TypeAlias = Token | Node


def _terminal(pattern: str, name: str) -> pp.ParserElement:
    element = pp.Regex(pattern).set_name(name)
    return element.set_parse_action(lambda loc, tokens: Token(loc, tokens[0]))


def _node(kind: str, element: pp.ParserElement) -> pp.ParserElement:
    def build(tokens: pp.ParseResults) -> Node:
        parts = tuple(tokens)
        return Node(kind, parts[0].start, parts[-1].end, parts)

    return element.set_parse_action(build)


def _lone_operand() -> pp.ParserElement:
    """Give the operand that is one path or literal, as most are, in one terminal: it halves the time of a parse."""

    def build(text: str, start: int, tokens: pp.ParseResults) -> Node:
        found = _LONE.match(text, start)
        assert found is not None
        kind = "literal" if found["path"] is None else "reference"
        value = Token(found.start("value"), found["value"])
        parts: tuple[Part, ...] = (Node(kind, value.start, value.end, (value,)),)
        if found["signs"]:
            parts = (Token(start, found["signs"]), *parts)
        return Node("operand", start, start + len(tokens[0]), parts)

    return pp.Regex(_LONE).set_name("a value").set_parse_action(build)


def _grammar() -> pp.ParserElement:
    expression = pp.Forward()
    expression.set_name("an expression")
    comma = pp.Regex(",").set_name('","').suppress()
    listed = pp.Optional(expression + pp.ZeroOrMore(comma - expression))
    arguments = _node("arguments", _terminal(r"\(", '"("') + listed - _terminal(r"\)", '")"'))
    path = _terminal(_PATH, "a name")
    string = _terminal(_TEXT, "a string")
    number = _terminal(_NUMBER, "a number")
    atom = (
        _node("reference", path + pp.Optional(arguments))
        | _node("literal", string | number)
        | _node("group", _terminal(r"\(", '"("') - expression - _terminal(r"\)", '")"'))
        | _node("list", _terminal(r"\[", '"["') + listed - _terminal(r"\]", '"]"'))
    ).set_name("a value")
    selection = _node("selection", _terminal(r"\.", '"."') - path + pp.Optional(arguments))
    index = _node("index", _terminal(r"\[", '"["') - expression - _terminal(r"\]", '"]"'))
    signs = _terminal(_SIGNS, "an operator")
    full = _node("operand", pp.Optional(signs) + atom + pp.ZeroOrMore(selection | index))
    operand = (_lone_operand() | full).set_name("a value")
    operator = _terminal(r"\|\||&&|[=!<>]=|[<>+\-*/%]|in\b", "an operator")
    operation = _node("operation", operand + pp.ZeroOrMore(operator - operand))
    choice = _terminal(r"\?", '"?"') - expression - _terminal(":", '":"') - expression
    expression <<= _node("ternary", operation + pp.Optional(choice))
    return (expression + pp.StringEnd().set_name("an operator")).parse_with_tabs()


@lru_cache(maxsize=1)
def _top() -> pp.ParserElement:
    return _grammar()


def parse(source: Located) -> ast.Expression:
    """Read one expression; raises ExpressionError with the fault and its place in the YAML file."""
    _guard(source)
    try:
        root = _top().parse_string(source.text)[0]
    except pp.ParseBaseException as error:
        raise ExpressionError(_explain(source, error)) from None
    except RecursionError:
        fault = messages.too_deep(source.span, "brackets", DEEPEST_BRACKETS)
        raise ExpressionError(fault) from None
    tree = _Builder(source).ternary(root)
    if ast.depth(tree) > DEEPEST:
        raise ExpressionError(messages.too_deep(tree.span, "operators and calls", DEEPEST))
    return tree


def _guard(source: Located) -> None:
    """Refuse what is too long or too deep before the recursive grammar sees it."""
    if len(source.text) > LONGEST:
        raise ExpressionError(messages.too_long(source.span, len(source.text), LONGEST))
    level = choices = 0
    for char in _STRING.sub("", source.text):
        level += (char in "([") - (char in ")]")
        choices += char == "?"
        if level + choices > DEEPEST_BRACKETS:
            raise ExpressionError(messages.too_deep(source.span, "brackets", DEEPEST_BRACKETS))


def _explain(source: Located, error: pp.ParseBaseException) -> messages.Fault:
    """Say in our words what pyparsing expected and what stands there."""
    start = error.loc
    while start < len(source.text) and source.text[start].isspace():
        start += 1
    expected = error.msg.removeprefix("Expected ").split(", found")[0]
    match = _TOKEN.match(source.text, start)
    if match is None:
        return messages.syntax(source.at(len(source.text.rstrip()), len(source.text.rstrip())), expected, "the end")
    found = match.group()
    shown = found if found[0] in "\"'" and len(found) > 1 else f'"{found}"'
    return messages.syntax(source.at(match.start(), match.end()), expected, shown)


class _Builder:
    """Turns the flat parts into the tree of `ast`, with places in the YAML file."""

    def __init__(self, source: Located) -> None:
        self._source = source

    def _span(self, part: Part) -> Span:
        return self._source.at(part.start, part.end)

    def ternary(self, node: Node) -> ast.Expression:
        """Build the tree of a whole expression."""
        condition = self._operation(node.node(0))
        if len(node.parts) == 1:
            return condition
        return ast.Ternary(self._span(node), condition, self.ternary(node.node(2)), self.ternary(node.node(4)))

    def _operation(self, node: Node) -> ast.Expression:
        operands = [self._operand(part) for part in node.nodes]
        operators = [part for part in node.parts if isinstance(part, Token)]
        return self._climb(operands, operators, 1)

    def _climb(self, operands: list[ast.Expression], operators: list[Token], level: int) -> ast.Expression:
        """Take from the front of both lists every operator that binds at least as tightly as `level`."""
        left = operands.pop(0)
        while operators and _LEVELS[operators[0].text] >= level:
            operator = operators.pop(0)
            right = self._climb(operands, operators, _LEVELS[operator.text] + 1)
            left = self._join(operator, left, right)
        return left

    def _join(self, operator: Token, left: ast.Expression, right: ast.Expression) -> ast.Expression:
        span = left.span.cover(right.span)
        if operator.text not in ("&&", "||"):
            return ast.Binary(span, operator.text, self._span(operator), left, right)
        if isinstance(left, ast.Junction) and left.operator == operator.text:
            return ast.Junction(span, operator.text, (*left.parts, right))
        return ast.Junction(span, operator.text, (left, right))

    def _operand(self, node: Node) -> ast.Expression:
        value, *suffixes = node.nodes
        tree = self._atom(value)
        for suffix in suffixes:
            tree = self._suffix(tree, suffix)
        return self._signed(node.token(0), tree) if isinstance(node.parts[0], Token) else tree

    def _signed(self, signs: Token, tree: ast.Expression) -> ast.Expression:
        for offset, sign in reversed(list(enumerate(signs.text))):
            if sign in "!-":
                start = signs.start + offset
                tree = ast.Unary(self._source.at(start, start + 1).cover(tree.span), sign, tree)
        return tree

    def _suffix(self, base: ast.Expression, node: Node) -> ast.Expression:
        if node.kind == "index":
            return ast.Index(base.span.cover(self._span(node)), base, self.ternary(node.node(1)))
        return self._path(base, node.token(1), node.nodes)

    def _atom(self, node: Node) -> ast.Expression:
        match node.kind:
            case "literal":
                return ast.Literal(self._span(node), self._value(node.token(0)))
            case "group":
                return replace(self.ternary(node.node(1)), span=self._span(node))
            case "list":
                return ast.ListOf(self._span(node), self._listed(node))
            case _:
                return self._path(None, node.token(0), node.nodes)

    def _path(self, base: ast.Expression | None, token: Token, arguments: tuple[Node, ...]) -> ast.Expression:
        """Build `a.b.c`, or with arguments `a.b.c(…)`, below `base` when there is one."""
        *fields, last = self._names(token)
        for name, place in fields:
            base = self._field(base, name, place)
        name, place = last
        if not arguments:
            return self._field(base, name, place)
        span = (base.span if base else place).cover(self._span(arguments[0]))
        return ast.Call(span, base, name, place, self._listed(arguments[0]))

    def _names(self, token: Token) -> list[tuple[str, Span]]:
        found, start = [], token.start
        for name in token.text.split("."):
            found.append((name, self._source.at(start, start + len(name))))
            start += len(name) + 1
        return found

    def _field(self, base: ast.Expression | None, name: str, place: Span) -> ast.Expression:
        return self._bare(name, place) if base is None else ast.Select(base.span.cover(place), base, name, place)

    def _bare(self, name: str, span: Span) -> ast.Expression:
        if name in ("true", "false"):
            return ast.Literal(span, name == "true")
        if name in _RESERVED:
            raise ExpressionError(messages.syntax(span, "a value", f'the reserved word "{name}"'))
        return ast.Name(span, name)

    def _listed(self, node: Node) -> tuple[ast.Expression, ...]:
        return tuple(self.ternary(part) for part in node.nodes)

    def _value(self, token: Token) -> int | float | str:
        text = token.text
        if text[0] in "\"'r":
            return self._string(token)
        if text.startswith("0x"):
            return self._integer(token, int(text, 16))
        if any(char in text for char in ".eE"):
            return float(text)
        return self._integer(token, int(text))

    def _integer(self, token: Token, value: int) -> int:
        if value >= 1 << 63:
            raise ExpressionError(
                messages.bad_literal(self._span(token), "an int", token.text, "at most 9223372036854775807")
            )
        return value

    def _string(self, token: Token) -> str:
        if token.text.startswith("r"):
            return token.text[2:-1]
        return re.sub(
            r"\\(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|.)", lambda found: self._escape(token, found), token.text[1:-1]
        )

    def _escape(self, token: Token, found: re.Match[str]) -> str:
        word = found.group(1)
        if len(word) > 1:
            return chr(int(word[1:], 16))
        if word not in _ESCAPES:
            start = token.start + 1 + found.start()
            span = self._source.at(start, start + 2)
            raise ExpressionError(
                messages.bad_literal(span, "an escape", found.group(), 'write \\\\ for a backslash, or r"…"')
            )
        return _ESCAPES[word]
