"""Build the nodes of `state` in network namespaces and capture them: `python -m tests.nodes.build FOLDER`.

Needs root, iproute2, iptables and /dev/net/tun. Every address lives in the namespaces that this module makes and removes;
no packet leaves them. Only kubectl's tables are printed by this module (no API server is at hand), in its column rules.
"""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.nodes.state import AGENT_JUMP, AGENT_LAST, AGENT_RETURN, NODE, Plan, broken, healthy

_TUNSETIFF, _TAP = 0x400454CA, struct.pack("<H", 0x1102)
_DUPLICATE_DETECTION = 2.5
"""Seconds until the kernel is done with duplicate address detection; before that every IPv6 address is tentative."""
_SIZES = {"azure-vnet": 46706110, "azure-vnet-telemetry.config": 184}


def run(*words: str, stdin: str | None = None) -> str:
    """Run a command and give its output; raises CalledProcessError with what it said."""
    return subprocess.run(words, input=stdin, capture_output=True, text=True, check=True).stdout


class Namespace:
    """One network namespace; `host` is where the node's own interfaces live."""

    def __init__(self, name: str) -> None:
        """Create it."""
        self.name = name
        run("ip", "netns", "add", name)

    def ip(self, *words: str) -> str:
        """Run `ip` inside."""
        return run("ip", "-n", self.name, *words)

    def command(self, *words: str, stdin: str | None = None) -> str:
        """Run any command inside."""
        return run("ip", "netns", "exec", self.name, *words, stdin=stdin)

    def remove(self) -> None:
        """Delete it, and with it everything inside."""
        run("ip", "netns", "del", self.name)


@contextmanager
def _uplink(host: Namespace, mac: str) -> Iterator[None]:
    """Give the node its eth0: a tap device with carrier for as long as the context is open."""
    tap = os.open("/dev/net/tun", os.O_RDWR)
    try:
        fcntl.ioctl(tap, _TUNSETIFF, b"azcnilint0".ljust(16, b"\0") + _TAP + b"\0" * 22)
        run("ip", "link", "set", "azcnilint0", "netns", host.name, "name", "eth0")
        host.ip("link", "set", "eth0", "address", mac)
        host.ip("link", "set", "eth0", "up")
        yield
    finally:
        os.close(tap)


@contextmanager
def node(plan: Plan, tag: str) -> Iterator[Namespace]:
    """Wire one node; everything is removed when the context closes."""
    host = Namespace(f"azl-{tag}")
    spaces = [host]
    try:
        with _uplink(host, plan.mac):
            host.ip("link", "set", "lo", "up")
            _address(host, plan)
            for index in range(len(plan.pods)):
                space = Namespace(f"cni-{tag[:6]}{index}-5d1c-4b7e-a3f0-6e2b9c8d7f1{index}")
                spaces.append(space)
                _pod(host, space, plan, index)
            for route in plan.routes:
                host.ip("route", "add", *route.split())
            for entry in plan.neighbours:
                host.ip("neigh", "replace", *entry.split())
            host.command("iptables-restore", stdin=_nat(plan))
            yield host
    finally:
        for space in spaces:
            space.remove()


def _address(host: Namespace, plan: Plan) -> None:
    if plan.uplink == "azure0":
        host.ip("link", "add", "azure0", "type", "bridge")
        host.ip("link", "set", "eth0", "master", "azure0")
        host.ip("link", "set", "azure0", "address", plan.bridge_mac or plan.mac)
        host.ip("link", "set", "azure0", "up")
    if plan.mode == "cilium":
        host.ip("link", "add", "cilium_net", "type", "veth", "peer", "name", "cilium_host")
        host.ip("link", "set", "cilium_net", "up", "arp", "off")
        host.ip("link", "set", "cilium_host", "up", "arp", "off")
        host.ip("address", "add", "169.254.23.0/32", "dev", "cilium_host")
    words = ["address", "add", f"{plan.address}/{plan.prefixlen}", "brd", "+", "dev", plan.uplink]
    host.ip(*words, *(["metric", "100"] if plan.uplink == "eth0" else []))
    default = f"default via {plan.gateway} dev {plan.uplink} proto dhcp src {plan.address} metric 100"
    host.ip("route", "add", *default.split())


