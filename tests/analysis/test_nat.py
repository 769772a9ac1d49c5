"""The nat table as a program: tables of real shape, and each construct of the language by itself."""

from __future__ import annotations

import os
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from azcnilint.analysis.nat import (
    AGENT_CHAINS,
    Doubt,
    Packet,
    excluded,
    masquerade,
    masqueraded,
    walk,
)
from azcnilint.analysis.prefixes import PrefixSet
from azcnilint.models import NatRule, NatTable
from azcnilint.parsers import parse_iptables
from tests.analysis.building import chain, rule, table

PODS = PrefixSet.of(ip_network("10.224.0.0/16"))
NOT_LOCAL = "addrtype ! dst-type LOCAL"
HIDDEN_INTERFACES = ("in_interface", "out_interface")
KUBE = chain(
    "KUBE-POSTROUTING",
    rule("RETURN", "mark ! mark 0x4000/0x4000"),
    rule("MARK", options="set-xmark 0x4000/0x0"),
    rule("MASQUERADE"),
)


def nets(addresses: PrefixSet) -> list[str]:
    """Give a set as text."""
    return [str(network) for network in addresses.networks()]


def outside(*networks: str) -> PrefixSet:
    """Give all addresses but those."""
    return PrefixSet.from_networks(map(ip_network, networks)).complement()


def node_subnet(*agent: NatRule) -> NatTable:
    """Give a nat table as AKS writes it on node subnet (docker0's rule of 2020 included)."""
    returns = agent or (
        rule("RETURN", destination="10.224.0.0/16"),
        rule("RETURN", destination="10.0.0.0/16"),
        rule("RETURN", destination="10.224.0.0/12"),
        rule("MASQUERADE"),
    )
    return table(
        chain(
            "POSTROUTING",
            rule("KUBE-POSTROUTING"),
            rule("MASQUERADE", source="172.17.0.0/16", out_interface="!docker0"),
            rule("IP-MASQ-AGENT", NOT_LOCAL),
        ),
        chain("IP-MASQ-AGENT", *returns),
        KUBE,
    )


def test_a_node_subnet_table_keeps_exactly_its_returns() -> None:
    """The whole table of a healthy node is decided, without knowing device or protocol."""
    result = masquerade(node_subnet(), PODS)

    assert nets(result.kept) == ["10.0.0.0/16", "10.224.0.0/12"]
    assert result.masqueraded == result.kept.complement()
    assert result.undecided.is_empty
    assert result.doubts() == ()


def test_the_rule_that_settles_each_part_is_named() -> None:
    """A finding must show the line: the RETURN for what is kept, MASQUERADE for the rest."""
    result = masquerade(node_subnet(), PODS)

    found = {
        (one.chain, one.rule.num if one.rule else None): (one.masqueraded, nets(one.destinations))
        for one in result.decisions()
        if not one.masqueraded
    }

    assert found == {
        ("IP-MASQ-AGENT", 1): (False, ["10.224.0.0/16"]),
        ("IP-MASQ-AGENT", 2): (False, ["10.0.0.0/16"]),
        ("IP-MASQ-AGENT", 3): (False, ["10.225.0.0/16", "10.226.0.0/15", "10.228.0.0/14", "10.232.0.0/13"]),
    }
    (internet,) = result.decided_by(ip_address("8.8.8.8"))
    assert (internet.masqueraded, internet.chain, internet.rule and internet.rule.num) == (True, "IP-MASQ-AGENT", 4)
    assert result.decided_by(ip_address("::1")) == ()


def test_marked_packets_are_masqueraded_by_kube_proxy() -> None:
    """With the mark of KUBE-MARK-MASQ set, KUBE-POSTROUTING decides before the agent's chain is asked."""
    result = masquerade(node_subnet(), PODS, mark=0x4000)

    assert result.masqueraded.is_everything
    (decision,) = result.decided_by(ip_network("10.224.0.0/16"))
    assert (decision.chain, decision.rule and decision.rule.num) == ("KUBE-POSTROUTING", 3)


