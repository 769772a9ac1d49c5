"""Objects of the Kubernetes API (`-o json`, `-o yaml`) to records.

Field paths: Kubernetes API reference, apps/v1 DaemonSet and Deployment, core/v1 Pod and Node. What a table computes is
computed as its printer does (Kubernetes 1.32, pkg/printers/internalversion/printers.go).
"""

from __future__ import annotations

from collections.abc import Mapping

from azcnilint.models import NodeObject, Pod, Workload, WorkloadKind
from azcnilint.parsers.grammar import to_address, to_network
from azcnilint.parsers.json_text import JsonObject
from azcnilint.parsers.kubectl_json import ObjectError, count, name_in, object_in, objects_in, strings_in, text
from azcnilint.parsers.kubectl_pod_status import summarise
from azcnilint.text import Span

ObjectRecord = Workload | Pod | NodeObject
_AGE = frozenset({"age"})
_ROLE_PREFIX = "node-role.kubernetes.io/"
_ROLE_LABEL = "kubernetes.io/role"
_OPERATORS = {
    "In": "{key} in ({values})",
    "NotIn": "{key} notin ({values})",
    "Exists": "{key}",
    "DoesNotExist": "!{key}",
}


def record_of(item: JsonObject, span: Span, kind: str | None = None) -> ObjectRecord | None:
    """Build the record of one object; None for a kind that we do not read.

    Args:
        item: The object.
        span: Where it stands.
        kind: Its kind when the object does not say (members of a `PodList` of the raw API).

    Raises ObjectError or LeafError when the object is not shaped as its kind says.
    """
    match text(item, "kind") or kind:
        case "DaemonSet":
            return _daemon_set(item, span)
        case "Deployment":
            return _deployment(item, span)
        case "Pod":
            return _pod(item, span)
        case "Node":
            return _node(item, span)
        case None:
            raise ObjectError("an object without a kind")
        case _:
            return None


def _daemon_set(item: JsonObject, span: Span) -> Workload:
    status = object_in(item, "status")
    counts = {
        "desired": count(status, "desiredNumberScheduled"),
        "current": count(status, "currentNumberScheduled"),
        "ready": count(status, "numberReady"),
        "updated": count(status, "updatedNumberScheduled"),
        "available": count(status, "numberAvailable"),
    }
    return _workload(item, span, WorkloadKind.DAEMON_SET, counts)


def _deployment(item: JsonObject, span: Span) -> Workload:
    status = object_in(item, "status")
    counts = {
        "desired": count(object_in(item, "spec"), "replicas", 1),
        "ready": count(status, "readyReplicas"),
        "updated": count(status, "updatedReplicas"),
        "available": count(status, "availableReplicas"),
    }
    return _workload(item, span, WorkloadKind.DEPLOYMENT, counts)


def _workload(item: JsonObject, span: Span, kind: WorkloadKind, counts: Mapping[str, int]) -> Workload:
    """An object without any status (a manifest, not an answer of the API) settles no count."""
    metadata, spec = object_in(item, "metadata"), object_in(item, "spec")
    template = object_in(object_in(spec, "template"), "spec")
    containers = objects_in(template, "containers")
    shown = counts if object_in(item, "status") else {}
    return Workload(
        span=span,
        hidden=_AGE | (counts.keys() - shown.keys()),
        kind=kind,
        namespace=text(metadata, "namespace"),
        name=name_in(metadata, "name"),
        node_selector=strings_in(template, "nodeSelector"),
        labels=strings_in(metadata, "labels"),
        containers=tuple(name_in(each, "name") for each in containers),
        images=tuple(text(each, "image") or "" for each in containers),
        selector=format_selector(object_in(spec, "selector")),
        desired=shown.get("desired"),
        current=shown.get("current"),
        ready=shown.get("ready"),
        updated=shown.get("updated"),
        available=shown.get("available"),
    )


