"""Captures of real AKS nodes from public issues and notes: what each must give. Not part of the repository.

AZCNILINT_CAPTURES names the folder that holds them. Each is read under a neutral name, so that only its text speaks.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import azcnilint as az
from azcnilint.snapshot import load_snapshot_bytes
from tests.samples import read, rules

pytestmark = pytest.mark.shared


@dataclass(frozen=True)
class Case:
    """What must come out of a capture.

    Attributes:
        kinds: Of the captures found in it, in order.
        mode: The fact; None for undecided.
        passed: Rules that must pass, some of them; a pass of any other is no error.
        failed: Rules that must fail, each with how many subjects; no other may.
        facts, params: What a person adds to judge it.
    """

    kinds: tuple[str, ...]
    mode: str | None = None
    passed: frozenset[str] = frozenset()
    failed: dict[str, int] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)


AGENT = frozenset({"masquerade-chain-missing", "masquerade-not-last", "masquerade-default-list"})
ROUTES = frozenset(
    {"connected-route-missing", "default-route-ambiguous", "imds-route-missing", "wireserver-route-missing"}
)
BINARIES = frozenset(
    {"azure-vnet-binary-missing", "binary-not-executable", "binary-world-writable", "binary-owner-not-root"}
)

CASES: tuple[tuple[str, Case], ...] = (
    # The whole nat table of a node-subnet node; its addresses stand nowhere, so the mode must be said.
    ("01", Case(("iptables",), passed=frozenset({"masquerade-unconditional"}))),
    (
        "01",
        Case(
            ("iptables",),
            "node-subnet",
            AGENT | {"kube-postrouting-missing", "masquerade-chain-unreferenced"},
            facts={"mode": "node-subnet"},
        ),
    ),
    # Bridge mode has no pod routes at all, and that is healthy.
    ("02", Case(("ip-route",), "bridge", frozenset({"bridge-uplink-has-routes", "default-route-ambiguous"}))),
    # The page shows pod routes only: their gateway is reached by no shown route, so nothing may be concluded.
    ("03", Case(("ip-route",))),
    # Two chains of 2020. The rule of dockerd for 172.17.0.0/16 in POSTROUTING is no masquerade of pods.
    (
        "04",
        Case(
            ("iptables",),
            "node-subnet",
            AGENT | {"masquerade-chain-unreferenced"},
            facts={"mode": "node-subnet"},
            params={"vnet_cidrs": "10.220.0.0/16"},
        ),
    ),
    # brctl and route -n are recognised and not read; ip addr is of a pod, whose eth0 is no member of azure0.
    ("06", Case(("brctl", "route", "ip-address"))),
    ("06", Case(("brctl", "route", "ip-address"), "bridge", facts={"mode": "bridge"})),
    # ifconfig alone: no node is made of it.
    ("07", Case(("ifconfig",))),
    # Broken on kubenet and overlay: the list exempts the VNet, whose peers cannot answer a pod address.
    (
        "08",
        Case(
            ("iptables",),
            "kubenet",
            failed={"masquerade-exempts-node-subnet": 1},
            facts={"mode": "kubenet"},
            params={"vnet_cidrs": "10.31.0.0/16"},
        ),
    ),
    (
        "08",
        Case(
            ("iptables",),
            "overlay",
            failed={"masquerade-exempts-node-subnet": 1},
            facts={"mode": "overlay"},
            params={"vnet_cidrs": "10.31.0.0/16"},
        ),
    ),
    # The same list is harmless on node subnet.
    (
        "08",
        Case(("iptables",), "node-subnet", AGENT, facts={"mode": "node-subnet"}, params={"vnet_cidrs": "10.31.0.0/16"}),
    ),
    # A hand-made masquerade rule with conditions, and output that goes on: nothing fails.
    ("09", Case(("iptables",), "node-subnet", facts={"mode": "node-subnet"})),
    # lxc_health tells a self-installed Cilium from that of AKS.
    ("10", Case(("ip-route", "hostname"), "byo-cilium")),
    # The filter table with network policies of NPM: the rules ask about nat, which was not captured.
    ("11", Case(("iptables",))),
    # Binaries of mode 0775 and a configuration of 0664 are healthy.
    ("14", Case(("ls",), "node-subnet", BINARIES, facts={"mode": "node-subnet"})),
    # The names of all four interfaces follow from the pods' names; ip addr and the pods alone tell the mode.
    (
        "15",
        Case(
            ("kubectl", "route", "ip-address", "iptables"),
            "node-subnet",
            frozenset({"pod-interface-without-pod", "pod-without-interface", "pod-interface-down"}),
        ),
    ),
    # `iptables-save | grep masq`: what is seen counts, what is not may have been filtered.
    (
        "16",
        Case(
            ("iptables",),
            "node-subnet",
            frozenset({"masquerade-chain-missing", "masquerade-chain-unreferenced"}),
            facts={"mode": "node-subnet"},
            params={"vnet_cidrs": "10.224.0.0/12"},
        ),
    ),
    (
        "17",
        Case(
            ("iptables",),
            "kubenet",
            frozenset({"masquerade-chain-missing", "masquerade-chain-unreferenced"}),
            facts={"mode": "kubenet"},
            params={"vnet_cidrs": "10.224.0.0/12"},
        ),
    ),
    # Without the nat table or the DaemonSets overlay is not certain; the gateway's /32 is no pod's.
    ("18", Case(("ip-route",), passed=frozenset({"default-route-ambiguous"}))),
    ("18", Case(("ip-route",), "overlay", ROUTES, facts={"mode": "overlay"})),
    # Felix makes the pod routes: scope link and no proto static.
    ("20", Case(("ip-route",), "node-subnet", ROUTES)),
    # The filter table of a healthy node.
    ("22", Case(("iptables",))),
    # An agent that is wanted on no node is healthy. Which namespace was listed is not shown: no absence is certain.
    (
        "23",
        Case(("kubectl",), "cilium", frozenset({"azure-cns-missing", "cilium-missing"})),
    ),
    # Deployments of 2022 under their newer names.
    ("24", Case(("kubectl",), passed=frozenset({"coredns-not-ready", "konnectivity-agent-not-ready"}))),
    # `get pods | grep cns`, with a blank inside RESTARTS: five of six pods are in a crash loop.
    ("25", Case(("kubectl",), failed={"network-pod-not-ready": 5})),
    # busybox prints no proto; the bridge cbr0 is kubenet's.
    ("31", Case(("ip-route", "arp"), "kubenet", ROUTES)),
    # A cluster without any CNI: nodes without a header, then pods.
    ("32", Case(("kubectl", "kubectl"), passed=frozenset({"network-pod-not-ready"}))),
    # A virtual machine of Azure with a virtual function, and no node of Kubernetes.
    ("33", Case(("ip-address", "ip-route"), "not-azure-cni", frozenset({"virtual-function-misattached"}))),
    # FORWARD with policy DROP, which no rule asks about; the two bare ACCEPT hide their interfaces.
    ("36", Case(("iptables",))),
    # One chain of 2019, cut before the duplicates that the issue is about.
    ("37", Case(("iptables",))),
)
IDS = [f"{number} {case.facts.get('mode', 'as it is')}" for number, case in CASES]


def _data(number: str) -> bytes:
    folder = os.environ.get("AZCNILINT_CAPTURES")
    if not folder:
        pytest.skip("AZCNILINT_CAPTURES names no folder")
    return next(Path(folder, "aks").glob(f"{number}-*.txt")).read_bytes()


@pytest.mark.parametrize(("number", "case"), CASES, ids=IDS)
def test_a_capture_gives_what_its_source_says_of_it(number: str, case: Case) -> None:
    """Healthy captures of the field fail nothing, broken ones what they were reported for, fragments nothing."""
    snapshot = load_snapshot_bytes(_data(number), "capture.txt")

    report = az.check(snapshot, rules().configure(case.params) if case.params else rules(), facts=case.facts)

    facts = report.cluster_facts or report.nodes[0].facts
    failed = Counter(finding.rule_id for finding in report.where(az.Outcome.FAIL))
    passed = {finding.rule_id for finding in report.where(az.Outcome.PASS)}
    assert tuple(loaded.capture.kind for loaded in snapshot.captures) == case.kinds
    assert next(fact.value for fact in facts if fact.name == "mode") == case.mode
    assert dict(failed) == case.failed
    assert case.passed - passed == set()


@pytest.mark.parametrize("number", sorted({number for number, _ in CASES}))
def test_every_line_of_a_capture_is_accounted_for(number: str) -> None:
    """Law 1 on text of the field; none of these captures holds a line that we do not understand."""
    reading = read(_data(number))

    lost = [line for line, claims in reading.claims().items() if claims["diagnostic"] or claims["reported"]]
    assert reading.unaccounted() == []
    assert lost == []