def _pod(host: Namespace, space: Namespace, plan: Plan, index: int) -> None:
    pod = plan.pods[index]
    host.ip("link", "add", pod.interface, "type", "veth", "peer", "name", "eth0", "netns", space.name)
    if plan.mode == "bridge":
        host.ip("link", "set", pod.interface, "master", "azure0")
    elif plan.mode != "cilium":
        host.ip("link", "set", pod.interface, "address", "aa:aa:aa:aa:aa:aa")
    space.ip("link", "set", "eth0", "address", pod.mac)
    if index not in plan.down:
        space.ip("link", "set", "eth0", "up")
    host.ip("link", "set", pod.interface, "up")
    if plan.mode != "bridge" and index not in plan.absent_routes:
        words = (
            ["proto", "kernel", "scope", "link"] if plan.mode == "cilium" else ["proto", "static", "scope", "global"]
        )
        host.ip("route", "add", f"{pod.address}/32", "dev", pod.interface, *words)


def _nat(plan: Plan) -> str:
    lines = ["*nat"]
    if plan.kube_proxy:
        lines += _kube_proxy(plan)
    if plan.excluded is not None:
        lines += [
            "-N IP-MASQ-AGENT",
            f"-A POSTROUTING -m comment --comment {AGENT_JUMP} -m addrtype ! --dst-type LOCAL -j IP-MASQ-AGENT",
        ]
        lines += [f"-A IP-MASQ-AGENT -d {cidr} -m comment --comment {AGENT_RETURN} -j RETURN" for cidr in plan.excluded]
        lines += [f"-A IP-MASQ-AGENT -m comment --comment {AGENT_LAST} -j MASQUERADE"]
    return "\n".join([*lines, *plan.extra_rules, "COMMIT"]) + "\n"


def _kube_proxy(plan: Plan) -> list[str]:
    """The service chains of kube-proxy for kube-dns with one endpoint, with local detection by interface prefix."""
    endpoint = plan.pods[0].address
    name = '"kube-system/kube-dns:dns cluster IP"'
    return [
        *(
            f"-N {chain}"
            for chain in (
                "KUBE-KUBELET-CANARY",
                "KUBE-MARK-MASQ",
                "KUBE-NODEPORTS",
                "KUBE-POSTROUTING",
                "KUBE-PROXY-CANARY",
            )
        ),
        *(f"-N {chain}" for chain in ("KUBE-SEP-IT2ZTR26TO4XFPTO", "KUBE-SERVICES", "KUBE-SVC-TCOU7JCQXEZGVUNU")),
        '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
        '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
        '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
        "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000",
        "-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN",
        "-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0",
        '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
        f'-A KUBE-SEP-IT2ZTR26TO4XFPTO -s {endpoint}/32 -m comment --comment "kube-system/kube-dns:dns" -j KUBE-MARK-MASQ',
        '-A KUBE-SEP-IT2ZTR26TO4XFPTO -p udp -m comment --comment "kube-system/kube-dns:dns" -m udp -j DNAT '
        f"--to-destination {endpoint}:53",
        f"-A KUBE-SERVICES -d 10.0.0.10/32 -p udp -m comment --comment {name} -m udp --dport 53 -j KUBE-SVC-TCOU7JCQXEZGVUNU",
        '-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" '
        "-m addrtype --dst-type LOCAL -j KUBE-NODEPORTS",
        f"-A KUBE-SVC-TCOU7JCQXEZGVUNU ! -i azv+ -d 10.0.0.10/32 -p udp -m comment --comment {name} -m udp --dport 53 -j KUBE-MARK-MASQ",
        f'-A KUBE-SVC-TCOU7JCQXEZGVUNU -m comment --comment "kube-system/kube-dns:dns -> {endpoint}:53" -j KUBE-SEP-IT2ZTR26TO4XFPTO',
    ]


