"""The written list of what a text cannot say as the machine form of the same state does; nothing else may differ."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from azcnilint.models import Match, NatRule, Option
from azcnilint.parsers.ip_address_details import KINDS, SLAVE_KINDS
from tests.native.reviewed import HEADER_OF_ONELINE, NETNS_BY_NAME, SINGLE_S, Reviewed
from tests.oracle.compare import Difference, Exemption, JsonObject, kind_of
from tests.parsers.iptables_reviewed import KEPT_AS_TEXT, NOT_SHOWN

_TIMERS = {
    "info_data": ("hello_timer", "tcn_timer", "topology_change_timer", "gc_timer"),
    "info_slave_data": ("hold_timer", "message_age_timer", "forward_delay_timer"),
}
TICKING = frozenset(f"~linkinfo.{data}.{timer}" for data, timers in _TIMERS.items() for timer in timers)
"""Differences between two JSON captures that do not mean that the state moved: they have hundredths of a second."""

_WORDLESS = frozenset({"dummy", "veth", "ifb", "nlmon", "vcan"})
"""Kinds for which -d prints no words of their own."""


def _of_unread_kind(found: Difference) -> bool:
    return _is_unread(kind_of(found))


def _is_unread(linkinfo: Mapping[str, JsonValue]) -> bool:
    kind, slave = linkinfo.get("info_kind"), linkinfo.get("info_slave_kind")
    return (kind is not None and kind not in KINDS and kind not in _WORDLESS) or (
        slave is not None and slave not in SLAVE_KINDS
    )


def _exempt(options: str, because: Mapping[str, str]) -> list[Exemption]:
    return [Exemption(frozenset(options.split()), what, reason) for what, reason in because.items()]


def _header(found: Difference) -> bool:
    return "." not in found.what and found.what not in {"-ifindex", "-ifname", "-addr_info"}


def _odd_name(found: Difference) -> bool:
    record = found.record
    names = [record.get(key) if isinstance(record, dict) else getattr(record, key, None) for key in ("ifname", "link")]
    return any("@" in str(name) for name in names)


_NUMERIC: Reviewed = {
    f"~{key}": "-N prints numbers; our records and our JSON have the names, so that rules need not know of -N"
    for key in ("protocol", "scope", "table", "type")
}
_AT = {
    "-6": "nothing tells the name `a@b` from a link `a` on `b` where not all links are listed",
    "-br": "`a@@if3` is `a@` with a peer in another namespace, which -br does not show, or `a` on a link `@if3`",
}
IP = (
    *_exempt("-d", dict.fromkeys(TICKING, "ticks between text and JSON")),
    *_exempt("-s", SINGLE_S),
    *_exempt("-N", _NUMERIC),
    *_exempt("", NETNS_BY_NAME),
    *_exempt("-o a", HEADER_OF_ONELINE),
    Exemption(frozenset({"-o", "a"}), "-*", "`ip -o address` prints no header, with -d and -s neither", _header),
    *(
        Exemption(frozenset({option}), f"{sign}{key}", because, _odd_name)
        for option, because in _AT.items()
        for sign in "~+-"
        for key in ("ifname", "link", "link_index")
    ),
    Exemption(frozenset({"-d"}), "-linkinfo.*", "bond, gre …: their own words are reported as unread", _of_unread_kind),
    Exemption(
        frozenset({"-d"}),
        "~linkinfo.info_data:order",
        "a value that the text leaves out because it is the default has no place among the others",
    ),
)
"""Our JSON of a text against the JSON of `ip`; for `-N` also our JSON of its JSON."""

IP_RECORDS: tuple[Exemption, ...] = (
    Exemption(frozenset(), "~link_netns", NETNS_BY_NAME["-link_netnsid"]),
    *(
        Exemption(frozenset({option}), f"~{name}", because, _odd_name)
        for option, because in _AT.items()
        for name in ("ifname", "link", "link_index")
    ),
    *(Exemption(frozenset({"-s"}), "~stats64", reason) for reason in SINGLE_S.values()),
)
"""Records of a text against records of the JSON; what a text hides needs no entry."""


def shows(words: Sequence[str], item: JsonObject) -> bool:
    """Whether the text of a command prints a record of its JSON: `ip -o address` leaves out links without addresses."""
    return not {"-o", "a"} <= set(words) or bool(item.get("addr_info"))


def unread_kind(code: str, records: Sequence[JsonObject]) -> bool:
    """Whether a diagnostic is about words of -d that we do not read; no AKS node has such links."""
    kinds = [item["linkinfo"] for item in records if isinstance(item.get("linkinfo"), dict)]
    return code == "unread-attribute" and any(isinstance(each, dict) and _is_unread(each) for each in kinds)


def without_ticking(details: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Give the details of a link without its timers."""
    linkinfo = details.get("linkinfo")
    if not isinstance(linkinfo, dict):
        return dict(details)
    still = {
        key: {name: value for name, value in data.items() if name not in _TIMERS.get(key, ())}
        if isinstance(data, dict)
        else data
        for key, data in linkinfo.items()
    }
    return {**details, "linkinfo": still}


