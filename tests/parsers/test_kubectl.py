"""`kubectl get`: what lists settle and what they do not, faults with their places, and round trips."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azcnilint.capture import Capture, Completeness
from azcnilint.models import ObjectTable, Workload, WorkloadKind
from azcnilint.parsers import kubectl
from azcnilint.parsers.base import Claim, ParseResult, ParseStatus
from azcnilint.text import Diagnostic, Label, Severity, Span, decode

DEPLOYMENTS = (
    "NAME      READY   UP-TO-DATE   AVAILABLE   AGE\n"
    "coredns   2/2     2            2           4h39m\n"
)  # fmt: skip
ALL_KINDS = frozenset({"daemon_sets", "deployments", "pods", "nodes"})


def read(text: str | bytes, command: str = "", **more: object) -> ParseResult[ObjectTable]:
    """Parse a text as the output of that command line; without one it is not shown."""
    source = decode("get.txt", text.encode() if isinstance(text, str) else text)
    return kubectl.parse(Capture(source, source.span, "kubectl", tuple(command.split()) or None, **more))  # type: ignore[arg-type]


def table(text: str | bytes, command: str = "") -> ObjectTable:
    """Give the table of a capture that must be read without loss."""
    return read(text, command).unwrap()


def told(result: ParseResult[ObjectTable]) -> list[tuple[str, str, str, str]]:
    """Give each diagnostic as code, place, marked text and message."""
    source = result.capture.source
    rows = []
    for diagnostic in result.diagnostics:
        span = diagnostic.labels[0].span
        place = source.position(span.start)
        rows.append((diagnostic.code, f"{place.line}:{place.column}", source.slice(span), diagnostic.message))
    return rows


# --- scope: what a list settles


@pytest.mark.parametrize(
    ("command", "hidden", "namespace", "because"),
    [
        ("kubectl get deploy -A", ALL_KINDS - {"deployments"}, None, None),
        ("kubectl get deploy --all-namespaces=true", ALL_KINDS - {"deployments"}, None, None),
        ("kubectl get deployments.apps,ds -n kube-system", frozenset({"pods", "nodes"}), "kube-system", None),
        ("k -nkube-system get deploy", ALL_KINDS - {"deployments"}, "kube-system", None),
        ("kubectl get --namespace=flux all", frozenset({"nodes"}), "flux", None),
        (
            "kubectl get deploy",
            ALL_KINDS | {"namespace"},
            None,
            "the namespace that was asked for is not shown",
        ),
        ("", ALL_KINDS | {"namespace"}, None, "the namespace that was asked for is not shown"),
        ("kubectl get deploy coredns -A", ALL_KINDS, None, "only named objects were asked for"),
        ("kubectl get deploy/coredns -A", ALL_KINDS, None, "only named objects were asked for"),
        ("kubectl get deploy -A -l app=x", ALL_KINDS, None, "the command line narrows the list (--selector)"),
        (
            "kubectl get deploy -A --field-selector metadata.name=x",
            ALL_KINDS,
            None,
            "the command line narrows the list (--field-selector)",
        ),
    ],
)
def test_the_command_line_tells_what_a_list_settles(
    command: str, hidden: frozenset[str], namespace: str | None, because: str | None
) -> None:
    """Absence may be concluded for the kinds and the namespace that were asked for, and for no other."""
    found = table(DEPLOYMENTS, command)

    assert (found.hidden, found.namespace, found.incomplete_because) == (hidden, namespace, because)


def test_a_namespace_column_tells_of_all_namespaces() -> None:
    """Only `-A` prints one."""
    text = (
        "NAMESPACE     NAME      READY   UP-TO-DATE   AVAILABLE   AGE\n"
        "kube-system   coredns   2/2     2            2           9y\n"
    )

    found = table(text)

    assert found.settles_namespace("deployments", "anywhere")
    assert found.deployments[0].namespace == "kube-system"
    assert found.deployments[0].settles("namespace")


def test_a_filtered_list_settles_nothing() -> None:
    """`| grep` drops lines."""
    result = read(
        "NAME   READY   UP-TO-DATE   AVAILABLE   AGE\n", "kubectl get deploy -A", completeness=Completeness.FILTERED
    )

    assert result.status is ParseStatus.PARTIAL
    assert result.value is not None
    assert result.value.hidden == ALL_KINDS


def test_rows_that_lost_their_header_may_be_filtered() -> None:
    """A header that was not switched off has been cut or grepped away."""
    row = "azure-cns-99tbp   0/1   Init:CrashLoopBackOff   2470 (2m24s ago)   15d\n"

    lost = table(row, "kubectl -n kube-system get pods")
    switched_off = table(row, "kubectl -n kube-system get pods --no-headers")

    assert (lost.settles("pods"), switched_off.settles("pods")) == (False, True)
    assert lost.incomplete_because == "the header is missing, so lines may have been filtered"
    assert lost.pods == switched_off.pods
    pod = lost.pods[0]
    assert (pod.phase, pod.restarts, pod.last_restart) == ("Init:CrashLoopBackOff", 2470, "2m24s")


@pytest.mark.parametrize("kept", ["body", "noise", "error"])
def test_no_resources_found_settles_the_namespace_wherever_it_stands(kept: str) -> None:
    """The message goes to the other stream; a capture may keep it as a line, as noise or as its error."""
    text = "No resources found in kube-system namespace.\n"
    source = decode("get.txt", text.encode())
    error = Diagnostic("command-said", Severity.INFO, text.strip(), (Label(Span("get.txt", 0, 44)),))
    capture = Capture(source, source.span, "kubectl", ("kubectl", "get", "ds"), completeness=Completeness.EMPTY)
    if kept == "error":
        capture = dataclasses.replace(capture, body=Span("get.txt", 0, 0), error=error)

    found = kubectl.parse(capture).unwrap()

    assert found.namespace == "kube-system"
    assert found.settles_namespace("daemon_sets", "kube-system")
    assert found.incomplete_because is None


def test_an_empty_file_settles_nothing() -> None:
    """A table says when there is nothing; silence means that its other stream is lost."""
    found = table("", "kubectl get ds -A")

    assert (found.hidden, found.incomplete_because) == (
        ALL_KINDS,
        "nothing was printed, not even that there is nothing",
    )


def test_a_list_beside_an_error_settles_nothing() -> None:
    """One of several kinds may be forbidden."""
    text = DEPLOYMENTS + 'Error from server (Forbidden): daemonsets.apps is forbidden: User "x" cannot list\n'

    found = table(text, "kubectl get ds,deploy -A")

    assert (found.hidden, found.incomplete_because) == (ALL_KINDS, "kubectl reported an error")
    assert len(found.deployments) == 1


def test_warnings_are_no_rows() -> None:
    """The log library prints a letter, month and day, time, process and place."""
    result = read(
        "W1123 17:36:35.498084   25680 loader.go:222] Config not found: /root/.kube/config\n"
        "Warning: v1 ComponentStatus is deprecated in v1.19+\n" + DEPLOYMENTS,
        "kubectl get deploy -A",
    )

    assert [noise.kind for noise in result.noise] == ["warning", "warning", "header"]
    assert result.unwrap().settles("deployments")


# --- forms


def test_names_lose_namespace_and_counts() -> None:
    """`-o name` prints neither, not even with `-A`."""
    found = table(
        "daemonset.apps/kube-proxy\ndeployment.apps/coredns\npod/x-1\nservice/kubernetes\n", "k get all -A -o name"
    )

    proxy, coredns = found.daemon_sets[0], found.deployments[0]
    assert (proxy.kind, proxy.name, coredns.name, found.pods[0].name) == (
        WorkloadKind.DAEMON_SET,
        "kube-proxy",
        "coredns",
        "x-1",
    )
    assert {"namespace", "desired", "ready", "available", "node_selector", "labels"} <= proxy.hidden
    assert found.others == 1
    assert found.settles("daemon_sets")


def test_several_tables_each_have_their_header() -> None:
    """`get all`: a prefix tells the kind, and objects of other kinds are counted."""
    text = (
        "NAME          READY   STATUS    RESTARTS   AGE\n"
        "pod/coredns   1/1     Running   0          9y\n"
        "\n"
        "NAME               TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)         AGE\n"
        "service/kube-dns   ClusterIP   10.0.0.10    <none>        53/UDP,53/TCP   9y\n"
        "\n"
        "NAME                        DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR   AGE\n"
        "daemonset.apps/kube-proxy   3         3         2       3            2           <none>          9y\n"
    )

    result = read(text, "kubectl get all -n kube-system")

    found = result.unwrap()
    assert (len(found.pods), len(found.daemon_sets), found.others) == (1, 1, 1)
    assert [noise.kind for noise in result.noise] == ["header", "header", "other-object", "header"]
    assert found.daemon_sets[0] == Workload(
        span=Span("", 0, 0),
        kind=WorkloadKind.DAEMON_SET,
        namespace="kube-system",
        name="kube-proxy",
        desired=3,
        current=3,
        ready=2,
        updated=3,
        available=2,
    )


def test_label_columns_become_labels_when_the_command_line_is_shown() -> None:
    """Of the header only the label's last part in capitals is left."""
    text = (
        "NAME      READY   UP-TO-DATE   AVAILABLE   AGE   K8S-APP\n"
        "coredns   2/2     2            2           9y    kube-dns\n"
    )

    asked = table(text, "kubectl get deploy -A -L example.com/k8s-app").deployments[0]
    unasked = read(text)

    assert (asked.labels, asked.settles("labels")) == ({"example.com/k8s-app": "kube-dns"}, False)
    assert told(unasked) == [
        ("unread-column", "1:50", "K8S-APP", 'the column "K8S-APP" is not read'),
    ]


