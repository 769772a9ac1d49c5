"""`check`: exit codes, choosing rules and nodes, facts and parameters, outputs, colour; with streams of our own."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from azcnilint.formats import json as json_format
from azcnilint.formats import text
from tests.cli.running import RIVALS, RULE, SINGLE, Ran, Terminal, node, run

REPORT = """\
node aks-0
  mode: overlay (declared)

error[default-route-ambiguous]: the default route via 10.224.0.1 on eth0 has a rival with the same metric
 --> aks-0/ip-route.txt:1:1
  |
1 | default via 10.224.0.1 dev eth0 proto dhcp src 10.224.0.4 metric 100
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
2 | default via 10.225.0.1 dev eth1 proto dhcp src 10.225.0.4 metric 100
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
"""


def test_a_fault_is_shown_with_its_lines_and_gives_1(tmp_path: Path) -> None:
    """The first thing a user sees, on standard output, and the exit code that a pipeline acts on."""
    ran = run("check", str(node(tmp_path)), "--select", RULE, "--fact", "mode=overlay")

    assert (ran.code, ran.err) == (1, "")
    assert ran.out.startswith(REPORT)
    assert ran.out.splitlines()[-1] == f"{tmp_path}: 2 errors; 0 checks passed; 0 undecided"


def test_no_fault_gives_0(tmp_path: Path) -> None:
    """Nothing found is told with what was checked, and 0."""
    ran = run("check", str(node(tmp_path, SINGLE)), "--select", RULE)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[-1] == f"{tmp_path}: no fault found; 1 check passed; 0 undecided"


@pytest.mark.parametrize(
    ("rule", "level", "code"),
    [
        (RULE, "error", 1),
        (RULE, "warning", 1),
        (RULE, "info", 1),
        (RULE, "never", 0),
        ("imds-route-missing", "error", 0),
        ("imds-route-missing", "warning", 1),
        ("imds-route-missing", "info", 1),
        ("imds-route-missing", "never", 0),
    ],
)
def test_fail_on_sets_from_which_severity_findings_count(tmp_path: Path, rule: str, level: str, code: int) -> None:
    """An error counts at every level but never; a warning not at `error`."""
    ran = run("check", str(node(tmp_path)), "--select", rule, "--fact", "mode=overlay", "--fail-on", level)

    assert ran.code == code


@pytest.mark.parametrize(
    ("routes", "select", "strict", "code"),
    [
        (SINGLE, RULE, True, 0),
        (SINGLE, "uplink-missing", False, 0),
        (SINGLE, "uplink-missing", True, 4),
        (RIVALS, "routes", True, 1),
        (SINGLE + "nonsense here\n", "nat/masquerade-unconditional", True, 4),
        (SINGLE + "10.9.0.0/16 dev eth0 shiny new\n", RULE, True, 0),
    ],
    ids=["decided", "undecided", "undecided-strict", "failed-wins", "unread-line", "unread-word"],
)
def test_strict_gives_4_for_what_is_open(tmp_path: Path, routes: str, select: str, *, strict: bool, code: int) -> None:
    """4 only with --strict, only when nothing failed, for lines that were not read as for rules not decided.

    A line of which one word was not read is a record all the same.
    """
    options = ["--strict"] if strict else []

    ran = run("check", str(node(tmp_path, routes)), "--select", select, *options)

    assert ran.code == code


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--select", "no-such-*"), 'no rule matches "no-such-*"'),
        (("--ignore", "default-route-ambigous"), 'no rule matches "default-route-ambigous"; did you mean'),
        (("--fact", "mode=overly"), 'fact "mode" is never "overly"; it is one of node-subnet, pod-subnet, overlay,'),
        (("--fact", "mod=overlay"), 'there is no fact "mod"; did you mean "mode"?'),
        (("--fact", "overlay"), '--fact "overlay" is not NAME=VALUE'),
        (("--param", "=1"), '--param "=1" is not NAME=VALUE'),
        (("--param", "vnet=10.0.0.0/8"), 'no rule has a parameter "vnet"; '),
        (("--param", "vnet_cidrs=ten"), 'parameter "vnet_cidrs": '),
        (("--node", "aks-1"), 'there is no node "aks-1" in the bundle; there are aks-0'),
        (("--format", "xml"), 'there is no format "xml"; there are text, json, sarif'),
        (("-f", "json", "-f", "text"), "only one report goes to standard output; "),
        (("--fail-on", "sometimes"), "argument --fail-on: invalid choice: 'sometimes'"),
        (("--colour", "always"), "unrecognized arguments: --colour"),
    ],
)
def test_a_wrong_option_gives_2_and_says_what_would_be_right(tmp_path: Path, argv: tuple[str, ...], said: str) -> None:
    """A misspelled rule must not pass as a clean report."""
    ran = run("check", str(node(tmp_path)), *argv)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"azcnilint: error: {said}")


def test_selecting_and_ignoring_takes_ids_families_and_globs(tmp_path: Path) -> None:
    """The report names exactly the rules that took part."""
    bundle = str(node(tmp_path))

    ran = run("check", bundle, "--select", "routes", "--ignore", "pod-*", "--ignore", "*-missing", "-f", "json")

    assert [rule["id"] for rule in json.loads(ran.out)["rules"]] == ["bridge-uplink-has-routes", RULE]


def test_a_fact_settles_what_the_capture_leaves_open(tmp_path: Path) -> None:
    """`--fact` decides a rule that only the mode left open, and the report says that a person declared it."""
    bundle = str(node(tmp_path))

    before = run("check", bundle, "--select", "imds-route-missing", "-f", "json")
    after = run("check", bundle, "--select", "imds-route-missing", "-f", "json", "--fact", "mode=overlay")

    reports = [json_format.parse(ran.out) for ran in (before, after)]
    assert [report.findings[0].outcome.value for report in reports] == ["unknown", "fail"]
    assert [(fact.value, fact.declared) for report in reports for fact in report.nodes[0].facts] == [
        (None, False),
        ("overlay", True),
    ]


def test_a_parameter_is_set_and_reported(tmp_path: Path) -> None:
    """The report records which values the rules were judged with."""
    select = ("--select", "masquerade-covers-vnet", "--param", "vnet_cidrs=10.0.0.0/8,192.168.0.0/16")

    ran = run("check", str(node(tmp_path)), *select, "-f", "json")

    assert json_format.parse(ran.out).rules[0].params == {"vnet_cidrs": "10.0.0.0/8, 192.168.0.0/16"}


def test_only_the_named_nodes_are_judged(tmp_path: Path) -> None:
    """--node picks nodes; the others leave neither findings nor a heading."""
    node(node(tmp_path, SINGLE), RIVALS, "aks-1")

    both = run("check", str(tmp_path), "--select", RULE, "-f", "json")
    one = run("check", str(tmp_path), "--select", RULE, "-f", "json", "--node", "aks-0")

    assert [found.name for found in json_format.parse(both.out).nodes] == ["aks-0", "aks-1"]
    assert (both.code, one.code) == (1, 0)
    assert [found.name for found in json_format.parse(one.out).nodes] == ["aks-0"]


def test_reports_go_to_files_beside_the_one_on_the_screen(tmp_path: Path) -> None:
    """Three formats of one run; the files say what the screen says."""
    bundle, as_json, as_sarif = node(tmp_path / "b"), tmp_path / "r.json", tmp_path / "r.sarif"

    ran = run("check", str(bundle), "--select", RULE, "-f", f"json:{as_json}", "-f", f"sarif:{as_sarif}", "-f", "text")

    assert ran.code == 1
    assert text.render(json_format.parse(as_json.read_text(encoding="utf-8"))) == ran.out
    assert len(json.loads(as_sarif.read_text(encoding="utf-8"))["runs"][0]["results"]) == 2


def test_a_file_that_cannot_be_written_costs_only_itself(tmp_path: Path) -> None:
    """The text still appears; the fault is named and the code is not that of a clean run."""
    bundle, target = node(tmp_path / "b", SINGLE), tmp_path / "missing" / "r.json"

    ran = run("check", str(bundle), "--select", RULE, "-f", f"json:{target}", "-f", "text")

    assert ran.code == 2
    assert ran.err == f'azcnilint: error: cannot write "{target}": no such file or directory\n'
    assert ran.out.startswith("node aks-0\n")


def test_a_rule_pack_is_judged_beside_the_built_in_rules(tmp_path: Path) -> None:
    """--pack adds a site's own rules."""
    pack = tmp_path / "no-eth1.yaml"
    pack.write_text(
        "id: no-eth1\ntitle: A second uplink\nseverity: info\nsubject: route\nsince: '1'\n"
        "for_each: {as: r, in: node.routes}\ncheck: r.dev != 'eth1'\n"
        "message: '{{r.dst}} leaves on eth1'\nwhy: One uplink.\nremediation: Remove it.\n"
        "examples: [{expect: unknown, given: {}}]\n",
        encoding="utf-8",
    )

    ran = run("check", str(node(tmp_path / "b")), "--pack", str(pack), "--select", "no-eth1", "--fail-on", "info")

    assert ran.code == 1
    assert "\ninfo[no-eth1]: 0.0.0.0/0 leaves on eth1\n --> aks-0/ip-route.txt:2:1\n" in ran.out