def test_with_an_unknown_mark_only_what_is_masqueraded_anyway_is_decided() -> None:
    """Either way the internet is masqueraded; the VNet depends on the mark."""
    result = masquerade(node_subnet(), PODS, mark=None)

    assert nets(result.undecided) == ["10.0.0.0/16", "10.224.0.0/12"]
    assert result.kept.is_empty
    assert {(doubt.chain, doubt.reason) for doubt in result.doubts()} == {
        ("KUBE-POSTROUTING", "it depends on match mark ! --mark 0x4000/0x4000")
    }


def test_two_halves_exclude_the_whole() -> None:
    """`excluded` is about addresses, not about lines that look alike."""
    halves = node_subnet(
        rule("RETURN", destination="10.0.0.0/9"), rule("RETURN", destination="10.128.0.0/9"), rule("MASQUERADE")
    )

    assert excluded(halves, ip_network("10.0.0.0/8"), PODS) is True
    assert excluded(halves, ip_network("10.0.0.0/7"), PODS) is False
    assert masqueraded(halves, ip_network("11.0.0.0/8"), PODS) is True
    assert masqueraded(halves, ip_network("10.0.0.0/7"), PODS) is False
    assert excluded(halves, ip_network("fd00::/8"), PODS) is None


def test_order_decides() -> None:
    """A RETURN behind MASQUERADE excludes nothing (F13)."""
    result = masquerade(node_subnet(rule("MASQUERADE"), rule("RETURN", destination="10.0.0.0/8")), PODS)

    assert result.masqueraded.is_everything


def test_a_negated_destination_is_exact() -> None:
    """The hand-made rule of non-AKS nodes (ACN docs/cni.md)."""
    by_hand = table(chain("POSTROUTING", rule("MASQUERADE", NOT_LOCAL, destination="!10.4.0.0/18")))

    result = masquerade(by_hand, PODS)

    assert nets(result.kept) == ["10.4.0.0/18"]
    (kept,) = result.decided_by(ip_network("10.4.0.0/18"))
    assert (kept.chain, kept.rule) == ("POSTROUTING", None)


def test_local_destinations_are_not_masqueraded_when_they_are_known() -> None:
    """`addrtype ! --dst-type LOCAL` is about the node's own addresses."""
    own = PrefixSet.of(ip_address("10.240.0.4"))

    assert masquerade(node_subnet(rule("MASQUERADE")), PODS, local=own).kept == own
    assert masquerade(node_subnet(rule("MASQUERADE")), PODS).kept.is_empty


def test_an_address_range_is_exact() -> None:
    """The 2021 work-around accepts all but the wireserver (ACN PR #807)."""
    swift = table(
        chain(
            "POSTROUTING",
            rule("ACCEPT", "iprange ! dst-range 168.63.129.16-168.63.129.16", source="10.224.0.0/16"),
            rule("MASQUERADE"),
        )
    )

    assert nets(masquerade(swift, PODS).masqueraded) == ["168.63.129.16/32"]


