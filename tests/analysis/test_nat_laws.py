"""The laws of the nat evaluation, against an interpreter that runs one fully known packet through one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, ip_address

from hypothesis import given, settings
from hypothesis import strategies as st

from azcnilint.analysis.nat import Masquerade, Packet, masquerade, walk
from azcnilint.analysis.prefixes import PrefixSet
from azcnilint.models import Chain, NatRule, NatTable
from tests.analysis.building import chain as whole_chain
from tests.analysis.building import rule, table

BASE = int(IPv4Address("10.0.0.0"))
DESTINATIONS = [*(IPv4Address(BASE + number) for number in range(8)), IPv4Address("8.8.8.8")]
SOURCES = PrefixSet.of(IPv4Network("10.9.0.0/31"))
LOCAL = PrefixSet.of(IPv4Address(BASE + 5))
NAMES = ("POSTROUTING", "A", "B", "C")

networks = st.sampled_from(
    ["0.0.0.0/0", *(f"10.0.0.{start}/{size}" for size, step in ((29, 8), (30, 4), (31, 2), (32, 1))
                    for start in range(0, 8, step))]
)  # fmt: skip
exact = st.sampled_from(
    ["addrtype ! dst-type LOCAL", "addrtype dst-type LOCAL", "mark ! mark 0x4/0x4", "mark mark 0x4/0x4",
     "conntrack ctstate NEW", "iprange dst-range 10.0.0.1-10.0.0.3"]
)  # fmt: skip
dice = st.sampled_from([f"statistic mode {number}" for number in range(3)])


@dataclass(frozen=True)
class Known:
    """A packet of which everything is known, the throws of the dice included."""

    source: IPv4Address
    destination: IPv4Address
    protocol: str
    out_interface: str
    throws: frozenset[str]


known_packets = st.builds(
    Known,
    source=st.sampled_from([IPv4Address("10.9.0.0"), IPv4Address("10.9.0.1")]),
    destination=st.sampled_from(DESTINATIONS),
    protocol=st.sampled_from(["tcp", "udp"]),
    out_interface=st.sampled_from(["eth0", "docker0"]),
    throws=st.frozensets(st.sampled_from([f"statistic mode {number}" for number in range(3)])),
)


@st.composite
def rules(draw: st.DrawFn, place: int, *, doubtful: bool) -> NatRule:
    """Draw a rule of the chain at that place; it jumps to later chains only."""
    later = NAMES[place + 1 :]
    target = draw(
        st.sampled_from(["MASQUERADE", "SNAT", "ACCEPT", "RETURN", "RETURN", "LOG", "DROP", "MARK", None, *later])
    )
    matches = draw(st.lists(exact, max_size=1)) + (draw(st.lists(dice, max_size=1)) if doubtful else [])
    return rule(
        target,
        *matches,
        destination=draw(st.sampled_from(["", "!"])) + draw(networks),
        source=draw(st.sampled_from(["0.0.0.0/0", "10.9.0.0/32", "!10.9.0.0/32"])) if doubtful else "0.0.0.0/0",
        protocol=draw(st.sampled_from(["all", "tcp"])) if doubtful else "all",
        out_interface=draw(st.sampled_from([None, "eth0", "!docker+"])) if doubtful else None,
        goto=target in later and draw(st.booleans()),
        options=draw(st.sampled_from(["set-xmark 0x4/0x4", "set-xmark 0x4/0x0"])) if target == "MARK" else "",
    )


@st.composite
def tables(draw: st.DrawFn, *, doubtful: bool = True) -> NatTable:
    """Draw a whole table of four chains."""
    return table(
        *(
            whole_chain(name, *draw(st.lists(rules(place, doubtful=doubtful), max_size=4)))
            for place, name in enumerate(NAMES)
        )
    )


class Interpreter:
    """Runs one packet as the kernel does; shares no code with the analysis."""

    def __init__(self, nat: NatTable, packet: Known) -> None:
        self.rules = {one.name: one.rules for one in nat.chains}
        self.packet = packet
        self.mark = 0

    def run(self) -> str:
        """Give `rewritten`, `kept` or `dropped`."""
        return self.chain("POSTROUTING") or "kept"

    def chain(self, name: str) -> str | None:
        """Give the packet's end in a chain; None when it comes back from it."""
        for one in self.rules[name]:
            if not self.takes(one):
                continue
            match one.target:
                case "MASQUERADE" | "SNAT":
                    return "rewritten"
                case "ACCEPT":
                    return "kept"
                case "DROP":
                    return "dropped"
                case "RETURN":
                    return None
                case "MARK":
                    self.mark = 4 if one.target_options[0].values == ("0x4/0x4",) else self.mark ^ 4
                case "LOG" | None:
                    pass
                case chain:
                    end = self.chain(chain)
                    if end is not None or one.goto:
                        return end
        return None

    def takes(self, one: NatRule) -> bool:
        """Say whether a rule takes the packet."""
        packet = self.packet
        return (
            inside(packet.destination, one.destination.text) != one.destination.negated
            and inside(packet.source, one.source.text) != one.source.negated
            and one.protocol in ("all", packet.protocol)
            and (
                one.out_interface is None
                or (packet.out_interface[:6] == one.out_interface.rstrip("+")) != one.out_interface_negated
            )
            and all(self.meets(clause.text) for clause in one.matches)
        )

    def meets(self, text: str) -> bool:
        """Say whether the packet meets one match clause."""
        destination = self.packet.destination
        local = destination == IPv4Address(BASE + 5)
        facts = {
            "addrtype dst-type LOCAL": local,
            "addrtype ! dst-type LOCAL": not local,
            "mark mark 0x4/0x4": self.mark & 4 == 4,
            "mark ! mark 0x4/0x4": self.mark & 4 == 0,
            "conntrack ctstate NEW": True,
            "iprange dst-range 10.0.0.1-10.0.0.3": 1 <= int(destination) - BASE <= 3,
        }
        return facts.get(text, text in self.packet.throws)


