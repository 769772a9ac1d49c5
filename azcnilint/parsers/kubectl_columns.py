"""Tables of kubectl cut into cells: headers, rows under them, rows that lost their header.

kubectl pads columns with three blanks and leaves single blanks in cells and headers (`NODE SELECTOR`, `3 (4m5s ago)`).
Source: Kubernetes 1.32, staging/src/k8s.io/cli-runtime/pkg/printers/tabwriter.go (padding 3) and
pkg/printers/internalversion/printers.go AddHandlers (columns of each kind).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from azcnilint.parsers.kubectl_command import Request, kind_of
from azcnilint.text import Span

_TEMPLATE = ("CONTAINERS", "IMAGES", "SELECTOR")
COLUMNS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "DaemonSet": (
        ("NAME", "DESIRED", "CURRENT", "READY", "UP-TO-DATE", "AVAILABLE", "NODE SELECTOR", "AGE"),
        _TEMPLATE,
    ),
    "Deployment": (("NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"), _TEMPLATE),
    "Pod": (("NAME", "READY", "STATUS", "RESTARTS", "AGE"), ("IP", "NODE", "NOMINATED NODE", "READINESS GATES")),
    "Node": (
        ("NAME", "STATUS", "ROLES", "AGE", "VERSION"),
        ("INTERNAL-IP", "EXTERNAL-IP", "OS-IMAGE", "KERNEL-VERSION", "CONTAINER-RUNTIME"),
    ),
}
"""For each kind that we read, the columns of the default table and those that `-o wide` adds."""
KNOWN_COLUMNS = {name for base, wide in COLUMNS.values() for name in (*base, *wide)} | {
    "NAMESPACE",
    "LABELS",
    "NODE-SELECTOR",
}
"""The columns of all kinds, of any output."""
_LABEL, _REPEATED = "label ", "repeated "
_GAP = re.compile(r"\S+(?: \S+)*")
_HEADER_WORDS = re.compile(r"NODE SELECTOR|NOMINATED NODE|READINESS GATES|\S+")
_CELL_WORDS = re.compile(r"\d+ \([^() ]+ ago\)|\S+(?: (?:not)?in \([^()]*\)[^ ]*)+|\S+")
AGE = r"(?:(?:\d+[ydhms])+|<unknown>|<invalid>)"
_NUMBER, _SHARE, _NAME = r"\d+", r"\d+/\d+", r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?"
_PREFIXED = rf"(?:[a-z0-9.]+/)?{_NAME}"
_SHAPES = {
    "DaemonSet": (_PREFIXED, _NUMBER, _NUMBER, _NUMBER, _NUMBER, _NUMBER, r"<none>|\S*=\S*", AGE),
    "Deployment": (_PREFIXED, _SHARE, _NUMBER, _NUMBER, AGE),
    "Pod": (_PREFIXED, _SHARE, r"[A-Z]\S*", r"\d+(?: \(\S+ ago\))?", AGE),
    "Node": (_PREFIXED, r"(?:Not)?Ready\S*|Unknown\S*", r"<none>|[\w.,-]+", AGE, r"v\d\S*"),
}
"""What the cells of the default table look like, for rows without a header."""
_HAS_PREFIX = re.compile(r"[a-z][a-z0-9.-]*/[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell and where it stands."""

    text: str
    span: Span


Cells = Mapping[str, Cell]


