"""Law 2 for kubectl: any objects, printed as kubectl prints them and read back, are the same objects."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from ipaddress import IPv4Address

from hypothesis import given, settings
from hypothesis import strategies as st

from azcnilint.capture import Capture
from azcnilint.models import NodeObject, ObjectTable, Pod, Workload, WorkloadKind
from azcnilint.parsers import kubectl
from azcnilint.text import Span, decode

_LABEL = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
_COUNT = st.integers(0, 5000)
_PAIRS = st.dictionaries(_LABEL, st.one_of(st.just(""), _LABEL), max_size=3)
_AGE = st.sampled_from(["97s", "6m47s", "25h", "2d7h", "3y62d", "<unknown>", "<invalid>"])
NOWHERE = Span("", 0, 0)


_ADDRESS = st.integers(1, 2**32 - 1).map(IPv4Address)
_SELECTOR = st.sampled_from([None, "app=x", "app=x,!y,z notin (q)", "a in (b,c)", "present"])


@dataclasses.dataclass(frozen=True)
class Variant:
    """How kubectl is asked to print: `-A`, `-o wide`, `--show-labels`, and not `--no-headers`."""

    every: bool
    wide: bool
    labels: bool
    headers: bool

    @property
    def flags(self) -> str:
        """The options of the command line."""
        chosen = {
            "-A": self.every,
            "-o wide": self.wide,
            "--show-labels": self.labels,
            "--no-headers": not self.headers,
        }
        return " ".join(flag for flag, asked in chosen.items() if asked)


@st.composite
def _workload(draw: st.DrawFn, kind: WorkloadKind, namespace: str, name: str) -> Workload:
    containers = tuple(draw(st.lists(_LABEL, min_size=1, max_size=3)))
    daemon_set = kind is WorkloadKind.DAEMON_SET
    return Workload(
        span=NOWHERE,
        kind=kind,
        namespace=namespace,
        name=name,
        desired=draw(_COUNT),
        current=draw(_COUNT) if daemon_set else None,
        ready=draw(_COUNT),
        updated=draw(_COUNT),
        available=draw(_COUNT),
        node_selector=draw(_PAIRS) if daemon_set else {},
        labels=draw(_PAIRS),
        containers=containers,
        images=tuple(f"mcr.example/{image}:v1" for image in containers),
        selector=draw(_SELECTOR),
        age=draw(_AGE),
    )


@st.composite
def _pod(draw: st.DrawFn, namespace: str, name: str) -> Pod:
    restarts, desired = draw(st.integers(0, 3000)), draw(st.integers(1, 9))
    return Pod(
        span=NOWHERE,
        namespace=namespace,
        name=name,
        phase=draw(st.sampled_from(["Running", "Init:0/1", "Init:CrashLoopBackOff", "Completed", "Terminating"])),
        ready=draw(st.integers(0, desired)),
        desired=desired,
        restarts=restarts,
        last_restart=draw(st.sampled_from([None, "2m24s", "4d"])) if restarts else None,
        pod_ip=draw(st.none() | _ADDRESS),
        node_name=draw(st.none() | _LABEL),
        nominated_node_name=draw(st.none() | _LABEL),
        labels=draw(_PAIRS),
        age=draw(_AGE),
    )


@st.composite
def _node(draw: st.DrawFn, name: str) -> NodeObject:
    status = draw(st.sampled_from(["Ready", "NotReady", "Ready,SchedulingDisabled", "Unknown"]))
    return NodeObject(
        span=NOWHERE,
        name=name,
        status=status,
        ready={"R": True, "N": False}.get(status[0]),
        roles=draw(st.sampled_from([None, "agent", "control-plane,etcd"])),
        version="v1.30.10",
        internal_ip=draw(_ADDRESS),
        external_ip=draw(st.none() | _ADDRESS),
        os_image="Ubuntu 22.04.5 LTS",
        kernel_version="5.15.0-1064-azure",
        container_runtime="containerd://1.7.15-1",
        labels=draw(_PAIRS),
        age=draw(_AGE),
    )


@st.composite
def _tables(draw: st.DrawFn) -> ObjectTable:
    keys = draw(st.lists(st.tuples(_LABEL, _LABEL), min_size=1, max_size=6, unique=True))
    return ObjectTable(
        span=NOWHERE,
        daemon_sets=tuple(draw(_workload(WorkloadKind.DAEMON_SET, *key)) for key in keys[0::4]),
        deployments=tuple(draw(_workload(WorkloadKind.DEPLOYMENT, *key)) for key in keys[1::4]),
        pods=tuple(draw(_pod(*key)) for key in keys[2::4]),
        nodes=tuple(draw(_node(name)) for _, name in keys[3::4]),
    )


def _pairs(pairs: Mapping[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in pairs.items()) or "<none>"


def _columns(record: Workload | Pod | NodeObject) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """Give the columns of the default table behind NAME, and those that `-o wide` adds; None is `<none>`."""
    if isinstance(record, NodeObject):
        return _columns_of_node(record)
    share = f"{record.ready}/{record.desired}"
    if isinstance(record, Pod):
        restarts = f"{record.restarts} ({record.last_restart} ago)" if record.last_restart else record.restarts
        return (
            {"READY": share, "STATUS": record.phase, "RESTARTS": restarts, "AGE": record.age},
            {
                "IP": record.pod_ip,
                "NODE": record.node_name,
                "NOMINATED NODE": record.nominated_node_name,
                "READINESS GATES": record.readiness_gates,
            },
        )
    wide = {"CONTAINERS": ",".join(record.containers), "IMAGES": ",".join(record.images), "SELECTOR": record.selector}
    counts = {"UP-TO-DATE": record.updated, "AVAILABLE": record.available}
    if record.kind is WorkloadKind.DEPLOYMENT:
        return {"READY": share, **counts, "AGE": record.age}, wide
    seen = {"DESIRED": record.desired, "CURRENT": record.current, "READY": record.ready}
    return {**seen, **counts, "NODE SELECTOR": _pairs(record.node_selector), "AGE": record.age}, wide


def _columns_of_node(record: NodeObject) -> tuple[Mapping[str, object], Mapping[str, object]]:
    base = {"STATUS": record.status, "ROLES": record.roles, "AGE": record.age, "VERSION": record.version}
    return base, {
        "INTERNAL-IP": record.internal_ip,
        "EXTERNAL-IP": record.external_ip,
        "OS-IMAGE": record.os_image,
        "KERNEL-VERSION": record.kernel_version,
        "CONTAINER-RUNTIME": record.container_runtime,
    }


def _row(record: Workload | Pod | NodeObject, prefix: str, variant: Variant) -> dict[str, str]:
    """Give the cells of a row by column."""
    base, wide = _columns(record)
    lead = {"NAMESPACE": record.namespace} if variant.every and not isinstance(record, NodeObject) else {}
    cells = {**lead, "NAME": prefix + record.name, **base, **(wide if variant.wide else {})}
    cells |= {"LABELS": _pairs(record.labels)} if variant.labels else {}
    return {column: "<none>" if cell is None else str(cell) for column, cell in cells.items()}


PREFIXES = {"daemon_sets": "daemonset.apps/", "deployments": "deployment.apps/", "pods": "pod/", "nodes": "node/"}


def _print(found: ObjectTable, variant: Variant) -> str:
    """As kubectl pads (three blanks behind the widest cell, none behind the last), one table a kind."""
    blocks = []
    for sequence, prefix in PREFIXES.items():
        rows = [_row(record, prefix, variant) for record in getattr(found, sequence)]
        if rows:
            lines = [list(rows[0])] * variant.headers + [list(row.values()) for row in rows]
            widths = [max(map(len, column)) + 3 for column in zip(*lines, strict=True)]
            blocks.append("".join("".join(map(str.ljust, line, widths)).rstrip() + "\n" for line in lines))
    return ("\n" if variant.headers else "").join(blocks)


def _read(text: str, command: str) -> ObjectTable:
    source = decode("get.txt", text.encode())
    return kubectl.parse(Capture(source, source.span, "kubectl", tuple(command.split()))).unwrap()


def _assert_same(found: ObjectTable, wanted: ObjectTable) -> None:
    """Compare every field that `found` does not hide."""
    for sequence in PREFIXES:
        for got, drawn in zip(getattr(found, sequence), getattr(wanted, sequence), strict=True):
            for field in dataclasses.fields(got):
                if field.name not in {"span", "hidden", *got.hidden}:
                    assert getattr(got, field.name) == getattr(drawn, field.name), field.name


@settings(max_examples=120, deadline=None)
@given(_tables(), st.builds(Variant, st.booleans(), st.booleans(), st.booleans(), st.booleans()))
def test_what_kubectl_prints_is_read_back(drawn: ObjectTable, variant: Variant) -> None:
    """Each field that the variant prints comes back, and each that it does not print is hidden."""
    found = _read(_print(drawn, variant), f"kubectl get ds,deploy,pods,nodes {variant.flags}")

    _assert_same(found, drawn)
    for sequence, probe in zip(PREFIXES, ("images", "images", "pod_ip", "os_image"), strict=True):
        for got in getattr(found, sequence):
            assert got.settles("labels") == variant.labels
            assert sequence == "nodes" or got.settles("namespace") == variant.every
            assert got.settles(probe) == variant.wide
