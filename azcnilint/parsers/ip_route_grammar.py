"""The lines of `ip route`, as one grammar.

Order of the words: iproute2 6.1, ip/iproute.c print_route, print_rta_metrics, print_rta_multipath, print_cache_flags,
and ip/ipnexthop.c __print_nexthop_entry. The form `plain` has that order and the words of nearly every line; the form
`route` takes all words in any order.
"""

from __future__ import annotations

import pyparsing as pp

from azcnilint.models import RouteType
from azcnilint.parsers.grammar import IPV4, IPV6, address, ifname, leaf, number, token, word
from azcnilint.parsers.lines import LineGrammar

FLAGS = (
    "dead",
    "onlink",
    "pervasive",
    "offload",
    "trap",
    "notify",
    "linkdown",
    "unresolved",
    "rt_offload",
    "rt_trap",
    "rt_offload_failed",
)
METRICS = {
    "mtu": "mtu",
    "window": "window",
    "rtt": "rtt",
    "rttvar": "rttvar",
    "ssthresh": "ssthresh",
    "cwnd": "cwnd",
    "advmss": "advmss",
    "reordering": "reordering",
    "hoplimit": "hoplimit",
    "initcwnd": "initcwnd",
    "features": "features",
    "rto_min": "rto_min",
    "initrwnd": "initrwnd",
    "quickack": "quickack",
    "congctl": "congestion",
    "fastopen_no_cookie": "fastopen_no_cookie",
}
"""Path metrics: name in text to name in JSON, in printed order."""
_FEATURE = "(?:ecn|tcp_usec_ts|0x[0-9a-f]+)"
_TIMES = {"rtt", "rttvar", "rto_min"}
_EARLY_PAIRS = (
    "via",
    "dev",
    "table",
    "proto",
    "scope",
    "src",
    "metric",
    "nhid",
    "from",
    "tos",
    "encap",
    "as",
    "weight",
)
_LATE_PAIRS = (
    "pref",
    "realm",
    "realms",
    "uid",
    "expires",
    "error",
    "users",
    "used",
    "age",
    "ipid",
    "ts",
    "tsage",
    "mark",
)
_PAIRS = (*_EARLY_PAIRS, *_LATE_PAIRS, "iif", "ttl-propogate")
_KNOWN = "|".join((*_PAIRS, *FLAGS, *METRICS, "nexthop", "cache", "nh_info"))

_PREFIX = rf"(?:{IPV4}(?:/\d{{1,2}})?|{IPV6}(?:/\d{{1,3}})?)"
_type = leaf(rf"(?:{'|'.join(RouteType)}|[1-9]\d?)(?=[ \t]+(?:default|{_PREFIX})(?!\S))", "a route type")
_dst = leaf(f"default|{_PREFIX}", "an address, a prefix or default")
_prefix = leaf(_PREFIX, "an address or prefix")
_protocol = leaf(r"\S+", "a protocol")
_scope = leaf(r"\S+", "a scope")
_table = leaf(r"\S+", "a table")
_realm = leaf(r"\S+", "a realm")
_u32 = leaf(r"-?\d{1,10}", "a number")
_seconds = leaf(r"\d{1,12}sec", "a number of seconds")
# pref has no blank behind it, so -o joins the next part to it: `pref medium\<TAB>nexthop …` (print_rt_pref)
_pref = pp.Regex(r"(?:low|medium|high|\d{1,3})(?!\S)|(?:low|medium|high)(?=\\[ \t])").set_name("a preference")
_flag_run = leaf(rf"(?:{'|'.join(FLAGS)})(?:[ \t]+(?:{'|'.join(FLAGS)})(?!\S))*", "a flag")
_unread = leaf(rf"(?!(?:{_KNOWN})(?!\S)|\\[ \t]+(?:nexthop|cache)(?!\S))\S+", "a word")

# encap = "encap" type {word}, up to the next word of the route itself; lwt_print_encap sets blanks before and inside.
# A tunnel's own tos is decimal, a route's is hexadecimal or a name.
_ENCAP_END = r"(?:via|dev|proto|scope|metric|weight|nhid|pref|expires)(?!\S)|tos[ \t]+(?!\d+(?!\S))|\\[ \t]"
_encap_words = leaf(rf"\S+(?:[ \t]+(?!{_ENCAP_END})\S+)*", "an encapsulation")

# -o joins the lines below a route: `… \<TAB>nexthop via … \<TAB>nexthop …`, `… \    cache <local>`
_continued = pp.Regex(r"\\[ \t]+(?:nexthop|cache)(?!\S).*").set_name("the next part")


def _rest() -> pp.ParserElement:
    return pp.Opt(_continued("continued"))


def _head() -> pp.ParserElement:
    return pp.Opt(_type("type")) + _dst("dst")


def _via() -> pp.ParserElement:
    return word("via") - pp.Opt(leaf("inet6?", "a family")("via_family")) - address("gateway")


def _dev() -> pp.ParserElement:
    return word("dev") - ifname("dev")


def _metric(name: str) -> pp.ParserElement:
    """Give the grammar of one path metric: name ["lock"] value."""
    value: pp.ParserElement
    match name:
        case "features":
            value = pp.Opt(leaf(rf"{_FEATURE}(?:[ \t]+{_FEATURE}(?!\S))*", "features")(name))
        case "congctl":
            value = token(name)
        case _ if name in _TIMES:
            value = leaf(r"\d+(?:ms)?|\d+(?:\.\d+)?(?:e\+?\d{1,2})?s", "a time")(name)
        case _:
            value = number(name)
    return word(name) - pp.Opt(word("lock")(f"lock_{name}")) - value


