"""Why an expression is TRUE or FALSE: witnesses, counterexamples, searched tables and near misses."""

from __future__ import annotations

import pytest

from azcnilint.rules.facade import NodeFacade
from tests.rules.support import LINKS, NAT, NEIGHBOURS, ROUTES, links, node, program, routes

TEXTS = {"ip-r.txt": "$ ip route\n" + ROUTES, "ip-a.txt": "$ ip address\n" + LINKS}
TEXTS |= {"ip-n.txt": "$ ip neighbour\n" + NEIGHBOURS, "nat.txt": "$ iptables -t nat -S\n" + NAT}


def shown(text: str, about: NodeFacade | None = None) -> list[tuple[str, str, str]]:
    """Give role, first words of the cited text, and phrase of each clue."""
    verdict = program(text).evaluate({"node": about or node()})
    return [
        (clue.role.value, " ".join(TEXTS[clue.span.artifact][clue.span.start : clue.span.end].split()[:3]), clue.text)
        for clue in verdict.evidence
    ]


@pytest.mark.parametrize(
    ("text", "clues"),
    [
        (
            'node.routes.exists(r, r.type == "unicast" && r.table == "main" && r.dst == cidr("0.0.0.0/0"))',
            [
                ("searched", "10.224.0.0/16 dev eth0", "searched 4 routes"),
                ("near miss", "unreachable default dev", "type is unreachable, not unicast"),
            ],
        ),
        (
            "node.routes.exists(r, r.host && r.dev == 'azv5fb819d9b16')",
            [("witness", "10.244.0.9 dev azv5fb819d9b16", "host is true; dev is azv5fb819d9b16")],
        ),
        (
            "node.links.all(l, l.mtu == 1500 || l.ifname == 'lo')",
            [("witness", "4: azv5fb819d9b16@if3: <BROADCAST,MULTICAST,UP,LOWER_UP>", "")],
        ),
        (
            "!node.neighbours.exists(n, 'FAILED' in n.state)",
            [("witness", "10.244.0.9 dev azv5fb819d9b16", "state has FAILED")],
        ),
        (
            "node.neighbours.all(n, has(n.lladdr))",
            [("witness", "10.244.0.9 dev azv5fb819d9b16", "has no lladdr")],
        ),
        (
            "size(node.routes.filter(r, r.host)) == 0",
            [
                ("witness", "10.244.0.9 dev azv5fb819d9b16", ""),
                ("witness", "168.63.129.16 via 10.224.0.1", ""),
            ],
        ),
        (
            "node.routes.filter(r, r.dev == 'nope').size() > 0",
            [("searched", "10.224.0.0/16 dev eth0", "searched 4 routes")],
        ),
        (
            "node.nat.chains.exists(c, c.name == 'IP-MASQ-AGENT' && c.rules.exists(r, r.target == 'SNAT'))",
            [
                ("searched", "-P PREROUTING ACCEPT", "searched 5 chains"),
                ("near miss", "-N IP-MASQ-AGENT -A", "none of 2 rules meets it"),
            ],
        ),
        (
            "nat.excluded(node, cidr('10.0.0.0/8'))",
            [
                (
                    "witness",
                    "-A IP-MASQ-AGENT -j",
                    "masquerades 10.0.0.0/9, 10.128.0.0/10, 10.192.0.0/11, 10.240.0.0/12",
                ),
                ("witness", "-A IP-MASQ-AGENT -d", "keeps the source of what goes to 10.224.0.0/12"),
            ],
        ),
        (
            "node.links.filter(l, l.ifname == 'eth0').all(l, l.inet.exists(a, a.local == ip('10.9.9.9')))",
            [("searched", "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP>", "searched 1 address")],
        ),
        (
            "node.links.filter(l, l.ifname.startsWith('azv')).all(l, l.inet.exists(a, a.prefixlen == 8))",
            [("witness", "4: azv5fb819d9b16@if3: <BROADCAST,MULTICAST,UP,LOWER_UP>", "has no inet")],
        ),
    ],
)
def test_the_evidence_is_the_record_that_decides(text: str, clues: list[tuple[str, str, str]]) -> None:
    """A finding would point at the wrong line, or at none (law 4 of the project: every finding shows its evidence)."""
    found = shown(text)

    if not clues[0][2] and clues[0][0] == "witness":
        assert [clue[:2] for clue in found] == [clue[:2] for clue in clues]
    else:
        assert found == clues


def test_an_unknown_shows_nothing_as_evidence() -> None:
    """A missing capture would be made to look like proof."""
    assert program("node.routes.size() == 0").evaluate({"node": NodeFacade("n")}).evidence == ()


def test_the_near_miss_is_the_rarest_match() -> None:
    """The first ordinary route would be shown as nearly a default route."""
    clues = shown(
        'node.routes.exists(r, r.dev == "azv5fb819d9b16" && r.protocol == "kernel")',
        NodeFacade("n", route_table=routes()),
    )

    assert clues[1] == ("near miss", "10.224.0.0/16 dev eth0", "dev is eth0, not azv5fb819d9b16")


def test_a_condition_that_all_members_meet_makes_no_near_miss() -> None:
    """Every route is in table main; that says nothing about a missing one."""
    clues = shown('node.links.exists(l, l.ifname == "eth7" && l.ifname != "x")', NodeFacade("n", link_table=links()))

    assert [clue[0] for clue in clues] == ["searched"]