@pytest.mark.parametrize(
    ("rules", "masqueraded_too"),
    [
        ((rule("RETURN", protocol="tcp", destination="10.0.0.0/8"), rule("MASQUERADE")), False),
        ((rule("MASQUERADE", protocol="tcp", destination="10.0.0.0/8"), rule("MASQUERADE")), True),
        ((rule("SNAT", "udp dport 53", protocol="udp", destination="10.0.0.0/8"), rule("MASQUERADE")), True),
        ((rule("LOG", protocol="tcp", destination="10.0.0.0/8"), rule("MASQUERADE")), True),
        ((rule(None, "set match-set x src", destination="10.0.0.0/8"), rule("MASQUERADE")), True),
        ((rule("RETURN", "statistic mode random", destination="10.0.0.0/8"), rule("MASQUERADE")), False),
        ((rule("RETURN", source="10.224.1.0/24", destination="10.0.0.0/8"), rule("MASQUERADE")), False),
        ((rule("RETURN", out_interface="eth0", destination="10.0.0.0/8"), rule("MASQUERADE")), False),
        ((rule("DROP", destination="10.0.0.0/8"), rule("MASQUERADE")), False),
        ((rule("NO-SUCH", destination="10.0.0.0/8"), rule("MASQUERADE")), False),
        ((rule("RETURN", destination="10.0.0.0/8", hidden=["matches"]), rule("MASQUERADE")), False),
        ((rule("RETURN", destination="10.0.0.0/8", hidden=HIDDEN_INTERFACES), rule("MASQUERADE")), False),
    ],
)
def test_a_doubt_costs_the_destinations_it_may_change_and_no_others(
    rules: tuple[NatRule, ...], *, masqueraded_too: bool
) -> None:
    """Undecided is where the verdict may differ; where both ways end alike, it is decided."""
    ten = ip_network("10.0.0.0/8")

    result = masquerade(table(chain("POSTROUTING", *rules)), PODS)

    assert result.masqueraded.covers(outside("10.0.0.0/8"))
    assert result.masquerades(ten) is (True if masqueraded_too else None)
    assert nets(result.undecided) == ([] if masqueraded_too else ["10.0.0.0/8"])
    assert len(result.doubts()) == (0 if masqueraded_too else 1)


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (rule("RETURN", hidden=["out_interface"]), "its out interface is not shown"),
        (rule("RETURN", out_interface="!eth+"), "it takes only interface ! eth+"),
        (rule("RETURN", protocol="6"), "it takes only protocol tcp"),
        (rule("RETURN", source="!10.224.1.0/24"), "it takes only source ! 10.224.1.0/24"),
        (rule("RETURN", destination="kube-dns"), "destination kube-dns is no prefix"),
        (rule("RETURN", "set ! match-set x src"), "it depends on match set ! --match-set x src"),
        (rule("RETURN", "socket"), "match socket cannot be read"),
        (rule("RETURN", hidden=["matches"]), "the listing may leave out conditions of it"),
        (rule("X"), "chain or target X is not shown"),
        (rule("DROP"), "DROP neither keeps nor masquerades"),
        (rule(None, hidden=["target"]), "its target is not shown"),
    ],
)
def test_a_doubt_says_what_is_missing(one: NatRule, reason: str) -> None:
    """Unknown is told as plainly as failure, with the rule."""
    result = masquerade(table(chain("POSTROUTING", one, rule("MASQUERADE"))), PODS)

    assert result.doubts() == (Doubt("POSTROUTING", one, reason),)


def test_asking_for_a_protocol_and_port_settles_rules_about_them() -> None:
    """SWIFT rewrites only DNS to the wireserver; a question about DNS gets an answer."""
    swift = table(
        chain("POSTROUTING", rule("SWIFT")),
        chain("SWIFT", rule("SNAT", "udp dport 53", protocol="udp", destination="168.63.129.16/32")),
    )
    wireserver = ip_network("168.63.129.16/32")

    assert masquerade(swift, PODS).masquerades(wireserver) is None
    assert masquerade(swift, PODS, protocol="udp", destination_port=53).masquerades(wireserver) is True
    assert masquerade(swift, PODS, protocol="udp", destination_port=80).masquerades(wireserver) is False
    assert masquerade(swift, PODS, protocol="tcp", destination_port=53).masquerades(wireserver) is False


def test_a_known_device_settles_interface_conditions() -> None:
    """Portmap-like and docker rules are decided once the way out is known."""
    wide = table(chain("POSTROUTING", rule("MASQUERADE", out_interface="!docker0")))

    assert masquerade(wide, PODS).undecided.is_everything
    assert masquerade(wide, PODS, "eth0").masqueraded.is_everything
    assert masquerade(wide, PODS, "docker0").kept.is_everything


def test_one_chain_listed_alone_is_judged_by_itself() -> None:
    """`iptables -t nat -L IP-MASQ-AGENT` hides the interfaces; the agent never writes any."""
    listed = table(
        chain(
            "IP-MASQ-AGENT",
            rule("RETURN", destination="10.0.0.0/8", hidden=HIDDEN_INTERFACES),
            rule("MASQUERADE", hidden=HIDDEN_INTERFACES),
        ),
        hidden=["chains"],
    )

    alone = masquerade(listed, PODS, chain="IP-MASQ-AGENT", interface_free=AGENT_CHAINS)

    assert masquerade(listed, PODS).undecided.is_everything
    assert [doubt.chain for doubt in masquerade(listed, PODS).doubts()] == ["POSTROUTING"]
    assert masquerade(listed, PODS, chain="IP-MASQ-AGENT").kept.is_empty is True
    assert nets(alone.kept) == ["10.0.0.0/8"]
    assert alone.undecided.is_empty


