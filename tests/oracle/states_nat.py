"""From a number comes a random table of chains and rules, as lines for iptables-restore."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

TARGET_TABLES = {
    **dict.fromkeys(("DNAT", "SNAT", "MASQUERADE", "REDIRECT", "NETMAP"), frozenset({"nat"})),
    **dict.fromkeys(("DROP", "REJECT"), frozenset({"filter"})),
    **dict.fromkeys(("DSCP", "TOS", "TTL", "HL", "CHECKSUM", "TCPMSS", "TPROXY"), frozenset({"mangle"})),
    **dict.fromkeys(("CT", "NOTRACK"), frozenset({"raw"})),
}
"""Targets that some tables refuse; all others are for any."""
BUILT_IN = {
    "nat": ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"),
    "mangle": ("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"),
    "filter": ("INPUT", "FORWARD", "OUTPUT"),
    "raw": ("PREROUTING", "OUTPUT"),
}
_CHAINS = (
    *("KUBE-SERVICES", "KUBE-SVC-TCOU7JCQXEZGVUNU", "IP-MASQ-AGENT", "SWIFT", "x(y)", "(0", "references)", "é", 'a"b'),
    *("target", "num", "policy", "0", "all", "tcp", "Chain", "KUBE-MARK-MASQ", "prot", "anywhere", "goto"),
)
_COMMENTS = (
    *("a", "a b", "ip-masq-agent: local traffic is not subject to MASQUERADE", "kube-system/kube-dns:dns-tcp has */"),
    *('say "x"', "it's", "back\\slash", "Chain FAKE (0 references)", "-j DROP", "/* x */", " lead", "trail ", "[goto]"),
    *("x */ ctstate NEW", "tcp dpt:80", "#", "é", "to:10.0.0.1", "x" * 255, "$", "%s", "-", "--", ";", "a  b"),
)
_SPOKEN = ("two\nlines", "a\nChain FAKE (0 references)", "x y\n z  w", "1\n2\n3")
_PROTOCOLS = ("tcp", "tcp", "udp", "udp", "sctp", "icmp", "udplite", "99", "gre", "ipencap", "esp", "ah", "dccp", "all")
_INTERFACES = (
    *(
        "eth0",
        "azv+",
        "lo",
        "cilium_host",
        "a@b",
        "veth1a2b3c4d5e6",
        "docker0",
        "eth0",
        "azv+",
        "lo",
        "cilium_+",
        "vm-1",
    ),
    *("+", "*", "any", "--", "!x", "a/b", "opt", "->", "eth0:1", "日本"),
)


@dataclass(frozen=True)
class Rule:
    """One rule as options, the names of its clauses for the count of refusals, and its counters."""

    chain: str
    options: str
    kinds: tuple[str, ...]
    packets: int
    bytes: int

    @property
    def line(self) -> str:
        """What iptables-restore takes."""
        return f"[{self.packets}:{self.bytes}] -A {quoted(self.chain)} {self.options}".rstrip()


@dataclass(frozen=True)
class TableState:
    """One table: chains of users in order, policies with counters, and rules.

    Attributes:
        spoken: A comment that iptables-restore cannot take, because it holds line ends; None for no rule with one.
    """

    table: str
    chains: tuple[str, ...]
    policies: tuple[tuple[str, str, int, int], ...]
    rules: tuple[Rule, ...]
    spoken: str | None

    def restore(self, rules: tuple[Rule, ...]) -> str:
        """Give the text for iptables-restore with these of its rules."""
        heads = [f":{chain} {policy} [{packets}:{size}]" for chain, policy, packets, size in self.policies]
        own = [f":{chain} - [0:0]" for chain in self.chains]
        return "\n".join([f"*{self.table}", *heads, *own, *(rule.line for rule in rules), "COMMIT", ""])


def quoted(text: str) -> str:
    """Quote a word as iptables-restore needs it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if not text or any(sign in text for sign in " \"'\\#\t") else text


