"""What the real kubectl printed, against the JSON of the same objects: field by field, with nothing unexplained."""

from __future__ import annotations

import csv
import dataclasses
import json
import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from azcnilint.capture import Capture
from azcnilint.models import NodeObject, ObjectTable, Pod, Workload
from azcnilint.parsers import kubectl
from azcnilint.parsers.base import Claim, ParseResult, ParseStatus
from azcnilint.text import decode

pytestmark = pytest.mark.shared

Described = Workload | Pod | NodeObject
SEQUENCES = ("daemon_sets", "deployments", "pods", "nodes")
UNREAD = ("custom-columns", "jsonpath", "kubectl version", "kubectl api-resources")
NOTHING_TO_COMPARE = ("forbidden", "nope", "get foo", "no-such-namespace", *UNREAD)


def _folder() -> Path:
    return Path(os.environ.get("AZCNILINT_CAPTURES", "."))


def _commands() -> list[dict[str, str]]:
    path = _folder() / "lab" / "kubectl" / "commands.tsv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


COMMANDS = _commands()
needs_captures = pytest.mark.skipif(not COMMANDS, reason="AZCNILINT_CAPTURES is not set")


def read(path: Path, command: str, *more: Path) -> ParseResult[ObjectTable]:
    """Parse a file, and what the command said on its other stream, as the output of that command."""
    data = b"".join(each.read_bytes() for each in (path, *more))
    source = decode(path.name, data)
    return kubectl.parse(Capture(source, source.span, "kubectl", tuple(shlex.split(command)) or None))


def _lab(row: dict[str, str]) -> ParseResult[ObjectTable]:
    folder = _folder() / "lab" / "kubectl"
    more = [folder / row["stderr_file"]] if row["stderr_file"] else []
    return read(folder / row["file"], row["command"], *more)


def records(table: ObjectTable) -> Iterator[Described]:
    """Give all records of a table."""
    for sequence in SEQUENCES:
        yield from getattr(table, sequence)


def _oracle(row: dict[str, str]) -> tuple[ObjectTable, dict[tuple[str, str], dict[str, object]]]:
    """Give the records of the oracle and its objects by kind and name (which no two namespaces share there)."""
    path = _folder() / "lab" / "kubectl" / row["oracle_file"]
    items = json.loads(path.read_text(encoding="utf-8"))
    listed = items.get("items", [items])
    return read(path, row["oracle_command"]).unwrap(), {(i["kind"], i["metadata"]["name"]): i for i in listed}


def explained(field: str, text: Described, item: dict[str, object]) -> bool:
    """Say whether a difference is an invention of the laboratory's API server.

    Its pods have no container states, so that no STATUS follows from them; its RESTARTS is one container's and not the
    sum; its ROLES are drawn by lot.
    """
    if isinstance(text, NodeObject):
        return field == "roles"
    status = cast("dict[str, list[dict[str, object]]]", item["status"])
    containers = status.get("containerStatuses", [])
    if field == "restarts":
        return len(containers) > 1 and getattr(text, field) == containers[0]["restartCount"]
    return field == "phase" and not any("state" in each for each in containers)


@needs_captures
@pytest.mark.parametrize("row", COMMANDS, ids=[row["command"] for row in COMMANDS])
def test_text_agrees_with_the_json_of_the_same_objects(row: dict[str, str]) -> None:
    """Law of one model: what a table shows equals what JSON says, and what it does not show is hidden."""
    result = _lab(row)
    if not row["oracle_file"] or any(word in row["command"] for word in NOTHING_TO_COMPARE):
        pytest.skip("no oracle, or nothing is read: see the tests below")

    oracle, items = _oracle(row)

    assert result.status is ParseStatus.COMPLETE
    assert result.diagnostics == ()
    table = result.unwrap()
    assert (table.namespace, table.others) == (oracle.namespace or table.namespace, oracle.others)
    for sequence in SEQUENCES:
        shown = {record.name: record for record in getattr(table, sequence)}
        known = {record.name: record for record in getattr(oracle, sequence)}
        assert shown.keys() == known.keys()
        for name, text in shown.items():
            kind = {"pods": "Pod", "nodes": "Node"}.get(sequence) or text.kind.value
            for field in dataclasses.fields(text):
                if field.compare and field.name not in text.hidden:
                    equal = getattr(text, field.name) == getattr(known[name], field.name)
                    assert equal or explained(field.name, text, items[kind, name]), (name, field.name)


@needs_captures
@pytest.mark.parametrize("row", COMMANDS, ids=[row["command"] for row in COMMANDS])
def test_every_line_is_accounted_for(row: dict[str, str]) -> None:
    """Law 1."""
    result = _lab(row)

    lines = [line for line in result.capture.source.lines() if line.text.strip()]
    assert len(lines) == len(result.ledger.claims) - result.ledger.count(Claim.BLANK)
    assert result.ledger.count(Claim.DIAGNOSTIC) == 0


