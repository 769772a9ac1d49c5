"""What was read of links, and what the variant of the command left out: drafts in, a `LinkTable` with its `hidden` out.

Both readers, of text and of JSON, end here, so that the two forms of one state give equal tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from azcnilint.models import NOTHING, Address, Link, LinkTable
from azcnilint.parsers.base import whole
from azcnilint.text import Span

ADDRESSES = frozenset({"addresses", "inet", "inet6"})
_LINK_LINE = frozenset({"link_type", "broadcast", "permaddr", "link_pointtopoint"})
_COLUMNS = ("flags", "mtu", "qdisc", "operstate", "group")
"""Header columns that iproute2 prints for every link; where one is missing, the variant of the command has none."""
_NETNS = frozenset({"link_netnsid", "link_netns"})
_EXTRAS = frozenset({"ifalias", "altnames", "details", "stats64"})
_LIFETIMES = ("valid_life_time", "preferred_life_time")
_INDEX_NAME = re.compile(r"if(\d+)")
_ADDRESS_FILTERS = [
    "dynamic",
    "permanent",
    "deprecated",
    "tentative",
    "temporary",
    "secondary",
    "primary",
    "optimistic",
    "dadfailed",
    "home",
    "nodad",
    "mngtmpaddr",
    "noprefixroute",
    "autojoin",
    "stable-privacy",
    "to",
    "scope",
    "label",
    "proto",
]


@dataclass(slots=True)
class AddressDraft:
    """One address as far as read; `fields` has a key for what was printed, and `unread` says that there was more."""

    span: Span
    fields: dict[str, object]
    unread: bool = False


@dataclass(slots=True)
class LinkDraft:
    """One link as far as read.

    Attributes:
        printed: Its name with the `@…` of text; None when `fields` has the name by itself.
        fields: Fields of `Link` under their names; a key for what was printed and none for what was not.
        broken: Lines of this link were left out or not read, so that its addresses and extras may lack members.
        lists_addresses: JSON printed `addr_info`, so that an empty list means that there are none.
    """

    span: Span
    printed: str | None
    fields: dict[str, object]
    addresses: list[AddressDraft] = field(default_factory=list)
    details: dict[str, JsonValue] = field(default_factory=dict)
    stats64: dict[str, dict[str, int]] = field(default_factory=dict)
    broken: bool = False
    lists_addresses: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command line asks for.

    Attributes:
        link_command: `ip link` rather than `ip address`.
        family: `inet`, `inet6` or `link`; None for all.
        selected: The words that select some links only; empty for all.
        selects_addresses: Some addresses of a link only (`scope global`, `permanent`, `to 10.0.0.0/8` …).
    """

    link_command: bool = False
    family: str | None = None
    selected: tuple[str, ...] = ()
    selects_addresses: bool = False


def asked(argv: Sequence[str]) -> Asked | None:
    """Read a command line (iproute2 6.1, ip/ip.c main and ip/ipaddress.c); None when it is none of `ip`."""
    words = list(argv)
    while words and words[0].rsplit("/", 1)[-1] != "ip":
        words.pop(0)
    family, words = _family_of(words[1:])
    if not words:
        return None
    what, rest = words[0], words[1:]
    if rest and _abbreviates(rest[0], "show", "list", "lst", "ls"):
        rest = rest[1:]
    link_command = not "address".startswith(what)
    addresses_only = not link_command and any(word in _ADDRESS_FILTERS for word in rest)
    selecting = tuple(word for word in rest if word not in _ADDRESS_FILTERS) if not addresses_only else tuple(rest)
    return Asked(link_command, None if link_command else family, selecting, addresses_only)


def _family_of(words: list[str]) -> tuple[str | None, list[str]]:
    """Read the options in front of the object; gives the family and the words from the object on."""
    family = None
    while words and words[0].startswith("-"):
        option = words.pop(0).lstrip("-")
        if option in {"4", "6", "0"}:
            family = {"4": "inet", "6": "inet6", "0": "link"}[option]
        elif option and _abbreviates(option, "family") and words:
            family = words.pop(0)
        elif option and _abbreviates(option, "netns", "batch", "rcvbuf", "loops") and words:
            words.pop(0)
    return family, words


