"""A nat table as a program over sets of destinations: what may become of the packets to each of them.

The evaluation collects possibilities. At each rule, a destination may be taken, may pass by, or both; a doubt makes it
both. A destination is decided when only one end remains possible, whichever way the doubts fall. What a chain may do
does not depend on how packets came there, but for their mark, so each chain is run once for each mark.

Sources: iptables-extensions(8) for targets; net/ipv4/netfilter/ip_tables.c ipt_do_table for jumps, goto and RETURN.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from azcnilint.analysis.nat_matching import UNKNOWN_MARK, Mark, Traffic, reach, value_and_mask
from azcnilint.analysis.prefixes import PrefixPool, PrefixSet
from azcnilint.models import Chain, NatRule, NatTable

MAX_DEPTH: Final = 64
"""Chains that may be open at once; nftables allows 16 (NFT_JUMP_STACK_SIZE), so only made-up tables are deeper."""

MAX_MARKS: Final = 16
"""Different marks that are told apart at one place; more are taken together as unknown."""

MAX_WORK: Final = 100_000
"""Rules that are matched for one question, and ranges moved; beyond, what is left is undecided rather than slow."""

_PARTS_A_UNIT: Final = 64
"""Bounds that are moved in about the time that one rule takes to match."""


class Effect(Enum):
    """What a target does to a packet, as far as its source address is concerned."""

    REWRITE = auto()
    ACCEPT = auto()
    RETURN = auto()
    CONTINUE = auto()
    MARK = auto()
    JUMP = auto()
    GOTO = auto()
    STOP = auto()
    UNKNOWN = auto()


_PASSING: Final = [
    "AUDIT",
    "CHECKSUM",
    "CLASSIFY",
    "CONNSECMARK",
    "CT",
    "DSCP",
    "HL",
    "IDLETIMER",
    "LED",
    "LOG",
    "NFLOG",
    "NOTRACK",
    "RATEEST",
    "SECMARK",
    "SET",
    "TCPMSS",
    "TEE",
    "TOS",
    "TRACE",
    "TTL",
    "ULOG",
]

_EFFECTS: Final[Mapping[str, Effect]] = {
    **dict.fromkeys(("MASQUERADE", "SNAT", "NETMAP", "SAME"), Effect.REWRITE),
    **dict.fromkeys(("DNAT", "REDIRECT", "DROP", "REJECT", "QUEUE", "NFQUEUE", "TPROXY"), Effect.STOP),
    **dict.fromkeys(_PASSING, Effect.CONTINUE),
    "ACCEPT": Effect.ACCEPT,
    "RETURN": Effect.RETURN,
    "MARK": Effect.MARK,
    "CONNMARK": Effect.MARK,
}


def effect(rule: NatRule, chains: Mapping[str, Chain]) -> Effect:
    """Classify the target of a rule. A chain of the table hides no target: iptables refuses such names."""
    if "target" in rule.hidden:
        return Effect.UNKNOWN
    if rule.target is None:
        return Effect.CONTINUE
    if rule.target in _EFFECTS:
        return _EFFECTS[rule.target]
    if rule.target in chains:
        return Effect.GOTO if rule.goto else Effect.JUMP
    return Effect.UNKNOWN


def remark(rule: NatRule, mark: Mark) -> Mark:
    """Give the mark behind a MARK rule; unknown for CONNMARK, and when the options cannot be read."""
    if rule.target != "MARK" or "target_options" in rule.hidden or len(rule.target_options) != 1:
        return UNKNOWN_MARK
    option = rule.target_options[0]
    read = value_and_mask(option)
    if read is None:
        return UNKNOWN_MARK
    value, mask = read
    match option.name:
        case "set-xmark":
            return mark.changed(value, mask)
        case "set-mark":  # clears what it sets as well: (mark & ~(value | mask)) ^ value
            return mark.changed(value, mask | value)
        case "or-mark":
            return mark.changed(value, value)
        case "and-mark":
            return mark.changed(0, ~value)
        case "xor-mark":
            return mark.changed(value, 0)
        case _:
            return UNKNOWN_MARK


def known_length(chain: Chain) -> int:
    """Give how many of the first rules of a chain are certain to be its first rules.

    All of a whole chain. Where rules may be missing, those before the first jump in the printed numbers, for numbers
    that have a gap were printed; numbers without a gap may have been counted by a reader who did not see the gap.
    """
    if "rules" not in chain.hidden:
        return len(chain.rules)
    return next((place for place, rule in enumerate(chain.rules) if rule.num != place + 1), 0)


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that may take packets.

    Attributes:
        chain: The chain that holds it.
        rule: None for a place where a rule that is not shown may stand.
        effect: What it does.
        taken: The destinations whose packets it may take.
        doubt: Why that is not certain, or what is unknown of the effect; None when all is certain.
        callee: What the chain does that it jumps to; None for other effects.
    """

    chain: str
    rule: NatRule | None
    effect: Effect
    taken: PrefixSet
    doubt: str | None
    callee: Summary | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a chain may do with packets of one mark, by destination; a destination may stand in several sets.

    Attributes:
        rewritten: The source address may be rewritten.
        accepted: The packet may be accepted as it is.
        unknown: What happens may be something else, or something that is not shown.
        returned: The packet may come back to the caller, by the mark it then bears.
        keeping: Destinations for which a rule says ACCEPT or RETURN without doubt, here or in a called chain.
        rewriting: Likewise for MASQUERADE and its kin.
        steps: The rules that may take packets, in order.
    """

    rewritten: PrefixSet
    accepted: PrefixSet
    unknown: PrefixSet
    returned: Mapping[Mark, PrefixSet]
    keeping: PrefixSet
    rewriting: PrefixSet
    steps: tuple[Step, ...]


@dataclass(slots=True)
class _Flow:
    """The packets on their way through one chain."""

    chain: str
    family: str
    here: dict[Mark, PrefixPool]
    rewritten: list[PrefixSet] = field(default_factory=list)
    accepted: list[PrefixSet] = field(default_factory=list)
    unknown: list[PrefixSet] = field(default_factory=list)
    keeping: list[PrefixSet] = field(default_factory=list)
    rewriting: list[PrefixSet] = field(default_factory=list)
    returned: list[tuple[Mark, PrefixSet]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def arrive(self, mark: Mark, part: PrefixSet) -> None:
        """Let packets stand at the next rule; too many different marks are taken together as unknown."""
        if mark in self.here:
            self.here[mark].add(part)
        elif not part.is_empty and len(self.here) < MAX_MARKS:
            self.here[mark] = PrefixPool(part)
        elif not part.is_empty:
            together = part.union(*(pool.frozen() for pool in self.here.values()))
            self.here = {UNKNOWN_MARK: PrefixPool(together)}

    def give_up(self, reason: str) -> None:
        """Leave everything that is still here undecided."""
        left = PrefixSet.empty(self.family).union(*(pool.frozen() for pool in self.here.values()))
        self.unknown.append(left)
        self.steps.append(Step(self.chain, None, Effect.UNKNOWN, left, reason))
        self.here = {}

    def end(self, step: Step) -> None:
        """Note a rule behind which its packets do not go on."""
        self.steps.append(step)
        if step.doubt is None:
            into = self.rewriting if step.effect is Effect.REWRITE else self.keeping
            into.append(step.taken)

    def enter(self, step: Step, callee: Summary) -> list[tuple[Mark, PrefixSet]]:
        """Put packets through another chain; gives those that come back here. A goto sends them to our own caller."""
        self.rewritten.append(callee.rewritten.intersect(step.taken))
        self.accepted.append(callee.accepted.intersect(step.taken))
        self.unknown.append(callee.unknown.intersect(step.taken))
        if step.doubt is None:
            self.keeping.append(callee.keeping.intersect(step.taken))
            self.rewriting.append(callee.rewriting.intersect(step.taken))
        back = [(mark, part.intersect(step.taken)) for mark, part in callee.returned.items()]
        if step.effect is Effect.JUMP:
            return back
        self.returned += back
        return []

    def summary(self) -> Summary:
        """Close the chain: what is still here falls off its end, back to the caller."""
        nothing = PrefixSet.empty(self.family)
        return Summary(
            rewritten=nothing.union(*self.rewritten),
            accepted=nothing.union(*self.accepted),
            unknown=nothing.union(*self.unknown),
            returned=_by_mark([*self.returned, *((mark, pool.frozen()) for mark, pool in self.here.items())], nothing),
            keeping=nothing.union(*self.keeping),
            rewriting=nothing.union(*self.rewriting),
            steps=tuple(self.steps),
        )


class Program:
    """The chains of one table, run against one kind of traffic. Holds results, so that each chain runs once a mark."""

    def __init__(self, table: NatTable, traffic: Traffic) -> None:
        self.chains: dict[str, Chain] = {chain.name: chain for chain in reversed(table.chains)}
        self._traffic = traffic
        self._everything = PrefixSet.everything(traffic.family)
        self._nothing = PrefixSet.empty(traffic.family)
        self._summaries: dict[tuple[str, Mark], Summary] = {}
        self._open: set[str] = set()
        self._work = MAX_WORK

    def run(self, name: str, mark: Mark) -> Summary:
        """Say what the chain of that name, which must exist, may do with packets of that mark. Total: never raises."""
        done = self._summaries.get((name, mark))
        if done is not None:
            return done
        flow = _Flow(name, self._traffic.family, {mark: PrefixPool(self._everything)})
        if name in self._open or len(self._open) >= MAX_DEPTH:
            flow.give_up("its jumps run in a circle, or too deep")
            return flow.summary()
        self._open.add(name)
        self._run_rules(self.chains[name], flow)
        self._open.remove(name)
        self._summaries[name, mark] = flow.summary()
        return self._summaries[name, mark]

    def _run_rules(self, chain: Chain, flow: _Flow) -> None:
        known = known_length(chain)
        for rule in chain.rules[:known]:
            if not flow.here:
                return
            self._work -= len(flow.here)
            if self._work < 0:
                flow.give_up("the table is too tangled to follow")
                return
            self._run_rule(rule, flow)
        if "rules" in chain.hidden and flow.here:
            flow.give_up(f"rules of chain {chain.name} may be missing from here on")

    def _run_rule(self, rule: NatRule, flow: _Flow) -> None:
        """Take packets out of the flow, and put those back that go on behind the rule."""
        onward: list[tuple[Mark, PrefixSet]] = []
        for mark, pool in flow.here.items():
            reached = reach(rule, flow.chain, self._traffic, mark)
            taken = pool.intersect(reached.destinations)
            if not taken.is_empty:
                if reached.doubt is None:
                    pool.remove(taken)
                onward += self._take(rule, flow, mark, taken, reached.doubt)
        for mark, part in onward:
            self._work -= len(part.bounds) // _PARTS_A_UNIT
            flow.arrive(mark, part)
        if any(pool.is_empty for pool in flow.here.values()):
            flow.here = {mark: pool for mark, pool in flow.here.items() if not pool.is_empty}

    def _take(
        self, rule: NatRule, flow: _Flow, mark: Mark, taken: PrefixSet, doubt: str | None
    ) -> list[tuple[Mark, PrefixSet]]:
        """Do what the target says; gives the packets that go on behind the rule, by mark."""
        kind = effect(rule, self.chains)
        match kind:
            case Effect.CONTINUE:
                return [(mark, taken)]
            case Effect.MARK:
                if doubt is not None:
                    flow.steps.append(Step(flow.chain, rule, kind, taken, doubt))
                return [(remark(rule, mark), taken)]
            case Effect.JUMP | Effect.GOTO:
                callee = self.run(str(rule.target), mark)
                flow.steps.append(Step(flow.chain, rule, kind, taken, doubt, callee))
                return flow.enter(flow.steps[-1], callee)
            case Effect.REWRITE:
                flow.rewritten.append(taken)
            case Effect.ACCEPT:
                flow.accepted.append(taken)
            case Effect.RETURN:
                flow.returned.append((mark, taken))
            case Effect.STOP | Effect.UNKNOWN:
                flow.unknown.append(taken)
                doubt = doubt or unknown_target(rule, kind)
        flow.end(Step(flow.chain, rule, kind, taken, doubt))
        return []


def unknown_target(rule: NatRule, kind: Effect) -> str:
    """Say what is unknown of a target that stops the packet or is not shown."""
    if kind is Effect.STOP:
        return f"{rule.target} neither keeps nor masquerades"
    return "its target is not shown" if rule.target is None else f"chain or target {rule.target} is not shown"


def _by_mark(parts: list[tuple[Mark, PrefixSet]], nothing: PrefixSet) -> dict[Mark, PrefixSet]:
    """Gather sets by mark; too many different marks are taken together as unknown."""
    gathered: dict[Mark, list[PrefixSet]] = {}
    for mark, part in parts:
        if not part.is_empty:
            gathered.setdefault(mark, []).append(part)
    if len(gathered) > MAX_MARKS:
        gathered = {UNKNOWN_MARK: [part for group in gathered.values() for part in group]}
    return {mark: nothing.union(*group) for mark, group in gathered.items()}


def reached_steps(summary: Summary) -> Iterator[Step]:
    """Give every step of a chain and of the chains it calls, each chain once, in order."""
    seen: set[int] = set()
    waiting = [summary]
    while waiting:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield from current.steps
        waiting += [step.callee for step in reversed(current.steps) if step.callee is not None]


__all__ = [
    "MAX_DEPTH",
    "Effect",
    "Program",
    "Step",
    "Summary",
    "effect",
    "known_length",
    "reached_steps",
    "remark",
    "unknown_target",
]
