"""One rule of a nat table against a kind of packets: which destinations it takes, and whether that is certain.

Conditions on destinations are kept as exact sets. Everything else is true, false, or a doubt: a condition that the
capture does not show, that we cannot read, or that some of the packets in question meet and others do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, TypeAlias

from azcnilint.analysis.prefixes import PrefixSet
from azcnilint.models import AddressMatch, Match, NatRule, Option

ALL_BITS: Final = 0xFFFFFFFF

Condition: TypeAlias = PrefixSet | bool | str
"""The destinations that meet a condition; or whether all packets do; or, as text, why that cannot be told."""

_PROTOCOL_NAMES: Final = {
    "1": "icmp",
    "6": "tcp",
    "17": "udp",
    "58": "ipv6-icmp",
    "icmpv6": "ipv6-icmp",
    "132": "sctp",
    "0": "all",
}
"""`iptables -L -n` 1.8.9 prints numbers where other versions print names (/etc/protocols)."""

_PROTOCOL_MATCHES: Final = frozenset(
    {"tcp", "udp", "udplite", "sctp", "dccp", "icmp", "icmp6", "ipv6-icmp", "ah", "esp"}
)


@dataclass(frozen=True, slots=True)
class Mark:
    """What is known of a packet's mark.

    Attributes:
        value: The bits that are known.
        known: Which of the 32 bits are known.
    """

    value: int = 0
    known: int = ALL_BITS

    @classmethod
    def of(cls, value: int | None) -> Mark:
        """Give the mark of that value; None is a mark of which nothing is known."""
        return cls(0, 0) if value is None else cls(value & ALL_BITS)

    def equals(self, value: int, mask: int) -> bool | None:
        """Say whether `mark & mask == value`, as the mark match does (xt_mark.c mark_mt); None for unknown bits."""
        if (self.value ^ value) & mask & self.known or value & ~mask:
            return False
        return None if mask & ~self.known else True

    def changed(self, value: int, mask: int) -> Mark:
        """Give `(mark & ~mask) ^ value`, the effect of `--set-xmark value/mask` (xt_mark.c mark_tg)."""
        known = (self.known | mask) & ALL_BITS
        return Mark(((self.value & ~mask) ^ value) & known, known)


UNKNOWN_MARK: Final = Mark(0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """The packets in question: the first of each connection, so of connection state NEW. None means any.

    Attributes:
        source: The source addresses; a rule that takes only some of them is a doubt.
        protocol: `tcp`, `udp` …
        source_port: Port of the transport header; likewise `destination_port`.
        out_interface: The device the packets leave by; likewise `in_interface`.
        local: The node's own addresses. When None, no destination is local (as for packets that are forwarded) and
            whether a source is local cannot be told.
        interface_free: Chains whose rules are known to carry no interface condition, although a listing without `-v`
            hides that column.
    """

    source: PrefixSet
    protocol: str | None = None
    source_port: int | None = None
    destination_port: int | None = None
    in_interface: str | None = None
    out_interface: str | None = None
    local: PrefixSet | None = None
    interface_free: frozenset[str] = frozenset()

    @property
    def family(self) -> str:
        """The family of all addresses in question."""
        return self.source.family


@dataclass(frozen=True, slots=True)
class Reach:
    """The destinations whose packets a rule takes.

    Attributes:
        destinations: Where it may take packets; nowhere else does it take any.
        doubt: Why it may yet pass some of those packets by, as a phrase; None when it takes them all.
    """

    destinations: PrefixSet
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reason why some destinations are undecided.

    Attributes:
        chain: Where the doubt stands.
        rule: The rule in doubt; None for rules or a chain that the capture does not show.
        reason: A phrase about the rule (`its out interface is not shown`) or the gap.
    """

    chain: str
    rule: NatRule | None
    reason: str


def reach(rule: NatRule, chain: str, traffic: Traffic, mark: Mark) -> Reach:
    """Match one rule of the chain of that name against packets of that mark. Total: never raises."""
    destinations = PrefixSet.everything(traffic.family)
    doubt: str | None = None
    for condition in _conditions(rule, chain, traffic, mark):
        if condition is False:
            return Reach(PrefixSet.empty(traffic.family))
        if isinstance(condition, PrefixSet):
            destinations = destinations.intersect(condition)
        elif isinstance(condition, str):
            doubt = doubt or condition
    return Reach(destinations, doubt)


