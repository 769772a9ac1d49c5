"""What the pages of docs/commands show of each kind: its line grammars, and one small output of each variant."""

from __future__ import annotations

from collections.abc import Mapping

from azcnilint.parsers import iptables, iptables_save, kubectl, ls
from azcnilint.parsers.ip_address_grammar import GRAMMAR as IP_ADDRESS
from azcnilint.parsers.ip_neighbour import GRAMMAR as IP_NEIGHBOUR
from azcnilint.parsers.ip_route_grammar import GRAMMAR as IP_ROUTE
from azcnilint.parsers.lines import LineGrammar

TITLES: Mapping[str, str] = {
    "ip-address": "`ip address` and `ip link`",
    "ip-route": "`ip route`",
    "ip-neighbour": "`ip neighbour`",
    "iptables": "`iptables` and `iptables-save`",
    "ls": "`ls`",
    "kubectl": "`kubectl get`",
}
GRAMMARS: Mapping[str, Mapping[str, LineGrammar]] = {
    "ip-address": {"Lines": IP_ADDRESS},
    "ip-route": {"Lines": IP_ROUTE},
    "ip-neighbour": {"Lines": IP_NEIGHBOUR},
    "iptables": {
        "`-L -v --line-numbers` (without these the columns `num`, `packets bytes` and `in out` are not there)": (
            iptables.grammar(iptables._LAYOUTS[:1])
        ),
        "`-S` and iptables-save (the options of a rule are words, read by their names)": iptables_save.GRAMMAR,
    },
    "ls": {"With `-l`": ls.LONG, "Without `-l` (`names` are cut at their columns afterwards)": ls.PLAIN},
    "kubectl": {"Tables and `-o name` (cells are cut at the columns of the header)": kubectl.GRAMMAR},
}

