r"""`ls` of one or more directories in the forms that people paste, into `DirectoryListing`.

    >>> from azcnilint.capture import Capture
    >>> from azcnilint.text import decode
    >>> source = decode("ls.txt", b"total 4\n-rwxr-xr-x 1 root root 2000 Mar  9  2022 bridge*\n")
    >>> entry = parse(Capture(source, source.span, "ls")).unwrap().entries[0]
    >>> entry.name, oct(entry.mode), entry.owner, entry.size, entry.modified
    ('bridge', '0o755', 'root', 2000, 'Mar  9  2022')

Column orders: GNU coreutils 9.1, src/ls.c print_long_format; BusyBox 1.35, coreutils/ls.c; toybox 0.8, toys/posix/ls.c.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pyparsing as pp

from azcnilint.capture import Capture, Completeness
from azcnilint.models import NOTHING, DirectoryEntry, DirectoryListing, FileType, ListedDirectory
from azcnilint.parsers.base import Parser, ParseResult, whole
from azcnilint.parsers.grammar import glued, leaf, rest, token
from azcnilint.parsers.lines import LineGrammar, Reading
from azcnilint.parsers.ls_entries import CONTEXT, Printed, Style, entry_of, style_of, undecided_owner
from azcnilint.parsers.ls_names import Options, Quoting, options_of, unquote
from azcnilint.parsers.ls_plain import Refusal, read_block
from azcnilint.text import Span

_MODE = r"[-dlpscbDCPM?](?:[r?-][w?-][xsS?-]){2}[r?-][w?-][xtT?-][+.@]?"
_SIZE = r"(?:\d{1,3}(?:,\d{3})++|\d++, *\d+|\d+(?:[.,]\d+)?(?:[KMGTPEZYRQk](?:i?B)?)?)"
_CLOCK = r"(?:\d{4,5}|\d{1,2}:\d\d(?::\d\d)?)"
_MONTH = r"[^\W\d_][\w.]*"
# "Nov 23 17:21", "Jun  6  2024"; "23. Nov 17:21" (de), "11月 23 17:21" (ja); long-iso, full-iso, iso; %s; "?" (no stat)
_CALENDAR = (
    rf"(?:{_MONTH} +\d{{1,2}}|\d{{1,2}}\.? +{_MONTH}|\d{{1,2}}月 +\d{{1,2}}) +{_CLOCK}"
    r"|\d{4}-\d\d-\d\d(?: +\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?: +[+-]\d{4})?)?|\d\d-\d\d +\d\d:\d\d"
)
_EPOCH = r"\d{9,11}(?:\.\d+)?"
_TOTAL = (
    r"(?:total[te]?|totaal|insgesamt|razem|celkem|összesen|yhteensä|toplam|i alt|итого|загалом"
    r"|合計|总用量|总计|總計|합계)"
    r" +\d[\d.,]*[KMGTPEZYRQk]?(?:i?B)?"
)

# line = [inode] [blocks] mode nlink [owner] [group] [author] [context] (size | major "," minor) date name ["->" target]
_lead = pp.ZeroOrMore(leaf(r"\d+(?:\.\d+)?[KMGT]?", "an inode or block count"))
_mode = leaf(_MODE, "a mode such as -rwxr-xr-x")
_nlink = leaf(r"\d{1,20}", "a link count")
_error = leaf(r"(?:\S*/)?(?:ls|dir|vdir|busybox|toybox): \S.*", "an error of ls")
_total = leaf(_TOTAL, '"total"')
_heading = leaf(r"\S.*:", "a directory and a colon")


def _long(date: str) -> pp.ParserElement:
    """One line of the long form with dates of one shape; the words between links and size are told apart later."""
    columns = rf"{_SIZE} ++(?:{date})(?!\S)"
    words = rf"(?:(?!{columns})\S++ ++)"
    return (
        _lead
        + _mode("mode")
        + _nlink("nlink")
        + pp.FollowedBy(pp.Regex(rf"{words}{{0,5}}+{columns}").set_name("owner, group, size and date"))
        + pp.Opt(glued(rf"{words}{{1,5}}+", "an owner or group")("who"))
        + leaf(_SIZE, "a size")("size")
        + leaf(date, "a date")("date")
        + rest("a file name")("name")
    )


def _owned(date: str) -> pp.ParserElement:
    """Fits no line that `_long` does not fit; its messages assume an owner and a group."""
    return (
        _lead
        + _mode("mode")
        + _nlink("nlink")
        + leaf(r"\S+ +\S+", "an owner and a group")("who")
        + leaf(_SIZE, "a size")("size")
        + leaf(date, "a date")("date")
        + rest("a file name")("name")
    )


LONG = LineGrammar(
    long=_long(_CALENDAR),
    epoch=_long(_EPOCH),
    unknown=_lead + _mode("mode") + leaf(r"\?(?: +\?){2,7}", "question marks") + rest("a file name")("name"),
    labelled=(  # `ls -Z` before coreutils 8.25
        pp.FollowedBy(leaf(rf"{_MODE}(?: ++\S++){{2}} ++{CONTEXT}", "a mode such as -rwxr-xr-x"))
        + _mode("mode")
        + token("owner")
        + token("group")
        + leaf(CONTEXT, "a security context")("context")
        + rest("a file name")("name")
    ),
    owned=_owned(_CALENDAR),
    total=_total,
    error=_error,
    heading=_heading,
)
PLAIN = LineGrammar(
    total=_total,
    error=_error,
    names=glued(r"(?![\[(<]?(?:\.{3}|…|snip\b))\S(?:(?!: |\S[#$%>] \S).)*?(?=[ \t]*+\Z)", "file names")("names"),
)


_IS_LONG = re.compile(rf"(?:^|\n)[ \t]*(?:\d[\d.]*[KMGT]? +){{0,2}}{_MODE} ")
_FAULT = re.compile(r"(?:^|(?<=[\s\"]))(?:[^\s/]*+/)*+(?:ls|dir|vdir|busybox|toybox): ")
_QUOTED_PATH = re.compile(r"['\"\u2018\u201c](?P<path>.+)['\"\u2019\u201d]")
_VERB = re.compile(r"(?:cannot|can't) \w+ (?:directory )?|reading directory |ls: ")
_MISSING = (
    "No such file or directory",
    "Not a directory",
    "Datei oder Verzeichnis nicht gefunden",
    "Aucun fichier ou dossier de ce",
    "No existe el archivo o el directorio",
    "Arquivo ou diretório inexistente",
    "Нет такого файла или каталога",
    "そのようなファイルやディレクトリはありません",
    "没有那个文件或目录",
)
_GLOB = re.compile(r"[*?\[]")
_BINARIES = "/opt/cni/bin"
_FILES_ONLY = "only some names of the directory were listed"
_SILENT = "nothing was printed, not even an error"


@dataclass(slots=True)
class _Section:
    """What stands under one heading (or under none); `total` says that ls counted its blocks, so that it was listed."""

    path: str | None
    span: Span
    headed: bool = False
    total: bool = False
    printed: list[Printed] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Fault:
    """What ls could not do: the path in question, and whether that is because it does not exist."""

    path: str
    missing: bool
    reason: str


def parse(capture: Capture) -> ParseResult[DirectoryListing]:
    """Read the output of ls. Total: never raises.

    "No such file or directory" is an answer: the listing has `exists` False and no entries. Any other error without a
    listing gives FAILED.
    """
    options = options_of(capture.argv)
    failed = capture.completeness is Completeness.FAILED
    known = replace(capture, completeness=Completeness.COMPLETE) if failed else capture
    long = options.long or _IS_LONG.search(capture.text) is not None
    reading = Reading(known, LONG if long else PLAIN, wrapped=False)
    sections = _sections(reading, options)
    style = style_of([item for section in sections for item in section.printed], options)
    _tell_doubts(reading, sections, options)
    faults = _faults(capture)
    listings = _listings(reading, sections, faults, style)
    if not listings and not faults and not failed and reading.incomplete_because is None:
        listings.append(_silent(capture, sections[0], settled=capture.command is not None and not long))
    return replace(reading.result(_chosen(listings)), capture=capture)


def _sections(reading: Reading, options: Options) -> list[_Section]:
    sections = [_Section(_path_of_command(options), reading.body)]
    plain: list[tuple[str, Span]] = []
    for row, span in reading.rows():
        text = reading.capture.source.slice(span)
        if row.form in {"error", "total"}:
            reading.noise(row.form, span)
            sections[-1].total |= row.form == "total"
        elif row.form == "heading" or (row.form == "names" and text.endswith(":") and _begins_block(reading, span)):
            _read_plain(reading, plain, sections[-1], options)
            plain = []
            reading.noise("heading", span)
            sections.append(_Section(_without_slash(unquote(text[:-1], Quoting.ALWAYS)), span, headed=True))
        elif row.form == "names":
            plain.append((text, span))
        else:
            sections[-1].printed.append(Printed(row.text("name"), span, row))
    _read_plain(reading, plain, sections[-1], options)
    return sections


def _path_of_command(options: Options) -> str | None:
    if len(options.operands) != 1 or _GLOB.search(options.operands[0]):
        return None
    return _without_slash(options.operands[0])


def _without_slash(path: str) -> str:
    return path.rstrip("/") or path[:1]


def _begins_block(reading: Reading, span: Span) -> bool:
    """Say whether a line is the first of the capture or follows an empty one, as headings do."""
    source = reading.capture.source
    number = source.line_number(span.start)
    return number == source.line_number(reading.body.start) or not source.line(number - 1).text.strip()


def _read_plain(reading: Reading, lines: Sequence[tuple[str, Span]], section: _Section, options: Options) -> None:
    for found in read_block(lines, options):
        if isinstance(found, Refusal):
            reading.refuse(found.message, found.span, code="ambiguous-names")
        else:
            section.printed.append(found)


def _faults(capture: Capture) -> list[_Fault]:
    """Collect what ls complained about, wherever the capture keeps it."""
    source = capture.source
    texts = [*capture.text.splitlines(), *(source.slice(noise.span) for noise in capture.noise)]
    if capture.error is not None:
        texts += [capture.error.message, *(source.slice(label.span) for label in capture.error.labels)]
    faults = [_fault(text.strip().strip('"')) for text in texts if ": " in text]
    return list(dict.fromkeys(fault for fault in faults if fault is not None))


def _fault(text: str) -> _Fault | None:
    """Read "ls: cannot access 'PATH': REASON" in the words of GNU, BusyBox or toybox; None for any other text."""
    found = _FAULT.search(text)
    what, colon, reason = text[found.end() :].rpartition(": ") if found else ("", "", "")
    if not colon:
        return None
    quoted = _QUOTED_PATH.search(what)
    path = quoted["path"] if quoted else _VERB.sub("", what)
    return _Fault(_without_slash(path), reason.startswith(_MISSING), reason)


def _listings(
    reading: Reading, sections: Sequence[_Section], faults: Sequence[_Fault], style: Style
) -> list[ListedDirectory]:
    listings: list[ListedDirectory] = []
    for section in sections:
        if section.headed or section.total or section.printed:
            listings += _listed(reading, section, faults, style)
    shown = {listing.path for listing in listings}
    for fault in faults:
        parent = fault.path.rpartition("/")[0]
        if fault.missing and fault.path not in shown and parent not in shown:
            listings.append(_missing(reading, fault, parent))
    return listings


def _missing(reading: Reading, fault: _Fault, parent: str) -> ListedDirectory:
    """A missing directory is settled; a missing file or pattern says nothing about its directory."""
    if _GLOB.search(fault.path) or parent.endswith(_BINARIES):
        hidden = frozenset({"entries", "exists"})
        return ListedDirectory(
            span=reading.body, path=parent, entries=(), hidden=hidden, incomplete_because=_FILES_ONLY
        )
    return ListedDirectory(span=reading.body, path=fault.path, exists=False, entries=())


def _listed(reading: Reading, section: _Section, faults: Sequence[_Fault], style: Style) -> list[ListedDirectory]:
    """Build the listing of a section; names with a path (`ls -d DIR`, `ls DIR/*`) go to their directory."""
    operands = style.options.operands
    own: list[DirectoryEntry] = []
    elsewhere: dict[str, list[DirectoryEntry]] = {}
    listings: list[ListedDirectory] = []
    itself = None
    for item in section.printed:
        entry = entry_of(item, style)
        parent, slash, name = entry.name.rpartition("/")
        directory = entry.file_type is FileType.DIRECTORY
        if entry.name in {".", ".."} and not slash:
            itself = entry if entry.name == "." else itself
        elif directory and (slash or "d" in style.options.flags):
            listings.append(_itself(entry))
        elif slash:
            elsewhere.setdefault(parent, []).append(replace(entry, name=name))
        else:
            own.append(entry)
    files = bool(own) and not section.headed and all(entry.name in operands for entry in own)
    if own or itself or section.headed or section.total:
        path = None if files else section.path
        because = _FILES_ONLY if files else _because(reading, path, faults, style)
        listings.insert(0, _listing(section.span, path, own, because, itself))
    for parent, entries in elsewhere.items():
        because = reading.incomplete_because if f"{parent}/*" in operands else _FILES_ONLY
        listings.append(_listing(section.span, parent, entries, because))
    return listings


def _itself(entry: DirectoryEntry) -> ListedDirectory:
    """What `ls -d` tells: the directory and none of its names."""
    return ListedDirectory(
        span=entry.span,
        path=_without_slash(entry.name),
        entries=(),
        self_entry=replace(entry, name="."),
        hidden=frozenset({"entries"}),
        incomplete_because="the directory itself was listed, not its names",
    )


def _listing(
    span: Span,
    path: str | None,
    entries: Sequence[DirectoryEntry],
    because: str | None,
    itself: DirectoryEntry | None = None,
) -> ListedDirectory:
    hidden = (frozenset({"entries"}) if because else NOTHING) | (NOTHING if path else frozenset({"path"}))
    hidden |= NOTHING if itself else frozenset({"self_entry"})
    spans = [entry.span for entry in entries]
    return ListedDirectory(
        span=whole(spans, span),
        path=path,
        entries=tuple(entries),
        self_entry=itself,
        hidden=hidden,
        incomplete_because=because,
    )


def _because(reading: Reading, path: str | None, faults: Sequence[_Fault], style: Style) -> str | None:
    """Say why names may be missing from a listing; None when none can be."""
    if reading.incomplete_because:
        return reading.incomplete_because
    if style.options.flags & set("IB"):
        return "the command line hides some names"
    if any(_GLOB.search(operand) for operand in style.options.operands):
        return _FILES_ONLY
    return next(
        (f"ls said: {fault.reason}" for fault in faults if not fault.missing and fault.path in {path, "."}), None
    )


def _tell_doubts(reading: Reading, sections: Sequence[_Section], options: Options) -> None:
    """Report the first column that may be the owner or the group, so that neither was read anywhere."""
    for item in (item for section in sections for item in section.printed):
        if (who := undecided_owner(item, options)) is not None:
            message = f'"{who}" may be the owner or the group: neither was read, here and below'
            reading.report("ambiguous-column", message, item.span, help="list with ls -l, without -g and -o")
            return


def _silent(capture: Capture, section: _Section, *, settled: bool) -> ListedDirectory:
    """Nothing was printed: an empty directory when the command line stands above, else perhaps an error elsewhere."""
    if settled:
        return _listing(capture.body, section.path, (), None)
    hidden = frozenset({"entries", "exists", "path"})
    return ListedDirectory(span=capture.body, path=section.path, entries=(), hidden=hidden, incomplete_because=_SILENT)


def _chosen(listings: Sequence[ListedDirectory]) -> DirectoryListing | None:
    """Choose the directory of the CNI binaries when it is there, else the first; None when nothing was listed."""
    if not listings:
        return None
    chosen = next((listed for listed in listings if f"/{listed.path or ''}".endswith(_BINARIES)), listings[0])
    return DirectoryListing(
        span=chosen.span,
        hidden=chosen.hidden,
        incomplete_because=chosen.incomplete_because,
        path=chosen.path,
        exists=chosen.exists,
        entries=chosen.entries,
        self_entry=chosen.self_entry,
        others=tuple(listed for listed in listings if listed is not chosen),
    )


PARSER = Parser("ls", "ls -la /opt/cni/bin", parse)
