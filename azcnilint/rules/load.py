"""Files to a rule pack. All faults of all files are collected and raised as one RulePackError, each with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from azcnilint.errors import RulePackError
from azcnilint.rules.build import FactValues, build_fact, build_rule
from azcnilint.rules.builtin import BUILTIN
from azcnilint.rules.expr.messages import Fault
from azcnilint.rules.pack import Fact, Rule, RulePack
from azcnilint.rules.schema import read_fact, read_pack, read_rule
from azcnilint.rules.yaml_tree import LARGEST_FILE, TreeNode, YamlFault, compose
from azcnilint.text import Label, SourceText, Span, decode, mark, printable, snippet

PACK_FILE = "pack.yaml"
FACT_FOLDER = "facts"
MOST_FILES = 2_000
MOST_FAULTS = 50
_EXPECTED = ("pass", "fail", "unknown")
_Loaded = TypeVar("_Loaded")


@dataclass(slots=True)
class _Loading:
    """Faults so far, and the texts that they point into."""

    faults: list[Fault] = field(default_factory=list)
    sources: dict[str, SourceText] = field(default_factory=dict)

    def tree(self, path: Path) -> TreeNode | None:
        """Read a file as YAML; None with a fault."""
        artifact = path.as_posix()
        try:
            with path.open("rb") as file:
                data = file.read(4 * LARGEST_FILE + 1)
        except OSError as error:
            reason = error.strerror or "it cannot be opened"
            self.faults.append(Fault("yaml-unreadable", f"file cannot be read: {reason}", None, artifact=artifact))
            return None
        source = decode(artifact, data)
        self.sources[artifact] = source
        try:
            self._refuse_repairs(source, data)
            return compose(source)
        except YamlFault as error:
            self.faults.append(error.fault)
            return None

    def _refuse_repairs(self, source: SourceText, data: bytes) -> None:
        """Refuse what evidence may be, but a file written for us may not: another encoding, control characters."""
        try:
            data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            message = f"file is not UTF-8 (byte {error.start + 1}, line {line})"
            raise YamlFault(Fault("yaml-encoding", message, None, artifact=source.artifact)) from None


def load_rules(path: str | Path, *, facts: Sequence[Fact] | None = None) -> RulePack:
    """Load one rule file, or a folder of rules, `facts/` and `pack.yaml`.

    Args:
        path: A `.yaml` file or a folder.
        facts: Facts that rules may ask for beyond those of the folder; those of the built-in pack by default.

    Raises RulePackError with every fault.
    """
    return load(Path(path), builtin_facts() if facts is None else facts, complete_examples=False)


@lru_cache(maxsize=1)
def builtin_rules() -> RulePack:
    """Give the rules that come with azcnilint, loaded once a process.

    Raises RulePackError only when the installation is broken.
    """
    return load(BUILTIN, (), complete_examples=True)


@lru_cache(maxsize=1)
def builtin_facts() -> tuple[Fact, ...]:
    """Load the facts of the built-in pack, which rules of other packs may ask for."""
    loading = _Loading()
    found = tuple(_each(sorted((BUILTIN / FACT_FOLDER).glob("*.yaml")), loading, _load_fact))
    if loading.faults:
        raise RulePackError(render(loading.faults, loading.sources), len(loading.faults))
    return found


def load(path: Path, facts: Sequence[Fact], *, complete_examples: bool) -> RulePack:
    """Load a pack; with `complete_examples` every rule needs a pass, a fail and an unknown example."""
    loading = _Loading()
    rule_files, fact_files = _files(path, loading)
    own = tuple(_each(fact_files, loading, _load_fact))
    known = (*own, *(fact for fact in facts if fact.name not in {each.name for each in own}))
    values = {fact.name: fact.values for fact in known}

    def read(file: Path, tree: TreeNode, faults: list[Fault]) -> Rule | None:
        rule = _load_rule(file, tree, values, faults)
        if rule is not None and complete_examples:
            _need_examples(rule, faults)
        return rule

    rules = tuple(_each(rule_files, loading, read))
    _refuse_twice(rules, loading.faults)
    identity = _identity(path, loading)
    if not rule_files and not fact_files:
        loading.faults.append(Fault("pack-empty", "there is no rule file here", None, artifact=path.as_posix()))
    if loading.faults:
        raise RulePackError(render(loading.faults, loading.sources), len(loading.faults))
    return RulePack(*identity, rules=tuple(sorted(rules, key=lambda rule: rule.path)), facts=known)


def _files(path: Path, loading: _Loading) -> tuple[list[Path], list[Path]]:
    """Give the rule files and the fact files, in order of their paths."""
    if not path.is_dir():
        return ([], [path]) if path.parent.name == FACT_FOLDER else ([path], [])
    found = sorted(file for suffix in ("*.yaml", "*.yml") for file in path.rglob(suffix) if file != path / PACK_FILE)
    if len(found) > MOST_FILES:
        message = f"folder has {len(found)} YAML files; at most {MOST_FILES} are read"
        loading.faults.append(Fault("pack-too-large", message, None, artifact=path.as_posix()))
        return [], []
    facts = [file for file in found if file.parent == path / FACT_FOLDER]
    return [file for file in found if file not in set(facts)], facts


def _each(
    files: Iterable[Path], loading: _Loading, read: Callable[[Path, TreeNode, list[Fault]], _Loaded | None]
) -> Iterable[_Loaded]:
    for file in files:
        tree = loading.tree(file)
        found = read(file, tree, loading.faults) if tree is not None else None
        if found is not None:
            yield found


def _load_fact(file: Path, tree: TreeNode, faults: list[Fault]) -> Fact | None:
    source = read_fact(tree, faults)
    if source is not None and source.name.text != file.stem:
        message = f'fact "{source.name.text}" stands in a file named "{file.name}"'
        faults.append(Fault("fact-file-name", message, source.name.span))
    return build_fact(source, faults) if source is not None else None


def _load_rule(file: Path, tree: TreeNode, facts: FactValues, faults: list[Fault]) -> Rule | None:
    source = read_rule(tree, faults)
    if source is None:
        return None
    if source.id.text != file.stem:
        message = f'rule "{source.id.text}" stands in a file named "{file.name}"'
        faults.append(Fault("rule-file-name", message, source.id.span))
    return build_rule(source, file.parent.name, facts, faults)


def _need_examples(rule: Rule, faults: list[Fault]) -> None:
    given = {example.expect for example in rule.examples}
    for expect in _EXPECTED:
        if expect not in given:
            place = Span(rule.span.artifact, rule.span.start, rule.span.start + 1)
            faults.append(Fault("rule-examples", f'rule "{rule.id}" has no example of {expect}', place))


def _refuse_twice(rules: Iterable[Rule], faults: list[Fault]) -> None:
    """Report ids that two files share, and parameters that two rules declare with different types."""
    seen: dict[str, Rule] = {}
    types: dict[str, str] = {}
    for rule in rules:
        first = seen.setdefault(rule.id, rule)
        if first is not rule:
            message = f'rule "{rule.id}" is also in {first.span.artifact}'
            faults.append(Fault("rule-twice", message, Span(rule.span.artifact, rule.span.start, rule.span.start + 1)))
        for param in rule.params:
            kind = types.setdefault(param.name, str(param.type))
            if kind != str(param.type):
                message = f'parameter "{param.name}" of rule "{rule.id}" is {param.type}, in another rule {kind}'
                faults.append(
                    Fault("param-type", message, Span(rule.span.artifact, rule.span.start, rule.span.start + 1))
                )


def _identity(path: Path, loading: _Loading) -> tuple[str, str]:
    """Give id and version of the pack; the name of the path when it has no pack.yaml."""
    file = path / PACK_FILE
    tree = loading.tree(file) if file.is_file() else None
    found = read_pack(tree, loading.faults) if tree is not None else None
    return found or (path.stem, "0")


def render(faults: Sequence[Fault], sources: dict[str, SourceText]) -> str:
    """Write the faults in order of file and place, each with its snippet; the first MOST_FAULTS of them."""
    ordered = sorted(faults, key=lambda fault: (_artifact(fault), fault.span.start if fault.span else -1))
    shown = [_rendered(fault, sources) for fault in ordered[:MOST_FAULTS]]
    left = len(ordered) - len(shown)
    return "\n".join(shown) + (f"\n… and {left} more faults\n" if left else "")


def _artifact(fault: Fault) -> str:
    return fault.span.artifact if fault.span else fault.artifact


def _rendered(fault: Fault, sources: dict[str, SourceText]) -> str:
    head = f"error[{fault.code}]: {printable(fault.message)}\n"
    if fault.span is None:
        return f"{head} --> {printable(fault.artifact)}\n" + (
            f"  = note: {printable(fault.note)}\n" if fault.note else ""
        )
    place = mark(sources[fault.span.artifact], Label(fault.span, fault.label))
    note = f"{'':{len(str(place.line))}} = note: {printable(fault.note)}\n" if fault.note else ""
    return head + snippet(fault.span.artifact, [place]) + note
