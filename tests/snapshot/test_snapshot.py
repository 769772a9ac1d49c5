"""Captures to a snapshot: what is present, what is absent and why, and what merging settles."""

from __future__ import annotations

import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from azcnilint.models import DirectoryListing, LinkTable, NatTable, NeighbourTable, ObjectTable, RouteTable
from azcnilint.snapshot import (
    Absent,
    AbsentReason,
    Evidence,
    Node,
    Present,
    Snapshot,
    load_snapshot,
    load_snapshot_bytes,
    snapshot_of,
)

R4 = """\
default via 10.224.0.1 dev eth0 proto dhcp src 10.224.0.4 metric 100
10.224.0.0/16 dev eth0 proto kernel scope link src 10.224.0.4 metric 100
10.224.0.11 dev azv0aa1 proto static
"""
R6 = "fe80::/64 dev eth0 proto kernel metric 256 pref medium\n"
R4_JSON = """\
[{"dst":"default","gateway":"10.224.0.1","dev":"eth0","protocol":"dhcp","prefsrc":"10.224.0.4","metric":100,"flags":[]},
{"dst":"10.224.0.0/16","dev":"eth0","protocol":"kernel","scope":"link","prefsrc":"10.224.0.4","metric":100,"flags":[]},
{"dst":"10.224.0.11","dev":"azv0aa1","protocol":"static","flags":[]}]
"""
A4 = """\
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000
    inet 10.224.0.4/16 metric 100 brd 10.224.255.255 scope global eth0
       valid_lft forever preferred_lft forever
"""
A6 = """\
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 state UNKNOWN qlen 1000
    inet6 ::1/128 scope host
       valid_lft forever preferred_lft forever
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 state UP qlen 1000
    inet6 fe80::20d:3aff:fe01:203/64 scope link
       valid_lft forever preferred_lft forever
"""
LINK = """\
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP mode DEFAULT group default qlen 1000
    link/ether 00:0d:3a:01:02:03 brd ff:ff:ff:ff:ff:ff
3: azv0aa1@if4: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000
    link/ether aa:aa:aa:aa:aa:aa brd ff:ff:ff:ff:ff:ff link-netnsid 0
"""
NAT = """\
Chain PREROUTING (policy ACCEPT)
target     prot opt source               destination
Chain INPUT (policy ACCEPT)
target     prot opt source               destination
Chain OUTPUT (policy ACCEPT)
target     prot opt source               destination
Chain POSTROUTING (policy ACCEPT)
target     prot opt source               destination
MASQUERADE  all  --  0.0.0.0/0            0.0.0.0/0
"""
SAVE = """\
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A POSTROUTING -o eth0 -j MASQUERADE
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
COMMIT
"""
DS = """\
NAMESPACE     NAME             DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR   AGE
kube-system   kube-proxy       3         3         3       3            3           <none>          9d
"""
LS = """\
total 8
-rwxr-xr-x 1 root root 27844608 Dec 15 16:13 azure-vnet
-rwxr-xr-x 1 root root  3036768 Aug 13  2019 loopback
"""


def only(snapshot: Snapshot) -> Node:
    """Give the one node of a snapshot."""
    (node,) = snapshot.cluster.nodes.values()
    return node


def routes(snapshot: Snapshot) -> RouteTable:
    """Give the routes of the one node, which must be there."""
    match only(snapshot).routes:
        case Present(table, _, _):
            return table
        case Absent() as missing:
            pytest.fail(str(missing))


def links(snapshot: Snapshot) -> LinkTable:
    """Give the links of the one node, which must be there."""
    match only(snapshot).links:
        case Present(table, _, _):
            return table
        case Absent() as missing:
            pytest.fail(str(missing))


def codes(snapshot: Snapshot) -> list[str]:
    """Give the codes of the snapshot's diagnostics."""
    return [diagnostic.code for diagnostic in snapshot.diagnostics]


