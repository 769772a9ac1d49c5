"""What `iptables -L`, `-S` and iptables-save share: the command's facts, addresses, and chains gathered to a table."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from azcnilint.capture import Capture, Completeness
from azcnilint.models import NOTHING, AddressMatch, Chain, NatRule, NatTable
from azcnilint.parsers.base import whole
from azcnilint.parsers.grammar import to_network
from azcnilint.parsers.iptables_names import ANY_BUILTIN, BUILTIN_CHAINS, HOSTS, NAT_TARGETS, NETWORKS, TARGETS
from azcnilint.parsers.lines import Reading
from azcnilint.text import Span

_MEMO_SIZE: Final = 1 << 16
_RULES: Final = frozenset({"rules"})
_CHAINS: Final = frozenset({"chains"})
_addresses: dict[tuple[str, str], AddressMatch] = {}


def address_match(printed: str, family: str) -> AddressMatch:
    """Read a source or destination, `!` included; raises LeafError for what is neither an address nor a name."""
    known = _addresses.get((printed, family))
    if known is None:
        known = _address_match(printed, family)
        if len(_addresses) >= _MEMO_SIZE:
            _addresses.clear()
        _addresses[printed, family] = known
    return known


def _address_match(printed: str, family: str) -> AddressMatch:
    text = printed.removeprefix("!")
    negated = text != printed
    base, slash, mask = text.partition("/")
    if not slash and text in HOSTS[family]:
        return AddressMatch(text=text, network=to_network(HOSTS[family][text]), negated=negated)
    named = NETWORKS[family].get(base)
    if named is not None:
        return AddressMatch(text=text, network=to_network(named + slash + mask), negated=negated)
    if _is_name(base):
        return AddressMatch(text=text, network=None, negated=negated, host=text)
    length = _prefix_length(mask)
    if length is None:
        return AddressMatch(
            text=text, network=None, negated=negated, mask=mask, host=str(to_network(base).network_address)
        )
    return AddressMatch(text=text, network=to_network(f"{base}/{length}" if length else text), negated=negated)


def _is_name(base: str) -> bool:
    return ":" not in base and not base.replace(".", "").isdigit()


def _prefix_length(mask: str) -> str | None:
    """Give the length that a mask stands for; the empty text for none, None when its bits are not contiguous.

    `ipaddress` would take 0.0.0.255 for the inverse of a mask; iptables takes it for a mask.
    """
    if "." not in mask and ":" not in mask:
        return mask
    address = to_network(mask).network_address
    bits = f"{int(address):0{address.max_prefixlen}b}"
    ones = bits.rstrip("0")
    return str(len(ones)) if "0" not in ones else None


_UNITS: Final = {"K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15}


def count(printed: str | None) -> int | None:
    """Give a counter in units; `860K` is rounded to thousands by xt_print_counters (iptables 1.8.9, xshared.c)."""
    if printed is None:
        return None
    unit = _UNITS.get(printed[-1])
    return int(printed) if unit is None else int(printed[:-1]) * unit


@dataclass(frozen=True, slots=True)
class Command:
    """What the command line settles.

    Attributes:
        table: What `-t` names, `filter` for a command without it; None when no command is shown, or for iptables-save.
        family: `inet` or `inet6`; None when no command is shown.
        backend: `nf_tables` or `legacy` when the program's name says so; else None.
        chain: The only chain that is listed; None for all.
        num: The only rule that is listed; None for all.
        verbose: Whether `-v` is given; None when no command is shown. Likewise `numbered` for `--line-numbers`.
    """

    table: str | None = None
    family: str | None = None
    backend: str | None = None
    chain: str | None = None
    num: int | None = None
    verbose: bool | None = None
    numbered: bool | None = None


def command_of(argv: Sequence[str] | None) -> Command:
    """Read a command line without wrappers; an unknown one settles nothing."""
    at = next((index for index, word in enumerate(argv or ()) if "tables" in word), None)
    if argv is None or at is None:
        return Command()
    program, words = argv[at].rsplit("/", 1)[-1], list(argv[at + 1 :])
    backend = "nf_tables" if "-nft" in program else "legacy" if "-legacy" in program else None
    table = _value_of(words, "t", "--table")
    listed = [] if "save" in program else _listed(words)
    return Command(
        table=table or (None if "save" in program else "filter"),
        family="inet6" if program.startswith("ip6") else "inet",
        backend=backend,
        chain=listed[0] if listed else None,
        num=int(listed[1]) if len(listed) > 1 and listed[1].isdigit() else None,
        verbose=_has(words, "v", "--verbose"),
        numbered="--line-numbers" in words or "--line" in words,
    )


def _has(words: Sequence[str], short: str, long: str) -> bool:
    return any(word == long or (_is_cluster(word) and short in word) for word in words)


def _is_cluster(word: str) -> bool:
    return word.startswith("-") and not word.startswith("--")


def _value_of(words: Sequence[str], short: str, long: str) -> str | None:
    """Give the value of `-t nat`, `-tnat`, `--table nat` or `--table=nat`."""
    for at, word in enumerate(words):
        if word.startswith(f"{long}="):
            return word.partition("=")[2]
        if word.startswith(f"-{short}") and len(word) > 2:
            return word[2:]
        if word == long or (_is_cluster(word) and word.endswith(short)):
            return words[at + 1] if at + 1 < len(words) else None
    return None


def _listed(words: Sequence[str]) -> list[str]:
    """Give what stands behind -L or -S: a chain and perhaps a rule number."""
    for at, word in enumerate(words):
        if word in {"--list", "--list-rules"} or (_is_cluster(word) and word[-1] in "LS"):
            values = []
            for value in words[at + 1 : at + 3]:
                if value.startswith("-"):
                    break
                values.append(value)
            return values
    return []


@dataclass(slots=True)
class ChainDraft:
    """A chain while its lines are read; `begin` is where its first line begins."""

    name: str
    table: str
    begin: int
    policy: str | None = None
    packets: int | None = None
    bytes: int | None = None
    references: int | None = None
    hidden: frozenset[str] = NOTHING
    rules: list[NatRule] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)

    def chain(self, table: str) -> Chain:
        """Freeze it as a chain of `table`."""
        return Chain(
            span=self.spans[0].cover(self.rules[-1].span) if self.rules else self.spans[0].cover(self.spans[-1]),
            name=self.name,
            table=table,
            policy=self.policy,
            packets=self.packets,
            bytes=self.bytes,
            references=self.references,
            rules=tuple(self.rules),
            hidden=self.hidden,
        )

    def lacks_rules(self) -> None:
        """Note that rules of it may be missing."""
        self.hidden |= _RULES


def hide_cut_rules(drafts: Sequence[ChainDraft], capture: Capture, lost: Iterable[int]) -> None:
    """Mark the chains of a listing inside which lines are missing: lost lines, gaps, the cut end, a filter."""
    begins = [draft.begin for draft in drafts]
    for offset in (*lost, *(gap.start for gap in capture.gaps)):
        at = bisect_right(begins, offset)
        if at:
            drafts[at - 1].lacks_rules()
    everywhere = capture.completeness is Completeness.FILTERED
    everywhere |= capture.completeness is Completeness.SNIPPED and not capture.gaps
    for draft in drafts if everywhere else ():
        draft.lacks_rules()
    if capture.completeness is Completeness.TAIL_CUT and drafts:
        drafts[-1].lacks_rules()


def table_of(chains: Sequence[ChainDraft]) -> str | None:
    """Tell the table by its chains and targets; None when they leave it open."""
    names = {chain.name for chain in chains}
    if any(_is_nat_chain(name) for name in names) or _jumps_to_nat(chains):
        return "nat"
    if {"PREROUTING", "POSTROUTING"} <= names:
        return "mangle" if "FORWARD" in names else "nat"
    return "filter" if {"INPUT", "FORWARD", "OUTPUT"} <= names else None


def _is_nat_chain(name: str) -> bool:
    return name in {
        "IP-MASQ-AGENT",
        "KUBE-POSTROUTING",
        "KUBE-MARK-MASQ",
        "SWIFT",
        "SWIFT-POSTROUTING",
    } or name.startswith(("KUBE-SEP-", "KUBE-SVC-", "CNI-HOSTPORT-", "CNI-DN-"))


def _jumps_to_nat(chains: Sequence[ChainDraft]) -> bool:
    return any(rule.target in NAT_TARGETS or rule.target in _NAT_JUMPS for chain in chains for rule in chain.rules)


_NAT_JUMPS: Final = frozenset({"IP-MASQ-AGENT", "KUBE-POSTROUTING", "KUBE-MARK-MASQ"})


def missing_chains(drafts: Sequence[ChainDraft], table: str | None, command: Command) -> str | None:
    """Say why a listing cannot be a whole table; None when it can."""
    names = {draft.name for draft in drafts}
    if command.chain is not None:
        return f"only chain {command.chain} was listed"
    builtin = BUILTIN_CHAINS.get(table or "", ())
    lacking = [name for name in builtin if name not in names]
    if len(names) == 1 and (lacking or not names & ANY_BUILTIN or not builtin):
        return f"only chain {next(iter(names))} was listed"
    if lacking or not names & ANY_BUILTIN:
        return f"chain {lacking[0]} is not listed" if lacking else "no built-in chain is listed"
    return unlisted_target(drafts)


def unlisted_target(drafts: Sequence[ChainDraft]) -> str | None:
    """Name a chain that a rule jumps to and that is not among `drafts`; None when all are there."""
    names = {draft.name for draft in drafts}
    targets = {rule.target for draft in drafts for rule in draft.rules} - names - TARGETS - {None}
    return f"chain {min(str(target) for target in targets)} is a target and is not listed" if targets else None


@dataclass(frozen=True, slots=True)
class Section:
    """The chains of one table, and why they may not be all."""

    table: str | None
    drafts: Sequence[ChainDraft]
    because: str | None


def assemble(
    reading: Reading, sections: Sequence[Section], command: Command, family: str, version: str | None
) -> NatTable:
    """Make the table of all sections; a capture that is cut anywhere leaves its reason in each of them."""
    chains = tuple(draft.chain(section.table or "") for section in sections for draft in section.drafts)
    because = next((section.because for section in sections if section.because), None)
    if not sections and because is None:
        because = reading.incomplete_because
    names = tuple(dict.fromkeys(section.table for section in sections if section.table))
    return NatTable(
        span=whole([chain.span for chain in chains], reading.body),
        table=names[0] if len(names) == 1 and all(section.table for section in sections) else None,
        chains=chains,
        tables=names,
        incomplete_tables=frozenset(section.table for section in sections if section.table and section.because),
        family=family,
        backend=command.backend,
        tool_version=version,
        hidden=_CHAINS if because else NOTHING,
        incomplete_because=because,
    )


_SERVICE_COMMENTS: Final = (" cluster IP", " external IP", " loadbalancer IP")


def leaves_out_matches(chain: str, rule: NatRule) -> bool:
    """Whether a rule of kube-proxy lacks the condition that kube-proxy always gives it.

    iptables-nft 1.8.7 prints rules that 1.8.9 or later wrote without their mark and port matches, and says nothing.
    """
    if chain == "KUBE-POSTROUTING" and rule.target == "RETURN" and rule.num == 1:
        return not rule.matches
    about_a_service = (
        rule.comment is not None and rule.comment.endswith(_SERVICE_COMMENTS) and chain.startswith("KUBE-")
    )
    return about_a_service and rule.protocol in {"tcp", "udp", "sctp"} and not _has_port(rule)


def _has_port(rule: NatRule) -> bool:
    return any("port" in option.name for match in rule.matches for option in match.options)


def hide_left_out(drafts: Collection[ChainDraft]) -> NatRule | None:
    """Hide the matches of rules that may have lost some; gives the first rule that proves it, None without one."""
    every = ((draft.name, rule) for draft in drafts for rule in draft.rules)
    proof = next((rule for name, rule in every if leaves_out_matches(name, rule)), None)
    for draft in drafts if proof is not None else ():
        draft.rules = [
            replace(rule, hidden=rule.hidden | {"matches"})
            if leaves_out_matches(draft.name, rule) or _may_have_lost(rule)
            else rule
            for rule in draft.rules
        ]
    return proof


def _may_have_lost(rule: NatRule) -> bool:
    """A bare rule may have had a mark match, a rule for tcp or udp a port; rules that mark, or say why, are known."""
    bare = not rule.matches and rule.comment is None and rule.target not in {"MARK", "CONNMARK"}
    portless = rule.protocol in {"tcp", "udp"} and not _has_port(rule) and rule.target != "DNAT"
    return bare or portless
