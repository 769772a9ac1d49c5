"""The path of an artifact to what it tells: which node, which network namespace, which command. Content overrides it.

Layouts known by name: loose files named after commands, a folder a node, the AKS node log collector
(aks-log-collector.sh), sos (`sos_commands`), replicated troubleshoot (`cluster-resources`), cilium sysdump
(`cmd/*.md`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from azcnilint.capture import READ_KINDS, Command, parse_command

_SUFFIX = re.compile(
    r"\.(?:txt|text|log|out|output|stdout|md|json|ya?ml|save|cap|dump|gz|bz2|xz|tgz|tbz2|txz|tar|zip)", re.IGNORECASE
)
_NUMBERING = re.compile(r"\A\d{1,3}[-_. ]+(?=\D)")
_ORACLE = re.compile(r"\Aoracle(?:_of)?__")
_PROGRAM = re.compile(r"(ip6?tables(?:-nft|-legacy)?(?:-save)?|ip|kubectl|ls|ll)(?=-)")
_SEPARATOR = re.compile(r"[-_. ]+")
_KUBECTL_GET = re.compile(r"(kubectl get )((?:[a-z]+ )*[a-z]+)(?= -|$)")
_LIST_CNI_BIN = re.compile(r"l[sl](?: -[a-zA-Z]+)*(?: -)? ?(?:opt )?cni bin")

# Spellings of the command in file names, all separators as one dash; None of them says more than the command does.
_ALIASES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), command)
    for pattern, command in (
        (r"ip-([46])-(addr|route|neighbor|neighbour|neigh|link|rule)", r"ip -\1 -d -j \2 show"),
        (r"ip-?(?:a|addr|address|addresses)|addr|address|addresses", "ip address"),
        (r"ip-?(?:l|link|links)|links", "ip link"),
        (r"ip-?(?:r|route|routes)|routes|routing-table|route-table", "ip route"),
        (r"ip-?(?:n|neigh|neighbou?rs?)|neigh|neighbou?rs?", "ip neighbour"),
        (r"ip-?rules?", "ip rule"),
        (r"(?:iptables-)?(?:t-)?nat(?:-table)?|iptables-t-nat-.*|nat-iptables", "iptables -t nat -L"),
        (r"ip6tables-(?:t-)?nat(?:-table)?", "ip6tables -t nat -L"),
        (r"iptables-(?:t-)?filter(?:-table)?|filter-iptables", "iptables -L"),
        (r"(?:l[sl]-?)?(?:l[a-z]{0,4}-)?(?:opt-)?cni-bin(?:aries)?", "ls /opt/cni/bin"),
        (r"daemonset-images", "kubectl get ds -A -o wide"),
    )
)
_COLLECTED = {"iptables.txt": "iptables -L -vn --line-numbers", "ip6tables.txt": "ip6tables -L -vn --line-numbers"}
"""What aks-log-collector.sh (AgentBaker) runs for these names in `collect/`."""
_CLUSTER_FOLDERS = ("daemonsets", "deployments", "pods", "nodes")

# Folders that say what is in them and not whose it is.
_STRUCTURE = frozenset(
    re.findall(
        r"\S+",
        """
        addr address addresses artifacts bin capture captures cluster cluster-resources cmd cni collect collected
        command commands data diagnostics dump etc file files filter firewall firewall_tables host host-collectors
        hosts ip iptables json kube-system kubectl kubernetes link links local log logs namespaces nat neigh
        neighbors neighbours net netns network networking node nodes opt out output outputs pods root route routes
        run run-host sos_commands system text tmp txt var
        """,
    )
)
_STRUCTURE_PATTERN = re.compile(r"(?:nat6?|filter6?|v)-(?:nft|legacy|save)|v\d[\w.-]*|privileged-output|.*-output")
_NODE_LIKE = re.compile(
    r"aks-[\w.-]+|[\w.-]*vmss[0-9a-z]{6}|k8s-[\w.-]+-\d+|ip-\d+-\d+-\d+-\d+[\w.-]*|node[-_.]?\d[\w.-]*|[\w.-]*node-?\d+|"
    r"(?:worker|master|control-plane|agent|vm)[-_]?\d+",
    re.IGNORECASE,
)
_LOG = re.compile(r"\.log(?:[-._]\w+)*$|^(?:syslog|messages|kern|dmesg|journal|audit)\b")
_BUGTOOL = re.compile(r"cilium-bugtool-(.+?)-\d{8}-\d{6}")
_SOS = re.compile(r"sosreport-(.+?)(?:-\d+)?-\d{4}-\d{2}-\d{2}-\w+")
_NETNS_FOLDER = re.compile(r"ip_netns_(.+)|(pod-.+)|netns-(.+)")


@dataclass(frozen=True, slots=True)
class Placement:
    """What a path tells.

    Attributes:
        node: Name of the node; None when no folder or file prefix names one.
        netns: Network namespace; None for the host's.
        hint: The command that printed the file; None when the name does not tell.
        cluster: The folder holds objects of the cluster, of no node.
        log: The file is a log of some program by its name or folder; a capture in it would be chance.
    """

    node: str | None = None
    netns: str | None = None
    hint: Command | None = None
    cluster: bool = False
    log: bool = False


def place(path: str) -> Placement:
    """Tell what the path of an artifact says. Total: never raises."""
    *folders, name = re.split(r"!?/", path)
    if "cluster-resources" in folders:
        return Placement(hint=_cluster_hint(folders, name), cluster=True)
    netns = _netns_in(folders)
    if netns is None and "namespaces" in folders[:-1]:
        netns = folders[folders.index("namespaces") + 1]
    owners = [folder for folder in folders if not _netns_of(folder) and folder != netns]
    hint = parse_command(_COLLECTED[name]) if folders[-1:] == ["collect"] and name in _COLLECTED else None
    prefix: str | None = None
    if hint is None:
        prefix, hint = _named(name)
    if hint is not None and hint.netns is not None:
        netns = netns or hint.netns
    cluster = hint is not None and hint.kind == "kubectl"
    log = hint is None and (_LOG.search(name) is not None or folders[-2:] == ["var", "log"])
    return Placement(_node_of(owners) or prefix, netns, hint, cluster, log)


def looks_like_node(name: str) -> bool:
    """Whether a name is spelled as nodes of AKS, or machines in general, are."""
    return _NODE_LIKE.fullmatch(name) is not None


def _netns_in(folders: list[str]) -> str | None:
    """The namespace that the deepest folder names; one above the folder of a node (`pod-subnet-case/aks-0`) is none."""
    for folder in reversed(folders):
        if (found := _netns_of(folder)) is not None:
            return found
        if looks_like_node(_bare(folder)):
            return None
    return None


def _netns_of(folder: str) -> str | None:
    found = _NETNS_FOLDER.fullmatch(folder)
    return next((group for group in found.groups() if group), None) if found else None


def _node_of(folders: list[str]) -> str | None:
    """The deepest folder that is spelled like a node, else the deepest one that does not only sort files."""
    named = [_bare(folder) for folder in folders if folder.lower() not in _STRUCTURE]
    named = [folder for folder in named if folder and not _STRUCTURE_PATTERN.fullmatch(folder)]
    return next((folder for folder in reversed(named) if looks_like_node(folder)), named[-1] if named else None)


def _bare(folder: str) -> str:
    """A folder's name without what sos and cilium put around the host's or pod's, and without an archive's suffix."""
    folder = _without_suffixes(folder)
    for pattern in (_BUGTOOL, _SOS):
        if found := pattern.fullmatch(folder):
            return found[1]
    return folder


def _without_suffixes(name: str) -> str:
    stem = name
    while True:
        head, dot, tail = stem.rpartition(".")
        if not head or not _SUFFIX.fullmatch(dot + tail):
            return stem
        stem = head


def _cluster_hint(folders: list[str], name: str) -> Command | None:
    """`cluster-resources/daemonsets/NAMESPACE.json` of replicated troubleshoot."""
    stem = _without_suffixes(name)
    if folders[-1] in _CLUSTER_FOLDERS:
        return parse_command(f"kubectl get {folders[-1]} -n {stem} -o json")
    return parse_command(f"kubectl get {stem} -A -o json") if stem in _CLUSTER_FOLDERS else None


def _named(name: str) -> tuple[str | None, Command | None]:
    """Give the node that a file's name begins with, and the command that it (or the rest of it) tells."""
    stem = _NUMBERING.sub("", _ORACLE.sub("", _without_suffixes(name)))
    hint = hint_of(stem)
    if hint is not None:
        return None, hint
    for separator in _SEPARATOR.finditer(stem):
        prefix, rest = stem[: separator.start()], stem[separator.end() :]
        if looks_like_node(prefix) and (hint := hint_of(rest)) is not None:
            return prefix, hint
    return None, None


