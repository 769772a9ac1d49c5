"""Columns of one printed name to a `DirectoryEntry`: mode bits, owners, sizes, classification marks.

Sources: GNU coreutils 9.1, src/ls.c (print_long_format, print_type_indicator) and lib/filemode.c (strmode).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from azcnilint.models import NOTHING, DirectoryEntry, FileType
from azcnilint.parsers.lines import Row
from azcnilint.parsers.ls_names import Options, Quoting, quoting_of, split_link, unquote
from azcnilint.text import Span

CONTEXT = r"(?:\?|[\w.-]+:[\w.-]+:[\w.-]+(?::[\w.:,-]+)?)"
UNPRINTED = frozenset(
    {"file_type", "mode", "acl", "nlink", "owner", "group", "context", "size", "link_target", "modified"}
)
"""What an entry without `-l` does not tell."""
_EXECUTE = 0o111
_SPECIAL = {2: 0o4000, 5: 0o2000, 8: 0o1000}
"""Place in the nine letters to the bit that `s`, `S`, `t` or `T` stands for there."""
_MARKS = {FileType.DIRECTORY: "/", FileType.FIFO: "|", FileType.SOCKET: "="}
_MARKED_TYPES = {
    "*": FileType.REGULAR,
    "/": FileType.DIRECTORY,
    "@": FileType.SYMLINK,
    "|": FileType.FIFO,
    "=": FileType.SOCKET,
}


@dataclass(frozen=True, slots=True)
class Printed:
    """One printed name before its quotes and marks are understood; `row` holds its columns, None without `-l`."""

    text: str
    span: Span
    row: Row | None = None

    @property
    def letter(self) -> str:
        """The file type letter; `?` when not printed."""
        return self.row.text("mode")[0] if self.row else "?"


class Facts(TypedDict, total=False):
    """Fields of a DirectoryEntry that one line tells."""

    file_type: FileType | None
    mode: int
    acl: bool
    nlink: int
    owner: str
    group: str
    context: str | None
    size: int | None
    modified: str


@dataclass(frozen=True, slots=True)
class Style:
    """How all names of one capture are written.

    Attributes:
        options: Of the command line.
        quoting: How names are quoted.
        marked: Whether `ls -F` put marks behind executables, sockets and the like.
    """

    options: Options
    quoting: Quoting
    marked: bool


def style_of(printed: Sequence[Printed], options: Options) -> Style:
    """Tell the style from the command line and all names of a capture.

    Names may end in `*` themselves, so without `-F` on the command line every executable must bear the mark; where no
    mode is printed, two marks must be seen.
    """
    marked = "F" in options.flags
    if not marked:
        runnable = [item.text for item in printed if _runnable(item)]
        plain = [item.text for item in printed if item.row is None]
        marked = bool(runnable) and all(text.endswith("*") for text in runnable)
        marked = marked or sum(text.endswith("*") for text in plain) > 1
    names = [item.text for item in printed if item.letter != "l"]
    bare = [name.rstrip("*/|=@") if name[-2:-1] in {"'", '"'} else name for name in names]
    return Style(options, quoting_of(bare, options), marked)


def _runnable(item: Printed) -> bool:
    return item.letter == "-" and item.row is not None and bool(_bits(item.row.text("mode")) & _EXECUTE)


def entry_of(item: Printed, style: Style) -> DirectoryEntry:
    """Build the entry; `hidden` names every field that its line does not tell."""
    if item.row is None:
        return _plain_entry(item, style)
    facts = facts_of(item.row, style.options)
    hidden = UNPRINTED.difference(facts, {"link_target"})
    file_type, target = facts.get("file_type"), None
    text = item.text
    if file_type is FileType.SYMLINK:
        text, target = split_link(text, facts.get("size"))
        target = None if target is None else unquote(_without_target_mark(target, style), style.quoting)
        hidden |= {"link_target"} if target is None else NOTHING
    elif file_type is not None:
        text = _without_mark(text, file_type, facts, marked=style.marked)
    else:
        hidden |= {"link_target"}
    return DirectoryEntry(span=item.span, hidden=hidden, name=unquote(text, style.quoting), link_target=target, **facts)


def _plain_entry(item: Printed, style: Style) -> DirectoryEntry:
    text, hidden, file_type = item.text, UNPRINTED, None
    mark = text[-1:]
    if len(text) > 1 and (mark == "/" or (style.marked and mark in _MARKED_TYPES)):
        text, file_type = text[:-1], _MARKED_TYPES[mark]
        hidden -= {"file_type"} if file_type is FileType.SYMLINK else {"file_type", "link_target"}
    return DirectoryEntry(span=item.span, hidden=hidden, name=unquote(text, style.quoting), file_type=file_type)


def _without_mark(text: str, file_type: FileType, facts: Facts, *, marked: bool) -> str:
    """Take the mark off that agrees with the mode; `/` cannot be part of a name, the others can."""
    mark = _MARKS.get(file_type)
    if file_type is FileType.REGULAR and facts.get("mode", 0) & _EXECUTE:
        mark = "*"
    if mark is None or len(text) == 1 or not text.endswith(mark) or not (marked or mark == "/"):
        return text
    return text[:-1]


def _without_target_mark(target: str, style: Style) -> str:
    """Behind a link target stands the mark of what it points to, whose mode is not printed."""
    marks = "*/|=" if style.marked else "/" if "p" in style.options.flags else ""
    return target[:-1] if len(target) > 1 and target[-1] in marks else target


def facts_of(row: Row, options: Options) -> Facts:
    """Read the columns of one line of the long form; what cannot be told is left out."""
    letters = row.text("mode")
    facts = Facts()
    if letters[0] != "?":
        facts["file_type"] = next((kind for kind in FileType if kind.value == letters[0]), None)
    if "?" not in letters and row.form != "unknown":
        facts["mode"], facts["acl"] = _bits(letters), letters.endswith("+")
    if row.form == "labelled":
        facts["owner"], facts["group"] = row.text("owner"), row.text("group")
        facts["context"] = _context(row.text("context"))
    elif row.form != "unknown":
        facts["nlink"] = int(row.text("nlink"))
        facts["modified"] = row.text("date")
        _add_size(facts, row.text("size"), options)
        _add_owners(facts, row["who"], options)
    return facts


def _bits(letters: str) -> int:
    bits = 0
    for place, letter in enumerate(letters[1:10]):
        if letter in "rwxst":
            bits |= 0o400 >> place
        if letter in "sStT":
            bits |= _SPECIAL[place]
    return bits


def _add_size(facts: Facts, text: str, options: Options) -> None:
    """Device nodes have no size; rounded sizes and sizes in blocks hide it."""
    if facts.get("file_type") in {FileType.BLOCK, FileType.CHARACTER} and not text.isdigit():
        facts["size"] = None
    elif re.fullmatch(r"[\d,]+", text) and "block-size" not in options.flags:
        facts["size"] = int(text.replace(",", ""))


def _add_owners(facts: Facts, who: str | None, options: Options) -> None:
    """Tell owner, group, author and context apart; where the count leaves a choice, none is told."""
    words = (who or "").split()
    if words and re.fullmatch(CONTEXT, words[-1]) and (words[-1] == "?" or words[-1].count(":") > 1):
        facts["context"] = _context(words.pop())
    columns = [] if "g" in options.flags else ["owner"]
    columns += [] if options.flags & {"o", "G"} else ["group"]
    columns += ["author"] if "author" in options.flags else []
    if len(columns) != len(words):
        columns = ["owner", "group"]
    if len(columns) == len(words):
        for column, word in zip(columns, words, strict=True):
            if column == "owner":
                facts["owner"] = word
            elif column == "group":
                facts["group"] = word


def undecided_owner(item: Printed, options: Options) -> str | None:
    """Give the words between link count and size of which none could be told to be the owner or the group."""
    who = item.row["who"] if item.row is not None and item.row.form in {"long", "epoch"} else None
    facts = Facts()
    _add_owners(facts, who, options)
    return None if facts or who is None else who.strip()


def _context(text: str) -> str | None:
    return None if text == "?" else text
