"""The columns of one row as the fields of a link or an address; no row needs another one here."""

from __future__ import annotations

from collections.abc import Iterable

from azcnilint.models.link import FOREVER
from azcnilint.parsers.grammar import LeafError, to_address
from azcnilint.parsers.ip_address_shown import LinkDraft
from azcnilint.parsers.lines import Row

_ADDRESS_TEXTS = ("scope", "ifa_flags", "label", "protocol")
_ADDRESS_NUMBERS = ("prefixlen", "metric")


def printed(row: Row, names: Iterable[str]) -> dict[str, str]:
    """Give those of the columns that the row has, by name."""
    columns = row.columns
    return {name: value for name in names if name in columns and (value := row[name]) is not None}


def take_netns(draft: LinkDraft, row: Row) -> None:
    """Take what stands on the link/ line, or at the header's end where there is no link/ line."""
    netnsid, reasons = row["link_netnsid"], row["proto_down_reason"]
    if netnsid is not None and netnsid != "unknown":
        draft.fields["link_netnsid"] = int(netnsid)
    if row.has("link_netns"):
        draft.fields["link_netns"] = row.text("link_netns")
    if row.has("proto_down"):
        draft.details["proto_down"] = True
    if reasons is not None:
        draft.details["proto_down_reason"] = list(reasons.strip("<>").split(","))


def address_fields(row: Row) -> dict[str, object]:
    """Give the fields of an address line; raises LeafError for what only looks like an address."""
    fields: dict[str, object] = {"family": row.text("family"), "local": to_address(row.text("local"))}
    fields["flags"] = tuple((row["flags"] or "").split())
    peers = (("address", row["peer"]), ("broadcast", row["broadcast"]))
    fields |= {name: to_address(value) for name, value in peers if value is not None}
    fields |= {name: int(value) for name, value in printed(row, _ADDRESS_NUMBERS).items()}
    fields |= printed(row, _ADDRESS_TEXTS)
    return fields | lifetimes_of(row)


def lifetimes_of(row: Row) -> dict[str, object]:
    """Give the lifetimes that a row has, in seconds."""
    texts = printed(row, ("valid_life_time", "preferred_life_time"))
    return {name: FOREVER if text == "forever" else int(text.removesuffix("sec")) for name, text in texts.items()}


def wrong_address(row: Row) -> str:
    """Give the column that holds the text which only looks like an address."""
    for column in ("local", "peer", "broadcast"):
        if row.has(column):
            try:
                to_address(row.text(column))
            except LeafError:
                return column
    return "local"


def may_label(label: str, printed: str) -> bool:
    """Whether a label is one that this link's name begins; only such a one is told from an unknown flag."""
    name = label.partition(":")[0]
    return name in {printed, printed.rpartition("@")[0]}