def test_deployments_of_old_kubectl_show_no_ready() -> None:
    """Their columns were DESIRED and CURRENT, with no READY."""
    text = (
        "NAME      DESIRED   CURRENT   UP-TO-DATE   AVAILABLE   AGE\n"
        "coredns   2         2         2            1           9y\n"
    )

    coredns = table(text, "kubectl get deploy -A").deployments[0]

    assert (coredns.desired, coredns.available, coredns.ready) == (2, 1, None)
    assert not coredns.settles("ready")


def test_columns_of_the_callers_own_are_not_read() -> None:
    """Without the command line the header alone tells."""
    result = read("NS            NAME         READY\nkube-system   kube-proxy   3\n")

    assert [row[3] for row in told(result)] == ["a table with columns of its own is recognised and not read"]
    assert result.unwrap().hidden >= ALL_KINDS
    assert [noise.kind for noise in result.noise] == ["header", "unread"]


@pytest.mark.parametrize("cell", ["10.244.0.1", "fd00::1"])
def test_an_address_of_either_family_is_read(cell: str) -> None:
    """Pods of an IPv6 cluster print theirs in the same column."""
    text = (
        "NAME   READY   STATUS    RESTARTS   AGE   IP           NODE     NOMINATED NODE   READINESS GATES\n"
        f"x      1/1     Running   0          9y    {cell:<10}   <none>   <none>           1/2\n"
    )

    pod = table(text, "kubectl get pods -A -o wide").pods[0]

    assert (str(pod.pod_ip), pod.node_name, pod.readiness_gates) == (cell, None, "1/2")
    assert pod.settles("node_name")