_LINK = """\
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000
    link/ether 00:0d:3a:ce:6f:5a brd ff:ff:ff:ff:ff:ff
"""
_INET = """\
    inet 10.240.0.4/16 brd 10.240.255.255 scope global eth0
       valid_lft forever preferred_lft forever
"""
_INET6 = """\
    inet6 fe80::20d:3aff:fece:6f5a/64 scope link
       valid_lft forever preferred_lft forever
"""
_CONNECTED = "10.240.0.0/16 dev eth0 proto kernel scope link src 10.240.0.4 \n"
_CHAIN = "Chain POSTROUTING (policy ACCEPT)\n"
_HEAD = "target     prot opt source               destination\n"
_RULE = "MASQUERADE  all  --  10.244.0.0/16        0.0.0.0/0\n"
VARIANTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "ip-address": (
        ("ip address", _LINK + _INET + _INET6),
        ("ip -d address", _LINK.replace("ff:ff:ff\n", "ff:ff:ff promiscuity 0 minmtu 68 maxmtu 9000 \n") + _INET),
        ("ip -4 address", _LINK.splitlines()[0] + "\n" + _INET),
        ("ip -6 address", "2: eth0: <UP,LOWER_UP> mtu 1500 state UP qlen 1000\n" + _INET6),
        ("ip link", _LINK.replace("state UP", "state UP mode DEFAULT")),
        (
            "ip -o address",
            "2: eth0    inet 10.240.0.4/16 scope global eth0\\       valid_lft forever preferred_lft forever\n",
        ),
        ("ip -br address", "eth0             UP             10.240.0.4/16 \n"),
        ("ip -br link", "eth0             UP             00:0d:3a:ce:6f:5a <BROADCAST,MULTICAST,UP,LOWER_UP> \n"),
        ("ip -j address", '[{"ifindex":2,"ifname":"eth0","flags":["UP"],"mtu":1500,"addr_info":[]}]\n'),
    ),
    "ip-route": (
        ("ip route", "default via 10.240.0.1 dev eth0 proto dhcp metric 100 \n" + _CONNECTED),
        ("ip route show dev eth0", "default via 10.240.0.1 proto dhcp metric 100 \n"),
        ("ip route show proto static", "10.240.0.6 dev azv1 \n"),
        ("ip route show table all", "local 10.240.0.4 dev eth0 table local proto kernel scope host src 10.240.0.4 \n"),
        ("ip route get 10.240.0.6", "10.240.0.6 dev azv1 src 10.240.0.4 uid 0 \n    cache \n"),
        ("ip -j route", '[{"dst":"default","gateway":"10.240.0.1","dev":"eth0","protocol":"dhcp","flags":[]}]\n'),
        ("ip route | grep azv", "10.240.0.6 dev azv1 proto static \n"),
    ),
    "ip-neighbour": (
        ("ip neighbour", "10.240.0.1 dev eth0 lladdr 12:34:56:78:9a:bc REACHABLE \n"),
        ("ip -4 neighbour", "10.240.0.1 dev eth0 lladdr 12:34:56:78:9a:bc REACHABLE \n"),
        ("ip -s neighbour", "10.240.0.1 dev eth0 lladdr 12:34:56:78:9a:bc ref 1 used 5/0/5 probes 1 REACHABLE \n"),
        ("ip neighbour show dev eth0", "10.240.0.1 lladdr 12:34:56:78:9a:bc REACHABLE \n"),
        ("ip -br neighbour", "10.240.0.1                              eth0             12:34:56:78:9a:bc \n"),
        ("ip neighbour show nud reachable", "10.240.0.1 dev eth0 lladdr 12:34:56:78:9a:bc REACHABLE \n"),
        ("ip -j neighbour", '[{"dst":"10.240.0.1","dev":"eth0","lladdr":"12:34:56:78:9a:bc","state":["REACHABLE"]}]\n'),
    ),
    "iptables": (
        ("iptables -t nat -L POSTROUTING -n", _CHAIN + _HEAD + _RULE),
        (
            "iptables -t nat -L POSTROUTING -n -v",
            (
                "Chain POSTROUTING (policy ACCEPT 5 packets, 300 bytes)\n"
                " pkts bytes target     prot opt in     out     source               destination\n"
                "    7   420 MASQUERADE  all  --  *      eth0    10.244.0.0/16        0.0.0.0/0\n"
            ),
        ),
        ("iptables -t nat -S POSTROUTING", "-P POSTROUTING ACCEPT\n-A POSTROUTING -s 10.244.0.0/16 -j MASQUERADE\n"),
        (
            "iptables-save -t nat -c",
            "*nat\n:POSTROUTING ACCEPT [5:300]\n[7:420] -A POSTROUTING -s 10.244.0.0/16 -j MASQUERADE\nCOMMIT\n",
        ),
    ),
    "ls": (
        ("ls -la /opt/cni/bin", "total 4\n-rwxr-xr-x 1 root root 2000 Mar  9  2022 bridge\n"),
        ("ls -lh /opt/cni/bin", "total 4.0K\n-rwxr-xr-x 1 root root 2.0K Mar  9  2022 bridge\n"),
        ("ls -lg /opt/cni/bin", "total 4\n-rwxr-xr-x 1 root 2000 Mar  9  2022 bridge\n"),
        ("ls /opt/cni/bin", "bridge\nhost-local\n"),
        ("ls -F /opt/cni/bin", "bridge*\nhost-local*\n"),
        ("ls -ld /opt/cni/bin", "drwxr-xr-x 2 root root 4096 Mar  9  2022 /opt/cni/bin\n"),
    ),
    "kubectl": (
        (
            "kubectl get ds -n kube-system",
            (
                "NAME         DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR   AGE\n"
                "azure-cns    3         3         3       3            3           <none>          42d\n"
            ),
        ),
        (
            "kubectl get deploy -A",
            (
                "NAMESPACE     NAME      READY   UP-TO-DATE   AVAILABLE   AGE\n"
                "kube-system   coredns   2/2     2            2           42d\n"
            ),
        ),
        (
            "kubectl get pods -n default",
            "NAME   READY   STATUS    RESTARTS   AGE\nweb    1/1     Running   0          5h\n",
        ),
        (
            "kubectl get nodes",
            "NAME    STATUS   ROLES    AGE   VERSION\naks-0   Ready    <none>   42d   v1.30.10\n",
        ),
        ("kubectl get ds,deploy -o name", "daemonset.apps/azure-cns\ndeployment.apps/coredns\n"),
    ),
}
"""Command and output; the tables of what is hidden are made by reading them."""
