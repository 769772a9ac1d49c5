"""`ObjectTable` as the `List` that `kubectl get -o json` prints, with the API's paths of all that the table shows.

Reading the result back gives equal records. A table shows less than an object, so some things are written in a way
that the API might not: a pod's containers have no names, the first bears all restarts; a STATUS that is no phase
(`Init:CrashLoopBackOff`) stands in `status.reason`, where kubectl looks first; roles are labels
`node-role.kubernetes.io/…`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from azcnilint.models import NodeObject, ObjectTable, Pod, Workload, WorkloadKind
from azcnilint.parsers.json_text import JsonObject

_PHASES = frozenset({"Pending", "Running", "Succeeded", "Failed", "Unknown"})
_DAEMON_SET_STATUS = {
    "currentNumberScheduled": "current",
    "desiredNumberScheduled": "desired",
    "numberAvailable": "available",
    "numberReady": "ready",
    "updatedNumberScheduled": "updated",
}
_DEPLOYMENT_STATUS = {"availableReplicas": "available", "readyReplicas": "ready", "updatedReplicas": "updated"}
_NODE_INFO = {
    "containerRuntimeVersion": "container_runtime",
    "kernelVersion": "kernel_version",
    "kubeletVersion": "version",
    "osImage": "os_image",
}

_TERM = re.compile(
    r"(?P<key>[^\s,!=]+) (?P<operator>in|notin) \((?P<values>[^)]*)\)"
    r"|!(?P<absent>[^\s,=]+)|(?P<label>[^\s,=]+)=(?P<value>[^,]*)|(?P<present>[^\s,=]+)"
)
"""One term of a label selector as `-o wide` prints it (apimachinery, pkg/labels/selector.go Requirement.String)."""


def object_list(table: ObjectTable) -> JsonObject:
    """Give the List; objects in the order DaemonSets, Deployments, pods, nodes, each as printed."""
    items: list[JsonValue] = [_workload(each) for each in (*table.daemon_sets, *table.deployments)]
    items += [_pod(each) for each in table.pods]
    items += [_node(each) for each in table.nodes]
    return {"apiVersion": "v1", "items": items, "kind": "List", "metadata": {"resourceVersion": ""}}


def _metadata(record: Workload | Pod | NodeObject) -> JsonObject:
    labels: JsonObject = dict(record.labels)
    if isinstance(record, NodeObject) and record.roles and not record.settles("labels"):
        labels |= {f"node-role.kubernetes.io/{role}": "" for role in record.roles.split(",")}
    namespace = None if isinstance(record, NodeObject) else record.namespace
    return _given({"labels": labels or None, "name": record.name, "namespace": namespace})


def _given(values: Mapping[str, JsonValue]) -> JsonObject:
    """Drop what the table does not show, as the API drops what is not set."""
    return {key: value for key, value in values.items() if value is not None}


def _fields(record: Workload | NodeObject, names: Mapping[str, str]) -> JsonObject:
    return _given({key: getattr(record, field) for key, field in names.items()})


def _workload(record: Workload) -> JsonObject:
    containers: list[JsonValue] = [
        {"image": image, "name": name} for name, image in zip(record.containers, record.images, strict=False)
    ]
    selector: JsonObject = dict(record.node_selector)
    template = _given({"containers": containers or None, "nodeSelector": selector or None})
    spec: JsonObject = {"template": {"spec": template}}
    if record.selector is not None:
        spec["selector"] = _selector(record.selector)
    daemon_set = record.kind is WorkloadKind.DAEMON_SET
    if not daemon_set and record.desired is not None:
        spec["replicas"] = record.desired
    return {
        "apiVersion": "apps/v1",
        "kind": record.kind.value,
        "metadata": _metadata(record),
        "spec": spec,
        "status": _fields(record, _DAEMON_SET_STATUS if daemon_set else _DEPLOYMENT_STATUS),
    }


def _selector(text: str) -> JsonObject:
    """Give the object that a printed selector (`app=x,!y,z notin (q)`) stands for."""
    labels: JsonObject = {}
    expressions: list[JsonValue] = []
    for found in _TERM.finditer(text):
        key = found["key"] or found["absent"] or found["label"] or found["present"]
        if found["label"]:
            labels[key] = found["value"]
        elif found["key"]:
            operator = "In" if found["operator"] == "in" else "NotIn"
            expressions.append({"key": key, "operator": operator, "values": [*found["values"].split(",")]})
        else:
            expressions.append({"key": key, "operator": "DoesNotExist" if found["absent"] else "Exists"})
    return _given({"matchExpressions": expressions or None, "matchLabels": labels or None})


def _pod(record: Pod) -> JsonObject:
    phase = record.phase if record.phase in _PHASES else None
    status = {
        "containerStatuses": _container_statuses(record) or None,
        "nominatedNodeName": record.nominated_node_name,
        "phase": phase,
        "podIP": None if record.pod_ip is None else str(record.pod_ip),
        "reason": None if phase else record.phase,
    }
    containers: list[JsonValue] = [{} for _ in range(record.desired or 0)]
    spec = {"containers": containers or None, "hostNetwork": record.host_network or None, "nodeName": record.node_name}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": _metadata(record),
        "spec": _given(spec),
        "status": _given(status),
    }


def _container_statuses(record: Pod) -> list[JsonValue]:
    """One status a container; the sums of the table fall to the first ones."""
    ready, restarts = record.ready or 0, record.restarts or 0
    count = max(record.desired or 0, ready, 1 if restarts else 0)
    return [{"ready": number < ready, "restartCount": 0 if number else restarts} for number in range(count)]


def _node(record: NodeObject) -> JsonObject:
    addresses = [("InternalIP", record.internal_ip), ("ExternalIP", record.external_ip)]
    shown: list[JsonValue] = [{"address": str(address), "type": kind} for kind, address in addresses if address]
    conditions: Sequence[JsonValue] = (
        [{"status": str(record.ready), "type": "Ready"}] if record.ready is not None else []
    )
    status = {
        "addresses": shown or None,
        "conditions": list(conditions) or None,
        "nodeInfo": _fields(record, _NODE_INFO),
    }
    spec = {
        "podCIDR": None if record.pod_cidr is None else str(record.pod_cidr),
        "unschedulable": True if "SchedulingDisabled" in (record.status or "").split(",") else None,
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": _metadata(record),
        "spec": _given(spec),
        "status": _given(status),
    }