def hint_of(stem: str) -> Command | None:
    """Give the command that a file name without suffixes tells; None when it tells none that we know."""
    for line in _spellings(stem):
        command = parse_command(line)
        # A bare `route` or `arp` may be a word of the collector's own; a command with arguments is one.
        if command is not None and (command.kind in READ_KINDS or (command.kind and len(command.argv) > 1)):
            return command
    return None


def _spellings(stem: str) -> Iterator[str]:
    """Yield command lines that the stem may spell, the most literal first."""
    blanks = stem.replace("_", " ")
    if _LIST_CNI_BIN.fullmatch(blanks):
        flags = " ".join(word for word in blanks.split() if word.startswith("-") and len(word) > 1)
        yield f"ls {flags} /opt/cni/bin"
    if re.match(r"l[sl] ", blanks):
        # What else stands there may be a directory, or `l` for `-l`: only options are sure.
        yield " ".join(["ls", *(word for word in blanks.split() if word.startswith("-"))])
        return
    yield _KUBECTL_GET.sub(lambda found: found[1] + found[2].replace(" ", ","), blanks)
    program = _PROGRAM.match(stem)
    if program:
        # cilium-bugtool writes a blank as one dash and keeps the dash of an option: `ip--4-r`.
        rest = stem[program.end() :].replace("--", " \x00").replace("-", " ").replace("\x00", "-")
        yield program[0] + rest.replace("_", " ")
    plain = _SEPARATOR.sub("-", stem.lower()).strip("-")
    for pattern, command in _ALIASES:
        found = pattern.fullmatch(plain)
        if found:
            yield found.expand(command)
