"""Tables in the machine form: the very lines that iptables-save prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from azcnilint.capture import Capture
from azcnilint.models import AddressMatch, Chain, Match, NatRule, NatTable, Option
from azcnilint.native.iptables import rule_line, save_lines
from azcnilint.parsers import iptables
from azcnilint.text import Span, decode

LAB = Path(__file__).parents[1] / "parsers" / "iptables_lab"
PLACE = Span("generated", 0, 0)
ANY = AddressMatch(text="0.0.0.0/0", network=None)


def table_of(text: str, *argv: str) -> NatTable:
    """Parse a save that must be read without loss."""
    source = decode("save", text.encode())
    return iptables.parse(Capture(source, source.span, "iptables", argv or None)).unwrap()


def vocabulary(name: str) -> list[str]:
    """Give the options of each rule that the real tool saved."""
    lines = (LAB / name).read_text(encoding="utf-8").splitlines()
    return [line.removeprefix("S|") for line in lines if line.startswith("S|")]


@pytest.mark.parametrize("options", vocabulary("vocabulary.txt"))
def test_a_saved_rule_prints_as_it_was(options: str) -> None:
    """Order, quotes and escapes are the tool's own."""
    text = f"*nat\n:X - [0:0]\n-A X {options}\nCOMMIT"

    assert save_lines(table_of(text, "iptables-save")) == text.splitlines()


@pytest.mark.parametrize("options", vocabulary("vocabulary6.txt"))
def test_a_saved_ipv6_rule_prints_as_it_was(options: str) -> None:
    """As above for ip6tables."""
    text = f"*mangle\n:X - [0:0]\n-A X {options}\nCOMMIT"

    assert save_lines(table_of(text, "ip6tables-save")) == text.splitlines()


def test_a_listing_prints_as_a_save() -> None:
    """The support engineer pastes -L; the machine form is what iptables-restore takes."""
    head = " pkts bytes target     prot opt in     out     source               destination"
    columns = "   12   3K SNAT       6    -f  !azv+  *      !10.244.0.0/16        168.63.129.16"
    tail = 'ADDRTYPE match dst-type !LOCAL /* say "hi" */ tcp dpt:53 to:10.224.0.4'
    text = f"Chain POSTROUTING (policy ACCEPT 7 packets, 420 bytes)\n{head}\n{columns}        {tail}\n"

    lines = save_lines(table_of(text, "iptables", "-t", "nat", "-nvL", "POSTROUTING"), counters=True)

    conditions = "! -s 10.244.0.0/16 -d 168.63.129.16/32 ! -i azv+ -p tcp -f -m addrtype ! --dst-type LOCAL"
    comment = r'-m comment --comment "say \"hi\""'
    assert lines == [
        "*nat",
        ":POSTROUTING ACCEPT [7:420]",
        f"[12:3000] -A POSTROUTING {conditions} {comment} -m tcp --dport 53 -j SNAT --to-source 10.224.0.4",
        "COMMIT",
    ]


def test_several_tables_print_one_after_the_other() -> None:
    """As iptables-save without -t."""
    lines = [
        "*raw",
        ":PREROUTING ACCEPT [0:0]",
        "-A PREROUTING -j NOTRACK",
        "COMMIT",
        "*nat",
        ":OUTPUT ACCEPT [0:0]",
        "COMMIT",
    ]

    assert save_lines(table_of("\n".join(lines))) == lines


def test_words_that_are_not_understood_are_printed_as_listed() -> None:
    """Nothing is dropped in silence; goto, odd masks and host names stay what they are."""
    source = AddressMatch(
        text="5.6.0.0/255.255.0.255", network=None, mask="255.255.0.255", host="5.6.0.0", negated=True
    )
    rule = NatRule(
        span=PLACE,
        num=1,
        source=source,
        destination=AddressMatch(text="kube-dns", network=None, host="kube-dns"),
        matches=(
            Match(module=None, text="#conn src/24 > 3"),
            Match(module="string", options=(Option(name="string", values=("ab",)),)),
        ),
        target="X",
        goto=True,
    )

    line = rule_line(rule, Chain(span=PLACE, name="C"))

    assert line == '-A C ! -s 5.6.0.0/255.255.0.255 -d kube-dns #conn src/24 > 3 -m string --string "ab" -g X'
