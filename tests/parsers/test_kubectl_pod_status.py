"""What kubectl prints for a pod follows from the pod, case by case of printPod in the API server."""

from __future__ import annotations

import json

import pytest
from pydantic import JsonValue

from azcnilint.parsers.json_text import JsonObject
from azcnilint.parsers.kubectl_json import ObjectError
from azcnilint.parsers.kubectl_pod_status import PodSummary, summarise

RUNNING: JsonObject = {"running": {"startedAt": "2026-11-23T17:00:00Z"}}


def container(
    state: JsonObject | None = None, *, ready: bool = False, restarts: int = 0, **more: JsonValue
) -> JsonObject:
    """Give a container's status."""
    return {"ready": ready, "restartCount": restarts, "state": state or {}, **more}


def waiting(reason: str) -> JsonObject:
    """Give the state of a container that waits."""
    return {"waiting": {"reason": reason}}


def ended(code: int, reason: str = "", signal: int = 0) -> JsonObject:
    """Give the state of a container that ended."""
    return {"terminated": {"exitCode": code, "reason": reason, "signal": signal}}


def pod(*statuses: JsonObject, initial: tuple[JsonObject, ...] = (), **status: JsonValue) -> JsonObject:
    """Give a pod with these container statuses."""
    return {
        "metadata": {"name": "x"},
        "spec": {
            "containers": [{} for _ in statuses] or [{}],
            "initContainers": [{"name": f"init-{number}"} for number in range(len(initial))],
        },
        "status": {
            "phase": "Running",
            "containerStatuses": [*statuses],
            "initContainerStatuses": [{"name": f"init-{n}", **each} for n, each in enumerate(initial)],
            **status,
        },
    }


READY: list[JsonValue] = [{"type": "Ready", "status": "True"}]


@pytest.mark.parametrize(
    ("found", "status"),
    [
        (pod(container(RUNNING, ready=True)), "Running"),
        (pod(phase="Pending"), "Pending"),
        (pod(phase="Failed", reason="Evicted"), "Evicted"),
        (pod(container(waiting("CrashLoopBackOff"))), "CrashLoopBackOff"),
        (pod(container(waiting("ContainerCreating")), phase="Pending"), "ContainerCreating"),
        (pod(container(ended(137, "OOMKilled"))), "OOMKilled"),
        (pod(container(ended(1))), "ExitCode:1"),
        (pod(container(ended(0, signal=9))), "Signal:9"),
        (pod(container(waiting("First")), container(waiting("Second"))), "First"),
        (pod(container(ended(0, "Completed")), phase="Succeeded"), "Completed"),
        (pod(container(ended(0, "Completed")), container(RUNNING, ready=True), conditions=READY), "Running"),
        (pod(container(ended(0, "Completed")), container(RUNNING, ready=True)), "NotReady"),
        (pod(container(ended(0, "Completed")), container(RUNNING)), "Completed"),
        (pod(conditions=[{"type": "PodScheduled", "reason": "SchedulingGated"}], phase="Pending"), "SchedulingGated"),
        (pod(initial=(container(RUNNING),), phase="Pending"), "Init:0/1"),
        (pod(initial=(container(ended(0)), container(waiting("PodInitializing")))), "Init:1/2"),
        (pod(initial=(container(waiting("CrashLoopBackOff")),)), "Init:CrashLoopBackOff"),
        (pod(initial=(container(ended(1, "Error")),)), "Init:Error"),
        (pod(initial=(container(ended(2)),)), "Init:ExitCode:2"),
        (pod(initial=(container(ended(2, signal=15)),)), "Init:Signal:15"),
        (pod(container(waiting("PodInitializing")), initial=(container(ended(0)),)), "PodInitializing"),
    ],
)
def test_status_is_what_kubectl_prints(found: JsonObject, status: str) -> None:
    """A rule that counts crash loops must not depend on the form of the capture."""
    assert summarise(found).status == status


@pytest.mark.parametrize(
    ("status", "reason", "printed"),
    [
        ("Running", None, "Terminating"),
        ("Running", "NodeLost", "Unknown"),
        ("Succeeded", None, "Succeeded"),
        ("Failed", "Evicted", "Evicted"),
    ],
)
def test_a_deleted_pod_is_terminating_until_it_ends(status: str, reason: str | None, printed: str) -> None:
    """Only a pod that has ended keeps its status."""
    found = pod(phase=status, reason=reason)
    found["metadata"] = {"name": "x", "deletionTimestamp": "2026-11-23T17:00:00Z"}

    assert summarise(found).status == printed


def test_counts_are_those_of_the_columns() -> None:
    """READY counts containers that run; RESTARTS is their sum, and init containers count only while they run."""
    statuses = (container(RUNNING, ready=True, restarts=2), container(waiting("x"), ready=True, restarts=3))

    done = summarise(pod(*statuses, initial=(container(ended(0), restarts=7),)))
    initialising = summarise(pod(*statuses, initial=(container(RUNNING, restarts=7),)))

    assert done == PodSummary("x", 1, 2, 5)
    assert initialising == PodSummary("Init:0/1", 0, 2, 7)


def test_sidecars_count_as_containers() -> None:
    """Init containers that are restarted always run beside the others (Kubernetes 1.29)."""
    found = pod(container(RUNNING, ready=True, restarts=1))
    found["spec"] = {"containers": [{}], "initContainers": [{"name": "proxy", "restartPolicy": "Always"}]}
    status = found["status"]
    assert isinstance(status, dict)
    status["initContainerStatuses"] = [container(RUNNING, ready=True, restarts=4, name="proxy", started=True)]

    assert summarise(found) == PodSummary("Running", 2, 2, 5)


def test_a_status_without_states_is_taken_at_its_word() -> None:
    """Summaries of other tools keep `ready` and drop the state."""
    assert summarise(pod(container(ready=True), container())) == PodSummary("Running", 1, 2, 0)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("spec", [], 'expected an object in "spec"'),
        ("status", {"containerStatuses": {}}, 'expected a list in "containerStatuses"'),
        ("status", {"containerStatuses": [1]}, 'expected objects in the list "containerStatuses"'),
        ("status", {"phase": 7}, 'expected a string in "phase"'),
        ("status", {"containerStatuses": [{"restartCount": "7"}]}, 'expected a whole number in "restartCount"'),
    ],
)
def test_a_field_of_another_type_is_told(path: str, value: JsonValue, message: str) -> None:
    """No figure is made of a field that the API would not send."""
    found = json.loads(json.dumps(pod()))
    found[path] = value

    with pytest.raises(ObjectError) as caught:
        summarise(found)

    assert str(caught.value) == message
