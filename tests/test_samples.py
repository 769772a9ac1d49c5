"""Every sample: what is read of a capture, what a bundle is found guilty of, and that packing makes no difference."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import azcnilint as az
from azcnilint.cli.main import main
from azcnilint.cli.streams import Streams
from azcnilint.snapshot import load_snapshot_bytes
from tests.samples import BundleSample, CaptureSample, bundle_samples, capture_samples, read, rules

Reviewed = Callable[[Path, str], str]
Packing = Callable[[BundleSample, Path], az.Snapshot]

CAPTURES = pytest.mark.parametrize("sample", capture_samples(), ids=lambda sample: sample.name)
BUNDLES = pytest.mark.parametrize("sample", bundle_samples(), ids=lambda sample: sample.name)

COMMANDS = {
    "ip-address.txt": "ip address",
    "ip-route.txt": "ip route",
    "ip-neighbour.txt": "ip neighbour",
    "iptables-nat.txt": "iptables -t nat -L -n -v -x --line-numbers",
    "ls-opt-cni-bin.txt": "ls -la /opt/cni/bin",
    "kubectl-get-ds.txt": "kubectl get ds -A",
    "kubectl-get-deploy.txt": "kubectl get deploy -A",
    "kubectl-get-pods.txt": "kubectl get pods -A -o wide",
    "kubectl-get-nodes.txt": "kubectl get nodes -o wide",
}
"""What was run for each file of a bundle (tests/nodes/build.py)."""


def report_of(sample: BundleSample) -> az.Report:
    """Judge a bundle sample with the built-in rules."""
    return az.check(az.load_snapshot(sample.folder / "bundle"), rules(), bundle=sample.name)


def findings(report: az.Report) -> list[tuple[object, ...]]:
    """Give what a report says, without the places."""
    return [(f.rule_id, f.outcome, f.subject, f.message) for f in report.findings]


def parsed(data: bytes, command: str | None) -> str:
    """Give what `azcnilint parse` prints for a text on standard input."""
    streams = Streams(io.BytesIO(data), io.StringIO(), io.StringIO())
    main(["parse", "-", *([] if command is None else ["--command", command])], streams)
    assert isinstance(streams.stdout, io.StringIO)
    return streams.stdout.getvalue()


@CAPTURES
def test_a_capture_is_read_as_reviewed(sample: CaptureSample, reviewed: Reviewed) -> None:
    """A record, a place or a diagnostic that changes must be seen by a person."""
    actual = parsed(sample.data, sample.hint)

    assert reviewed(sample.folder / "expected.json", actual) == actual


@CAPTURES
def test_every_line_of_a_capture_is_read_or_recognised(sample: CaptureSample) -> None:
    """Law 1, and more: of a sample no line is left to a diagnostic, since each is a form that we claim to read."""
    reading = read(sample.data, sample.hint)

    lost = [number for number, claims in reading.claims().items() if claims["diagnostic"] or claims["reported"]]
    assert reading.unaccounted() == []
    assert lost == []


@CAPTURES
def test_a_capture_is_of_the_command_that_its_sample_names(sample: CaptureSample) -> None:
    """A sample filed under the wrong kind, or read as two captures, would test something else."""
    reading = read(sample.data, sample.hint)

    assert [sample.folder.parent.name] == [result.capture.kind for result in reading.results]


@BUNDLES
def test_a_bundle_is_reported_as_reviewed(sample: BundleSample, reviewed: Reviewed) -> None:
    """The words, places and carets that a user reads."""
    actual = az.render(report_of(sample), "text")

    assert reviewed(sample.folder / "expected" / "report.txt", actual) == actual


@BUNDLES
def test_a_bundle_gives_the_reviewed_sarif_results(sample: BundleSample, reviewed: Reviewed) -> None:
    """The results that a code-scanning service reads, without the places of rules in the pack beside them."""
    log = json.loads(az.render(report_of(sample), "sarif"))

    results = [{key: value for key, value in each.items() if key != "ruleIndex"} for each in log["runs"][0]["results"]]
    actual = json.dumps(results, indent=2, ensure_ascii=False) + "\n"
    assert reviewed(sample.folder / "expected" / "results.sarif.json", actual) == actual


@BUNDLES
def test_a_bundle_has_the_faults_that_were_planted_and_no_other(sample: BundleSample) -> None:
    """A planted fault that no rule finds, or a finding that nothing was planted for, is a wrong rule."""
    report = report_of(sample)

    failed = {(f.rule_id, f.subject.name) for f in report.where(az.Outcome.FAIL)}
    assert {(fault.rule, fault.subject) for fault in sample.meta.faults} == failed


@BUNDLES
def test_the_mode_of_a_bundle_is_recognised(sample: BundleSample) -> None:
    """Half of the rules apply to some modes only; with a wrong mode they judge the wrong node."""
    report = report_of(sample)

    modes = [fact.value for node in report.nodes for fact in node.facts if fact.name == "mode"]
    assert [sample.meta.mode] == modes


@pytest.mark.parametrize("sample", [s for s in bundle_samples() if s.name.endswith("-healthy")], ids=lambda s: s.name)
def test_a_healthy_node_passes_every_rule_that_applies(sample: BundleSample) -> None:
    """Nothing is open about a node that was captured whole."""
    report = report_of(sample)

    assert report.where(az.Outcome.FAIL, az.Outcome.UNKNOWN) == ()
    assert report.notices == ()


def _tarball(sample: BundleSample, folder: Path) -> az.Snapshot:
    path = folder / f"{sample.name}.tar.gz"
    path.write_bytes(_tar(sample))
    return az.load_snapshot(path)


def _tar(sample: BundleSample) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, data in sample.members.items():
            info = tarfile.TarInfo(f"{sample.name}/{name}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def _zipball(sample: BundleSample, folder: Path) -> az.Snapshot:
    path = folder / f"{sample.name}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sample.members.items():
            archive.writestr(name, data)
    return az.load_snapshot(path)


def _stdin(sample: BundleSample, _: Path) -> az.Snapshot:
    return load_snapshot_bytes(io.BytesIO(_tar(sample)))


def transcript(members: Mapping[str, bytes]) -> bytes:
    """Paste the files of a bundle one below the other, each behind the prompt of its node."""
    node = next(name.partition("/")[0] for name in members if not name.startswith("cluster/"))
    shown = [f"root@{node}:/# {COMMANDS[name.rpartition('/')[2]]}\n".encode() + data for name, data in members.items()]
    return b"".join(shown)


def _pasted(sample: BundleSample, folder: Path) -> az.Snapshot:
    path = folder / "paste.txt"
    path.write_bytes(transcript(sample.members))
    return az.load_snapshot(path)


def _piped(sample: BundleSample, _: Path) -> az.Snapshot:
    return load_snapshot_bytes(io.BytesIO(transcript(sample.members)))


@pytest.mark.parametrize("packing", [_tarball, _zipball, _stdin, _pasted, _piped], ids=lambda packing: packing.__name__)
@pytest.mark.parametrize("sample", [s for s in bundle_samples() if len(s.members) > 1], ids=lambda s: s.name)
def test_how_a_bundle_is_packed_makes_no_difference(sample: BundleSample, packing: Packing, tmp_path: Path) -> None:
    """A paste says by prompts what a folder says by names; the findings must be the same."""
    packed = az.check(packing(sample, tmp_path), rules(), bundle=sample.name)

    assert findings(report_of(sample)) == findings(packed)
