"""The way of one packet through a table, rule by rule: the same matching as for sets of destinations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from azcnilint.analysis.nat_matching import Doubt, Mark, Traffic, reach
from azcnilint.analysis.nat_program import MAX_DEPTH, Effect, effect, known_length, remark, unknown_target
from azcnilint.analysis.prefixes import IPAddress, PrefixSet
from azcnilint.models import Chain, NatRule, NatTable

_MAX_STEPS: Final = 200_000
"""Rules that are matched on one walk; only a packet that goes in circles meets so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """The first packet of a connection, as it comes to a hook. None means unknown.

    Attributes:
        source: Address; so is `destination`, of the same family.
        mark: The packet's mark.
        local: The node's own addresses; see nat_matching.Traffic.
    """

    source: IPAddress
    destination: IPAddress
    protocol: str | None = None
    source_port: int | None = None
    destination_port: int | None = None
    in_interface: str | None = None
    out_interface: str | None = None
    mark: int | None = 0
    local: PrefixSet | None = None

    def traffic(self) -> Traffic:
        """Give the packet as the only one of its kind."""
        return Traffic(
            source=PrefixSet.of(self.source),
            protocol=self.protocol,
            source_port=self.source_port,
            destination_port=self.destination_port,
            in_interface=self.in_interface,
            out_interface=self.out_interface,
            local=self.local,
        )


@dataclass(frozen=True, slots=True)
class Met:
    """A rule that takes the packet, and the chain that holds it."""

    chain: str
    rule: NatRule


@dataclass(frozen=True, slots=True)
class Walk:
    """The way of one packet through a table.

    Attributes:
        met: The rules that take it, in order; the last one gives the verdict unless a policy does.
        verdict: The target that ends the walk (`MASQUERADE`, `ACCEPT`, `DNAT` …) or the policy; None when undecided.
        undecided: Why the walk cannot go on; None with a verdict.
    """

    met: tuple[Met, ...]
    verdict: str | None
    undecided: Doubt | None


def walk(table: NatTable, packet: Packet, hook: str = "POSTROUTING") -> Walk:
    """Follow one packet from the base chain `hook`, stopping at the first rule in doubt that matters. Total.

    A capture of several tables is asked for its nat table; for another one, pass `table.of("filter")`.
    """
    if table.table is None:
        table = table.of("nat")
    if table.family != packet.traffic().family or table.chain(hook) is None:
        return Walk((), None, Doubt(hook, None, "the capture does not show this chain for the packet's family"))
    return _Walker(table, packet).walk(hook)


class _Walker:
    """One packet on its way: the chains that are open, the rules met, the mark."""

    def __init__(self, table: NatTable, packet: Packet) -> None:
        self._chains = {chain.name: chain for chain in reversed(table.chains)}
        self._known = {name: known_length(chain) for name, chain in self._chains.items()}
        self._traffic = packet.traffic()
        self._destination = packet.destination
        self._mark = Mark.of(packet.mark)
        self._open: list[tuple[Chain, int]] = []
        self._met: list[Met] = []

    def walk(self, hook: str) -> Walk:
        """Go from rule to rule until one ends the walk, a doubt stops it, or the base chain ends."""
        self._open = [(self._chains[hook], 0)]
        for _ in range(_MAX_STEPS):
            if not self._open:
                return self._policy(self._chains[hook])
            if len(self._open) > MAX_DEPTH:
                break
            chain, place = self._open.pop()
            if place < self._known[chain.name]:
                end = self._rule(chain, place)
            elif "rules" in chain.hidden:
                end = self._doubt(chain, None, f"rules of chain {chain.name} may be missing from here on")
            else:
                end = None
            if end is not None:
                return end
        return self._doubt(self._chains[hook], None, "its jumps run in a circle, or too deep")

    def _rule(self, chain: Chain, place: int) -> Walk | None:
        """Match one rule; gives the end of the walk, or None after opening the place to go on at."""
        rule = chain.rules[place]
        reached = reach(rule, chain.name, self._traffic, self._mark)
        onward = (chain, place + 1)
        kind = effect(rule, self._chains)
        if not reached.destinations.contains(self._destination):
            self._open.append(onward)
            return None
        if reached.doubt is not None:
            if kind is not Effect.CONTINUE:
                return self._doubt(chain, rule, reached.doubt)
            self._open.append(onward)
            return None
        self._met.append(Met(chain.name, rule))
        return self._take(chain, rule, kind, onward)

    def _take(self, chain: Chain, rule: NatRule, kind: Effect, onward: tuple[Chain, int]) -> Walk | None:
        match kind:
            case Effect.REWRITE | Effect.ACCEPT | Effect.STOP:
                return Walk(tuple(self._met), rule.target, None)
            case Effect.UNKNOWN:
                return self._doubt(chain, rule, unknown_target(rule, kind))
            case Effect.CONTINUE:
                self._open.append(onward)
            case Effect.MARK:
                self._mark = remark(rule, self._mark)
                self._open.append(onward)
            case Effect.JUMP:
                self._open += [onward, (self._chains[str(rule.target)], 0)]
            case Effect.GOTO:
                self._open.append((self._chains[str(rule.target)], 0))
            case Effect.RETURN:
                pass
        return None

    def _policy(self, base: Chain) -> Walk:
        if base.policy is None:
            return self._doubt(base, None, "its policy is not shown")
        return Walk(tuple(self._met), base.policy, None)

    def _doubt(self, chain: Chain, rule: NatRule | None, reason: str) -> Walk:
        return Walk(tuple(self._met), None, Doubt(chain.name, rule, reason))
