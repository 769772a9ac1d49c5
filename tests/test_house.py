"""Guards of the house: samples are complete, registers hold what folders hold, public names change by intent."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import azcnilint as az
import azcnilint.parsers
from azcnilint.parsers import PARSERS, Parser
from tests.samples import ROOT, SAMPLES, BundleSample, CaptureSample, bundle_samples, capture_samples, rules

PUBLIC = (
    "Absent",
    "AzcnilintError",
    "BundleError",
    "Diagnostic",
    "EvidenceError",
    "Finding",
    "Outcome",
    "ParseResult",
    "ParseStatus",
    "Present",
    "Report",
    "RulePack",
    "RulePackError",
    "Severity",
    "Snapshot",
    "Span",
    "UsageError",
    "__version__",
    "builtin_rules",
    "check",
    "load_rules",
    "load_snapshot",
    "parse_ip_address",
    "parse_ip_neighbour",
    "parse_ip_route",
    "parse_ip_rule",
    "parse_iptables",
    "parse_kubectl",
    "parse_ls",
    "render",
)


@pytest.mark.parametrize("sample", capture_samples(), ids=lambda sample: sample.name)
def test_a_capture_sample_is_complete(sample: CaptureSample) -> None:
    """A stray file is a snapshot that no test reads, or an input that no test parses."""
    names = {path.name for path in sample.folder.iterdir()}

    assert names - {"input.txt", "input.json", "input.yaml"} == {"sample.yaml", "expected.json"}
    assert len(names) == 3


@pytest.mark.parametrize("sample", bundle_samples(), ids=lambda sample: sample.name)
def test_a_bundle_sample_is_complete(sample: BundleSample) -> None:
    """A snapshot that no test reads would grow old unseen."""
    names = {path.relative_to(sample.folder).as_posix() for path in sample.folder.rglob("*") if path.is_file()}

    assert {name for name in names if not name.startswith("bundle/")} == {
        "sample.yaml",
        "expected/report.txt",
        "expected/results.sarif.json",
    }
    assert sample.members


@pytest.mark.parametrize("sample", [*capture_samples(), *bundle_samples()], ids=lambda sample: sample.name)
def test_a_sample_says_what_it_is(sample: CaptureSample | BundleSample) -> None:
    """Without an origin and a licence a sample cannot be published, without a description not be kept."""
    meta = sample.meta

    assert meta.description.endswith(".")
    assert (len(meta.origin) > 10, len(meta.licence) > 2) == (True, True)


def test_every_folder_of_samples_is_read() -> None:
    """A folder without sample.yaml, or one level too deep, is tested by nothing."""
    folders = {path for depth in ("captures/*/*", "bundles/*") for path in SAMPLES.glob(depth)}
    folders |= {path.parent for path in SAMPLES.rglob("sample.yaml")}

    read = {sample.folder for sample in capture_samples()} | {sample.folder for sample in bundle_samples()}
    assert folders == read


def test_every_rule_of_a_sample_exists() -> None:
    """A fault that names a rule which was renamed is never looked for."""
    named = {fault.rule for sample in bundle_samples() for fault in sample.meta.faults}

    assert named - {rule.id for rule in rules().rules} == set()


def test_every_parser_is_registered() -> None:
    """A parser that is not in PARSERS reads nothing."""
    modules = [
        importlib.import_module(f"azcnilint.parsers.{module.name}")
        for module in pkgutil.iter_modules(azcnilint.parsers.__path__)
    ]

    assert {id(module.PARSER) for module in modules if hasattr(module, "PARSER")} == {id(parser) for parser in PARSERS}
    assert all(isinstance(parser, Parser) for parser in PARSERS)


def test_every_parser_has_a_kind_of_its_own() -> None:
    """Of two parsers for one kind the second would never run."""
    kinds = [parser.kind for parser in PARSERS]

    assert sorted(set(kinds)) == sorted(kinds)


def test_every_rule_stands_in_the_file_of_its_name() -> None:
    """A rule is found by its id: folder and file are its family and name."""
    files = {path.relative_to(ROOT / "rules").with_suffix("").as_posix() for path in (ROOT / "rules").glob("*/*.yaml")}
    facts = {f"facts/{fact.name}" for fact in rules().facts}

    assert files == {f"{rule.family}/{rule.id}" for rule in rules().rules} | facts


def test_the_public_names_are_those_that_were_agreed() -> None:
    """A name that appears or goes away is a promise made or broken."""
    assert tuple(sorted(az.__all__)) == PUBLIC
    assert all(hasattr(az, name) for name in PUBLIC)
