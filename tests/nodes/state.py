"""What a node of each mode consists of: the plan that `build` turns into network namespaces and captures.

Facts: azure-container-networking network/*_linux.go (interfaces and routes by mode), ip-masq-agent-v2 (the chain),
kube-proxy (the service chains), the AKS documentation (DaemonSets by mode). Names, addresses and counts are invented.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

NODE = "aks-nodepool1-31524079-vmss000002"
SDN = "12:34:56:78:9a:bc"
AGENT_RETURN = '"ip-masq-agent: local traffic is not subject to MASQUERADE"'
AGENT_LAST = '"ip-masq-agent: outbound traffic is subject to MASQUERADE (must be last in chain)"'
AGENT_JUMP = '"\\"ip-masq-agent: ensure nat POSTROUTING directs all non-LOCAL destination traffic to our custom IP-MASQ-AGENT chain\\""'


@dataclass(frozen=True)
class PodPlan:
    """One pod on the node; its host-side interface follows from its name in transparent mode."""

    namespace: str
    name: str
    address: str
    mac: str
    interface: str


@dataclass(frozen=True)
class Plan:
    """One node: what the builder wires, and what kubectl would say.

    Attributes:
        uplink: Interface that holds the node's address (`azure0` in bridge mode).
        excluded: Destinations that ip-masq-agent returns; None for no agent.
        routes: Further lines for `ip route add`.
        neighbours: Lines for `ip neighbour replace`.
        extra_rules: Further lines for iptables-restore, table nat.
        absent_routes: Indexes of pods whose host route is missing.
        down: Indexes of pods whose end of the pair is down.
        odd_files: Name in /opt/cni/bin to (mode, size); a size of None leaves the file out.
    """

    mode: str
    address: str
    prefixlen: int
    gateway: str
    mac: str
    pods: tuple[PodPlan, ...]
    daemon_sets: tuple[tuple[str, int, int], ...]
    deployments: tuple[tuple[str, int, int], ...]
    binaries: tuple[str, ...]
    uplink: str = "eth0"
    excluded: tuple[str, ...] | None = None
    kube_proxy: bool = True
    routes: tuple[str, ...] = ()
    neighbours: tuple[str, ...] = ()
    extra_rules: tuple[str, ...] = ()
    absent_routes: tuple[int, ...] = ()
    down: tuple[int, ...] = ()
    bridge_mac: str | None = None
    odd_files: dict[str, tuple[str, int | None]] = field(default_factory=dict)


def interface_of(namespace: str, name: str) -> str:
    """`azv` and the first 11 hexadecimal digits of SHA-1 over `namespace.name`."""
    return "azv" + hashlib.sha1(f"{namespace}.{name}".encode(), usedforsecurity=False).hexdigest()[:11]


_PODS = (
    ("kube-system", "coredns-6f776c8fb5-x2v7k"),
    ("kube-system", "metrics-server-5dfc656944-4wq9h"),
    ("shop", "cart-7b9d6c5f4-h2kqp"),
    ("shop", "web-5c68f7d9b-9zv8n"),
)
_EVERYWHERE = (
    ("cloud-node-manager", 3, 3),
    ("csi-azuredisk-node", 3, 3),
    ("csi-azurefile-node", 3, 3),
    ("csi-azurefile-node-win", 0, 0),
)
_DEPLOYMENTS = (
    ("coredns", 2, 2),
    ("coredns-autoscaler", 1, 1),
    ("konnectivity-agent", 2, 2),
    ("konnectivity-agent-autoscaler", 1, 1),
    ("metrics-server", 2, 2),
)
_REFERENCE = ("bandwidth", "bridge", "dhcp", "dummy", "firewall", "host-device", "host-local", "ipvlan", "loopback", "macvlan", "portmap",
              "ptp", "sbr", "static", "tap", "tuning", "vlan", "vrf")  # fmt: skip
_AZURE = (
    "azure-vnet",
    "azure-vnet-ipam",
    "azure-vnet-ipamv6",
    "azure-vnet-stateless",
    "azure-vnet-telemetry",
    "azure-vnet-telemetry.config",
)


def _pods(addresses: tuple[str, ...], interfaces: tuple[str, ...] | None = None) -> tuple[PodPlan, ...]:
    plans = []
    for index, ((namespace, name), address) in enumerate(zip(_PODS, addresses, strict=True)):
        interface = interfaces[index] if interfaces else interface_of(namespace, name)
        plans.append(PodPlan(namespace, name, address, f"5a:1e:0c:7{index}:22:9{index}", interface))
    return tuple(plans)


def _host(gateway: str, address: str, device: str) -> tuple[str, ...]:
    return tuple(
        f"{host} via {gateway} dev {device} proto dhcp src {address} metric 100"
        for host in ("168.63.129.16", "169.254.169.254")
    )


def _quiet(plan: Plan) -> Plan:
    """Add the neighbours of a node at work: the gateway, another node, and each pod."""
    device = plan.uplink
    entries = [
        f"{plan.gateway} lladdr {SDN} dev {device} nud stale",
        f"{plan.address[:-1]}9 lladdr {SDN} dev {device} nud stale",
    ]
    entries += [
        f"{pod.address} lladdr {pod.mac} dev {pod.interface} nud stale" for pod in plan.pods if plan.uplink == "eth0"
    ]
    return replace(plan, neighbours=(*entries, *plan.neighbours))


def node_subnet() -> Plan:
    """A node-subnet node of Kubernetes 1.31: pods hold addresses of the node's subnet."""
    return _quiet(
        Plan(
            "node-subnet",
            "10.224.0.33",
            16,
            "10.224.0.1",
            "00:0d:3a:5b:21:0e",
            _pods(("10.224.0.36", "10.224.0.40", "10.224.0.47", "10.224.0.61")),
            (("azure-ip-masq-agent", 3, 3), ("kube-proxy", 3, 3), *_EVERYWHERE),
            _DEPLOYMENTS,
            (*_AZURE, *_REFERENCE),
            excluded=("10.224.0.0/16", "10.0.0.0/16", "10.224.0.0/12"),
            routes=(
                *_host("10.224.0.1", "10.224.0.33", "eth0"),
                "10.224.0.1 dev eth0 proto dhcp scope link src 10.224.0.33 metric 100",
            ),
        )
    )


