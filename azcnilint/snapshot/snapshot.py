"""A bundle to one typed picture: artifacts to captures, captures to tables, tables of one node and namespace merged."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from azcnilint.capture import READ_KINDS, Capture, Envelope, parse_command, split_captures
from azcnilint.models import (
    DirectoryListing,
    LinkTable,
    NatTable,
    NeighbourTable,
    ObjectTable,
    RouteTable,
    RoutingRuleTable,
    Table,
)
from azcnilint.parsers import ParseResult, parser_for
from azcnilint.snapshot.archive import STDIN, Bundle, read_bundle
from azcnilint.snapshot.evidence import Evidence
from azcnilint.snapshot.gather import Gathered, gather_cluster, gather_directory, gather_namespace
from azcnilint.snapshot.layouts import Placement, hint_of, place
from azcnilint.snapshot.limits import DEFAULT_LIMITS, Limits
from azcnilint.snapshot.owners import Owner, name_owners
from azcnilint.text import Diagnostic, Label, Severity, SourceText, decode


@dataclass(frozen=True, slots=True)
class Namespace:
    """What the captures of one network namespace show.

    Attributes:
        name: None for the host's.
        routing_rules: `ip rule`; `routing_rules6` those of IPv6.
        nat: The iptables nat table; `filter` likewise, `nat6` and `filter6` those of ip6tables.
    """

    name: str | None
    links: Evidence[LinkTable]
    routes: Evidence[RouteTable]
    neighbours: Evidence[NeighbourTable]
    routing_rules: Evidence[RoutingRuleTable]
    routing_rules6: Evidence[RoutingRuleTable]
    nat: Evidence[NatTable]
    filter: Evidence[NatTable]
    nat6: Evidence[NatTable]
    filter6: Evidence[NatTable]


@dataclass(frozen=True, slots=True)
class Node:
    """What the captures of one node show.

    Attributes:
        host: The host's network namespace; its tables are also properties of the node.
        cni_bin: The listing of /opt/cni/bin.
        namespaces: Other network namespaces (pods) by name.
    """

    name: str
    host: Namespace
    cni_bin: Evidence[DirectoryListing]
    namespaces: Mapping[str, Namespace]

    @property
    def links(self) -> Evidence[LinkTable]:
        """`ip address` and `ip link` of the host."""
        return self.host.links

    @property
    def routes(self) -> Evidence[RouteTable]:
        """`ip route` of the host."""
        return self.host.routes

    @property
    def neighbours(self) -> Evidence[NeighbourTable]:
        """`ip neighbour` of the host."""
        return self.host.neighbours

    @property
    def routing_rules(self) -> Evidence[RoutingRuleTable]:
        """`ip rule` of the host."""
        return self.host.routing_rules

    @property
    def nat(self) -> Evidence[NatTable]:
        """The iptables nat table of the host."""
        return self.host.nat

    @property
    def filter(self) -> Evidence[NatTable]:
        """The iptables filter table of the host."""
        return self.host.filter


@dataclass(frozen=True, slots=True)
class Cluster:
    """What a bundle shows of a cluster.

    Attributes:
        name: Of the bundle; None when it has none.
        nodes: By name, sorted.
        objects: What kubectl listed.
    """

    name: str | None
    nodes: Mapping[str, Node]
    objects: Evidence[ObjectTable]


@dataclass(frozen=True, slots=True)
class LoadedCapture:
    """One capture, whose it is, and what was read of it.

    Attributes:
        node: Name of the node; None for the cluster's.
        netns: Network namespace; None for the host's.
        result: None for output of a command that is recognised and not read.
    """

    node: str | None
    netns: str | None
    capture: Capture
    result: ParseResult[Table] | None


@dataclass(frozen=True, slots=True)
class Unused:
    """An artifact, or a capture of it, from which nothing was taken, and why."""

    artifact: str
    reason: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A parsed bundle.

    Attributes:
        sources: Text of every artifact that holds a capture (of every one, when there is a single artifact), by path.
        captures: All captures, by artifact and place.
        unused: What nothing was taken from.
        diagnostics: About members that were left out, repairs, lines that were not read, captures that differ.
    """

    cluster: Cluster
    sources: Mapping[str, SourceText] = field(repr=False)
    captures: tuple[LoadedCapture, ...] = field(repr=False)
    unused: tuple[Unused, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def load_snapshot(path: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> Snapshot:
    """Load a folder, an archive or one file. Raises BundleError when nothing of it can be opened."""
    return _load(read_bundle(Path(path), limits), limits)


def load_snapshot_bytes(data: bytes | BinaryIO, name: str = STDIN, *, limits: Limits = DEFAULT_LIMITS) -> Snapshot:
    """Load what standard input or another program gave: an archive, or one text. Raises BundleError for neither."""
    source = io.BytesIO(data) if isinstance(data, bytes) else data
    return _load(read_bundle(source, limits, name=name), limits)


def snapshot_of(artifacts: Mapping[str, bytes | str]) -> Snapshot:
    """Make a snapshot of artifacts in memory. A key is a path or a command line (`ip r`, `aks-0/iptables -S`)."""
    members = {
        key: data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
        for key, data in artifacts.items()
    }
    bundle = Bundle(None, tuple(sorted(members.items())))
    return _load(bundle, DEFAULT_LIMITS, {key: _placed_command(key) for key in members})


def load_bundle(
    bundle: Bundle, *, limits: Limits = DEFAULT_LIMITS, progress: Callable[[int, int], None] | None = None
) -> Snapshot:
    """Load what `read_bundle` read, for a caller that joined several or wants to know how many artifacts are done."""
    return _load(bundle, limits, progress=progress)


def bare_node(name: str) -> Node:
    """Give a node of which nothing was captured: every evidence is Absent."""
    return _node(name, [], _Loading())


def _placed_command(key: str) -> Placement:
    """Place a key whose last part is a command line, perhaps in a folder; a key that is none is a path."""
    program, blank, rest = key.partition(" ")
    folder, _, name = program.rpartition("/")
    if program.startswith("/"):
        folder, name = "", program
    command = parse_command(name + blank + rest)
    if command is None or command.kind not in READ_KINDS or not (blank or hint_of(name)):
        return place(key)
    placement = place(f"{folder}/_") if folder else Placement()
    netns = command.netns or placement.netns
    return Placement(placement.node, netns, command, cluster=command.kind == "kubectl")


@dataclass(slots=True)
class _Loading:
    """What has been read so far."""

    sources: dict[str, SourceText] = field(default_factory=dict)
    owned: list[tuple[Owner, Capture]] = field(default_factory=list)
    unused: list[Unused] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)


def _load(
    bundle: Bundle,
    limits: Limits,
    placements: Mapping[str, Placement] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Snapshot:
    loading = _Loading(diagnostics=list(bundle.notices))
    for number, (path, data) in enumerate(bundle.members):
        if progress is not None:
            progress(number, len(bundle.members))
        placement = placements[path] if placements else place(path)
        alone = len(bundle.members) == 1
        longest = limits.log_bytes if placement.log else limits.nameless_bytes
        if placement.hint is None and not alone and len(data) > longest:
            loading.unused.append(Unused(path, "too large to be searched for captures without a telling name"))
        else:
            _split(loading, path, data, placement, alone=alone)
    names = name_owners([owner for owner, _ in loading.owned], bundle.name)
    captures = [_parsed(capture, names[owner], owner) for owner, capture in loading.owned]
    for loaded in captures:
        loading.diagnostics += [loaded.capture.error] if loaded.capture.error else []
        loading.diagnostics += loaded.result.diagnostics if loaded.result else ()
    cluster = _cluster(bundle.name, captures, loading)
    return Snapshot(cluster, loading.sources, tuple(captures), tuple(loading.unused), tuple(loading.diagnostics))


def _split(loading: _Loading, path: str, data: bytes, placement: Placement, *, alone: bool) -> None:
    """Cut an artifact into captures. One of many that holds none is only named, not quoted line by line."""
    source = decode(path, data)
    envelope = split_captures(source, hint=placement.hint)
    if not envelope.captures:
        loading.unused.append(Unused(path, "no output of a known command" if data.strip() else "empty"))
        if not alone:
            return
    loading.sources[path] = envelope.source or source
    loading.diagnostics += [*source.repairs, *envelope.diagnostics, *_captions(envelope)]
    for capture in envelope.captures:
        loading.owned.append((_owner(placement, capture), capture))


def _captions(envelope: Envelope) -> list[Diagnostic]:
    """Tell once an artifact that lines were taken for prose, so that a reader can see whether that is right."""
    found = [noise.span for noise in envelope.noise if noise.kind == "caption"]
    if not found:
        return []
    lines = "1 line is" if len(found) == 1 else f"{len(found)} lines are"
    message = f"{lines} taken for text around the output, not for output"
    return [Diagnostic("caption-lines", Severity.INFO, message, (Label(found[0]),))]


def _owner(placement: Placement, capture: Capture) -> Owner:
    """Cluster objects belong to no node, whoever asked for them; a pod's namespace may be told by folder or command."""
    if capture.kind == "kubectl":
        return Owner(cluster=True)
    netns = capture.netns or placement.netns
    return Owner(placement.node, capture.host, netns)


def _parsed(capture: Capture, node: str | None, owner: Owner) -> LoadedCapture:
    parser = parser_for(capture.kind)
    return LoadedCapture(node, owner.netns, capture, parser.parse(capture) if parser else None)


def _cluster(name: str | None, captures: list[LoadedCapture], loading: _Loading) -> Cluster:
    """Gather evidence node by node; a node is there when some capture that a parser reads is of it."""
    read = [loaded for loaded in captures if loaded.result is not None]
    nodes: dict[str, Node] = {}
    for node in sorted({loaded.node for loaded in read if loaded.node is not None}):
        nodes[node] = _node(node, [loaded for loaded in read if loaded.node == node], loading)
    gathered = _gathered([loaded for loaded in read if loaded.node is None])
    objects = gather_cluster(gathered, loading.diagnostics)
    return Cluster(name, nodes, objects)


def _gathered(captures: list[LoadedCapture]) -> list[Gathered]:
    return [Gathered(loaded.capture, loaded.result) for loaded in captures if loaded.result is not None]


def _node(name: str, captures: list[LoadedCapture], loading: _Loading) -> Node:
    namespaces = {
        netns: _namespace(name, netns, [loaded for loaded in captures if loaded.netns == netns], loading)
        for netns in sorted({loaded.netns for loaded in captures if loaded.netns is not None})
    }
    of_host = [loaded for loaded in captures if loaded.netns is None]
    listing, elsewhere = gather_directory(
        _gathered(of_host), f"listings of /opt/cni/bin of node {name}", loading.diagnostics
    )
    for path, artifact in elsewhere:
        loading.unused.append(Unused(artifact, f"no rule asks about directory {path}"))
    return Node(name, _namespace(name, None, of_host, loading), listing, namespaces)


def _namespace(node: str, netns: str | None, captures: list[LoadedCapture], loading: _Loading) -> Namespace:
    where = f"of node {node}" if netns is None else f"of namespace {netns} of node {node}"
    tables = gather_namespace(_gathered(captures), where, netns, loading.diagnostics)
    return Namespace(netns, *tables)