# --- faults


@pytest.mark.parametrize(
    ("row", "place", "marked", "message"),
    [
        (
            "coredns   two     2            2           9y",
            "2:11",
            "two",
            'expected two numbers such as 1/2 in column "READY", found "two"',
        ),
        (
            "coredns   2/2     x            2           9y",
            "2:19",
            "x",
            'expected a number in column "UP-TO-DATE", found "x"',
        ),
        ("coredns   2/2", "2:14", "", 'expected a number in column "UP-TO-DATE", found nothing'),
        ("words of a document", "2:1", "words of a document", "expected 5 columns as in the header, found 1"),
    ],
)
def test_a_cell_that_its_column_cannot_hold_is_told(row: str, place: str, marked: str, message: str) -> None:
    """One bad row costs one row, and absence is no longer settled."""
    result = read(f"NAME      READY   UP-TO-DATE   AVAILABLE   AGE\n{row}\n", "kubectl get deploy -A")

    assert told(result) == [("unreadable-line", place, marked, message)]
    assert result.status is ParseStatus.PARTIAL
    assert result.value is not None
    assert not result.value.settles("deployments")


@pytest.mark.parametrize("row", ["root@aks:/# kubectl get nodes", "hello world", "{not json", "usr/bin/env   x"])
def test_text_without_a_header_that_has_no_shape_is_told(row: str) -> None:
    """No kind is guessed."""
    result = read(row + "\n")

    assert [(at, said) for _, at, _, said in told(result)] in (
        [("1:1", "expected a row of a table of kubectl")],
        [("1:2", "not JSON: expecting property name enclosed in double quotes")],
    )


