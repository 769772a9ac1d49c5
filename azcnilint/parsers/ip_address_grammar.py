"""The lines of `ip address` and `ip link`, each as one grammar; no values are built here.

Order of the words: iproute2 6.1, ip/ipaddress.c print_linkinfo, print_addrinfo, print_stats64, print_linkinfo_brief;
BusyBox 1.35, networking/libiproute/ipaddress.c.
"""

from __future__ import annotations

import pyparsing as pp

from azcnilint.parsers.grammar import END, IPV4, IPV6, glued, leaf, number, rest, word
from azcnilint.parsers.lines import LineGrammar, Row

FLAGS = [
    "secondary",
    "temporary",
    "nodad",
    "optimistic",
    "dadfailed",
    "home",
    "deprecated",
    "tentative",
    "permanent",
    "dynamic",
    "mngtmpaddr",
    "noprefixroute",
    "autojoin",
    "stable-privacy",
]
"""Words for address flags (iproute2 7.0, ip/ipaddress.c ifa_flag_data); other flags are printed as `flags 102`."""
_STATES = "UNKNOWN|NOTPRESENT|DOWN|LOWERLAYERDOWN|TESTING|DORMANT|UP"
_HEADER_WORDS = [
    "mtu",
    "qdisc",
    "master",
    "state",
    "mode",
    "group",
    "qlen",
    "link-netns",
    "link-netnsid",
    "protodown",
    "protodown_reason",
]
_LINK_WORDS = ["brd", "peer", "permaddr", "link-netns", "link-netnsid", "protodown", "protodown_reason"]
_LINE_WORDS = [*_HEADER_WORDS, "inet", "inet6", "alias", "altname", "valid_lft", "preferred_lft", "vf", "scope"]


def _tight(pattern: str, name: str) -> pp.ParserElement:
    """Give a terminal that follows the one before it without a blank."""
    return pp.Regex(pattern).leave_whitespace().set_name(name)


def _none_of(words: list[str]) -> str:
    return rf"(?!(?:{'|'.join(words)}){END})"


_name = glued(r"[^\s/:]{1,64}", "an interface name")
_flags = leaf(r"<[^\s<>]*>", "flags such as <BROADCAST,UP>")
_state = leaf(rf"{_STATES}|0x[0-9a-f]+", "a state such as UP")
_mode = leaf(r"DEFAULT|DORMANT|\d+", '"DEFAULT" or "DORMANT"')
_lladdr = leaf(r"[0-9A-Fa-f][0-9A-Fa-f:.]*", "a link-layer address")
_mac = leaf(r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}", "a link-layer address of six bytes")
_reasons = leaf(r"<[^\s<>]*>?", "reasons such as <frr>")

_short = pp.Regex(r"(?=.{0,1000}\Z)").set_name("a shorter line")
"""Stands before lines of unknown words, which are looked at one by one."""

# netns = ["link-netns" word | "link-netnsid" number] ["protodown" "on"] ["protodown_reason" reasons]
_netns_words = (
    word("link-netns") - leaf(r"\S+", "a name of a namespace")("link_netns")
    | word("link-netnsid") - leaf(r"\d+|unknown", "a number")("link_netnsid")
)  # fmt: skip
_protodown_words = word("protodown") - word("on")("proto_down")
_reason_words = word("protodown_reason") - _reasons("proto_down_reason")
_netns = pp.Opt(_netns_words) + pp.Opt(_protodown_words) + pp.Opt(_reason_words)

# header = number ":" name ":" flags ["mtu" number] ["qdisc" word] ["master" name] ["state" state] ["mode" mode]
#          ["group" word] ["qlen" number] netns          a link-netns stands here only where no link/ line follows
_index = glued(r"\d{1,10}(?=:)", "an interface index")("ifindex") + _tight(r":(?=[ \t])", '": "')
_header_start = _index + _name("printed") + _tight(r":(?=[ \t])", '": "') + _flags("flags")
_mtu = word("mtu") - number("mtu")
_qdisc = word("qdisc") - leaf(r"\S+", "a queueing discipline")("qdisc")
_master = word("master") - leaf(r"\S+", "an interface name")("master")
_operstate = word("state") - _state("operstate")
_linkmode = word("mode") - _mode("linkmode")
_group = word("group") - leaf(r"\S+", "a group")("group")
_qlen = word("qlen") - number("txqlen")
_header = (
    _header_start
    + pp.Opt(_mtu)
    + pp.Opt(_qdisc)
    + pp.Opt(_master)
    + pp.Opt(_operstate)
    + pp.Opt(_linkmode)
    + pp.Opt(_group)
    + pp.Opt(_qlen)
    + _netns
)
_header_unread = leaf(rf"{_none_of(_HEADER_WORDS)}\S+", "a word")
_partial_header = _short + _header_start + pp.ZeroOrMore(
    _mtu | _qdisc | _master | _operstate | _linkmode | _group | _qlen | _netns_words | _protodown_words | _reason_words
    | _header_unread("unread")
)  # fmt: skip

