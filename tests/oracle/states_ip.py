"""From a number comes a random state of links, addresses, routes and neighbours, as lines for `ip -batch`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

Maker = Callable[["Draft", str], str]

_ODD_NAMES = (
    *("a@b", "eth89@", "@if3", "<UP>", "x,y", 'q"t', "a\\b", "42", "1", "NONE", "via", "mtu", "lladdr", "blackhole"),
    *("{j}", "日本", "ä", "dev", "inet", "proxy", "if7", "any", "state", "link-netns", "metric", "nexthop", "peer"),
    *("brd", "scope", "permanent", "12.34", "fd00-1", "-", "=", "(x)", "eth0.5", "UP", "lo1", "proto", "[a]", "0x5"),
)
_PLAIN_NAMES = ("eth0", "azv0a1", "azvbdb1c4944b1", "cilium_host", "azure0", "docker0", "veth1a2b3c4", "kube-ipvs0")
_ALTNAMES = ("enP1s0", "a b", "via", "altname", "x" * 60, "é", "inet 10.0.0.1/8", "1: lo: <UP>", "mtu")
_ALIASES = ("plain", "inet 10.0.0.1/8 scope global", "1: lo: <UP>", "    valid_lft forever", 'say "x"', "alias y", "ä")
_SCOPES = ("link", "host", "site", "global", "77", "nowhere", "200")
_PROTOCOLS = ("static", "kernel", "boot", "dhcp", "bird", "ra", "redirect", "5", "250", "zebra")
_TABLES = ("main", "100", "local", "default", "4242", "4294967295")
_NUD = ("permanent", "noarp", "reachable", "stale", "none", "incomplete", "delay", "probe", "failed")


@dataclass(frozen=True)
class Change:
    """One line of `ip -batch`, and what it is about: refusals are counted by that. `inet6` is for `ip -6 -batch`."""

    kind: str
    line: str
    inet6: bool = False


def word(text: str) -> str:
    """Quote a word as `ip -batch` needs it (lib/utils.c makeargs)."""
    if text[0] not in "\"'" and not any(blank in text for blank in " \t"):
        return text
    quote = '"' if '"' not in text else "'"
    return f"{quote}{text}{quote}"


class Draft:
    """A state while it is drawn: the changes so far, and the names of the links that should exist by then."""

    def __init__(self, seed: int, peer_namespace: str) -> None:
        """Begin an empty one; veth peers may go to `peer_namespace`."""
        self.random = Random(seed)  # noqa: S311 - repeatable by its seed, no secret
        self.peer_namespace = peer_namespace
        self.changes: list[Change] = []
        self.links: list[str] = []
        self.ports: list[str] = []
        self.second_ends: list[str] = []
        wild = ("".join(self.random.choices('abcXYZ019@_.,-+=<>(){}"|;!', k=9)) for _ in range(4))
        names = dict.fromkeys((*_PLAIN_NAMES, *_ODD_NAMES, *wild))
        self.names = self.random.sample([*names], len(names))

    def add(self, kind: str, line: str, *, inet6: bool = False) -> None:
        """Add a change."""
        self.changes.append(Change(kind, line, inet6))

    def chance(self, part: float) -> bool:
        """Say yes with that probability."""
        return self.random.random() < part

    def some(self, part: float, *texts: str) -> str:
        """Give one of the texts behind a blank with that probability, else nothing."""
        return f" {self.random.choice(texts)}" if self.chance(part) else ""

    def number(self, most: int) -> int:
        """Give a number from 1; small and great ones are equally likely."""
        return self.random.randint(1, self.random.choice([most, min(most, 300)]))

    def dev(self) -> str:
        """Give `dev NAME` of any link; the loopback, which is drawn last, seldom."""
        links = self.links if self.chance(0.2) else self.links[:-1]
        return f"dev {word(self.random.choice(links or self.links))}"

    def v4(self) -> str:
        """Give an IPv4 address near those of the links."""
        return f"10.{self.random.randint(0, 5)}.{self.random.randint(0, 3)}.{self.random.randint(1, 254)}"

    def v6(self) -> str:
        """Give an IPv6 address near those of the links."""
        part = self.random.choice(["", "1:", "a:0:0:b:", "ffff:"])
        return f"fd0{self.random.randint(0, 5)}::{part}{self.random.randint(1, 65535):x}"

    def mac(self) -> str:
        """Give a unicast hardware address."""
        return ":".join(["02", *(f"{self.random.randrange(256):02x}" for _ in range(5))])


def state(seed: int, peer_namespace: str) -> list[Change]:
    """Draw the state of that number."""
    draft = Draft(seed, peer_namespace)
    if draft.chance(0.95):
        draft.add("link lo up", "link set dev lo up")
    for _ in range(draft.random.randint(2, 7)):
        _link(draft)
    for name in draft.links:
        _attributes(draft, word(name))
    draft.links.append("lo")
    for at, name in enumerate(draft.links):
        _addresses(draft, at, word(name))
    for _ in range(draft.random.randint(0, 10)):
        _neighbour(draft)
    for _ in range(draft.random.randint(0, 3)):
        draft.add("nexthop", f"nexthop add id {draft.number(9)} {_way(draft, draft.chance(0.3))}")
    for _ in range(draft.random.randint(2, 14)):
        _route(draft, inet6=False)
    for _ in range(draft.random.randint(0, 10)):
        _route(draft, inet6=True)
    for name in draft.links:
        if draft.chance(0.15):
            draft.add("link down late", f"link set dev {word(name)} down")
    return draft.changes


def _veth(draft: Draft, name: str) -> str:
    peer = draft.names.pop()
    if draft.chance(0.5):
        return f"link add name {name} type veth peer name {word(peer)} netns {draft.peer_namespace}"
    draft.links.append(peer)
    draft.second_ends.append(peer)
    return f"link add name {name} type veth peer name {word(peer)}"


def _bridge(draft: Draft, name: str) -> str:
    line = f"link add name {name} type bridge" + draft.some(0.3, "stp_state 1", "vlan_filtering 1", "ageing_time 1000")
    return line + draft.some(0.3, "mcast_snooping 0", "group_fwd_mask 8", "priority 4096", "vlan_default_pvid 7")


def _vxlan(draft: Draft, name: str) -> str:
    line = f"link add name {name} type vxlan dstport {draft.number(65535)}"
    if draft.chance(0.2):
        return f"{line} external"
    far = draft.some(0.6, "remote 10.1.0.9", "remote fd01::9", "local 10.0.0.1", "group 239.1.1.1 dev lo")
    more = draft.some(0.4, "nolearning", "ttl 64", "ttl inherit", "ageing 77", "noudpcsum", "proxy", "rsc", "l2miss")
    return (
        f"{line} id {draft.number(16777215)}{far}{more}"
        + draft.some(0.3, "tos 0x10", "tos inherit", "df set", "flowlabel 0x5")
        + draft.some(0.3, "udp6zerocsumrx", "gbp", "maxaddress 9", "srcport 4000 5000", "l3miss", "remcsumtx")
    )


def _lower(draft: Draft) -> str:
    return word(draft.random.choice(draft.links)) if draft.links else "lo"


def _macvlan(draft: Draft, name: str) -> str:
    kind = draft.random.choice(["macvlan", "macvlan", "macvtap"])
    mode = draft.random.choice(["private", "vepa", "bridge", "passthru", "passthru nopromisc", "source"])
    queue = draft.some(0.2, "bcqueuelen 500")
    return f"link add name {name} link {_lower(draft)} type {kind} mode {mode}{queue}"


def _tun(draft: Draft, name: str) -> str:
    mode = draft.random.choice(["tun", "tap"])
    return f"tuntap add name {name} mode {mode}" + draft.some(0.3, "user 0", "group 7", "multi_queue", "vnet_hdr", "pi")


def _plain(kind: str, words: str = "") -> Maker:
    return lambda _, name: f"link add name {name} type {kind}{words}"


def _above(kind: str, words: str) -> Maker:
    return lambda draft, name: f"link add name {name} link {_lower(draft)} type {kind} {words}"


LINKS: dict[str, Maker] = {
    "veth": _veth,
    "bridge": _bridge,
    "vxlan": _vxlan,
    "macvlan": _macvlan,
    "tun": _tun,
    "ifb": _plain("ifb"),
    "dummy": _plain("dummy"),
    "vlan": lambda draft, name: (
        f"link add name {name} link {_lower(draft)} type vlan id {draft.number(4094)}"
        + draft.some(0.3, "protocol 802.1ad", "gvrp on", "ingress-qos-map 1:2 3:4", "egress-qos-map 5:6")
    ),
    "vrf": lambda draft, name: f"link add name {name} type vrf table {draft.number(4000)}",
    "ipvlan": _above("ipvlan", "mode l3"),
    "geneve": lambda draft, name: f"link add name {name} type geneve id {draft.number(9999)} remote 10.1.0.9",
    "bond": _plain("bond"),
    "gre": _plain("gre", " local 10.0.0.1 remote 10.0.0.9 key 5"),
    "ipip": _plain("ipip", " local 10.0.0.1 remote 10.0.0.9"),
    "sit": _plain("sit", " local 10.0.0.1 remote 10.0.0.9"),
    "ip6tnl": _plain("ip6tnl", " local fd00::1 remote fd00::9"),
    "nlmon": _plain("nlmon"),
    "vcan": _plain("vcan"),
    "netkit": lambda draft, name: f"link add name {name} type netkit mode l3 peer name {word(draft.names.pop())}",
}
"""A maker of the `ip -batch` line for each kind; a kernel without the kind refuses, which is counted."""
_LIKELY = ("veth", "veth", "veth", "veth", "bridge", "bridge", "vxlan", "macvlan", "tun", "ifb")


def _link(draft: Draft) -> None:
    name = draft.names.pop()
    kind = draft.random.choice(_LIKELY if draft.chance(0.9) else [*LINKS])
    line = LINKS[kind](draft, word(name))
    draft.add(f"link {kind}", line)
    draft.links.append(name)
    if kind == "bridge":
        # Both ends of one pair in bridges would be a loop, in which frames run for ever.
        free = [other for other in draft.links[:-1] if other not in draft.second_ends]
        for port in draft.random.sample(free, min(2, len(free))):
            draft.ports.append(port)
            draft.add("link master", f"link set dev {word(port)} master {word(name)}")


def _attributes(draft: Draft, name: str) -> None:
    settings = (
        *("mtu 1400", "mtu 9000", "mtu 1280", "group 5", "group 2147483647", "txqueuelen 0", "txqueuelen 77"),
        *("promisc on", "allmulticast on", "multicast off", "arp off", "mode dormant", "protodown on"),
        *("addrgenmode eui64", "addrgenmode none", "addrgenmode random", "carrier off", "numtxqueues 2"),
        f"address {draft.mac()}",
        f"alias {word(draft.random.choice(_ALIASES))}",
    )
    for setting in draft.random.sample(settings, draft.random.choice([0, 0, 1, 2, 3])):
        draft.add(f"link set {setting.split()[0]}", f"link set dev {name} {setting}")
    for altname in draft.random.sample(_ALTNAMES, draft.random.choice([0, 0, 0, 1, 2])):
        draft.add("link altname", f"link property add dev {name} altname {word(altname)}")
    if draft.ports and draft.chance(0.2):
        port = word(draft.random.choice(draft.ports))
        switch = draft.random.choice(["hairpin on", "isolated on", "cost 77", "guard on", "learning off", "priority 3"])
        draft.add("link bridge_slave", f"link set dev {port} type bridge_slave {switch}")
    if draft.chance(0.88):
        draft.add("link up", f"link set dev {name} up")


def _addresses(draft: Draft, at: int, name: str) -> None:
    if draft.chance(0.7):
        draft.add("address inet", f"address add 10.{at}.0.1/16 dev {name}")
    if draft.chance(0.5):
        draft.add("address inet6", f"address add fd0{at}::1/64 dev {name}{draft.some(0.7, 'nodad')}")
    for _ in range(draft.random.choice([0, 0, 1, 2, 4])):
        _address4(draft, name)
    for _ in range(draft.random.choice([0, 0, 1, 3])):
        _address6(draft, name)


def _lifetimes(draft: Draft) -> str:
    if draft.chance(0.75):
        return ""
    valid = draft.random.randint(5000, 4_000_000)
    return f" valid_lft {valid} preferred_lft {draft.random.choice([0, valid - 1000])}"


def _address4(draft: Draft, name: str) -> None:
    length = draft.random.choice([8, 16, 24, 24, 30, 31, 32])
    where = f"{draft.v4()} peer {draft.v4()}/{length}" if draft.chance(0.15) else f"{draft.v4()}/{length}"
    label = f" label {name}:{draft.random.choice('ab1')}" if draft.chance(0.2) and len(name) < 13 else ""
    draft.add(
        "address inet",
        f"address add {where} dev {name}{draft.some(0.4, 'brd +', 'brd 10.9.9.9', 'brd -')}{label}"
        f"{draft.some(0.3, *(f'scope {scope}' for scope in _SCOPES))}{draft.some(0.2, 'metric 700')}"
        f"{draft.some(0.2, 'noprefixroute', 'autojoin')}{_lifetimes(draft)}",
    )


def _address6(draft: Draft, name: str) -> None:
    where = (
        f"{draft.v6()} peer {draft.v6()}/128"
        if draft.chance(0.1)
        else f"{draft.v6()}/{draft.random.choice([64, 112, 128])}"
    )
    local = f"fe80::{draft.random.randint(1, 999)}/64"
    draft.add(
        "address inet6",
        f"address add {local if draft.chance(0.2) else where} dev {name}"
        f"{draft.some(0.2, *(f'scope {scope}' for scope in _SCOPES))}{draft.some(0.2, 'metric 70000')}"
        f"{draft.some(0.6, 'nodad', 'home', 'mngtmpaddr', 'noprefixroute', 'nodad noprefixroute', 'optimistic')}"
        f"{_lifetimes(draft)}",
    )


def _neighbour(draft: Draft) -> None:
    dst = draft.v4() if draft.chance(0.6) else draft.v6()
    if draft.chance(0.15):
        line = f"neigh add proxy {dst} {draft.dev()}{draft.some(0.3, 'router', 'extern_learn')}"
        draft.add("neighbour proxy", line + draft.some(0.2, "protocol dhcp"))
        return
    nud = draft.random.choice(_NUD)
    lladdr = f" lladdr {draft.mac()}" if nud not in {"none", "incomplete", "failed"} else ""
    flags = draft.some(0.3, "router", "extern_learn", "router extern_learn", "managed", "proxy")
    protocol = draft.some(0.2, *(f"protocol {name}" for name in _PROTOCOLS))
    draft.add(f"neighbour {nud}", f"neigh add {dst}{lladdr} {draft.dev()} nud {nud}{flags}{protocol}")


def _way(draft: Draft, inet6: bool) -> str:  # noqa: FBT001 - which family, as everywhere here
    address = draft.v6() if inet6 else draft.v4()
    choice = draft.random.random()
    if choice < (0.2 if inet6 else 0.35):
        return draft.dev()
    if choice < 0.45 and not inet6:
        return f"via inet6 fe80::{draft.number(999)} {draft.dev()}"
    return f"via {address} {draft.dev()}{draft.some(0.75, 'onlink')}"


def _prefix(draft: Draft, inet6: bool) -> str:  # noqa: FBT001 - likewise
    if draft.chance(0.15):
        return "default"
    if inet6:
        length = draft.random.choice([16, 64, 96, 128])
        return f"fd7{draft.random.randint(0, 9)}::" + ("5" if length == 128 else f"/{length}")
    length = draft.random.choice([8, 12, 24, 24, 32, 32])
    if length == 32:
        return draft.v4()
    third = draft.random.randint(0, 255)
    return {8: "172.0.0.0/8", 12: "172.16.0.0/12"}.get(length, f"192.168.{third}.0/24")


def _encap(draft: Draft, inet6: bool) -> str:  # noqa: FBT001 - likewise
    far = "fd09::7" if inet6 else "10.9.9.9"
    kind = "ip6" if inet6 else "ip"
    return draft.some(
        0.08,
        f"encap {kind} id {draft.number(999)} dst {far}",
        f"encap {kind} id 5 dst {far} ttl 64" if not inet6 else f"encap ip6 id 5 dst {far} hoplimit 9",
        "encap mpls 100/200",
        "encap seg6 mode encap segs fd01::2,fd01::3",
    )


_METRICS = (
    *("mtu 1400", "mtu lock 1300", "advmss 1200", "rtt 120ms", "rttvar 333ms", "rto_min 1.5s", "ssthresh lock 9"),
    *("cwnd lock 7", "window 100", "reordering 3", "hoplimit 64", "initcwnd 10", "initrwnd 11", "features ecn"),
    *("quickack 1", "congctl cubic", "congctl lock reno", "fastopen_no_cookie 1", "rtt 3s", "rto_min 7ms"),
)


def _route(draft: Draft, *, inet6: bool) -> None:
    kinds = ("blackhole", "unreachable", "prohibit", "throw", "local", "multicast", "anycast", "broadcast")
    kind = draft.random.choice(kinds) if draft.chance(0.25) else "unicast"
    multipath = kind == "unicast" and draft.chance(0.2)
    head = "route append" if draft.chance(0.1) else "route add"
    line = f"{head} {'' if kind == 'unicast' else kind} {_prefix(draft, inet6)}"
    source = draft.some(0.08, "from fd77::/64") if inet6 else draft.some(0.06, "tos 0x10", "tos 0x4")
    line += source + draft.some(0.25, *(f"table {table}" for table in _TABLES))
    line += draft.some(0.5, *(f"proto {protocol}" for protocol in _PROTOCOLS))
    line += "" if inet6 else draft.some(0.25, *(f"scope {scope}" for scope in _SCOPES))
    line += f" metric {draft.number(4294967295)}" if draft.chance(0.4) else ""
    line += (
        draft.some(0.15, "pref high", "pref low", "expires 3000") if inet6 else draft.some(0.1, "realm 5", "realms 3/4")
    )
    for metric in draft.random.sample(_METRICS, draft.random.choice([0, 0, 0, 1, 2, 4])):
        line += f" {metric}"
    if kind in {"blackhole", "unreachable", "prohibit", "throw"}:
        line += f" {draft.dev()}" if inet6 and draft.chance(0.3) else ""
    elif multipath:
        line += _nexthops(draft, inet6=inet6)
    elif draft.chance(0.08):
        line += f" nhid {draft.number(9)}"
    else:
        line += f"{_encap(draft, inet6)} {_way(draft, inet6)}"
        line += f" src {'fd00::1' if inet6 else '10.0.0.1'}" if draft.chance(0.15) else ""
    draft.add(f"route {'inet6' if inet6 else 'inet'} {'multipath' if multipath else kind}", line, inet6=inet6)


def _nexthops(draft: Draft, *, inet6: bool) -> str:
    ways: Sequence[str] = [_way(draft, inet6) for _ in range(draft.random.randint(2, 4))]
    more = [
        "" if inet6 else draft.some(0.1, "realm 7"),
        _encap(draft, inet6),
        f" weight {draft.random.randint(1, 256)}" if draft.chance(0.5) else "",
    ]
    return "".join(f" nexthop {way}{draft.random.choice(more)}" for way in ways)
