"""Parsed captures of one node and namespace to evidence: merged tables, or why there is none and what supplies it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from azcnilint.capture import Capture, Completeness
from azcnilint.models import (
    DirectoryListing,
    LinkTable,
    ListedDirectory,
    NatTable,
    NeighbourTable,
    ObjectTable,
    RouteTable,
    RoutingRuleTable,
    Table,
)
from azcnilint.parsers import ParseResult, ParseStatus
from azcnilint.snapshot.evidence import Absent, AbsentReason, Evidence, Present
from azcnilint.snapshot.merge import (
    family_of,
    merge_links,
    merge_listings,
    merge_neighbours,
    merge_routes,
    merge_routing_rules,
)
from azcnilint.snapshot.merge_objects import merge_chains, merge_objects
from azcnilint.snapshot.unite import Part
from azcnilint.text import Diagnostic, Label

T = TypeVar("T", bound=Table)
_CNI_BIN = "/opt/cni/bin"
_PLUGINS = frozenset({"azure-vnet", "azure-ipam", "bridge", "cilium-cni", "host-local", "loopback", "portmap"})
"""A listing without a path is of the CNI binaries when it shows two of these."""
_KUBECTL = "kubectl get ds,deploy,pods,nodes -A -o wide"
_IPTABLES = {
    ("inet", "nat"): "iptables -t nat -L -n -v -x --line-numbers",
    ("inet", "filter"): "iptables -L -n -v -x --line-numbers",
    ("inet6", "nat"): "ip6tables -t nat -L -n -v -x --line-numbers",
    ("inet6", "filter"): "ip6tables -L -n -v -x --line-numbers",
}
_WORST = (AbsentReason.COMMAND_FAILED, AbsentReason.UNREADABLE, AbsentReason.EMPTY, AbsentReason.NOT_CAPTURED)


@dataclass(frozen=True, slots=True)
class Gathered:
    """One capture and what its parser made of it."""

    capture: Capture
    result: ParseResult[Table]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One piece of evidence: its name for reports, the command that supplies it, and whose captures differ."""

    kind: str
    command: str
    what: str


NamespaceTables = tuple[
    Evidence[LinkTable],
    Evidence[RouteTable],
    Evidence[NeighbourTable],
    Evidence[RoutingRuleTable],
    Evidence[RoutingRuleTable],
    Evidence[NatTable],
    Evidence[NatTable],
    Evidence[NatTable],
    Evidence[NatTable],
]


def gather_namespace(
    captures: Sequence[Gathered], where: str, netns: str | None, diagnostics: list[Diagnostic]
) -> NamespaceTables:
    """Gather the tables of one network namespace.

    Args:
        captures: All that were taken in it.
        where: For messages: `of node aks-0`.
        netns: Name of the namespace; None for the host's.
        diagnostics: Receives one `captures-differ` for each contradiction.
    """
    prefix = f"ip netns exec {netns} " if netns and " " not in netns else ""

    def wanted(kind: str, command: str) -> _Wanted:
        return _Wanted(kind, prefix + command, f"{kind} {where}")

    def chains(family: str, table: str) -> Evidence[NatTable]:
        program = "iptables" if family == "inet" else "ip6tables"
        want = wanted(f"{program} {table} table", _IPTABLES[family, table])
        asked = [each for each in captures if each.capture.kind == "iptables" and _asks(each.capture, family, table)]
        shown = [(each, _table_of(each.result.value, family, table)) for each in asked]
        return _evidence(want, asked, [(e, t) for e, t in shown if t is not None], merge_chains, diagnostics)

    def rules(family: str) -> Evidence[RoutingRuleTable]:
        words = ("routing rules", "ip rule") if family == "inet" else ("IPv6 routing rules", "ip -6 rule")
        own = [each for each in captures if _rules_family(each) == family]
        return _of_kind(wanted(*words), own, "ip-rule", RoutingRuleTable, merge_routing_rules, diagnostics)

    return (
        _of_kind(wanted("links", "ip address"), captures, "ip-address", LinkTable, merge_links, diagnostics),
        _of_kind(wanted("routes", "ip route"), captures, "ip-route", RouteTable, merge_routes, diagnostics),
        _of_kind(
            wanted("neighbours", "ip neighbour"),
            captures,
            "ip-neighbour",
            NeighbourTable,
            merge_neighbours,
            diagnostics,
        ),
        rules("inet"),
        rules("inet6"),
        chains("inet", "nat"),
        chains("inet", "filter"),
        chains("inet6", "nat"),
        chains("inet6", "filter"),
    )


def gather_cluster(captures: Sequence[Gathered], diagnostics: list[Diagnostic]) -> Evidence[ObjectTable]:
    """Gather the objects of the cluster."""
    want = _Wanted("cluster objects", _KUBECTL, "objects of the cluster")
    return _of_kind(want, captures, "kubectl", ObjectTable, merge_objects, diagnostics)


