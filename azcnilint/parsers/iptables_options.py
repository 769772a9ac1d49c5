"""What the words of one clause of `iptables -L` are in the options of iptables-save: one converter a shape.

Source: the print and save functions of iptables 1.8.9, extensions/libxt_*.c.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Final, TypeAlias

from azcnilint.models import Option
from azcnilint.parsers.iptables_names import (
    LOG_LEVELS,
    TCP_FLAGS,
    TOS_VALUES,
    port_number,
)

Options: TypeAlias = tuple[Option, ...]
ALL_BITS: Final = 0xFFFFFFFF


@lru_cache(maxsize=1 << 16)
def option(name: str, values: tuple[str, ...] = (), negated: bool = False) -> Option:  # noqa: FBT001, FBT002 - as Option
    """Give the option; equal ones are one object, since they repeat in every rule."""
    return Option(name=name, values=values, negated=negated)


def plain(found: re.Match[str]) -> Options:
    """Make an option of each group: `NAME_not` negates NAME, `is_NAME` is a bare flag, a `!` before a value negates."""
    groups = found.groupdict()
    return tuple(
        _plain_option(name, value, groups)
        for name, value in groups.items()
        if value is not None and not name.endswith("_not")
    )


def _plain_option(name: str, value: str, groups: Mapping[str, str | None]) -> Option:
    spelled = name.replace("_", "-")
    if name.startswith("is_"):
        return option(spelled[3:])
    if value.startswith("!"):
        return option(spelled, tuple(value[1:].split()), True)
    return option(spelled, tuple(value.split()), groups.get(f"{name}_not") is not None)


def ports(found: re.Match[str]) -> Options:
    """As `plain`, with service names of ports as numbers."""
    return tuple(
        option(one.name, (port_number(one.values[0]),), one.negated) if "port" in one.name and one.values else one
        for one in plain(found)
    )


def tcp(found: re.Match[str]) -> Options:
    """Ports as numbers, flags as names: `flags:0x17/0x02` is `--tcp-flags FIN,SYN,RST,ACK SYN`."""
    return tuple(
        option("tcp-flags", tuple(_flags(part) for part in one.values[0].split("/")), one.negated)
        if one.name == "tcp-flags"
        else one
        for one in ports(found)
    )


def _flags(printed: str) -> str:
    """`0x17` or names; names in the order of their bits, `NONE` for no bit."""
    if not printed.startswith("0x"):
        return printed
    bits = int(printed, 16)
    return ",".join(name for at, name in enumerate(TCP_FLAGS) if bits >> at & 1) or "NONE"


def statistic(found: re.Match[str]) -> Options:
    """Give the mode and its numbers; save prints `--packet 0` too."""
    options = plain(found)
    if found["random"]:
        return (option("mode", ("random",)), *(one for one in options if one.name == "probability"))
    return options if found["packet"] else (*options, option("packet", ("0",)))


def limit(found: re.Match[str]) -> Options:
    """Give the rate, and the burst when it is not the default of 5, which save leaves out."""
    return tuple(one for one in plain(found) if one.name != "limit-burst" or one.values != ("5",))


def icmp(names: Mapping[str, str], name: str) -> Callable[[re.Match[str]], Options]:
    """Make the converter for types by number (`icmptype 3 code 4`, `icmp !type 0`) or by one of `names`."""

    def convert(found: re.Match[str]) -> Options:
        word, code = found["number"] or found["other"] or found["word"], found["code"]
        negated = found["other"] is not None or found["not"] is not None
        value = names.get(word, word) if code is None else f"{word}/{code}"
        return (option(name, ("any" if value == "255" and name == "icmp-type" else value,), negated),)

    return convert


def recent(found: re.Match[str]) -> Options:
    """Give verb, limits, name, mask and side in the order of save."""
    verb = {"SET": "set", "CHECK": "rcheck", "UPDATE": "update", "REMOVE": "remove"}[found["verb"]]
    options = [option(verb, (), found["not"] is not None)]
    named = (
        ("seconds", found["seconds"]),
        ("hitcount", found["hitcount"]),
        ("name", found["name"]),
        ("mask", found["mask"]),
    )
    present = {name: option(name, (value,)) for name, value in named if value is not None}
    flags = {"reap": found["reap"], "rttl": found["rttl"]}
    for name in ("seconds", "reap", "hitcount", "rttl", "name", "mask"):
        if name in present:
            options.append(present[name])
        elif flags.get(name):
            options.append(option(name))
    if found["side"]:
        options.append(option({"source": "rsource", "dest": "rdest"}[found["side"]]))
    return tuple(options)


def tos(name: str) -> Callable[[re.Match[str]], Options]:
    """Make the converter for option `name`; a symbolic value stands for itself under mask 0x3f."""

    def convert(found: re.Match[str]) -> Options:
        value = found["value"]
        known = TOS_VALUES.get(value)
        return (option(name, (f"{known}/0x3f" if known else value,), found["not"] is not None),)

    return convert


_OWNER_VALUES: Final[Mapping[tuple[str, ...], tuple[str, ...]]] = {("root",): ("0",), ("socket", "exists"): ()}


def owner(found: re.Match[str]) -> Options:
    """As `plain`; the name `root` is 0, other names stay."""
    return tuple(option(one.name, _OWNER_VALUES.get(one.values, one.values), one.negated) for one in plain(found))


def string(found: re.Match[str]) -> Options:
    """Give the text, as hexadecimal when it is printed so, and the search."""
    text = found["text"]
    kind = "hex-string" if text.startswith("|") and text.endswith("|") and len(text) > 1 else "string"
    named = (("algo", found["algo"]), ("from", found["from"]), ("to", found["to"]))
    options = [
        option(kind, (text,), found["not"] is not None),
        *(option(name, (value,)) for name, value in named if value),
    ]
    return tuple([*options, option("icase")] if found["icase"] else options)


def cgroup(found: re.Match[str]) -> Options:
    """Give the class, a number, or the path."""
    return (option("cgroup" if found["value"].isdigit() else "path", (found["value"],), found["not"] is not None),)


def dashed(words: Iterable[str]) -> Options:
    """Read words that are spelled as options already (`! --physdev-in eth0 --physdev-is-bridged`)."""
    options: list[tuple[str, list[str], bool]] = []
    negated = False
    for word in words:
        if word == "!":
            negated = True
        elif word.startswith("--"):
            options.append((word[2:], [], negated))
            negated = False
        elif options:
            options[-1][1].append(word)
    return tuple(option(name, tuple(values), inverted) for name, values, inverted in options)


def dashed_words(found: re.Match[str]) -> Options:
    """Give options that the listing spells with dashes."""
    return dashed(found["words"].split())


def ttl(found: re.Match[str]) -> Options:
    """Give the comparison of `TTL match TTL == 5`, likewise HL."""
    prefix = found["name"].lower()
    suffix = {"==": "eq", "!=": "eq", "<": "lt", ">": "gt"}[found["sign"]]
    return (option(f"{prefix}-{suffix}", (found["value"],), found["sign"] == "!="),)


def set_ttl(found: re.Match[str]) -> Options:
    """Give the change of `TTL set to 5`, likewise HL."""
    verb = {"set to": "set", "increment by": "inc", "decrement by": "dec"}[found["verb"]]
    return (option(f"{found['name'].lower()}-{verb}", (found["value"],)),)


def mark(found: re.Match[str]) -> Options:
    """`or V` is V/V, `xor V` is V/0, `and V` is 0/~V, `set V` is V/all (libxt_MARK.c mark_tg_print)."""
    first, _, mask = found["value"].partition("/")
    value = int(first, 16)
    pairs = {"or": (value, value), "xor": (value, 0), "and": (0, ~value & ALL_BITS), "set": (value, ALL_BITS)}
    bits, over = pairs[found["verb"]] if found["verb"] != "xset" else (value, int(mask or "0xffffffff", 16))
    return (option("set-xmark", (f"{bits:#x}/{over:#x}",)),)


def connmark(found: re.Match[str]) -> Options:
    """Give the mark as `mark` does, or `save`/`restore` with both masks."""
    if found["verb"]:
        return mark(found)
    every = f"{ALL_BITS:#x}"
    masks = {"nfmask": found["mask"] or every, "ctmask": found["mask"] or every}
    masks.update(re.findall(r"(nfmask|ctmask) ~?(\S+)", found["masks"] or ""))
    verb = option(f"{found['way']}-mark")
    return (verb, option("nfmask", (masks["nfmask"],)), option("ctmask", (masks["ctmask"],)))


_CT_ORDER: Final = ("notrack", "ctevents", "expevents", "zone", "zone-orig", "zone-reply", "timeout", "helper")
_VALUELESS: Final = frozenset({"notrack", "exist"})


def _spoken(words: list[str]) -> dict[str, Option]:
    """Read option names without dashes, each with one value but for bare flags, `*-set` with two."""
    read: dict[str, Option] = {}
    at = 0
    while at < len(words):
        name = words[at]
        count = 0 if name in _VALUELESS else 2 if name.endswith("-set") else 1
        read[name] = option(name, tuple(words[at + 1 : at + 1 + count]))
        at += 1 + count
    return read


def ct(found: re.Match[str]) -> Options:
    """Give what `CT` sets, in the order of save."""
    read = _spoken(found["words"].split())
    return tuple(read[name] for name in _CT_ORDER if name in read)


def set_target(found: re.Match[str]) -> Options:
    """Give what `SET` changes in which set."""
    return tuple(_spoken(found["words"].split()).values())


_LOG_FLAGS: Final = ("tcp-sequence", "tcp-options", "ip-options", "uid", None, "macdecode")


def log(found: re.Match[str]) -> Options:
    """`flags N` is a sum of bits (linux/netfilter/xt_LOG.h); level 4 is the default, which save leaves out."""
    options = [option("log-prefix", (found["prefix"],))] if found["prefix"] else []
    level = found["level"]
    number = str(LOG_LEVELS.index(level)) if level in LOG_LEVELS else level
    if number not in (None, "4"):
        options.append(option("log-level", (number,)))
    bits = int(found["flags"] or 0)
    words = {name for at, name in enumerate(_LOG_FLAGS) if bits >> at & 1} | set(found["words"].split())
    return (*options, *(option(f"log-{name}") for name in _LOG_FLAGS if name in words))


def tproxy(found: re.Match[str]) -> Options:
    """Give port, address and mark in the order of save."""
    return (
        option("on-port", (found["port"],)),
        option("on-ip", (found["ip"],)),
        option("tproxy-mark", (found["mark"],)),
    )


def quoted(found: re.Match[str]) -> Options:
    """As `_plain`, but a value may hold blanks."""
    return tuple(
        option(name.replace("_", "-"), (value,)) for name, value in found.groupdict().items() if value is not None
    )


def nfqueue(found: re.Match[str]) -> Options:
    """Give the queue or queues and the flags."""
    first = option("queue-num", (found["num"],)) if found["num"] else option("queue-balance", (found["balance"],))
    return (first, *(option(f"queue-{word}") for word in ("bypass", "cpu-fanout") if found[word.replace("-", "_")]))


def clamp(found: re.Match[str]) -> Options:
    """Give the segment size, or the clamping to the path's."""
    return (option("set-mss", (found["mss"],)) if found["mss"] else option("clamp-mss-to-pmtu"),)


def classify(found: re.Match[str]) -> Options:
    """Give the class in four digits each, as save prints it."""
    major, _, minor = found["value"].partition(":")
    return (option("set-class", (f"{int(major, 16):04x}:{int(minor or '0', 16):04x}",)),)
