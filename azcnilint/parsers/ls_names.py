"""File names as ls prints them: options of the command, quotes, columns, classification marks, link targets.

Sources: GNU coreutils 9.1, src/ls.c (print_type_indicator, print_long_format, print_many_per_line), lib/quotearg.c.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

_ALIASES = {"ls": "", "dir": "Cb", "vdir": "lb", "ll": "alF", "la": "A", "l": "CF"}
"""The commands, and the aliases of Ubuntu's .bashrc with the options that they stand for."""
_LONG_OPTIONS = {
    "--all": "a",
    "--almost-all": "A",
    "--classify": "F",
    "--file-type": "F",
    "--human-readable": "h",
    "--si": "h",
    "--recursive": "R",
    "--directory": "d",
    "--inode": "i",
    "--size": "s",
    "--numeric-uid-gid": "n",
    "--no-group": "G",
    "--quote-name": "Q",
    "--escape": "b",
    "--context": "Z",
    "--author": "author",
    "--full-time": "l",
    "--block-size": "block-size",
    "--kibibytes": "k",
    "--ignore": "I",
    "--hide": "I",
    "--ignore-backups": "B",
}
_STYLES = {"c": "Q", "escape": "b"}
_WITH_VALUE = "IwT"
_QUOTED = re.compile(r"""(?:'[^']*'|"(?:[^"\\]|\\.)*"|\$'(?:[^'\\]|\\.)*'|\\')+""")
_PIECE = re.compile(r"""'([^']*)'|"((?:[^"\\]|\\.)*)"|\$'((?:[^'\\]|\\.)*)'|(\\')""")
_ESCAPED = re.compile(r"((?:\\[0-7]{3})+)|\\(.)")
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_NEEDS_QUOTES = re.compile(r"""[\s!"$&'()*;<=>?\[\\\]^`|\x00-\x1f\x7f\ufffd]|^[#~{}]|^$""")
_GAP = re.compile(r" {2,}|[ ]*\t[ \t]*")


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line of an ls says; empty when it is not shown.

    Attributes:
        flags: Short option letters, long options by the letter they stand for.
        operands: What was to be listed.
    """

    flags: frozenset[str] = frozenset()
    operands: tuple[str, ...] = ()

    @property
    def long(self) -> bool:
        """Whether it asks for the long form."""
        return bool(self.flags & set("lgon"))


def options_of(argv: tuple[str, ...] | None) -> Options:
    """Read the command line, an alias such as `ll` included. Words before the `ls` (`busybox`) are skipped."""
    words = list(argv or ())
    while words and words[0].rsplit("/", 1)[-1] not in _ALIASES:
        words.pop(0)
    if not words:
        return Options()
    flags, operands, rest = set(_ALIASES[words[0].rsplit("/", 1)[-1]]), [], iter(words[1:])
    for word in rest:
        if word == "--":
            operands += list(rest)
        elif word.startswith("--"):
            flags.add(_long_option(word))
        elif word.startswith("-") and word != "-":
            flags |= set(word[1:])
            if word[-1] in _WITH_VALUE:
                next(rest, None)
        else:
            operands.append(word)
    return Options(frozenset(flags), tuple(operands))


def _long_option(word: str) -> str:
    name, _, value = word.partition("=")
    if name == "--quoting-style":
        return _STYLES.get(value, "N")
    if name == "--indicator-style":
        return {"none": "", "slash": "p"}.get(value, "F")
    return _LONG_OPTIONS.get(name, name)


class Quoting(Enum):
    """How names are quoted."""

    SHELL = "shell"
    """Only names that a shell would misread, as GNU ls does on a terminal since 8.25; other names are literal."""
    ALWAYS = "always"
    """Every name, in double quotes (`-Q`)."""
    ESCAPE = "escape"
    """Backslashes instead of quotes (`-b`)."""


def quoting_of(names: Sequence[str], options: Options) -> Quoting:
    """Tell the quoting from the command line or, failing that, from all names of the capture (marks taken off)."""
    if "Q" in options.flags or (names and all(name[:1] == '"' and _QUOTED.fullmatch(name) for name in names)):
        return Quoting.ALWAYS
    if "b" in options.flags:
        return Quoting.ESCAPE
    if any("\\ " in name for name in names) and not any(" " in name.replace("\\ ", "") for name in names):
        return Quoting.ESCAPE
    return Quoting.SHELL


def unquote(text: str, quoting: Quoting) -> str:
    """Give the name that `text` stands for; text that is not quoted stands for itself."""
    if quoting is Quoting.ESCAPE:
        return _unescape(text)
    if not _QUOTED.fullmatch(text):
        return text
    name = "".join(_piece(found) for found in _PIECE.finditer(text))
    return name if quoting is Quoting.ALWAYS or _NEEDS_QUOTES.search(name) else text


def _piece(found: re.Match[str]) -> str:
    single, double, dollar, quote = found.groups()
    if single is not None:
        return str(single)
    return "'" if quote else _unescape(double if double is not None else dollar)


def _unescape(text: str) -> str:
    def replace(found: re.Match[str]) -> str:
        octals, letter = found.groups()
        if octals is None:
            return _LETTERS.get(letter, letter)
        return bytes(int(octal, 8) & 0xFF for octal in octals.split("\\")[1:]).decode("utf-8", "replace")

    return _ESCAPED.sub(replace, text)


def split_link(text: str, size: int | None) -> tuple[str, str | None]:
    """Split `name -> target` of a symbolic link, both still quoted; the target is None when there is no arrow.

    Either may hold ` -> ` itself; the size of a link is the length of its target in bytes, which tells where to split.
    """
    quoted = _QUOTED.match(text)
    if quoted and text.startswith(" -> ", quoted.end()):
        return quoted.group(), text[quoted.end() + 4 :]
    places = [found.start() for found in re.finditer(" -> ", text)]
    if not places:
        return text, None
    fits = [at for at in places if size is not None and len(text[at + 4 :].encode()) - size in {0, 1}]
    at = min(fits, key=lambda at: len(text[at + 4 :].encode()), default=places[0])
    return text[:at], text[at + 4 :]


def cells(line: str) -> Iterator[tuple[int, str]]:
    """Yield the names of one line of a column listing (`ls -C`), still quoted, each with its offset."""
    at = len(line) - len(line.lstrip())
    while at < len(line):
        quoted = _QUOTED.match(line, at)
        gap = _GAP.search(line, quoted.end() if quoted else at)
        end = gap.start() if gap else len(line.rstrip())
        if end > at:
            yield at, line[at:end]
        at = gap.end() if gap else len(line)
