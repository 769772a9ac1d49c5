"""Inputs of the benchmarks, as the tools print them, of any size: the same words for the same size, on every machine.

Columns are those of iptables 1.8.9 (iptables/xshared.c), iproute2 6.1 and kubectl's table printer. A rule set is what
kube-proxy writes for services with endpoints, so chains and comments have the lengths that they have on a node.
"""

from __future__ import annotations

import io
import random
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address

SEED = 20211215
NODE = "aks-nodepool1-31524079-vmss000000"
_NODE_ADDRESS = "10.224.0.4"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_COLUMN_HEAD = (
    " pkts bytes target     prot opt in     out     source               destination         "  # print_header
)
_JUMP_COMMENT = (
    '"ip-masq-agent: ensure nat POSTROUTING directs all non-LOCAL destination traffic'
    ' to our custom IP-MASQ-AGENT chain"'
)
_LOCAL = "ip-masq-agent: local traffic is not subject to MASQUERADE"
_LAST = "ip-masq-agent: outbound traffic is subject to MASQUERADE (must be last in chain)"
_NODE_PORTS = "kubernetes service nodeports; NOTE: this must be the last rule in this chain"
_BUILT_IN = ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its columns, and its matches and target options as `-L` and as save print them."""

    target: str
    listed: str = ""
    saved: str = ""
    protocol: str = ""
    source: str = ""
    destination: str = ""


def _comment(text: str) -> tuple[str, str]:
    """Give a comment as `-L` and as save print it."""
    quoted = '"' + text.replace('"', '\\"') + '"'
    return f" /* {text} */", f"-m comment --comment {quoted}"


def nat_chains(rules: int) -> dict[str, list[Rule]]:
    """Give the nat table of a node with at least `rules` rules, fewer than 20 more: a service has eight."""
    chains: dict[str, list[Rule]] = {name: [] for name in _BUILT_IN}
    chains |= {name: [] for name in ("IP-MASQ-AGENT", "KUBE-MARK-MASQ", "KUBE-NODEPORTS", "KUBE-POSTROUTING")}
    _agent(chains)
    source = random.Random(SEED)  # noqa: S311 - names and addresses of an example
    entry = chains["KUBE-SERVICES"] = []
    for index in range(max(0, -(-(rules - 14) // 8))):
        _service(chains, entry, index, source)
    entry.append(Rule("KUBE-NODEPORTS", *_both(_comment(_NODE_PORTS), "ADDRTYPE match dst-type LOCAL", _TO_LOCAL)))
    return chains


_TO_LOCAL = "-m addrtype --dst-type LOCAL"


def _both(comment: tuple[str, str], listed: str, saved: str) -> tuple[str, str]:
    return f"{comment[0]} {listed}", f"{comment[1]} {saved}"


def _agent(chains: dict[str, list[Rule]]) -> None:
    for chain in ("PREROUTING", "OUTPUT"):
        chains[chain].append(Rule("KUBE-SERVICES", *_comment("kubernetes service portals")))
    chains["POSTROUTING"] += [
        Rule("KUBE-POSTROUTING", *_comment("kubernetes postrouting rules")),
        Rule(
            "IP-MASQ-AGENT",
            *_both(_comment(_JUMP_COMMENT), "ADDRTYPE match dst-type !LOCAL", "-m addrtype ! --dst-type LOCAL"),
        ),
    ]
    chains["IP-MASQ-AGENT"] += [Rule("RETURN", *_comment(_LOCAL), destination=to) for to in ("10.244.0.0/16",)]
    chains["IP-MASQ-AGENT"].append(Rule("MASQUERADE", *_comment(_LAST)))
    chains["KUBE-MARK-MASQ"].append(Rule("MARK", " MARK or 0x4000", "--set-xmark 0x4000/0x4000"))
    chains["KUBE-POSTROUTING"] += [
        Rule("RETURN", " mark match ! 0x4000/0x4000", "-m mark ! --mark 0x4000/0x4000"),
        Rule("MARK", " MARK xor 0x4000", "--set-xmark 0x4000/0x0"),
        Rule(
            "MASQUERADE",
            " /* kubernetes service traffic requiring SNAT */ random-fully",
            '-m comment --comment "kubernetes service traffic requiring SNAT" --random-fully',
        ),
    ]


def _service(chains: dict[str, list[Rule]], entry: list[Rule], index: int, source: random.Random) -> None:
    """Add a service of two endpoints: its entry, its chain of three rules, and two endpoints of two rules."""
    name, port = f"team-{index % 40}/service-{index}:http", 8000 + index % 1000
    address = str(IPv4Address("10.0.0.0") + 10 + index)
    chain = "KUBE-SVC-" + "".join(source.choices(_LETTERS, k=16))
    dport = _both(_comment(f"{name} cluster IP"), f"tcp dpt:{port}", f"-m tcp --dport {port}")
    entry.append(Rule(chain, *dport, protocol="tcp", destination=address))
    rules = chains[chain] = [
        Rule("KUBE-MARK-MASQ", *dport, protocol="tcp", source="!10.244.0.0/16", destination=address)
    ]
    for endpoint in range(2):
        pod = str(IPv4Address("10.244.0.0") + 10 + (index * 2 + endpoint) % 60000)
        sep = "KUBE-SEP-" + "".join(source.choices(_LETTERS, k=16))
        to = _comment(f"{name} -> {pod}:{port}")
        once = _both(to, "statistic mode random probability 0.50000000000", _HALF) if endpoint == 0 else to
        rules.append(Rule(sep, *once))
        chains[sep] = [
            Rule("KUBE-MARK-MASQ", *_comment(name), source=pod),
            Rule(
                "DNAT",
                *_both(_comment(name), f"tcp to:{pod}:{port}", f"-m tcp --to-destination {pod}:{port}"),
                protocol="tcp",
            ),
        ]


_HALF = "-m statistic --mode random --probability 0.50000000000"
_NUMBER = {"": "0", "tcp": "6"}


def iptables_list(rules: int) -> str:
    """Give `iptables -t nat -L -n -v` of at least `rules` rules."""
    chains = nat_chains(rules)
    references = _references(chains)
    blocks = []
    for name, members in chains.items():
        about = "policy ACCEPT 0 packets, 0 bytes" if name in _BUILT_IN else f"{references[name]} references"
        blocks.append("\n".join([f"Chain {name} ({about})", _COLUMN_HEAD, *map(_listed, members)]))
    return "\n\n".join(blocks) + "\n"


def _references(chains: dict[str, list[Rule]]) -> dict[str, int]:
    found = dict.fromkeys(chains, 0)
    for rule in (rule for members in chains.values() for rule in members):
        if rule.target in found:
            found[rule.target] += 1
    return found


def _listed(rule: Rule) -> str:
    """Print as print_rule_details, print_ifaces and print_ipv4_addresses of xshared.c do."""
    negated = rule.source[:1] if rule.source.startswith("!") else " "
    source = rule.source.removeprefix("!") or "0.0.0.0/0"
    where = f"{'*':<6} {'*':<6} {negated}{source:<19}  {rule.destination or '0.0.0.0/0':<19} "
    return f"    0     0 {rule.target:<9}  {_NUMBER[rule.protocol]:<4} --  {where}{rule.listed}"


def iptables_save(rules: int) -> str:
    """Give `iptables-save -t nat` of the same rules as `iptables_list`."""
    chains = nat_chains(rules)
    heads = [f":{name} {'ACCEPT' if name in _BUILT_IN else '-'} [0:0]" for name in chains]
    lines = [_saved(name, rule) for name, members in chains.items() for rule in members]
    head = "# Generated by iptables-save v1.8.9 on Wed Dec 15 16:13:00 2021"
    return "\n".join([head, "*nat", *heads, *lines, "COMMIT", _COMPLETED, ""])


_COMPLETED = "# Completed on Wed Dec 15 16:13:00 2021"


def _saved(chain: str, rule: Rule) -> str:
    words = [f"-A {chain}"]
    words += [_address("-s", rule.source)] if rule.source else []
    words += [_address("-d", rule.destination)] if rule.destination else []
    words += [f"-p {rule.protocol}"] if rule.protocol else []
    matches, _, options = rule.saved.partition(" --to-destination ")
    if rule.target == "MARK":
        head, _, options = rule.saved.rpartition("--set-xmark")
        return " ".join([*words, *([head.strip()] if head.strip() else []), f"-j MARK --set-xmark{options}"])
    if matches.endswith(" --random-fully"):
        return " ".join([*words, matches.removesuffix(" --random-fully"), f"-j {rule.target} --random-fully"])
    words += [matches] if matches else []
    words.append(f"-j {rule.target}" + (f" --to-destination {options}" if options else ""))
    return " ".join(words)


def _address(option: str, printed: str) -> str:
    bare = printed.removeprefix("!")
    return ("! " if bare != printed else "") + f"{option} {bare if '/' in bare else bare + '/32'}"


@dataclass(frozen=True, slots=True)
class Pod:
    """One pod on the node: its host interface is azv and eleven digits, as azure-vnet names it."""

    index: int

    @property
    def address(self) -> str:
        """Its address in the overlay range."""
        return str(IPv4Address("10.244.0.0") + 10 + self.index)

    @property
    def interface(self) -> str:
        """The host end of its veth pair."""
        return f"azv{self.index * 2654435761 % 16**11:011x}"

    @property
    def mac(self) -> str:
        """The hardware address of its eth0."""
        return f"5a:1e:0c:{self.index >> 16 & 255:02x}:{self.index >> 8 & 255:02x}:{self.index & 255:02x}"

    @property
    def name(self) -> str:
        """Its name, as a Deployment gives it."""
        return f"web-{self.index % 97}-5c68f7d9b-{self.index:05x}"


def pods(count: int) -> tuple[Pod, ...]:
    """Give the pods of a node."""
    return tuple(Pod(index) for index in range(count))


def ip_route(count: int) -> str:
    """Give `ip route` of a node with `count` pods on azure-vnet in transparent mode."""
    head = [
        f"default via 10.224.0.1 dev eth0 proto dhcp src {_NODE_ADDRESS} metric 100 ",
        f"10.224.0.0/16 dev eth0 proto kernel scope link src {_NODE_ADDRESS} metric 100 ",
    ]
    tail = [f"168.63.129.16 via 10.224.0.1 dev eth0 proto dhcp src {_NODE_ADDRESS} metric 100 "]
    return "\n".join([*head, *(f"{pod.address} dev {pod.interface} proto static " for pod in pods(count)), *tail, ""])


def ip_address(count: int) -> str:
    """Give `ip address` of a node with `count` pods."""
    return "".join([_LOOPBACK, _UPLINK, *(_link(pod) for pod in pods(count))])


_FOREVER = "       valid_lft forever preferred_lft forever\n"
_LOOPBACK = (
    "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000\n"
    "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n"
    "    inet 127.0.0.1/8 scope host lo\n" + _FOREVER + "    inet6 ::1/128 scope host \n" + _FOREVER
)
_UPLINK = (
    "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000\n"
    "    link/ether 00:22:48:4f:1a:2b brd ff:ff:ff:ff:ff:ff\n"
    f"    inet {_NODE_ADDRESS}/16 metric 100 brd 10.224.255.255 scope global eth0\n" + _FOREVER
)


def _link(pod: Pod) -> str:
    return (
        f"{pod.index + 3}: {pod.interface}@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP "
        "group default qlen 1000\n"
        "    link/ether aa:aa:aa:aa:aa:aa brd ff:ff:ff:ff:ff:ff "
        f"link-netns cni-{pod.index:08x}-5d1c-4b7e-a3f0-6e2b9c8d7f10\n"
        "    inet6 fe80::a8aa:aaff:feaa:aaaa/64 scope link \n" + _FOREVER
    )


def ip_neighbour(count: int) -> str:
    """Give `ip neighbour` of a node with `count` pods and its gateway."""
    gateway = "10.224.0.1 dev eth0 lladdr 12:34:56:78:9a:bc REACHABLE \n"
    return gateway + "".join(f"{pod.address} dev {pod.interface} lladdr {pod.mac} STALE \n" for pod in pods(count))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Print as kubectl's tabwriter does: three blanks between columns, none behind the last."""
    lines = [head, *rows]
    widths = [max(len(line[at]) for line in lines) for at in range(len(head) - 1)]
    return "".join(
        "".join(f"{cell:<{width + 3}}" for cell, width in zip(line, widths, strict=False)) + line[-1] + "\n"
        for line in lines
    )


