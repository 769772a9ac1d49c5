"""One command line to commands: wrappers, aliases, abbreviations, namespaces, filters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azcnilint.capture import Command, parse_command, parse_commands
from azcnilint.capture.prompts import Announcement, announcement


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ip r", Command(("ip", "r"), "ip-route")),
        ("ip -4 a", Command(("ip", "-4", "a"), "ip-address")),
        ("ip -f inet a", Command(("ip", "-f", "inet", "a"), "ip-address")),
        ("ip address list", Command(("ip", "address", "list"), "ip-address")),
        ("ip addr sh dev eth0", Command(("ip", "addr", "sh", "dev", "eth0"), "ip-address", filtered=True)),
        ("ip l", Command(("ip", "l"), "ip-address")),
        ("ip ru", Command(("ip", "ru"), "ip-rule")),
        ("ip n", Command(("ip", "n"), "ip-neighbour")),
        ("ip neigh show nud all", Command(("ip", "neigh", "show", "nud", "all"), "ip-neighbour")),
        ("ip netns", Command(("ip", "netns"), "ip-netns")),
        ("ip route get 10.0.0.1", Command(("ip", "route", "get", "10.0.0.1"), "ip-route-get")),
        ("ip route add default via 10.0.0.1", Command(("ip", "route", "add", "default", "via", "10.0.0.1"))),
        ("ip r show table all", Command(("ip", "r", "show", "table", "all"), "ip-route")),
        ("/sbin/ip r", Command(("ip", "r"), "ip-route")),
        ("sudo -u root ip r", Command(("ip", "r"), "ip-route")),
        ("time env A=b FOO=1 ip r 2>&1", Command(("ip", "r"), "ip-route")),
        ("ip netns exec cni-1 ip n", Command(("ip", "n"), "ip-neighbour", "cni-1")),
        ("ip -n cni-1 r", Command(("ip", "r"), "ip-route", "cni-1")),
        ("nsenter -t 4711 -n ip a", Command(("ip", "a"), "ip-address", "pid 4711")),
        ("nsenter --target 1 --net ip a", Command(("ip", "a"), "ip-address")),
        ("nsenter -t 4711 -m ip a", Command(("ip", "a"), "ip-address")),
        ("chroot /host ip r", Command(("ip", "r"), "ip-route")),
        ("kubectl exec -n ns pod-a -c x -- ip r", Command(("ip", "r"), "ip-route", "pod pod-a")),
        (
            "kubectl debug node/aks-0 -it --image=busybox -- chroot /host ip r",
            Command(("ip", "r"), "ip-route", None, "aks-0"),
        ),
        ("kubectl exec -it pod-a -- sh", Command(("sh",), None, "pod pod-a")),
        ("crictl exec -it 4f2a ip r", Command(("ip", "r"), "ip-route", "container 4f2a")),
        ("ssh -i key azureuser@aks-0 ip r", Command(("ip", "r"), "ip-route", None, "aks-0")),
        ("bash -c 'ip r | grep azv'", Command(("ip", "r"), "ip-route", filtered=True)),
        ("az aks command invoke -g g -n c --command 'k get ds -A'", Command(("kubectl", "get", "ds", "-A"), "kubectl")),
        ("iptables -t nat -L IP-MASQ-AGENT", Command(("iptables", "-t", "nat", "-L", "IP-MASQ-AGENT"), "iptables")),
        ("iptables -nvL", Command(("iptables", "-nvL"), "iptables")),
        ("ip6tables-legacy-save -c", Command(("ip6tables-legacy-save", "-c"), "iptables")),
        ("xtables-nft-multi iptables -S", Command(("iptables", "-S"), "iptables")),
        ("iptables -A INPUT -j DROP", Command(("iptables", "-A", "INPUT", "-j", "DROP"))),
        ("ll /opt/cni/bin/", Command(("ls", "-alF", "/opt/cni/bin/"), "ls")),
        (
            "k get deploy --all-namespaces -o name",
            Command(("kubectl", "get", "deploy", "--all-namespaces", "-o", "name"), "kubectl"),
        ),
        (
            "kubectl -n kube-system get ds -l a=b",
            Command(("kubectl", "-n", "kube-system", "get", "ds", "-l", "a=b"), "kubectl", filtered=True),
        ),
        ("kubectl describe node x", Command(("kubectl", "describe", "node", "x"), "kubectl-describe")),
        ("ip r | head -3", Command(("ip", "r"), "ip-route", filtered=True)),
        ("ip r | tee /tmp/routes", Command(("ip", "r"), "ip-route")),
        ("route -n", Command(("route", "-n"), "route")),
        ("cat /etc/hosts", Command(("cat", "/etc/hosts"))),
    ],
)
def test_a_command_line_is_read_without_what_wraps_it(line: str, expected: Command) -> None:
    """A wrapper taken for the command would leave the capture unread, or give a pod's routes to the node."""
    assert expected == parse_command(line)