@needs_captures
def test_json_and_yaml_give_equal_tables() -> None:
    """Two notations of one answer."""
    folder = _folder() / "lab" / "kubectl" / "v1.32.4-dispatcher"

    from_json = read(folder / "kubectl_get_ds_deploy_-A_-o_json.json", "kubectl get ds,deploy -A -o json")
    from_yaml = read(folder / "kubectl_get_ds_deploy_-A_-o_yaml.yaml", "kubectl get ds,deploy -A -o yaml")

    assert from_json.unwrap() == from_yaml.unwrap()
    assert len(from_yaml.unwrap().daemon_sets) == 20


@needs_captures
@pytest.mark.parametrize("row", [row for row in COMMANDS if any(word in row["command"] for word in UNREAD)], ids=str)
def test_output_of_a_form_of_its_own_is_told_and_settles_nothing(row: dict[str, str]) -> None:
    """What the caller chose to print is no evidence."""
    result = _lab(row)

    assert [diagnostic.code for diagnostic in result.diagnostics] == ["unread-output"]
    table = result.unwrap()
    assert list(records(table)) == []
    assert table.hidden >= set(SEQUENCES)


@needs_captures
@pytest.mark.parametrize("word", ["forbidden", "nope", "get foo"])
def test_an_error_instead_of_a_list_is_a_failure(word: str) -> None:
    """Nothing is settled then."""
    row = next(row for row in COMMANDS if word in row["command"])

    assert (_lab(row).status, _lab(row).value) == (ParseStatus.FAILED, None)


@needs_captures
def test_an_empty_namespace_is_settled() -> None:
    """`No resources found in no-such-namespace namespace.` is an answer for that namespace."""
    row = next(row for row in COMMANDS if row["command"] == "kubectl get ds,deploy -n no-such-namespace")

    table = _lab(row).unwrap()

    assert table.settles_namespace("daemon_sets", "no-such-namespace")
    assert not table.settles_namespace("daemon_sets", "kube-system")
    assert not table.settles_namespace("pods", "no-such-namespace")


AKS = {
    "23-kubectl-get-ds-cilium-2026-03": ("kubectl get daemonsets.apps -n kube-system", (20, 0, 0, 0)),
    "24-kubectl-get-deploy-pods-npm-1.23": ("kubectl get deployments -A", (0, 9, 0, 0)),
    "25-kubectl-get-pods-cns-initcrash-3998": ("kubectl -n kube-system get pods", (0, 0, 6, 0)),
    "32-byo-cni-pods-2025": ("", (0, 0, 14, 2)),
}


@needs_captures
@pytest.mark.parametrize("name", AKS)
@pytest.mark.parametrize("form", ["as printed", "indented", "first line shifted", "blanks collapsed"])
def test_lists_of_real_clusters_are_read_fully(name: str, form: str) -> None:
    """Pastes lose indentation and blanks; the records must not change."""
    command, counts = AKS[name]
    path = _folder() / "aks" / f"{name}.txt"
    text = path.read_text(encoding="utf-8")
    changed = {
        "as printed": text,
        "indented": "".join(f"    {line}\n" for line in text.splitlines()),
        "first line shifted": "  " + text,
        "blanks collapsed": "".join(" ".join(line.split()) + "\n" for line in text.splitlines()),
    }[form]
    source = decode(path.name, changed.encode())

    result = kubectl.parse(Capture(source, source.span, "kubectl", tuple(command.split()) or None))

    table = result.unwrap()
    assert result.diagnostics == ()
    assert tuple(len(getattr(table, sequence)) for sequence in SEQUENCES) == counts
    assert list(records(table)) == list(records(read(path, command).unwrap()))


@needs_captures
def test_the_pods_of_a_node_are_read_with_address_and_node() -> None:
    """The join of pods and interfaces rests on these columns."""
    path = _folder() / "aks" / "15-node-subnet-npm-2023-pods-route-ip-iptables.txt"
    text = path.read_text(encoding="utf-8").partition("\n\n")[0] + "\n"
    source = decode(path.name, text.encode())

    table = kubectl.parse(
        Capture(source, source.span, "kubectl", ("kubectl", "get", "pods", "-A", "-o", "wide"))
    ).unwrap()

    coredns = next(pod for pod in table.pods if pod.name == "coredns-76b9877f49-sh2lz")
    assert len(table.pods) == 19
    assert (str(coredns.pod_ip), coredns.node_name) == ("192.168.1.50", "aks-nodepool1-29364957-vmss000000")
    assert coredns.hidden == {"labels", "host_network"}
