"""`ls`: every form gives the same entries, doubt is told and not guessed, errors are never names."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azcnilint.capture import Capture, Completeness
from azcnilint.models import DirectoryEntry, DirectoryListing, FileType
from azcnilint.parsers import ls
from azcnilint.parsers.base import Claim, ParseResult, ParseStatus
from azcnilint.text import Severity, Span, decode

LIST = ("ls", "-la", "/opt/cni/bin")


def read(text: str | bytes, *argv: str, **more: object) -> ParseResult[DirectoryListing]:
    """Parse a text as the output of that command line."""
    source = decode("ls.txt", text.encode() if isinstance(text, str) else text)
    return ls.parse(Capture(source, source.span, "ls", argv or None, **more))  # type: ignore[arg-type]


def listing(text: str | bytes, *argv: str) -> DirectoryListing:
    """Give the listing of a capture that must be read without loss."""
    return read(text, *argv).unwrap()


def told(result: ParseResult[DirectoryListing]) -> list[tuple[str, str, str, str]]:
    """Give each diagnostic as code, place, marked text and message."""
    source = result.capture.source
    rows = []
    for diagnostic in result.diagnostics:
        span = diagnostic.labels[0].span
        place = source.position(span.start)
        rows.append((diagnostic.code, f"{place.line}:{place.column}", source.slice(span), diagnostic.message))
    return rows


def names(found: DirectoryListing | None) -> list[str]:
    """Give the names of the entries in order."""
    assert found is not None
    return [entry.name for entry in found.entries]


# --- the 26 captures of one directory -------------------------------------------------------------------------------

CONTEXT = frozenset({"context"})
PLAIN = frozenset({"file_type", "mode", "acl", "nlink", "owner", "group", "context", "size", "link_target", "modified"})
VARIANTS: dict[str, tuple[tuple[str, ...], frozenset[str], str]] = {
    "bb_ls": (("ls",), PLAIN, "names only"),
    "bb_ls_la": (("ls", "-la"), CONTEXT, ""),
    "ls": (("ls",), PLAIN, "names only"),
    "ls_1": (("ls", "-1"), PLAIN, "names only"),
    "ls_C": (("ls", "-C"), PLAIN, "names only"),
    "ls_R": (("ls", "-R"), PLAIN, "names only"),
    "ls_l": (("ls", "-l"), CONTEXT, ""),
    "ls_lQ": (("ls", "-lQ"), CONTEXT, ""),
    "ls_lR": (("ls", "-lR"), CONTEXT, ""),
    "ls_lZ": (("ls", "-lZ"), frozenset(), "the context is printed, as `?`"),
    "ls_l_epoch": (("ls", "-l", "--time-style=+%s"), CONTEXT, ""),
    "ls_l_fulliso": (("ls", "-l", "--time-style=full-iso"), CONTEXT, ""),
    "ls_l_glob": (("ls", "-l", "opt/cni/bin/*"), CONTEXT, ""),
    "ls_l_longiso": (("ls", "-l", "--time-style=long-iso"), CONTEXT, ""),
    "ls_laF": (("ls", "-laF"), CONTEXT, ""),
    "ls_la_color": (("ls", "-la", "--color=always"), CONTEXT, ""),
    "ls_la_de": (("ls", "-la"), CONTEXT, ""),
    "ls_lg": (("ls", "-lg"), CONTEXT | {"owner"}, "-g leaves the owner out"),
    "ls_lh": (("ls", "-lh"), CONTEXT, "2.0K hides 2000 and no other size"),
    "ls_li": (("ls", "-li"), CONTEXT, ""),
    "ls_ln": (("ls", "-ln"), CONTEXT, "numbers instead of names"),
    "ls_lo": (("ls", "-lo"), CONTEXT | {"group"}, "-o leaves the group out"),
    "ls_ls": (("ls", "-ls"), CONTEXT, ""),
}
ROUNDED = {"ls_lh"}
NUMERIC = {"ls_ln"}
OTHER_DATES = {"ls_l_epoch", "ls_l_fulliso", "ls_l_longiso"}


def _folder() -> Path:
    root = os.environ.get("AZCNILINT_CAPTURES")
    if not root:
        pytest.skip("AZCNILINT_CAPTURES is not set")
    return Path(root)


@pytest.mark.shared
@pytest.mark.parametrize("name", VARIANTS)
def test_every_variant_gives_the_entries_of_the_richest(name: str) -> None:
    """A field that differs from `ls -la` and is not in the table above would be a wrong reading."""
    folder = _folder() / "lab" / "ls"
    argv, unprinted, _ = VARIANTS[name]
    richest = {entry.name: entry for entry in listing((folder / "ls_la").read_bytes(), *LIST).entries}

    found = read((folder / name).read_bytes(), *argv)

    assert found.value is not None
    assert found.status is ParseStatus.COMPLETE
    assert [d.message for d in found.diagnostics] == []
    assert sorted(names(found.value)) == sorted(richest)
    for entry in found.value.entries:
        rich = richest[entry.name]
        rounded = {"size"} if name in ROUNDED and rich.size == 2000 else set()
        assert entry.hidden == unprinted | rounded
        other = {"owner", "group"} if name in NUMERIC else {"modified"} if name in OTHER_DATES else set()
        for field in dataclasses.fields(entry):
            if field.compare and field.name not in entry.hidden | other:
                assert getattr(entry, field.name) == getattr(rich, field.name), field.name


@pytest.mark.shared
def test_every_file_of_the_laboratory_has_a_variant() -> None:
    """A capture that nobody compares proves nothing."""
    files = {path.name for path in (_folder() / "lab" / "ls").iterdir()}

    assert files == VARIANTS.keys() | {"ls_la", "ls_missing"}


@pytest.mark.shared
def test_the_binaries_of_a_node_of_2023_are_read_fully() -> None:
    """`ll` puts a star behind every binary; other tools report all of them missing."""
    found = listing((_folder() / "aks" / "14-ls-opt-cni-bin-2023.txt").read_bytes(), "ll", "/opt/cni/bin")

    assert (found.path, found.complete, len(found.entries)) == ("/opt/cni/bin", True, 21)
    assert not [name for name in names(found) if name.endswith("*")]
    assert [(e.name, e.mode) for e in found.entries if not e.executable] == [("azure-vnet-telemetry.config", 0o664)]


@pytest.mark.shared
def test_the_slides_of_2021_with_collapsed_blanks_are_read_fully() -> None:
    """The size column and the year of `Aug 13 2019` survive one blank between columns."""
    lines = (_folder() / "slides-2021.txt").read_text(encoding="utf-8").splitlines()
    start = lines.index("total 136816")

    found = listing("\n".join(lines[start : start + 14]), "ll", "/opt/cni/bin/")

    assert found.path == "/opt/cni/bin"
    assert [(e.name, e.size, e.modified) for e in found.entries][-1] == ("ipvlan", 3572685, "Aug 13 2019")
    assert len(found.entries) == 11


# --- one line at a time ---------------------------------------------------------------------------------------------


def entry(line: str, *argv: str) -> DirectoryEntry:
    """Read one line of a long listing."""
    return listing(line + "\n", *(argv or LIST)).entries[0]


@pytest.mark.parametrize(
    ("letters", "mode"),
    [
        ("-rwxr-xr-x", 0o755),
        ("-rwsr-sr-t", 0o7755),
        ("-rwSr-Sr-T", 0o7644),
        ("----------", 0),
        ("-rw-rw-rw-.", 0o666),
        ("-rwxrwxr-x+", 0o775),
    ],
)
def test_mode_letters_become_bits(letters: str, mode: int) -> None:
    """Set-id without execute is a capital letter."""
    found = entry(f"{letters} 1 root root 5 Nov 23 15:45 bridge")

    assert (found.mode, found.acl) == (mode, letters.endswith("+"))


@pytest.mark.parametrize(
    "date",
    [
        "Nov 23 17:21",
        "Jun  6  2024",
        "23. Nov 17:21",
        " 9. Mär 2022",
        "11月 23 17:21",
        "nov.  23 17:21",
        "2026-11-23 15:45",
        "2026-11-23 15:45:23.776261298 +0000",
        "2026-11-23 15:45:23 +0100",
        "11-23 15:45",
        "1795448723",
    ],
)
def test_dates_of_all_styles_are_kept_as_printed(date: str) -> None:
    """A date of another width must not eat into the name or the size."""
    found = entry(f"-rwxr-xr-x 1 root root 2000 {date} a name 1 Nov 23 15:45 x")

    assert (found.size, found.modified, found.name) == (2000, date.strip(), "a name 1 Nov 23 15:45 x")


def test_numeric_owners_of_any_size_are_no_dates() -> None:
    """The number 4294967294 has as many digits as a date in seconds."""
    found = entry("-rwxr-xr-x 1 0 4294967294 2000 Nov 23 15:45 bridge")

    assert (found.owner, found.group, found.size) == ("0", "4294967294", 2000)


def test_a_device_has_no_size_and_that_is_settled() -> None:
    """`7, 0` are major and minor."""
    found = entry("brw-rw---- 1 root disk 7, 0 Nov 23 15:45 loop0")

    assert (found.file_type, found.size, found.settles("size")) == (FileType.BLOCK, None, True)


def test_a_rounded_size_is_hidden() -> None:
    """27M is not 27 bytes."""
    found = entry("-rwxr-xr-x 1 root root 27M Nov 23 15:45 azure-vnet")

    assert (found.size, found.settles("size")) == (None, False)


def test_a_size_in_blocks_is_hidden() -> None:
    """With --block-size a bare number counts blocks."""
    found = entry("-rwxr-xr-x 1 root root 27 Nov 23 15:45 azure-vnet", "ls", "-l", "--block-size=1048576")

    assert (found.size, found.settles("size")) == (None, False)


def test_names_may_end_in_marks_themselves() -> None:
    """Only the mark that agrees with the mode is taken off, and only when all executables bear one."""
    text = (
        "-rwxr-xr-x 1 root root 1 Nov 23 15:45 run\n"
        "-rwxr-xr-x 1 root root 1 Nov 23 15:45 star*\n"
        "-rw-r--r-- 1 root root 1 Nov 23 15:45 plain*\n"
        "-rw-r--r-- 1 root root 1 Nov 23 15:45 at@\n"
    )

    assert names(listing(text)) == ["run", "star*", "plain*", "at@"]


def test_marks_of_ls_f_are_taken_off() -> None:
    """Each mark goes with its file type; a star on a file that is not executable belongs to the name."""
    text = (
        "drwxr-xr-x 1 root root 1 Nov 23 15:45 dir/\n"
        "-rwxr-xr-x 1 root root 1 Nov 23 15:45 run*\n"
        "-rw-r--r-- 1 root root 1 Nov 23 15:45 plain*\n"
        "prw-r--r-- 1 root root 0 Nov 23 15:45 pipe|\n"
        "srw-r--r-- 1 root root 0 Nov 23 15:45 socket=\n"
        "lrwxrwxrwx 1 root root 3 Nov 23 15:45 link -> run*\n"
    )

    found = listing(text, "ls", "-lF", "x")

    assert names(found) == ["dir", "run", "plain*", "pipe", "socket", "link"]
    assert found.entries[-1].link_target == "run"


@pytest.mark.parametrize(
    ("size", "text", "name", "target"),
    [
        (8, "lo-link -> loopback", "lo-link", "loopback"),
        (15, "dangling -> nowhere -> else", "dangling", "nowhere -> else"),
        (1, "a -> b -> c", "a -> b", "c"),
        (3, "link -> ünd", "link", "ünd"),
    ],
)
def test_the_size_of_a_link_tells_its_target(size: int, text: str, name: str, target: str) -> None:
    """The first arrow is not safe: names and targets may hold one."""
    found = entry(f"lrwxrwxrwx 1 root root {size} Nov 23 15:45 {text}")

    assert (found.name, found.link_target) == (name, target)


def test_an_arrow_in_the_name_of_a_file_is_no_link() -> None:
    """Only type `l` has a target."""
    found = entry("-rw-r--r-- 1 root root 8 Nov 23 15:45 a -> b")

    assert (found.name, found.link_target, found.settles("link_target")) == ("a -> b", None, True)


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("'a b'", "a b"),
        ('"it\'s"', "it's"),
        ("'ctrl'$'\\001'", "ctrl\x01"),
        ("'it'\\''s a \"b\"'", 'it\'s a "b"'),
        (" plain", "plain"),
        ("'plain'", "'plain'"),
    ],
)
def test_shell_quotes_of_a_terminal_are_undone(printed: str, name: str) -> None:
    """GNU ls quotes odd names on a terminal and indents the others by one blank; it would never quote `plain`."""
    assert entry(f"-rw-r--r-- 1 root root 8 Nov 23 15:45 {printed}").name == name


def test_escapes_of_ls_b_are_undone() -> None:
    """`-b` writes octal bytes of UTF-8."""
    assert entry("-rw-r--r-- 1 root root 8 Nov 23 15:45 a\\ b\\303\\274", "ls", "-lb").name == "a bü"


def test_a_row_that_ls_could_not_stat_keeps_its_name() -> None:
    """Question marks are no values."""
    text = "ls: cannot access '/opt/cni/bin/x': Permission denied\ntotal 0\n-????????? ? ? ? ? ? x\n"

    found = listing(text, *LIST)

    assert names(found) == ["x"]
    assert found.entries[0].hidden == PLAIN - {"file_type", "link_target"}


def test_selinux_contexts_are_read() -> None:
    """`ls -lZ` prints the context before the size, the `ls -Z` of RHEL 7 instead of links and size."""
    new = entry("-rwxr-xr-x. 1 root root system_u:object_r:bin_t:s0 2000 Mar  9  2022 bridge", "ls", "-lZ")
    old = entry("-rwxr-xr-x. root root system_u:object_r:bin_t:s0 bridge", "ls", "-Z")

    assert (new.context, new.size, new.owner) == ("system_u:object_r:bin_t:s0", 2000, "root")
    assert (old.context, old.name, old.hidden) == (new.context, "bridge", frozenset({"nlink", "size", "modified"}))


def test_one_column_that_may_be_owner_or_group_is_read_as_neither() -> None:
    """Without the command line `ls -lg` and `ls -lo` print the same."""
    result = read("-rw-r--r-- 1 root 0 Nov 23 15:45 a\n-rw-r--r-- 1 root 0 Nov 23 15:45 b\n")

    assert told(result) == [
        (
            "ambiguous-column",
            "1:1",
            "-rw-r--r-- 1 root 0 Nov 23 15:45 a",
            '"root" may be the owner or the group: neither was read, here and below',
        )
    ]
    assert result.value is not None
    assert {"owner", "group"} <= result.value.entries[0].hidden


def test_a_line_that_is_no_entry_is_told_with_its_place() -> None:
    """One bad line costs one line, and absence is no longer settled."""
    result = read(
        "total 4\n-rw-r--r-- 1 root root zero Nov 23 15:45 a\n-rw-r--r-- 1 root root 0 Nov 23 15:45 b\n", *LIST
    )

    assert told(result) == [
        ("unreadable-line", "2:24", "zero", 'expected a size, found "zero"'),
    ]
    assert result.status is ParseStatus.PARTIAL
    assert result.value is not None
    assert (names(result.value), result.value.complete) == (["b"], False)


# --- names only -----------------------------------------------------------------------------------------------------


def test_columns_are_divided_by_two_blanks_or_a_tab() -> None:
    """Single blanks belong to names."""
    found = listing("a file  azure-vnet\tbridge\nhost    loopback\n")

    assert names(found) == ["a file", "azure-vnet", "bridge", "host", "loopback"]
    assert [found.span.artifact, found.entries[1].span] == ["ls.txt", Span("ls.txt", 8, 18)]


def test_lines_whose_columns_lost_their_blanks_are_not_guessed() -> None:
    """`azure-vnet bridge loopback` is three names or one."""
    result = read("azure-vnet bridge loopback\n", "ls", "/opt/cni/bin")

    assert told(result) == [
        (
            "ambiguous-names",
            "1:1",
            "azure-vnet bridge loopback",
            "one name with blanks or several names whose columns lost their blanks",
        )
    ]
    assert result.value is None or not result.value.complete


def test_a_wide_gap_in_one_line_of_many_is_not_guessed() -> None:
    """`ls -C` fills its columns; one line of two names among lines of one is no such table."""
    result = read("a\nb  c\nd\ne\n")

    assert told(result) == [
        ("ambiguous-names", "2:1", "b  c", "one name with a wide gap or several names: the columns do not line up"),
    ]
    assert result.value is not None
    assert (names(result.value), result.value.complete) == (["a", "d", "e"], False)


def test_commas_of_ls_m_divide_names_only_when_asked() -> None:
    """A comma may be part of a name."""
    asked = listing("azure-vnet, bridge,\nloopback\n", "ls", "-m")
    unasked = read("azure-vnet, bridge,\nloopback\n")

    assert names(asked) == ["azure-vnet", "bridge", "loopback"]
    assert [row[3] for row in told(unasked)] == ["one name with a comma or several names"]


def test_marks_without_a_mode_tell_the_type() -> None:
    """A slash cannot be part of a name; stars are marks when `-F` was asked for."""
    found = listing("cache/\nbridge*\n", "ls", "-F")

    assert [(e.name, e.file_type) for e in found.entries] == [
        ("cache", FileType.DIRECTORY),
        ("bridge", FileType.REGULAR),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "ls: cannot open directory '/opt/cni/bin': Permission denied",
        "bash: ls: command not found",
        "Error from server (Forbidden): pods is forbidden",
        "root@aks-0:/# ip route",
        "[snip]",
        "...",
    ],
)
def test_errors_prompts_and_marks_of_omission_are_never_names(line: str) -> None:
    """Any line could be a file name, which must not make entries of these."""
    result = read(line + "\n")

    assert result.value is None or names(result.value) == []
    assert result.ledger.count(Claim.RECORD) == 0


# --- which directory ------------------------------------------------------------------------------------------------


def test_the_directory_of_the_binaries_is_chosen_among_several() -> None:
    """The others are kept, each under its heading."""
    text = (
        "/etc/cni/net.d:\ntotal 4\n-rw------- 1 root root 900 Nov 23 15:45 10-azure.conflist\n\n"
        "/opt/cni/bin/:\ntotal 4\n-rwxr-xr-x 1 root root 2000 Nov 23 15:45 azure-vnet\n"
    )

    found = listing(text, "ls", "-l", "/etc/cni/net.d", "/opt/cni/bin/")

    assert (found.path, names(found)) == ("/opt/cni/bin", ["azure-vnet"])
    conflists = found.listing("/etc/cni/net.d/")
    assert conflists is not None
    assert [entry.name for entry in conflists.entries] == ["10-azure.conflist"]
    assert found.listing("/nowhere") is None


def test_a_heading_needs_a_place_where_one_can_stand() -> None:
    """A file may be called `odd:`."""
    assert names(listing("bridge\nodd:\n")) == ["bridge", "odd:"]


def test_files_given_by_name_settle_no_absence() -> None:
    """`ls -l /opt/cni/bin/bridge` says nothing about its neighbours."""
    found = listing("-rwxr-xr-x 1 root root 5 Nov 23 15:45 /opt/cni/bin/bridge\n", "ls", "-l", "/opt/cni/bin/bridge")

    assert (found.path, names(found), found.complete) == ("/opt/cni/bin", ["bridge"], False)
    assert found.incomplete_because == "only some names of the directory were listed"


def test_all_names_of_a_directory_by_a_pattern_settle_absence() -> None:
    """The shell turns `DIR/*` into all names."""
    found = listing("-rwxr-xr-x 1 root root 5 Nov 23 15:45 /opt/cni/bin/bridge\n", "ls", "-l", "/opt/cni/bin/*")

    assert (found.path, names(found), found.complete) == ("/opt/cni/bin", ["bridge"], True)


def test_files_of_the_working_directory_do_not_name_it() -> None:
    """The operand is a file here, no directory."""
    found = listing("-rwxr-xr-x 1 root root 5 Nov 23 15:45 bridge\n", "ls", "-l", "bridge")

    assert (found.path, found.complete) == (None, False)


def test_the_directory_itself_is_no_entry() -> None:
    """`ls -ld` tells its mode and nothing about its names."""
    found = listing("drwxr-xr-x 2 root root 4096 Nov 23 15:45 /opt/cni/bin\n", "ls", "-ld", "/opt/cni/bin")

    assert (found.path, found.entries, found.complete) == ("/opt/cni/bin", (), False)
    assert found.self_entry is not None
    assert found.self_entry.mode == 0o755


def test_the_dot_of_ls_a_is_the_directory_itself() -> None:
    """`..` is another directory."""
    found = listing(
        "total 8\ndrwxr-xr-x 2 root root 4096 Nov 23 15:45 ./\ndrwxrwxrwx 3 x x 4096 Nov 23 15:45 ../\n", *LIST
    )

    assert (found.entries, found.complete) == ((), True)
    assert found.self_entry is not None
    assert found.self_entry.mode == 0o755


# --- nothing there --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "ls: cannot access '/opt/cni/bin': No such file or directory",
        "ls: cannot access /opt/cni/bin: No such file or directory",
        "ls: /opt/cni/bin: No such file or directory",
        "/bin/ls: cannot access '/opt/cni/bin': Not a directory",
        "ls: Zugriff auf '/opt/cni/bin' nicht möglich: Datei oder Verzeichnis nicht gefunden",
    ],
)
def test_a_missing_directory_is_an_answer(line: str) -> None:
    """GNU, BusyBox and toybox say it in their own words; it settles that nothing is in the directory."""
    found = listing(line + "\n")

    assert (found.path, found.exists, found.entries, found.complete) == ("/opt/cni/bin", False, (), True)


def test_a_missing_directory_is_an_answer_though_the_command_failed() -> None:
    """The capture room books the error and marks the capture as failed."""
    result = read("ls: cannot access '/opt/cni/bin': No such file or directory\n", completeness=Completeness.FAILED)

    assert result.status is ParseStatus.COMPLETE
    assert result.unwrap().exists is False
    assert result.capture.completeness is Completeness.FAILED


@pytest.mark.parametrize("path", ["/opt/cni/bin/azure-vnet", "/opt/cni/bin/azure*"])
def test_a_missing_file_or_pattern_settles_nothing_about_the_directory(path: str) -> None:
    """The directory may hold anything else, or not exist."""
    found = listing(f"ls: cannot access '{path}': No such file or directory\n")

    assert (found.path, found.complete) == ("/opt/cni/bin", False)
    assert not found.settles("exists")


def test_permission_denied_is_a_failure() -> None:
    """Nothing is known then."""
    result = read("ls: cannot open directory '/opt/cni/bin': Permission denied\n", *LIST)

    assert (result.status, result.value) == (ParseStatus.FAILED, None)


def test_a_directory_that_could_not_be_read_to_its_end_is_incomplete() -> None:
    """An error about the directory itself costs its completeness."""
    text = "ls: reading directory '/opt/cni/bin': Input/output error\ntotal 0\n-rw-r--r-- 1 a b 0 Nov 23 15:45 x\n"

    found = listing(text, *LIST)

    assert (names(found), found.incomplete_because) == (["x"], "ls said: Input/output error")


def test_an_empty_directory_says_total_0() -> None:
    """`total 0` is an answer."""
    assert listing("total 0\n", "ls", "-l", "/opt/cni/bin").complete


def test_an_empty_file_settles_nothing() -> None:
    """The error may have gone elsewhere."""
    found = listing("", "ls", "/opt/cni/bin")

    assert (found.complete, found.incomplete_because) == (False, "nothing was printed, not even an error")


def test_an_empty_directory_is_seen_under_its_prompt() -> None:
    """A terminal would have shown the error."""
    source = decode("ls.txt", b"$ ls /opt/cni/bin\n$ \n")
    capture = Capture(source, Span("ls.txt", 18, 18), "ls", ("ls", "/opt/cni/bin"), Span("ls.txt", 2, 17))

    found = ls.parse(capture).unwrap()

    assert (found.path, found.entries, found.complete) == ("/opt/cni/bin", (), True)


# --- laws -----------------------------------------------------------------------------------------------------------

_NAME = (
    st.text("abcxyz019._-+ ", min_size=1, max_size=12)
    .map(str.strip)
    # A name that begins as a mark of left-out lines does cannot be told from one, and is refused.
    .filter(lambda name: name not in {"", ".", ".."} and not name.startswith(("...", "--")) and "  " not in name)
)
_MODES = st.integers(0, 0o777)


@st.composite
def _entries(draw: st.DrawFn) -> list[DirectoryEntry]:
    found = []
    for name in draw(st.lists(_NAME, min_size=1, max_size=8, unique=True)):
        kind = draw(st.sampled_from([FileType.REGULAR, FileType.DIRECTORY, FileType.SYMLINK]))
        target = draw(_NAME) if kind is FileType.SYMLINK else None
        found.append(
            DirectoryEntry(
                span=Span("", 0, 0),
                name=name,
                file_type=kind,
                mode=0o777 if target else draw(_MODES),
                acl=False,
                nlink=draw(st.integers(1, 99)),
                owner=draw(st.sampled_from(["root", "0", "4294967294", "azureuser"])),
                group=draw(st.sampled_from(["root", "0", "4294967294"])),
                size=len(target) if target else draw(st.integers(0, 10**9)),
                link_target=target,
                modified=draw(st.sampled_from(["Nov 23 17:21", "Jun  6  2024", "2026-11-23 15:45"])),
            )
        )
    return found


def _letters(mode: int) -> str:
    return "".join(letter if mode & (0o400 >> at) else "-" for at, letter in enumerate("rwxrwxrwx"))


def _mark(entry: DirectoryEntry) -> str:
    if entry.file_type is FileType.DIRECTORY:
        return "/"
    return "*" if entry.file_type is FileType.REGULAR and (entry.mode or 0) & 0o111 else ""


def _print_long(entries: list[DirectoryEntry], *, classify: bool) -> str:
    """As GNU ls pads: link count and size to the right, names to the left."""
    widths = [max(len(str(getattr(e, field))) for e in entries) for field in ("nlink", "owner", "group", "size")]
    lines = ["total 8"]
    for e in entries:
        assert e.file_type is not None
        assert e.mode is not None
        tail = f" -> {e.link_target}" if e.link_target else _mark(e) if classify else ""
        nlink, owner, group, size = widths
        columns = f"{e.nlink:>{nlink}} {e.owner:<{owner}} {e.group:<{group}} {e.size:>{size}} {e.modified}"
        lines.append(f"{e.file_type.value}{_letters(e.mode)} {columns} {e.name}{tail}")
    return "\n".join(lines) + "\n"


@settings(max_examples=60, deadline=None)
@given(_entries(), st.booleans())
def test_what_a_long_listing_prints_is_read_back(entries: list[DirectoryEntry], classify: bool) -> None:  # noqa: FBT001 - drawn
    """Law 2: the entries of any directory survive printing, with and without marks."""
    text = _print_long(entries, classify=classify)

    assert listing(text, "ls", "-lF" if classify else "-l", "/opt/cni/bin").entries == tuple(entries)


@settings(max_examples=60, deadline=None)
@given(_entries())
def test_what_a_plain_listing_prints_is_read_back(entries: list[DirectoryEntry]) -> None:
    """Law 2 for `ls -1`: the names, and nothing else is settled."""
    found = listing("".join(f"{entry.name}\n" for entry in entries), "ls", "-1", "/opt/cni/bin")

    assert names(found) == [entry.name for entry in entries]
    assert {entry.hidden for entry in found.entries} == {PLAIN}


@settings(max_examples=150, deadline=None)
@given(st.text("-rwx? drl0123456789:.*/'\"\\>ab\n\té…", max_size=200), st.booleans())
def test_any_text_is_read_without_an_exception_and_every_line_is_booked(text: str, long: bool) -> None:  # noqa: FBT001 - drawn
    """Law 1: no line that is not blank is left unclaimed."""
    result = read(text, *(LIST if long else ()))

    source = result.capture.source
    for line in source.lines():
        claim = result.ledger.claims[line.number - result.ledger.first_line]
        assert (claim == Claim.BLANK) == (not line.text.strip())
    lost = any(d.severity is Severity.ERROR for d in result.diagnostics)
    assert lost == (result.ledger.count(Claim.DIAGNOSTIC) > 0)