def test_several_commands_of_one_line_are_all_read() -> None:
    """`ip a; ip r && ip n` prints three listings; one command would claim them all."""
    assert (
        Command(("ip", "a"), "ip-address"),
        Command(("ip", "r"), "ip-route"),
        Command(("ip", "n"), "ip-neighbour"),
    ) == parse_commands("ip a; ip r && ip n > /dev/null")


@given(st.text(max_size=200))
def test_any_text_is_a_command_line_or_none(line: str) -> None:
    """Totality: quotes without partners and control characters must not raise."""
    commands = parse_commands(line)

    assert all(command.argv for command in commands)


ROUTES = (Command(("ip", "r"), "ip-route"),)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("root@aks-0:/# ip r", Announcement("prompt", ROUTES, 14, "aks-0")),
        ("[root@x ~]# ip r", Announcement("prompt", ROUTES, 12, "x")),
        ("user@host ~ % ip r", Announcement("prompt", ROUTES, 14, "host")),
        ("node-debugger:/# ip r", Announcement("prompt", ROUTES, 17, "node-debugger")),
        ("sh-4.4# ip r", Announcement("prompt", ROUTES, 8)),
        ("/ # ip r", Announcement("prompt", ROUTES, 4)),
        ("# ip -4 a", Announcement("prompt", (Command(("ip", "-4", "a"), "ip-address"),), 2)),
        ("## ip -f inet a", Announcement("heading", (Command(("ip", "-f", "inet", "a"), "ip-address"),), 3)),
        ("PS C:\\> ip r", Announcement("prompt", ROUTES, 8)),
        ("C:\\Users\\x>ip r", Announcement("prompt", ROUTES, 11)),
        ("$ ip r", Announcement("prompt", ROUTES, 2)),
        ("# ip r", Announcement("prompt", ROUTES, 2)),
        ("> ip r", Announcement("prompt", ROUTES, 2)),
        ("+ ip r", Announcement("prompt", ROUTES, 2)),
        ("$ ip r:", Announcement("prompt", ROUTES, 2)),
        ("user@host:~$ ", Announcement("prompt", (), 13, "host")),
        ("--- ip r ---", Announcement("heading", ROUTES, 4)),
        ("===== ip r =====", Announcement("heading", ROUTES, 6)),
        ("### ip r", Announcement("heading", ROUTES, 4)),
        ("**ip r**", Announcement("heading", ROUTES, 2)),
        ("Command: ip r", Announcement("heading", ROUTES, 9)),
        ("ip r:", Announcement("heading", ROUTES, 0)),
        ("## Node 1", Announcement("heading", (), 9)),
        ("# Generated by iptables-save v1.8.4 on Wed Apr  6 21:40:35 2022", None),
        ("# Warning: iptables-legacy tables present", None),
        ("> default via 10.0.0.1 dev eth0", None),
        ("# date of the outage", None),
        ("kubectl get pods shows the following:", None),
        ("ip-masq-agent runs on each node", None),
        ("10.240.0.0/16 dev eth0 proto kernel scope link", None),
        ("lo: flags=73<UP,LOOPBACK,RUNNING>  mtu 65536", None),
    ],
)
def test_only_lines_that_announce_output_are_announcements(line: str, expected: Announcement | None) -> None:
    """A comment taken for a prompt cuts a capture in two; a prompt taken for output becomes an unreadable record."""
    assert expected == announcement(line)
