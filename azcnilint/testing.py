"""For authors of rule packs: nodes made of text, and the examples of a pack as one assertion.

>>> check_examples("rules")
>>> from azcnilint import check, load_rules
>>> snapshot = snapshot_from({"ip route": "10.224.0.0/16 dev eth0 proto kernel scope link src 10.224.0.4"})
>>> report = check(snapshot, load_rules("rules/routes/imds-route-missing.yaml"), facts={"mode": "overlay"})
>>> [(finding.outcome.value, finding.rule_id) for finding in report.findings]
[('fail', 'imds-route-missing')]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from azcnilint.checking.examples import run_examples
from azcnilint.rules import RulePack, load_rules
from azcnilint.snapshot import Snapshot, snapshot_of

__all__ = ["ExampleFault", "ExamplesFailed", "check_examples", "snapshot_from"]


@dataclass(frozen=True, slots=True)
class ExampleFault:
    """What is wrong with the examples of one rule.

    Attributes:
        rule: `family/id` of the rule.
        number: 1-based place among the rule's examples; 0 when the rule has none.
        fault: What differs from what the example states.
    """

    rule: str
    number: int
    fault: str

    def __str__(self) -> str:
        """Give it as one line."""
        return f"{self.rule}: example {self.number}: {self.fault}" if self.number else f"{self.rule}: {self.fault}"


class ExamplesFailed(AssertionError):  # noqa: N818 - test runners show the name: it reads as what happened
    """Examples of a pack do not hold; an AssertionError, so that every test runner counts a failure and no error.

    Attributes:
        faults: All of them, in the order of the rules.
    """

    def __init__(self, faults: tuple[ExampleFault, ...]) -> None:
        super().__init__("\n" + "\n".join(str(fault) for fault in faults))
        self.faults = faults


def check_examples(pack: RulePack | str | Path) -> None:
    """Run every example of every rule.

    Args:
        pack: A pack, or the file or folder to load it from. A rule may ask for the facts of the built-in pack.

    Raises:
        ExamplesFailed: An example does not hold, or a rule has none; tells of all of them.
        RulePackError: The pack does not load.
    """
    loaded = pack if isinstance(pack, RulePack) else load_rules(pack)
    bare = [ExampleFault(rule.path, 0, "there is no example") for rule in loaded.rules if not rule.examples]
    failed = [
        ExampleFault(result.rule.path, result.number, result.fault)
        for result in run_examples(loaded)
        if result.fault is not None
    ]
    faults = tuple(sorted([*bare, *failed], key=lambda fault: (fault.rule, fault.number)))
    if faults:
        raise ExamplesFailed(faults)


def snapshot_from(artifacts: Mapping[str, str]) -> Snapshot:
    """Make a snapshot of text in memory.

    Args:
        artifacts: What was printed, by the command line that printed it (`ip route`, `iptables -t nat -S`), or by a
            path as in a bundle (`aks-0/ip-route.txt`); a folder before either names the node (`aks-0/ip route`).

    Returns:
        The snapshot, as `load_snapshot` gives it for files. What cannot be read is told in its diagnostics.
    """
    return snapshot_of(artifacts)
