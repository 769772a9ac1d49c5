"""Random clusters as the Kubernetes API holds them: healthy, broken and half-started objects."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

Object = dict[str, Any]
"""One object of the API."""
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
"""When the server answers: ages are counted from here."""
NAMESPACES = ("default", "kube-system", "calico-system")
LABEL_KEYS = ("k8s-app", "app.kubernetes.io/name", "version", "agentpool")
"""Labels that `-L` asks for; two of them give a column the name of another column."""
_VALUES = ("", "true", "no", "null", "1", "1e3", "0x10", "0o17", "1_000", "2026-01-01", "v1.30", "azure-cns", "a_b.c")
_WORDS = ("azure-cns", "coredns", "cilium", "kube-proxy", "ip-masq-agent", "0day", "x", "konnectivity.agent")
_WAITING = ("CrashLoopBackOff", "ImagePullBackOff", "ContainerCreating", "PodInitializing", "CreateContainerError")
_ENDED = ("Completed", "Error", "OOMKilled", "ContainerStatusUnknown", "")
_OS_IMAGES = ("Ubuntu 22.04.5 LTS", "Microsoft Azure Linux 3.0", "Flatcar", "")
_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")


@dataclass(frozen=True)
class Cluster:
    """What the API server holds: objects by resource name."""

    objects: dict[str, list[Object]]

    def listed(self, resource: str, namespace: str | None = None) -> list[Object]:
        """Give the objects of a resource, of one namespace or of all, as the server sorts them."""
        found = [
            each for each in self.objects[resource] if namespace in {None, each["metadata"].get("namespace", namespace)}
        ]
        return sorted(found, key=lambda each: (each["metadata"].get("namespace", ""), each["metadata"]["name"]))


def cluster(seed: int) -> Cluster:
    """Give the cluster of a seed; every fourth or so lacks a kind."""
    return _Maker(random.Random(seed)).cluster()  # noqa: S311 - repeatable by its seed, no secret


def stamp(ago: timedelta) -> str:
    """Give a time as the API writes it."""
    return (NOW - ago).strftime("%Y-%m-%dT%H:%M:%SZ")


class _Maker:
    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._made = 0

    def cluster(self) -> Cluster:
        """Make objects of every resource."""
        makers = {
            "daemonsets": self._daemon_set,
            "deployments": self._deployment,
            "pods": self._pod,
            "nodes": self._node,
            "services": self._service,
        }
        counts = {name: self._chance.choice((0, 1, 3, 6)) * (2 if name == "pods" else 1) for name in makers}
        return Cluster({name: [make() for _ in range(counts[name])] for name, make in makers.items()})

    def _maybe(self, chance: float, **fields: object) -> Object:
        return dict(fields) if self._chance.random() < chance else {}

    def _ago(self) -> timedelta:
        return timedelta(seconds=int(10 ** self._chance.uniform(0, 8.5)))

    def _labels(self, *more: str) -> dict[str, str]:
        keys = self._chance.sample([*LABEL_KEYS, "app", *more], k=self._chance.randrange(4))
        return {key: self._chance.choice(_VALUES) for key in keys}

    def _metadata(self, *more: str, namespaced: bool = True) -> Object:
        self._made += 1
        labels = self._labels(*more)
        return {
            "name": f"{self._chance.choice(_WORDS)}-{self._chance.randrange(16**5):05x}{self._made}",
            **({"namespace": self._chance.choice(NAMESPACES)} if namespaced else {}),
            "creationTimestamp": stamp(self._ago()),
            **({"labels": labels} if labels else {}),
        }

    def _selector(self) -> Object:
        terms = [
            {
                "key": key,
                "operator": (operator := self._chance.choice(_OPERATORS)),
                **({"values": self._chance.sample(["b", "a", "c"], k=2)} if operator in {"In", "NotIn"} else {}),
            }
            for key in self._chance.sample(["tier", "gone", "zone"], k=self._chance.randrange(3))
        ]
        return {"matchLabels": {"app": "x", **self._labels()}, **({"matchExpressions": terms} if terms else {})}

    def _containers(self, prefix: str, count: int) -> list[Object]:
        images = ("mcr.example/cns:v1.6.5", "docker.example:5000/a/b@sha256:" + 64 * "0", "pause")
        return [{"name": f"{prefix}{number}", "image": self._chance.choice(images)} for number in range(count)]

    def _template(self) -> Object:
        selector = {"kubernetes.io/os": "linux"} | self._labels() if self._chance.random() < 0.7 else {}
        spec = {"containers": self._containers("c", self._chance.randrange(1, 4))}
        return {"spec": spec | ({"nodeSelector": selector} if selector else {})}

    def _daemon_set(self) -> Object:
        names = ("desiredNumberScheduled", "currentNumberScheduled", "numberReady", "numberMisscheduled")
        status = {name: self._chance.choice((0, 1, 3, 5000)) for name in names}
        status |= self._maybe(0.7, updatedNumberScheduled=3) | self._maybe(0.7, numberAvailable=12)
        spec = {"selector": self._selector(), "template": self._template()}
        return {"metadata": self._metadata(), "spec": spec, "status": status}

    def _deployment(self) -> Object:
        names = ("readyReplicas", "updatedReplicas", "availableReplicas", "replicas")
        status = {name: self._chance.randrange(1, 200) for name in names if self._chance.random() < 0.6}
        spec = {"replicas": self._chance.randrange(5), "selector": self._selector(), "template": self._template()}
        return {"metadata": self._metadata(), "spec": spec, "status": status}

    def _state(self) -> Object:
        match self._chance.randrange(5):
            case 0:
                return {"waiting": self._maybe(0.9, reason=self._chance.choice(_WAITING))}
            case 1:
                code = self._chance.choice((0, 0, 1, 137))
                reason = self._chance.choice(_ENDED)
                ended = {"exitCode": code, **({"reason": reason} if reason else {})}
                return {"terminated": ended | (self._maybe(0.5, signal=9) if code else {})}
            case _:
                return {"running": {"startedAt": stamp(self._ago())}}

    def _container_status(self, container: Object) -> Object:
        count = self._chance.choice((0, 0, 1, 7, 3000))
        ended = {"terminated": {"exitCode": 1, "finishedAt": stamp(self._ago())}}
        return {
            "name": container["name"],
            "ready": self._chance.random() < 0.7,
            "restartCount": count,
            "state": self._state(),
            "lastState": ended if count and self._chance.random() < 0.7 else {},
            **self._maybe(0.7, started=self._chance.random() < 0.8),
        }

    def _pod(self) -> Object:
        initial = self._containers("init", self._chance.choice((0, 0, 1, 3)))
        initial = [each | self._maybe(0.3, restartPolicy="Always") for each in initial]
        containers = self._containers("c", self._chance.randrange(1, 4))
        gates = [{"conditionType": name} for name in ("example.org/a", "example.org/b")][: self._chance.randrange(3)]
        metadata = self._metadata() | self._maybe(0.15, deletionTimestamp=stamp(self._ago()))
        spec = {"containers": containers, **({"initContainers": initial} if initial else {})}
        spec |= {"readinessGates": gates} if gates else {}
        spec |= self._maybe(0.9, nodeName="aks-np-0.internal") | self._maybe(0.3, hostNetwork=True)
        return {"metadata": metadata, "spec": spec, "status": self._pod_status(initial, containers)}

    def _pod_status(self, initial: list[Object], containers: list[Object]) -> Object:
        phase = self._chance.choice(("Running", "Running", "Running", "Pending", "Succeeded", "Failed", "Unknown"))
        status = {"phase": phase, "conditions": self._conditions()}
        status |= self._maybe(0.1, reason=self._chance.choice(("Evicted", "NodeLost", "NodeAffinity")))
        if self._chance.random() < 0.9:
            status["containerStatuses"] = [self._container_status(each) for each in containers]
            status["initContainerStatuses"] = [self._container_status(each) for each in initial]
        addresses = self._chance.choice((["10.244.0.9"], ["10.224.0.7", "fd00::7"], ["fd00::9"], []))
        if addresses:
            status |= {"podIP": addresses[0], "podIPs": [{"ip": each} for each in addresses]}
        return status | self._maybe(0.1, nominatedNodeName="aks-np-1")

    def _conditions(self) -> list[Object]:
        names = ("Initialized", "Ready", "ContainersReady", "example.org/a", "example.org/b")
        found: list[Object] = [
            {"type": name, "status": self._chance.choice(("True", "False", "Unknown"))}
            for name in names
            if self._chance.random() < 0.7
        ]
        if self._chance.random() < 0.1:
            found.append({"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"})
        return found

    def _node(self) -> Object:
        roles = ("node-role.kubernetes.io/agent", "node-role.kubernetes.io/control-plane", "kubernetes.io/role")
        metadata = self._metadata(*roles, *roles, namespaced=False)
        conditions = self._chance.choice(([("Ready", "True")], [("Ready", "False")], [("Ready", "Unknown")], []))
        addresses = [{"type": "Hostname", "address": metadata["name"]}]
        addresses += [{"type": "InternalIP", "address": each} for each in ("10.224.0.4", "fd00::4")]
        addresses += [{"type": "ExternalIP", "address": "20.1.2.3"}] if self._chance.random() < 0.5 else []
        info = {
            "kubeletVersion": self._chance.choice(("v1.30.10", "v1.32.0-alpha.1+g1")),
            "osImage": self._chance.choice(_OS_IMAGES),
            "kernelVersion": self._chance.choice(("5.15.0-1064-azure", "")),
            "containerRuntimeVersion": "containerd://1.7.15-1",
        }
        spec = self._maybe(0.3, unschedulable=True) | self._maybe(0.5, podCIDR="10.244.0.0/24")
        status = {
            "addresses": self._chance.choice((addresses, [])),
            "conditions": [{"type": name, "status": state} for name, state in [("DiskPressure", "False"), *conditions]],
            "nodeInfo": info,
        }
        return {"metadata": metadata, "spec": spec, "status": status}

    def _service(self) -> Object:
        return {"metadata": self._metadata(), "spec": {"type": "ClusterIP", "clusterIP": "10.0.0.10"}, "status": {}}