# link = "link/" type [lladdr] ["brd" lladdr | "peer" lladdr] ["permaddr" lladdr] netns      `link/none ` has no lladdr
_slash = glued(r"link/(?=\S)", '"link/"')
_always_addressed = "(?:ether|loopback)"
_link_start = _slash + (
    _tight(rf"{_always_addressed}{END}", "a link type")("link_type") - _mac("address")
    | _tight(rf"(?!{_always_addressed}{END})\S+{END}", "a link type")("link_type") + pp.Opt(_lladdr("address"))
)
_link = (
    _link_start
    + pp.Opt(word("brd") - _lladdr("broadcast") | word("peer") - _lladdr("peer"))
    + pp.Opt(word("permaddr") - _lladdr("permaddr"))
    + _netns
)
_details = glued(rf"(?=promiscuity{END})", '"promiscuity"') + rest("words that -d prints")("words")
_link_unread = leaf(rf"{_none_of([*_LINK_WORDS, 'promiscuity'])}\S+", "a word")
_partial_link = (
    _short
    + _link_start
    + pp.ZeroOrMore(
        word("brd") - _lladdr
        | word("peer") - _lladdr
        | word("permaddr") - _lladdr
        | _netns_words
        | _protodown_words
        | _reason_words
        | _link_unread("unread")
    )
    + pp.Opt(_details)
)


def _inet(family: str, host: str, longest: str, tail: pp.ParserElement) -> pp.ParserElement:
    """Give `inet A/P` or `inet A peer B/P` with what follows up to the scope, and `tail`.

    inet = "inet" A ["peer" A] "/" length ["metric" number] ["brd" A] ["any" A] ["mcast" A] "scope" word tail
    """
    noun = "an IPv4 address" if family == "inet" else "an IPv6 address"
    a = rf"(?:{host})(?![0-9A-Fa-f.:])"
    length = _tight("/", '"/"') + _tight(rf"(?:{longest}){END}", "a prefix length")("prefixlen")
    return (
        word(family)("family")
        - glued(a, noun)("local")
        - (length | leaf("peer", '"/" or "peer"') - glued(a, noun)("peer") - length)
        - pp.Opt(word("metric") - number("metric"))
        - pp.Opt(word("brd") - leaf(a, noun)("broadcast"))
        - word("scope")
        - leaf(r"\S+", "a scope")("scope")
        - tail
    )


# A flag is printed with a blank behind it, a label without: that tells the flag `dynamic` from a label of that name.
# Lines of documents lost their trailing blanks, so an IPv6 line, which has no label, may end in a flag.
_flag_words = "|".join(FLAGS)
_before_lifetimes = r"(?=\\ {7}valid_lft[ ])"
_flags4 = glued(rf"(?:(?:(?:{_flag_words})[ \t]+)+)", "a flag such as secondary")
_flags6 = glued(rf"(?:(?:(?:{_flag_words})(?:[ \t]+|\Z))+)", "a flag such as tentative")
_more_flags = word("flags") + leaf("[0-9a-f]{2,8}", "flags in hexadecimal")("ifa_flags")
_proto = word("proto") + leaf(r"\S+", "a protocol")("protocol")
_label = pp.Regex(rf"\S+?(?:{_before_lifetimes}|{END})").set_name("a label")
_tail4 = pp.Opt(_flags4("flags")) + pp.Opt(_more_flags) + pp.Opt(_proto) + pp.Opt(_label("label")) + pp.Opt(_proto)
_tail6 = pp.Opt(_flags6("flags")) + pp.Opt(_more_flags) + pp.Opt(_proto)
_unread_flags = pp.ZeroOrMore(
    glued(rf"(?:{_flag_words})(?=[ \t])", "a flag") | leaf(r"[a-z][a-z_-]*(?=[ \t]+\S)", "a word")("unread")
)
_unread_flags6 = pp.ZeroOrMore(
    leaf(_flag_words, "a flag") | _more_flags | _proto | leaf(r"[a-z][a-z_-]*", "a word")("unread")
)
_LENGTH4 = r"3[0-2]|[12]?\d"
_LENGTH6 = r"12[0-8]|1[01]\d|[1-9]?\d"
_inet4 = _inet("inet", IPV4, _LENGTH4, _tail4)
_inet6 = _inet("inet6", IPV6, _LENGTH6, _tail6)

