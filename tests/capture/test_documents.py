"""Pages of slides and public captures: prose, titles and drawings around listings, and listings without prompts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from azcnilint.capture import split_captures
from azcnilint.text import decode
from tests.capture.views import Seen, View, lines_of, seen

HOST = "aks-default-40839087-vmss000000"
PROMPT = f"root@{HOST}:/# "


def test_wrapped_records_of_a_slide_stay_and_captions_go() -> None:
    """PDF text breaks long lines and puts captions and drawings behind the listing."""
    body = (
        "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default",
        "qlen 1000",
        "link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00",
        "4: azvbdb1c4944b1@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue",
        "state UP group default qlen 1000",
        "link/ether ea:18:de:a3:29:10 brd ff:ff:ff:ff:ff:ff link-netnsid 0",
        "[snip]",
    )
    before = ("39. ホスト名前空間のインタフェイス", "インタフェイスとリンク")
    after = (
        "ネットワーク名前空間ID: 0とリン",
        "クしている",
        "47. eth0",
        "10.240.0.4/16",
        "azvbdb1c4944b1@if3",
        "Network namespace: cni-e55890ee-",
        "8a42-f19d-ec95-da325db177c8 (id: 0)",
        "Pod",
    )
    text = "\n".join((*before, PROMPT + "ip -f link a", *body, *after))

    found = seen(text)

    prose = [
        *(("caption", line) for line in before),
        ("prompt", PROMPT + "ip -f link a"),
        *(("caption", line) for line in after),
    ]
    view = View("ip-address", body, "ip -f link a", "snipped", host=HOST, noise=("snip",), gaps=1)
    assert found == Seen((view,), tuple(prose))


def test_wrapped_comments_of_a_slide_stay_in_the_listing() -> None:
    """The second half of a comment has no mark of iptables but its end."""
    body = (
        "Chain IP-MASQ-AGENT (1 references)",
        "target prot opt source destination",
        "RETURN all -- anywhere 10.0.0.0/8 /* ip-masq-agent: local traffic",
        "is not subject to MASQUERADE */",
        "MASQUERADE all -- anywhere anywhere /* ip-masq-agent: outbound",
        "traffic is subject to MASQUERADE (must be last in chain) */",
    )
    text = "\n".join((PROMPT + "iptables -t nat -L IP-MASQ-AGENT", *body, "37. ホスト名前空間のIPアドレス", "IPv4"))

    found = seen(text)

    assert found == Seen(
        (View("iptables", body, "iptables -t nat -L IP-MASQ-AGENT", host=HOST),),
        (
            ("prompt", PROMPT + "iptables -t nat -L IP-MASQ-AGENT"),
            ("caption", "37. ホスト名前空間のIPアドレス"),
            ("caption", "IPv4"),
        ),
    )


def test_labels_and_links_behind_names_are_captions() -> None:
    """Explanations of workloads stand right behind `kubectl get -o name`."""
    names = ("daemonset.apps/azure-npm", "daemonset.apps/kube-proxy")
    prose = (
        "[azure-npm]",
        "ネットワークポリシを実現する(ポリシエンジ",
        "[Source Code]",
        "azure-npm https://github.com/Azure/x",
    )

    found = seen("\n".join(("% k get ds --all-namespaces -o name", *names, *prose)))

    assert found == Seen(
        (View("kubectl", names, "kubectl get ds --all-namespaces -o name"),),
        (("prompt", "% k get ds --all-namespaces -o name"), *(("caption", line) for line in prose)),
    )


def shared() -> Path:
    """Give the captures folder; skips the test where there is none."""
    folder = os.environ.get("AZCNILINT_CAPTURES")
    if not folder:
        pytest.skip("AZCNILINT_CAPTURES is not set")
    return Path(folder)


PUBLIC = {
    "01": [("iptables", 1, 411, "complete")],
    "02": [("ip-route", 1, 3, "complete")],
    "03": [("ip-route", 1, 9, "excerpt")],
    "04": [("iptables", 1, 12, "complete")],
    "06": [("brctl", 1, 8, "complete"), ("route", 9, 13, "complete"), ("ip-address", 14, 21, "complete")],
    "07": [("ifconfig", 1, 40, "complete")],
    "08": [("iptables", 1, 4, "complete")],
    "09": [("iptables", 1, 26, "complete")],
    "10": [("ip-route", 1, 11, "complete"), ("hostname", 12, 12, "complete")],
    "11": [("iptables", 1, 17, "complete")],
    "14": [("ls", 1, 24, "complete")],
    "15": [
        ("kubectl", 1, 20, "complete"),
        ("route", 22, 32, "complete"),
        ("ip-address", 34, 64, "complete"),
        ("iptables", 66, 100, "complete"),
    ],
    "16": [("iptables", 1, 5, "excerpt")],
    "17": [("iptables", 1, 3, "excerpt")],
    "18": [("ip-route", 1, 7, "complete")],
    "20": [("ip-route", 1, 7, "complete")],
    "22": [("iptables", 1, 49, "complete")],
    "23": [("kubectl", 1, 21, "complete")],
    "24": [("kubectl", 1, 10, "complete")],
    "25": [("kubectl", 1, 6, "head-cut")],
    "31": [("ip-route", 1, 6, "complete"), ("arp", 7, 10, "complete")],
    "32": [("kubectl", 1, 2, "head-cut"), ("kubectl", 3, 17, "complete")],
    "33": [("ip-address", 1, 15, "complete"), ("ip-route", 16, 20, "complete")],
    "36": [("iptables", 1, 10, "complete")],
    "37": [("iptables", 1, 5, "complete")],
}


@pytest.mark.shared
def test_public_captures_are_cut_by_content() -> None:
    """None of these files has a prompt; each was cut by hand once."""
    found = {}

    for path in sorted((shared() / "aks").glob("*.txt")):
        captures = split_captures(decode(path.name, path.read_bytes())).captures
        found[path.name[:2]] = [(c.kind, *lines_of(c.source, c), c.completeness.value) for c in captures]

    assert found == PUBLIC


@pytest.mark.shared
def test_the_slides_give_eight_captures_and_no_diagnostic() -> None:
    """The node that the project started from: each listing whole, each caption noise."""
    envelope = split_captures(decode("slides", (shared() / "slides-2021.txt").read_bytes()))

    found = [(c.kind, *lines_of(c.source, c), c.completeness.value) for c in envelope.captures]

    assert envelope.diagnostics == ()
    assert found == [
        ("ls", 13, 27, "snipped"),
        ("kubectl", 31, 42, "complete"),
        ("kubectl", 50, 55, "complete"),
        ("iptables", 76, 85, "complete"),
        ("ip-address", 89, 96, "complete"),
        ("ip-address", 101, 110, "snipped"),
        ("ip-route", 115, 129, "snipped"),
        ("ip-neighbour", 158, 169, "snipped"),
    ]


@pytest.mark.shared
def test_transcripts_of_the_lab_are_cut_at_their_prompts() -> None:
    """Five nodes, one paste each, of the same eight commands."""
    kinds = ["ip-address", "ip-address", "ip-route", "ip-neighbour", "ip-address", "iptables", "iptables", None]
    found = {}

    for path in sorted((shared() / "lab" / "nodes").glob("*/transcript.txt")):
        captures = split_captures(decode(path.parent.name, path.read_bytes())).captures
        found[path.parent.name] = [(c.kind, c.completeness.value) for c in captures]

    modes = ("bridge", "cilium", "dual-stack", "node-subnet", "overlay")
    assert found == {mode: [(kind, "complete") for kind in kinds] for mode in modes}
