"""azcnilint.testing: what authors of rule packs rest their own tests on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import azcnilint.testing
from azcnilint.checking.check import check
from azcnilint.errors import RulePackError
from azcnilint.rules import builtin_rules, load_rules
from azcnilint.testing import ExampleFault, ExamplesFailed, check_examples, snapshot_from

RULE = """\
id: {id}
title: There is no static route
severity: warning
subject: node
since: "1"
check: node.routes.exists(r, r.protocol == "static")
message: "{{{{node.name}}}} has no static route"
why: Because.
remediation: Add one.
examples: {examples}
"""
STATIC, KERNEL = "10.0.0.0/8 dev eth0 proto static", "10.0.0.0/8 dev eth0 proto kernel"
GOOD = f"[{{expect: pass, given: {{ip r: {STATIC}}}}}, {{expect: unknown, given: {{}}}}]"


def pack(folder: Path, **examples: str) -> Path:
    """Write one rule a name, with its examples."""
    folder.mkdir(exist_ok=True)
    for name, text in examples.items():
        rule_id = name.replace("_", "-")
        (folder / f"{rule_id}.yaml").write_text(RULE.format(id=rule_id, examples=text), encoding="utf-8")
    return folder


def test_a_pack_whose_examples_hold_passes(tmp_path: Path) -> None:
    """A path as text, a path, and a loaded pack are all taken."""
    folder = pack(tmp_path / "team", route_missing=GOOD)

    check_examples(folder)
    check_examples(str(folder))
    check_examples(load_rules(folder))


def test_the_built_in_pack_passes() -> None:
    """The helper and the shipped rules agree."""
    check_examples(builtin_rules())


def test_every_example_that_does_not_hold_is_told(tmp_path: Path) -> None:
    """One run tells all faults, each with rule and number, as an AssertionError."""
    folder = pack(
        tmp_path / "team",
        a_missing=f"[{{expect: fail, given: {{ip r: {STATIC}}}}}, {{expect: pass, given: {{}}}}]",
        b_missing=GOOD,
        c_missing=f'[{{expect: fail, given: {{ip r: {KERNEL}}}, at: "2:1"}}]',
        d_missing=f"[{{expect: fail, given: {{ip r: {KERNEL}}}, message: other}}]",
    )

    with pytest.raises(AssertionError) as caught:
        check_examples(folder)

    assert isinstance(caught.value, ExamplesFailed)
    assert caught.value.faults == (
        ExampleFault("team/a-missing", 1, "expected fail, found pass"),
        ExampleFault("team/a-missing", 2, "expected pass, found unknown (routes (not captured))"),
        ExampleFault("team/c-missing", 1, "expected the first place at 2:1, found 1:1"),
        ExampleFault("team/d-missing", 1, 'expected the message "other", found "node has no static route"'),
    )
    assert str(caught.value).splitlines() == [
        "",
        "team/a-missing: example 1: expected fail, found pass",
        "team/a-missing: example 2: expected pass, found unknown (routes (not captured))",
        "team/c-missing: example 1: expected the first place at 2:1, found 1:1",
        'team/d-missing: example 1: expected the message "other", found "node has no static route"',
    ]


def test_a_rule_without_any_example_does_not_pass(tmp_path: Path) -> None:
    """A test that runs nothing would hold for ever."""
    loaded = load_rules(pack(tmp_path / "team", route_missing=GOOD))
    bare = replace(loaded, rules=tuple(replace(rule, examples=()) for rule in loaded.rules))

    with pytest.raises(ExamplesFailed) as caught:
        check_examples(bare)

    assert [str(fault) for fault in caught.value.faults] == ["team/route-missing: there is no example"]


def test_a_pack_that_does_not_load_is_no_failed_example(tmp_path: Path) -> None:
    """A type error is told as the fault of the pack that it is."""
    folder = pack(tmp_path / "team", route_missing="[{expect: pas, given: {}}]")

    with pytest.raises(RulePackError):
        check_examples(folder)


def test_a_snapshot_is_made_of_commands_and_paths() -> None:
    """A command line, a command line on a node, and a path as in a bundle all become evidence."""
    alone = snapshot_from({"ip r": STATIC})
    several = snapshot_from({"aks-0/ip r": STATIC, "aks-1/ip-route.txt": KERNEL})

    report = check(several, load_rules(Path(__file__).parents[2] / "rules" / "routes" / "default-route-ambiguous.yaml"))
    assert list(alone.cluster.nodes) == ["node"]
    assert [(finding.subject.node, finding.outcome.value) for finding in report.findings] == [
        ("aks-0", "pass"),
        ("aks-1", "pass"),
    ]


def test_what_cannot_be_read_of_given_text_is_told() -> None:
    """A typing error in a test's own text must not pass as an empty table."""
    snapshot = snapshot_from({"ip r": f"{STATIC}\nnonsense\n"})

    assert [diagnostic.code for diagnostic in snapshot.diagnostics] == ["unreadable-line"]


def test_the_public_names_are_listed() -> None:
    """Every change of this surface is meant."""
    assert azcnilint.testing.__all__ == ["ExampleFault", "ExamplesFailed", "check_examples", "snapshot_from"]
