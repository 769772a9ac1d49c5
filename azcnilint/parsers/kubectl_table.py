"""Cells of a table of kubectl, or a line of `-o name`, to records; `hidden` names what the table has no column for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address

from azcnilint.models import NodeObject, Pod, Workload, WorkloadKind
from azcnilint.parsers.grammar import LeafError, to_address
from azcnilint.parsers.kubectl_columns import Cell, Cells, ColumnError
from azcnilint.parsers.kubectl_command import kind_of
from azcnilint.text import Span

ObjectRecord = Workload | Pod | NodeObject
_NOTHING = {"<none>", "<unknown>", "<unset>", "<error>", ""}
_DAEMON_SET = {
    "desired": "DESIRED",
    "current": "CURRENT",
    "ready": "READY",
    "updated": "UP-TO-DATE",
    "available": "AVAILABLE",
    "node_selector": "NODE SELECTOR",
}
_DEPLOYMENT = {"desired": "READY", "ready": "READY", "updated": "UP-TO-DATE", "available": "AVAILABLE"}
_WORKLOAD = {"containers": "CONTAINERS", "images": "IMAGES", "selector": "SELECTOR", "labels": "LABELS", "age": "AGE"}
_POD = {
    "phase": "STATUS",
    "ready": "READY",
    "desired": "READY",
    "restarts": "RESTARTS",
    "last_restart": "RESTARTS",
    "pod_ip": "IP",
    "node_name": "NODE",
    "nominated_node_name": "NOMINATED NODE",
    "readiness_gates": "READINESS GATES",
    "labels": "LABELS",
    "age": "AGE",
}
_NODE = {
    "status": "STATUS",
    "ready": "STATUS",
    "roles": "ROLES",
    "version": "VERSION",
    "internal_ip": "INTERNAL-IP",
    "external_ip": "EXTERNAL-IP",
    "os_image": "OS-IMAGE",
    "kernel_version": "KERNEL-VERSION",
    "container_runtime": "CONTAINER-RUNTIME",
    "labels": "LABELS",
    "age": "AGE",
}
"""For each kind, which column tells which field."""


def record_of(
    kind: str, cells: Cells, span: Span, namespace: str | None, labels: Mapping[str, str]
) -> ObjectRecord | None:
    """Build the record of one row; None for a kind that we do not read.

    Args:
        kind: What the table holds, unless the name tells (`daemonset.apps/kube-proxy`).
        cells: By column name.
        span: The row.
        namespace: The one that the command line names; a NAMESPACE column prevails.
        labels: What the label columns (`-L`) of the row tell.

    Raises ColumnError when a cell is not what its column holds.
    """
    name = _filled(cells, "NAME").text
    prefix, slash, bare = name.partition("/")
    cells = {**cells, "NAME": Cell(bare if slash else name, cells["NAME"].span)}
    namespace = cells["NAMESPACE"].text if "NAMESPACE" in cells else namespace
    match kind_of(prefix) if slash else kind:
        case "DaemonSet":
            return _workload(WorkloadKind.DAEMON_SET, cells, span, namespace, labels)
        case "Deployment":
            return _workload(WorkloadKind.DEPLOYMENT, cells, span, namespace, labels)
        case "Pod":
            return _pod(cells, span, namespace, labels)
        case "Node":
            return _node(cells, span, labels)
        case _:
            return None


def record_of_name(line: str, span: Span, namespace: str | None) -> ObjectRecord | None:
    """Build the record of a line of `-o name` (`daemonset.apps/kube-proxy`); None for a kind that we do not read."""
    return record_of("", {"NAME": Cell(line, span)}, span, namespace, {})


def _hidden(columns: Mapping[str, str], cells: Cells, *more: str) -> frozenset[str]:
    return frozenset({field for field, column in columns.items() if column not in cells}.union(more))


def _workload(
    kind: WorkloadKind, cells: Cells, span: Span, namespace: str | None, labels: Mapping[str, str]
) -> Workload:
    counts = _DAEMON_SET if kind is WorkloadKind.DAEMON_SET else _DEPLOYMENT
    if "DESIRED" in cells:  # Deployments of old kubectl too
        counts = {field: column for field, column in _DAEMON_SET.items() if column in cells}
    hidden = _hidden(_WORKLOAD | counts, cells, *(() if namespace else ("namespace",)))
    hidden |= {field for field in (*_DEPLOYMENT, "node_selector") if field not in counts}
    desired, current = _number(cells, "DESIRED"), _number(cells, "CURRENT")
    ready = _number(cells, "READY") if counts is not _DEPLOYMENT else None
    if counts is _DEPLOYMENT:
        ready, desired = _share(cells)
    return Workload(
        span=span,
        hidden=hidden,
        kind=kind,
        namespace=namespace,
        name=cells["NAME"].text,
        desired=desired,
        current=current if kind is WorkloadKind.DAEMON_SET else None,
        ready=ready,
        updated=_number(cells, "UP-TO-DATE"),
        available=_number(cells, "AVAILABLE"),
        node_selector=_pairs(cells, "NODE SELECTOR"),
        labels=_pairs(cells, "LABELS") or labels,
        containers=_list(cells, "CONTAINERS"),
        images=_list(cells, "IMAGES"),
        selector=_text(cells, "SELECTOR"),
        age=_text(cells, "AGE"),
    )


def _pod(cells: Cells, span: Span, namespace: str | None, labels: Mapping[str, str]) -> Pod:
    ready, desired = _share(cells)
    restarts, last = _restarts(cells)
    return Pod(
        span=span,
        hidden=_hidden(_POD, cells, "host_network", *(() if namespace else ("namespace",))),
        namespace=namespace,
        name=cells["NAME"].text,
        phase=_text(cells, "STATUS"),
        ready=ready,
        desired=desired,
        restarts=restarts,
        last_restart=last,
        pod_ip=_address(cells, "IP"),
        node_name=_text(cells, "NODE"),
        nominated_node_name=_text(cells, "NOMINATED NODE"),
        readiness_gates=_text(cells, "READINESS GATES"),
        labels=_pairs(cells, "LABELS") or labels,
        age=_text(cells, "AGE"),
    )


def _node(cells: Cells, span: Span, labels: Mapping[str, str]) -> NodeObject:
    status = _text(cells, "STATUS")
    return NodeObject(
        span=span,
        hidden=_hidden(_NODE, cells, "pod_cidr"),
        name=cells["NAME"].text,
        status=status,
        ready={"Ready": True, "NotReady": False}.get((status or "").partition(",")[0]),
        roles=_text(cells, "ROLES"),
        version=_text(cells, "VERSION"),
        internal_ip=_address(cells, "INTERNAL-IP"),
        external_ip=_address(cells, "EXTERNAL-IP"),
        os_image=_text(cells, "OS-IMAGE"),
        kernel_version=_text(cells, "KERNEL-VERSION"),
        container_runtime=_text(cells, "CONTAINER-RUNTIME"),
        labels=_pairs(cells, "LABELS") or labels,
        age=_text(cells, "AGE"),
    )


def _shown(cell: Cell) -> str:
    return f'"{cell.text}"' if cell.text else "nothing"


def _filled(cells: Cells, column: str) -> Cell:
    cell = cells[column]
    if not cell.text:
        raise ColumnError(f'expected a value in column "{column}", found nothing', cell.span)
    return cell


def _text(cells: Cells, column: str) -> str | None:
    """Give the cell of a column; None when there is no such column or kubectl printed that there is no value."""
    cell = cells.get(column)
    if cell is None or (column == "AGE" and cell.text):
        return cell.text if cell else None
    return None if cell.text in _NOTHING else cell.text


def _number(cells: Cells, column: str) -> int | None:
    if column not in cells:
        return None
    cell = cells[column]
    if not re.fullmatch(r"\d{1,10}", cell.text):
        raise ColumnError(f'expected a number in column "{column}", found {_shown(cell)}', cell.span)
    return int(cell.text)


def _share(cells: Cells) -> tuple[int | None, int | None]:
    """Read READY as `1/2`: ready and desired."""
    if "READY" not in cells:
        return None, None
    cell = cells["READY"]
    found = re.fullmatch(r"(\d{1,10})/(\d{1,10})", cell.text)
    if found is None:
        raise ColumnError(f'expected two numbers such as 1/2 in column "READY", found {_shown(cell)}', cell.span)
    return int(found[1]), int(found[2])


def _restarts(cells: Cells) -> tuple[int | None, str | None]:
    """Read RESTARTS as `3` or, from newer kubectl, `3 (4m5s ago)`."""
    if "RESTARTS" not in cells:
        return None, None
    cell = cells["RESTARTS"]
    found = re.fullmatch(r"(\d{1,10})(?: +\((\S+) ago\))?", cell.text)
    if found is None:
        raise ColumnError(f'expected a number in column "RESTARTS", found {_shown(cell)}', cell.span)
    return int(found[1]), found[2]


def _address(cells: Cells, column: str) -> IPv4Address | IPv6Address | None:
    text = _text(cells, column)
    if text is None:
        return None
    try:
        return to_address(text)
    except LeafError as error:
        raise ColumnError(f'expected an address in column "{column}", found "{text}"', cells[column].span) from error


def _list(cells: Cells, column: str) -> tuple[str, ...]:
    text = _text(cells, column)
    return tuple(text.split(",")) if text else ()


def _pairs(cells: Cells, column: str) -> dict[str, str]:
    """Read labels as `a=b,c=`; empty for `<none>`."""
    pairs = {}
    for term in _list(cells, column):
        key, equals, value = term.partition("=")
        if not key or not equals:
            raise ColumnError(f'expected labels such as a=b in column "{column}", found "{term}"', cells[column].span)
        pairs[key] = value
    return pairs