def overlay() -> Plan:
    """An overlay node: pods hold addresses of the pod range, one /24 a node."""
    return _quiet(
        replace(
            node_subnet(),
            mode="overlay",
            neighbours=(),
            pods=_pods(("10.244.1.38", "10.244.1.77", "10.244.1.141", "10.244.1.252")),
            daemon_sets=(
                ("azure-cns", 3, 3),
                ("azure-cns-win", 0, 0),
                ("azure-ip-masq-agent", 3, 3),
                ("kube-proxy", 3, 3),
                *_EVERYWHERE,
            ),
            excluded=("10.244.0.0/16",),
        )
    )


def pod_subnet() -> Plan:
    """A node with a pod subnet of its own, handed out by azure-cns; no ip-masq-agent."""
    base = overlay()
    swift = (
        "-N SWIFT",
        "-A POSTROUTING -j SWIFT",
        "-A SWIFT -s 10.241.0.0/16 -d 169.254.169.254/32 -p tcp -m addrtype ! --dst-type LOCAL -m tcp --dport 80 -j SNAT --to-source 10.224.0.33",
        "-A SWIFT -s 10.241.0.0/16 -d 168.63.129.16/32 -p tcp -m addrtype ! --dst-type LOCAL -m tcp --dport 53 -j SNAT --to-source 10.224.0.33",
        "-A SWIFT -s 10.241.0.0/16 -d 168.63.129.16/32 -p udp -m addrtype ! --dst-type LOCAL -m udp --dport 53 -j SNAT --to-source 10.224.0.33",
    )
    return _quiet(
        replace(
            base,
            mode="pod-subnet",
            neighbours=(),
            pods=_pods(("10.241.0.5", "10.241.0.9", "10.241.0.14", "10.241.0.16")),
            daemon_sets=(("azure-cns", 3, 3), ("azure-cns-win", 0, 0), ("kube-proxy", 3, 3), *_EVERYWHERE),
            excluded=None,
            extra_rules=swift,
            routes=(*base.routes, "10.241.0.0/16 via 10.224.0.1 dev eth0 proto static"),
        )
    )


