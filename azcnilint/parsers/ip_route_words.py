"""What the words of matched `ip route` lines mean, under the names and types of the models.

Takes rows of the forms in `ip_route_grammar`; gives the fields that few routes have, next hops and nexthop objects.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from pydantic import JsonValue

from azcnilint.models import NOTHING, NextHop
from azcnilint.parsers.grammar import to_address, to_network
from azcnilint.parsers.ip_route_grammar import FLAGS, GRAMMAR, METRICS, MORE
from azcnilint.parsers.lines import Row
from azcnilint.text import Span


def repeated_word(row: Row) -> str | None:
    """Name a word that a `route` row has twice, of which only the last would be read; None when every word is read.

    Each word of the line must be a column's text or the keyword before it.
    """
    line = row.found[0]
    if row["continued"] is not None:
        line = line[: row.start_of("continued") - row.found.start()]
    columns = {name: text for name in row.columns if name != "continued" and (text := row[name]) is not None}
    keywords = sum(name not in _WITHOUT_KEYWORD for name in columns)
    words = line.split()
    optional = ("features" in words and "features" not in columns) + ("to" in columns and "to" in words)
    if len(words) <= keywords + optional + sum(len(text.split()) for text in columns.values()):
        return None
    return next((word for word, count in Counter(words).items() if count > 1), words[0])


_WITHOUT_KEYWORD = frozenset(
    ("type", "dst", "via_family", *FLAGS, *(name for name in MORE if name.startswith("lock_")))
)


def unread_hides(row: Row, parts: Iterable[tuple[Row, Span]]) -> frozenset[str]:
    """Words that were left out may be attributes or misspelt ones that the line lacks, and in a part nexthops."""
    hidden = {"attributes", *(name for name in _SHOWN if row[name] is None)} if row.unread else set()
    if row.unread and row.form == "route" and row.has("continued"):
        hidden.add("nexthops")
    if any(part.unread for part, _ in parts):
        hidden |= {"attributes", "nexthops"}
    return frozenset(hidden) if hidden else NOTHING


_SHOWN = ("gateway", "dev", "protocol", "scope", "prefsrc", "metric")


def plain_more(row: Row) -> dict[str, object]:
    """Give what a `plain` row has beside the columns of every line: flags and `pref`."""
    flags, pref = row["flags"], row["pref"]
    more: dict[str, object] = {}
    if flags:
        more["flags"] = tuple(flags.split())
    if pref:
        more["pref"] = pref
    return more


@cache
def _more_groups(form: str) -> tuple[tuple[str, int], ...]:
    columns = tuple(name for name in GRAMMAR.lowered.columns[form] if name in MORE)
    return tuple(zip(columns, GRAMMAR.groups(form, *columns), strict=True))


def more_of(row: Row) -> dict[str, object]:
    """Read the attributes that few lines have, under the names of the model."""
    found = row.found
    words = {name: text for name, group in _more_groups(row.form) if (text := found[group]) is not None}
    more: dict[str, object] = {name: words.pop(name) for name in ("pref",) if name in words}
    for name in ("nhid", "expires"):
        if name in words:
            more[name] = int(words.pop(name).removesuffix("sec"))
    if "src" in words:
        more["src"] = to_network(words.pop("src"))
    if "encap" in words:
        more["encap"] = " ".join(words.pop("encap").split())
    flags = [name for name in FLAGS if words.pop(name, None) is not None]
    if flags:
        more["flags"] = tuple(sorted(flags, key=row.start_of))
    metrics, locked = _metrics(words)
    attributes = {name.replace("ttl_", "ttl-"): _attribute(name, text) for name, text in words.items()}
    rest = {"metrics": metrics, "locked": locked, "attributes": attributes}
    return more | {name: value for name, value in rest.items() if value}


def _metrics(words: dict[str, str]) -> tuple[dict[str, JsonValue], tuple[str, ...]]:
    """Take the path metrics out of `words`; gives them under their JSON names, and the names of the locked ones."""
    metrics: dict[str, JsonValue] = {}
    locked = []
    for name, key in METRICS.items():
        if words.pop(f"lock_{name}", None) is not None:
            locked.append(key)
        text = words.pop(name, None)
        if text is None:
            continue
        if name == "features":
            # bits without a name stand as a number (print_rtax_features)
            metrics |= {"features": word} if (word := text.split()[-1]).startswith("0x") else {}
            metrics |= {word: None for word in text.split() if not word.startswith("0x")}
        else:
            metrics[key] = text if name == "congctl" else milliseconds(text)
    return metrics, tuple(sorted(locked))


def milliseconds(text: str) -> int:
    """Read `120ms` and `1.5s`, and a bare number as itself."""
    if text.endswith("ms"):
        return int(text.removesuffix("ms"))
    return round(float(text.removesuffix("s")) * 1000) if text.endswith("s") else int(text)


def _attribute(name: str, text: str) -> JsonValue:
    """Give one attribute the type that it has in JSON."""
    match name:
        case "flow":
            source, _, target = text.rpartition("/")
            return {"from": source, "to": target} if source else {"to": target}
        case "cache":
            return [flag for flag in text.strip("<>").split(",") if flag]
        case "mark":
            return int(text, 0)
        case "uid" | "error" | "users" | "used" | "age" | "tsage":
            return int(text.removesuffix("sec"))
        case "ttl_propogate":
            return text == "enabled"
        case _:
            return text


def with_parts(more: dict[str, object], parts: Sequence[tuple[Row, Span]]) -> dict[str, object]:
    """Add what the lines below a route say to what its own line says; ValueError when one is of another route."""
    nexthops = tuple(_nexthop(row, span) for row, span in parts if row.form == "nexthop")
    if nexthops:
        more["nexthops"] = nexthops
    attributes: dict[str, object] = {}
    for row, _ in parts:
        if row.form == "nh_info":
            info = _nh_info(row)
            if info["id"] != more.get("nhid"):
                message = f'"nh_info id {info["id"]}" stands below a route of another nexthop object'
                raise ValueError(message)
            attributes["nh_info"] = info
        elif row.form == "cache":
            attributes["cache"] = []
            added = more_of(row)
            attributes |= _mapping(added.pop("attributes", {}))
            more |= added
    if attributes:
        more["attributes"] = _mapping(more.get("attributes", {})) | attributes
    return more


def _mapping(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, dict) else {}


def _nexthop(row: Row, span: Span) -> NextHop:
    gateway, encap, weight = row["gateway"], row["encap"], row["weight"]
    return NextHop(
        span=span,
        hidden=frozenset({"flags"}) if row.unread else NOTHING,
        gateway=to_address(gateway) if gateway else None,
        dev=row["dev"],
        weight=int(weight) if weight else None,
        flags=_flags(row),
        encap=" ".join(encap.split()) if encap else None,
        realms=row["flow"],
    )


def _flags(row: Row) -> tuple[str, ...]:
    return tuple(sorted((flag for flag in FLAGS if row.has(flag)), key=row.start_of))


def _nh_info(row: Row) -> dict[str, JsonValue]:
    """Give the nexthop object that `ip -d route` prints below a route, as `ip -j` does."""
    words: dict[str, JsonValue] = {"id": int(row.text("id"))}
    group = row["group"]
    if group:
        members: list[JsonValue] = []
        for member in group.split("/"):
            identity, _, weight = member.partition(",")
            members.append({"id": int(identity), "weight": int(weight)} if weight else {"id": int(identity)})
        words["group"] = members
    words |= {name: text for name in ("gateway", "dev", "scope") if (text := row[name]) is not None}
    if row.has("blackhole"):
        words["blackhole"] = None
    if row["protocol"] is not None:
        words["protocol"] = row["protocol"]
    words["flags"] = list(_flags(row))
    if row.has("fdb"):
        words["fdb"] = None
    return words