class ColumnError(ValueError):
    """A row does not fit its header, or a cell its column.

    Attributes:
        message: How.
        at: The cell; None for the row.
    """

    def __init__(self, message: str, at: Span | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


@dataclass(frozen=True, slots=True)
class Header:
    """The header line of one table.

    Attributes:
        kind: What its rows are: a kind that we read, `other` for another kind, None for columns of the user's own.
        columns: Names with their offsets in the line.
    """

    kind: str | None
    columns: tuple[tuple[str, int], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in order."""
        return tuple(name for name, _ in self.columns)

    @property
    def unread(self) -> tuple[tuple[str, int], ...]:
        """Columns that no kind has and the command line does not ask for, with names as printed and offsets."""
        unread = ((name, at) for name, at in self.columns if name not in KNOWN_COLUMNS and not name.startswith(_LABEL))
        return tuple((name.removeprefix(_REPEATED), at) for name, at in unread)


def label_column(key: str) -> str:
    """Give the name of the column of a label asked for with `-L`; no column of a kind is called so."""
    return _LABEL + key


def header_of(line: str, label_keys: Sequence[str] = ()) -> Header:
    """Read a header line; blanks may be collapsed to one.

    The columns of `label_keys`, the keys of `-L`, stand last but for LABELS and bear the last part of the key in
    capitals (printers/tableprinter.go), which may be the name of another column: they are renamed to `label_column`.
    """
    columns = tuple((found.group(), found.start()) for found in _GAP.finditer(line))
    if len(columns) == 1 and " " in columns[0][0]:
        columns = tuple((found.group(), found.start()) for found in _HEADER_WORDS.finditer(line))
    names = _told_apart(["NODE SELECTOR" if name == "NODE-SELECTOR" else name for name, _ in columns], label_keys)
    columns = tuple((name, start) for name, (_, start) in zip(names, columns, strict=True))
    return Header(_kind(frozenset(names)), columns)


def _told_apart(names: list[str], label_keys: Sequence[str]) -> list[str]:
    """Rename the label columns, and every other column that bears the name of one before it."""
    end = len(names) - (names[-1:] == ["LABELS"])
    start = max(0, end - len(label_keys))
    if names[start:end] == [key.rpartition("/")[2].upper() for key in label_keys]:
        names[start:end] = map(label_column, label_keys)
    return [_REPEATED + name if name in names[:at] else name for at, name in enumerate(names)]


def _kind(names: frozenset[str]) -> str | None:
    """Tell a kind by its columns. Of old, Deployments had DESIRED and CURRENT and no READY."""
    if names >= {"DESIRED", "NODE SELECTOR"}:
        return "DaemonSet"
    if names >= {"UP-TO-DATE", "AVAILABLE"}:
        return "Deployment"
    if names >= {"STATUS", "RESTARTS"}:
        return "Pod"
    if names >= {"STATUS", "VERSION"}:
        return "Node"
    return "other" if "AGE" in names else None


def cells_under(header: Header, line: str, start: Span) -> Cells:
    """Cut a row under its header; raises ColumnError when it does not fit.

    Args:
        header: The header above it.
        line: The whole line, outer blanks included.
        start: The span of that line.
    """
    names = header.names
    for found in (list(_GAP.finditer(line)), _absorbed(list(_CELL_WORDS.finditer(line)), names, line)):
        if len(found) == len(names):
            return {name: _cell(line, start, *piece) for name, piece in zip(names, map(_bounds, found), strict=True)}
    offsets = [offset for _, offset in header.columns]
    ends = [*offsets[1:], max(len(line), offsets[-1])]
    cells = {name: _cell(line, start, at, end) for name, at, end in zip(names, offsets, ends, strict=True)}
    cut = any(offset <= len(line) and line[offset - 1 : offset].strip() for offset in offsets[1:])
    if cut or any("  " in cell.text for cell in cells.values()):
        count = len(list(_GAP.finditer(line)))
        raise ColumnError(f"expected {len(names)} columns as in the header, found {count}")
    return cells


_Piece = re.Match[str] | tuple[int, int]


def _bounds(piece: _Piece) -> tuple[int, int]:
    return piece if isinstance(piece, tuple) else piece.span()


def _absorbed(words: Sequence[_Piece], names: Sequence[str], line: str) -> Sequence[_Piece]:
    """In a line whose blanks were collapsed only OS-IMAGE holds blanks: it takes the surplus words."""
    surplus = len(words) - len(names)
    if surplus <= 0 or "OS-IMAGE" not in names or "  " in line.strip():
        return words
    at = names.index("OS-IMAGE")
    image = (_bounds(words[at])[0], _bounds(words[at + surplus])[1])
    return [*words[:at], image, *words[at + surplus + 1 :]]


def _cell(line: str, start: Span, begin: int, end: int) -> Cell:
    begin = min(begin, len(line))
    text = line[begin:end]
    begin += len(text) - len(text.lstrip()) if text.strip() else 0
    text = text.strip()
    return Cell(text, Span(start.artifact, start.start + begin, start.start + begin + len(text)))


def cells_alone(line: str, start: Span, request: Request) -> tuple[str, Cells]:
    """Cut a row without header, telling its kind by its shape; raises ColumnError when none or several fit.

    Gives the kind (`other` for one that we do not read) and the cells under the names that a header would have.
    """
    found: Sequence[_Piece] = list(_GAP.finditer(line))
    if len(found) == 1:
        found = list(_CELL_WORDS.finditer(line))
    texts = [line[slice(*_bounds(piece))] for piece in found]
    prefix = next((text.partition("/")[0] for text in texts[:2] if _HAS_PREFIX.match(text)), None)
    listed = len(texts) > 1 and any(re.fullmatch(AGE, text) for text in texts)
    if prefix is not None and kind_of(prefix) is None and listed:
        return "other", {}
    asked = {kind_of(prefix)} if prefix else request.kinds or COLUMNS.keys()
    fits = {kind: names for kind in COLUMNS if kind in asked and (names := _names_for(kind, texts, request))}
    if len(fits) == 1:
        kind, names = fits.popitem()
        return kind, {name: _cell(line, start, *_bounds(piece)) for name, piece in zip(names, found, strict=True)}
    if fits:
        raise ColumnError(f"a row without a header that may be a {' or a '.join(sorted(fits))}")
    if listed and not request.kinds:
        return "other", {}
    raise ColumnError("expected a row of a table of kubectl")


def _names_for(kind: str, texts: Sequence[str], request: Request) -> tuple[str, ...] | None:
    """Give the column names if the cells are a row of that kind; None otherwise."""
    base, wide = COLUMNS[kind]
    labels = tuple(map(label_column, request.label_columns))
    for lead in ((), ("NAMESPACE",)):
        named, rest = texts[: len(lead)], texts[len(lead) :]
        if len(rest) < len(base) or not all(re.fullmatch(_NAME, text) for text in named):
            continue
        if not all(map(re.fullmatch, _SHAPES[kind], rest)):
            continue
        for extra in (labels, (*wide, *labels), (*labels, "LABELS"), (*wide, *labels, "LABELS")):
            if len(lead) + len(base) + len(extra) == len(texts):
                return (*lead, *base, *extra)
    return None
