"""Room 3: many captures to one typed picture, with every missing piece named."""

from azcnilint.snapshot.archive import Bundle, read_bundle
from azcnilint.snapshot.evidence import Absent, AbsentReason, Evidence, Present
from azcnilint.snapshot.limits import DEFAULT_LIMITS, Limits
from azcnilint.snapshot.snapshot import (
    Cluster,
    LoadedCapture,
    Namespace,
    Node,
    Snapshot,
    Unused,
    bare_node,
    load_bundle,
    load_snapshot,
    load_snapshot_bytes,
    snapshot_of,
)

__all__ = [
    "DEFAULT_LIMITS",
    "Absent",
    "AbsentReason",
    "Bundle",
    "Cluster",
    "Evidence",
    "Limits",
    "LoadedCapture",
    "Namespace",
    "Node",
    "Present",
    "Snapshot",
    "Unused",
    "bare_node",
    "load_bundle",
    "load_snapshot",
    "load_snapshot_bytes",
    "read_bundle",
    "snapshot_of",
]
