"""Laws of the iptables parsers: any rule survives both printers, any text is accounted for line by line."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network

from hypothesis import given, settings
from hypothesis import strategies as st

from azcnilint.models import AddressMatch, Chain, Match, NatRule, NatTable, Option
from azcnilint.native.iptables import save_lines
from azcnilint.parsers import iptables
from azcnilint.parsers.base import Claim
from azcnilint.text import Span
from tests.parsers.iptables_printing import row
from tests.parsers.iptables_reading import BRIEF, NAT, VERBOSE, read, table

PLACE = Span("generated", 0, 0)
ports = st.integers(0, 65535).map(str) | st.tuples(st.integers(0, 1000), st.integers(1001, 65535)).map(
    "{0[0]}:{0[1]}".format
)
words = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=12)
# A comment without "*/" and "/*" stands for itself; those with are the subject of test_iptables_matches.
comments = st.text(st.characters(codec="ascii", min_codepoint=32, max_codepoint=126), min_size=1, max_size=60).filter(
    lambda text: "*/" not in text and "/*" not in text and not text.endswith(" *") and text.strip() == text
)
chain_names = st.sampled_from(
    ["KUBE-SVC-X", "ACCEPT", "DROP", "RETURN", "x(y)", "all", "tcp", "policy", "Chain", "target", "0"]
)


def option(name: str, *values: str, negated: bool = False) -> Option:
    """Give one option."""
    return Option(name=name, values=values, negated=negated)


@st.composite
def addresses(draw: st.DrawFn) -> AddressMatch:
    """Any IPv4 prefix; everything cannot be negated."""
    network = IPv4Network((draw(st.integers(0, 2**32 - 1)), draw(st.integers(0, 32))), strict=False)
    return AddressMatch(text=str(network), network=network, negated=network.prefixlen > 0 and draw(st.booleans()))


@st.composite
def clauses(draw: st.DrawFn, protocol: str) -> Match:
    """One clause of those that node software writes."""
    negated = draw(st.booleans())
    kinds = [
        ("addrtype", option("dst-type", "LOCAL", negated=negated)),
        ("mark", option("mark", draw(st.sampled_from(["0x4000/0x4000", "0x1", "0x0/0xff"])), negated=negated)),
        ("conntrack", option("ctstate", draw(st.sampled_from(["NEW", "RELATED,ESTABLISHED"])), negated=negated)),
        ("set", option("match-set", draw(words), draw(st.sampled_from(["src", "dst,dst"])), negated=negated)),
    ]
    if protocol in {"tcp", "udp", "sctp"}:
        name = draw(st.sampled_from(["sport", "dport"]))
        kinds += [
            (protocol, option(name, draw(ports), negated=negated)),
            ("multiport", option("dports", "80,443", negated=negated)),
        ]
    module, one = draw(st.sampled_from(kinds))
    return Match(module=module, options=(one,))


# The kernel keeps a probability as a number of 31 bits; others would come back changed.
statistic = st.integers(1, 2**31).map(
    lambda part: Match(
        module="statistic", options=(option("mode", "random"), option("probability", f"{part / 2**31:.11f}"))
    )
)
targets = st.one_of(
    st.tuples(chain_names, st.just(())),
    st.tuples(st.just("DNAT"), st.sampled_from([(option("to-destination", "10.1.2.3:53"),)])),
    st.tuples(st.just("SNAT"), st.sampled_from([(option("to-source", "10.1.2.3"), option("random-fully"))])),
    st.tuples(st.just("MASQUERADE"), st.sampled_from([(), (option("random-fully"),)])),
    st.tuples(
        st.just("MARK"),
        st.sampled_from(["0x4000/0x4000", "0x4000/0x0", "0x3/0xff"]).map(lambda m: (option("set-xmark", m),)),
    ),
    st.tuples(st.none(), st.just(())),
)


@st.composite
def nat_rules(draw: st.DrawFn) -> NatRule:
    """Any rule in that vocabulary."""
    protocol = draw(st.sampled_from(["all", "tcp", "udp", "sctp", "icmp", "ipencap", "ipv6-icmp", "udplite", "99"]))
    matches = [*draw(st.lists(clauses(protocol), max_size=2)), *draw(st.lists(statistic, max_size=1))]
    modules = [match.module for match in matches]
    if len(set(modules)) < len(modules):
        matches = matches[:1]
    target, options = draw(targets)
    interfaces = st.none() | st.sampled_from(["azv+", "eth0", "lo", "cilium_host", "a@b"])
    goes_in, goes_out = draw(interfaces), draw(interfaces)
    comment = draw(st.none() | comments)
    return NatRule(
        span=PLACE,
        num=1,
        packets=draw(st.integers(0, 99999)),
        bytes=draw(st.integers(0, 9999)) * 1000,
        target=target,
        goto=target == "KUBE-SVC-X" and draw(st.booleans()),
        protocol=protocol,
        protocol_negated=protocol != "all" and draw(st.booleans()),
        fragment=draw(st.none() | st.booleans()),
        in_interface=goes_in,
        in_interface_negated=goes_in is not None and draw(st.booleans()),
        out_interface=goes_out,
        out_interface_negated=goes_out is not None and draw(st.booleans()),
        source=draw(addresses()),
        destination=draw(addresses()),
        matches=tuple(matches),
        target_options=options,
        comment=comment,
        comment_at=draw(st.integers(0, len(matches))) if comment else 0,
    )


def only_rule(found: NatTable) -> NatRule:
    """Give the rule of a table that has one."""
    return found.chains[0].rules[0]


@settings(max_examples=300, deadline=None)
@given(nat_rules())
def test_a_rule_survives_the_listing(rule: NatRule) -> None:
    """Law 2: what -L -n -v shows of a rule is that rule, whatever its columns hold."""
    found = only_rule(table(f"Chain X (0 references)\n{VERBOSE}\n{row(rule)}\n", *NAT, "X"))

    assert (found, found.packets, found.bytes, found.comment_at) == (rule, rule.packets, rule.bytes, rule.comment_at)


@settings(max_examples=200, deadline=None)
@given(nat_rules())
def test_a_rule_survives_the_listing_with_names(rule: NatRule) -> None:
    """Without -n and -v the rest is the same, and the interfaces are hidden."""
    text = f"Chain X (0 references)\n{BRIEF}\n{row(rule, verbose=False, numeric=False)}\n"

    found = only_rule(table(text, *NAT, "X"))

    shown = replace(
        rule, in_interface=None, in_interface_negated=False, out_interface=None, out_interface_negated=False
    )
    assert (found, found.hidden >= {"in_interface", "out_interface"}) == (shown, True)


@settings(max_examples=300, deadline=None)
@given(nat_rules())
def test_a_rule_survives_the_save(rule: NatRule) -> None:
    """Law 3: the machine form reads back as the same record, counters included."""
    chain = Chain(span=PLACE, name="X", rules=(rule,))
    lines = save_lines(NatTable(span=PLACE, chains=(chain,), tables=("nat",)), counters=True)

    found = only_rule(table("\n".join(lines), "iptables-save", "-c"))

    assert (found, found.packets, found.bytes, found.comment_at) == (rule, rule.packets, rule.bytes, rule.comment_at)


PIECES = st.sampled_from(
    [
        "Chain X (1 references)",
        "Chain POSTROUTING (policy ACCEPT 1 packets, 2 bytes)",
        BRIEF,
        VERBOSE,
        "RETURN     all  --  anywhere             10.0.0.0/8           /* a */",
        "    0     0 SNAT       6    --  *      *       0.0.0.0/0            1.2.3.4              to:1.2.3.4",
        "RETURN     all  --  anywhere             10.0.0.0/99",
        "RETURN     all  --  anywhere             fe80::1 /* open",
        "is not subject to MASQUERADE */",
        "*nat",
        ":X - [0:0]",
        "-N X",
        "-A X -s 1.2.3.4/32 -j RETURN",
        '[1:2] -A X -m comment --comment "a b',
        '-A X -m comment --comment "a \\" b" -j',
        "COMMIT",
        "# Generated by iptables-save v1.8.7 on now",
        "# Warning: x",
        "error: permission denied",
        "",
        "\t",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES | st.text(st.characters(codec="utf-8"), max_size=30), max_size=14).map("\n".join))
def test_every_line_is_accounted_for(text: str) -> None:
    """Law 1: whatever the text, no exception, and each line that is not blank is a record, noise or a diagnostic."""
    result = read(text)

    source = result.capture.source
    claims = dict(enumerate(result.ledger.claims, result.ledger.first_line))
    unclaimed = [
        line.text for line in source.lines() if line.text.strip() and claims.get(line.number) in {None, Claim.BLANK}
    ]
    assert unclaimed == []


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=14).map("\n".join))
def test_every_record_stands_in_the_text(text: str) -> None:
    """Law 2: a rule's span holds its target's name."""
    result = read(text)

    chains = result.value.chains if result.value else ()
    wrong = [
        rule
        for chain in chains
        for rule in chain.rules
        if (rule.target or "") not in result.capture.source.slice(rule.span)
    ]
    assert wrong == []


def test_the_parser_says_what_it_reads() -> None:
    """The kind is how the capture room names such output."""
    assert (iptables.PARSER.kind, iptables.PARSER.parse) == ("iptables", iptables.parse)
