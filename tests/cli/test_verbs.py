"""`parse`, `inspect`, `explain`, `rules` and the help of every verb, through `main` with streams of our own."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from azcnilint.checking import Outcome
from azcnilint.cli.main import EXIT_CODES
from azcnilint.formats import json as json_format
from azcnilint.rules import builtin_rules
from azcnilint.version import __version__
from tests.cli.running import RIVALS, RULE, SINGLE, node, run

VERBS = ("check", "parse", "inspect", "explain", "rules")
NATIVE = (
    '[{"dst": "default", "gateway": "10.224.0.1", "dev": "eth0", "protocol": "dhcp", "prefsrc": "10.224.0.4", '
    '"metric": 100, "flags": []}, '
    '{"dst": "10.224.0.0/16", "dev": "eth0", "protocol": "kernel", "scope": "link", "prefsrc": "10.224.0.4", '
    '"flags": []}]\n'
)
ACTIONS = (("rules", "list"), ("rules", "check"), ("rules", "test"))

RULE_FILE = """\
id: static-route-missing
title: There is no static route
severity: warning
subject: node
since: "1"
check: node.routes.exists(r, r.protcol == "static")
message: no static route
why: Because.
remediation: Add one.
examples: [{expect: unknown, given: {}}]
"""


# ---- help and version


@pytest.mark.parametrize("argv", [(), *((verb,) for verb in VERBS), *ACTIONS])
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_of_every_verb_goes_to_standard_output(argv: tuple[str, ...], option: str) -> None:
    """A user who asks for help gets it, with 0, and so does `--help | less`."""
    ran = run(*argv, option)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(" ".join(["usage: azcnilint", *argv]) + " ")


def test_help_names_every_verb_and_exit_code() -> None:
    """The first help page is the map."""
    out = run("--help").out

    assert EXIT_CODES in out
    assert re.findall(r"(?m)^    (\w+) ", out) == list(VERBS)


def test_version_is_the_one_of_the_package() -> None:
    """Bug reports quote it."""
    assert run("--version").out == f"azcnilint {__version__}\n"


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ((), "the following arguments are required: VERB"),
        (("check",), "the following arguments are required: PATH"),
        (("chekc", "x"), "argument VERB: invalid choice: 'chekc'"),
        (("rules",), "the following arguments are required: ACTION"),
        (("explain",), "the following arguments are required: ID"),
    ],
)
def test_a_wrong_call_gives_2_with_the_usage(argv: tuple[str, ...], said: str) -> None:
    """Nothing leaves the process behind main's back: argparse's exit is caught."""
    ran = run(*argv)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"azcnilint: error: {said}")
    assert "\nusage: azcnilint" in ran.err


# ---- parse


def test_parse_gives_records_with_their_places(tmp_path: Path) -> None:
    """Every record says which lines it was read from, 1-based, end exclusive."""
    file = node(tmp_path, SINGLE) / "aks-0" / "ip-route.txt"

    ran = run("parse", str(file))

    document = json.loads(ran.out)
    (capture,) = document["captures"]
    first, second = capture["table"]["routes"]
    assert (ran.code, ran.err) == (0, "")
    assert (document["artifact"], document["unread"], document["diagnostics"]) == (str(file), [], [])
    assert (capture["kind"], capture["command"], capture["status"]) == ("ip-route", ["ip", "route"], "complete")
    assert capture["ledger"] == {"blank": 0, "record": 2, "noise": 0, "diagnostic": 0}
    assert (first["dst"], first["gateway"], first["metric"]) == ("0.0.0.0/0", "10.224.0.1", 100)
    assert first["span"] == {"start": {"line": 1, "column": 1}, "end": {"line": 1, "column": 69}}
    assert second["span"] == {"start": {"line": 2, "column": 1}, "end": {"line": 2, "column": 62}}


def test_parse_native_is_what_the_tool_prints_as_json() -> None:
    """The machine form of `ip -j route`, ready for jq."""
    ran = run("parse", "-", "--command", "ip route", "--format", "native", stdin=SINGLE.encode())

    assert (ran.code, ran.err) == (0, "")
    assert ran.out == NATIVE


def test_parse_native_of_iptables_is_what_iptables_save_prints() -> None:
    """A listing becomes rules that iptables-restore understands."""
    listing = (
        "$ iptables -t nat -L POSTROUTING -n -v -x\n"
        "Chain POSTROUTING (policy ACCEPT 5 packets, 300 bytes)\n"
        "    pkts      bytes target     prot opt in     out     source               destination\n"
        "       7      420 MASQUERADE  0    --  *      eth0    10.244.0.0/16       !10.0.0.0/8\n"
    )

    ran = run("parse", "-", "--format", "native", stdin=listing.encode())

    assert (ran.code, ran.err) == (0, "")
    assert "-A POSTROUTING -s 10.244.0.0/16 ! -d 10.0.0.0/8 -o eth0 -j MASQUERADE\n" in ran.out


def test_parse_of_a_line_that_is_not_read_gives_4_and_shows_it() -> None:
    """The rest is still given; what was lost is told with line and column."""
    ran = run("parse", "-", "--command", "ip route", "--format", "native", stdin=(SINGLE + "nonsense here\n").encode())

    assert ran.code == 4
    assert ran.out == NATIVE
    assert ran.err == (
        'error[unreadable-line]: expected an address, a prefix or default, found "nonsense"\n'
        " --> <stdin>:3:1\n"
        "  |\n"
        "3 | nonsense here\n"
        "  | ^^^^^^^^ here\n"
    )


@pytest.mark.parametrize("command", ["brctl show", "tcpdump -i eth0", "", "ip netconf"])
def test_parse_refuses_a_command_whose_output_is_not_read(command: str) -> None:
    """A wrong --command is a wrong option, not an empty result."""
    ran = run("parse", "-", "--command", command, stdin=SINGLE.encode())

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f'azcnilint: error: "{command}" is no command whose output azcnilint reads\n'


def test_parse_says_when_the_lines_contradict_the_command() -> None:
    """A wrong --command is told; the lines are read as what they are."""
    ran = run("parse", "-", "--command", "ip neighbour", "--format", "native", stdin=SINGLE.encode())

    assert ran.code == 0
    assert ran.out == NATIVE
    assert ran.err.splitlines()[0] == (
        'warning[command-contradicted]: these lines are output of "ip-route", not of "ip neighbour"'
    )


def test_parse_native_of_ls_gives_2() -> None:
    """There is no machine form of ls; saying so beats inventing one."""
    ran = run("parse", "-", "--format", "native", stdin=b"$ ls -la /opt/cni/bin\ntotal 0\n")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "azcnilint: error: ls has no machine form; use --format json\n"


def test_parse_of_nothing_known_gives_3() -> None:
    """A letter is not an empty routing table."""
    ran = run("parse", "-", stdin=b"dear support, it is broken\n")

    assert ran.code == 3
    assert json.loads(ran.out)["captures"] == []
    assert ran.err.splitlines()[-1] == "azcnilint: <stdin>: nothing that azcnilint reads was recognised"


def test_parse_names_what_cannot_be_opened(tmp_path: Path) -> None:
    """A folder or a missing file is told in one line, with 3."""
    missing = run("parse", str(tmp_path / "nope"))
    folder = run("parse", str(tmp_path))

    assert (missing.code, folder.code) == (3, 3)
    assert missing.err == f'azcnilint: error: cannot open "{tmp_path}/nope": no such file or directory\n'
    assert folder.err == f'azcnilint: error: cannot open "{tmp_path}": is a directory\n'


# ---- inspect


def test_inspect_says_what_was_read_and_what_is_missing(tmp_path: Path) -> None:
    """The inventory before the verdict: captures, what was left unused, lines not read, commands to ask for."""
    bundle = node(tmp_path / "b", SINGLE + "nonsense here\n")
    (bundle / "letter.txt").write_text("dear support\n", encoding="utf-8")

    ran = run("inspect", str(bundle), "--fact", "mode=overlay")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(
        f"bundle {bundle}\n"
        "node aks-0\n"
        "  mode: overlay (declared)\n"
        "  aks-0/ip-route.txt:1: ip route: complete, 2 records, 1 line not read\n"
        "not used\n"
        "  letter.txt: no output of a known command\n"
        "notes\n"
        "  error[unreadable-line]: aks-0/ip-route.txt:3:1: "
        'expected an address, a prefix or default, found "nonsense"\n'
        "missing\n"
        "  ip address\n"
        "    would help to decide "
    )


def test_inspect_as_json_says_the_same(tmp_path: Path) -> None:
    """A pipeline reads the inventory; a command is listed with exactly the rules that `check` leaves open for it."""
    bundle = node(tmp_path, SINGLE)
    report = json_format.parse(run("check", str(bundle), "-f", "json", "--fact", "mode=overlay").out)

    ran = run("inspect", str(bundle), "--format", "json", "--fact", "mode=overlay")

    found = json.loads(ran.out)
    assert (ran.code, found["bundle"]) == (0, str(bundle))
    assert [(capture["kind"], capture["records"]) for capture in found["nodes"][0]["captures"]] == [("ip-route", 2)]
    assert {(each["command"], rule) for each in found["missing"] for rule in each["rules"]} == {
        (command, finding.rule_id) for finding in report.where(Outcome.UNKNOWN) for command in finding.commands
    }


def test_inspect_of_nothing_known_gives_3(tmp_path: Path) -> None:
    """The inventory is still printed: it is what tells why."""
    (tmp_path / "letter.txt").write_text("dear support\n", encoding="utf-8")

    ran = run("inspect", str(tmp_path))

    assert ran.code == 3
    assert ran.out.startswith(f"bundle {tmp_path}\nnot used\n  letter.txt: no output of a known command\n")


# ---- explain


def test_explain_a_rule() -> None:
    """Why, what to do, what is checked: for the one who met the id in a report."""
    ran = run("explain", RULE)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == f"error[{RULE}]: Two default routes have the same metric"
    assert [line for line in ran.out.splitlines() if line and not line.startswith((" ", "error", "See "))] == [
        "Why it matters",
        "What to do",
        "What is checked",
        "Needs: routes",
        "Since 0.1.0, stable. Signatures: rt-single-best-default",
    ]


def test_explain_a_fact_lists_values_and_how_to_settle_it() -> None:
    """The mode is what most undecided rules wait for."""
    out = run("explain", "mode").out

    assert out.startswith("fact mode: How Azure CNI is wired on this node\n\nValues: node-subnet, pod-subnet, overlay,")
    assert out.endswith("\nSettle it with --fact mode=VALUE.\n")


@pytest.mark.parametrize("rule", [rule.id for rule in builtin_rules().rules])
def test_every_rule_has_a_page(rule: str) -> None:
    """Every id that a report prints can be looked up."""
    ran = run("explain", rule)

    assert ran.code == 0
    assert f"[{rule}]: " in ran.out.splitlines()[0]


def test_explain_an_unknown_id_suggests_the_nearest() -> None:
    """A typing error is mended in one step."""
    ran = run("explain", "default-route-ambigous")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f'azcnilint: error: there is no rule "default-route-ambigous"; did you mean "{RULE}"?\n'


# ---- rules


def test_rules_list_gives_one_line_a_rule() -> None:
    """Family and id as --select takes them, severity, title."""
    ran = run("rules", "list", "--select", RULE)

    assert (ran.code, ran.out) == (0, f"routes/{RULE}  error    Two default routes have the same metric\n")


def test_rules_list_as_json_has_every_rule() -> None:
    """No rule is hidden from tools."""
    listed = json.loads(run("rules", "list", "--format", "json").out)

    assert [rule["id"] for rule in listed] == [rule.id for rule in builtin_rules().rules]
    assert listed[0] == {
        "id": "azure-ipam-binary-missing",
        "family": "cni-bin",
        "severity": "error",
        "title": "The CNI binary azure-ipam is missing",
    }


def test_rules_check_shows_a_type_error_where_it_stands(tmp_path: Path) -> None:
    """A pack's author sees the line, the caret and the name that was meant; nothing is judged with a broken pack."""
    file = tmp_path / "static-route-missing.yaml"
    file.write_text(RULE_FILE, encoding="utf-8")

    checked = run("rules", "check", str(file))
    judged = run("check", str(node(tmp_path / "b")), "--pack", str(file))

    assert (checked.code, checked.out) == (2, "")
    assert checked.err == (
        'error[expr-unknown-field]: Route has no field "protcol"\n'
        f" --> {file}:6:32\n"
        "  |\n"
        '6 | check: node.routes.exists(r, r.protcol == "static")\n'
        '  |                                ^^^^^^^ did you mean "protocol"?\n'
        f"  = note: {_note(checked.err)}\n"
        "azcnilint: error: the rule pack has 1 fault\n"
    )
    assert judged == checked