def _abbreviates(word: str, *commands: str) -> bool:
    return any(command.startswith(word) for command in commands)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the variant of a capture prints, from its command line where that is known and from its content otherwise.

    Attributes:
        command: The command line as read; None when it is not shown.
        columns: Fields that at least one link of the capture has.
        families: Families of the addresses that the capture has.
        protocols: Whether any address has a protocol, which iproute2 prints since 6.2.
        all_have_addresses: No link is without an address.
        lists_addresses: JSON printed `addr_info`, so that links without addresses are listed as such.
        link_lines: `link/` lines stand there and `-d` did not ask for them, so that no one family was asked for.
    """

    command: Asked | None
    columns: frozenset[str]
    families: frozenset[str]
    protocols: bool
    all_have_addresses: bool
    lists_addresses: bool
    link_lines: bool

    @property
    def brief(self) -> bool:
        """`ip -brief`: no index, hardly a field."""
        return "ifindex" not in self.columns

    @property
    def oneline(self) -> bool:
        """`ip -oneline address`: addresses without a header."""
        return not self.brief and "flags" not in self.columns and "operstate" not in self.columns

    @property
    def busybox(self) -> bool:
        """BusyBox prints neither state nor group (networking/libiproute/ipaddress.c)."""
        return "flags" in self.columns and "operstate" not in self.columns

    @property
    def family(self) -> str | None:
        """Which family is shown: `inet`, `inet6`, `link` for no addresses at all, None for all."""
        if self.command is not None:
            return "link" if self.command.link_command else self.command.family
        if "linkmode" in self.columns:
            return "link"
        if self.brief and "flags" in self.columns:
            return "link"
        if self.lists_addresses and (self.link_lines or not self.all_have_addresses):
            return None
        if not self.families:
            return "link"
        one_only = len(self.families) == 1 and self.all_have_addresses
        return next(iter(self.families)) if one_only and not self.link_lines and not self.brief else None

    @property
    def lacks_links(self) -> str | None:
        """Why the variant leaves links out; None when it lists all of them."""
        if self.command is not None and self.command.selected:
            return f'the command line asks for "{" ".join(self.command.selected)}" only'
        match self.family:
            case "inet":
                return "`ip -4 address` lists only links with an IPv4 address"
            case "inet6":
                return "`ip -6 address` lists only links with an IPv6 address"
            case _:
                return "`ip -o address` lists only links with an address" if self.oneline else None


def shown(drafts: Sequence[LinkDraft], argv: Sequence[str] | None) -> Shown:
    """Gather what a capture shows."""
    columns = frozenset(name for draft in drafts for name in draft.fields)
    addresses = [address for draft in drafts for address in draft.addresses]
    return Shown(
        command=asked(argv) if argv else None,
        columns=columns,
        families=frozenset(str(address.fields["family"]) for address in addresses),
        protocols=any("protocol" in address.fields for address in addresses),
        all_have_addresses=all(draft.addresses for draft in drafts),
        lists_addresses=any(draft.lists_addresses for draft in drafts),
        link_lines="link_type" in columns and not any("promiscuity" in draft.details for draft in drafts),
    )


def link_table(
    drafts: Sequence[LinkDraft], argv: Sequence[str] | None, incomplete_because: str | None, body: Span
) -> LinkTable:
    """Build the table; raises ValidationError when a draft holds a value that its field does not take."""
    variant = shown(drafts, argv)
    because = incomplete_because or (variant.lacks_links if drafts or argv else None)
    _name_links(drafts, all_listed=because is None, without_links=variant.oneline)
    links = tuple(_link(draft, variant) for draft in drafts)
    span = whole([link.span for link in links], body)
    hidden = frozenset({"links"}) if because else NOTHING
    return LinkTable(span=span, links=links, hidden=hidden, incomplete_because=because)


def _name_links(drafts: Sequence[LinkDraft], *, all_listed: bool, without_links: bool) -> None:
    """Part `name@link`. A name may hold an `@` itself: what stands behind one is a link where it can be one."""
    names = _names(drafts)
    for draft in drafts:
        if draft.printed is None:
            _name_index(draft, names)
            continue
        elsewhere = "link_netnsid" in draft.fields or "link_netns" in draft.fields
        name, link = _parted(draft.printed, frozenset() if elsewhere else names)
        index = _INDEX_NAME.fullmatch(link)
        if not link or without_links or _is_label(draft.printed, draft):
            draft.fields["ifname"] = draft.printed
        elif index and (elsewhere or link not in names):
            draft.fields |= {"ifname": name, "link_index": int(index[1])}
        elif link == "NONE" and link not in names:
            draft.fields |= {"ifname": name, "link_none": True}
        elif all_listed and link not in names:
            draft.fields["ifname"] = draft.printed
        else:
            draft.fields |= {"ifname": name, "link": link}


def _parted(printed: str, names: frozenset[str]) -> tuple[str, str]:
    """Give name and link: parted at the last `@` with the name of a link behind it, else at the last of all."""
    places = [at for at in range(len(printed) - 2, 0, -1) if printed[at] == "@"]
    at = next((at for at in places if printed[at + 1 :] in names), places[0] if places else len(printed))
    return printed[:at], printed[at + 1 :]


def _is_label(printed: str, draft: LinkDraft) -> bool:
    """Whether an IPv4 address is labelled with all of `a@b`: a label begins with the name and never holds a link."""
    labels = (str(address.fields.get("label")) for address in draft.addresses)
    return any(label.partition(":")[0] == printed for label in labels)


def _name_index(draft: LinkDraft, names: frozenset[str]) -> None:
    """Take the index out of JSON's `"link": "if3"`, which stands for a device that this namespace has no name for."""
    link = draft.fields.get("link")
    index = _INDEX_NAME.fullmatch(link) if isinstance(link, str) else None
    if index and link not in names:
        del draft.fields["link"]
        draft.fields["link_index"] = int(index[1])