def test_standard_input_is_a_bundle(tmp_path: Path) -> None:
    """`-` takes text or an archive, and the same route gives the same findings."""
    pasted = f"$ ip route\n{RIVALS}".encode()

    plain = run("check", "-", "--select", RULE, stdin=pasted)
    packed = run("check", "-", "--select", RULE, stdin=gzip.compress(pasted))

    assert (plain.code, plain.err) == (1, "")
    assert " --> <stdin>:2:1\n" in plain.out
    assert plain.out.splitlines()[-1] == "<stdin>: 2 errors; 0 checks passed; 0 undecided"
    assert packed == plain
    assert run("check", str(node(tmp_path)), "-", "--select", RULE, stdin=pasted).code == 1


def test_several_paths_are_one_bundle(tmp_path: Path) -> None:
    """Nodes of two folders and a loose file are judged together, each under its own path."""
    first, second = node(tmp_path / "a", RIVALS, "aks-0"), node(tmp_path / "b", SINGLE, "aks-1")

    ran = run("check", str(first), str(second), "--select", RULE, "-f", "json")

    report = json_format.parse(ran.out)
    assert report.bundle == f"{first} {second}"
    assert [(n.name, n.captures[0].artifact) for n in report.nodes] == [
        ("aks-0", f"{first}/aks-0/ip-route.txt"),
        ("aks-1", f"{second}/aks-1/ip-route.txt"),
    ]


