"""The documentation is run: commands print what it shows, programs end, and its catalogue is complete."""

from __future__ import annotations

import ast
import doctest
import io
import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import azcnilint.testing
from azcnilint.cli.main import main
from azcnilint.cli.streams import Streams

ROOT = Path(__file__).parents[1]
PAGES = sorted(page for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")) if page.is_file())
_FENCE = re.compile(r"(?ms)^```(console|python)\n(.*?)^```$")
_CODE = re.compile(r"[a-z]+(?:-[a-z0-9]+)+")


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        """Name its place, for the name of the test."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


@cache
def blocks() -> tuple[Block, ...]:
    """Give all blocks that say how they are run."""
    return tuple(
        Block(page, text.count("\n", 0, found.start()) + 1, found[1], found[2])
        for page in PAGES
        for text in (page.read_text(encoding="utf-8"),)
        for found in _FENCE.finditer(text)
    )


# ---- console blocks


def commands(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """Yield each `$ azcnilint …` command of a block, in words, and the lines shown below it."""
    for part in re.split(r"(?m)^\$ ", text)[1:]:
        command, *shown = part.rstrip("\n").split("\n")
        while command.endswith("\\"):
            command = command[:-1] + shown.pop(0)
        program, *words = shlex.split(command, comments=True)
        assert program == "azcnilint", f"a console block runs {program}, which the tests do not"
        yield words, shown


def fits(shown: Sequence[str], printed: Sequence[str]) -> bool:
    """Whether the printed lines are those shown, where a line `...` stands for any number of lines."""
    pattern = "".join(r"(?:.*\n)*?" if line.strip() == "..." else re.escape(line.rstrip()) + r"\n" for line in shown)
    return re.fullmatch(pattern, "".join(f"{line.rstrip()}\n" for line in printed)) is not None


def printed_by(words: Sequence[str]) -> list[str]:
    """Run a command in this process and give what a person would see, blank lines at the end left out."""
    screen = io.StringIO()
    main(words, Streams(io.BytesIO(), screen, screen))
    return screen.getvalue().rstrip("\n").split("\n")


@pytest.mark.parametrize("block", [block for block in blocks() if block.language == "console"], ids=str)
def test_commands_print_what_the_page_shows(block: Block, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader who types the command sees the page's lines; trailing blanks do not count, `...` leaves lines out."""
    monkeypatch.chdir(ROOT)

    for words, shown in commands(block.text):
        printed = printed_by(words)
        assert fits(shown, printed), "\n".join(printed)


def test_elision_needs_the_other_lines_in_order() -> None:
    """The comparison itself can fail: a test of the tests."""
    assert fits(["a", "...", "d"], ["a", "b", "c", "d"])
    assert fits(["a", "...", "d"], ["a", "d"])
    assert not fits(["a", "...", "d"], ["a", "b", "c"])
    assert not fits(["a", "d"], ["a", "b", "d"])
    assert not fits(["d", "...", "a"], ["a", "b", "d"])
    assert not fits(["a.c"], ["abc"])


# ---- python blocks


@pytest.mark.parametrize(
    "page", sorted({block.page for block in blocks() if block.language == "python"}), ids=lambda page: page.name
)
def test_programs_of_a_page_run(page: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A reader who pastes a page's programs one below another, next to the samples, sees them end without an error."""
    for name in ("samples", "rules"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "__main__"}

    with redirect_stdout(io.StringIO()):
        for block in (block for block in blocks() if block.page == page and block.language == "python"):
            program = compile("\n" * block.line + block.text, str(page), "exec")
            exec(program, names)  # noqa: S102 - the program of our own page


def test_the_example_of_the_testing_module_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The docstring that authors of rule packs read is run."""
    monkeypatch.chdir(ROOT)

    assert doctest.testmod(azcnilint.testing).failed == 0


# ---- the catalogue of diagnostics


_EMITTERS = {"Diagnostic": 0, "report": 0, "refuse": 2, "_repair": 1, "ArchiveError": 1}
"""What makes a diagnostic or carries its code, and at which position the code stands."""


def codes_in(tree: ast.AST) -> Iterator[str]:
    """Yield the codes that a module can emit: arguments, defaults of `code`, variables `code`, the table of repairs."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args, keywords=keywords):
                adds = name == "add" and isinstance(node.func, ast.Attribute) and "notices" in ast.unparse(node.func)
                at = 0 if adds else _EMITTERS.get(name)
                if at is not None:
                    yield from _constants(*args[at : at + 1], *(each.value for each in keywords if each.arg == "code"))
            case ast.FunctionDef(args=arguments):
                named = [*arguments.posonlyargs, *arguments.args][-len(arguments.defaults) or None :]
                defaults = [*zip(named, arguments.defaults, strict=False)]
                defaults += [(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d]
                yield from _constants(*(default for argument, default in defaults if argument.arg == "code"))
            case ast.Assign(targets=[ast.Name(id="code" | "_REPAIRS")], value=value):
                yield from _constants(value)
            case _:
                pass


def _constants(*nodes: ast.AST) -> Iterator[str]:
    for node in (inner for outer in nodes for inner in ast.walk(outer)):
        if isinstance(node, ast.JoinedStr):
            # The one code that is put together: by the form of the document.
            assert ast.unparse(node) == "f'unreadable-{self._form.lower()}'"
            yield from ("unreadable-json", "unreadable-yaml")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _CODE.fullmatch(node.value):
            yield node.value


@cache
def emitted() -> frozenset[str]:
    """Give every code that the rooms which read input can emit."""
    rooms = ("text", "capture", "parsers", "snapshot")
    modules = [path for room in rooms for path in (ROOT / "azcnilint" / room).glob("*.py")]
    return frozenset(code for path in modules for code in codes_in(ast.parse(path.read_text(encoding="utf-8"))))


def catalogue() -> list[tuple[str, str]]:
    """Give code and severity of each row of the page."""
    page = (ROOT / "docs" / "diagnostics.md").read_text(encoding="utf-8")
    return re.findall(r"(?m)^\| `([\w-]+)` \| (\w+) \|", page)


def test_the_catalogue_has_every_code_once_and_no_other() -> None:
    """Whoever meets a code finds it on the page, and the page keeps no code that is gone."""
    assert sorted(code for code, _ in catalogue()) == sorted(emitted())


def test_codes_of_the_source_are_found() -> None:
    """The search that the test above rests on finds each way in which a code is written."""
    source = (
        "Diagnostic('a-one', s, m)\nself.report('b-two', m, s)\nself.refuse(m, s, code='c-three')\n"
        "notices.add('d-four', m, p)\nseen.add('no-code')\ndef f(m, *, code: str = 'e-five'): ...\n"
        "code = 'f-six' if x else 'g-seven'\n_REPAIRS = {'a': ('h-eight', 'some words')}\nArchiveError(m, 'i-nine')\n"
        "def g(m, code='j-ten'): ...\nrefuse(m, s, 'k-eleven')\n"
    )

    found = sorted(codes_in(ast.parse(source)))

    assert found == [
        "a-one",
        "b-two",
        "c-three",
        "d-four",
        "e-five",
        "f-six",
        "g-seven",
        "h-eight",
        "i-nine",
        "j-ten",
        "k-eleven",
    ]
