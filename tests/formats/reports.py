"""One small report made by hand: a failure, undecided rules, a contradiction, the cluster, notices."""

from __future__ import annotations

from azcnilint.checking.report import (
    CaptureInfo,
    FactValue,
    Finding,
    Location,
    NodeInfo,
    Notice,
    Outcome,
    Report,
    RuleInfo,
    SourceLine,
    Subject,
    UnusedInfo,
)
from azcnilint.text import Severity

ROUTE = "10.244.0.9 dev azv5fb819d9b16 proto static"
LINK = "4: azv5fb819d9b16@if3: <BROADCAST,MULTICAST> mtu 1500 state DOWN"


def location(  # noqa: PLR0913, PLR0917 - what a cited line is made of
    artifact: str, line: int, text: str, start: int, end: int, label: str = "", *, primary: bool = True
) -> Location:
    """Cite `text` as line `line` of an artifact, marked from `start` to `end` (0-based)."""
    first = SourceLine(line=line, column=start + 1, end_column=end + 1, text=text, start=start, end=end)
    return Location(artifact=artifact, first=first, end_line=line, label=label, primary=primary)


DOWN = Finding(
    rule_id="pod-interface-down",
    severity=Severity.ERROR,
    outcome=Outcome.FAIL,
    subject=Subject(kind="link", name="azv5fb819d9b16", node="aks-0"),
    message="azv5fb819d9b16 is down",
    locations=(
        location("aks-0/ip a.txt", 7, LINK, 3, 17, "operstate is DOWN"),
        location("b.tgz!/aks-0/ip-r.txt", 12, ROUTE, 15, 29, "a route leads here", primary=False),
    ),
    help="Look at the sandbox of the pod: crictl pods --name POD shows whether it lives; its interface goes with it.",
)


def undecided(rule: str, node: str | None, missing: str, *commands: str) -> Finding:
    """Give a finding that waits for commands."""
    return Finding(
        rule_id=rule,
        severity=Severity.WARNING,
        outcome=Outcome.UNKNOWN,
        subject=Subject(kind="node" if node else "cluster", name=node or "cluster", node=node),
        message=rule,
        missing=(missing,),
        commands=commands,
    )


def passed(rule: str, node: str | None) -> Finding:
    """Give a finding that something is as it must be."""
    subject = Subject(kind="node" if node else "cluster", name=node or "cluster", node=node)
    return Finding(rule_id=rule, severity=Severity.ERROR, outcome=Outcome.PASS, subject=subject, message=rule)


def rule(rule_id: str) -> RuleInfo:
    """Describe a rule."""
    return RuleInfo(
        id=rule_id,
        family="links",
        title=f"Title of {rule_id}",
        severity=Severity.ERROR,
        why="Why.",
        remediation="Mend.",
    )


FINDINGS = (
    DOWN,
    undecided("gateway-unresolved", "aks-0", "neighbours (not captured)", "ip neighbour"),
    undecided("masquerade-unconditional", "aks-0", "iptables nat table (not captured)", "iptables -t nat -L -n -v -x"),
    undecided("pod-neighbour-unresolved", "aks-0", "neighbours (not captured)", "ip neighbour"),
    undecided("coredns-not-ready", None, "deployments (not captured)", "kubectl get deployments -A -o wide"),
    passed("uplink-missing", "aks-0"),
    passed("second-cni", "aks-0"),
)

REPORT = Report(
    tool_version="0.1.0",
    bundle="bundle.tgz",
    nodes=(
        NodeInfo(
            name="aks-0",
            facts=(
                FactValue(
                    name="mode",
                    value=None,
                    because="pod routes lie outside every subnet; the bridge azure0 exists",
                    locations=(location("b.tgz!/aks-0/ip-r.txt", 12, ROUTE, 0, 42),),
                    conflict=("overlay", "bridge"),
                ),
            ),
            captures=(
                CaptureInfo(
                    artifact="aks-0/ip a.txt",
                    line=1,
                    kind="ip-address",
                    command="ip a",
                    completeness="complete",
                    status="partial",
                    records=3,
                    unread_lines=1,
                ),
            ),
        ),
    ),
    rules=tuple(rule(rule_id) for rule_id in dict.fromkeys(finding.rule_id for finding in FINDINGS)),
    findings=FINDINGS,
    notices=(
        Notice(
            code="unreadable-line",
            severity=Severity.ERROR,
            message='expected an address, found "\x1b[31mred"',
            locations=(location("aks-0/ip a.txt", 30, "    inet \x1b[31mred scope global", 9, 17, "here"),),
        ),
        Notice(code="binary-members", severity=Severity.INFO, message="2 binary files were left out"),
    ),
    unused=(UnusedInfo(artifact="letter.txt", reason="no output of a known command"),),
)