def inside(address: IPv4Address, network: str) -> bool:
    """Compare bit strings, not address sets."""
    prefix, _, length = network.partition("/")
    bits = int(length)
    return f"{int(address):032b}"[:bits] == f"{int(ip_address(prefix)):032b}"[:bits]


def fate(result: Masquerade, address: IPv4Address) -> str:
    """Say in which of the three sets an address is; exactly one holds it."""
    sets = {"rewritten": result.masqueraded, "kept": result.kept, "undecided": result.undecided}
    (name,) = [name for name, addresses in sets.items() if addresses.contains(address)]
    return name


@settings(max_examples=150, deadline=None)
@given(tables(), st.lists(known_packets, min_size=1, max_size=8), st.sampled_from([None, "eth0"]))
def test_what_is_decided_holds_for_every_packet(
    nat: NatTable, packets: Sequence[Known], out_interface: str | None
) -> None:
    """Law 4: a decided destination is decided right, whatever protocol, source, device and dice a packet has."""
    result = masquerade(nat, SOURCES, out_interface, local=LOCAL)

    for packet in packets:
        if out_interface in (None, packet.out_interface):
            end = Interpreter(nat, packet).run()
            assert fate(result, packet.destination) in (end, "undecided"), end


@settings(max_examples=100, deadline=None)
@given(tables(doubtful=False))
def test_without_doubt_everything_is_decided(nat: NatTable) -> None:
    """Conditions on destination, mark and locality are exact: only a dropped destination stays undecided."""
    result = masquerade(nat, SOURCES, local=LOCAL)

    for destination in DESTINATIONS:
        end = Interpreter(nat, Known(IPv4Address("10.9.0.0"), destination, "tcp", "eth0", frozenset())).run()
        assert fate(result, destination) == ("undecided" if end == "dropped" else end)


@settings(max_examples=100, deadline=None)
@given(tables(), known_packets)
def test_a_walk_ends_as_the_packet_does(nat: NatTable, known: Known) -> None:
    """`walk` agrees with the interpreter, and gives no verdict only where dice are thrown."""
    packet = Packet(
        source=known.source, destination=known.destination, protocol=known.protocol,
        out_interface=known.out_interface, local=LOCAL,
    )  # fmt: skip

    way = walk(nat, packet)

    ends = {"MASQUERADE": "rewritten", "SNAT": "rewritten", "ACCEPT": "kept", "DROP": "dropped"}
    if way.verdict is None:
        assert way.undecided is not None
        assert "match statistic" in way.undecided.reason
    else:
        assert ends[way.verdict] == Interpreter(nat, known).run()


