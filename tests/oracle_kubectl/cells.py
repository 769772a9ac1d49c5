"""The cells that the API server computes for a table: what `kubectl` is sent for a person to read.

Facts: Kubernetes 1.32, pkg/printers/internalversion/printers.go (AddHandlers, printPod, printDaemonSet,
printDeployment, printNode, printService), staging/src/k8s.io/apimachinery/pkg/util/duration/duration.go HumanDuration.
Nothing of azcnilint is used here: this is the other side of the comparison.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.oracle_kubectl.clusters import NOW, Object

_TEMPLATE = ("Containers", "Images", "Selector")
COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "daemonsets": (
        ("Name", "Desired", "Current", "Ready", "Up-to-date", "Available", "Node Selector", "Age"),
        _TEMPLATE,
    ),
    "deployments": (("Name", "Ready", "Up-to-date", "Available", "Age"), _TEMPLATE),
    "pods": (("Name", "Ready", "Status", "Restarts", "Age"), ("IP", "Node", "Nominated Node", "Readiness Gates")),
    "nodes": (
        ("Name", "Status", "Roles", "Age", "Version"),
        ("Internal-IP", "External-IP", "OS-Image", "Kernel-Version", "Container-Runtime"),
    ),
    "services": (("Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age"), ("Selector",)),
}
"""For each resource its columns of priority 0 and of priority 1, which only `-o wide` shows."""


def cells(resource: str, item: Object) -> list[str | int]:
    """Give the cells of one row, those of priority 1 included."""
    make = {"daemonsets": _daemon_set, "deployments": _deployment, "pods": _pod, "nodes": _node, "services": _service}
    return [item["metadata"]["name"], *make[resource](item)]


def by_column(resource: str, item: Object) -> dict[str, str | int]:
    """Give the cells of one row by column name."""
    return dict(zip(sum(COLUMNS[resource], ()), cells(resource, item), strict=True))


def age(moment: str) -> str:
    """Give how long ago a time is, with fewer parts the longer it is."""
    return human(NOW - datetime.strptime(moment, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC))


def human(ago: timedelta) -> str:
    """Write a duration as HumanDuration does."""
    seconds = int(ago.total_seconds())
    minutes, hours, days, years = seconds // 60, seconds // 3600, seconds // 86400, seconds // 86400 // 365
    if seconds < 120:
        return f"{seconds}s"
    if minutes < 10:
        return _two(minutes, "m", seconds % 60, "s")
    if hours < 3:
        return f"{minutes}m"
    if hours < 8:
        return _two(hours, "h", minutes % 60, "m")
    if hours < 48:
        return f"{hours}h"
    if days < 8:
        return _two(days, "d", hours % 24, "h")
    if years < 2:
        return f"{days}d"
    return _two(years, "y", days % 365, "d") if years < 8 else f"{years}y"


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large}{large_unit}" + (f"{small}{small_unit}" if small else "")


def _created(item: Object) -> str:
    return age(item["metadata"]["creationTimestamp"])


def pairs(labels: dict[str, str]) -> str:
    """Write labels sorted by key."""
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items())) or "<none>"


def _template(item: Object) -> list[str | int]:
    containers = item["spec"]["template"]["spec"]["containers"]
    names, images = (",".join(each[key] for each in containers) for key in ("name", "image"))
    return [names, images, selector(item["spec"]["selector"])]


def selector(selecting: Object) -> str:
    """Write a label selector: its terms sorted by key, the values of each sorted."""
    terms = {key: f"{key}={value}" for key, value in selecting["matchLabels"].items()}
    for each in selecting.get("matchExpressions", []):
        key, values = each["key"], ",".join(sorted(each.get("values", [])))
        words = {"In": f"{key} in ({values})", "NotIn": f"{key} notin ({values})", "Exists": key}
        terms[key] = words.get(each["operator"], f"!{key}")
    return ",".join(term for _, term in sorted(terms.items()))


def _daemon_set(item: Object) -> list[str | int]:
    names = (
        "desiredNumberScheduled",
        "currentNumberScheduled",
        "numberReady",
        "updatedNumberScheduled",
        "numberAvailable",
    )
    counts = [item["status"].get(name, 0) for name in names]
    return [*counts, pairs(item["spec"]["template"]["spec"].get("nodeSelector", {})), _created(item), *_template(item)]


def _deployment(item: Object) -> list[str | int]:
    status = item["status"]
    share = f"{status.get('readyReplicas', 0)}/{item['spec']['replicas']}"
    counts = [status.get("updatedReplicas", 0), status.get("availableReplicas", 0)]
    return [share, *counts, _created(item), *_template(item)]


def _node(item: Object) -> list[str | int]:
    status, labels, info = item["status"], item["metadata"].get("labels", {}), item["status"]["nodeInfo"]
    ready = {each["type"]: each["status"] for each in status["conditions"]}.get("Ready")
    words = ["Unknown" if ready is None else "Ready" if ready == "True" else "NotReady"]
    words += ["SchedulingDisabled"] if item["spec"].get("unschedulable") else []
    prefix = "node-role.kubernetes.io/"
    roles = {key.removeprefix(prefix) for key in labels if key.startswith(prefix)}
    roles |= {labels["kubernetes.io/role"]} if labels.get("kubernetes.io/role") else set()

    def address(kind: str) -> str:
        return next((each["address"] for each in status["addresses"] if each["type"] == kind), "<none>")

    return [
        ",".join(words),
        ",".join(sorted(roles)) or "<none>",
        _created(item),
        info["kubeletVersion"],
        address("InternalIP"),
        address("ExternalIP"),
        info["osImage"] or "<unknown>",
        info["kernelVersion"] or "<unknown>",
        info["containerRuntimeVersion"] or "<unknown>",
    ]


def _service(item: Object) -> list[str | int]:
    return ["ClusterIP", item["spec"]["clusterIP"], "<none>", "53/UDP,53/TCP", _created(item), "<none>"]


# ---- pods: one pass over the init containers, one over the containers, then what the whole pod overrides


def _pod(item: Object) -> list[str | int]:
    status, spec = item["status"], item["spec"]
    walk = _Walk(item)
    walk.initial()
    if not walk.initialising or walk.condition("Initialized") == "True":
        walk.containers()
    walk.overrides()
    restarts = str(walk.restarts)
    if walk.restarts and walk.last:
        restarts += f" ({age(walk.last)} ago)"
    total = len(spec["containers"]) + len(walk.sidecars)
    addresses = status.get("podIPs", [])
    gates = [each["conditionType"] for each in spec.get("readinessGates", [])]
    opened = sum(walk.condition(gate) == "True" for gate in gates)
    return [
        f"{walk.ready}/{total}",
        walk.reason,
        restarts,
        _created(item),
        addresses[0]["ip"] if addresses else "<none>",
        spec.get("nodeName", "<none>"),
        status.get("nominatedNodeName", "<none>"),
        f"{opened}/{len(gates)}" if gates else "<none>",
    ]


class _Walk:
    """What printPod accumulates."""

    def __init__(self, item: Object) -> None:
        self._item = item
        self._status = item["status"]
        self.sidecars = {
            each["name"] for each in item["spec"].get("initContainers", []) if each.get("restartPolicy") == "Always"
        }
        self.reason = self._status.get("reason") or self._status["phase"]
        if any(each.get("reason") == "SchedulingGated" for each in self._status["conditions"]):
            self.reason = "SchedulingGated"
        self.ready = self.restarts = self._sidecar_restarts = 0
        self.last = self._sidecar_last = ""
        self.initialising = False

    def condition(self, kind: str) -> str | None:
        """Give the status of the first condition of a type."""
        return next((each["status"] for each in self._status["conditions"] if each["type"] == kind), None)

    def initial(self) -> None:
        """Walk the init containers up to the first that is not done: later ones count for nothing."""
        for number, each in enumerate(self._status.get("initContainerStatuses", [])):
            ended_at = each["lastState"].get("terminated", {}).get("finishedAt", "")
            self.restarts += each["restartCount"]
            self.last = max(self.last, ended_at)
            sidecar = each["name"] in self.sidecars
            if sidecar:
                self._sidecar_restarts += each["restartCount"]
                self._sidecar_last = max(self._sidecar_last, ended_at)
            ended = each["state"].get("terminated")
            if ended is not None and ended["exitCode"] == 0:
                continue
            if sidecar and each.get("started"):
                self.ready += each["ready"]
                continue
            self.initialising = True
            self.reason = "Init:" + self._blocked(each, number)
            return

    def _blocked(self, each: Object, number: int) -> str:
        if "terminated" in each["state"]:
            return _ending(each["state"]["terminated"])
        waiting = each["state"].get("waiting", {}).get("reason", "PodInitializing")
        total = len(self._item["spec"]["initContainers"])
        return f"{number}/{total}" if waiting == "PodInitializing" else str(waiting)

    def containers(self) -> None:
        """Walk the containers backwards: the first one's reason stays."""
        self.restarts, self.last = self._sidecar_restarts, self._sidecar_last
        running = False
        for each in reversed(self._status.get("containerStatuses", [])):
            self.restarts += each["restartCount"]
            self.last = max(self.last, each["lastState"].get("terminated", {}).get("finishedAt", ""))
            state = each["state"]
            if state.get("waiting", {}).get("reason"):
                self.reason = state["waiting"]["reason"]
            elif "terminated" in state:
                self.reason = _ending(state["terminated"])
            elif each["ready"] and "running" in state:
                running = True
                self.ready += 1
        if self.reason == "Completed" and running:
            self.reason = "Running" if self.condition("Ready") == "True" else "NotReady"

    def overrides(self) -> None:
        """Let a deletion prevail."""
        if "deletionTimestamp" not in self._item["metadata"]:
            return
        if self._status.get("reason") == "NodeLost":
            self.reason = "Unknown"
        elif self._status["phase"] not in {"Succeeded", "Failed"}:
            self.reason = "Terminating"


def _ending(ended: Object) -> str:
    signal = ended.get("signal")
    return ended.get("reason") or (f"Signal:{signal}" if signal else f"ExitCode:{ended['exitCode']}")