def test_evidence_matches_by_position() -> None:
    """The documented way to use a snapshot."""
    evidence: Evidence[RouteTable] = only(snapshot_of({"ip r": R4})).routes

    match evidence:
        case Present(table, artifact, complete):
            told = f"{len(table.routes)} routes of {artifact}, complete: {complete}"
        case Absent(kind, reason, command):
            told = f"no {kind} ({reason}); run: {command}"

    assert told == "3 routes of ip r, complete: True"


def test_every_missing_piece_names_the_command_that_supplies_it() -> None:
    """Unknown is told as plainly as failure: what to run."""
    snapshot = snapshot_of({"aks-0/ip r": R4})
    node = only(snapshot)
    missing = (
        node.links,
        node.neighbours,
        node.nat,
        node.filter,
        node.host.nat6,
        node.cni_bin,
        snapshot.cluster.objects,
    )

    assert [each.command for each in missing if isinstance(each, Absent)] == [
        "ip address",
        "ip neighbour",
        "iptables -t nat -L -n -v -x --line-numbers",
        "iptables -L -n -v -x --line-numbers",
        "ip6tables -t nat -L -n -v -x --line-numbers",
        "ls -la /opt/cni/bin",
        "kubectl get ds,deploy,pods,nodes -A -o wide",
    ]
    assert {each.reason for each in missing if isinstance(each, Absent)} == {AbsentReason.NOT_CAPTURED}


ABSENT = {
    "empty file": ({"n/ip-r.txt": ""}, AbsentReason.EMPTY),
    "blank file": ({"n/ip-r.txt": "\n\n"}, AbsentReason.EMPTY),
    "failed": ({"n/ip-r.txt": "bash: ip: command not found\n"}, AbsentReason.COMMAND_FAILED),
    "failed beats empty": (
        {"n/ip-r.txt": "", "n/ip_route": "bash: ip: command not found\n"},
        AbsentReason.COMMAND_FAILED,
    ),
}


@pytest.mark.parametrize(("artifacts", "reason"), ABSENT.values(), ids=ABSENT)
def test_capture_without_output_is_absent_evidence(artifacts: dict[str, str], reason: AbsentReason) -> None:
    """An empty file read as "no routes" would fail every node whose capture failed."""
    match only(snapshot_of({**artifacts, "n/ip-n.txt": "10.0.0.1 dev eth0 FAILED\n"})).routes:
        case Absent(kind, found, command, label):
            assert (kind, found, command) == ("routes", reason, "ip route")
            assert label is not None
        case Present():
            pytest.fail("an empty capture is no evidence")


def test_empty_answer_below_its_command_line_is_evidence() -> None:
    """A namespace without neighbours prints nothing, and the transcript shows that the command ran."""
    snapshot = snapshot_of({"t.txt": "root@aks-0:/# ip n\nroot@aks-0:/# ip r\n" + R4 + "root@aks-0:/# \n"})

    match only(snapshot).neighbours:
        case Present(table, _, complete):
            assert (table.neighbours, complete) == ((), True)
        case Absent() as missing:
            pytest.fail(str(missing))


def test_failed_nat_listing_says_nothing_about_the_filter_table() -> None:
    """`-t nat` asks for one table."""
    node = only(
        snapshot_of({"n/iptables -t nat -L": "iptables: Permission denied (you must be root).\n", "n/ip r": R4})
    )

    assert [each.reason for each in (node.nat, node.filter) if isinstance(each, Absent)] == [
        AbsentReason.COMMAND_FAILED,
        AbsentReason.NOT_CAPTURED,
    ]


def test_both_families_of_routes_unite() -> None:
    """`ip -6 r` alone leaves the IPv4 routes unknown; `ip r` beside it settles them."""
    alone = routes(snapshot_of({"ip -6 r": R6}))
    both = routes(snapshot_of({"ip -6 r": R6, "ip r": R4}))

    assert (alone.complete, both.complete, len(both.routes)) == (False, True, 4)


@pytest.mark.parametrize("twin", [{"ip -j r": R4_JSON}, {"route.txt": R4}, {"paste.txt": "$ ip r\n" + R4 + "$ \n"}])
def test_equal_captures_are_not_doubled(twin: dict[str, str]) -> None:
    """A route that stands twice would be found twice."""
    snapshot = snapshot_of({"ip r": R4, **twin})

    assert (len(routes(snapshot).routes), codes(snapshot)) == (3, [])


