"""Expressions as text: what is read, what is refused, and where the caret stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azcnilint.rules.expr import ast, grammar
from azcnilint.rules.expr.messages import ExpressionError
from tests.rules.support import located


def shape(node: ast.Expression) -> object:
    """Write a tree as nested tuples, to compare structure alone."""
    match node:
        case ast.Literal():
            return node.value
        case ast.Name():
            return node.name
        case ast.Select():
            return (".", shape(node.base), node.name)
        case ast.Index():
            return ("[]", shape(node.base), shape(node.key))
        case ast.ListOf():
            return ["list", *map(shape, node.items)]
        case ast.Call():
            return (node.name, node.receiver and shape(node.receiver), *map(shape, node.args))
        case ast.Unary():
            return (node.operator, shape(node.operand))
        case ast.Binary():
            return (node.operator, shape(node.left), shape(node.right))
        case ast.Junction():
            return (node.operator, *map(shape, node.parts))
        case ast.Ternary():
            return ("?", shape(node.condition), shape(node.then), shape(node.other))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a || b && c || d", ("||", "a", ("&&", "b", "c"), "d")),
        ("a && (b || c)", ("&&", "a", ("||", "b", "c"))),
        ("1 + 2 * 3 - 4", ("-", ("+", 1, ("*", 2, 3)), 4)),
        ("a == b in c", ("in", ("==", "a", "b"), "c")),
        ("!a.b && -1 < 2", ("&&", ("!", (".", "a", "b")), ("<", ("-", 1), 2))),
        ("!!a", ("!", ("!", "a"))),
        ("a ? b : c ? d : e", ("?", "a", "b", ("?", "c", "d", "e"))),
        ("a.b.c(d, 1).e[0]", ("[]", (".", ("c", (".", "a", "b"), "d", 1), "e"), 0)),
        ("f()", ("f", None)),
        ("net.covers(a, b)", ("covers", "net", "a", "b")),
        ('[1, "x", 0x1F, 1.5]', ["list", 1, "x", 31, 1.5]),
        ("[]", ["list"]),
        (r'"a\"b\n\u0041"', 'a"b\nA'),
        (r"r'\d+'", r"\d+"),
        ("true == false", ("==", True, False)),
        ("a .b\n && c", ("&&", (".", "a", "b"), "c")),
        ("inner in include", ("in", "inner", "include")),
    ],
)
def test_an_expression_reads_as_cel_reads_it(text: str, expected: object) -> None:
    """Precedence, associativity or literals would differ from CEL."""
    assert shape(grammar.parse(located(text))) == expected


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("", "expected a value, found the end", (0, 0)),
        ("a &&", "expected a value, found the end", (4, 4)),
        ("a b", 'expected an operator, found "b"', (2, 3)),
        ("a = b", 'expected an operator, found "="', (2, 3)),
        ("f(1,)", 'expected a value, found ")"', (4, 5)),
        ("f(1", 'expected ")", found the end', (3, 3)),
        ("a.", "expected a name, found the end", (2, 2)),
        ("[1, 2", 'expected "]", found the end', (5, 5)),
        ("a ? b", 'expected ":", found the end', (5, 5)),
        ("a @ b", 'expected an operator, found "@"', (2, 3)),
        ("'open", 'expected a value, found "\'"', (0, 1)),
        ("1x", 'expected a value, found "1x"', (0, 2)),
        ("null", 'expected a value, found the reserved word "null"', (0, 4)),
        (r'"\q"', r'"\q" is not an escape', (1, 3)),
        ("9223372036854775808", '"9223372036854775808" is not an int', (0, 19)),
        ("(" * 25 + "1" + ")" * 25, "expression nests brackets more than 24 deep", (0, 51)),
        ("!" * 48 + "a", "expression nests operators and calls more than 48 deep", (0, 49)),
        ("a" * 4097, "expression has 4097 characters; at most 4096 are read", (0, 4097)),
    ],
)
def test_what_cannot_be_read_is_told_in_our_words(text: str, message: str, place: tuple[int, int]) -> None:
    """A reader would see pyparsing's words, or the caret at the wrong token."""
    with pytest.raises(ExpressionError) as caught:
        grammar.parse(located(text))

    span = caught.value.fault.span
    assert span is not None
    assert (caught.value.fault.message, (span.start, span.end)) == (message, place)


@pytest.mark.parametrize("text", ["(" * 24 + "1" + ")" * 24, "f(" * 24 + "1" + ")" * 24, "[" * 24 + "]" * 24])
def test_the_deepest_allowed_brackets_fit_the_stack(text: str) -> None:
    """The budget would promise more than Python's recursion limit holds."""
    assert ast.depth(grammar.parse(located(text))) >= 1


def test_spans_cover_exactly_what_was_written() -> None:
    """Carets of type errors would stand beside the word."""
    text = "a.b(c) && !(d + 1 == e)"

    tree = grammar.parse(located(text))

    assert isinstance(tree, ast.Junction)
    assert [text[part.span.start : part.span.end] for part in tree.parts] == ["a.b(c)", "!(d + 1 == e)"]


@given(st.text(alphabet="ab.()[]!?:&|=<>+-*/%, \"'\\0123456789inrt\n", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """A rule author's typo would end in a traceback."""
    try:
        span = grammar.parse(located(text)).span
    except ExpressionError as error:
        span = error.fault.span or located(text).span

    assert 0 <= span.start <= span.end <= len(text)
