"""Tables to the text that iptables-save prints, in its own order and with its own quotes.

Source: iptables 1.8.9, iptables/xtables-save.c, nft-shared.c save_rule_details and libxtables xtables_save_string.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from azcnilint.models import AddressMatch, Chain, Match, NatRule, NatTable, Option

_UNQUOTED = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPED = re.compile(r"""(["'\\])""")
_QUOTED_WHERE_NEEDED: Final = frozenset({"comment", "log-prefix", "nflog-prefix", "helper", "name"})
_ALWAYS_QUOTED: Final = frozenset({"string", "hex-string", "u32", "bytecode", "label"})


def save_lines(table: NatTable, *, counters: bool = False) -> list[str]:
    """Give the lines of iptables-save for one table, or for each of several; `counters` is its option `-c`.

    The comment lines with program and time are left out. A counter that is not known is printed as 0, as iptables-save
    itself does without `-c` for rules; a policy that is not known makes its chain look like one of a user.
    """
    names = table.tables or ((table.table,) if table.table else ())
    return [line for name in names for line in _section(table.of(name), name, counters=counters)]


def _section(table: NatTable, name: str, *, counters: bool) -> Iterator[str]:
    yield f"*{name}"
    for chain in table.chains:
        yield f":{chain.name} {chain.policy or '-'} [{chain.packets or 0}:{chain.bytes or 0}]"
    for chain in table.chains:
        for rule in chain.rules:
            yield rule_line(rule, chain, counters=counters)
    yield "COMMIT"


def rule_line(rule: NatRule, chain: Chain, *, counters: bool = False) -> str:
    """Give the `-A` line of one rule; text that is not understood is printed as it was listed."""
    words = [f"[{rule.packets or 0}:{rule.bytes or 0}]"] if counters else []
    words += ["-A", chain.name, *_conditions(rule), *_clauses(rule)]
    if rule.target is not None:
        words += ["-g" if rule.goto else "-j", rule.target]
    words += [word for option in rule.target_options for word in _option(option)]
    return " ".join(words)


def _conditions(rule: NatRule) -> Iterator[str]:
    yield from _address("-s", rule.source)
    yield from _address("-d", rule.destination)
    if rule.in_interface is not None:
        yield from _negatable("-i", rule.in_interface, negated=rule.in_interface_negated)
    if rule.out_interface is not None:
        yield from _negatable("-o", rule.out_interface, negated=rule.out_interface_negated)
    if rule.protocol != "all" or rule.protocol_negated:
        yield from _negatable("-p", rule.protocol, negated=rule.protocol_negated)
    if rule.fragment is not None:
        yield from ("-f",) if rule.fragment else ("!", "-f")


def _address(name: str, match: AddressMatch) -> Iterator[str]:
    if match.any:
        return
    text = str(match.network) if match.network is not None else "/".join(filter(None, (match.host, match.mask)))
    yield from _negatable(name, text, negated=match.negated)


def _negatable(name: str, value: str, *, negated: bool) -> Iterator[str]:
    yield from ("!", name, value) if negated else (name, value)


def _clauses(rule: NatRule) -> Iterator[str]:
    for at, match in enumerate(rule.matches):
        if rule.comment is not None and at == rule.comment_at:
            yield from _comment(rule.comment)
        yield from _match(match)
    if rule.comment is not None and rule.comment_at >= len(rule.matches):
        yield from _comment(rule.comment)


def _comment(text: str) -> Iterator[str]:
    yield from ("-m", "comment", "--comment", _quoted(text))


def _match(match: Match) -> Iterator[str]:
    if match.module is None:
        yield match.text
        return
    yield from ("-m", match.module)
    for option in match.options:
        yield from _option(option)


def _option(option: Option) -> Iterator[str]:
    if option.negated:
        yield "!"
    yield f"--{option.name}"
    for value in option.values:
        if option.name in _ALWAYS_QUOTED:
            yield f'"{value}"'
        else:
            yield _quoted(value) if option.name in _QUOTED_WHERE_NEEDED else value


def _quoted(text: str) -> str:
    """Quote as xtables_save_string does: anything but letters, digits, `_` and `-` needs quotes."""
    if _UNQUOTED.fullmatch(text):
        return text
    return '"' + _ESCAPED.sub(r"\\\1", text) + '"'