def test_duplicates_inside_one_capture_are_kept() -> None:
    """Two equal routes are a finding of their own."""
    table = routes(snapshot_of({"ip r": R4 + "10.224.0.11 dev azv0aa1 proto static\n", "ip -j r": R4_JSON}))

    assert len(table.routes) == 4


def test_captures_that_contradict_each_other_are_told_and_one_is_used() -> None:
    """A mixture of two moments is a state that never was."""
    other = R4.replace("10.224.0.11", "10.224.0.99")

    snapshot = snapshot_of({"ip r": R4, "ip route": other})

    assert len(routes(snapshot).routes) == 3
    (told,) = [each for each in snapshot.diagnostics if each.code == "captures-differ"]
    assert told.message == "captures of the routes of node node differ, and the more complete one is used"
    label = told.labels[0]
    assert snapshot.sources[label.span.artifact].slice(label.span) == "10.224.0.99 dev azv0aa1 proto static"


def test_cut_capture_beside_a_whole_one_adds_nothing_and_takes_nothing() -> None:
    """The whole one decides."""
    snapshot = snapshot_of({"ip r": R4, "ip route": R4.splitlines()[0] + "\n[snip]\n"})

    assert (routes(snapshot).complete, len(routes(snapshot).routes), codes(snapshot)) == (True, 3, [])


def test_address_and_link_captures_settle_each_other() -> None:
    """`ip -4 a` lists only links with an address; `ip link` lists all and shows no address."""
    table = links(snapshot_of({"ip -4 a": A4, "ip -6 a": A6, "ip link": LINK}))

    assert table.complete
    assert [(link.ifname, [str(each.local) for each in link.addresses]) for link in table.links] == [
        ("lo", ["127.0.0.1", "::1"]),
        ("eth0", ["10.224.0.4", "fe80::20d:3aff:fe01:203"]),
        ("azv0aa1", []),
    ]
    assert [link.address for link in table.links] == ["00:00:00:00:00:00", "00:0d:3a:01:02:03", "aa:aa:aa:aa:aa:aa"]
    assert [{"inet", "inet6"} & link.hidden for link in table.links] == [set(), set(), {"inet", "inet6"}]


def test_one_family_of_addresses_leaves_the_links_open() -> None:
    """A link that `ip -4 a` does not list may be there without an address."""
    table = links(snapshot_of({"ip -4 a": A4}))

    assert (table.complete, table.hidden) == (False, frozenset({"links"}))


def test_save_gives_interfaces_that_a_plain_listing_hides() -> None:
    """`-L` without `-v` prints no interface: a rule for one device looks like one for all."""
    node = only(snapshot_of({"iptables -t nat -L -n": NAT, "iptables-save": SAVE}))

    match node.nat, node.filter:
        case Present(nat, _, True), Present(filter_table, _, True):
            rule = nat.chains[-1].rules[0]
            assert (rule.out_interface, rule.hidden & {"out_interface"}) == ("eth0", frozenset())
            assert [chain.name for chain in filter_table.chains] == ["INPUT", "FORWARD", "OUTPUT"]
        case other:
            pytest.fail(str(other))


def test_single_chain_listings_unite_and_stay_incomplete() -> None:
    """Two chains of a table are not the table."""
    chains = {
        f"iptables -t nat -L {name} -n": f"Chain {name} (policy ACCEPT)\ntarget     prot opt source     destination\n"
        for name in ("PREROUTING", "POSTROUTING")
    }

    match only(snapshot_of(chains)).nat:
        case Present(table, _, complete):
            assert ({chain.name for chain in table.chains}, complete) == ({"PREROUTING", "POSTROUTING"}, False)
        case Absent() as missing:
            pytest.fail(str(missing))


