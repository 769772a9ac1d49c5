"""Modules of one command family import one another; those of two families never do."""

import ast
from pathlib import Path

import pytest

PARSERS = Path(__file__).parents[1] / "azcnilint" / "parsers"
FAMILIES = ("ip_address", "ip_route", "ip_neighbour", "ip_rule", "iptables", "ls", "kubectl")


def family_of(module: str) -> str | None:
    """Give the family of a module of the room by its name; None for one that all share."""
    return next((family for family in FAMILIES if module == family or module.startswith(f"{family}_")), None)


def imported(path: Path) -> set[str]:
    """Give the modules of the room that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("azcnilint.parsers"):
            name = node.module.removeprefix("azcnilint.parsers").removeprefix(".")
            found |= {name} if name else {alias.name for alias in node.names}
    return found


@pytest.mark.parametrize("path", sorted(PARSERS.glob("*.py")), ids=lambda path: path.stem)
def test_a_parser_imports_nothing_of_another_family(path: Path) -> None:
    """A shared idea belongs in a shared module; two families that import each other can no longer be changed alone."""
    own = family_of(path.stem)
    others = {module for module in imported(path) if family_of(module) not in {None, own}}

    assert path.stem == "__init__" or others == set()