def _flags() -> list[pp.ParserElement]:
    return [word(flag)(flag) for flag in FLAGS]


def _late() -> list[pp.ParserElement]:
    """Everything that print_route prints behind the flags."""
    return [
        word("pref") - _pref("pref"),
        word("mark") - leaf(r"0x[0-9a-f]{1,8}|\d{1,10}", "a number")("mark"),
        leaf("realms?", '"realm"') - _realm("flow"),
        word("uid") - number("uid"),
        word("expires") - _seconds("expires"),
        word("error") - leaf(r"-?\d{1,10}", "a number")("error"),
        word("users") - number("users"),
        word("used") - number("used"),
        word("age") - _seconds("age"),
        word("ipid") - token("ipid"),
        word("ts") - leaf(r"0x[0-9a-f]+", "a hexadecimal number")("ts"),
        word("tsage") - _seconds("tsage"),
        word("iif") - ifname("iif"),
        word("ttl-propogate") - leaf("enabled|disabled", "enabled or disabled")("ttl_propogate"),
        *(_metric(name) for name in METRICS),
    ]


def _early() -> list[pp.ParserElement]:
    """Everything that print_route prints before the flags."""
    return [
        _via(),
        _dev(),
        word("table") - _table("table"),
        word("proto") - _protocol("protocol"),
        word("scope") - _scope("scope"),
        word("src") - address("prefsrc"),
        word("metric") - _u32("metric"),
        word("from") - _prefix("src"),
        word("tos") - leaf(r"\S+", "a type of service")("tos"),
        word("nhid") - number("nhid"),
        word("encap") - _encap_words("encap"),
        word("as") - pp.Opt(word("to")) - address("to"),
    ]


def _any_of(elements: list[pp.ParserElement]) -> pp.ParserElement:
    return pp.ZeroOrMore(pp.MatchFirst(elements))


_hop = [_via(), _dev(), word("weight") - number("weight"), leaf("realms?", '"realm"') - _realm("flow"), *_flags()]
_hop += [word("encap") - _encap_words("encap"), word("as") - pp.Opt(word("to")) - address("to")]
_info = [_via(), _dev(), word("scope") - _scope("scope"), word("proto") - _protocol("protocol"), *_flags()]
_info += [word("group") - leaf(r"\d+(?:,\d+)?(?:/\d+(?:,\d+)?)*", "a group")("group"), word("blackhole")("blackhole")]
_info += [word("encap") - _encap_words("encap"), word("type") - token("type"), word("fdb")("fdb")]

# known = a word of print_route with its value, for lines that also hold unknown words
_known = leaf(
    rf"via[ \t]+(?:inet6?[ \t]+)?\S+|encap[ \t]+{_encap_words.pattern}"  # type: ignore[attr-defined]  # a leaf is a Regex
    rf"|(?:{'|'.join(FLAGS)})|features(?:[ \t]+(?:lock|{_FEATURE})(?!\S))*"
    rf"|(?:{'|'.join(METRICS)})[ \t]+(?:lock[ \t]+)?\S+|(?:{'|'.join(_PAIRS)})[ \t]+\S+",
    "an attribute",
)
_shows_way = pp.FollowedBy(
    pp.Regex(r"(?:.*[ \t])?(?:via[ \t]+[0-9A-Fa-f.:]+|via[ \t]+inet6?|dev[ \t]+\S+)(?!\S)").set_name('"via" or "dev"')
)

GRAMMAR = LineGrammar(
    (*RouteType, *FLAGS, "default"),
    # plain: [type] dst ["via" a] ["dev" n] ["table" w] ["proto" w] ["scope" w] ["src" a] ["metric" n] {flag} ["pref" w]
    plain=(
        _head()
        + pp.Opt(_via())
        + pp.Opt(_dev())
        + pp.Opt(word("table") - _table("table"))
        + pp.Opt(word("proto") - _protocol("protocol"))
        + pp.Opt(word("scope") - _scope("scope"))
        + pp.Opt(word("src") - address("prefsrc"))
        + pp.Opt(word("metric") - _u32("metric"))
        + pp.Opt(_flag_run("flags"))
        + pp.Opt(word("pref") - _pref("pref"))
    ),
    # route = [type] dst {attribute} [continued]
    route=_head() + _any_of([*_early(), *_flags(), *_late()]) + _rest(),
    # nexthop = "nexthop" {attribute}
    nexthop=word("nexthop") + _any_of(_hop),
    # cache = "cache" ["<" flag {"," flag} ">"] {attribute}, below `ip route get`
    cache=word("cache") + pp.Opt(leaf(r"<[^\s<>]*>", "flags in angle brackets")("cache")) + _any_of(_late()) + _rest(),
    # nh_info = "nh_info" "id" number {attribute}, below `ip -d route` with a nexthop object
    nh_info=word("nh_info") - word("id") - number("id") + _any_of(_info) + _rest(),
    partial_route=_head() + _shows_way + pp.ZeroOrMore(_known | _unread("unread")) + pp.Opt(_continued),
    partial_nexthop=word("nexthop") + pp.ZeroOrMore(_known | _unread("unread")),
)
_LATE_COLUMNS = (
    "pref",
    "mark",
    "flow",
    "uid",
    "expires",
    "error",
    "users",
    "used",
    "age",
    "ipid",
    "ts",
    "tsage",
    "iif",
)
_LOCKS = tuple(f"lock_{name}" for name in METRICS)
MORE = frozenset(
    (*_LATE_COLUMNS, "ttl_propogate", "cache", "src", "tos", "nhid", "encap", "to", *FLAGS, *METRICS, *_LOCKS)
)
"""The columns of the forms `route` and `cache` that few lines have."""
