"""The options of one rule as iptables-save spells them: words to the fields of `NatRule`.

    >>> rule = read_rule('-d 10.0.0.10/32 -p udp -m comment --comment "dns cluster IP" -m udp --dport 53 -j X', "inet")
    >>> rule.target, rule.protocol, rule.comment, rule.matches[0].module
    ('X', 'udp', 'dns cluster IP', 'udp')

Source: iptables 1.8.9, iptables/nft-shared.c and iptables/iptables.c print_rule4 for the order, libxtables/xtables.c
xtables_save_string for quotes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from azcnilint.models import AddressMatch, Match, Option
from azcnilint.parsers.grammar import LeafError
from azcnilint.parsers.iptables_matches import another_comment
from azcnilint.parsers.iptables_names import NETWORKS, protocol_name
from azcnilint.parsers.iptables_options import option
from azcnilint.parsers.iptables_table import address_match

_WORD = re.compile(r'"(?:[^"\\]|\\.)*+"(?!\S)|[^\s"]\S*|"\S*')
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+"')
_ESCAPED = re.compile(r"\\(.)")
_FREE_TEXT: Final = frozenset(
    {"comment", "log-prefix", "nflog-prefix", "string", "hex-string", "helper", "name", "path"}
)
"""Options whose value may look like an option."""


class OptionError(ValueError):
    """A word of a rule cannot be read.

    Attributes:
        start: Offset of the word in the rule's text; `end` is the offset behind it.
    """

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.start = start
        self.end = end


class _WordError(ValueError):
    """As OptionError, by the number of the word; the number behind the last word is the end of the text."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


@dataclass(slots=True)
class RuleText:
    """The fields of `NatRule` that the words of a rule give.

    Attributes:
        words: The words themselves, quotes and all.
        unread: Ranges of `words` that are not understood, end exclusive.
    """

    source: AddressMatch
    destination: AddressMatch
    words: list[str]
    protocol: str = "all"
    protocol_negated: bool = False
    fragment: bool | None = None
    in_interface: str | None = None
    in_interface_negated: bool = False
    out_interface: str | None = None
    out_interface_negated: bool = False
    matches: list[Match] = field(default_factory=list)
    target: str | None = None
    goto: bool = False
    target_options: tuple[Option, ...] = ()
    comment: str | None = None
    comment_at: int = 0
    packets: int | None = None
    bytes: int | None = None
    unread: list[tuple[int, int]] = field(default_factory=list)


def read_rule(text: str, family: str) -> RuleText:
    """Read what follows `-A CHAIN`; raises OptionError for the first word that makes no sense."""
    words = _WORD.findall(text) if '"' in text else text.split()
    anywhere = address_match(NETWORKS[family]["anywhere"], family)
    rule = RuleText(anywhere, anywhere, words)
    at = 0
    try:
        _check_quotes(words)
        while at < len(words):
            at = _read_option(words, at, rule, family)
    except _WordError as error:
        raise OptionError(str(error), *place_of_word(text, error.at)) from error
    return rule


def _check_quotes(words: list[str]) -> None:
    for at, word in enumerate(words):
        if word[0] == '"' and not _QUOTED.fullmatch(word):
            raise _WordError("the quoted text that begins here has no end", at)


def place_of_word(text: str, at: int) -> tuple[int, int]:
    """Say where a word of a rule stands; counted only when something is to be said about it."""
    found = next((found for index, found in enumerate(_WORD.finditer(text)) if index == at), None)
    return found.span() if found else (len(text), len(text))


def _read_option(words: list[str], at: int, rule: RuleText, family: str) -> int:
    """Read the option at `at` into `rule`; gives the place of the next one."""
    negated = words[at] == "!"
    first = at + negated
    name = words[first] if first < len(words) else "!"
    if name == "-f":
        rule.fragment = not negated
        return first + 1
    if name.startswith("--"):
        return _read_stray(words, at, rule)
    if name not in _VALUES:
        raise _WordError(f'expected an option such as -d or -m, found "{name[:60]}"', first)
    if negated and name not in _NEGATABLE:
        raise _WordError(f'expected an option such as -d after "!", found "{name}"', first)
    if first + 1 >= len(words):
        raise _WordError(f'expected {_VALUES[name]} after "{name}", found the end of the line', len(words))
    if name in _NEVER_OPTIONS and words[first + 1] in _VALUES:
        raise _WordError(f'expected {_VALUES[name]} after "{name}", found "{words[first + 1]}"', first + 1)
    return _read_value(words, first, rule, family, negated=negated)