def test_of_several_paths_the_missing_one_is_told_and_the_rest_judged(tmp_path: Path) -> None:
    """One mistyped path must not hide what the others show, nor pass unnoticed."""
    bundle = node(tmp_path / "a")

    ran = run("check", str(tmp_path / "nope"), str(bundle), "--select", RULE)

    assert ran.code == 1
    assert ran.err == f'azcnilint: error: cannot open "{tmp_path / "nope"}": no such file or directory\n'


def coloured(ran: Ran) -> bool:
    """Whether the report holds a terminal escape."""
    return "\x1b[" in ran.out


@pytest.mark.parametrize(
    ("options", "environment", "terminal", "expected"),
    [
        ((), {}, False, False),
        ((), {}, True, True),
        ((), {"NO_COLOR": "1"}, True, False),
        ((), {"NO_COLOR": ""}, True, True),
        ((), {"FORCE_COLOR": "1"}, False, True),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        (("--color", "always"), {"NO_COLOR": "1"}, False, True),
        (("--color", "never"), {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colour_follows_option_then_environment_then_terminal(  # noqa: PLR0913 - the columns of the table
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    environment: dict[str, str],
    *,
    terminal: bool,
    expected: bool,
) -> None:
    """no-color.org: set and not empty switches colour off; what a person types on the command line wins."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    ran = run("check", str(node(tmp_path)), "--select", RULE, *options, stdout=Terminal() if terminal else None)

    assert coloured(ran) is expected


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_machine_formats_and_files_are_never_coloured(tmp_path: Path, form: str) -> None:
    """Escapes in JSON or in a saved report would break its reader."""
    target = tmp_path / "report.txt"

    ran = run("check", str(node(tmp_path / "b")), "-f", form, "-f", f"text:{target}", "--color", "always")

    assert not coloured(ran)
    assert "\x1b" not in target.read_text(encoding="utf-8")


def test_nothing_recognised_gives_3_and_names_what_was_looked_at(tmp_path: Path) -> None:
    """A wrong folder must not look like a healthy node."""
    (tmp_path / "notes.txt").write_text("dear support,\nit is broken\n", encoding="utf-8")
    (tmp_path / "more.txt").write_text("still broken\n", encoding="utf-8")

    ran = run("check", str(tmp_path))

    assert (ran.code, ran.out) == (3, "")
    assert ran.err == (
        f"azcnilint: {tmp_path}: nothing that azcnilint reads was recognised\n"
        "  more.txt: no output of a known command\n"
        "  notes.txt: no output of a known command\n"
    )


def test_a_command_that_failed_was_recognised(tmp_path: Path) -> None:
    """Law 2: a failed command is evidence that nothing is known, which is a report and no empty input."""
    folder = tmp_path / "aks-0"
    folder.mkdir()
    (folder / "ip-route.txt").write_text("bash: ip: command not found\n", encoding="utf-8")

    ran = run("check", str(tmp_path), "--select", RULE)

    assert ran.code == 0
    assert "= run: ip route\n" in ran.out