def test_json_that_is_no_object_of_its_kind_is_told() -> None:
    """A field of another type than the API's is no evidence."""
    text = '{"kind": "Pod", "metadata": {"name": "x"}, "spec": []}\n'

    result = read(text, "kubectl get pods -A -o json")

    assert told(result) == [
        ("unreadable-object", "1:1", text.strip(), 'not a Kubernetes object: expected an object in "spec"'),
    ]
    assert result.ledger.count(Claim.RECORD) == 1


def test_an_answer_of_the_api_that_is_a_failure_is_told() -> None:
    """`kubectl get --raw` prints the Status object."""
    result = read(
        '{"kind": "Status", "status": "Failure", "message": "pods is forbidden"}\n', "kubectl get pods -A -o json"
    )

    assert [said for *_, said in told(result)] == ['the API answered "pods is forbidden"']


def test_members_of_a_typed_list_have_its_kind() -> None:
    """The raw API prints the kind once."""
    found = table('{"kind": "PodList", "items": [{"metadata": {"name": "x", "namespace": "default"}}]}\n')

    assert [pod.name for pod in found.pods] == ["x"]
    assert found.settles_namespace("pods", "default")
    assert not found.settles_namespace("pods", "kube-system")


YAML = (
    "apiVersion: v1\nitems:\n- kind: DaemonSet\n  metadata:\n    name: kube-proxy\n    namespace: kube-system\n"
    "kind: List\n"
)


def test_yaml_objects_know_their_place() -> None:
    """A finding must be able to show the object."""
    result = read(YAML, "kubectl get ds -A -o yaml")

    found = result.unwrap()
    text = result.capture.source.slice(found.daemon_sets[0].span)
    assert text == "kind: DaemonSet\n  metadata:\n    name: kube-proxy\n    namespace: kube-system"
    assert {"desired", "ready"} <= found.daemon_sets[0].hidden


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("items:\n- &a [x]\n- *a\n", "2:3", "expected an object"),
        ("kind: &a Pod\nmetadata: {name: *a}\n", "1:7", "an alias in YAML is not read"),
        ("kind: " + "[" * 501, "1:507", "the YAML is nested too deeply"),
        ("kind: Pod\nx:\n" + "- " * 501, "3:1", "the YAML is nested too deeply"),
        ("kind: Pod\nmetadata: [\n", "3:1", "not YAML: did not find expected node content"),
    ],
)
def test_yaml_that_kubectl_would_not_print_is_told(text: str, place: str, message: str) -> None:
    """Aliases can grow without bound; kubectl prints none."""
    result = read(text, "kubectl get pods -A -o yaml")

    code, at, _, said = told(result)[0]
    assert (code, at, said) == ("unreadable-yaml", place, message)
    assert result.value is not None
    assert not result.value.settles("pods")


# --- law 1


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "NAME",
                "READY",
                "   ",
                " ",
                "\n",
                "1/2",
                "0",
                "9y",
                "<none>",
                "pod/x",
                "AGE",
                "{",
                "[",
                "kind: Pod\n",
                "error: ",
            ]
        )
        | st.text(max_size=5),
        max_size=40,
    ),
    st.sampled_from(
        ["", "kubectl get pods", "kubectl get ds -o name", "kubectl get deploy -A -o yaml", "kubectl -", "k"]
    ),
)
def test_any_text_is_read_without_an_exception_and_every_line_is_booked(pieces: list[str], command: str) -> None:
    """Law 1: no line that is not blank is left unclaimed."""
    result = read("".join(pieces).encode("utf-8", "replace"), command)

    for line in result.capture.source.lines():
        claim = result.ledger.claims[line.number - result.ledger.first_line]
        assert (claim == Claim.BLANK) == (not line.text.strip())
