"""The report depends on what was captured alone: not on the order of files, and not on how Python hashes."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import azcnilint as az
from azcnilint.snapshot import load_snapshot_bytes, snapshot_of
from tests.samples import ROOT, BundleSample, bundle_samples, rules


def _report(members: list[tuple[str, bytes]]) -> str:
    return az.render(az.check(snapshot_of(dict(members)), rules(), bundle="x"), "json")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_order_of_artifacts_does_not_change_the_report(data: st.DataObject) -> None:
    """Two people who collect the same files must read the same report."""
    members = list(data.draw(st.sampled_from(bundle_samples())).members.items())

    assert _report(members) == _report(data.draw(st.permutations(members)))


@pytest.mark.parametrize(
    "sample", [sample for sample in bundle_samples() if sample.name.endswith("-broken")], ids=lambda sample: sample.name
)
def test_the_order_of_members_does_not_change_the_report(sample: BundleSample) -> None:
    """Archives keep the order in which files were added."""
    reports = set()
    for members in (sample.members, dict(reversed(sample.members.items()))):
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w") as archive:
            for name, data in members.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        reports.add(az.render(az.check(load_snapshot_bytes(stream.getvalue()), rules(), bundle="x"), "json"))

    assert len(reports) == 1


_PROGRAM = """
import sys
import azcnilint as az
rules = az.builtin_rules()
for path in sys.argv[1:]:
    report = az.check(az.load_snapshot(path), rules, bundle=path)
    for form in ("json", "text", "sarif"):
        sys.stdout.write(az.render(report, form))
"""


def test_hash_seeds_do_not_change_the_reports() -> None:
    """Python orders sets anew in every process; a report that follows such an order cannot be compared."""
    bundles = [str(sample.folder / "bundle") for sample in bundle_samples() if not sample.name.endswith("-healthy")]

    reports = {
        subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", _PROGRAM, *bundles],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }

    assert len(reports) == 1