# lifetimes = "valid_lft" seconds "preferred_lft" seconds
_seconds = leaf(r"forever|-?\d{1,10}sec", 'seconds or "forever"')
_lifetimes = word("valid_lft") - _seconds("valid_life_time") - word("preferred_lft") - _seconds("preferred_life_time")
_joined_lifetimes = pp.Opt(glued(rf"{_before_lifetimes}\\", r'"\"') + _lifetimes)

# counters: `RX:  bytes packets …` and below it as many numbers; `-h` prints 1.05k or 1.05Ki
_counter_heads = glued("[RT]X(?: errors)?:", '"RX:"')("direction") + leaf(r"[a-z]+(?:[ \t]+[a-z]+)+", "column heads")(
    "heads"
)
_counters = leaf(r"\d+(?:\.\d+)?[kKMGTPE]?i?(?:[ \t]+\d+(?:\.\d+)?[kKMGTPE]?i?)+", "counters")

# brief = name state ([lladdr] flags | {address ["peer" address] "/" length ["metric" number]})
BRIEF_ADDRESS = rf"(?:{IPV4}|{IPV6})(?:[ ]peer[ ](?:{IPV4}|{IPV6}))?/\d{{1,3}}(?:[ ]metric[ ]\d{{1,10}})?{END}"
_brief = pp.Regex(rf"[^\s/:]{{1,64}}(?=[ \t]+(?:{_STATES}){END})").leave_whitespace().set_name("an interface name")(
    "printed"
) + leaf(_STATES, "a state such as UP")("operstate")
_brief_addresses = glued(rf"{BRIEF_ADDRESS}(?:[ \t]+{BRIEF_ADDRESS})*+", "addresses")

_start = _index + glued(r"[^\s/:]{1,64}(?=[ \t]+inet6?[ ])", "an interface name")("printed")

GRAMMAR = LineGrammar(
    (*_STATES.split("|"), *FLAGS, "forever"),
    one_inet=_start + _inet4 + _joined_lifetimes,
    one_inet6=_start + _inet6 + _joined_lifetimes,
    joined=glued(r"\d{1,10}:[ ][^\s/:]{1,64}:[ ]<[^\s<>]*>(?=.*\\[ ]{4})", "a header") + rest("the other lines"),
    header=_header,
    link=_link,
    inet=_inet4,
    inet6=_inet6,
    lifetimes=_lifetimes,
    heads=_counter_heads,
    counters=_counters("counters"),
    brief_link=_brief + pp.Opt(_lladdr("address")) + _flags("flags"),
    brief_address=_brief + pp.Opt(_brief_addresses("addresses")),
    alias=glued(r"alias(?=[ ])", '"alias"') + _tight(r"[ ].+", "a text")("ifalias"),
    altname=glued(r"altname(?=[ ])", '"altname"') + _tight(r"[ ].+", "a name")("altname"),
    more_link=_link + _details,
    partial_header=_partial_header,
    partial_link=_partial_link,
    partial_inet=_inet("inet", IPV4, _LENGTH4, _unread_flags + pp.Opt(_proto) + _label + pp.Opt(_proto)),
    partial_inet6=_inet("inet6", IPV6, _LENGTH6, _unread_flags6),
    partial_one_inet=_start
    + _inet("inet", IPV4, _LENGTH4, _unread_flags + pp.Opt(_proto) + _label + pp.Opt(_proto))
    + _joined_lifetimes,
    partial_one_inet6=_start + _inet("inet6", IPV6, _LENGTH6, _unread_flags6) + _joined_lifetimes,
    qos=pp.Regex(r"[ \t]{4,}(?=(?:in|e)gress-qos-map[ ])").leave_whitespace().set_name("four blanks")
    + rest("a map of priorities")("words"),
    kind=(
        _tight(rf"[ \t]{{4,}}(?=\S){_none_of(_LINE_WORDS)}", "a line of a link")
        + leaf("[a-z][a-z0-9_]*", "a kind of link")("kind")
        + pp.Opt(rest("words that -d prints")("words"))
    ),
    unread_line=glued(r"prog/xdp(?=[ ])|vf(?=[ ]\d+[ ])", "a line of a link") + rest("words"),
)
"""`joined` is a link of `-o`; `unread_line` is known to belong to a link and is not read."""

_OPEN_ENDED = frozenset({"joined", "alias", "altname", "more_link", "qos", "kind", "unread_line", "counters", "heads"})


def continues(row: Row, again: Row) -> bool:
    """Say whether a line that no form fits is the rest of `row`, which joined with it reads as `again`.

    A form that takes whatever follows proves nothing.
    """
    return row.form == again.form and row.form not in _OPEN_ENDED
