"""Pods by the names of their links and by their addresses, as far as a pod list tells.

Azure CNI names the host end of a pod's veth pair by a checksum (Azure/azure-container-networking,
network/endpoint_linux.go generateVethName; cni/network/network.go for the key), and Calico does the same under its own
prefix (projectcalico/calico, libcalico-go VethNameForWorkload). So a pod list joins with links and routes exactly.

    >>> pod_ifname("default", "nginx")
    'azvc440f455693'
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Hashable, Iterable
from typing import Final, TypeVar

from azcnilint.analysis.prefixes import IPAddress
from azcnilint.models import Pod

_POD_LINK: Final = re.compile(r"azv(?:[0-9a-f]{11}|[0-9a-f]{7}|eth[0-9a-f]{7})|lxc[0-9a-f]+|cali.+")

NAMED_BY_POD: Final = re.compile(r"(?:azv|cali)[0-9a-f]{11}")
"""Names that may be checksums of a pod's name; in bridge mode `azv…` is one of the sandbox id instead."""

_K = TypeVar("_K", bound=Hashable)
_V = TypeVar("_V")


def pod_ifname(namespace: str, name: str, prefix: str = "azv") -> str:
    """Give the name of the host end of a pod's link in transparent mode; with prefix `cali`, Calico's own."""
    return f"{prefix}{_checksum(f'{namespace}.{name}')}"


def bridge_ifname(sandbox_id: str) -> str:
    """Give the name of the host end of a pod's link in bridge mode, from the full id of its sandbox (`crictl pods`)."""
    return f"azv{_checksum(f'azure{sandbox_id}eth0')}"


def is_pod_link_name(ifname: str) -> bool:
    """Say whether a link of this name is a pod's: Azure CNI of any age, Cilium (but its health endpoint), Calico."""
    return _POD_LINK.fullmatch(ifname) is not None


def _checksum(key: str) -> str:
    return hashlib.sha1(key.encode(), usedforsecurity=False).hexdigest()[:11]


class PodIndex:
    """The pods of one list, by the names of their links and by their addresses, as far as they are on this node."""

    def __init__(self, pods: Iterable[Pod], node_name: str | None) -> None:
        pods = tuple(pods)
        self._node_name = node_name
        self._by_ifname = grouped(
            (pod_ifname(pod.namespace, pod.name, prefix), pod)
            for pod in pods
            if pod.namespace is not None
            for prefix in ("azv", "cali")
        )
        self._by_address = grouped((pod.pod_ip, pod) for pod in pods if pod.pod_ip is not None)
        self._nameless = any(pod.namespace is None for pod in pods)
        self._without_address = any(pod.pod_ip is None and "pod_ip" in pod.hidden for pod in pods)

    def named(self, ifname: str) -> tuple[Pod | None, bool]:
        """Give the pod whose link has that name, and whether it is open."""
        pod, is_open = self._here(self._by_ifname.get(ifname, ()))
        return pod, is_open or (pod is None and self._nameless)

    def at(self, address: IPAddress) -> tuple[Pod | None, bool]:
        """Give the pod that has that address to itself, and whether it is open."""
        pods = [pod for pod in self._by_address.get(address, ()) if pod.host_network is not True and lives(pod)]
        pod, is_open = self._here(pods)
        return pod, is_open or (pod is None and self._without_address)

    def _here(self, pods: Iterable[Pod]) -> tuple[Pod | None, bool]:
        """Choose the pod that runs on this node; open when the list or we do not know the node."""
        answers = [(pod, on_node(pod, self._node_name)) for pod in pods]
        answers.sort(key=lambda one: one[0].phase != "Running")
        here = next((pod for pod, answer in answers if answer), None)
        return here, here is None and any(answer is None for _, answer in answers)


def on_node(pod: Pod, node_name: str | None) -> bool | None:
    """Say whether the pod is scheduled on the node; a pod with a settled `<none>` is scheduled nowhere."""
    if pod.node_name is None:
        return None if "node_name" in pod.hidden else False
    return None if node_name is None else pod.node_name == node_name


def lives(pod: Pod) -> bool:
    """A finished pod keeps its address in the list although another pod may have it by now."""
    return pod.phase not in ("Succeeded", "Completed", "Failed", "Evicted")


def must_have_link(pod: Pod, node_name: str | None, node_address: IPAddress | None) -> bool | None:
    """Say whether the pod must have a link of its own here; None when the list does not tell."""
    if (pod.phase is not None and pod.phase != "Running") or pod.host_network is True:
        return False
    answers = (
        on_node(pod, node_name),
        None if pod.phase is None else True,
        _own_network(pod, node_address),
        None if pod.namespace is None else True,
    )
    if False in answers:
        return False
    return None if None in answers else True


def _own_network(pod: Pod, node_address: IPAddress | None) -> bool | None:
    """Say whether the pod has a network of its own: a pod in the host's network has the node's address."""
    if pod.host_network is not None:
        return not pod.host_network
    if pod.pod_ip is None or node_address is None:
        return None
    return pod.pod_ip != node_address


def grouped(pairs: Iterable[tuple[_K, _V]]) -> dict[_K, tuple[_V, ...]]:
    """Gather values by key, in order."""
    groups: dict[_K, list[_V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
