"""The STATUS, READY and RESTARTS columns of `kubectl get pods`, from a Pod object.

The API server computes the columns of a table; this follows its rules, so that a table and the JSON of one pod tell the
same. Source: Kubernetes 1.32, pkg/printers/internalversion/printers.go printPod.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from azcnilint.parsers.json_text import JsonObject
from azcnilint.parsers.kubectl_json import count, object_in, objects_in, text

_LOST = "NodeLost"
"""Reason on a pod whose kubelet does not answer; such a pod, when deleted, is shown as Unknown."""


@dataclass(frozen=True, slots=True)
class PodSummary:
    """What kubectl prints for a pod.

    Attributes:
        status: The STATUS column; None when the object has no phase.
        ready: Containers that are ready and run, sidecars included.
        total: Containers, sidecars included.
        restarts: Restarts of the containers, or of the init containers while those run.
    """

    status: str | None
    ready: int
    total: int
    restarts: int


def summarise(pod: JsonObject) -> PodSummary:
    """Compute the columns; raises ObjectError when the object is not shaped like a Pod."""
    spec, status = object_in(pod, "spec"), object_in(pod, "status")
    initial = objects_in(status, "initContainerStatuses")
    sidecars = {
        text(each, "name") for each in objects_in(spec, "initContainers") if text(each, "restartPolicy") == "Always"
    }
    blocked, ready_sidecars, walked = _initialising(initial, sidecars, len(objects_in(spec, "initContainers")))
    initial = initial[:walked]
    reason = blocked or _first_reason(status)
    ready, restarts = ready_sidecars, sum(count(each, "restartCount") for each in initial)
    if blocked is None or _condition(status, "Initialized"):
        containers = objects_in(status, "containerStatuses")
        restarts = sum(count(each, "restartCount") for each in initial if text(each, "name") in sidecars)
        restarts += sum(count(each, "restartCount") for each in containers)
        ready += sum(_runs(each) for each in containers)
        reason = next((found for each in containers if (found := _stopped(each))), reason)
        if reason == "Completed" and any(_runs(each) and each.get("state") for each in containers):
            reason = "Running" if _condition(status, "Ready") else "NotReady"
    total = len(objects_in(spec, "containers")) + len(sidecars)
    return PodSummary(_deleted(pod, status) or reason, ready, total, restarts)


def _first_reason(status: JsonObject) -> str | None:
    if any(text(each, "reason") == "SchedulingGated" for each in _conditions(status, "PodScheduled")):
        return "SchedulingGated"
    return text(status, "reason") or text(status, "phase")


def _conditions(status: JsonObject, kind: str) -> list[JsonObject]:
    return [each for each in objects_in(status, "conditions") if text(each, "type") == kind]


def _condition(status: JsonObject, kind: str) -> bool:
    return any(text(each, "status") == "True" for each in _conditions(status, kind))


def _initialising(statuses: Sequence[JsonObject], sidecars: set[str | None], total: int) -> tuple[str | None, int, int]:
    """Give the reason of the first init container that is not done (None: all are) and the ready sidecars before it.

    The third value is how many were walked, that one included: printPod leaves its loop there, so that the restarts of
    those behind it do not count.
    """
    ready = 0
    for number, each in enumerate(statuses):
        state = object_in(each, "state")
        ended = object_in(state, "terminated")
        failed = state.get("terminated") is not None
        if failed and not count(ended, "exitCode"):
            continue
        if text(each, "name") in sidecars and each.get("started") is True:
            ready += each.get("ready") is True
            continue
        waiting = text(object_in(state, "waiting"), "reason")
        if failed:
            return f"Init:{_ending(ended)}", ready, number + 1
        if waiting and waiting != "PodInitializing":
            return f"Init:{waiting}", ready, number + 1
        return f"Init:{number}/{total}", ready, number + 1
    return None, ready, len(statuses)


def _ending(ended: JsonObject) -> str:
    signal = count(ended, "signal")
    return text(ended, "reason") or (f"Signal:{signal}" if signal else f"ExitCode:{count(ended, 'exitCode')}")


def _stopped(container: JsonObject) -> str | None:
    """Give the reason why a container does not run; None when it runs or nothing tells."""
    state = object_in(container, "state")
    waiting = text(object_in(state, "waiting"), "reason")
    if waiting:
        return waiting
    return _ending(object_in(state, "terminated")) if state.get("terminated") is not None else None


def _runs(container: JsonObject) -> bool:
    """Ready and running; an object that shows no state at all is taken at its word `ready`."""
    state = object_in(container, "state")
    return (
        container.get("ready") is True and (state.get("running") is not None or not state) and not _stopped(container)
    )


def _deleted(pod: JsonObject, status: JsonObject) -> str | None:
    if text(object_in(pod, "metadata"), "deletionTimestamp") is None:
        return None
    if text(status, "reason") == _LOST:
        return "Unknown"
    return None if text(status, "phase") in {"Failed", "Succeeded"} else "Terminating"
