"""`ip rule`: text and JSON of one state are one model, on reviewed lines and on random rules of the real kernel."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections.abc import Sequence
from ipaddress import ip_network

import pytest

from azcnilint.capture import Capture, Completeness
from azcnilint.models import RoutingRule, RoutingRuleTable
from azcnilint.native.ip_rule import ip_json
from azcnilint.parsers import ParseStatus, ip_rule, parse_ip_rule
from azcnilint.text import decode

NODE = """\
0:\tfrom all lookup local
8:\tnot from all to 10.1.0.0/16 ipproto tcp sport 1024-65535 dport 443 lookup main
9:\tfrom all fwmark 0x200/0xf00 lookup 200 suppress_prefixlength 0 suppress_ifgroup default
100:\tfrom 10.0.0.0/8 iif eth0 [detached] oif eth1 [detached] uidrange 0-99 lookup 201 realms 3/4 proto static
120:\tfrom 10.9.9.9 tos 0x10 tun_id 18446744073709551615 goto 32766
130:\tfrom all goto 9000 [unresolved]
140:\tfrom all nop
150:\tfrom all to 10.2.0.1 unreachable
1000:\tfrom all lookup [l3mdev-table]
32766:\tfrom all lookup main
32767:\tfrom all lookup default
"""


def parsed(text: str, *argv: str) -> RoutingRuleTable:
    """Read text or JSON that a command line printed, every line of it."""
    source = decode("rule.txt", text.encode())
    return ip_rule.parse(Capture(source, source.span, "ip-rule", argv or None)).unwrap()


def only(text: str) -> RoutingRule:
    """Read one line."""
    (rule,) = parsed(text).rules
    return rule


def test_every_word_of_print_rule_has_its_field() -> None:
    """A selector that is lost makes a rule look as if it held for more packets than it does."""
    local, ports, mark, named, jump, open_jump, nothing, refused, vrf, *_ = parsed(NODE).rules

    assert (local.priority, local.source, local.table) == (0, None, "local")
    assert (ports.inverted, ports.destination, ports.ipproto) == (True, ip_network("10.1.0.0/16"), "tcp")
    assert (ports.sport_start, ports.sport_end, ports.dport_start, ports.dport_end) == (1024, 65535, 443, 443)
    assert (mark.fwmark, mark.fwmask, mark.table) == (0x200, 0xF00, "200")
    assert (mark.suppress_prefixlen, mark.suppress_ifgroup) == (0, "default")
    assert (named.iif, named.iif_detached, named.oif, named.oif_detached) == ("eth0", True, "eth1", True)
    assert (named.uid_start, named.uid_end, named.flow_from, named.flow_to) == (0, 99, "3", "4")
    assert (named.protocol, named.settles("protocol")) == ("static", True)
    assert (str(jump.src), jump.srclen, jump.tos, jump.tun_id, jump.goto) == (
        *("10.9.9.9", 32, "0x10"),
        *((1 << 64) - 1, 32766),
    )
    assert (open_jump.goto, open_jump.unresolved, nothing.nop) == (9000, True, True)
    assert (str(refused.destination), refused.action, refused.table) == ("10.2.0.1/32", "unreachable", None)
    assert (vrf.l3mdev, vrf.table) == (True, None)


def test_newer_words_are_read() -> None:
    """iproute2 6.12 and 6.14 print code points, flow labels and masks; a node with them must not lose its rules."""
    rule = only("7:\tfrom all sport 0x50/0xff0 dport 80 lookup 7 proto static dscp 0x8/0x38 flowlabel 0x12/0xff\n")
    whole = only("7:\tfrom all lookup 7 dscp AF11 flowlabel 0x12\n")

    assert (rule.sport_start, rule.sport_end, rule.sport_mask, rule.dport_mask) == (0x50, 0x50, 0xFF0, None)
    assert (rule.dscp, rule.dscp_mask, rule.flowlabel, rule.flowlabel_mask) == ("8", 0x38, 0x12, 0xFF)
    assert (whole.dscp, whole.dscp_mask, whole.flowlabel, whole.flowlabel_mask) == ("AF11", None, 0x12, None)


def test_masks_of_all_bits_are_none_in_both_forms() -> None:
    """JSON shows a full mask that the text leaves out (print_rule): one rule would be two models."""
    text = only("7:\tfrom all sport 80 dport 81 lookup 7 dscp 8 flowlabel 0x12\n")
    value = {"priority": 7, "src": "all", "sport": 80, "sport_mask": "0xffff", "dport": 81, "dport_mask": "0xffff"}
    value |= {"table": "7", "dscp": "8", "dscp_mask": "0x3f", "flowlabel": "0x12", "flowlabel_mask": "0xfffff"}

    assert parsed(json.dumps([value])).rules == (text,)


def test_json_of_every_field_comes_back() -> None:
    """`parse --format native` would print keys, order or types that `ip -j rule` does not."""
    table = parsed(NODE, "ip", "rule")
    machine = json.dumps(ip_json(table))

    assert parsed(machine, "ip", "-j", "rule") == table
    assert ip_json(table)[1] == {
        "priority": 8,
        "not": None,
        "src": "all",
        "dst": "10.1.0.0",
        "dstlen": 16,
        "ipproto": "tcp",
        "sport_start": 1024,
        "sport_end": 65535,
        "dport": 443,
        "table": "main",
    }
    assert list(ip_json(table)[3]) == [
        *("priority", "src", "srclen", "iif", "iif_detached", "oif", "oif_detached", "uid_start", "uid_end"),
        *("table", "flow_from", "flow_to", "protocol"),
    ]


def test_host_bits_behind_the_length_stay_in_the_address_and_not_in_the_prefix() -> None:
    """The kernel keeps `from 10.1.2.3/8` as given and compares eight bits; `ip_network` alone refuses it."""
    rule = only("5:\tfrom 10.1.2.3/8 lookup main\n")

    assert (str(rule.src), rule.srclen, str(rule.source)) == ("10.1.2.3", 8, "10.0.0.0/8")


def test_an_installer_that_is_not_printed_is_open() -> None:
    """Without -d neither `proto kernel` nor `proto unspec` is printed: None would read as a fact."""
    plain, detailed = only("0:\tfrom all lookup local\n"), only("0:\tfrom all lookup local proto kernel\n")

    assert (plain.protocol, plain.settles("protocol")) == (None, False)
    assert (detailed.protocol, detailed.settles("protocol")) == ("kernel", True)


@pytest.mark.parametrize(
    ("argv", "line", "family"),
    [
        (("ip", "rule"), "0:\tfrom all lookup local\n", "inet"),
        (("ip", "-6", "rule"), "0:\tfrom all lookup local\n", "inet6"),
        (("ip", "-f", "inet6", "ru"), "0:\tfrom all lookup local\n", "inet6"),
        ((), "5:\tfrom fd00::/8 lookup local\n", "inet6"),
        ((), "5:\tfrom all to 10.0.0.1 lookup local\n", "inet"),
        ((), "0:\tfrom all lookup local\n", None),
    ],
)
def test_the_family_is_the_command_lines_else_that_of_an_address(
    argv: tuple[str, ...], line: str, family: str | None
) -> None:
    """A listing of `ip -6 rule` taken for IPv4 would hide that IPv4 has other rules."""
    assert parsed(line, *argv).family == family


def test_an_unknown_word_leaves_what_is_not_printed_open() -> None:
    """A selector of a later iproute2 narrows the rule: what we read is true, what we did not read is not `none`."""
    result = parse_ip_rule("5:\tfrom all frobnicate 3 fwmark 0x1 lookup 100\n")
    rule = result.value.rules[0] if result.value else None

    assert [diagnostic.code for diagnostic in result.diagnostics] == ["unread-attribute"]
    assert rule is not None
    assert (rule.fwmark, rule.table) == (1, "100")
    assert (rule.settles("table"), rule.settles("dst"), rule.settles("iif")) == (True, False, False)


def test_an_unknown_key_is_told_and_leaves_the_rest_open() -> None:
    """The JSON twin of an unknown word."""
    result = parse_ip_rule('[{"priority":5,"src":"all","frob":3,"table":"100"}]')

    assert [diagnostic.message for diagnostic in result.diagnostics] == [
        '"frob" is not understood; the record is kept without it'
    ]
    assert result.value is not None
    assert not result.value.rules[0].settles("dst")


@pytest.mark.parametrize(
    ("line", "caret", "message"),
    [
        ("5:\tfrom all lookup\n", "", 'expected a word after "lookup", found the end of the line'),
        (
            "5:\tfrom 10.0.0.0/40 lookup main\n",
            "10.0.0.0/40",
            '"10.0.0.0/40" is no prefix: a prefix length is at most 32',
        ),
        ("5:\tfrom al lookup main\n", "al", 'expected an address, a prefix or all after "from", found "al"'),
        ("5:\tfrom all fwmark lookup main\n", "lookup", None),
    ],
)
def test_what_is_no_rule_is_a_diagnostic_at_its_word(line: str, caret: str, message: str | None) -> None:
    """A line that is neither record nor diagnostic is lost in silence."""
    source = decode("rule.txt", (line + "6:\tfrom all lookup main\n").encode())
    result = ip_rule.parse(Capture(source, source.span, "ip-rule"))
    (diagnostic,) = result.diagnostics

    assert source.slice(diagnostic.labels[0].span) == caret
    assert message is None or diagnostic.message == message
    assert result.status is ParseStatus.PARTIAL
    assert result.value is not None
    assert (len(result.value.rules), result.value.complete) == (1, False)


@pytest.mark.parametrize("value", ["5", '{"priority":5}', '{"priority":5,"src":"all","fwmark":[]}', '{"src":"all"}'])
def test_what_is_no_rule_in_json_is_a_diagnostic(value: str) -> None:
    """A foreign object must not become a rule, and must not raise."""
    source = decode("rule.json", f"[{value}]".encode())
    result = ip_rule.parse(Capture(source, source.span, "ip-rule"))

    assert result.diagnostics
    assert result.value is None or result.value.rules == ()


def test_filtered_rules_are_not_all_rules() -> None:
    """`ip rule show table 200` leaves rules out: a rule that is not there is not absent."""
    result = parse_ip_rule("$ ip rule show table 200\n9:\tfrom all fwmark 0x200 lookup 200\n")

    assert result.capture.completeness is Completeness.FILTERED
    assert result.value is not None
    assert result.value.settles("rules") is False


# The real kernel --------------------------------------------------------------------------------------------------

ROUNDS = int(os.environ.get("AZCNILINT_ORACLE_STATES", "12"))
LISTINGS = ((), ("-d",), ("-o",), ("-N",), ("-d", "-N"), ("-s",))


def ran(*words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command in a new network namespace."""
    command = ("unshare", "--net", *words)
    return subprocess.run(command, input=stdin, capture_output=True, check=False, text=True)  # noqa: S603 - own words