def test_two_backends_with_rules_are_told() -> None:
    """iptables-legacy and iptables-nft hold rule sets of their own."""
    fuller = SAVE.replace("COMMIT\n*filter", "-A POSTROUTING -o eth1 -j MASQUERADE\nCOMMIT\n*filter")

    snapshot = snapshot_of({"iptables-legacy-save": SAVE, "iptables-nft-save": fuller})

    match only(snapshot).nat:
        case Present(table, artifact, _):
            assert (artifact, len(table.chains[-1].rules)) == ("iptables-nft-save", 2)
        case Absent() as missing:
            pytest.fail(str(missing))
    assert codes(snapshot).count("captures-differ") == 1


def test_empty_backend_beside_a_full_one_is_no_contradiction() -> None:
    """Reading iptables-legacy creates its empty chains on every node that runs nft."""
    empty = SAVE.replace("-A POSTROUTING -o eth0 -j MASQUERADE\n", "")

    snapshot = snapshot_of({"iptables-legacy-save": empty, "iptables-nft-save": SAVE})

    match only(snapshot).nat:
        case Present(_, artifact, complete):
            assert (artifact, complete) == ("iptables-nft-save", True)
        case Absent() as missing:
            pytest.fail(str(missing))
    assert "captures-differ" not in codes(snapshot)


def objects(snapshot: Snapshot) -> ObjectTable:
    """Give the cluster's objects, which must be there."""
    match snapshot.cluster.objects:
        case Present(table, _, _):
            return table
        case Absent() as missing:
            pytest.fail(str(missing))


def test_kinds_of_objects_unite_with_the_namespaces_they_cover() -> None:
    """A DaemonSet missing from `-n kube-system` is absent there, whatever the pods were listed of."""
    one = "\n".join(line[14:] for line in DS.splitlines()) + "\n"
    pods = "NAMESPACE   NAME   READY   STATUS    RESTARTS   AGE\ndefault     web    1/1     Running   0          9d\n"

    table = objects(snapshot_of({"kubectl get ds -n kube-system": one, "kubectl get pods -A": pods}))

    assert [ds.name for ds in table.daemon_sets] == ["kube-proxy"]
    assert [pod.name for pod in table.pods] == ["web"]
    assert table.settles_namespace("daemon_sets", "kube-system")
    assert not table.settles_namespace("daemon_sets", "default")
    assert table.settles_namespace("pods", "default")
    assert not table.settles_namespace("deployments", "kube-system")


def test_kubectl_belongs_to_the_cluster_whoever_asked() -> None:
    """The prompt of a laptop is no node."""
    snapshot = snapshot_of({"t.txt": "me@laptop:~$ kubectl get ds -A\n" + DS + "me@laptop:~$ \n", "aks-0/ip-r.txt": R4})

    assert list(snapshot.cluster.nodes) == ["aks-0"]
    assert [ds.name for ds in objects(snapshot).daemon_sets] == ["kube-proxy"]


def test_listing_of_another_directory_is_no_listing_of_the_binaries() -> None:
    """`ls /etc/cni/net.d` must not say that every binary is missing."""
    snapshot = snapshot_of(
        {"aks-0/ls -l /etc/cni/net.d": LS.replace("azure-vnet", "10-azure.conflist"), "aks-0/ip r": R4}
    )

    match only(snapshot).cni_bin:
        case Absent(_, reason, _):
            assert reason is AbsentReason.NOT_CAPTURED
        case Present(listing, _, _):
            pytest.fail(str(listing))
    assert [each.reason for each in snapshot.unused] == ["no rule asks about directory /etc/cni/net.d"]


def test_short_and_long_listings_unite() -> None:
    """`ls` names the binaries, `ls -l` says whether they can be run."""
    node = only(snapshot_of({"ls /opt/cni/bin": "azure-vnet\nloopback\n", "ls -l /opt/cni/bin": LS}))

    match node.cni_bin:
        case Present(listing, _, True):
            assert [(entry.name, entry.mode) for entry in listing.entries] == [
                ("azure-vnet", 0o755),
                ("loopback", 0o755),
            ]
        case other:
            pytest.fail(str(other))