def _names(drafts: Iterable[LinkDraft]) -> frozenset[str]:
    printed = [draft.printed if draft.printed is not None else str(draft.fields.get("ifname")) for draft in drafts]
    return frozenset(name[:at] for name in printed for at in range(1, len(name) + 1) if name[at:][:1] in {"", "@"})


def _link(draft: LinkDraft, variant: Shown) -> Link:
    fields = {"ifindex": None, **draft.fields}
    return Link(
        span=draft.span,
        hidden=_hidden(draft, variant),
        addresses=tuple(_address(address, variant) for address in draft.addresses),
        details=draft.details,
        stats64=draft.stats64 or None,
        **fields,  # type: ignore[arg-type]  # checked by pydantic when the link is made
    )


def _hidden(draft: LinkDraft, variant: Shown) -> frozenset[str]:
    fields = draft.fields
    hidden = {name for name in _COLUMNS if name not in fields}
    if "link_type" not in fields:
        hidden |= _LINK_LINE if "address" in fields else {*_LINK_LINE, "address"}
    if "linkmode" not in fields:
        hidden.add("linkmode")
    if "txqlen" not in variant.columns:
        hidden.add("txqlen")
    if "promiscuity" not in draft.details:
        hidden.add("details")
    if not draft.stats64:
        hidden.add("stats64")
    if "ifalias" not in fields and "linkmode" not in variant.columns and "promiscuity" not in draft.details:
        hidden.add("ifalias")
    if "link_netns" in fields:
        hidden.add("link_netnsid")
    if draft.printed is None:
        hidden.add("link_netns")
    return frozenset(hidden | _hidden_by_variant(draft, variant) | _hidden_addresses(draft, variant))


def _hidden_by_variant(draft: LinkDraft, variant: Shown) -> set[str]:
    hidden: set[str] = set()
    if variant.brief or variant.oneline:
        unprinted = {"ifindex", "master", *_NETNS, *_EXTRAS} - draft.fields.keys()
        hidden |= unprinted | ({"link", "link_index", "link_none"} if variant.oneline else set())
    if variant.busybox:
        hidden |= {*_NETNS, "altnames", "ifalias"}
    if variant.family == "inet6" and "qdisc" not in variant.columns:
        hidden |= {"master", "altnames", "link", "link_index", *_NETNS}
    if draft.broken:
        hidden |= _EXTRAS | (_NETNS if "link_type" not in draft.fields else set())
    return hidden


def _hidden_addresses(draft: LinkDraft, variant: Shown) -> frozenset[str]:
    selects = variant.command is not None and variant.command.selects_addresses
    if draft.broken or selects or variant.family == "link":
        return ADDRESSES
    match variant.family:
        case "inet":
            return frozenset({"addresses", "inet6"})
        case "inet6":
            return frozenset({"addresses", "inet"})
        case _:
            return _unsure(variant)


def _unsure(variant: Shown) -> frozenset[str]:
    """`-br` and `-o` leave open whether a family that no address has was asked for at all."""
    unsure = variant.command is None and (variant.brief or variant.oneline) and variant.all_have_addresses
    missing = {"inet", "inet6"} - variant.families if unsure else set()
    return frozenset({"addresses", *missing}) if missing else NOTHING


def _address(draft: AddressDraft, variant: Shown) -> Address:
    fields = draft.fields
    hidden = {name for name in ("scope", *_LIFETIMES) if name not in fields}
    if "scope" not in fields:
        hidden |= {"broadcast", "flags", "ifa_flags", "label"}
    if draft.unread:
        hidden |= {"flags", "protocol"}
    if not variant.protocols:
        hidden.add("protocol")
    if variant.busybox:
        hidden.add("metric")
    return Address(span=draft.span, hidden=frozenset(hidden), **fields)  # type: ignore[arg-type]  # checked by pydantic
