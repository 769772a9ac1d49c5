"""A line grammar: the one statement of what the lines of a command look like, to read and to explain.

The lowered pattern reads; pyparsing itself runs only on lines that the pattern refuses, to say what was expected where.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pyparsing as pp

from azcnilint.parsers.lowering import Lowered, lower
from azcnilint.parsers.suggestions import nearest


class LineGrammar:
    """The line forms of one command, in the order in which they are tried."""

    def __init__(self, vocabulary: Iterable[str] = (), /, **forms: pp.ParserElement) -> None:
        """Take the grammar of each form under its name; results names become columns.

        Args:
            vocabulary: Words that the tool prints and that no terminal of the grammar is for alone, for suggestions.
            forms: In the order in which they are tried.
        """
        self.forms = {name: form.parse_with_tabs() for name, form in forms.items()}
        self._vocabulary = tuple(vocabulary)

    @cached_property
    def keywords(self) -> frozenset[str]:
        """The fixed words of all forms."""
        return frozenset(word for form in self.forms.values() for word in _fixed_words(form))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words that a misspelt one may have been, sorted."""
        return tuple(sorted(self.keywords.union(self._vocabulary)))

    @cached_property
    def lowered(self) -> Lowered:
        """The pattern that the hot path runs, compiled at first use."""
        return lower(self.forms)

    def match(self, text: str, start: int, end: int) -> Row | None:
        """Match `text[start:end]` as one whole line; None when no form fits."""
        lowered = self.lowered
        found = lowered.pattern.match(text, start, end)
        form = found.lastgroup if found is not None else None
        return Row(form, found, lowered.columns[form]) if found is not None and form is not None else None

    def groups(self, form: str, *names: str) -> tuple[int, ...]:
        """Give the group numbers of columns for `Row.several`; KeyError for a column that several groups may hold."""
        columns = self.lowered.columns[form]
        spread = [name for name in names if len(columns[name]) > 1]
        if spread:
            message = f"form {form} holds {spread[0]} in several groups"
            raise KeyError(message)
        return tuple(columns[name][0] for name in names)

    def explain(self, line: str) -> tuple[int, str | None]:
        """Say where a refused line stops making sense, and what was expected there.

        Returns:
            The 0-based column and a phrase such as `an address after "via"`, from the form that reads furthest. The
            phrase is None where the line could have ended.
        """
        furthest: int = -1
        expected: str | None = "a line of this command"
        for form in self.forms.values():
            try:
                form.parse_string(line, parse_all=True)
            except pp.ParseBaseException as error:
                at = error.loc + blanks_at(line, error.loc)
                if at > furthest:
                    furthest, expected = at, _expected(error)
        if self._first_word_misspelt(line):
            return blanks_at(line, 0), None
        before = line[: max(0, furthest)].split()
        if expected is not None and before and before[-1] in self.keywords:
            expected = f'{expected} after "{before[-1]}"'
        return max(0, furthest), expected

    def _first_word_misspelt(self, line: str) -> bool:
        """Whether the line would make sense with a fixed word in place of its first word."""
        words = line.split(maxsplit=1)
        near = nearest(words[0], self.keywords) if words else None
        if near is None:
            return False
        mended = " ".join([near, *words[1:]])
        row = self.match(mended, 0, len(mended))
        return row is not None and not row.form.startswith("partial_")


def _fixed_words(element: pp.ParserElement) -> Iterator[str]:
    """Give the words that terminals of a grammar are for, by their names: those of `grammar.word` stand in quotes."""
    match element:
        case pp.ParseExpression():
            for part in element.exprs:
                yield from _fixed_words(part)
        case pp.ParseElementEnhance():
            yield from _fixed_words(element.expr)
        case _ if found := _FIXED_WORD.fullmatch(element.customName or ""):
            yield found[1]
        case _:
            return


_FIXED_WORD = re.compile(r'"([A-Za-z][\w-]+)"')


def blanks_at(line: str, at: int) -> int:
    """Count the blanks of a line from an offset on."""
    return len(line[at:]) - len(line[at:].lstrip())


def _expected(error: pp.ParseBaseException) -> str | None:
    """Name what was expected. Behind an error stop, pyparsing's alternatives overwrite the element, not the message."""
    noun = error.msg.removeprefix("Expected ")
    stopped = isinstance(error, pp.ParseFatalException) and isinstance(error.parser_element, pp.And)
    return noun if stopped and "{" not in noun else _nouns(error.parser_element)


def _nouns(element: pp.ParserElement | None) -> str | None:
    """Name what an element begins with, in the nouns given by set_name; None for the end of the line."""
    names = list(dict.fromkeys(_first_names(element)))
    if not names:
        return None
    if len(names) > 6:
        return ", ".join(names[:5]) + f" or {len(names) - 5} other words"
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _first_names(element: pp.ParserElement | None) -> Iterator[str]:
    match element:
        case None | pp.StringEnd() | pp.LineEnd():
            return
        case pp.And() if element.exprs:
            yield from _first_names(element.exprs[0])
        case pp.MatchFirst():
            for part in element.exprs:
                yield from _first_names(part)
        case pp.ParseElementEnhance():
            yield from _first_names(element.expr)
        case pp.Regex() | pp.Literal():
            yield element.customName or element.name
        case _:
            return


@dataclass(slots=True)
class Row:
    """One line that a form matched; made once a line, so not frozen (that costs half a microsecond), and never changed.

    Attributes:
        form: Name of the form.
        found: The match; its string is the artifact's text, or the joined text of a wrapped line.
        columns: Results name to group numbers.
        origin: Where the matched string begins in the artifact's text (0 for that text); None for a wrapped line.
        unread: Whether words that no form knows were left out.
    """

    form: str
    found: re.Match[str]
    columns: Mapping[str, tuple[int, ...]]
    origin: int | None = 0
    unread: bool = False

    def __getitem__(self, column: str) -> str | None:
        """Give the text of a column; None when the line does not have it. Raises KeyError for a name the form lacks."""
        groups = self.columns[column]
        found = self.found
        best = found[groups[0]]
        if len(groups) > 1:
            best_end = found.end(groups[0])
            for group in groups[1:]:
                if found.end(group) > best_end:
                    best, best_end = found[group], found.end(group)
        return best

    def several(self, groups: tuple[int, ...]) -> tuple[str | None, ...]:
        """Give the texts of at least two columns in one call, by the group numbers that `LineGrammar.groups` gave."""
        return self.found.group(*groups)

    def text(self, column: str) -> str:
        """Give the text of a column that this form always has."""
        value = self[column]
        if value is None:
            message = f"form {self.form} has no {column}"
            raise KeyError(message)
        return value

    def number(self, column: str) -> int | None:
        """Give a column of digits as a number; None when the line does not have it."""
        value = self[column]
        return None if value is None else int(value)

    def has(self, column: str) -> bool:
        """Whether the line has the column (for flags such as `onlink`)."""
        return self[column] is not None

    def start_of(self, column: str) -> int:
        """Offset of a column in the matched string, -1 when the line does not have it."""
        return max(self.found.start(group) for group in self.columns[column])
