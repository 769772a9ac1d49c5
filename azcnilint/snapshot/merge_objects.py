"""Several captures of iptables tables, or of cluster objects, to one table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from azcnilint.models import Chain, NatRule, NatTable, NodeObject, ObjectTable, Pod, Workload
from azcnilint.snapshot.merge import everywhere, nowhere
from azcnilint.snapshot.unite import Listing, Part, Shape, differ, filled, ranked, same_facts, unite
from azcnilint.text import Diagnostic, Span

_LOOSE_RULE_FIELDS = frozenset({"source", "destination", "matches", "target_options", "protocol", "fragment"})
_INTERFACES = frozenset({"in_interface", "out_interface"})
_MOVING_OBJECT_FIELDS = frozenset({"restarts", "last_restart", "labels"})
_SEQUENCES = ("daemon_sets", "deployments", "pods", "nodes")

KubernetesObject: TypeAlias = Workload | Pod | NodeObject


# iptables ---------------------------------------------------------------------------------------------------------


def merge_chains(parts: Sequence[Part[NatTable]], what: str) -> tuple[NatTable, list[Diagnostic]]:
    """Unite captures of one table of one family: listings, `-S`, iptables-save, single chains.

    iptables-legacy and iptables-nft keep rule sets of their own in the kernel: where both hold rules the larger one is
    used and the other reported, since no record can say which one a rule of ours is about.
    """
    chosen, other = _one_backend(parts)
    parts = ranked(chosen, lambda table: [rule for chain in table.chains for rule in chain.rules])
    listings = [
        Listing(part.value.chains, everywhere if part.whole and part.value.complete else nowhere) for part in parts
    ]
    united = unite(listings, _CHAINS)
    base = next((part.value for part in parts if part.value.complete), parts[0].value)
    table = replace(
        base,
        span=parts[0].value.span,
        chains=tuple(united.records),
        backend=base.backend or next((part.value.backend for part in parts if part.value.backend), None),
    )
    conflicts: list[tuple[Span, Span | None]] = [*united.conflicts]
    if other is not None:
        conflicts.append((other.span, base.span))
    return table, differ(what, conflicts)


def _one_backend(parts: Sequence[Part[NatTable]]) -> tuple[Sequence[Part[NatTable]], NatTable | None]:
    """Choose the backend that holds more rules; gives one table of the other when that holds rules too."""
    legacy = [part for part in parts if part.value.backend == "legacy"]
    rest = [part for part in parts if part.value.backend != "legacy"]
    if not legacy or not rest:
        return parts, None
    less, more = sorted((legacy, rest), key=_most_rules)
    return more, less[0].value if _most_rules(less) else None


def _most_rules(parts: Sequence[Part[NatTable]]) -> int:
    return max(sum(len(chain.rules) for chain in part.value.chains) for part in parts)


def _chains_agree(one: Chain, other: Chain) -> bool:
    """Compare what a listing with names (`-L` without `-n`) shows as well: targets, interfaces and networks."""
    if not same_facts(one, other, frozenset({"rules", "policy"})):
        return False
    if one.policy and other.policy and one.policy != other.policy:
        return False
    if not one.settles("rules") or not other.settles("rules"):
        return True
    return len(one.rules) == len(other.rules) and all(map(_rules_agree, one.rules, other.rules))


def _rules_agree(one: NatRule, other: NatRule) -> bool:
    pairs = ((one.source, other.source), (one.destination, other.destination))
    networks = all(a.network is None or b.network is None or a == b for a, b in pairs)
    return networks and same_facts(_hiding_negations(one), _hiding_negations(other), _LOOSE_RULE_FIELDS)


def _hiding_negations(rule: NatRule) -> NatRule:
    """Hide the `!` of an interface together with the interface (`-L` without `-v`)."""
    negations = {f"{name}_negated" for name in _INTERFACES & rule.hidden}
    return replace(rule, hidden=rule.hidden | negations) if negations - rule.hidden else rule


def _join_rules(one: NatRule, other: NatRule) -> NatRule:
    return filled(_hiding_negations(one), _hiding_negations(other))


def _join_chains(one: Chain, other: Chain) -> Chain:
    first, second = (one, other) if one.settles("rules") or not other.settles("rules") else (other, one)
    rules = first.rules
    if len(first.rules) == len(second.rules):
        rules = tuple(map(_join_rules, first.rules, second.rules))
    elif not first.settles("rules") and len(second.rules) > len(first.rules):
        rules = second.rules
    joined = filled(first, second)
    return replace(joined, rules=rules, policy=joined.policy or second.policy)


_CHAINS: Shape[Chain] = Shape(lambda chain: chain.name, _chains_agree, _join_chains, unique=True)


# cluster objects --------------------------------------------------------------------------------------------------


def merge_objects(parts: Sequence[Part[ObjectTable]], what: str) -> tuple[ObjectTable, list[Diagnostic]]:
    """Unite what several `kubectl get` printed, kind by kind; a kind is hidden when no capture settles it."""
    conflicts: list[tuple[Span, Span | None]] = []

    def united(sequence: str) -> tuple[KubernetesObject, ...]:
        shown = ranked(parts, lambda table: _records(table, sequence))
        listings = [Listing(_records(part.value, sequence), _object_coverage(part, sequence)) for part in shown]
        found = unite(listings, _OBJECTS)
        conflicts.extend(found.conflicts)
        return tuple(found.records)

    records = {sequence: united(sequence) for sequence in _SEQUENCES}
    scopes = {sequence: _namespaces(parts, sequence) for sequence in _SEQUENCES}
    namespace = _one_namespace(scopes)
    hidden = {s for s in _SEQUENCES if None not in scopes[s] and (namespace is None or namespace not in scopes[s])}
    base = min(parts, key=lambda part: (len(part.value.hidden), part.value.span.artifact, part.value.span.start)).value
    table = replace(
        base,
        daemon_sets=tuple(each for each in records["daemon_sets"] if isinstance(each, Workload)),
        deployments=tuple(each for each in records["deployments"] if isinstance(each, Workload)),
        pods=tuple(each for each in records["pods"] if isinstance(each, Pod)),
        nodes=tuple(each for each in records["nodes"] if isinstance(each, NodeObject)),
        namespace=namespace,
        settled={s: frozenset(n for n in scopes[s] if n) for s in _SEQUENCES if scopes[s] - {None}},
        hidden=frozenset(hidden),
        incomplete_because=base.incomplete_because if hidden else None,
        others=sum(part.value.others for part in parts),
    )
    return table, differ(what, conflicts)


def _namespaces(parts: Sequence[Part[ObjectTable]], sequence: str) -> frozenset[str | None]:
    """The namespaces for which some part settles the sequence; None among them stands for all."""
    return frozenset(
        None if sequence == "nodes" else part.value.namespace for part in parts if part.value.settles(sequence)
    )


def _one_namespace(scopes: dict[str, frozenset[str | None]]) -> str | None:
    """The one namespace that all lists of namespaced objects cover; None when one covers all, or they differ."""
    namespaced = [scopes[sequence] for sequence in _SEQUENCES if sequence != "nodes" and scopes[sequence]]
    every = frozenset[str | None]().union(*namespaced)
    return next(iter(every)) if len(every) == 1 else None


def _records(table: ObjectTable, sequence: str) -> tuple[KubernetesObject, ...]:
    match sequence:
        case "daemon_sets":
            return table.daemon_sets
        case "deployments":
            return table.deployments
        case "pods":
            return table.pods
        case _:
            return table.nodes


def _object_coverage(part: Part[ObjectTable], sequence: str) -> Callable[[KubernetesObject], bool]:
    table = part.value
    if not part.whole or not table.settles(sequence):
        return nowhere
    return lambda each: table.namespace is None or _namespace(each) == table.namespace


def _namespace(each: KubernetesObject) -> str | None:
    return None if isinstance(each, NodeObject) else each.namespace


_OBJECTS: Shape[KubernetesObject] = Shape(
    lambda each: (type(each), each.name),
    lambda one, other: same_facts(one, other, _MOVING_OBJECT_FIELDS),
    filled,
    unique=False,
)