class Draw:
    """The random choices of one table, in one family of addresses."""

    def __init__(self, seed: int, family: str) -> None:
        """Take the number of the state and `inet` or `inet6`; `has_ports` says so of the rule that is being drawn."""
        self.random = Random(seed)  # noqa: S311 - repeatable by its seed, no secret
        self.inet6 = family == "inet6"
        self.has_ports = False

    def chance(self, part: float) -> bool:
        """Say yes with that probability."""
        return self.random.random() < part

    def one(self, *texts: str) -> str:
        """Give one of the texts."""
        return self.random.choice(texts)

    def maybe(self, part: float, *texts: str) -> str:
        """Give one of the texts behind a blank with that probability, else nothing."""
        return f" {self.one(*texts)}" if self.chance(part) else ""

    def bang(self) -> str:
        """Give a negation in a quarter of all cases."""
        return "! " if self.chance(0.25) else ""

    def address(self) -> str:
        """Give one address of the family."""
        mine = ("fd00::1", "fe80::5", "2001:db8::7") if self.inet6 else ("10.0.0.1", "127.0.0.1", "1.2.3.4")
        return self.one(*mine)

    def prefix(self) -> str:
        """Give a prefix of the family, some with a mask that is none."""
        if self.inet6:
            return self.one("fd00::/8", "fd00:10::/108", "::1/128", "fe80::/10", "fd00::/ffff::ffff", "2001:db8::5/128")
        return self.one(
            *("10.0.0.0/8", "10.240.0.0/16", "168.63.129.16/32", "1.2.0.0/255.255.0.255", "127.0.0.1/32"),
            *("10.0.0.10/32", "0.0.0.0/1", "172.16.0.0/12", "192.168.0.0/30", "10.0.0.0/255.0.255.0"),
        )

    def port(self) -> str:
        """Give a port or a range."""
        return self.one("80", "53", "22", "443", "0", "65535", "1:2", "30000:32767", "0:65535", "10256", "1024:65535")

    def mark(self) -> str:
        """Give a mark with or without a mask."""
        return self.one("0x4000/0x4000", "0x1", "0x0/0xff", "0x7/0x3", "0xffffffff", "0x0", "0x10000/0xf0000")


Clause = Callable[[Draw], str]


def _port_clause(module: str) -> Clause:
    def clause(draw: Draw) -> str:
        both = [f"{draw.bang()}--{name} {draw.port()}" for name in ("sport", "dport")]
        return f"-m {module} {' '.join(draw.random.choice([both, both[1:], both[:1]]))}"

    return clause


def _tcp(draw: Draw) -> str:
    all_flags = "FIN,SYN,RST,PSH,ACK,URG"
    flags = draw.one("SYN,ACK SYN", "FIN,SYN,RST,ACK SYN", "ALL NONE", "SYN,RST NONE", f"{all_flags} FIN,URG")
    words = [_port_clause("tcp")(draw)]
    words += [f"{draw.bang()}--tcp-flags {flags}"] if draw.chance(0.3) else []
    words += [f"{draw.bang()}--tcp-option {draw.one('2', '8', '254')}"] if draw.chance(0.15) else []
    return " ".join(words)


