"""What each form of `kubectl get` must tell of an object: the values, and which form shows which."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

from azcnilint.models import NodeObject, Pod, Workload, WorkloadKind
from tests.oracle_kubectl.cells import by_column
from tests.oracle_kubectl.clusters import Object

Described = Workload | Pod | NodeObject
_TEMPLATE = frozenset({"containers", "images", "selector"})
BASE = {
    "daemonsets": frozenset({"desired", "current", "ready", "updated", "available", "node_selector", "age"}),
    "deployments": frozenset({"desired", "ready", "updated", "available", "age"}),
    "pods": frozenset({"phase", "ready", "desired", "restarts", "last_restart", "age"}),
    "nodes": frozenset({"status", "ready", "roles", "version", "age"}),
}
"""The fields that the default table shows, the name aside."""
WIDE = {
    "daemonsets": _TEMPLATE,
    "deployments": _TEMPLATE,
    "pods": frozenset({"pod_ip", "node_name", "nominated_node_name", "readiness_gates"}),
    "nodes": frozenset({"internal_ip", "external_ip", "os_image", "kernel_version", "container_runtime"}),
}
"""The fields that `-o wide` adds."""
ONLY_OBJECTS = {
    "daemonsets": frozenset({"labels"}),
    "deployments": frozenset({"labels", "node_selector"}),
    "pods": frozenset({"labels", "host_network"}),
    "nodes": frozenset({"labels", "pod_cidr"}),
}
"""The fields that JSON and YAML add to those; `--show-labels` adds the labels."""
ONLY_TABLES = frozenset({"age", "last_restart"})
"""The fields that depend on the time of the command, so that JSON does not tell them."""


def _statusless(item: Object, field: str, words: list[str]) -> bool:
    """A Deployment that no controller has seen: kubectl prints zeros, its JSON settles nothing."""
    counts = {"desired", "ready", "updated", "available"}
    return not item["status"] and field in counts and ("json" in words or "yaml" in words)


EXCEPTIONS = (_statusless,)
"""When a record may hide a field though the form shows it; each says why. Nothing else may differ."""


def shown(resource: str, words: list[str]) -> frozenset[str]:
    """Give the fields that a command's output shows."""
    if "name" in words:
        return frozenset()
    if "json" in words or "yaml" in words:
        return (BASE[resource] | WIDE[resource] | ONLY_OBJECTS[resource]) - ONLY_TABLES
    found = BASE[resource] | (WIDE[resource] if "wide" in words else frozenset())
    return found | ({"labels"} if "--show-labels" in words else frozenset())


def excepted(item: Object, field: str, words: list[str]) -> bool:
    """Say whether the table of exceptions lets a record hide a field that is shown."""
    return any(holds(item, field, words) for holds in EXCEPTIONS)


def fields(resource: str, item: Object) -> dict[str, Any]:
    """Give the true value of every field of the record of an object."""
    make = {"daemonsets": _daemon_set, "deployments": _deployment, "pods": _pod, "nodes": _node}
    row = {name: None if cell in {"<none>", "<unknown>"} else cell for name, cell in by_column(resource, item).items()}
    metadata = item["metadata"]
    common = {"name": metadata["name"], "labels": metadata.get("labels", {}), "age": row["Age"]}
    common |= {"namespace": metadata["namespace"]} if "namespace" in metadata else {}
    return common | make[resource](item, row)


def _template(item: Object) -> dict[str, Any]:
    template = item["spec"]["template"]["spec"]
    return {
        "node_selector": template.get("nodeSelector", {}),
        "containers": tuple(each["name"] for each in template["containers"]),
        "images": tuple(each["image"] for each in template["containers"]),
    }


def _daemon_set(item: Object, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": WorkloadKind.DAEMON_SET,
        "desired": row["Desired"],
        "current": row["Current"],
        "ready": row["Ready"],
        "updated": row["Up-to-date"],
        "available": row["Available"],
        "selector": row["Selector"],
        **_template(item),
    }


def _deployment(item: Object, row: dict[str, Any]) -> dict[str, Any]:
    ready, _, desired = row["Ready"].partition("/")
    return {
        "kind": WorkloadKind.DEPLOYMENT,
        "desired": int(desired),
        "current": None,
        "ready": int(ready),
        "updated": row["Up-to-date"],
        "available": row["Available"],
        "selector": row["Selector"],
        **_template(item),
    }


def _pod(item: Object, row: dict[str, Any]) -> dict[str, Any]:
    ready, _, desired = row["Ready"].partition("/")
    restarts, _, last = row["Restarts"].partition(" ")
    return {
        "phase": row["Status"],
        "ready": int(ready),
        "desired": int(desired),
        "restarts": int(restarts),
        "last_restart": last[1 : -len(" ago)")] or None,
        "pod_ip": ip_address(row["IP"]) if row["IP"] else None,
        "node_name": row["Node"],
        "nominated_node_name": row["Nominated Node"],
        "readiness_gates": row["Readiness Gates"],
        "host_network": item["spec"].get("hostNetwork", False),
    }


def _node(item: Object, row: dict[str, Any]) -> dict[str, Any]:
    pod_cidr = item["spec"].get("podCIDR")
    return {
        "status": row["Status"],
        "ready": {"Ready": True, "NotReady": False}.get(row["Status"].partition(",")[0]),
        "roles": row["Roles"],
        "version": row["Version"],
        "internal_ip": ip_address(row["Internal-IP"]) if row["Internal-IP"] else None,
        "external_ip": ip_address(row["External-IP"]) if row["External-IP"] else None,
        "os_image": row["OS-Image"],
        "kernel_version": row["Kernel-Version"],
        "container_runtime": row["Container-Runtime"],
        "pod_cidr": ip_network(pod_cidr) if pod_cidr else None,
    }
