"""Kubernetes objects that `kubectl get` shows, in the fields of the Kubernetes API written in snake_case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from pydantic.dataclasses import dataclass

from azcnilint.models.base import RECORD, Record, Table


class WorkloadKind(StrEnum):
    """The kinds whose counts we read."""

    DAEMON_SET = "DaemonSet"
    DEPLOYMENT = "Deployment"


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class Workload(Record):
    """One DaemonSet or Deployment. From `-o name` only kind and name are known and `hidden` names the rest.

    Attributes:
        namespace: None when neither printed nor told by the command; then it is hidden.
        desired: DaemonSetStatus.desiredNumberScheduled, or the right half of a Deployment's READY (spec.replicas).
        current: DaemonSetStatus.currentNumberScheduled; None for a Deployment.
        ready: numberReady, or the left half of READY.
        updated: updatedNumberScheduled / updatedReplicas.
        available: numberAvailable / availableReplicas.
        node_selector: Label to value; empty for `<none>`. Table only shows it for DaemonSets.
        labels: metadata.labels; hidden unless `--show-labels` or JSON.
        containers: Container names (`-o wide`, JSON).
        images: Images in the order of `containers`.
        age: The AGE column as printed; None from JSON.
    """

    kind: WorkloadKind
    namespace: str | None = None
    name: str
    desired: int | None = None
    current: int | None = None
    ready: int | None = None
    updated: int | None = None
    available: int | None = None
    node_selector: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    containers: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    selector: str | None = field(default=None, compare=False)
    age: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class Pod(Record):
    """One pod.

    Attributes:
        phase: The STATUS column, or status.phase from JSON, or the waiting reason that kubectl would print.
        ready: Left half of READY: containers that are ready.
        desired: Right half of READY: containers.
        restarts: The count of the RESTARTS column.
        pod_ip: status.podIP; None when printed `<none>`, hidden without `-o wide`. Likewise `node_name`.
        host_network: spec.hostNetwork; None (hidden) when only a table is at hand.
        age: The AGE column as printed; None from JSON.
    """

    namespace: str | None = None
    name: str
    phase: str | None = None
    ready: int | None = None
    desired: int | None = None
    restarts: int | None = None
    pod_ip: IPv4Address | IPv6Address | None = None
    node_name: str | None = None
    host_network: bool | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    age: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class NodeObject(Record):
    """One Node object of the cluster, not to be confused with the node whose captures we read.

    Attributes:
        ready: Condition Ready; None when unknown.
        internal_ip: Address of type InternalIP; hidden without `-o wide`.
        version: status.nodeInfo.kubeletVersion (`v1.30.10`).
        pod_cidr: spec.podCIDR; only JSON and YAML show it.
        os_image: status.nodeInfo.osImage (`-o wide`).
    """

    name: str
    status: str | None = None
    ready: bool | None = None
    roles: str | None = field(default=None, compare=False)
    version: str | None = None
    internal_ip: IPv4Address | IPv6Address | None = None
    os_image: str | None = None
    kernel_version: str | None = None
    container_runtime: str | None = None
    pod_cidr: IPv4Network | IPv6Network | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    age: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class ObjectTable(Table):
    """What one `kubectl get` printed, of whatever kinds.

    `hidden` names those of `daemon_sets`, `deployments`, `pods` and `nodes` that the capture does not settle: a kind
    that was not asked for, a filtered or cut listing, a single namespace when all are asked (`namespaces`).

    Attributes:
        daemon_sets: In printed order; likewise the others.
        namespace: The one namespace that was asked for; None for all (`-A`) or when unknown.
        others: How many objects of other kinds were listed and not kept (`get all`).
    """

    daemon_sets: tuple[Workload, ...] = ()
    deployments: tuple[Workload, ...] = ()
    pods: tuple[Pod, ...] = ()
    nodes: tuple[NodeObject, ...] = ()
    namespace: str | None = None
    others: int = 0
