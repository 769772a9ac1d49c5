"""The parsers and the printer against the iptables of this machine, where we may make a network namespace."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest
from hypothesis import HealthCheck, assume, given, settings

from azcnilint.models import Chain, NatRule
from azcnilint.native.iptables import rule_line
from tests.parsers.iptables_reading import table
from tests.parsers.test_iptables_laws import PLACE, nat_rules

UNSHARE, RESTORE = shutil.which("unshare"), shutil.which("iptables-nft-restore")


def run(script: str, text: str) -> str | None:
    """Run a shell script in a network namespace of its own, with that input; None when the kernel or a tool refuses."""
    command = [str(UNSHARE), "-n", "sh", "-ec", script]
    done = subprocess.run(command, input=text, capture_output=True, check=False, text=True)  # noqa: S603 - own words
    return done.stdout if done.returncode == 0 else None


def usable() -> bool:
    """Whether the machine lets us: root, the tools, and the captures folder as the sign that slow tests are wanted."""
    wanted = os.environ.get("AZCNILINT_CAPTURES") and os.geteuid() == 0 and UNSHARE and RESTORE
    return bool(wanted) and run("iptables-nft -S", "") is not None


pytestmark = [pytest.mark.shared, pytest.mark.skipif(not usable(), reason="no iptables to try in a namespace")]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(nat_rules())
def test_the_tools_own_listing_reads_as_its_save(rule: NatRule) -> None:
    """The tool takes what we print, and what it then prints reads as that rule, from -S and from -L -n -v alike."""
    line = rule_line(rule, Chain(span=PLACE, name="X"))
    script = "iptables-nft-restore; iptables-nft -t mangle -S X; echo ---; iptables-nft -t mangle -nvL X"
    printed = run(script, f"*mangle\n:X - [0:0]\n:KUBE-SVC-X - [0:0]\n{line}\nCOMMIT\n")
    assume(printed is not None)

    saved, _, listed = (printed or "").partition("---\n")

    found = table(listed, "iptables", "-t", "mangle", "-nvL", "X").chains[0].rules[0]
    assert found == table(saved, "iptables", "-t", "mangle", "-S", "X").chains[0].rules[0]
    assert found.matches == rule.matches
