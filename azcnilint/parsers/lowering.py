"""A pyparsing grammar of one line, lowered to one regular expression that accepts the same lines with the same fields.

pyparsing is a PEG: an alternative that matched is never tried again, a repetition never gives back. Python >= 3.11
says the same in `re` with atomic groups `(?>…)`, so the lowering is exact for grammars without recursion. Possessive
repeats `(?:…)*+` would say it too; before CPython 3.11.5 they are wrong when the repeated part backtracks (cpython
issue 106052). Lowered lines run some seventy times faster; tests prove the two equal on every sample line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import pyparsing as pp

_BLANKS = r"[ \t]*+"


class LoweringError(TypeError):
    """A grammar uses a pyparsing element that has no counterpart here."""


@dataclass(frozen=True, slots=True)
class Lowered:
    """One pattern for several line forms.

    Attributes:
        pattern: Matches one whole line; `lastgroup` names the form.
        columns: For each form, results name to the group numbers that may hold it.
    """

    pattern: re.Pattern[str]
    columns: Mapping[str, Mapping[str, tuple[int, ...]]]


def lower(forms: Mapping[str, pp.ParserElement]) -> Lowered:
    """Compile the forms, tried in order, to one pattern; raises LoweringError for an element without counterpart."""
    namer = _Namer()
    alternatives = []
    for form, grammar in forms.items():
        namer.form = form
        body = _lower(grammar, namer)
        alternatives.append(f"{body}{_BLANKS}\\Z(?P<{form}>)")
    pattern = re.compile("(?>" + "|".join(alternatives) + ")")
    columns: dict[str, dict[str, tuple[int, ...]]] = {form: {} for form in forms}
    for group, (form, name) in namer.groups.items():
        columns[form][name] = (*columns[form].get(name, ()), pattern.groupindex[group])
    return Lowered(pattern, columns)


class _Namer:
    """Gives every named element a group name of its own; `re` wants them unique in the whole pattern."""

    def __init__(self) -> None:
        self.form = ""
        self.groups: dict[str, tuple[str, str]] = {}

    def group(self, name: str) -> str:
        group = f"g{len(self.groups)}_{name}"
        self.groups[group] = (self.form, name)
        return group


def _lower(element: pp.ParserElement, namer: _Namer | None) -> str:
    """Give the pattern of an element, without any group when `namer` is None.

    A group stands behind a lookahead that makes sure of it: an atomic group that fails keeps what it had captured, and
    half a group even raises SystemError (CPython 3.11; of the kin of cpython issue 101955).
    """
    name = element.resultsName
    if not name or namer is None:
        return _body(element, namer, lead=True)
    group = namer.group(name)
    blanks = _BLANKS if _skips(element) else ""
    sure = _body(element, None, lead=False)
    again = (
        r"\S*+" if isinstance(element, pp.Regex) and is_one_word(element.pattern) else _body(element, namer, lead=False)
    )
    return f"{blanks}(?={sure})(?P<{group}>{again})"


_FITS_NO_BLANK = re.compile(
    r"""\\[dwS.+*?()|/-]              # an escape that fits no blank
    |\[(?:[!-Z_-~]|\\[dwS.-])+\]    # a class that names what it fits, in ASCII
    |\[\^\\s(?:[!-Z_-~]|\\[dw.-])*\]
    |[!-\-/-Z_-~]                    # letters and operators, but the point
    """,
    re.VERBOSE,
)


_BRACKET = re.compile(r"\\.|\[(?:\\.|[^\]\\])+\]|([()])")
_END_OF_WORD = r")(?!\S)"


@lru_cache(maxsize=1 << 10)
def is_one_word(pattern: str) -> bool:
    """Whether all that a terminal can fit is a whole word: where it fits, the word is then what it fits.

    Told by the spelling of the pattern, as `grammar.leaf` makes it: one group, then the end of the word, and nothing
    that may fit a blank. What is not sure is no.
    """
    if not pattern.startswith("(?:") or not pattern.endswith(_END_OF_WORD) or _FITS_NO_BLANK.sub("", pattern):
        return False
    depth, inside = 0, pattern.removesuffix(_END_OF_WORD)
    for bracket in _BRACKET.finditer(inside):
        depth += {"(": 1, ")": -1}.get(bracket[1] or "", 0)
        if depth == 0 and bracket[1]:
            return False
    return depth == 1


def _choice(element: pp.ParserElement, namer: _Namer | None) -> str:
    """Lower what may fail without failing the line; one that could fail behind a group is made sure of first."""
    body = _lower(element, namer)
    return f"(?={_lower(element, None)}){body}" if namer is not None and _strands(element) else body


def _strands(element: pp.ParserElement) -> bool:
    """Whether an element may fail when one of its names is captured already."""
    match element:
        case pp.And():
            captured = False
            for part in element.exprs:
                if (captured and _can_fail(part)) or _strands(part):
                    return True
                captured = captured or _captures(part)
            return False
        case pp.Group() | pp.Suppress():
            return _strands(element.expr)
        case _:
            return False


def _captures(element: pp.ParserElement) -> bool:
    match element:
        case pp.ParserElement(resultsName=name) if name:
            return True
        case pp.ParseExpression():
            return any(_captures(part) for part in element.exprs)
        case pp.ParseElementEnhance():
            return _captures(element.expr)
        case _:
            return False


def _can_fail(element: pp.ParserElement) -> bool:
    match element:
        case pp.Empty() | pp.Opt():
            return False
        case pp.OneOrMore():
            return True
        case pp.ZeroOrMore():
            return False
        case pp.And():
            return any(_can_fail(part) for part in element.exprs)
        case _:
            return True


def _skips(element: pp.ParserElement) -> bool:
    return element.skipWhitespace


def _body(element: pp.ParserElement, namer: _Namer | None, *, lead: bool) -> str:
    blanks = _BLANKS if lead and _skips(element) else ""
    match element:
        case pp.Regex():
            return f"{blanks}(?>{element.pattern})"
        case pp.Literal():
            return blanks + re.escape(element.match)
        case pp.Empty():
            return ""
        case pp.StringEnd() | pp.LineEnd():
            return rf"{_BLANKS}\Z"
        case pp.And():
            return "".join(_lower(part, namer) for part in element.exprs)
        case pp.MatchFirst():
            return "(?>" + "|".join(_choice(part, namer) for part in element.exprs) + ")"
        case pp.Opt():
            return f"(?>(?:{_choice(element.expr, namer)})?)"
        case pp.ZeroOrMore():
            return f"(?>(?:{_choice(element.expr, namer)})*)"
        case pp.OneOrMore():
            return f"(?>(?:{_choice(element.expr, namer)})+)"
        case pp.FollowedBy():
            return f"(?={_lower(element.expr, namer)})"
        case pp.NotAny():
            return f"(?!{_lower(element.expr, None)})"
        case pp.Group() | pp.Suppress():
            return _lower(element.expr, namer)
        case _:
            message = f"no lowering for {type(element).__name__} in {element}"
            raise LoweringError(message)