def test_behind_a_gap_nothing_is_decided() -> None:
    """A visible MASQUERADE does not settle what a hidden RETURN before it may take."""
    cut = table(
        chain("POSTROUTING", rule("RETURN", destination="10.0.0.0/8"), rule("MASQUERADE"), hidden=["rules"]),
    )

    assert masquerade(cut, PODS).undecided.is_everything
    assert [doubt.reason for doubt in masquerade(cut, PODS).doubts()] == [
        "rules of chain POSTROUTING may be missing from here on"
    ]


def test_printed_numbers_show_where_the_gap_is() -> None:
    """With --line-numbers, the rules before the first missing number are certain."""
    whole = chain("POSTROUTING", rule("MASQUERADE", destination="192.168.0.0/16"), rule("RETURN"), rule("MASQUERADE"))
    cut = chain("POSTROUTING", hidden=["rules"])
    fields = {name: getattr(cut, name) for name in ("span", "name", "policy", "hidden")}
    with_gap = type(cut)(**fields, rules=(whole.rules[0], whole.rules[2]))

    assert nets(masquerade(table(with_gap), PODS).masqueraded) == ["192.168.0.0/16"]
    assert masquerade(table(with_gap), PODS).kept.is_empty


def test_a_gap_in_another_chain_costs_only_what_goes_there() -> None:
    """Packets that leave before the incomplete chain stay decided."""
    cut = table(
        chain("POSTROUTING", rule("ACCEPT", destination="10.0.0.0/8"), rule("IP-MASQ-AGENT")),
        chain("IP-MASQ-AGENT", rule("MASQUERADE"), hidden=["rules"]),
    )

    assert nets(masquerade(cut, PODS).kept) == ["10.0.0.0/8"]
    assert masquerade(cut, PODS).undecided == outside("10.0.0.0/8")


def test_goto_does_not_come_back_and_return_does() -> None:
    """After `-g`, RETURN goes to the caller's caller (iptables(8))."""
    end = chain("END", rule("RETURN", destination="10.0.0.0/8"), rule("MASQUERADE", destination="11.0.0.0/8"))

    jumping = table(chain("POSTROUTING", rule("END"), rule("MASQUERADE")), end)
    going = table(chain("POSTROUTING", rule("END", goto=True), rule("MASQUERADE")), end)

    assert masquerade(jumping, PODS).masqueraded.is_everything
    assert nets(masquerade(going, PODS).masqueraded) == ["11.0.0.0/8"]


@pytest.mark.parametrize(("policy", "kept"), [("ACCEPT", True), ("DROP", False), (None, False)])
def test_the_policy_settles_what_falls_through(policy: str | None, *, kept: bool) -> None:
    """Only a shown policy ACCEPT keeps; the reason is told."""
    bare = chain("POSTROUTING", policy=policy or "?")
    fields = {name: getattr(bare, name) for name in ("span", "name", "rules")}
    result = masquerade(table(type(bare)(**fields, policy=policy)), PODS)

    assert result.kept.is_everything is kept
    assert [doubt.reason for doubt in result.doubts()] == (
        [] if kept else ["its policy is DROP" if policy else "its policy is not shown"]
    )


def test_a_whole_table_without_postrouting_masquerades_nothing() -> None:
    """iptables-nft creates base chains on first use; only a complete table proves the absence."""
    assert masquerade(table(), PODS).kept.is_everything
    assert masquerade(table(hidden=["chains"]), PODS).undecided.is_everything
    assert masquerade(table(name=None), PODS).undecided.is_everything
    assert masquerade(table(), PODS, chain="IP-MASQ-AGENT").undecided.is_everything


def test_another_table_family_or_no_source_says_nothing() -> None:
    """Total: a question that the table cannot answer is undecided."""
    post = chain("POSTROUTING")

    assert masquerade(table(post, name="filter"), PODS).undecided.is_everything
    assert masquerade(table(post, family="inet6"), PODS).undecided.is_everything
    assert masquerade(table(post), PrefixSet.empty()).undecided.is_everything