def _multiport(draw: Draw) -> str:
    ports = draw.one("80,443", "1:5,7", "53", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15", "22,8080:8090")
    return f"-m multiport {draw.bang()}--{draw.one('dports', 'sports', 'ports')} {ports}"


def _statistic(draw: Draw) -> str:
    if draw.chance(0.5):
        return f"-m statistic --mode random {draw.bang()}--probability {draw.random.random():.11f}"
    return f"-m statistic --mode nth {draw.bang()}--every {draw.one('3', '100')} --packet {draw.one('0', '1', '2')}"


def _addrtype(draw: Draw) -> str:
    kinds = ("LOCAL", "UNICAST", "LOCAL,UNICAST", "BROADCAST", "UNSPEC", "MULTICAST", "ANYCAST", "BLACKHOLE,PROHIBIT")
    ends = draw.random.choice([("dst-type",), ("src-type",), ("src-type", "dst-type")])
    types = " ".join(f"{draw.bang()}--{end} {draw.one(*kinds)}" for end in ends)
    return f"-m addrtype {types}{draw.maybe(0.2, '--limit-iface-in', '--limit-iface-out')}"


def _conntrack(draw: Draw) -> str:
    states = draw.one("NEW", "RELATED,ESTABLISHED", "DNAT", "SNAT", "INVALID", "UNTRACKED", "NEW,SNAT,DNAT")
    more = [
        f"{draw.bang()}--ctstate {states}",
        f"{draw.bang()}--ctproto {draw.one('6', '17', '132')}",
        f"{draw.bang()}--ctorigsrc {draw.address()}",
        f"{draw.bang()}--ctrepldst {draw.address()}",
        f"{draw.bang()}--ctorigdstport {draw.one('80', '1:2')}",
        f"{draw.bang()}--ctstatus {draw.one('SEEN_REPLY,ASSURED', 'NONE', 'EXPECTED')}",
        f"{draw.bang()}--ctexpire {draw.one('10', '10:20')}",
        f"--ctdir {draw.one('ORIGINAL', 'REPLY')}",
    ]
    chosen = more[:1] if draw.chance(0.6) else draw.random.sample(more, draw.random.randint(1, 4))
    return f"-m conntrack {' '.join(chosen)}"


def _iprange(draw: Draw) -> str:
    ranges = ("fd00::1-fd00::5", "fe80::1-fe80::1") if draw.inet6 else ("10.0.0.1-10.0.0.5", "1.2.3.4-1.2.3.4")
    ends = draw.random.choice([("src",), ("dst",), ("src", "dst")])
    return "-m iprange " + " ".join(f"{draw.bang()}--{end}-range {draw.one(*ranges)}" for end in ends)


def _owner(draw: Draw) -> str:
    owner = draw.one("uid-owner 0", "uid-owner 1-5", "uid-owner 12345", "gid-owner 0", "gid-owner 77")
    return f"-m owner {draw.bang()}--{owner}{draw.maybe(0.2, '--socket-exists', '! --socket-exists')}"


def _recent(draw: Draw) -> str:
    update = "! --update --seconds 3 --hitcount 2 --rttl"
    action = draw.one("--set", "--rcheck --seconds 10800 --reap", update, "--remove")
    return f"-m recent {action} --name {draw.one('X', 'KUBE-SEP-X')}{draw.maybe(0.5, '--rsource', '--rdest')}"


def _physdev(draw: Draw) -> str:
    words = draw.one("--physdev-is-bridged", "! --physdev-is-in", "--physdev-in eth0", "! --physdev-in azv+")
    return f"-m physdev {words}"


def _values(module: str, option: str, *values: str) -> Clause:
    return lambda draw: f"-m {module} {draw.bang()}--{option} {draw.one(*values)}"


def _words(module: str, *words: str) -> Clause:
    return lambda draw: f"-m {module} {draw.one(*words)}"


MATCHES: dict[str, Clause] = {
    "addrtype": _addrtype,
    "mark": lambda draw: f"-m mark {draw.bang()}--mark {draw.mark()}",
    "connmark": lambda draw: f"-m connmark {draw.bang()}--mark {draw.mark()}",
    "statistic": _statistic,
    "conntrack": _conntrack,
    "state": _values("state", "state", "NEW", "RELATED,ESTABLISHED"),
    "iprange": _iprange,
    "owner": _owner,
    "recent": _recent,
    "limit": _words("limit", "--limit 5/sec", "--limit 10/min --limit-burst 3", "--limit 1/hour", "--limit 1/day"),
    "physdev": _physdev,
    "length": _values("length", "length", "5", "5:100", "0:65535"),
    "tos": _values("tos", "tos", "0x10/0x3f", "0x10", "Minimize-Delay"),
    "dscp": _values("dscp", "dscp", "0x0a", "0"),
    "mac": _values("mac", "mac-source", "00:11:22:33:44:55"),
    "pkttype": _values("pkttype", "pkt-type", "broadcast", "multicast", "unicast"),
    "cpu": _values("cpu", "cpu", "0", "1"),
    "helper": _values("helper", "helper", "ftp"),
    "string": _words("string", '--algo bm --string "ab c"', "--algo kmp --hex-string |000178| --from 1 --to 5"),
    "time": _words("time", "--timestart 10:00 --timestop 11:00", "--weekdays Mon,Tue"),
    "connlimit": _words("connlimit", "--connlimit-above 3", "--connlimit-upto 3 --connlimit-mask 24"),
    "hashlimit": _words("hashlimit", "--hashlimit-upto 5/sec --hashlimit-mode srcip --hashlimit-name foo"),
    "quota": _words("quota", "--quota 1000"),
    "u32": _words("u32", "--u32 0>>0x16&0x3c@0>>0x10=0"),
    "bpf": _words("bpf", '--bytecode "1,6 0 0 1"'),
    "policy": _words("policy", "--dir in --pol ipsec --proto esp --mode tunnel", "--dir out --pol none"),
    "connbytes": _words("connbytes", "--connbytes 10:20 --connbytes-dir both --connbytes-mode bytes"),
    "cgroup": _values("cgroup", "cgroup", "5"),
    "set": _values("set", "match-set", "azure-npm-1 src", "azure-npm-1 dst,dst"),
    "rpfilter": _words("rpfilter", "--loose", "--invert", "--validmark --accept-local"),
    "socket": _words("socket", "", "--transparent --nowildcard"),
    "ttl": _values("ttl", "ttl-eq", "5"),
    "hl": _values("hl", "hl-eq", "5"),
    "realm": _values("realm", "realm", "0x5", "0x5/0xf"),
    "ipvs": _words("ipvs", "--ipvs", "! --ipvs"),
    "comment": lambda draw: f"-m comment --comment {quoted(draw.one(*_COMMENTS))}",
}
_LIKELY = ("comment", "comment", "addrtype", "mark", "connmark", "statistic", "conntrack", "owner", "recent", "iprange")
OF_PROTOCOL: dict[str, tuple[tuple[str, Clause], ...]] = {
    "tcp": (("tcp", _tcp), ("tcp", _tcp), ("multiport", _multiport)),
    "udp": (("udp", _port_clause("udp")), ("multiport", _multiport)),
    "sctp": (("sctp", _port_clause("sctp")), ("sctp", _words("sctp", "--chunk-types any DATA:Be,INIT"))),
    "dccp": (("dccp", _port_clause("dccp")), ("dccp", _words("dccp", "--dccp-types REQUEST,RESPONSE"))),
    "icmp": (("icmp", _values("icmp", "icmp-type", "8", "3/4", "any", "0", "77/3", "3")),),
    "ipv6-icmp": (("icmp6", _values("icmp6", "icmpv6-type", "128", "1/3", "135")),),
    "esp": (("esp", _words("esp", "--espspi 1:2", "--espspi 5")),),
    "ah": (("ah", _words("ah", "--ahspi 5")),),
    "udplite": (("multiport", _multiport),),
}


def _to_address(name: str) -> Clause:
    def clause(draw: Draw) -> str:
        address = draw.address()
        bracketed = f"[{address}]" if draw.inet6 else address
        to = draw.one(address, f"{bracketed}:53", f"{bracketed}:53-60") if draw.has_ports else address
        return f"{name} {to}{draw.maybe(0.3, '--random', '--persistent', '--random --persistent')}"

    return clause


TARGETS: dict[str, Clause] = {
    "ACCEPT": lambda _: "",
    "RETURN": lambda _: "",
    "DROP": lambda _: "",
    "DNAT": _to_address("--to-destination"),
    "SNAT": _to_address("--to-source"),
    "MASQUERADE": lambda draw: (
        draw.one("--to-ports 1024-65535 --random", "--to-ports 1024")
        if draw.has_ports
        else draw.one("", "--random-fully")
    ),
    "REDIRECT": lambda draw: draw.one("--to-ports 8080", "--to-ports 8080-9090 --random", "") if draw.has_ports else "",
    "NETMAP": lambda draw: f"--to {'fd00::/64' if draw.inet6 else '10.0.0.0/24'}",
    "MARK": lambda draw: draw.one(
        *(f"--set-xmark {draw.mark()}", "--or-mark 0x4000", "--and-mark 0xff", "--xor-mark 0x4000", "--set-mark 7")
    ),
    "CONNMARK": lambda draw: draw.one(
        *("--save-mark", "--restore-mark", "--save-mark --nfmask 0xf --ctmask 0xff", f"--set-xmark {draw.mark()}")
    ),
    "LOG": lambda draw: draw.one(
        *("", '--log-prefix "a \\"b"', "--log-level 7 --log-ip-options --log-uid", '--log-prefix "x: " --log-macdecode')
    ),
    "NFLOG": lambda draw: draw.one("", '--nflog-prefix "x y" --nflog-group 3', "--nflog-threshold 2"),
    "NFQUEUE": lambda draw: draw.one("--queue-num 5", "--queue-balance 0:3", "--queue-num 3 --queue-bypass"),
    "REJECT": lambda _: "",
    "CLASSIFY": lambda _: "--set-class 0001:0002",
    "TEE": lambda draw: f"--gateway {draw.address()}",
    "TRACE": lambda _: "",
    "AUDIT": lambda draw: f"--type {draw.one('accept', 'drop')}",
    "DSCP": lambda _: "--set-dscp 0x0a",
    "TOS": lambda draw: draw.one("--set-tos 0x10/0x3f", "--set-tos 0x10"),
    "TTL": lambda draw: draw.one("--ttl-set 5", "--ttl-inc 5", "--ttl-dec 1"),
    "HL": lambda draw: draw.one("--hl-set 5", "--hl-dec 1"),
    "CHECKSUM": lambda _: "--checksum-fill",
    "TCPMSS": lambda draw: draw.one("--clamp-mss-to-pmtu", "--set-mss 1400"),
    "TPROXY": lambda draw: draw.one("--on-port 8080", "--on-port 8080 --tproxy-mark 0x1/0xff"),
    "CT": lambda draw: draw.one("--notrack", "--zone 5", "--helper ftp"),
    "SET": lambda draw: draw.one("--add-set azure-npm-1 src", "--del-set azure-npm-1 dst"),
}


def state(seed: int, family: str) -> TableState:
    """Draw the table of that number."""
    draw = Draw(seed, family)
    table = draw.one("nat", "nat", "nat", "nat", "mangle", "filter")
    chains = tuple(draw.random.sample(_CHAINS, draw.random.randint(2, 8)))
    policies = tuple(
        (chain, "ACCEPT" if table == "nat" else draw.one("ACCEPT", "DROP"), _counter(draw), _counter(draw))
        for chain in BUILT_IN[table]
    )
    places = (*chains, *BUILT_IN[table])
    # A chain jumps only to those behind it: the kernel refuses loops.
    behind = {chain: chains[at + 1 :] for at, chain in enumerate(chains)}
    homes = [draw.one(*places) for _ in range(draw.random.randint(6, 30))]
    rules = tuple(_rule(draw, table, home, behind.get(home, chains)) for home in homes)
    spoken = draw.one(*_SPOKEN) if draw.chance(0.2) else None
    return TableState(table, chains, policies, rules, spoken)


def _counter(draw: Draw) -> int:
    drawn = [draw.random.randint(0, most) for most in (99999, 10**7, 10**12)]
    return draw.random.choice([0, 0, 1, 10**5, 10**12 + 5 * 10**9, *drawn])


def _rule(draw: Draw, table: str, chain: str, chains: tuple[str, ...]) -> Rule:
    protocol = draw.one(*_PROTOCOLS) if draw.chance(0.6) else "all"
    protocol = "ipv6-icmp" if draw.inet6 and protocol == "icmp" else protocol
    words, negated = _conditions(draw, protocol)
    clauses = _clauses(draw, "all" if negated else protocol)
    draw.has_ports = not negated and protocol in {"tcp", "udp", "sctp"}
    target, kind = _target(draw, table, chains)
    kinds = (f"-p {protocol}", *(f"-m {name}" for name, _ in clauses), *([kind] if kind else []))
    options = " ".join([*words, *(clause for _, clause in clauses), target]).rstrip()
    return Rule(chain, options, kinds, _counter(draw), _counter(draw))


def _clauses(draw: Draw, protocol: str) -> list[tuple[str, str]]:
    """Give match clauses by name; one of the protocol stands anywhere among the others."""
    count = draw.random.choice([0, 1, 1, 2, 3])
    names = [draw.one(*_LIKELY) if draw.chance(0.75) else draw.one(*MATCHES) for _ in range(count)]
    clauses = [(name, MATCHES[name](draw)) for name in dict.fromkeys(names)]
    if protocol in OF_PROTOCOL and draw.chance(0.75):
        name, clause = draw.random.choice(OF_PROTOCOL[protocol])
        clauses.insert(draw.random.randint(0, len(clauses)), (name, clause(draw)))
    return clauses


def _target(draw: Draw, table: str, chains: tuple[str, ...]) -> tuple[str, str]:
    """Give the words of a target and its kind; both are empty for a rule without one."""
    choice = draw.one("chain", "chain", "none", "likely", "likely", "any")
    if choice == "chain" and chains:
        way = draw.one("-j", "-j", "-g")
        return f"{way} {quoted(draw.one(*chains))}", f"{way} CHAIN"
    if choice == "none":
        return "", ""
    allowed = [name for name in TARGETS if table in TARGET_TABLES.get(name, {table})]
    name = draw.one(*(allowed[:8] if choice == "likely" else allowed))
    return f"-j {name} {TARGETS[name](draw)}".rstrip(), f"-j {name}"


def _conditions(draw: Draw, protocol: str) -> tuple[list[str], bool]:
    """Give the conditions of the header, and whether the protocol is negated."""
    words = [f"{draw.bang()}{end} {draw.prefix()}" for end in ("-s", "-d") if draw.chance(0.35)]
    words += [f"{draw.bang()}{end} {draw.one(*_INTERFACES)}" for end in ("-i", "-o") if draw.chance(0.2)]
    negated = protocol != "all" and draw.chance(0.15)
    if protocol != "all":
        words.append(f"{'! ' if negated else ''}-p {protocol}")
    if not draw.inet6 and draw.chance(0.08):
        words.append(draw.one("-f", "! -f"))
    return words, negated
