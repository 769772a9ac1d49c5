"""What a snapshot holds, for the report: captures with their figures, notices about the input, files not used."""

from __future__ import annotations

from azcnilint.checking.locate import locate_all
from azcnilint.checking.report import CaptureInfo, Notice, UnusedInfo
from azcnilint.models import Table
from azcnilint.parsers import Claim
from azcnilint.snapshot import LoadedCapture, Snapshot

_SEQUENCES = (
    *("links", "routes", "neighbours", "rules", "chains", "entries"),
    *("daemon_sets", "deployments", "pods", "nodes"),
)


def capture_infos(snapshot: Snapshot, node: str | None) -> tuple[CaptureInfo, ...]:
    """Give the captures of one node, or those of the cluster for None, in the order of the bundle."""
    return tuple(_info(loaded) for loaded in snapshot.captures if loaded.node == node)


def _info(loaded: LoadedCapture) -> CaptureInfo:
    capture, result = loaded.capture, loaded.result
    place = capture.command or capture.body
    return CaptureInfo(
        artifact=capture.source.artifact,
        line=capture.source.position(place.start).line,
        kind=capture.kind,
        command=" ".join(capture.argv) if capture.argv else None,
        completeness=capture.completeness.value,
        status=result.status.value if result else "unread",
        records=_records(result.value) if result else 0,
        unread_lines=result.ledger.count(Claim.DIAGNOSTIC) if result else 0,
        netns=loaded.netns,
    )


def _records(table: Table | None) -> int:
    if table is None:
        return 0
    sequences = [getattr(table, name) for name in _SEQUENCES if hasattr(table, name)]
    chains = [len(chain.rules) for chain in getattr(table, "chains", ())]
    return sum(len(sequence) for sequence in sequences) + sum(chains)


def notices(snapshot: Snapshot) -> tuple[Notice, ...]:
    """Give what there is to say about the input, gravest first."""
    found = [
        Notice(
            code=diagnostic.code,
            severity=diagnostic.severity,
            message=diagnostic.message,
            locations=locate_all(snapshot.sources, diagnostic.labels),
            help=diagnostic.help,
        )
        for diagnostic in snapshot.diagnostics
    ]
    return tuple(sorted(found, key=lambda notice: notice.severity.rank))


def unused_infos(snapshot: Snapshot) -> tuple[UnusedInfo, ...]:
    """Give the files that were looked at and not used."""
    return tuple(UnusedInfo(artifact=each.artifact, reason=each.reason) for each in snapshot.unused)