def _kept_as_text(found: Difference) -> bool:
    return isinstance(found.record, Match) and str(found.record.module) in _MODULES_KEPT


def _kept_option(found: Difference) -> bool:
    """Whether a clause is understood but for one option, or stands beside another that is kept as text."""
    matches = found.record.matches if isinstance(found.record, NatRule) else (found.record,)
    clauses = [match for match in matches if isinstance(match, Match)]
    return any(
        match.module in _MODULES_KEPT or any(f"{match.module} --{each.name}" in KEPT_AS_TEXT for each in match.options)
        for match in clauses
    )


def _all_ports(found: Difference) -> bool:
    options = (*found.record.options, *_options(found.ours)) if isinstance(found.record, Match) else ()
    return any("0:65535" in option.values for option in options)


def _options(value: object) -> tuple[Option, ...]:
    return tuple(each for each in value if isinstance(each, Option)) if isinstance(value, tuple) else ()


def _host_name(found: Difference) -> bool:
    return isinstance(found.record, Option) and found.record.name.startswith(("ctorig", "ctrepl", "gateway"))


def _never_met(found: Difference) -> bool:
    rule, way = found.record, found.what[1:].removesuffix("_negated")
    return isinstance(rule, NatRule) and getattr(rule, way) is None and found.ours in ("+", True)


def _odd_interface(found: Difference) -> bool:
    rule = found.record
    names = (rule.in_interface, rule.out_interface) if isinstance(rule, NatRule) else ()
    return any(name is not None and (name in {"any", "*"} or name[0] == "!") for name in names)


_MODULES_KEPT = frozenset(clause for clause in KEPT_AS_TEXT if " " not in clause)
TOLD = frozenset({"unread-match", "doubtful-comment"})
"""What a parser may say of a listing: that it keeps a clause as text, which KEPT_AS_TEXT must then have, or that a
comment holds the mark of its own end."""
NAT = (
    *(
        Exemption(frozenset({"-L"}), f"~matches.{name}", "see KEPT_AS_TEXT", _kept_as_text)
        for name in ("module", "options")
    ),
    *(
        Exemption(frozenset({"-L"}), f"~matches{field}", "see KEPT_AS_TEXT", _kept_option)
        for field in ("", ".module", ".options")
    ),
    Exemption(frozenset({"-L"}), "~matches.options", "-L or save leaves out the range of all ports", _all_ports),
    *(
        Exemption(frozenset({"-L", "(no -n)"}), f"~{where}.values", NOT_SHOWN["source"], _host_name)
        for where in ("matches.options", "target_options")
    ),
    *(
        Exemption(frozenset({"-L"}), f"~{way}_interface{end}", because, when)
        for way in ("in", "out")
        for end in ("", "_negated")
        for because, when in (
            ("a device called `any`, `*` or `!x` is printed as every device, or as every other one", _odd_interface),
            ("iptables-legacy-save leaves out `! -i +`, which no packet meets", _never_met),
        )
    ),
    *(
        Exemption(frozenset({"-L", "(no -v)"}), f"~{name}", NOT_SHOWN[name])
        for name in ("in_interface_negated", "out_interface_negated")
    ),
    *(
        Exemption(frozenset({"-L", "(no -n)"}), f"~{end}.{name}", NOT_SHOWN[end])
        for end in ("source", "destination")
        for name in ("network", "host")
    ),
)
"""Rules of a listing against rules of the save."""


def words_of_listing(words: str) -> list[str]:
    """Give the words of a command, and those that it has not where that matters."""
    own = shlex.split(words)
    return own + [f"(no {option})" for option in ("-n", "-v") if option not in own]


def doubtful(rule: NatRule, saved: NatRule) -> bool:
    """Whether a comment holds the mark of its own end, so that the listing says of its rule what it does not settle.

    So too where iptables 1.8.9 prints no blank before `match bpf`, which sticks to the word before it.
    """
    if saved.match("bpf") is not None:
        return True
    options = [option for each in saved.matches for option in each.options if option.name == "comment"]
    comments = [saved.comment or "", *(value for option in options for value in option.values)]
    return not rule.settles("comment") and any("*/" in comment or "/*" in comment for comment in comments)
