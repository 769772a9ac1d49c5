"""What the path of an artifact tells: node, namespace, command."""

from __future__ import annotations

import pytest

from azcnilint.snapshot.layouts import place
from azcnilint.snapshot.owners import Owner, name_owners

HINTS = {
    "ip-r.txt": "ip r",
    "ip_route": "ip route",
    "routes.txt": "ip route",
    "01-ip-route.txt": "ip route",
    "ip_-o_addr": "ip -o addr",
    "ip_route_show_table_all": "ip route show table all",
    "ip_-s_-s_neigh_show": "ip -s -s neigh show",
    "ip-neigh.txt": "ip neigh",
    "neighbors.txt": "ip neighbour",
    "ip--4-r.md": "ip -4 r",
    "ip--d--s-l.md": "ip -d -s l",
    "iptables-save--c.md": "iptables-save -c",
    "iptables-nft-save--c.md": "iptables-nft-save -c",
    "iptables_-t_nat_-nvL": "iptables -t nat -nvL",
    "iptables_-vnxL": "iptables -vnxL",
    "iptables-nat.txt": "iptables -t nat -L",
    "nat.txt": "iptables -t nat -L",
    "iptables-nft_-t_nat_-L_-n_-v_-x_--line-numbers.txt": "iptables-nft -t nat -L -n -v -x --line-numbers",
    "oracle__ip_-j_-6_r_show_table_all.json": "ip -j -6 r show table all",
    "oracle__iptables-nft-save_-t_nat_-c.save": "iptables-nft-save -t nat -c",
    "ip_4_addr.json": "ip -4 -d -j addr show",
    "ip_6_neighbor.json": "ip -6 -d -j neighbor show",
    "ip_r.json.gz": "ip r",
    "kubectl_get_ds_-A.txt": "kubectl get ds -A",
    "kubectl_get_ds_deploy_-n_kube-system.txt": "kubectl get ds,deploy -n kube-system",
    "ls_opt_cni_bin.txt": "ls /opt/cni/bin",
    "ls_-la_opt_cni_bin": "ls -la /opt/cni/bin",
    "cni-bin.txt": "ls /opt/cni/bin",
    "ls_la": "ls",
    "collect/iptables.txt": "iptables -L -vn --line-numbers",
    "cluster-resources/daemonsets/kube-system.json": "kubectl get daemonsets -n kube-system -o json",
    "cluster-resources/nodes.json": "kubectl get nodes -A -o json",
    "iptables.txt": None,
    "transcript.txt": None,
    "pods.txt": None,
    "syslog": None,
    "": None,
}


@pytest.mark.parametrize(("path", "command"), HINTS.items(), ids=HINTS)
def test_file_name_tells_the_command(path: str, command: str | None) -> None:
    """A wrong command would read the file by the wrong grammar, or settle what the capture does not."""
    hint = place(path).hint

    assert (" ".join(hint.argv) if hint else None) == command


NODES = {
    "ip-r.txt": None,
    "aks-np-0/ip-r.txt": "aks-np-0",
    "bundle/aks-np-0/ip-r.txt": "aks-np-0",
    "aks-np-0/output/ip-r.txt": "aks-np-0",
    "case/aks-np-0/mine/ip-r.txt": "aks-np-0",
    "frontend/local/route/ip_r.txt": "frontend",
    "collect/ip_4_addr.json": None,
    "sosreport-host1-4711-2026-01-02-abcdef/sos_commands/networking/ip_-o_addr": "host1",
    "cilium-bugtool-cilium-x7k2p-20260102-030405/cmd/ip-a.md": "cilium-x7k2p",
    "aks-nodepool1-12345678-vmss000000.ip-r.txt": "aks-nodepool1-12345678-vmss000000",
    "aks-np-12_ip_route.txt": "aks-np-12",
    "node1-iptables-nat.txt": "node1",
    "nodes/node-7.tgz!/ip-r.txt": "node-7",
    "cluster-resources/pods/kube-system.json": None,
}


@pytest.mark.parametrize(("path", "node"), NODES.items(), ids=NODES)
def test_folder_or_file_prefix_names_the_node(path: str, node: str | None) -> None:
    """Captures of two nodes in one would contradict each other; of one node in two, each would lack half."""
    assert place(path).node == node


NAMESPACES = {
    "collect/ip_4_addr.json": None,
    "collect/ip_netns_cni-1234/ip_4_route.json": "cni-1234",
    "sos/namespaces/ns1/ip_netns_exec_ns1_ip_-o_addr": "ns1",
    "ip_netns_exec_blue_ip_r.txt": "blue",
    "overlay/local/pod-azv1/route/ip_r.txt": "pod-azv1",
    "pod-subnet-case/aks-0/ip_r.txt": None,
}


@pytest.mark.parametrize(("path", "netns"), NAMESPACES.items(), ids=NAMESPACES)
def test_folder_or_command_names_the_namespace(path: str, netns: str | None) -> None:
    """A pod's routes among those of the host would look like a second default route."""
    assert place(path).netns == netns


HOST, OTHER = Owner(host="aks-0"), Owner(host="aks-1")
OWNERS: dict[str, tuple[list[Owner], str | None, list[str | None]]] = {
    "nothing names it": ([Owner()], None, ["node"]),
    "the bundle names it": ([Owner()], "case-1", ["case-1"]),
    "a prompt names its neighbours": ([HOST, Owner(), Owner(netns="pod x")], "case-1", ["aks-0", "aks-0", "aks-0"]),
    "two prompts name their own": ([HOST, OTHER, Owner()], "case-1", ["aks-0", "aks-1", "case-1"]),
    "a node folder wins over prompts": ([Owner("aks-9", "jumpbox"), Owner("aks-9")], None, ["aks-9", "aks-9"]),
    "a prompt wins over another folder": ([Owner("mine", "aks-0"), Owner("mine")], None, ["aks-0", "aks-0"]),
    "two folders of one host stay apart": ([Owner("day1", "aks-0"), Owner("day2", "aks-0")], None, ["day1", "day2"]),
    "a pod's prompt names no node": ([Owner(host="pod-1", netns="pod pod-1"), Owner()], None, ["node", "node"]),
    "the cluster's belong to none": ([Owner(cluster=True), Owner("aks-0")], None, [None, "aks-0"]),
}


@pytest.mark.parametrize(("owners", "bundle", "names"), OWNERS.values(), ids=OWNERS)
def test_node_is_named_by_folder_prompt_or_bundle(
    owners: list[Owner], bundle: str | None, names: list[str | None]
) -> None:
    """The same rule for all captures of a folder, so that those without a prompt join those with one."""
    named = name_owners(owners, bundle)

    assert [named[owner] for owner in owners] == names