def in_namespace(lines: Sequence[str], family: str) -> dict[tuple[str, ...], tuple[str, str]]:
    """Make a network namespace with rules; gives text and JSON of each listing.

    A rule that the kernel refuses is left out.
    """
    script = ["ip link set lo up", *(f"ip {family} rule add {line} 2>/dev/null" for line in lines)]
    for options in LISTINGS:
        words = " ".join((family, *options))
        script += [f"ip {words} rule", "echo @@", f"ip {words} -j rule", "echo @@"]
    done = ran("sh", stdin="\n".join(script))
    assert done.stderr == ""
    texts = done.stdout.split("@@\n")
    return {options: (texts[2 * at], texts[2 * at + 1]) for at, options in enumerate(LISTINGS)}


def some(rng: random.Random, chance: float, *choices: str) -> list[str]:
    """Give one of the words of a selector, or none."""
    return [rng.choice(choices)] if rng.random() < chance else []


def random_rule(rng: random.Random, family: str) -> str:
    """Give the words of one rule for `ip rule add`."""
    prefixes = (
        ("fd00::1", "fd00::/8", "fd00:1:2::3/48", "::1")
        if family == "-6"
        else ("10.0.0.1", "10.0.0.0/8", "10.1.2.3/12", "0.0.0.0/1")
    )
    masks = (
        f"fwmark {rng.getrandbits(32):#x}",
        f"fwmark {rng.getrandbits(8)}/{rng.getrandbits(32):#x}",
        "fwmark 0/0x1",
    )
    ports = str(rng.randint(1, 65535))
    span = f"{rng.randint(1, 900)}-{rng.randint(901, 65535)}"
    words = [
        *some(rng, 0.2, "not"),
        f"priority {rng.randint(1, 32765)}",
        *some(rng, 0.5, *(f"from {prefix}" for prefix in prefixes)),
        *some(rng, 0.5, *(f"to {prefix}" for prefix in prefixes)),
        *some(rng, 0.2, "tos 0x10", "tos 0x08", "tos 0x04"),
        *some(rng, 0.4, *masks),
        *some(rng, 0.3, "iif lo", "iif eth0", "iif azv0123456789a"),
        *some(rng, 0.2, "oif lo", "oif cilium_host"),
        *some(rng, 0.2, "uidrange 0-0", "uidrange 100-65534"),
        *some(rng, 0.3, "ipproto tcp", "ipproto udp", "ipproto icmp", "ipproto 132", "ipproto 200"),
        *some(rng, 0.3, f"sport {ports}", f"sport {span}"),
        *some(rng, 0.3, f"dport {ports}", f"dport {span}"),
        *some(rng, 0.1, "tun_id 7", "tun_id 18446744073709551615"),
    ]
    action = rng.choice(("table", "table", "table", "goto", "nop", "blackhole", "unreachable", "prohibit", "l3mdev"))
    match action:
        case "table":
            words.append(f"table {rng.choice(('main', 'local', 'default', '100', '4294967295', '256'))}")
            words += some(rng, 0.3, "suppress_prefixlength 0", "suppress_prefixlength 24")
            words += some(rng, 0.3, "suppress_ifgroup 5", "suppress_ifgroup default")
        case "goto":
            words.append(f"goto {rng.choice(('32766', '32765', '32767'))}")
        case _:
            words.append(action)
    words += some(rng, 0.2, "realms 3", "realms 3/4", "realms cosmos")
    words += some(rng, 0.3, "protocol static", "protocol dhcp", "protocol 99", "protocol kernel")
    return " ".join(words)


