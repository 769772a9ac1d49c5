"""The text report, whole: what a person reads at 80 columns."""

from __future__ import annotations

import re

from azcnilint.checking.report import FactValue, Report
from azcnilint.formats import text
from tests.formats.reports import REPORT, location

EXPECTED = r"""node aks-0
  mode: undecided, the evidence contradicts itself: overlay and bridge (pod
        routes lie outside every subnet; the bridge azure0 exists)
    b.tgz!/aks-0/ip-r.txt:12:1: 10.244.0.9 dev azv5fb819d9b16 proto static

error[pod-interface-down]: azv5fb819d9b16 is down
 --> aks-0/ip a.txt:7:4
  |
7 | 4: azv5fb819d9b16@if3: <BROADCAST,MULTICAST> mtu 1500 state DOWN
  |    ^^^^^^^^^^^^^^ operstate is DOWN
  --> b.tgz!/aks-0/ip-r.txt:12:16
   |
12 | 10.244.0.9 dev azv5fb819d9b16 proto static
   |                -------------- a route leads here
  = help: Look at the sandbox of the pod: crictl pods --name POD shows whether
          it lives; its interface goes with it.

unknown: 3 checks cannot be decided
  = missing: neighbours (not captured)
  = run: ip neighbour
    settles: gateway-unresolved, pod-neighbour-unresolved
  = missing: iptables nat table (not captured)
  = run: iptables -t nat -L -n -v -x
    settles: masquerade-unconditional

cluster

unknown: 1 check cannot be decided
  = missing: deployments (not captured)
  = run: kubectl get deployments -A -o wide
    settles: coredns-not-ready

error[unreadable-line]: expected an address, found "\u{1b}[31mred"
  --> aks-0/ip a.txt:30:10
   |
30 |     inet \u{1b}[31mred scope global
   |          ^^^^^^^^^^^^^ here

bundle.tgz: 1 error; 2 checks passed; 4 undecided; 1 note on the input (azcnilint inspect)
"""


def test_the_whole_report_as_it_is_read() -> None:
    """Node, contradiction with its evidence, failure with both lines, undecided rules by command, cluster, notices."""
    assert text.render(REPORT) == EXPECTED


def test_only_the_summary_of_this_report_is_wider_than_80_columns() -> None:
    """A report pasted into a ticket keeps its shape; a message and the summary stay one line, for grep."""
    lines = text.render(REPORT).splitlines()

    assert [line for line in lines if len(line) > 80] == lines[-1:]


def test_colour_adds_escapes_and_nothing_else() -> None:
    """Words carry the meaning: without the escapes the report is the same."""
    coloured = text.render(REPORT, colour=True)

    assert re.findall(r"\x1b\[[\d;]*m[^\x1b]*\x1b\[0m", coloured) == [
        "\x1b[1mnode aks-0\x1b[0m",
        "\x1b[1;31merror[pod-interface-down]\x1b[0m",
        "\x1b[1;35munknown\x1b[0m",
        "\x1b[1mcluster\x1b[0m",
        "\x1b[1;35munknown\x1b[0m",
        "\x1b[1;31merror[unreadable-line]\x1b[0m",
        "\x1b[1;31m1 error\x1b[0m",
    ]
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == text.render(REPORT)


def test_an_empty_report_is_one_line() -> None:
    """Nothing judged is said as such."""
    report = Report(tool_version="0.1.0", bundle="b")

    assert text.render(report) == "b: no fault found; 0 checks passed; 0 undecided\n"


def test_facts_of_a_cluster_without_nodes_stand_under_it() -> None:
    """Output of kubectl alone decides some facts."""
    fact = FactValue(
        name="mode", value="cilium", because="cilium runs", locations=(location("ds.txt", 2, "cilium  3", 0, 6),)
    )
    report = Report(tool_version="0.1.0", bundle="b", cluster_facts=(fact,), findings=REPORT.findings[4:5])

    assert text.render(report).splitlines()[:4] == [
        "cluster",
        "  mode: cilium (cilium runs)",
        "    ds.txt:2:1: cilium  3",
        "",
    ]