def kubectl_daemonsets(count: int) -> str:
    """Give `kubectl get ds -A`."""
    columns = ["NAMESPACE", "NAME", "DESIRED", "CURRENT", "READY", "UP-TO-DATE", "AVAILABLE", "NODE SELECTOR", "AGE"]
    rows = [["kube-system", f"agent-{at}", "3", "3", "3", "3", "3", "<none>", "41d"] for at in range(count)]
    return _table(columns, rows)


def kubectl_deployments(count: int) -> str:
    """Give `kubectl get deploy -A`."""
    head = ["NAMESPACE", "NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]
    return _table(head, [[f"team-{at % 40}", f"service-{at}", "2/2", "2", "2", "41d"] for at in range(count)])


def kubectl_pods(count: int) -> str:
    """Give `kubectl get pods -A -o wide` of the node's pods."""
    head = ["NAMESPACE", "NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE", "NOMINATED NODE"]
    rows = [
        [f"team-{pod.index % 40}", pod.name, "1/1", "Running", "0", "9d", pod.address, NODE, "<none>", "<none>"]
        for pod in pods(count)
    ]
    return _table([*head, "READINESS GATES"], rows)


def ls_cni_bin() -> str:
    """Give `ls -la /opt/cni/bin`."""
    names = ("azure-vnet", "azure-vnet-ipam", "bridge", "dhcp", "host-local", "ipvlan", "loopback", "portmap", "tuning")
    lines = [f"-rwxr-xr-x 1 root root {46706110:>8} Dec 15 16:13 {name}" for name in names]
    folders = [f"drwxr-xr-x {links} root root     4096 Dec 15 16:13 {name}" for links, name in ((2, "."), (3, ".."))]
    return "\n".join(["total 412140", *folders, *lines, ""])


def node_bundle(pod_count: int, rules: int) -> bytes:
    """Give a bundle (.tar.gz) of one node and its cluster: seven captures of the node, three of the cluster."""
    files = {
        f"bundle/{NODE}/iptables-nat.txt": iptables_list(rules),
        f"bundle/{NODE}/ip-route.txt": ip_route(pod_count),
        f"bundle/{NODE}/ip-address.txt": ip_address(pod_count),
        f"bundle/{NODE}/ip-neighbour.txt": ip_neighbour(pod_count),
        f"bundle/{NODE}/ls-opt-cni-bin.txt": ls_cni_bin(),
        "bundle/cluster/kubectl-get-ds.txt": kubectl_daemonsets(60),
        "bundle/cluster/kubectl-get-deploy.txt": kubectl_deployments(500),
        "bundle/cluster/kubectl-get-pods.txt": kubectl_pods(pod_count),
    }
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as archive:
        for member, content in _members(files):
            archive.addfile(member, io.BytesIO(content))
    return written.getvalue()


def _members(files: dict[str, str]) -> Iterator[tuple[tarfile.TarInfo, bytes]]:
    for name, text in files.items():
        content = text.encode()
        member = tarfile.TarInfo(name)
        member.size = len(content)
        yield member, content