def refusal() -> str | None:
    """Say why the kernel cannot be asked here; None when it can."""
    if os.geteuid() != 0 or not all(shutil.which(tool) for tool in ("ip", "unshare", "sh")):
        return "needs root, ip and unshare"
    return None if ran("ip", "rule").returncode == 0 else "needs network namespaces"


@pytest.mark.parametrize("family", ["-4", "-6"])
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_random_rules_of_the_kernel_are_one_model_in_text_and_json(seed: int, family: str) -> None:
    """A word whose meaning differs between text and JSON, or a key that we would print otherwise than `ip -j`."""
    reason = refusal()
    if reason is not None:
        pytest.skip(reason)
    rng = random.Random(f"{seed}{family}")  # noqa: S311 - a state to try, no secret
    listed = in_namespace([random_rule(rng, family) for _ in range(30)], family)
    for options, (text, machine) in listed.items():
        argv = ("ip", family, *options, "rule")
        table = parsed(text, *argv)
        assert len(table.rules) > 12
        assert table.rules == parsed(machine, *argv).rules
        assert [rule.hidden for rule in table.rules] == [rule.hidden for rule in parsed(machine, *argv).rules]
        if "-N" not in options:
            assert ip_json(table) == json.loads(machine)
            assert [list(item) for item in ip_json(table)] == [list(item) for item in json.loads(machine)]
    named, numeric = (parsed(listed[options][0]).rules for options in ((), ("-N",)))
    assert [rule.table for rule in named] == [rule.table for rule in numeric]
    assert [rule.action for rule in named] == [rule.action for rule in numeric]
