"""Whose a capture is: folders, file prefixes and prompts to the names of nodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from azcnilint.snapshot.layouts import looks_like_node

NAMELESS = "node"
"""The name of a node that nothing names."""


@dataclass(frozen=True, slots=True)
class Owner:
    """What is known about the owner of one capture.

    Attributes:
        folder: Name that a folder or file prefix gives; None without one.
        host: Host name of the prompt; None without one.
        netns: Network namespace; None for the host's.
        cluster: The capture is about the cluster and belongs to no node.
    """

    folder: str | None = None
    host: str | None = None
    netns: str | None = None
    cluster: bool = False


def name_owners(owners: Iterable[Owner], bundle: str | None) -> dict[Owner, str | None]:
    """Give each owner the name of its node; None for the cluster's.

    A folder that is spelled like a node names all that is in it. In any other folder, and outside of folders, the host
    names of the prompts do: a single one names all captures there (unless another folder shows the same host: then they
    are two pictures of it, and stay apart), of several each names its own. What stays without a name has the folder's,
    the bundle's, or `NAMELESS`.
    """
    known = list(owners)
    hosts: dict[str | None, set[str]] = {}
    for owner in known:
        # The prompt inside a pod shows the pod's name.
        if owner.host is not None and owner.netns is None and not owner.cluster:
            hosts.setdefault(owner.folder, set()).add(owner.host)
    seen = Counter(host for names in hosts.values() for host in names)
    twice = {host for host, count in seen.items() if count > 1}
    return {owner: _name(owner, hosts.get(owner.folder, set()), twice, bundle) for owner in known}


def _name(owner: Owner, hosts: set[str], twice: set[str], bundle: str | None) -> str | None:
    if owner.cluster:
        return None
    if owner.folder is not None and (looks_like_node(owner.folder) or not hosts or hosts & {owner.folder, *twice}):
        return owner.folder
    if len(hosts) == 1:
        return next(iter(hosts))
    if owner.host in hosts and owner.netns is None:
        return owner.host
    return owner.folder or bundle or NAMELESS