def gather_directory(
    captures: Sequence[Gathered], what: str, diagnostics: list[Diagnostic]
) -> tuple[Evidence[DirectoryListing], list[tuple[str, str]]]:
    """Gather the listing of /opt/cni/bin; gives also the (directory, artifact) of captures that list others only."""
    want = _Wanted(f"listing of {_CNI_BIN}", f"ls -la {_CNI_BIN}", what)
    asked: list[Gathered] = []
    shown: list[tuple[Gathered, DirectoryListing]] = []
    elsewhere: list[tuple[str, str]] = []
    for each in captures:
        if each.capture.kind != "ls":
            continue
        listing = _cni_bin(each.result.value)
        if listing is not None:
            shown.append((each, listing))
        elif isinstance(each.result.value, DirectoryListing):
            elsewhere.append((each.result.value.path or "of unknown name", each.capture.source.artifact))
            continue
        asked.append(each)
    return _evidence(want, asked, shown, merge_listings, diagnostics), elsewhere


def _cni_bin(table: Table | None) -> DirectoryListing | None:
    if not isinstance(table, DirectoryListing):
        return None
    for listed in (table, *table.others):
        if listed.path is not None and f"/{listed.path.strip('/')}".endswith(_CNI_BIN):
            return _as_listing(listed)
    names = {entry.name for entry in table.entries}
    return table if table.path is None and len(names & _PLUGINS) > 1 else None


def _as_listing(listed: ListedDirectory) -> DirectoryListing:
    if isinstance(listed, DirectoryListing):
        return listed
    return DirectoryListing(
        span=listed.span,
        hidden=listed.hidden,
        incomplete_because=listed.incomplete_because,
        path=listed.path,
        exists=listed.exists,
        entries=listed.entries,
        self_entry=listed.self_entry,
    )


def _rules_family(each: Gathered) -> str:
    """Tell the family whose rules a capture shows; one that tells none is of IPv4, as `ip rule` is."""
    table = each.result.value
    shown = table.family if isinstance(table, RoutingRuleTable) else family_of(each.capture.argv)
    return shown or "inet"


def _asks(capture: Capture, family: str, table: str) -> bool:
    """Whether the command line may be about that table; one that is not known may be about any."""
    argv = capture.argv or ()
    if not argv:
        return True
    if argv[0].startswith("ip6") != (family == "inet6"):
        return False
    named = next((argv[at + 1] for at, word in enumerate(argv[:-1]) if word in {"-t", "--table"}), None)
    return named == table or (named is None and ("save" in argv[0] or table == "filter"))


def _table_of(value: Table | None, family: str, table: str) -> NatTable | None:
    """Give the table of that family and name out of a capture; None when the capture does not show it."""
    if not isinstance(value, NatTable) or value.family != family:
        return None
    return value.of(table) if table in {value.table, *value.tables} else None


def _of_kind(  # noqa: PLR0913, PLR0917 - what is wanted, of what, and how it is merged
    want: _Wanted,
    captures: Sequence[Gathered],
    kind: str,
    table: type[T],
    merge: Callable[[Sequence[Part[T]], str], tuple[T, list[Diagnostic]]],
    diagnostics: list[Diagnostic],
) -> Evidence[T]:
    asked = [each for each in captures if each.capture.kind == kind]
    shown = [(each, each.result.value) for each in asked if isinstance(each.result.value, table)]
    return _evidence(want, asked, shown, merge, diagnostics)


def _evidence(
    want: _Wanted,
    asked: Sequence[Gathered],
    shown: Sequence[tuple[Gathered, T]],
    merge: Callable[[Sequence[Part[T]], str], tuple[T, list[Diagnostic]]],
    diagnostics: list[Diagnostic],
) -> Evidence[T]:
    """Merge what was shown; what showed nothing only matters when nothing else did."""
    usable = [(each, table) for each, table in shown if not _says_nothing(each.capture)]
    if not usable:
        return _absent(want, asked)
    parts = [Part(table, each.result.status is ParseStatus.COMPLETE, each.capture.argv) for each, table in usable]
    table, conflicts = merge(parts, want.what)
    diagnostics += conflicts
    return Present(table, table.span.artifact, table.complete)


def _says_nothing(capture: Capture) -> bool:
    """An empty file may be the output of a command, or of one that never ran: only a command line above it tells."""
    return capture.body.start >= capture.body.end and capture.command is None


def _absent(want: _Wanted, asked: Sequence[Gathered]) -> Absent:
    found = [(_reason(each), each.capture) for each in asked]
    reason, capture = min(
        found, key=lambda pair: (_WORST.index(pair[0]), pair[1].source.artifact), default=(_WORST[-1], None)
    )
    if capture is None:
        return Absent(want.kind, reason, want.command)
    label = capture.error.labels[0] if capture.error and capture.error.labels else Label(capture.body, reason.value)
    return Absent(want.kind, reason, want.command, label)


def _reason(each: Gathered) -> AbsentReason:
    if each.capture.completeness is Completeness.FAILED:
        return AbsentReason.COMMAND_FAILED
    return AbsentReason.EMPTY if each.capture.body.start >= each.capture.body.end else AbsentReason.UNREADABLE