def bridge() -> Plan:
    """A bridge-mode node of 2020: azure0 holds the node's address; names follow sandbox ids, not pods."""
    interfaces = ("azv152f0ee345a", "azv3f6157ae51b", "azv8bdc5c14d80", "azvb1f7346f51b")
    base = node_subnet()
    return _quiet(
        replace(
            base,
            mode="bridge",
            uplink="azure0",
            neighbours=(),
            address="10.240.0.4",
            gateway="10.240.0.1",
            mac="00:0d:3a:8a:50:da",
            bridge_mac="00:0d:3a:8a:50:da",
            pods=_pods(("10.240.0.11", "10.240.0.17", "10.240.0.23", "10.240.0.30"), interfaces),
            daemon_sets=(("azure-cni-networkmonitor", 3, 3), ("azure-ip-masq-agent", 3, 3), ("kube-proxy", 3, 3)),
            deployments=(
                ("coredns", 2, 2),
                ("coredns-autoscaler", 1, 1),
                ("metrics-server", 1, 1),
                ("tunnelfront", 1, 1),
            ),
            excluded=("10.240.0.0/16", "10.0.0.0/16", "10.240.0.0/12"),
            routes=(),
        )
    )


def cilium() -> Plan:
    """A node of Azure CNI powered by Cilium with overlay addresses, legacy host routing."""
    interfaces = ("lxc0a1b5d2f3c47", "lxc3f9e64b7a2d1", "lxc8c25d07fe913", "lxcd47b1a60c58e")
    return _quiet(
        replace(
            overlay(),
            mode="cilium",
            neighbours=(),
            pods=_pods(("10.244.4.12", "10.244.4.71", "10.244.4.152", "10.244.4.227"), interfaces),
            daemon_sets=(
                ("azure-cns", 3, 3),
                ("azure-cns-win", 0, 0),
                ("azure-ip-masq-agent", 3, 3),
                ("cilium", 3, 3),
                *_EVERYWHERE,
            ),
            deployments=(("cilium-operator", 2, 2), *_DEPLOYMENTS),
            binaries=("azure-ipam", *_AZURE, "cilium-cni", *_REFERENCE),
            kube_proxy=False,
            extra_rules=(
                "-N CILIUM_OUTPUT_nat",
                "-N CILIUM_POST_nat",
                "-N CILIUM_PRE_nat",
                '-A PREROUTING -m comment --comment "cilium-feeder: CILIUM_PRE_nat" -j CILIUM_PRE_nat',
                '-A OUTPUT -m comment --comment "cilium-feeder: CILIUM_OUTPUT_nat" -j CILIUM_OUTPUT_nat',
                '-A POSTROUTING -m comment --comment "cilium-feeder: CILIUM_POST_nat" -j CILIUM_POST_nat',
            ),
        )
    )


def healthy() -> dict[str, Plan]:
    """One healthy node of each mode, by the name of its bundle."""
    return {f"{plan.mode}-healthy": plan for plan in (node_subnet(), overlay(), pod_subnet(), bridge(), cilium())}


def broken() -> dict[str, Plan]:
    """One node of each mode with faults planted; each bundle's sample.yaml says which rules must find them."""
    ns, ov, ps, br, ci = node_subnet(), overlay(), pod_subnet(), bridge(), cilium()
    return {
        "node-subnet-broken": replace(
            ns,
            excluded=("10.0.0.0/16", "10.225.0.0/16"),
            absent_routes=(2,),
            neighbours=(*ns.neighbours[:-1], f"{ns.pods[3].address} dev {ns.pods[3].interface} nud failed"),
            odd_files={"azure-vnet-ipam": ("755", None), "portmap": ("777", 3952848)},
        ),
        "overlay-broken": replace(
            ov,
            excluded=("10.0.0.0/8", "169.254.0.0/16"),
            odd_files={"loopback": ("755", 0)},
            daemon_sets=(("azure-cns", 3, 1), *ov.daemon_sets[1:]),
            routes=ov.routes[1:],
        ),
        "pod-subnet-broken": replace(
            ps,
            excluded=("10.224.0.0/12",),
            down=(1,),
            neighbours=(
                *ps.neighbours,
                f"{ps.pods[0].address} lladdr {ps.pods[3].mac} dev {ps.pods[0].interface} nud permanent",
            ),
        ),
        "bridge-broken": replace(
            br, bridge_mac="2e:14:6b:90:11:07", routes=("10.240.0.0/16 dev eth0 proto kernel scope link metric 100",)
        ),
        "cilium-broken": replace(
            ci,
            kube_proxy=True,
            daemon_sets=(*ci.daemon_sets, ("kube-proxy", 3, 3)),
            deployments=(("cilium-operator", 2, 0), *_DEPLOYMENTS),
            odd_files={"cilium-cni": ("755", None)},
        ),
    }
