"""Parsers against the floor of iterating the lines, and against jc and insights-core where they are installed.

python -m benchmarks.parsers [--rounds N] [--large]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from statistics import median

from azcnilint.capture import Capture
from azcnilint.parsers import parser_for
from azcnilint.text import decode
from benchmarks import generate
from benchmarks.measure import Action, cpu, growth, in_turn, ratio, table

OURS, OURS_LEAN, FLOOR, JC, INSIGHTS = "azcnilint", "azcnilint, collector off", "lines", "jc", "insights"


@dataclass(frozen=True, slots=True)
class Case:
    """One input: what prints it, and what the peers call it (None where a peer has no parser)."""

    name: str
    kind: str
    argv: tuple[str, ...]
    text: str
    jc: str | None = None
    insights: str | None = None


def cases(*, large: bool) -> Iterator[Case]:
    """Give the inputs, the large ones only when asked for: they take minutes."""
    nat, save = ("iptables", "-t", "nat", "-L", "-n", "-v"), ("iptables-save", "-t", "nat")
    for rules in (1_000, 50_000) if large else (1_000,):
        yield Case(f"iptables -L -n -v, {rules:,} rules", "iptables", nat, generate.iptables_list(rules), "iptables")
        yield Case(
            f"iptables-save, {rules:,} rules",
            "iptables",
            save,
            generate.iptables_save(rules),
            insights="insights.parsers.iptables:IPTables",
        )
    for count in (250, 5_000) if large else (250,):
        route, links = generate.ip_route(count), generate.ip_address(count)
        yield Case(
            f"ip route, {count:,}", "ip-route", ("ip", "route"), route, "ip_route", "insights.parsers.ip:RouteDevices"
        )
        yield Case(
            f"ip address, {count:,} links",
            "ip-address",
            ("ip", "address"),
            links,
            insights="insights.parsers.ip:IpAddr",
        )
    neighbours = generate.ip_neighbour(5_000 if large else 250)
    yield Case(
        f"ip neighbour, {5_000 if large else 250:,}",
        "ip-neighbour",
        ("ip", "neighbour"),
        neighbours,
        insights="insights.parsers.ip:Ipv4Neigh",
    )
    daemonsets, deployments = generate.kubectl_daemonsets(60), generate.kubectl_deployments(500)
    yield Case("kubectl get ds, 60", "kubectl", ("kubectl", "get", "ds", "-A"), daemonsets, "asciitable")
    yield Case("kubectl get deploy, 500", "kubectl", ("kubectl", "get", "deploy", "-A"), deployments, "asciitable")
    yield Case("ls -la, 9 files", "ls", ("ls", "-la", "/opt/cni/bin"), generate.ls_cni_bin(), "ls")


def ours(case: Case) -> Action:
    """Make the action that parses with azcnilint; raises ValueError unless every line of the input is read."""
    source = decode(case.name, case.text.encode())
    capture = Capture(source, source.span, case.kind, case.argv)
    parser = parser_for(case.kind)
    assert parser is not None
    result = parser.parse(capture)
    if result.value is None or result.diagnostics:
        message = f"{case.name}: {result.status.value}: {result.diagnostics[:1]}"
        raise ValueError(message)
    return lambda: parser.parse(capture)


def floor(case: Case) -> Action:
    """Make the action that only iterates the lines."""

    def run() -> None:
        for _ in case.text.split("\n"):
            pass

    return run


def jc(case: Case) -> Action | None:
    """Make the action that parses with jc; None when it is not installed, has no such parser or refuses the input."""
    parse = _imported("jc", "parse")
    name = case.jc
    if name is None or parse is None:
        return None
    return _working(lambda: parse(name, case.text, quiet=True))


def insights(case: Case) -> Action | None:
    """Make the action that parses with insights-core; None as for `jc`."""
    if case.insights is None:
        return None
    module, _, name = case.insights.partition(":")
    parser, wrap = _imported(module, name), _imported("insights.tests", "context_wrap")
    if parser is None or wrap is None:
        return None
    return _working(lambda: parser(wrap(case.text)))


def _imported(module: str, name: str) -> Callable[..., object] | None:
    try:
        found: Callable[..., object] = getattr(import_module(module), name)
    except ImportError:
        return None
    return found


def _working(action: Action) -> Action | None:
    """Try a peer once; what it cannot read is not measured."""
    try:
        action()
    except Exception as error:  # noqa: BLE001 - a peer may raise anything on an input that it does not know
        print(f"<!-- a peer refuses this input: {type(error).__name__} -->")
        return None
    return action


def row(case: Case, rounds: int) -> list[str]:
    """Measure one case and give its row of the table."""
    mine = ours(case)
    candidates = {FLOOR: cpu(floor(case)), OURS: cpu(mine), OURS_LEAN: cpu(mine, collect=False)}
    peers = {JC: jc(case), INSIGHTS: insights(case)}
    candidates |= {name: cpu(action) for name, action in peers.items() if action is not None}
    times = in_turn(candidates, rounds)
    lines = case.text.count("\n")
    figures = [f"{median(times[name]) / lines * 1e6:.2f}" for name in (OURS, OURS_LEAN)]
    against = [_against(times, peer) for peer in (JC, INSIGHTS)]
    memory = growth(mine) / 1e6
    return [case.name, f"{lines:,}", *figures, f"{ratio(times, OURS_LEAN, FLOOR):.0f}", *against, f"{memory:.0f}"]


def _against(times: dict[str, list[float]], peer: str) -> str:
    """Give the ratios to a peer, with the collector as a library finds it and off as in the command line."""
    if peer not in times:
        return "-"
    return f"{ratio(times, OURS, peer):.2f} / {ratio(times, OURS_LEAN, peer):.2f}"


def main() -> None:
    """Measure and print the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--large", action="store_true", help="also 50,000 rules and 5,000 records")
    chosen = arguments.parse_args()
    for peer, module in ((JC, "jc"), (INSIGHTS, "insights")):
        if _imported(module, "parse" if module == "jc" else "__name__") is None:
            print(f"{peer}: not installed\n")
    head = ["input", "lines", "µs/line", "collector off", "x lines", "x jc", "x insights", "peak MB"]
    print(table(head, [row(case, chosen.rounds) for case in cases(large=chosen.large)]))


if __name__ == "__main__":
    main()