def test_pods_namespaces_are_apart_from_the_host() -> None:
    """A pod's default route is not the node's."""
    pod = "default via 169.254.1.1 dev eth0\n169.254.1.1 dev eth0 scope link\n"

    node = only(snapshot_of({"ip r": R4, "ip netns exec cni-1 ip r": pod}))

    assert list(node.namespaces) == ["cni-1"]
    match node.routes, node.namespaces["cni-1"].routes:
        case Present(host, _, _), Present(inner, _, _):
            assert (len(host.routes), len(inner.routes)) == (3, 2)
        case other:
            pytest.fail(str(other))
    match node.namespaces["cni-1"].links:
        case Absent(_, _, command):
            assert command == "ip netns exec cni-1 ip address"
        case Present():
            pytest.fail("nobody captured the links of the pod")


def test_neighbours_of_one_family_leave_the_other_open() -> None:
    """`ip -6 n` shows no IPv4 entry."""
    six = "fe80::1 dev eth0 lladdr 12:34:56:78:9a:bc router STALE\n"

    match only(snapshot_of({"ip -6 n": six})).neighbours:
        case Present(table, _, complete):
            assert (complete, table.incomplete_because) == (False, "ip -6 shows no IPv4 neighbours")
        case Absent() as missing:
            pytest.fail(str(missing))


def test_files_without_captures_are_named_and_not_quoted() -> None:
    """A bundle holds hundreds of logs; a message for each of their lines would bury everything."""
    snapshot = snapshot_of({"aks-0/ip-r.txt": R4, "var/log/app.log": "hello\nworld\n", "aks-0/notes.txt": ""})

    assert [(each.artifact, each.reason) for each in snapshot.unused] == [
        ("aks-0/notes.txt", "empty"),
        ("var/log/app.log", "no output of a known command"),
    ]
    assert (codes(snapshot), list(snapshot.sources)) == ([], ["aks-0/ip-r.txt"])


def test_single_file_without_a_capture_is_quoted() -> None:
    """Law 1: what the user pasted is accounted for line by line."""
    snapshot = load_snapshot_bytes(b"hello\nworld\n")

    assert (codes(snapshot), snapshot.cluster.nodes) == (["unrecognised-lines"], {})


def test_archive_folder_and_bytes_give_the_same_snapshot(tmp_path: Path) -> None:
    """How a bundle is packed says nothing about the node."""
    folder = tmp_path / "case"
    (folder / "aks-0").mkdir(parents=True)
    (folder / "aks-0" / "ip-r.txt").write_text(R4)
    (folder / "aks-0" / "iptables-save.txt").write_text(SAVE)
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.add(folder, "")

    unpacked = load_snapshot(folder)
    (tmp_path / "case.tgz").write_bytes(packed.getvalue())

    assert load_snapshot(tmp_path / "case.tgz").cluster == unpacked.cluster
    assert load_snapshot_bytes(packed.getvalue(), "case.tgz").cluster == unpacked.cluster


def test_evidence_of_all_kinds_is_typed() -> None:
    """Law 2 of the types: a caller that forgets Absent does not pass mypy; this shows the types that it sees."""
    node = only(snapshot_of({"aks-0/ip r": R4}))
    typed: tuple[Evidence[LinkTable], Evidence[NeighbourTable], Evidence[NatTable], Evidence[DirectoryListing]] = (
        node.links,
        node.neighbours,
        node.nat,
        node.cni_bin,
    )

    assert all(isinstance(each, Absent) for each in typed)


@pytest.mark.parametrize(
    ("name", "searched"),
    [("azure-vnet.log", False), ("azure-vnet.log.1", False), ("paste.txt", True), ("ip-r.log", True)],
)
def test_large_logs_are_not_searched_for_captures(name: str, searched: bool) -> None:  # noqa: FBT001 - a parameter
    """A node's logs are a hundred times its captures; what looks like one in them is chance."""
    large = R4 + "10.224.0.12 dev azv0aa2 proto static\n" * 29_000

    snapshot = snapshot_of({f"aks-0/{name}": large, "aks-0/ip-n.txt": "10.224.0.1 dev eth0 FAILED\n"})

    assert (f"aks-0/{name}" in snapshot.sources) is searched