def _conditions(rule: NatRule, chain: str, traffic: Traffic, mark: Mark) -> Iterator[Condition]:
    """Read all conditions of a rule; the packet meets the rule when it meets each of them."""
    yield _destination(rule, traffic)
    yield _source(rule, traffic)
    yield _protocol(rule, traffic)
    if rule.fragment is not None:
        yield "it depends on fragmentation"
    yield from _interfaces(rule, chain, traffic)
    for match in rule.matches:
        yield from _match(match, traffic, mark)
    if "matches" in rule.hidden:
        yield "the listing may leave out conditions of it"


def _destination(rule: NatRule, traffic: Traffic) -> Condition:
    if "destination" in rule.hidden:
        return "its destination is not shown"
    members = _addresses(rule.destination, traffic.family)
    return members if members is not None else f"destination {rule.destination.text} is no prefix"


def _source(rule: NatRule, traffic: Traffic) -> Condition:
    if "source" in rule.hidden:
        return "its source is not shown"
    members = _addresses(rule.source, traffic.family)
    if members is None:
        return f"source {rule.source.text} is no prefix"
    return _source_within(
        members, traffic, f"it takes only source {_bang(negated=rule.source.negated)}{rule.source.text}"
    )


def _source_within(members: PrefixSet, traffic: Traffic, doubt: str) -> Condition:
    """Say whether the packets come from `members`: all, none, or, with the given doubt, some."""
    if members.covers(traffic.source):
        return True
    return doubt if members.overlaps(traffic.source) else False


def _addresses(condition: AddressMatch, family: str) -> PrefixSet | None:
    """Give the addresses that meet a condition; None for a host name, an odd mask or the other family."""
    if condition.network is None or condition.mask is not None:
        return None
    members = PrefixSet.of(condition.network)
    if members.family != family:
        return None
    return members.complement() if condition.negated else members


def _protocol(rule: NatRule, traffic: Traffic) -> Condition:
    if "protocol" in rule.hidden:
        return "its protocol is not shown"
    wanted = _PROTOCOL_NAMES.get(rule.protocol, rule.protocol)
    if wanted == "all":
        return not rule.protocol_negated
    if traffic.protocol is None:
        return f"it takes only protocol {_bang(negated=rule.protocol_negated)}{wanted}"
    return (_PROTOCOL_NAMES.get(traffic.protocol, traffic.protocol) == wanted) != rule.protocol_negated


def _interfaces(rule: NatRule, chain: str, traffic: Traffic) -> Iterator[Condition]:
    for name, pattern, negated, actual in (
        ("in_interface", rule.in_interface, rule.in_interface_negated, traffic.in_interface),
        ("out_interface", rule.out_interface, rule.out_interface_negated, traffic.out_interface),
    ):
        if pattern is None and name in rule.hidden:
            yield True if chain in traffic.interface_free else f"its {name.replace('_', ' ')} is not shown"
        elif pattern is not None:
            yield _interface(pattern, negated=negated, actual=actual)


def _interface(pattern: str, *, negated: bool, actual: str | None) -> Condition:
    """Compare as ip_tables.c ip_packet_match does: a final `+` matches any rest."""
    if pattern == "+":
        return not negated
    if actual is None:
        return f"it takes only interface {_bang(negated=negated)}{pattern}"
    meets = actual.startswith(pattern[:-1]) if pattern.endswith("+") else actual == pattern
    return meets != negated


def _match(match: Match, traffic: Traffic, mark: Mark) -> Iterator[Condition]:
    """Read one `-m` clause: all of its options must hold."""
    if match.module == "comment" or (match.module in _PROTOCOL_MATCHES and not match.options):
        return
    if not match.options:
        yield f"match {match.text or match.module} cannot be read"
    for option in match.options:
        read = _OPTIONS.get((match.module or "", option.name))
        condition = read(option, traffic, mark) if read is not None else None
        yield _negate(condition, negated=option.negated) if condition is not None else _unread(match, option)


def _unread(match: Match, option: Option) -> str:
    words = " ".join((f"--{option.name}", *option.values))
    return f"it depends on match {match.module} {_bang(negated=option.negated)}{words}"


