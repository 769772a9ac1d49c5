"""What the tests of the rule room share: expressions compiled by themselves, and nodes made of short captures."""

from __future__ import annotations

from collections.abc import Mapping

from azcnilint.models import LinkTable, NatTable, NeighbourTable, RouteTable
from azcnilint.parsers import parse_ip_address, parse_ip_neighbour, parse_ip_route, parse_iptables
from azcnilint.rules import environment
from azcnilint.rules.compiling import Compiler
from azcnilint.rules.expr.located import Located
from azcnilint.rules.expr.messages import Fault
from azcnilint.rules.expr.program import Program, Truth, new_frame
from azcnilint.rules.expr.types import Type
from azcnilint.rules.facade import ClusterFacade, NodeFacade
from azcnilint.text import Span

FACTS = {"mode": ("overlay", "node-subnet", "bridge")}

ROUTES = """\
10.224.0.0/16 dev eth0 proto kernel scope link src 10.224.0.4
10.244.0.9 dev azv5fb819d9b16 proto static
168.63.129.16 via 10.224.0.1 dev eth0 proto dhcp src 10.224.0.4 metric 100
unreachable default dev lo metric 4278198272 error -101
"""

LINKS = """\
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000
    link/ether 00:0d:3a:ce:6f:5a brd ff:ff:ff:ff:ff:ff
    inet 10.224.0.4/16 brd 10.224.255.255 scope global eth0
       valid_lft forever preferred_lft forever
4: azv5fb819d9b16@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1400 qdisc noqueue state UP group default qlen 1000
    link/ether aa:aa:aa:aa:aa:aa brd ff:ff:ff:ff:ff:ff link-netnsid 0
"""

NEIGHBOURS = """\
10.224.0.1 dev eth0 lladdr 12:34:56:78:9a:bc REACHABLE
10.244.0.9 dev azv5fb819d9b16 FAILED
"""

NAT = """\
-P PREROUTING ACCEPT
-P INPUT ACCEPT
-P OUTPUT ACCEPT
-P POSTROUTING ACCEPT
-N IP-MASQ-AGENT
-A POSTROUTING -m addrtype ! --dst-type LOCAL -j IP-MASQ-AGENT
-A IP-MASQ-AGENT -d 10.224.0.0/12 -j RETURN
-A IP-MASQ-AGENT -j MASQUERADE
"""


def routes(text: str = ROUTES) -> RouteTable:
    """Read what `ip route` prints."""
    return parse_ip_route("$ ip route\n" + text, artifact="ip-r.txt").unwrap()


def links(text: str = LINKS) -> LinkTable:
    """Read what `ip address` prints."""
    return parse_ip_address("$ ip address\n" + text, artifact="ip-a.txt").unwrap()


def neighbours(text: str = NEIGHBOURS) -> NeighbourTable:
    """Read what `ip neighbour` prints."""
    return parse_ip_neighbour("$ ip neighbour\n" + text, artifact="ip-n.txt").unwrap()


def nat(text: str = NAT) -> NatTable:
    """Read what `iptables -t nat -S` prints."""
    return parse_iptables("$ iptables -t nat -S\n" + text, artifact="nat.txt").unwrap()


def node() -> NodeFacade:
    """Give a node with routes, links, neighbours and nat, and nothing else."""
    return NodeFacade("aks-np-0", link_table=links(), route_table=routes(), neighbour_table=neighbours(), nat=nat())


def located(text: str) -> Located:
    """Give an expression as if it were the whole of a file."""
    return Located(text, Span("rule.yaml", 0, len(text)))


def faults_of(text: str, params: Mapping[str, Type] | None = None, expected: Type | None = None) -> list[Fault]:
    """Give what is wrong with an expression."""
    compiler = Compiler(environment.scope(FACTS, params or {}), [])
    compiler.program(located(text), expected)
    return compiler.faults


def program(text: str, params: Mapping[str, Type] | None = None) -> Program:
    """Compile an expression that has no faults."""
    compiler = Compiler(environment.scope(FACTS, params or {}), [])
    compiled = compiler.program(located(text))
    assert compiler.faults == []
    assert compiled is not None
    return compiled


def value(text: str, about: NodeFacade | None = None, **names: object) -> object:
    """Give the run-time value of an expression for a node."""
    compiled = program(text)
    given = {"node": about or node(), "cluster": ClusterFacade(), **names}
    frame = new_frame(compiled.frame_size, compiled.slots, given)
    return compiled.run(frame)


def truth(text: str, about: NodeFacade | None = None, **names: object) -> Truth:
    """Give the truth of an expression for a node."""
    return Truth.of(value(text, about, **names))