def _note(text: str) -> str:
    found = re.search(r"= note: (Route has .*)", text)
    assert found
    return found[1]


def test_rules_check_and_test_accept_a_good_pack(tmp_path: Path) -> None:
    """A mended pack loads and its examples run."""
    file = tmp_path / "static-route-missing.yaml"
    file.write_text(RULE_FILE.replace("protcol", "protocol"), encoding="utf-8")

    checked = run("rules", "check", str(file))
    tested = run("rules", "test", str(file))

    assert (checked.code, checked.out) == (0, "static-route-missing: 1 rule, no fault\n")
    assert (tested.code, tested.out) == (0, "static-route-missing: 1 of 1 example of 1 rule holds\n")


def test_rules_test_tells_which_example_does_not_hold(tmp_path: Path) -> None:
    """What was expected, what was found, and 2: a pack with a wrong example is a faulty pack."""
    file = tmp_path / "static-route-missing.yaml"
    file.write_text(
        RULE_FILE.replace("protcol", "protocol").replace("expect: unknown", "expect: pass"), encoding="utf-8"
    )

    ran = run("rules", "test", str(file))

    assert ran.code == 2
    assert ran.err.endswith("/static-route-missing: example 1: expected pass, found unknown (routes (not captured))\n")
    assert ran.out == "static-route-missing: 0 of 1 example of 1 rule hold\n"


def test_every_example_of_the_built_in_rules_holds() -> None:
    """The rules that ship are the ones that were tested."""
    ran = run("rules", "test")

    assert (ran.code, ran.err) == (0, "")
    assert re.fullmatch(r"azcnilint: (\d+) of \1 examples of \d+ rules hold\n", ran.out)


def test_rules_check_of_the_built_in_pack() -> None:
    """Without a path the shipped pack is checked."""
    pack = builtin_rules()

    ran = run("rules", "check")

    assert (ran.code, ran.out) == (0, f"azcnilint: {len(pack.rules)} rules, no fault\n")


def test_rivals_are_what_the_rule_names() -> None:
    """The small node of these tests really is at fault: a test of the tests."""
    assert run("check", "-", "--select", RULE, "--fail-on", "error", stdin=RIVALS.encode()).code == 1
