"""A line grammar of pyparsing as EBNF, for the manual: what the parser runs is what the page shows.

`"word"` is a fixed word, `<a noun>` a token of that shape, `name:` before either the column that it fills; `[ ]` is
optional, `{ }` repeated any number of times, `|` separates alternatives that are tried in order, `&( )` must follow and
is not taken, `!( )` must not follow.
"""

from __future__ import annotations

import re

import pyparsing as pp

from azcnilint.parsers.lines import LineGrammar

WIDTH = 110
_STEP = 4


def grammar_text(grammar: LineGrammar, *, without: tuple[str, ...] = ()) -> str:
    """Give the productions of a grammar, one for each form, in the order in which they are tried."""
    rules = [production(name, form) for name, form in grammar.forms.items() if not name.startswith(without or ("\0",))]
    return "\n".join(rules)


def production(name: str, element: pp.ParserElement) -> str:
    """Give `name = …`, broken into lines no wider than the page where it can be."""
    flat = _flat(element)
    if len(name) + 3 + len(flat) <= WIDTH:
        return f"{name} = {flat}"
    return "\n".join([f"{name} =", *_broken(element, _STEP)])


def _flat(element: pp.ParserElement) -> str:
    match element:
        case pp.And():
            body = " ".join(filter(None, map(_flat, element.exprs)))
        case pp.MatchFirst():
            body = "( " + " | ".join(map(_flat, _options(element))) + " )"
        case pp.Opt():
            body = f"[ {_inner(element)} ]"
        case pp.ZeroOrMore():
            body = f"{{ {_inner(element)} }}"
        case pp.FollowedBy():
            body = f"&( {_inner(element)} )"
        case pp.NotAny():
            body = f"!( {_inner(element)} )"
        case pp.OneOrMore() if not isinstance(element, pp.ZeroOrMore):
            body = f"{{ {_inner(element)} }}+"
        case pp.Group() | pp.Suppress():
            body = _flat(element.expr)
        case pp.Empty() | pp.StringEnd():
            return ""
        case pp.Regex() if re.match(str(element.pattern), ""):
            body = f"&( <{element.customName}> )"
        case pp.Regex() | pp.Literal():
            name = element.customName or element.name
            body = name if name.startswith('"') and name.endswith('"') and name.count('"') == 2 else f"<{name}>"
        case _:
            message = f"no EBNF for {type(element).__name__}"
            raise TypeError(message)
    return f"{element.resultsName}:{body}" if element.resultsName else body


def _inner(element: pp.ParseElementEnhance) -> str:
    """Give what stands in brackets; alternatives need no parentheses there."""
    text = _flat(element.expr)
    alone = isinstance(element.expr, pp.MatchFirst) and not element.expr.resultsName
    return text[2:-2] if alone else text


def _broken(element: pp.ParserElement, indent: int) -> list[str]:
    """Break an element that is too long for one line at its parts."""
    flat = _flat(element)
    if indent + len(flat) <= WIDTH:
        return [" " * indent + flat] if flat else []
    match element:
        case pp.And():
            return _filled([line for part in element.exprs for line in _broken(part, indent)])
        case pp.MatchFirst():
            return _enclosed("(", _alternatives(element, indent + _STEP), ")", indent)
        case pp.Opt() | pp.ZeroOrMore() | pp.FollowedBy():
            opened, closed = {pp.Opt: ("[", "]"), pp.ZeroOrMore: ("{", "}")}.get(type(element), ("&(", ")"))
            inner = element.expr
            lines = (
                _alternatives(inner, indent + _STEP)
                if isinstance(inner, pp.MatchFirst)
                else _broken(inner, indent + _STEP)
            )
            return _enclosed(opened, lines, closed, indent)
        case pp.Group() | pp.Suppress():
            return _broken(element.expr, indent)
        case _:
            return [" " * indent + flat]


def _options(element: pp.MatchFirst) -> list[pp.ParserElement]:
    """Give the alternatives; `a | b | c` is one choice of three, however pyparsing nests it."""
    options: list[pp.ParserElement] = []
    for part in element.exprs:
        options += _options(part) if isinstance(part, pp.MatchFirst) and not part.resultsName else [part]
    return options


def _alternatives(element: pp.MatchFirst, indent: int) -> list[str]:
    lines: list[str] = []
    for at, part in enumerate(_options(element)):
        broken = _broken(part, indent + 2)
        mark = "| " if at else "  "
        lines += [" " * indent + mark + broken[0].lstrip(), *broken[1:]]
    return lines


def _filled(lines: list[str]) -> list[str]:
    """Set short neighbours of one depth on one line."""
    filled: list[str] = []
    for line in lines:
        text, indent = line.lstrip(), len(line) - len(line.lstrip())
        last = filled[-1] if filled else None
        same = last is not None and len(last) - len(last.lstrip()) == indent
        brackets = {"[", "{", "(", "&(", "]", "}", ")"}
        joins = same and text not in brackets and last.strip() not in brackets if last is not None else False
        if joins and last is not None and len(last) + 1 + len(text) <= WIDTH:
            filled[-1] = f"{last} {text}"
        else:
            filled.append(line)
    return filled


def _enclosed(opened: str, lines: list[str], closed: str, indent: int) -> list[str]:
    return [" " * indent + opened, *lines, " " * indent + closed]
