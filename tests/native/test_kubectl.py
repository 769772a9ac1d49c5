"""An `ObjectTable` as a Kubernetes List: the API's paths, and the same records when it is read back."""

from __future__ import annotations

import csv
import dataclasses
import json
import os
import shlex
from pathlib import Path

import pytest

from azcnilint.capture import Capture
from azcnilint.models import ObjectTable
from azcnilint.native.kubectl import object_list
from azcnilint.parsers import kubectl
from azcnilint.text import decode

SEQUENCES = ("daemon_sets", "deployments", "pods", "nodes")
DAEMON_SET = (
    "NAMESPACE     NAME         DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR            AGE   "
    "CONTAINERS   IMAGES      SELECTOR                      LABELS\n"
    "kube-system   kube-proxy   3         3         2       3            1           kubernetes.io/os=linux   9y    "
    "proxy        proxy:1.2   app=x,!y,z notin (q),w in (v)   k8s-app=kube-proxy\n"
)
DEPLOYMENT = (
    "NAMESPACE     NAME      READY   UP-TO-DATE   AVAILABLE   AGE\n"
    "kube-system   coredns   1/2     2            1           9y\n"
)  # fmt: skip
PODS = (
    "NAMESPACE   NAME   READY   STATUS                  RESTARTS          AGE   IP           NODE     NOMINATED NODE   "
    "READINESS GATES\n"
    "a           b      1/3     Init:CrashLoopBackOff   2470 (2m4s ago)   9y    10.244.0.9   node-0   <none>           "
    "<none>\n"
    "a           c      0/1     Pending                 0                 9y    <none>       <none>   node-1           "
    "<none>\n"
    "a           d      0/1     Completed               1                 9y    <none>       node-1   <none>           "
    "<none>\n"
)
NODES = (
    "NAME    STATUS                     ROLES               AGE   VERSION    INTERNAL-IP   EXTERNAL-IP   "
    "OS-IMAGE             KERNEL-VERSION      CONTAINER-RUNTIME\n"
    "aks-0   Ready,SchedulingDisabled   agent,other         9y    v1.30.10   10.224.0.4    20.1.2.3      "
    "Ubuntu 22.04.5 LTS   5.15.0-1064-azure   containerd://1.7.15-1\n"
    "aks-1   NotReady                   <none>              9y    v1.30.10   10.224.0.5    <none>        "
    "Ubuntu 22.04.5 LTS   5.15.0-1064-azure   containerd://1.7.15-1\n"
)


def table(text: str | bytes, command: str) -> ObjectTable:
    """Read the output of a command without loss."""
    source = decode("get.txt", text.encode() if isinstance(text, str) else text)
    return kubectl.parse(Capture(source, source.span, "kubectl", tuple(shlex.split(command)))).unwrap()


def same(back: ObjectTable, shown: ObjectTable) -> bool:
    """Compare all fields that `shown` does not hide."""
    return all(
        getattr(got, field.name) == getattr(record, field.name)
        for sequence in SEQUENCES
        for got, record in zip(getattr(back, sequence), getattr(shown, sequence), strict=True)
        for field in dataclasses.fields(record)
        if field.compare and field.name not in record.hidden
    )


def test_a_daemon_set_stands_at_the_paths_of_the_api() -> None:
    """Tools that read `kubectl get -o json` must find every figure where they look for it."""
    found = object_list(table(DAEMON_SET, "kubectl get ds -A -o wide --show-labels"))

    assert found == {
        "apiVersion": "v1",
        "kind": "List",
        "metadata": {"resourceVersion": ""},
        "items": [
            {
                "apiVersion": "apps/v1",
                "kind": "DaemonSet",
                "metadata": {"labels": {"k8s-app": "kube-proxy"}, "name": "kube-proxy", "namespace": "kube-system"},
                "spec": {
                    "selector": {
                        "matchExpressions": [
                            {"key": "y", "operator": "DoesNotExist"},
                            {"key": "z", "operator": "NotIn", "values": ["q"]},
                            {"key": "w", "operator": "In", "values": ["v"]},
                        ],
                        "matchLabels": {"app": "x"},
                    },
                    "template": {
                        "spec": {
                            "containers": [{"image": "proxy:1.2", "name": "proxy"}],
                            "nodeSelector": {"kubernetes.io/os": "linux"},
                        }
                    },
                },
                "status": {
                    "currentNumberScheduled": 3,
                    "desiredNumberScheduled": 3,
                    "numberAvailable": 1,
                    "numberReady": 2,
                    "updatedNumberScheduled": 3,
                },
            }
        ],
    }


def test_a_deployment_has_replicas_and_no_key_for_what_is_not_shown() -> None:
    """A missing key is the API's way to say nothing."""
    found = object_list(table(DEPLOYMENT, "kubectl get deploy -A"))

    assert found["items"] == [
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "coredns", "namespace": "kube-system"},
            "spec": {"replicas": 2, "template": {"spec": {}}},
            "status": {"availableReplicas": 1, "readyReplicas": 1, "updatedReplicas": 2},
        }
    ]


@pytest.mark.parametrize(
    ("text", "command"),
    [
        (DEPLOYMENT, "kubectl get deploy -A"),
        (PODS, "kubectl get pods -A -o wide"),
        (NODES, "kubectl get nodes -o wide"),
        ("daemonset.apps/kube-proxy\ndeployment.apps/coredns\npod/x\nnode/y\n", "kubectl get all -A -o name"),
    ],
    ids=["deploy", "pods", "nodes", "names"],
)
def test_the_list_read_back_gives_the_same_records(text: str, command: str) -> None:
    """The machine form of a capture is the model."""
    shown = table(text, command)

    back = table(json.dumps(object_list(shown)), "kubectl get all -A -o json")

    assert [len(getattr(back, sequence)) for sequence in SEQUENCES] == [
        len(getattr(shown, sequence)) for sequence in SEQUENCES
    ]
    assert same(back, shown)


def test_names_alone_give_no_counts() -> None:
    """Zero would be a figure that nobody printed."""
    shown = table("daemonset.apps/kube-proxy\n", "kubectl get ds -A -o name")

    back = table(json.dumps(object_list(shown)), "kubectl get ds -A -o json").daemon_sets[0]

    assert (back.desired, back.settles("desired"), back.settles("ready")) == (None, False, False)


@pytest.mark.shared
def test_every_list_of_the_laboratory_is_read_back() -> None:
    """Text and JSON alike; `-o name` too."""
    root = os.environ.get("AZCNILINT_CAPTURES")
    if not root:
        pytest.skip("AZCNILINT_CAPTURES is not set")
    folder = Path(root) / "lab" / "kubectl"
    with (folder / "commands.tsv").open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines, delimiter="\t") if int(row["bytes"]) and "get" in row["command"]]
    assert len(rows) > 40

    for row in rows:
        shown = table((folder / row["file"]).read_bytes(), row["command"])
        back = table(json.dumps(object_list(shown)), "kubectl get all,nodes -A -o json")
        assert same(back, shown), row["command"]