@settings(max_examples=100, deadline=None)
@given(tables())
def test_decisions_partition_what_is_decided(nat: NatTable) -> None:
    """Every decided destination has one decision, of the right kind; whatever is undecided has a doubt."""
    result = masquerade(nat, SOURCES, local=LOCAL)
    decisions = result.decisions()
    nothing = PrefixSet.empty()

    assert nothing.union(*(one.destinations for one in decisions if one.masqueraded)) == result.masqueraded
    assert nothing.union(*(one.destinations for one in decisions if not one.masqueraded)) == result.kept
    assert sum(one.destinations.size for one in decisions) == result.masqueraded.size + result.kept.size
    assert all(one.rule is not None for one in decisions if one.masqueraded)
    assert bool(result.doubts()) is not result.undecided.is_empty


def changed(record: Chain | NatRule | NatTable, **fields: object) -> dict[str, object]:
    """Give the fields of a record with some of them replaced."""
    return {name: getattr(record, name) for name in type(record).__dataclass_fields__} | fields


@st.composite
def hidings(draw: st.DrawFn, nat: NatTable) -> NatTable:
    """Draw a capture of the same table that shows less: of a rule, of a chain, or of the table."""
    place = draw(st.integers(0, len(nat.chains) - 1))
    one = nat.chains[place]
    way = draw(st.sampled_from(["chain", "rules", "interfaces", "matches", "target", "policy"]))
    if way == "chain" or not one.rules:
        rest = nat.chains[:place] + nat.chains[place + 1 :]
        return NatTable(**changed(nat, chains=rest, hidden=frozenset({"chains"})))  # type: ignore[arg-type] # by name
    if way == "policy":
        less = Chain(**changed(one, policy=None, hidden=frozenset({"policy"})))  # type: ignore[arg-type] # by name
    elif way == "rules":
        kept = draw(st.lists(st.sampled_from(one.rules), unique_by=id, max_size=len(one.rules) - 1))
        shown = tuple(member for member in one.rules if any(member is other for other in kept))
        less = Chain(**changed(one, rules=shown, hidden=frozenset({"rules"})))  # type: ignore[arg-type] # by name
    else:
        number = draw(st.integers(0, len(one.rules) - 1))
        lesser = hide_of(one.rules[number], way)
        members = (*one.rules[:number], lesser, *one.rules[number + 1 :])
        less = Chain(**changed(one, rules=members))  # type: ignore[arg-type] # by name
    return NatTable(**changed(nat, chains=(*nat.chains[:place], less, *nat.chains[place + 1 :])))  # type: ignore[arg-type] # by name


def hide_of(one: NatRule, way: str) -> NatRule:
    """Give the rule as a listing shows it that hides its interfaces, its matches, or its target."""
    lost: dict[str, object] = {
        "interfaces": {
            "out_interface": None, "out_interface_negated": False,
            "hidden": one.hidden | {"in_interface", "out_interface"},
        },
        "matches": {"matches": (), "hidden": one.hidden | {"matches"}},
        "target": {"target": None, "goto": False, "target_options": (), "hidden": one.hidden | {"target"}},
    }  # fmt: skip
    fields = lost[way]
    assert isinstance(fields, dict)
    return NatRule(**changed(one, **fields))  # type: ignore[arg-type] # fields by name


@settings(max_examples=200, deadline=None)
@given(st.data(), st.sampled_from([None, "eth0"]))
def test_hiding_only_moves_destinations_to_undecided(data: st.DataObject, out_interface: str | None) -> None:
    """Law 5: a poorer capture of the same node never turns one verdict into another."""
    nat = data.draw(tables())
    before = masquerade(nat, SOURCES, out_interface, local=LOCAL)

    less = data.draw(hidings(data.draw(hidings(nat))))
    after = masquerade(less, SOURCES, out_interface, local=LOCAL)

    assert before.masqueraded.covers(after.masqueraded)
    assert before.kept.covers(after.kept)
