"""Kubernetes objects that `kubectl get` shows, in the fields of the Kubernetes API written in snake_case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from pydantic.dataclasses import dataclass

from azcnilint.models.base import RECORD, Names, Record, Table


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
        selector: The label selector as `-o wide` prints it (`app=x,!y`); None for `<none>`.
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
    selector: str | None = None
    age: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class Pod(Record):
    """One pod.

    Attributes:
        phase: The STATUS column; from JSON what kubectl would print there (`Init:CrashLoopBackOff`, `Terminating`).
        ready: Left half of READY: containers that are ready, sidecars included.
        desired: Right half of READY: containers, sidecars included.
        restarts: The count of the RESTARTS column.
        last_restart: How long ago the last one was, as RESTARTS prints it (`2m24s`); None without one and from JSON.
        pod_ip: status.podIP; None when printed `<none>`, hidden without `-o wide`. Likewise `node_name`,
            `nominated_node_name` and `readiness_gates` (`1/2`: of two gates one is open).
        host_network: spec.hostNetwork; None (hidden) when only a table is at hand.
        age: The AGE column as printed; None from JSON.
    """

    namespace: str | None = None
    name: str
    phase: str | None = None
    ready: int | None = None
    desired: int | None = None
    restarts: int | None = None
    last_restart: str | None = field(default=None, compare=False)
    pod_ip: IPv4Address | IPv6Address | None = None
    node_name: str | None = None
    nominated_node_name: str | None = None
    readiness_gates: str | None = None
    host_network: bool | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    age: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class NodeObject(Record):
    """One Node object of the cluster, not to be confused with the node whose captures we read.

    Attributes:
        status: The STATUS column: `Ready`, `NotReady` or `Unknown`, and `SchedulingDisabled` behind a comma.
        ready: Condition Ready; None when unknown.
        roles: The ROLES column; None for `<none>`.
        internal_ip: Address of type InternalIP; hidden without `-o wide`. Likewise `external_ip`.
        version: status.nodeInfo.kubeletVersion (`v1.30.10`).
        pod_cidr: spec.podCIDR; only JSON and YAML show it.
        os_image: status.nodeInfo.osImage (`-o wide`).
    """

    name: str
    status: str | None = None
    ready: bool | None = None
    roles: str | None = None
    version: str | None = None
    internal_ip: IPv4Address | IPv6Address | None = None
    external_ip: IPv4Address | IPv6Address | None = None
    os_image: str | None = None
    kernel_version: str | None = None
    container_runtime: str | None = None
    pod_cidr: IPv4Network | IPv6Network | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    age: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class ObjectTable(Table):
    """What one `kubectl get` printed, of whatever kinds.

    `hidden` names those of `daemon_sets`, `deployments`, `pods` and `nodes` whose absent members the capture does not
    settle: a kind not asked for, named objects, a filtered, cut or headerless list, a namespace that is not told.
    With `-n kube-system` nothing of that is hidden, and `namespace` says how far the list goes: a DaemonSet that is
    not in it is absent from kube-system, and unknown anywhere else. Ask `settles_namespace` about a namespace.

    Attributes:
        daemon_sets: In printed order; likewise the others.
        namespace: The one namespace that the list covers; None when it covers all (`-A`), or is hidden when not told.
        others: How many objects of other kinds were listed and not kept (`get all`).
        settled: Of a table made of several captures: sequence to the namespaces that a list of it covers.
    """

    daemon_sets: tuple[Workload, ...] = ()
    deployments: tuple[Workload, ...] = ()
    pods: tuple[Pod, ...] = ()
    nodes: tuple[NodeObject, ...] = ()
    namespace: str | None = None
    others: int = 0
    settled: Mapping[str, Names] = field(default_factory=dict, compare=False)

    def settles_namespace(self, sequence: str, namespace: str) -> bool:
        """Say whether what `sequence` (`daemon_sets` …) does not hold is absent from that namespace."""
        listed = sequence not in self.hidden and self.namespace in {None, namespace}
        return listed or namespace in self.settled.get(sequence, ())
