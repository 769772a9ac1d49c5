"""What the command line of `ip route` settles: the fields that its filters drop, and the routes that it leaves out.

A filter removes its own field: `ip r show dev eth0` prints no `dev` (iproute2 6.1, ip/iproute.c print_route and
iproute_list_flush_or_save).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from azcnilint.parsers import ip_route_names as names
from azcnilint.parsers.grammar import LeafError, to_address

_VERBS = ("list", "show", "lst", "get")
_WITH_VALUE = (
    "table",
    "protocol",
    "scope",
    "type",
    "dev",
    "oif",
    "iif",
    "via",
    "src",
    "metric",
    "priority",
    "preference",
    "tos",
    "dsfield",
    "vrf",
    "realms",
    "from",
    "to",
    "root",
    "match",
    "exact",
    "mark",
)
"""Selectors that take a value, in the order in which iproute2 resolves abbreviations."""
_OPTIONS_WITH_VALUE = frozenset({"-f", "-family", "-n", "-netns", "-l", "-loops", "-rc", "-rcvbuf"})
_FAMILIES = {"-4": "inet", "-6": "inet6", "inet": "inet", "inet6": "inet6"}


@dataclass(frozen=True, slots=True)
class Selection:
    """What a command line says about the lines below it.

    Attributes:
        known: Whether there is a command line at all.
        family: `inet` (`-4`, and `ip route` without a family or `table all`), `inet6`, or None where both may stand.
        table: The one table that is shown; None for all of them.
        table_dropped: A selector dropped `table` from every line.
        dev: What `dev` dropped from every line; so `gateway`, `protocol`, `scope`, `prefsrc` and `metric`.
        selects: The selector that leaves routes of the table out (`dev eth0`); None when none does.
        lookup: It is `ip route get`, which shows the answer for one destination.
    """

    known: bool = False
    family: str | None = None
    table: str | None = "main"
    table_dropped: bool = False
    dev: str | None = None
    gateway: IPv4Address | IPv6Address | None = None
    protocol: str | None = None
    scope: str | None = None
    prefsrc: IPv4Address | IPv6Address | None = None
    metric: int | None = None
    selects: str | None = None
    lookup: bool = False


def selection(argv: Sequence[str] | None) -> Selection:
    """Read a command line such as `("ip", "-6", "r", "show", "dev", "eth0")`; None means that none is known."""
    if not argv:
        return Selection()
    family, rest = _family(argv[1:])
    verb = next((verb for verb in _VERBS if rest and verb.startswith(rest[0])), None)
    if verb == "get":
        return Selection(known=True, family=family, lookup=True)
    chosen = _selectors(rest[1:] if verb else rest)
    table = names.table(chosen["table"]) if "table" in chosen else "main"
    everything = table in {"all", "unspec"}
    gateway, prefsrc = _address(chosen.get("via")), _address(chosen.get("src"))
    if family is None and not everything:
        family = "inet"
    selectors = (f"{key} {value}".strip() for key, value in chosen.items() if key != "table" and value != "all")
    metric = chosen.get("metric", "")
    return Selection(
        known=True,
        family=family,
        table=None if everything else table,
        table_dropped="table" in chosen and not everything,
        dev=chosen.get("dev"),
        gateway=gateway,
        protocol=_unless_all(chosen.get("protocol")),
        scope=_unless_all(chosen.get("scope")),
        prefsrc=prefsrc,
        metric=int(metric) if metric.isdecimal() else None,
        selects=next(selectors, None),
    )


def _family(words: Sequence[str]) -> tuple[str | None, Sequence[str]]:
    """Take the options before the object and the object itself; gives the family and the words behind."""
    family: str | None = None
    at = 0
    while at < len(words) and words[at].startswith("-"):
        if words[at] in _OPTIONS_WITH_VALUE and at + 1 < len(words):
            at += 1
        family = _FAMILIES.get(words[at], family)
        at += 1
    return family, words[at + 1 :]


def _selectors(words: Sequence[str]) -> dict[str, str]:
    """Pair each selector with its value; a bare prefix is `to`."""
    chosen: dict[str, str] = {}
    at = 0
    while at < len(words):
        key = next((key for key in _WITH_VALUE if key.startswith(words[at])), None)
        value = words[at + 1] if at + 1 < len(words) else ""
        match key:
            case None if words[at] in names.ROUTE_TYPES:
                key, value, at = "type", words[at], at - 1
            case None:
                key, value, at = "to", words[at], at - 1
            case "oif":
                key = "dev"
            case "priority" | "preference":
                key = "metric"
            case "protocol":
                value = names.protocol(value)
            case "scope":
                value = names.scope(value)
            case "via" if value in {"inet", "inet6"}:
                value, at = words[at + 2] if at + 2 < len(words) else "", at + 1
            case _:
                pass
        chosen[key] = value
        at += 2
    return chosen


def _unless_all(value: str | None) -> str | None:
    """`proto all` and `scope all` select nothing, and drop nothing."""
    return None if value == "all" else value


def _address(text: str | None) -> IPv4Address | IPv6Address | None:
    """Give the address that a selector names; None for a prefix, which drops nothing."""
    if not text:
        return None
    try:
        return to_address(text)
    except LeafError:
        return None
