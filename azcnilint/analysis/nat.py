"""Which destinations a node's nat table hides its pods from: the table in, exact sets of destinations out.

    masquerade(table, PrefixSet.of(pod_cidr), "eth0").kept.covers(vnet)

asks whether pods reach every address of the VNet under their own address. `walk` follows one packet instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from azcnilint.analysis.nat_matching import Doubt, Mark, Traffic
from azcnilint.analysis.nat_program import Effect, Program, Step, Summary, reached_steps
from azcnilint.analysis.nat_walk import Met, Packet, Walk, walk
from azcnilint.analysis.prefixes import IPAddress, IPNetwork, PrefixPool, PrefixSet
from azcnilint.models import Chain, NatRule, NatTable

AGENT_CHAINS: Final = frozenset({"IP-MASQ-AGENT"})
"""For `interface_free`: ip-masq-agent writes this chain whole, again and again, and gives no rule an interface
(Azure/ip-masq-agent-v2, cmd/ip-masq-agent: writeNonMasqRule, writeMasqRule)."""

_MAX_STEPS: Final = 500_000
"""Rules that are looked at for the evidence of one question."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Destinations whose fate is certain, and the rule that settles it.

    Attributes:
        destinations: Never empty; the decisions of one question are disjoint.
        masqueraded: The source address is rewritten; otherwise it is kept.
        chain: The chain of the rule, or the one whose end was reached.
        rule: The MASQUERADE, SNAT, ACCEPT or last RETURN that is certain to be met; None when packets fall off the
            end of the chain, or when one or the other of several rules keeps them.
    """

    destinations: PrefixSet
    masqueraded: bool
    chain: str
    rule: NatRule | None


@dataclass(frozen=True, slots=True)
class Masquerade:
    """The destinations of the pods' new connections, by what becomes of the source address.

    The three sets are disjoint and make up the whole family.

    Attributes:
        masqueraded: The source address is rewritten, whatever the packet has that was not asked.
        kept: The source address is kept, likewise.
        undecided: The capture does not tell, or it depends on what was not asked (a port, an interface).
    """

    masqueraded: PrefixSet
    kept: PrefixSet
    undecided: PrefixSet
    _chain: str = field(repr=False, compare=False)
    _summary: Summary | None = field(repr=False, compare=False)

    def excludes(self, network: IPNetwork) -> bool | None:
        """Say whether all of `network` is reached with the source kept: False when part of it is masqueraded."""
        return _covered(network, self.kept, self.masqueraded)

    def masquerades(self, network: IPNetwork) -> bool | None:
        """Say whether all of `network` is masqueraded: False when part of it surely is not, None when unknown."""
        return _covered(network, self.masqueraded, self.kept)

    def decisions(self) -> tuple[Decision, ...]:
        """Give the rules that settle what is decided, in no particular order, with what each settles."""
        if self._summary is None:
            return ()
        found = [
            *_Evidence(masqueraded=True).settled(self._summary, self.masqueraded),
            *_Evidence(masqueraded=False).settled(self._summary, self.kept),
        ]
        nothing = PrefixSet.empty(self.kept.family)
        kept_by_rules = nothing.union(*(one.destinations for one in found if not one.masqueraded))
        rest = self.kept.subtract(kept_by_rules)
        return (*found, *((Decision(rest, False, self._chain, None),) if not rest.is_empty else ()))

    def decided_by(self, member: IPNetwork | IPAddress) -> tuple[Decision, ...]:
        """Give the decisions on a network or address, cut down to it; empty when none of it is decided."""
        asked = PrefixSet.of(member)
        if asked.family != self.kept.family:
            return ()
        return tuple(
            Decision(one.destinations.intersect(asked), one.masqueraded, one.chain, one.rule)
            for one in self.decisions()
            if one.destinations.overlaps(asked)
        )

    def doubts(self) -> tuple[Doubt, ...]:
        """Give the reasons for what is undecided, in the order of the chains; empty when nothing is."""
        if self.undecided.is_empty:
            return ()
        if self._summary is None:
            return (Doubt(self._chain, None, "the capture does not show this chain of the nat table"),)
        return tuple(
            dict.fromkeys(
                Doubt(step.chain, step.rule, step.doubt)
                for step in reached_steps(self._summary)
                if step.doubt is not None and step.taken.overlaps(self.undecided)
            )
        )


def masquerade(  # noqa: PLR0913 - each is one thing that may be known of the packets
    table: NatTable,
    source: PrefixSet,
    out_interface: str | None = None,
    *,
    chain: str = "POSTROUTING",
    mark: int | None = 0,
    local: PrefixSet | None = None,
    protocol: str | None = None,
    destination_port: int | None = None,
    interface_free: frozenset[str] = frozenset(),
) -> Masquerade:
    """Run the table for new connections from `source` that the node forwards. Total: never raises.

    Args:
        table: A capture of the nat table, alone or among others; without it, or for the other family than `source`,
            all is undecided.
        source: The pods' addresses. A rule for only some of them leaves the destinations it takes undecided.
        out_interface: The device the packets leave by; None when unknown.
        chain: Where to start. Any chain but POSTROUTING is judged by itself: falling off its end, or RETURN, counts
            as kept, which is right for IP-MASQ-AGENT when nothing behind its jump masquerades.
        mark: The packets' mark; 0 is a packet that kube-proxy did not mark for masquerade; None is unknown.
        local: The node's own addresses; None when no destination in question is local.
        protocol: Ask for this protocol only; None asks for all.
        destination_port: Ask for this port only; None asks for all.
        interface_free: Chains known to hold no interface condition, for listings without `-v`; see AGENT_CHAINS.
    """
    traffic = Traffic(
        source=source,
        protocol=protocol,
        destination_port=destination_port,
        out_interface=out_interface,
        local=local,
        interface_free=interface_free,
    )
    table = table.of("nat")
    if table.family != source.family or source.is_empty:
        return _undecided(source.family, chain)
    program = Program(table, traffic)
    start = program.chains.get(chain)
    if start is None:
        return _without_chain(table, source.family, chain)
    return _judge(program.run(chain, Mark.of(mark)), start, source.family)


def excluded(
    table: NatTable, network: IPNetwork, source: PrefixSet, out_interface: str | None = None, chain: str = "POSTROUTING"
) -> bool | None:
    """Say whether `source` reaches all of `network` under its own address; see Masquerade.excludes."""
    return masquerade(table, source, out_interface, chain=chain).excludes(network)


def masqueraded(
    table: NatTable, network: IPNetwork, source: PrefixSet, out_interface: str | None = None, chain: str = "POSTROUTING"
) -> bool | None:
    """Say whether `source` is masqueraded towards all of `network`; see Masquerade.masquerades."""
    return masquerade(table, source, out_interface, chain=chain).masquerades(network)


def _covered(network: IPNetwork, yes: PrefixSet, no: PrefixSet) -> bool | None:
    if yes.covers(network):
        return True
    return False if no.overlaps(network) else None


def _undecided(family: str, chain: str) -> Masquerade:
    nothing = PrefixSet.empty(family)
    return Masquerade(nothing, nothing, PrefixSet.everything(family), chain, None)


def _without_chain(table: NatTable, family: str, chain: str) -> Masquerade:
    """A whole table without POSTROUTING rewrites nothing: iptables-nft makes a base chain when it is first used."""
    if chain != "POSTROUTING" or not table.complete:
        return _undecided(family, chain)
    nothing = PrefixSet.empty(family)
    return Masquerade(nothing, PrefixSet.everything(family), nothing, chain, None)


def _judge(summary: Summary, start: Chain, family: str) -> Masquerade:
    """Sort destinations by what remains possible; two possible ends, or an unknown one, leave them undecided."""
    back = PrefixSet.empty(family).union(*summary.returned.values())
    accepts = start.policy == "ACCEPT" or start.name != "POSTROUTING"
    kept = summary.accepted.union(back) if accepts else summary.accepted
    unknown = summary.unknown if accepts else summary.unknown.union(back)
    if not accepts:
        step = Step(start.name, None, Effect.UNKNOWN, back, f"its policy is {start.policy or 'not shown'}")
        summary = replace(summary, steps=(*summary.steps, step))
    surely_masqueraded = summary.rewritten.subtract(kept.union(unknown))
    surely_kept = kept.subtract(summary.rewritten.union(unknown))
    decided = surely_masqueraded.union(surely_kept)
    return Masquerade(surely_masqueraded, surely_kept, decided.complement(), start.name, summary)


class _Evidence:
    """Finds the rules that settle destinations. Past its budget it names the jump instead of the rule behind it."""

    def __init__(self, *, masqueraded: bool) -> None:
        self._masqueraded = masqueraded
        self._budget = _MAX_STEPS

    def settled(self, summary: Summary, wanted: PrefixSet) -> Iterator[Decision]:
        """Find the last rule that is certain to settle each of the wanted destinations, going backwards."""
        left = PrefixPool(wanted)
        for step in reversed(summary.steps):
            self._budget -= 1
            taken = left.intersect(step.taken) if step.doubt is None else PrefixSet.empty(wanted.family)
            if not taken.is_empty:
                for claim in self._claims(step, taken):
                    yield claim
                    left.remove(claim.destinations)
            if left.is_empty:
                return

    def _claims(self, step: Step, taken: PrefixSet) -> Iterator[Decision]:
        if step.callee is None:
            within = taken if (step.effect is Effect.REWRITE) == self._masqueraded else PrefixSet.empty(taken.family)
        else:
            within = taken.intersect(step.callee.rewriting if self._masqueraded else step.callee.keeping)
        if within.is_empty:
            return
        if step.callee is not None and self._budget > 0:
            yield from self.settled(step.callee, within)
        else:
            yield Decision(within, self._masqueraded, step.chain, step.rule)


__all__ = [
    "AGENT_CHAINS",
    "Decision",
    "Doubt",
    "Masquerade",
    "Met",
    "Packet",
    "Walk",
    "excluded",
    "masquerade",
    "masqueraded",
    "walk",
]
