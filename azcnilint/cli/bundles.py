"""From the paths of a command line to one snapshot and the name that reports give it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from azcnilint.cli.streams import Streams
from azcnilint.errors import BundleError
from azcnilint.snapshot import Bundle, Snapshot, load_bundle, read_bundle
from azcnilint.snapshot.archive import STDIN
from azcnilint.snapshot.members import shown_name


def load(paths: Sequence[str], streams: Streams, progress: Callable[[int, int], None]) -> tuple[Snapshot, str]:
    """Load paths as one bundle; `-` is standard input. Raises BundleError when nothing at all can be opened.

    Of several paths one that cannot be opened is told on standard error and the others are still judged.
    """
    name = " ".join(_shown(path) for path in paths)
    if len(paths) == 1:
        return load_bundle(_read(paths[0], streams), progress=progress), name
    bundles = []
    for path in paths:
        try:
            bundles.append((_shown(path), _read(path, streams)))
        except BundleError as error:
            streams.note(f"azcnilint: error: {error}")
    if not bundles:
        message = "none of the paths can be opened"
        raise BundleError(message)
    return load_bundle(_joined(bundles), progress=progress), name


def _shown(path: str) -> str:
    return STDIN if path == "-" else shown_name(path)


def _read(path: str, streams: Streams) -> Bundle:
    return read_bundle(streams.stdin) if path == "-" else read_bundle(Path(path))


def _joined(bundles: Sequence[tuple[str, Bundle]]) -> Bundle:
    """Put bundles side by side; members of a folder or archive get its path in front, so that no two have one name."""
    members: dict[str, bytes] = {}
    for path, bundle in bundles:
        for name, data in bundle.members:
            members[path if bundle.name is None else f"{path.rstrip('/')}/{name}"] = data
    notices = tuple(notice for _, bundle in bundles for notice in bundle.notices)
    return Bundle(None, tuple(sorted(members.items())), notices)