def format_selector(selector: JsonObject) -> str | None:
    """Write a label selector as kubectl does (`app=x,!y,z notin (q)`), sorted by key; None for an empty one."""
    terms = [(key, f"{key}={value}") for key, value in strings_in(selector, "matchLabels").items()]
    for each in objects_in(selector, "matchExpressions"):
        key, values = name_in(each, "key"), each.get("values") or []
        form = _OPERATORS.get(name_in(each, "operator"))
        if form is None or not isinstance(values, list):
            raise ObjectError('expected an operator of label selectors in "matchExpressions"')
        terms.append((key, form.format(key=key, values=",".join(sorted(str(value) for value in values)))))
    return ",".join(term for _, term in sorted(terms, key=lambda term: term[0])) or None


def _pod(item: JsonObject, span: Span) -> Pod:
    metadata, spec, status = object_in(item, "metadata"), object_in(item, "spec"), object_in(item, "status")
    summary = summarise(item)
    addresses = [name_in(each, "ip") for each in objects_in(status, "podIPs")]
    pod_ip = addresses[0] if addresses else text(status, "podIP")
    return Pod(
        span=span,
        hidden=_AGE | {"last_restart"},
        namespace=text(metadata, "namespace"),
        name=name_in(metadata, "name"),
        phase=summary.status,
        ready=summary.ready,
        desired=summary.total,
        restarts=summary.restarts,
        pod_ip=to_address(pod_ip) if pod_ip else None,
        node_name=text(spec, "nodeName"),
        nominated_node_name=text(status, "nominatedNodeName"),
        readiness_gates=_readiness_gates(spec, status),
        host_network=spec.get("hostNetwork") is True,
        labels=strings_in(metadata, "labels"),
    )


def _readiness_gates(spec: JsonObject, status: JsonObject) -> str | None:
    """Write how many readiness gates are open (`1/2`); None without gates."""
    gates = [name_in(each, "conditionType") for each in objects_in(spec, "readinessGates")]
    states = {text(each, "type"): text(each, "status") for each in reversed(objects_in(status, "conditions"))}
    return f"{sum(states.get(gate) == 'True' for gate in gates)}/{len(gates)}" if gates else None


def _node(item: JsonObject, span: Span) -> NodeObject:
    metadata, spec, status = object_in(item, "metadata"), object_in(item, "spec"), object_in(item, "status")
    info = object_in(status, "nodeInfo")
    ready = next(
        (text(each, "status") for each in objects_in(status, "conditions") if text(each, "type") == "Ready"), None
    )
    words = ["Unknown" if ready is None else "Ready" if ready == "True" else "NotReady"]
    words += ["SchedulingDisabled"] if spec.get("unschedulable") is True else []
    labels = strings_in(metadata, "labels")
    addresses = {name_in(each, "type"): name_in(each, "address") for each in reversed(objects_in(status, "addresses"))}
    internal, external, pod_cidr = addresses.get("InternalIP"), addresses.get("ExternalIP"), text(spec, "podCIDR")
    return NodeObject(
        span=span,
        hidden=_AGE,
        name=name_in(metadata, "name"),
        status=",".join(words),
        ready=None if ready is None else ready == "True",
        roles=_roles(labels),
        version=text(info, "kubeletVersion"),
        internal_ip=to_address(internal) if internal else None,
        external_ip=to_address(external) if external else None,
        os_image=text(info, "osImage"),
        kernel_version=text(info, "kernelVersion"),
        container_runtime=text(info, "containerRuntimeVersion"),
        pod_cidr=to_network(pod_cidr) if pod_cidr else None,
        labels=labels,
    )


def _roles(labels: Mapping[str, str]) -> str | None:
    """Give the ROLES column; None for `<none>`."""
    roles = {key.removeprefix(_ROLE_PREFIX) for key in labels if key.startswith(_ROLE_PREFIX)}
    roles |= {labels.get(_ROLE_LABEL, "")}
    return ",".join(sorted(roles - {""})) or None