def test_circles_and_towers_end() -> None:
    """Hand-made or hostile tables cost time, never a hang or a crash."""
    circle = table(chain("POSTROUTING", rule("A")), chain("A", rule("B")), chain("B", rule("A")))
    tower = table(
        chain("POSTROUTING", rule("C0")),
        *(chain(f"C{n}", rule(f"C{n + 1}"), rule(f"C{n + 1}")) for n in range(60)),
        chain("C60", rule("MASQUERADE", destination="10.0.0.0/8")),
    )
    deep = table(chain("POSTROUTING", rule("C0")), *(chain(f"C{n}", rule(f"C{n + 1}")) for n in range(2000)))

    assert masquerade(circle, PODS).undecided.is_everything
    assert nets(masquerade(tower, PODS).masqueraded) == ["10.0.0.0/8"]
    assert len(masquerade(tower, PODS).decisions()) == 2
    assert masquerade(deep, PODS).undecided.is_everything
    assert walk(circle, Packet(source=ip_address("10.224.0.9"), destination=ip_address("8.8.8.8"))).undecided


def test_a_packet_is_walked_rule_by_rule() -> None:
    """The walk shows every rule that takes the packet."""
    packet = Packet(source=ip_address("10.224.0.9"), destination=ip_address("10.0.0.10"), out_interface="eth0")

    way = walk(node_subnet(), packet)

    assert [(met.chain, met.rule.num) for met in way.met] == [
        ("POSTROUTING", 1), ("KUBE-POSTROUTING", 1), ("POSTROUTING", 3), ("IP-MASQ-AGENT", 2),
    ]  # fmt: skip
    assert (way.verdict, way.undecided) == ("ACCEPT", None)


def test_a_walk_stops_at_the_first_doubt_that_matters() -> None:
    """A rule that only logs cannot change the verdict; one that returns can."""
    doubtful = rule("RETURN", protocol="tcp")
    rules = table(chain("POSTROUTING", rule("LOG", protocol="udp"), doubtful, rule("MASQUERADE")))
    packet = Packet(source=ip_address("10.224.0.9"), destination=ip_address("8.8.8.8"))

    way = walk(rules, packet)

    assert way.verdict is None
    assert way.undecided is not None
    assert (way.undecided.chain, way.undecided.reason) == ("POSTROUTING", "it takes only protocol tcp")
    assert walk(table(chain("POSTROUTING", hidden=["rules"])), packet).verdict is None
    assert walk(table(), packet).verdict is None
    assert walk(rules, packet, "PREROUTING").verdict is None


def test_a_walk_through_prerouting_ends_at_its_target() -> None:
    """The same code follows a packet at another hook."""
    rules = table(
        chain("PREROUTING", rule("DNAT", "tcp dport 80", protocol="tcp", destination="10.0.0.1/32"), policy="ACCEPT")
    )
    packet = Packet(
        source=ip_address("10.224.0.9"),
        destination=ip_address("10.0.0.1"),
        protocol="tcp",
        destination_port=80,
        in_interface="azv0123456789a",
    )

    assert walk(rules, packet, "PREROUTING").verdict == "DNAT"


def captured(number: str) -> NatTable:
    """Read one of the stored AKS captures."""
    (path,) = (Path(os.environ["AZCNILINT_CAPTURES"]) / "aks").glob(f"{number}-*.txt")
    value = parse_iptables(path.read_bytes(), artifact=path.name).value
    assert value is not None
    return value


@pytest.mark.shared
@pytest.mark.skipif("AZCNILINT_CAPTURES" not in os.environ, reason="AZCNILINT_CAPTURES is not set")
def test_captured_tables_are_judged_as_they_behave() -> None:
    """A whole iptables-save; an excerpt with -v whose KUBE-POSTROUTING is missing; a chain listed alone."""
    whole = masquerade(captured("01"), PODS)
    excerpt = captured("04")
    alone = masquerade(captured("08"), PODS, chain="IP-MASQ-AGENT", interface_free=AGENT_CHAINS)

    assert nets(whole.kept) == ["10.0.0.0/16", "10.224.0.0/12"]
    assert whole.undecided.is_empty
    assert masquerade(excerpt, PODS).undecided.is_everything
    assert nets(masquerade(excerpt, PODS, chain="IP-MASQ-AGENT").kept) == ["10.200.0.0/16", "10.220.0.0/16"]
    assert nets(alone.kept) == ["10.0.0.0/8"]