def listing(plan: Plan) -> str:
    """Give what `ls -la` prints of a folder with the plan's binaries."""
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent, "bin")
        folder.mkdir()
        for name in plan.binaries:
            mode, size = plan.odd_files.get(name, ("755", _SIZES.get(name, 3922560)))
            if size is not None:
                path = Path(folder, name)
                path.touch()
                os.truncate(path, size)
                path.chmod(int(mode, 8))
                os.utime(path, (1726272000, 1726272000))
        for place in (folder, folder.parent):
            place.chmod(0o755)
            os.utime(place, (1726272000, 1726272000))
        return run("ls", "-la", "--time-style=+%b %e  %Y", str(folder))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Print a table as kubectl does: columns padded to the widest cell and three blanks, the last one not padded."""
    widths = [max(len(row[column]) for row in (head, *rows)) + 3 for column in range(len(head))]
    lines = []
    for row in (head, *rows):
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)]
        lines.append("".join(cells) + row[-1])
    return "\n".join(lines) + "\n"


def daemon_sets(plan: Plan) -> str:
    """Give `kubectl get ds -A`."""
    head = ("NAMESPACE", "NAME", "DESIRED", "CURRENT", "READY", "UP-TO-DATE", "AVAILABLE", "NODE SELECTOR", "AGE")
    rows = []
    for name, desired, ready in sorted(plan.daemon_sets):
        system = "kubernetes.io/os=windows" if name.endswith("-win") else "<none>"
        rows.append(
            ("kube-system", name, str(desired), str(desired), str(ready), str(desired), str(ready), system, "41d")
        )
    return table(head, rows)


def deployments(plan: Plan) -> str:
    """Give `kubectl get deploy -A`."""
    rows = [
        ("kube-system", name, f"{ready}/{desired}", str(desired), str(ready), "41d")
        for name, desired, ready in sorted(plan.deployments)
    ]
    return table(("NAMESPACE", "NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"), rows)


def pods(plan: Plan) -> str:
    """Give `kubectl get pods -A -o wide`: the pods of this node and one host-network pod."""
    head = (
        "NAMESPACE",
        "NAME",
        "READY",
        "STATUS",
        "RESTARTS",
        "AGE",
        "IP",
        "NODE",
        "NOMINATED NODE",
        "READINESS GATES",
    )
    rows = [
        (pod.namespace, pod.name, "1/1", "Running", "0", "9d", pod.address, NODE, "<none>", "<none>")
        for pod in plan.pods
    ]
    rows.append(
        (
            "kube-system",
            "cloud-node-manager-7xk2p",
            "1/1",
            "Running",
            "0",
            "41d",
            plan.address,
            NODE,
            "<none>",
            "<none>",
        )
    )
    return table(head, sorted(rows))


def nodes(plan: Plan) -> str:
    """Give `kubectl get nodes -o wide` for this node."""
    head = (
        "NAME",
        "STATUS",
        "ROLES",
        "AGE",
        "VERSION",
        "INTERNAL-IP",
        "EXTERNAL-IP",
        "OS-IMAGE",
        "KERNEL-VERSION",
        "CONTAINER-RUNTIME",
    )
    row = (
        NODE,
        "Ready",
        "<none>",
        "41d",
        "v1.31.8",
        plan.address,
        "<none>",
        "Ubuntu 22.04.5 LTS",
        "5.15.0-1089-azure",
        "containerd://1.7.27-1",
    )
    return table(head, [row])


def captures(plan: Plan, tag: str) -> dict[str, str]:
    """Wire the node, capture it, and give each capture under the name of its file in a bundle."""
    with node(plan, tag) as host:
        time.sleep(_DUPLICATE_DETECTION)
        return {
            f"{NODE}/ip-address.txt": host.command("ip", "address"),
            f"{NODE}/ip-route.txt": host.command("ip", "route"),
            f"{NODE}/ip-neighbour.txt": host.command("ip", "neighbour"),
            f"{NODE}/iptables-nat.txt": host.command("iptables", "-t", "nat", "-L", "-n", "-v", "-x", "--line-numbers"),
            f"{NODE}/ls-opt-cni-bin.txt": listing(plan),
            "cluster/kubectl-get-ds.txt": daemon_sets(plan),
            "cluster/kubectl-get-deploy.txt": deployments(plan),
            "cluster/kubectl-get-pods.txt": pods(plan),
            "cluster/kubectl-get-nodes.txt": nodes(plan),
        }


def main(folder: Path) -> None:
    """Write the bundle of every plan below `folder`."""
    for number, (name, plan) in enumerate({**healthy(), **broken()}.items()):
        for path, text in captures(plan, f"{number:02d}{name.replace('-', '')[:4]}").items():
            target = folder / name / "bundle" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{name}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