def _negate(condition: Condition, *, negated: bool) -> Condition:
    if isinstance(condition, PrefixSet):
        return condition.complement() if negated else condition
    return condition if isinstance(condition, str) else condition != negated


def _mark(option: Option, _traffic: Traffic, mark: Mark) -> bool | None:
    wanted = value_and_mask(option)
    return None if wanted is None else mark.equals(*wanted)


def value_and_mask(option: Option) -> tuple[int, int] | None:
    """Read `0x4000/0x4000` or `0x4000` (mask: all bits); None for anything else."""
    value, slash, mask = "".join(option.values).partition("/")
    try:
        return int(value, 0), int(mask, 0) if slash else ALL_BITS
    except ValueError:
        return None


def _state(option: Option, _traffic: Traffic, _mark: Mark) -> bool | None:
    """The nat table sees the first packet of a connection only. SNAT and DNAT are no states but what happened to it."""
    states = set(",".join(option.values).upper().split(","))
    if "NEW" in states:
        return True
    return False if states <= {"ESTABLISHED", "RELATED", "INVALID", "UNTRACKED"} else None


def _destination_type(option: Option, traffic: Traffic, _mark: Mark) -> PrefixSet | None:
    if _types(option) != {"LOCAL"}:
        return None
    return traffic.local if traffic.local is not None else PrefixSet.empty(traffic.family)


def _source_type(option: Option, traffic: Traffic, _mark: Mark) -> bool | None:
    if _types(option) != {"LOCAL"} or traffic.local is None:
        return None
    return _decided(_source_within(traffic.local, traffic, ""))


def _types(option: Option) -> set[str]:
    return set(",".join(option.values).upper().split(","))


def _destination_range(option: Option, traffic: Traffic, _mark: Mark) -> PrefixSet | None:
    members = _range(option)
    return members if members is not None and members.family == traffic.family else None


def _source_range(option: Option, traffic: Traffic, _mark: Mark) -> bool | None:
    members = _range(option)
    return None if members is None else _decided(_source_within(members, traffic, ""))


def _decided(condition: Condition) -> bool | None:
    return condition if isinstance(condition, bool) else None


def _range(option: Option) -> PrefixSet | None:
    """Read `168.63.129.16-168.63.129.20` or one address (libxt_iprange.c)."""
    first, dash, last = "".join(option.values).partition("-")
    try:
        return PrefixSet.between(ip_address(first), ip_address(last if dash else first))
    except ValueError:
        return None


def _source_port(option: Option, traffic: Traffic, _mark: Mark) -> bool | None:
    return _within(option, traffic.source_port)


def _destination_port(option: Option, traffic: Traffic, _mark: Mark) -> bool | None:
    return _within(option, traffic.destination_port)


def _within(option: Option, port: int | None) -> bool | None:
    """Look a port up in `80`, `80,443`, `30000:32767`, `:1023`; None for a service name or an unknown port."""
    if port is None:
        return None
    try:
        ranges = [_ports(text) for text in ",".join(option.values).split(",")]
    except ValueError:
        return None
    return any(first <= port <= last for first, last in ranges)


def _ports(text: str) -> tuple[int, int]:
    first, colon, last = text.partition(":")
    if not colon:
        return int(first), int(first)
    return int(first or 0), int(last or 65535)


def _bang(*, negated: bool) -> str:
    return "! " if negated else ""


_Reader: TypeAlias = Callable[[Option, Traffic, Mark], PrefixSet | bool | None]

_OPTIONS: Final[Mapping[tuple[str, str], _Reader]] = {
    ("mark", "mark"): _mark,
    ("conntrack", "ctstate"): _state,
    ("state", "state"): _state,
    ("addrtype", "dst-type"): _destination_type,
    ("addrtype", "src-type"): _source_type,
    ("iprange", "dst-range"): _destination_range,
    ("iprange", "src-range"): _source_range,
    ("multiport", "dports"): _destination_port,
    ("multiport", "sports"): _source_port,
    **{(module, "dport"): _destination_port for module in ("tcp", "udp", "udplite", "sctp", "dccp")},
    **{(module, "sport"): _source_port for module in ("tcp", "udp", "udplite", "sctp", "dccp")},
}
"""What we can read of extensions, by module and option as iptables-save spells them (iptables-extensions(8))."""