def _read_value(words: list[str], first: int, rule: RuleText, family: str, *, negated: bool) -> int:
    value, after = words[first + 1], first + 2
    match words[first]:
        case "-m":
            if value == "comment" and words[after : after + 1] == ["--comment"] and after + 1 < len(words):
                _add_comment(rule, unquote(words[after + 1]))
                return after + 2
            after = _end_of_long_options(words, after)
            rule.matches.append(_match(value, tuple(words[first + 2 : after])))
        case "-j":
            after = _end_of_long_options(words, after)
            rule.target, rule.target_options = value, _options(tuple(words[first + 2 : after]))
        case "-d":
            rule.destination = _address(value, family, first + 1, negated=negated)
        case "-s":
            rule.source = _address(value, family, first + 1, negated=negated)
        case "-p":
            rule.protocol, rule.protocol_negated = protocol_name(value), negated
        case "-i":
            rule.in_interface, rule.in_interface_negated = value, negated
        case "-o":
            rule.out_interface, rule.out_interface_negated = value, negated
        case "-g":
            rule.target, rule.goto = value, True
        case _:
            rule.packets, rule.bytes = _counter(words, first + 1), _counter(words, first + 2)
            after += 1
    return after


def _end_of_long_options(words: list[str], at: int) -> int:
    """Find the next short option, or the `!` before it; a value that must follow is taken whatever it looks like."""
    wanted = False
    if at < len(words) and words[at] != "!" and not words[at].startswith("--"):
        return at
    while at < len(words):
        word = words[at]
        if not wanted and word[0] == "-" and not word.startswith("--") and len(word) == 2:
            break
        if not wanted and word == "!" and not "".join(words[at + 1 : at + 2]).startswith("--"):
            break
        wanted = not wanted and word[2:] in _FREE_TEXT and word.startswith("--")
        at += 1
    return at


def _read_stray(words: list[str], at: int, rule: RuleText) -> int:
    """Keep long options that no `-m` stands before; `--dport 80` belongs to the protocol's own module."""
    after = max(_end_of_long_options(words, at), at + 1)
    stray = tuple(words[at:after])
    if rule.protocol in {"tcp", "udp", "sctp", "dccp", "udplite"}:
        rule.matches.append(_match(rule.protocol, stray))
    else:
        rule.unread.append((at, after))
        rule.matches.append(Match(module=None, text=" ".join(stray)))
    return after


def _add_comment(rule: RuleText, text: str) -> None:
    if rule.comment is None:
        rule.comment, rule.comment_at = text, len(rule.matches)
    else:
        rule.matches.append(another_comment(text))


def _address(value: str, family: str, at: int, *, negated: bool) -> AddressMatch:
    try:
        return address_match(f"!{value}" if negated else value, family)
    except LeafError as error:
        raise _WordError(f'expected an address or prefix, found "{value[:60]}"', at) from error


def _counter(words: list[str], at: int) -> int:
    if at >= len(words) or not words[at].isdigit():
        found = f'"{words[at][:60]}"' if at < len(words) else "the end of the line"
        raise _WordError(f'expected two counters after "-c", found {found}', at)
    return int(words[at])


def unquote(word: str) -> str:
    """Take the quotes and escapes of xtables_save_string off a word."""
    if word[0] != '"' or len(word) < 2:
        return word
    return _ESCAPED.sub(r"\1", word[1:-1]) if "\\" in word else word[1:-1]


@lru_cache(maxsize=1 << 14)
def _match(module: str, words: tuple[str, ...]) -> Match:
    return Match(module=module, options=_options(words), text=" ".join(("-m", module, *words)))


@lru_cache(maxsize=1 << 14)
def _options(words: tuple[str, ...]) -> tuple[Option, ...]:
    """Read long options and their values; a `!` negates the option that follows it."""
    read: list[tuple[str, list[str], bool]] = []
    negated, wanted = False, False
    for word in words:
        if wanted or (read and not word.startswith("--") and word != "!"):
            read[-1][1].append(unquote(word))
            wanted = False
        elif word == "!":
            negated = True
        else:
            name = word[2:]
            read.append((name, [], negated))
            negated, wanted = False, name in _FREE_TEXT
    return tuple(option(name, tuple(values), inverted) for name, values, inverted in read)


_VALUES: Final = {
    "-s": "an address or prefix",
    "-d": "an address or prefix",
    "-i": "an interface name",
    "-o": "an interface name",
    "-p": "a protocol",
    "-j": "a target",
    "-g": "a chain",
    "-c": "two counters",
    "-m": "a module",
}
"""The short options that take a value, and its noun."""
_NEGATABLE: Final = frozenset({"-s", "-d", "-i", "-o", "-p"})
_NEVER_OPTIONS: Final = frozenset({"-s", "-d", "-p"})
"""Options whose value cannot look like another option; a device may be called `-j`."""
