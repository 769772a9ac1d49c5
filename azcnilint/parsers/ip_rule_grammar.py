"""The lines of `ip rule`, as one grammar.

Order of the words: iproute2 6.1, ip/iprule.c print_rule; code points, flow labels and masks of ports: 6.14.
"""

from __future__ import annotations

import pyparsing as pp

from azcnilint.models import RouteType
from azcnilint.parsers.grammar import IPV4, IPV6, address, glued, ifname, leaf, number, token, word
from azcnilint.parsers.lines import LineGrammar

_PREFIX = rf"(?:{IPV4}(?:/\d{{1,2}})?|{IPV6}(?:/\d{{1,3}})?)"
_HEX = r"(?:0x[0-9a-f]{1,16}|\d{1,10})"
_PORTS = rf"(?:\d{{1,5}}(?:-\d{{1,5}})?|0x[0-9a-f]{{1,4}}/{_HEX})"
_VALUED = (
    *("to", "tos", "fwmark", "iif", "oif", "lookup", "uidrange", "ipproto", "sport", "dport", "tun_id"),
    *("suppress_prefixlength", "suppress_ifgroup", "realms", "map-to", "goto", "proto", "dscp", "flowlabel"),
)
_ACTION = "|".join((*RouteType, "none"))
_BARE = rf"nop|masquerade|\[detached\]|\[unresolved\]|{_ACTION}"

# rule = priority ":" ["not"] "from" ("all" | prefix) {selector} action {attribute}
_head = (
    glued(r"\d{1,10}(?=:(?!\S))", "a priority")("priority")
    + glued(":", '":"')
    + pp.Opt(word("not")("inverted"))
    + word("from")
    - leaf(f"all|{_PREFIX}", "an address, a prefix or all")("src")
)
_detached = leaf(r"\[detached\]", '"[detached]"')
_ports = leaf(_PORTS, "a port or a range of ports")
_bits = leaf(rf"{_HEX}(?:/{_HEX})?", "a number, perhaps with a mask")
_selectors = (
    pp.Opt(word("to") - leaf(_PREFIX, "an address or prefix")("dst"))
    + pp.Opt(word("tos") - token("tos"))
    + pp.Opt(word("fwmark") - _bits("fwmark"))
    + pp.Opt(word("iif") - ifname("iif") + pp.Opt(_detached("iif_detached")))
    + pp.Opt(word("oif") - ifname("oif") + pp.Opt(_detached("oif_detached")))
    + pp.Opt(leaf(r"lookup[ \t]+\[l3mdev-table\]", '"lookup"')("l3mdev"))
    + pp.Opt(word("uidrange") - leaf(r"\d{1,10}-\d{1,10}", "a range of user ids")("uidrange"))
    + pp.Opt(word("ipproto") - token("ipproto"))
    + pp.Opt(word("sport") - _ports("sport"))
    + pp.Opt(word("dport") - _ports("dport"))
    + pp.Opt(word("tun_id") - number("tun_id"))
)
_table = pp.Opt(
    word("lookup")
    - token("table")
    + pp.Opt(word("suppress_prefixlength") - leaf(r"-?\d{1,10}", "a number")("suppress_prefixlen"))
    + pp.Opt(word("suppress_ifgroup") - token("suppress_ifgroup"))
)
_nat = word("map-to") - address("nat_gateway") | word("masquerade")("masquerade")
_goto = (
    word("goto")
    - leaf(r"\d{1,10}|none", "a priority")("goto")
    + pp.Opt(leaf(r"\[unresolved\]", '"[unresolved]"')("unresolved"))
)
_action = pp.Opt(_nat | _goto | word("nop")("nop") | leaf(rf"{_ACTION}|\d{{1,3}}", "an action")("action"))
_attributes = (
    pp.Opt(word("proto") - token("protocol"))
    + pp.Opt(word("dscp") - leaf(rf"{_HEX}/{_HEX}|\S+", "a code point")("dscp"))
    + pp.Opt(word("flowlabel") - _bits("flowlabel"))
)
_known = leaf(rf"(?:{'|'.join(_VALUED)})[ \t]+\S+|{_BARE}", "an attribute")
_unread = leaf(rf"(?!(?:{'|'.join(_VALUED)}|{_BARE})(?!\S))\S+", "a word")

GRAMMAR = LineGrammar(
    (*RouteType, "all"),
    rule=_head + _selectors + _table + pp.Opt(word("realms") - token("realms")) + _action + _attributes,
    partial_rule=_head + pp.ZeroOrMore(_known | _unread("unread")),
)
