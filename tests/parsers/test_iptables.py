"""`iptables -L`: every column mix, every version's quirks, and what a listing leaves open."""

from __future__ import annotations

from ipaddress import ip_network
from time import process_time

import pytest

from azcnilint.capture import Completeness
from azcnilint.parsers import parse_iptables
from azcnilint.parsers.base import Claim, ParseStatus
from azcnilint.parsers.iptables_table import command_of
from tests.parsers.iptables_reading import BRIEF, NAT, VERBOSE, listed, read, rules, shown, table, told

NUMBERED = "num  target     prot opt source               destination"
NUMBERED_VERBOSE = "num   pkts bytes target     prot opt in     out     source               destination"


def whole(*chains: str) -> str:
    """Give a listing of the nat table with its built-in chains and these others."""
    builtin = [f"Chain {name} (policy ACCEPT)\n{BRIEF}\n" for name in ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING")]
    return "\n".join([*builtin, *chains])


@pytest.mark.parametrize(
    ("head", "row"),
    [
        (BRIEF, "RETURN     all  --  anywhere             10.0.0.0/8          "),
        (BRIEF, "RETURN     0    --  0.0.0.0/0            10.0.0.0/8          "),
        (BRIEF, "RETURN all -- anywhere 10.0.0.0/8"),
        (NUMBERED, "1    RETURN     all  --  0.0.0.0/0            10.0.0.0/8          "),
        (VERBOSE, "    0     0 RETURN     all  --  *      *       0.0.0.0/0            10.0.0.0/8          "),
        (VERBOSE, "    0     0 RETURN     all  --  any    any     anywhere             10.0.0.0/255.0.0.0  "),
        (NUMBERED_VERBOSE, "1        0     0 RETURN     0    --  *      *       0.0.0.0/0            10.0.0.0/8 "),
    ],
)
def test_every_column_mix_gives_the_same_rule(head: str, row: str) -> None:
    """Padding, numbers and names are matters of the command's options, not of the rule."""
    rule = listed(row, head)

    assert rule == listed("RETURN all -- 0.0.0.0/0 10.0.0.0/8", "target prot opt source destination")
    assert (rule.target, rule.protocol, rule.destination.network) == ("RETURN", "all", ip_network("10.0.0.0/8"))


@pytest.mark.parametrize(
    ("row", "target", "protocol", "negated", "fragment"),
    [
        ("           udp  --  anywhere             anywhere            ", None, "udp", False, None),
        ("           17   --  0.0.0.0/0            0.0.0.0/0           ", None, "udp", False, None),
        ("all        all  --  anywhere             anywhere            ", "all", "all", False, None),
        ("RETURN    !tcp  --  anywhere             anywhere            ", "RETURN", "tcp", True, None),
        ("RETURN     ipencap -f  anywhere             anywhere", "RETURN", "ipencap", False, True),
        ("RETURN     4    !f  0.0.0.0/0            0.0.0.0/0", "RETURN", "ipencap", False, False),
        ("           udplite--  anywhere             anywhere", None, "udplite", False, None),
        ("ACCEPT    !ipencap--  anywhere             anywhere", "ACCEPT", "ipencap", True, None),
        ("ACCEPT     ipv6-icmp-f  anywhere             anywhere", "ACCEPT", "ipv6-icmp", False, True),
        ("ACCEPT     99   --  anywhere             anywhere", "ACCEPT", "99", False, None),
        ("x(y)       all  --  anywhere             anywhere", "x(y)", "all", False, None),
        (
            "KUBE-SVC-TCOU7JCQXEZGVUNU  udp  --  anywhere             anywhere",
            "KUBE-SVC-TCOU7JCQXEZGVUNU",
            "udp",
            False,
            None,
        ),
    ],
)
def test_target_protocol_and_opt(
    *, row: str, target: str | None, protocol: str, negated: bool, fragment: bool | None
) -> None:
    """The target may be empty, protocol and opt glued, the protocol a number: none of it moves another column."""
    rule = listed(row)

    assert (rule.target, rule.protocol, rule.protocol_negated, rule.fragment) == (target, protocol, negated, fragment)
    assert rule.source.any


def test_interfaces_and_negations() -> None:
    """A `!` is glued in front and takes the padding's blank."""
    rule = listed(" 720K 1008M RETURN    !tcp  --  !azv+  eth0   !10.0.0.0/8           !1.2.3.4", VERBOSE)

    assert (rule.in_interface, rule.in_interface_negated, rule.out_interface) == ("azv+", True, "eth0")
    assert (rule.source.negated, rule.source.network, rule.destination.network) == (
        True,
        ip_network("10.0.0.0/8"),
        ip_network("1.2.3.4/32"),
    )
    assert (rule.packets, rule.bytes) == (720_000, 1_008_000_000)
    assert rule.hidden == frozenset()


def test_without_v_interfaces_and_counters_are_hidden() -> None:
    """`-L` without `-v` prints two bare ACCEPT rows for `-i docker0` and `-o docker0`: they are not unconditional."""
    rule = listed("ACCEPT     all  --  anywhere             anywhere")

    assert rule.hidden == {"in_interface", "out_interface", "packets", "bytes"}


@pytest.mark.parametrize(
    ("printed", "network", "host", "mask"),
    [
        ("anywhere", "0.0.0.0/0", None, None),
        ("localhost", "127.0.0.1/32", None, None),
        ("link-local/16", "169.254.0.0/16", None, None),
        ("loopback/8", "127.0.0.0/8", None, None),
        ("default/1", "0.0.0.0/1", None, None),
        ("10.0.0.10", "10.0.0.10/32", None, None),
        ("10.0.0.0/255.255.0.0", "10.0.0.0/16", None, None),
        ("5.6.0.0/255.255.0.255", None, "5.6.0.0", "255.255.0.255"),
        ("0.0.0.7/0.0.0.255", None, "0.0.0.7", "0.0.0.255"),
        ("kube-dns.kube-system.svc.cluster.local", None, "kube-dns.kube-system.svc.cluster.local", None),
        ("vmss000000_a", None, "vmss000000_a", None),
    ],
)
def test_addresses_names_and_masks(printed: str, network: str | None, host: str | None, mask: str | None) -> None:
    """Names of networks are those of Debian's /etc/networks; a mask that is no prefix stays a mask."""
    address = listed(f"RETURN     all  --  anywhere             {printed}").destination

    assert (address.network, address.host, address.mask, address.text) == (
        ip_network(network) if network else None,
        host,
        mask,
        printed,
    )


def test_addresses_with_odd_masks_differ_by_address() -> None:
    """The text does not take part in comparison; the address before the mask must."""
    one, other = (listed(f"RETURN all -- anywhere {base}/255.255.0.255") for base in ("5.6.0.0", "7.8.0.0"))

    assert one != other


@pytest.mark.parametrize(
    ("row", "source", "target"),
    [
        ("           all      fe80::9f46           2001:db8:420::b0d5", "fe80::9f46/128", None),
        ("RETURN     all      fd00::/8             anywhere            ", "fd00::/8", "RETURN"),
        ("           ipencap    2001:db8::1          anywhere", "2001:db8::1/128", None),
        ("DROP      !tcp     !::1                  ::/0", "::1/128", "DROP"),
    ],
)
def test_ip6tables_1_8_7_prints_no_opt(row: str, source: str, target: str | None) -> None:
    """Its opt column is blank: four fields stand before the matches, not five."""
    rule = listed(row, BRIEF, "ip6tables", "-t", "nat", "-L", "X")

    assert (rule.source.network, rule.target, rule.destination.network is not None) == (
        ip_network(source),
        target,
        True,
    )


def test_the_family_shows_in_the_addresses() -> None:
    """Without a command line `anywhere` waits for the first address."""
    first = "ACCEPT     all  --  anywhere             anywhere"
    text = f"Chain X (0 references)\n{BRIEF}\n{first}\nACCEPT     all  --  fe80::/10            anywhere\n"

    found = read(text).value

    assert found is not None
    assert (found.family, found.chains[0].rules[0].source.network) == ("inet6", ip_network("::/0"))


def test_chain_heads() -> None:
    """Policies, counters and references, whatever the chain is called."""
    head = "Chain POSTROUTING (policy ACCEPT 1655K packets, 139M bytes)"
    text = (
        f"{head}\n{VERBOSE}\n\nChain x(y) (12 references)\n{VERBOSE}\n\nChain references) (0 references)\n{VERBOSE}\n"
    )

    chains = table(text, *NAT).chains

    assert [(chain.name, chain.policy, chain.packets, chain.bytes, chain.references) for chain in chains] == [
        ("POSTROUTING", "ACCEPT", 1_655_000, 139_000_000, None),
        ("x(y)", None, None, None, 12),
        ("references)", None, None, None, 0),
    ]
    assert {chain.table for chain in chains} == {"nat"}


def test_goto_is_no_jump() -> None:
    """`-g` prints the chain as target and `[goto]` among the matches."""
    rule = listed("CUSTOM     tcp  --  anywhere             anywhere            [goto]  tcp dpt:http")

    assert (rule.target, rule.goto, rule.matches[0].options[0].values) == ("CUSTOM", True, ("80",))


def test_a_document_wraps_and_collapses_blanks() -> None:
    """As on the slides of 2021: each comment goes on in the next line, and the columns are one blank apart."""
    text = (
        "Chain IP-MASQ-AGENT (1 references)\n"
        "target prot opt source destination\n"
        "RETURN all -- anywhere 10.0.0.0/8 /* ip-masq-agent: local traffic\n"
        "is not subject to MASQUERADE */\n"
        "MASQUERADE all -- anywhere anywhere /* ip-masq-agent: outbound\n"
        "traffic is subject to MASQUERADE (must be last in chain) */\n"
        "KUBE-X udp -- anywhere\n"
        "10.0.0.10 /* dns */ udp dpt:domain\n"
        "KUBE-X all -- anywhere anywhere /* a */\n"
        "ADDRTYPE match dst-type !LOCAL\n"
    )

    found = rules(text, *NAT, "IP-MASQ-AGENT")

    assert [(rule.target, rule.comment, len(rule.matches)) for rule in found] == [
        ("RETURN", "ip-masq-agent: local traffic is not subject to MASQUERADE", 0),
        ("MASQUERADE", "ip-masq-agent: outbound traffic is subject to MASQUERADE (must be last in chain)", 0),
        ("KUBE-X", "dns", 1),
        ("KUBE-X", "a", 1),
    ]


def test_text_after_a_rule_is_not_its_rest() -> None:
    """Words that are no clause of a listing never join a rule: error text, chatter, a prompt."""
    result = read(
        f"Chain X (0 references)\n{BRIEF}\nRETURN all -- anywhere anywhere\nConnection closed by host.\n", *NAT, "X"
    )

    assert result.value is not None
    assert [rule.matches for rule in result.value.chains[0].rules] == [()]
    assert result.value.chains[0].hidden == {"rules"}
    assert bytes(result.ledger.claims) == bytes([Claim.RECORD, Claim.NOISE, Claim.RECORD, Claim.DIAGNOSTIC])


def test_a_comment_without_end_leaves_the_rule_open() -> None:
    """The line is cut: its conditions and its options may go on."""
    result = read(f"Chain X (0 references)\n{BRIEF}\nSNAT all -- anywhere anywhere /* why\n", *NAT, "X")

    assert result.value is not None
    chain = result.value.chains[0]
    assert (chain.hidden, chain.rules[0].hidden >= {"matches", "target_options"}) == (frozenset({"rules"}), True)
    assert told(result) == [("doubtful-comment", "the comment of this rule has no end")]


@pytest.mark.parametrize(
    ("argv", "chains", "because"),
    [
        (("iptables", "-t", "nat", "-L"), ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"), None),
        (("iptables", "-t", "nat", "-L"), ("PREROUTING", "OUTPUT", "POSTROUTING"), None),
        (("iptables", "-t", "nat", "-L"), ("PREROUTING", "OUTPUT"), "chain POSTROUTING is not listed"),
        (("iptables", "-t", "nat", "-nvL", "X"), ("X",), "only chain X was listed"),
        (("iptables", "-L"), ("INPUT", "FORWARD", "OUTPUT"), None),
        ((), ("INPUT", "FORWARD", "OUTPUT"), None),
        ((), ("POSTROUTING",), "only chain POSTROUTING was listed"),
        ((), ("A", "B"), "no built-in chain is listed"),
    ],
)
def test_a_listing_says_whether_it_is_the_whole_table(
    argv: tuple[str, ...], chains: tuple[str, ...], because: str | None
) -> None:
    """A chain that is not listed is absent only from the listing of a whole table."""
    text = "\n".join(f"Chain {chain} (policy ACCEPT)\n{BRIEF}\n" for chain in chains)

    found = read(text, *argv).value

    assert found is not None
    assert (found.incomplete_because, found.settles("chains")) == (because, because is None)


def test_a_target_that_is_not_listed_shows_that_chains_are_missing() -> None:
    """An excerpt of an issue has all built-in chains and lacks the others."""
    text = whole(f"Chain X (1 references)\n{BRIEF}\nKUBE-SVC-A  all  --  anywhere             anywhere\n")

    assert table(text, *NAT).incomplete_because == "chain KUBE-SVC-A is a target and is not listed"


@pytest.mark.parametrize(
    ("text", "table_name"),
    [
        ("Chain X (0 references)\n{}\nMASQUERADE  all  --  anywhere             anywhere\n", "nat"),
        ("Chain KUBE-SEP-A (0 references)\n{}\n", "nat"),
        ("Chain PREROUTING (policy ACCEPT)\n{0}\n\nChain POSTROUTING (policy ACCEPT)\n{0}\n", "nat"),
        ("Chain PREROUTING (policy DROP)\nChain FORWARD (policy DROP)\nChain POSTROUTING (policy DROP)\n", "mangle"),
        ("Chain FORWARD (policy ACCEPT)\n{}\n", None),
    ],
)
def test_the_table_shows_in_chains_and_targets(text: str, table_name: str | None) -> None:
    """Without a command line the content tells the table, or nothing does."""
    found = read(text.format(BRIEF)).value

    assert found is not None
    assert found.table == table_name


@pytest.mark.parametrize(
    ("words", "table_name", "chain", "num", "verbose"),
    [
        ("iptables -t nat -L", "nat", None, None, False),
        ("iptables -tnat -nvL POSTROUTING", "nat", "POSTROUTING", None, True),
        ("/usr/sbin/iptables-nft --table=nat --list X --verbose", "nat", "X", None, True),
        ("iptables -w -L X 3 --table mangle", "mangle", "X", 3, False),
        ("xtables-nft-multi iptables -S", "filter", None, None, False),
        ("iptables-save -t nat", "nat", None, None, False),
        ("iptables-save", None, None, None, False),
    ],
)
def test_the_command_line_settles(
    *, words: str, table_name: str | None, chain: str | None, num: int | None, verbose: bool
) -> None:
    """Table, chain and options, however they are spelled."""
    command = command_of(words.split())

    assert (command.table, command.chain, command.num, command.verbose) == (table_name, chain, num, verbose)


def test_an_unlisted_chain_stays_open_where_lines_are_missing() -> None:
    """A gap, a cut end and a lost line each open the chain that they stand in; other chains stay whole."""
    rule = "RETURN     all  --  anywhere             anywhere"
    text = (
        f"Chain PREROUTING (policy ACCEPT)\n{BRIEF}\n{rule}\n\n"
        f"Chain A (0 references)\n{BRIEF}\n{rule}\n[snip]\n\n"
        f"Chain B (0 references)\n{BRIEF}\n{rule}\n"
    )

    snipped = read(text.replace("[snip]", "\t "), *NAT, completeness=Completeness.SNIPPED, gaps=("\t ",)).value
    cut = read(text.replace("[snip]\n", ""), *NAT, completeness=Completeness.TAIL_CUT).value
    lost = read(text, *NAT).value
    filtered = read(text.replace("[snip]\n", ""), *NAT, completeness=Completeness.FILTERED).value

    opened = [
        [chain.name for chain in found.chains if not chain.settles("rules")] if found else None
        for found in (snipped, cut, lost, filtered)
    ]
    assert opened == [["A"], ["B"], ["A"], ["PREROUTING", "A", "B"]]


def test_a_missing_line_number_opens_the_chain() -> None:
    """With --line-numbers a rule that was taken out shows."""
    rule = "RETURN     all  --  anywhere             anywhere"

    chain = table(f"Chain X (0 references)\n{NUMBERED}\n1    {rule}\n3    {rule}\n", *NAT, "X").chains[0]

    assert ([rule.num for rule in chain.rules], chain.hidden) == ([1, 3], frozenset({"rules"}))


def test_one_rule_of_a_chain_leaves_the_chain_open() -> None:
    """`-L CHAIN 3` prints one rule and no number."""
    text = f"Chain X (0 references)\n{BRIEF}\nRETURN     all  --  anywhere             anywhere\n"

    chain = table(text, *NAT, "X", "3").chains[0]

    assert (chain.rules[0].num, chain.hidden) == (3, frozenset({"rules"}))


def test_rules_without_the_line_that_names_their_chain_are_no_rules_of_another() -> None:
    """After a lost chain head the rules must not go to the chain before."""
    rule = "RETURN     all  --  anywhere             anywhere"
    result = read(f"{rule}\n\nChain A (0 references)\n{BRIEF}\n{rule}\n\n{BRIEF}\n{rule}\n", *NAT)

    assert result.value is not None
    assert [len(chain.rules) for chain in result.value.chains] == [1]
    assert told(result) == [("rule-without-chain", "the line that names the chain of this rule is missing")] * 2
    assert result.status is ParseStatus.PARTIAL


@pytest.mark.parametrize(
    ("command", "rules"),
    [("iptables -t nat -L", [1, 1]), ("iptables -t nat -L A", [3])],
    ids=["all chains", "one chain"],
)
def test_rules_after_lines_left_out_may_be_of_another_chain(command: str, rules: list[int]) -> None:
    """The head of another chain may be among the lines left out, unless the command lists one chain only."""
    rule = "RETURN     all  --  anywhere             anywhere"
    more = f"\n\nChain B (0 references)\n{BRIEF}\n{rule}" if len(rules) > 1 else ""
    paste = f"$ {command}\nChain A (0 references)\n{BRIEF}\n{rule}\n[snip]\n{rule}\n{rule}{more}\n"

    result = parse_iptables(paste)

    assert result.value is not None
    assert [len(chain.rules) for chain in result.value.chains] == rules
    assert len(told(result)) == 3 - rules[0]


def test_nearly_right_lines_are_explained_at_the_wrong_word() -> None:
    """Messages name what should stand there; carets mark the word."""
    text = (
        f"Chain X (0 references)\n{BRIEF}\n"
        "RETURN     all  ---  anywhere             10.0.0.0/8\n"
        "RETURN     all  --  anywhere             10.300.0.0/8\n"
        "Chain Y (zero references)\n"
    )

    result = read(text, *NAT, "X")

    assert shown(result) == (
        " --> nat.txt:3:17\n"
        "  |\n"
        "3 | RETURN     all  ---  anywhere             10.0.0.0/8\n"
        "  |                 ^^^ here\n"
        " --> nat.txt:4:42\n"
        "  |\n"
        "4 | RETURN     all  --  anywhere             10.300.0.0/8\n"
        "  |                                          ^^^^^^^^^^^^ here\n"
        " --> nat.txt:5:10\n"
        "  |\n"
        "5 | Chain Y (zero references)\n"
        "  |          ^^^^ here\n"
    )
    assert [message for _, message in told(result)] == [
        'expected the opt column ("--"), found "---"',
        '"10.300.0.0/8" is no prefix: 300 is more than 255',
        'expected a number, found "zero"',
    ]


def test_warnings_are_noise_and_foreign_chains_are_told() -> None:
    """A banner is no data; one of them says that the listing is not all there is."""
    legacy = "# Warning: iptables-legacy tables present, use iptables-legacy to see them\n"
    foreign = "# Table `nat' contains incompatible base-chains, use 'nft' tool to list them.\n"

    plain, open_table = table(legacy + whole(), *NAT), table(foreign + whole(), *NAT)

    assert plain.incomplete_because is None
    assert open_table.incomplete_because == "the table holds chains that only nft can list"


def test_left_out_matches_are_hidden() -> None:
    """iptables-nft 1.8.7 prints newer rules without mark and port: nothing may be called unconditional."""
    text = whole(
        f"Chain KUBE-POSTROUTING (0 references)\n{BRIEF}\n"
        "RETURN     all  --  0.0.0.0/0            0.0.0.0/0\n"
        "MARK       all  --  0.0.0.0/0            0.0.0.0/0            MARK xor 0x4000\n",
        f"Chain KUBE-SERVICES (0 references)\n{BRIEF}\n"
        "KUBE-POSTROUTING  tcp  --  0.0.0.0/0            10.0.0.10            /* a/dns:dns-tcp cluster IP */\n",
        f"Chain IP-MASQ-AGENT (0 references)\n{BRIEF}\n"
        "MASQUERADE  all  --  0.0.0.0/0            0.0.0.0/0            /* ip-masq-agent: outbound traffic */\n",
    )

    result = read(text, *NAT)

    opened = {
        (chain.name, rule.num) for chain in result.unwrap().chains for rule in chain.rules if "matches" in rule.hidden
    }
    assert opened == {("KUBE-POSTROUTING", 1), ("KUBE-SERVICES", 1)}
    assert told(result) == [("matches-left-out", "the tool that printed this left out mark or port matches")]


def test_whole_rules_of_kube_proxy_are_not_hidden() -> None:
    """The doubt about 1.8.7 needs a rule that proves it."""
    text = whole(
        f"Chain KUBE-POSTROUTING (0 references)\n{BRIEF}\n"
        "RETURN     all  --  0.0.0.0/0            0.0.0.0/0            mark match ! 0x4000/0x4000\n"
        "MARK       all  --  0.0.0.0/0            0.0.0.0/0            MARK xor 0x4000\n",
    )

    assert [rule.settles("matches") for rule in table(text, *NAT).chains[-1].rules] == [True, True]


@pytest.mark.parametrize(
    "line",
    [
        "RETURN all -- anywhere anywhere " + "/* a */ " * 8000,
        "RETURN all -- anywhere anywhere " + "x */ " * 12000,
        "RETURN all -- anywhere anywhere" + " " * 60000 + "x" + " " * 4000,
        "RETURN all -- anywhere anywhere " + "word " * 12000,
        "LOG all -- anywhere anywhere " + 'LOG prefix "' * 5000,
        "RETURN all -- anywhere anywhere " + 'STRING match "' * 4600,
        "! " * 32000,
        "a" * 65000,
        "Chain " + "(" * 65000,
    ],
)
def test_hostile_lines_take_linear_time(line: str) -> None:
    """One line of 64 KB takes well under a second; in square time it would take minutes."""
    begin = process_time()
    read(f"Chain X (0 references)\n{BRIEF}\n{line}\n", *NAT, "X")

    assert process_time() - begin < 3


def test_hostile_wrapping_takes_linear_time() -> None:
    """An open comment does not gather lines without end."""
    begin = process_time()
    read(f"Chain X (0 references)\n{BRIEF}\nRETURN all -- anywhere anywhere /* a\n" + "more of it\n" * 20000, *NAT, "X")

    assert process_time() - begin < 10
