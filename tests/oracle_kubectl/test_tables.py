"""The real kubectl renders random clusters in every form; each form tells what the objects hold, and nothing else."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from azcnilint.models import ObjectTable
from azcnilint.parsers import Claim, ParseStatus, parse_kubectl
from tests.oracle_kubectl.clusters import LABEL_KEYS, NAMESPACES, Cluster, cluster
from tests.oracle_kubectl.expected import Described, excepted, fields, shown
from tests.oracle_kubectl.server import ApiServer, serving

KUBECTL = shutil.which("kubectl")
pytestmark = pytest.mark.skipif(KUBECTL is None, reason="kubectl is not installed")

SEEDS = 20
SEQUENCES = {"daemonsets": "daemon_sets", "deployments": "deployments", "pods": "pods", "nodes": "nodes"}
SHORT = {"ds": "daemonsets", "deploy": "deployments", "pods": "pods", "nodes": "nodes"}
FORMS = (
    "",
    "-A",
    "-n kube-system",
    "-A -o wide",
    "-A --no-headers",
    "-A --show-labels",
    *(f"-A -L {key}" for key in LABEL_KEYS),
    "-A -o name",
    "-A -o json",
    "-A -o yaml",
    "-A -o wide --no-headers",
    "-n default -o wide --show-labels",
    "-n default -o wide --show-labels --no-headers",
    "-A -o wide --show-labels -L k8s-app",
)
COMBINED = (
    "get ds,deploy,pods -A",
    "get ds,deploy,pods,nodes -A -o wide",
    "get ds,deploy,pods -n kube-system --no-headers",
    "get pods,nodes -A -o json",
    "get ds,pods -A -o yaml",
    "get deploy,nodes -A -o name",
    *(f"get all -n {namespace}" for namespace in NAMESPACES),
    "get all -A -o wide",
)
COMMANDS = (*(f"get {short} {form}".strip() for form in FORMS for short in SHORT), *COMBINED)
Kubectl = Callable[[Cluster, str], str]


@pytest.fixture(scope="module")
def server() -> Iterator[ApiServer]:
    """One server for all commands, so that kubectl keeps what it discovered."""
    with serving() as found:
        yield found


@pytest.fixture(scope="module")
def kubectl(server: ApiServer, tmp_path_factory: pytest.TempPathFactory) -> Kubectl:
    """Run a command of kubectl on a cluster; give what a terminal would show, the command line included."""
    home = tmp_path_factory.mktemp("home")
    config = home / "config"
    config.write_text(
        f"""\
apiVersion: v1
kind: Config
current-context: oracle
clusters: [{{name: oracle, cluster: {{server: "http://127.0.0.1:{server.server_port}"}}}}]
contexts: [{{name: oracle, context: {{cluster: oracle, user: nobody}}}}]
users: [{{name: nobody, user: {{}}}}]
""",
        encoding="utf-8",
    )
    environment = {"HOME": str(home), "KUBECONFIG": str(config), "PATH": "/usr/bin:/bin", "NO_PROXY": "*"}

    def run(holds: Cluster, command: str) -> str:
        server.holds = holds
        assert KUBECTL is not None
        done = subprocess.run(  # noqa: S603 - the words of this module, no shell
            [KUBECTL, *command.split()],
            capture_output=True,
            check=True,
            cwd=Path("/"),
            env=environment,
            text=True,
            timeout=30,
        )
        return f"$ kubectl {command}\n{done.stderr}{done.stdout}$ \n"

    return run


def _asked(words: list[str]) -> dict[str, str]:
    """Give the sequences that a command asks for, each with its resource."""
    every = ["pods", "daemonsets", "deployments"]
    names = every if words[1] == "all" else [SHORT[name] for name in words[1].split(",")]
    return {SEQUENCES[name]: name for name in names}


def _scope(words: list[str]) -> str | None:
    return None if "-A" in words else words[words.index("-n") + 1] if "-n" in words else "default"


def _differences(record: Described, resource: str, item: dict[str, Any], words: list[str]) -> Iterator[str]:
    """Give each field that a record hides though it was shown, or tells otherwise than the object."""
    true = fields(resource, item)
    for name in sorted(shown(resource, words) & record.hidden):
        if not excepted(item, name, words):
            yield f"{true['name']}: {name} is hidden"
    objects = "json" in words or "yaml" in words
    for field in dataclasses.fields(record):
        settled = field.name not in {"span", "hidden", *record.hidden}
        if settled and getattr(record, field.name) != true.get(field.name) and not (objects and field.name == "age"):
            yield f"{true['name']}: {field.name} is {getattr(record, field.name)!r}, not {true.get(field.name)!r}"
    if "-L" in words:
        key = words[words.index("-L") + 1]
        told, value = record.labels.get(key), true["labels"].get(key)
        if (told or None) != (value or None):
            yield f"{true['name']}: label {key} is {told!r}, not {value!r}"


def _faults(table: ObjectTable, holds: Cluster, words: list[str]) -> Iterator[str]:
    """Give all differences between a table and the cluster that it is of."""
    asked, scope = _asked(words), _scope(words)
    named = "-A" in words or "-n" in words or table.namespace is not None
    for sequence in SEQUENCES.values():
        records = getattr(table, sequence)
        items = holds.listed(asked[sequence], scope) if sequence in asked else []
        if [record.name for record in records] != [item["metadata"]["name"] for item in items]:
            yield f"{sequence}: {[record.name for record in records]}"
            continue
        for record, item in zip(records, items, strict=True):
            yield from _differences(record, asked[sequence], item, words)
        told = sequence in asked and (sequence == "nodes" or named)
        if told == (sequence in table.hidden):
            yield f"{sequence}: absence is {'not ' * told}settled"
    others = len(holds.listed("services", scope)) if words[1] == "all" else 0
    if table.others != others:
        yield f"others: {table.others}, not {others}"
    if table.namespace != scope and ("-n" in words or table.namespace is not None):
        yield f"namespace: {table.namespace!r}, not {scope!r}"


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_form_tells_what_the_objects_hold(seed: int, kubectl: Kubectl) -> None:
    """Each cluster is shown in some of the forms, all of them together in each form two or three times."""
    holds = cluster(seed)
    wrong = []
    for number, command in enumerate(COMMANDS):
        if (number - seed) % 8:
            continue
        result = parse_kubectl(kubectl(holds, command))
        words = command.split()
        lost = [diagnostic.message for diagnostic in result.diagnostics]
        if result.status is not ParseStatus.COMPLETE or lost or result.ledger.count(Claim.DIAGNOSTIC):
            wrong.append(f"{command}: {result.status.value} {lost}")
        else:
            wrong += [f"{command}: {fault}" for fault in _faults(result.unwrap(), holds, words)]

    assert wrong == []


def test_json_and_yaml_and_tables_are_of_one_cluster(kubectl: Kubectl) -> None:
    """Two notations of one answer give equal records, and `-o wide` with labels all of theirs but the unshown."""
    holds = cluster(7)
    command = "get ds,deploy,pods,nodes -A"

    from_json = parse_kubectl(kubectl(holds, f"{command} -o json")).unwrap()
    from_yaml = parse_kubectl(kubectl(holds, f"{command} -o yaml")).unwrap()

    assert from_json == from_yaml
    assert [len(getattr(from_json, sequence)) for sequence in SEQUENCES.values()] == [
        len(holds.listed(resource)) for resource in SEQUENCES
    ]
