"""The vocabulary of `iptables -L`: the words by which each match and target is listed, and the options they stand for.

Source: what iptables 1.8.9 prints for one rule with `-S` and with `-L` (both backends, with and without `-n`), kept as
tests/parsers/iptables_vocabulary.txt; the print functions of extensions/libxt_*.c.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from azcnilint.parsers import iptables_options as read
from azcnilint.parsers.iptables_names import ICMP_TYPES, ICMPV6_TYPES
from azcnilint.parsers.iptables_options import Options


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of the listing.

    Attributes:
        module: What `-m` names; None for the words of a target.
        pattern: The clause from its first word.
        convert: Makes the options, in the order in which iptables-save prints them.
    """

    module: str | None
    pattern: re.Pattern[str]
    convert: Callable[[re.Match[str]], Options] = read.plain


_CONNTRACK: Final = (
    "ctstate ctproto ctorigsrc ctorigdst ctreplsrc ctrepldst ctorigsrcport ctorigdstport ctreplsrcport ctrepldstport "
    "ctstatus ctexpire ctdir"
)
_CONNTRACK_PATTERN: Final = "".join(rf"(?:(?P<{name}_not>! )?{name} (?P<{name}>\S+) ?)?" for name in _CONNTRACK.split())
_PORTS: Final = r"(?: spts?:(?P<sport>\S+))?(?: dpts?:(?P<dport>\S+))?"
_ICMP: Final = (
    r"(?:{0}type (?P<number>\d+)|{0} !type (?P<other>\d+)|{0} (?P<not>!)?(?P<word>[a-z]\S*))"
    r"(?: code (?P<code>\d+)(?!\S))?"
)
_RECENT: Final = (
    r"(?P<not>! )?recent: (?P<verb>SET|CHECK|UPDATE|REMOVE)(?: seconds: (?P<seconds>\d+))?(?P<reap> reap)?"
    r"(?: hit_count: (?P<hitcount>\d+))?(?P<rttl> TTL-Match)?(?: name: (?P<name>\S+))?(?: side: (?P<side>source|dest))?"
    r"(?: mask: (?P<mask>\S+))?"
)
_OWNER: Final = (
    r"(?:(?P<socket_exists_not>! )?owner (?P<socket_exists>socket exists) ?)?"
    r"(?:(?P<uid_owner_not>! )?owner UID match (?P<uid_owner>\S+) ?)?"
    r"(?:(?P<gid_owner_not>! )?owner GID match (?P<gid_owner>\S+) ?)?(?P<is_suppl_groups>incl\. suppl\. groups)?"
)
_NAT_FLAGS: Final = (
    r"(?:(?P<is_random>random)(?!\S) ?)?(?:(?P<is_random_fully>random-fully) ?)?(?P<is_persistent>persistent)?"
)
_MARK: Final = r"(?P<verb>or|xor|and|set|xset) (?P<value>0x[0-9a-f]+(?:/0x[0-9a-f]+)?)"
_SET: Final = r"(?P<match_set_not>! )?match-set (?P<match_set>\S+ \S+)(?: (?P<is_return_nomatch>return-nomatch))?"
_CONNMARK: Final = (
    rf"CONNMARK (?:{_MARK}|(?P<way>save|restore)(?: mask (?P<mask>0x\S+))?"
    r"(?P<masks>(?: (?:nfmask|ctmask) ~?0x[0-9a-f]+)*))"
)
_LOG: Final = (
    r"LOG(?: flags (?P<flags>\d+))?(?: level (?P<level>\S+))?"
    r'(?P<words>(?: (?:tcp-sequence|tcp-options|ip-options|uid|macdecode))*)(?: prefix "(?P<prefix>.{0,512})")?'
)
_ADDRTYPE: Final = (
    r"ADDRTYPE match(?: src-type (?P<src_type>\S+))?(?: dst-type (?P<dst_type>\S+))?"
    r"(?: (?P<is_limit_iface_in>limit-in))?(?: (?P<is_limit_iface_out>limit-out))?"
)
_STATISTIC: Final = (
    r"statistic mode (?:(?P<mode>nth) (?P<every_not>! )?every (?P<every>\d+)(?: packet (?P<packet>\d+))?"
    r"|(?P<random>random) (?P<probability_not>! )?probability (?P<probability>[\d.]+))"
)
_STRING: Final = (
    r'STRING match +(?P<not>! )?"(?P<text>.{0,512})" ALGO name (?P<algo>\S+)'
    r"(?: FROM (?P<from>\d+))?(?: TO (?P<to>\d+))?(?P<icase> ICASE)?"
)
_RPFILTER: Final = (
    r"rpfilter(?: (?P<is_loose>loose))?(?: (?P<is_validmark>validmark))?(?: (?P<is_accept_local>accept-local))?"
    r"(?: (?P<is_invert>invert))?"
)
_NFLOG: Final = (
    r'(?:nflog-prefix "(?P<nflog_prefix>.{0,512})"(?: (?=nflog-))?)?'
    r"(?:nflog-group (?P<nflog_group>\d+)(?: (?=nflog-))?)?(?:nflog-size (?P<nflog_size>\d+)(?: (?=nflog-))?)?"
    r"(?:nflog-threshold (?P<nflog_threshold>\d+))?"
)


def _clauses(
    *rows: tuple[str, str | None, str, Callable[[re.Match[str]], Options]],
) -> Mapping[str, tuple[Clause, ...]]:
    """Index clauses by the words that they may begin with, separated by blanks in the first column."""
    index: dict[str, tuple[Clause, ...]] = {}
    for heads, module, pattern, convert in rows:
        clause = Clause(module, re.compile(pattern), convert)
        for head in heads.split():
            index[head] = (*index.get(head, ()), clause)
    return index


MATCHES: Final = _clauses(
    ("ADDRTYPE", "addrtype", _ADDRTYPE, read.plain),
    ("mark", "mark", r"mark match (?P<mark>(?:! )?0x\S+)", read.plain),
    ("connmark", "connmark", r"connmark match +(?P<mark>(?:! )?0x\S+)", read.plain),
    ("statistic", "statistic", _STATISTIC, read.statistic),
    (_CONNTRACK, "conntrack", _CONNTRACK_PATTERN, read.plain),
    ("state", "state", r"(?P<state_not>! )?state (?P<state>[A-Z,]+)", read.plain),
    ("tcp", "tcp", rf"tcp{_PORTS}(?: option=(?P<tcp_option>\S+))?(?: flags:(?P<tcp_flags>\S+))?", read.tcp),
    ("udp", "udp", rf"udp{_PORTS}", read.ports),
    ("udplite", "udplite", rf"udplite{_PORTS}", read.ports),
    ("sctp", "sctp", rf"sctp{_PORTS}", read.ports),
    ("dccp", "dccp", rf"dccp{_PORTS}", read.ports),
    (
        "multiport",
        "multiport",
        r"multiport (?:sports +(?P<sports>\S+)|dports +(?P<dports>\S+)|ports +(?P<ports>\S+))",
        read.ports,
    ),
    ("icmp icmptype", "icmp", _ICMP.format("icmp"), read.icmp(ICMP_TYPES, "icmp-type")),
    ("ipv6-icmp ipv6-icmptype", "icmp6", _ICMP.format("ipv6-icmp"), read.icmp(ICMPV6_TYPES, "icmpv6-type")),
    ("match-set", "set", _SET, read.plain),
    (
        "PHYSDEV",
        "physdev",
        r"PHYSDEV match(?P<words>(?: (?:! )?--physdev-(?:(?:in|out) \S+|is-[a-z]+))*)",
        read.dashed_words,
    ),
    ("recent", "recent", _RECENT, read.recent),
    ("tos", "tos", r"tos match ?(?P<not>! ?)?(?P<value>\S+)", read.tos("tos")),
    ("limit", "limit", r"limit: avg (?P<limit>\S+)(?: burst (?P<limit_burst>\d+))?", read.limit),
    (
        "source",
        "iprange",
        r"source IP range (?P<src_range>(?:! )?\S+)(?: destination IP range (?P<dst_range>(?:! )?\S+))?",
        read.plain,
    ),
    ("destination", "iprange", r"destination IP range (?P<dst_range>(?:! )?\S+)", read.plain),
    ("owner", "owner", _OWNER, read.owner),
    ("STRING", "string", _STRING, read.string),
    ("rpfilter", "rpfilter", _RPFILTER, read.plain),
    ("length", "length", r"length (?P<length>!?[\d:]+)", read.plain),
    ("cgroup", "cgroup", r"cgroup (?P<not>! )?(?P<value>\S+)", read.cgroup),
    ("socket", "socket", r"socket(?P<words>(?: --[a-z-]+)*)", read.dashed_words),
    ("MAC", "mac", r"MAC ?(?P<mac_source>(?:! )?[0-9A-Fa-f:]{17})", read.plain),
    ("PKTTYPE", "pkttype", r"PKTTYPE (?:=|(?P<pkt_type_not>!=)) (?P<pkt_type>\S+)", read.plain),
    ("TTL", "ttl", r"(?P<name>TTL) match TTL (?P<sign>==|!=|<|>) (?P<value>\d+)", read.ttl),
    ("HL", "hl", r"(?P<name>HL) match HL (?P<sign>==|!=|<|>) (?P<value>\d+)", read.ttl),
    ("DSCP", "dscp", r"DSCP match (?P<dscp>!?0x\S+)", read.plain),
    ("realm", "realm", r"(?P<realm_not>! )?realm (?P<realm>\S+)", read.plain),
    ("cpu", "cpu", r"cpu (?P<cpu>(?:! )?\d+)", read.plain),
    ("helper", "helper", r'helper match (?P<helper_not>! )?"(?P<helper>[^"\s]*)"', read.plain),
)
"""First word to the match clauses that may begin with it; a `!` before the word does not count."""

TARGET_WORDS: Final = {
    "DNAT": _clauses(("to random persistent", None, rf"(?:to:(?P<to_destination>\S+) ?)?{_NAT_FLAGS}", read.plain)),
    "SNAT": _clauses(
        ("to random random-fully persistent", None, rf"(?:to:(?P<to_source>\S+) ?)?{_NAT_FLAGS}", read.plain)
    ),
    "MASQUERADE": _clauses(
        ("masq random random-fully", None, rf"(?:masq ports: (?P<to_ports>\S+) ?)?{_NAT_FLAGS}", read.plain)
    ),
    "REDIRECT": _clauses(("redir random", None, rf"(?:redir ports (?P<to_ports>\S+) ?)?{_NAT_FLAGS}", read.plain)),
    "NETMAP": _clauses(("to", None, r"to:(?P<to>\S+)", read.plain)),
    "MARK": _clauses(("MARK", None, rf"MARK {_MARK}", read.mark)),
    "CONNMARK": _clauses(("CONNMARK", None, _CONNMARK, read.connmark)),
    "LOG": _clauses(("LOG", None, _LOG, read.log)),
    "REJECT": _clauses(("reject-with", None, r"reject-with (?P<reject_with>\S+)", read.plain)),
    "TPROXY": _clauses(
        ("TPROXY", None, r"TPROXY redirect (?P<ip>\S+):(?P<port>\d+) mark (?P<mark>0x\S+)", read.tproxy)
    ),
    "CT": _clauses(
        (
            "CT NOTRACK",
            None,
            r"CT(?P<words>(?: notrack| (?:ctevents|expevents|zone(?:-orig|-reply)?|helper|timeout) \S+)+)",
            read.ct,
        )
    ),
    "SET": _clauses(
        (
            "add-set del-set map-set",
            None,
            r"(?P<words>(?:add|del|map)-set \S+ \S+(?: exist)?(?: timeout \d+)?)",
            read.set_target,
        )
    ),
    "NFLOG": _clauses(("nflog-prefix nflog-group nflog-size nflog-threshold", None, _NFLOG, read.quoted)),
    "NFQUEUE": _clauses(
        (
            "NFQUEUE",
            None,
            r"NFQUEUE (?:num (?P<num>\d+)|balance (?P<balance>\S+))(?P<bypass> bypass)?(?P<cpu_fanout> cpu-fanout)?",
            read.nfqueue,
        )
    ),
    "TOS": _clauses(("TOS", None, r"TOS set ?(?P<not>! ?)?(?P<value>\S+)", read.tos("set-tos"))),
    "DSCP": _clauses(("DSCP", None, r"DSCP set (?P<set_dscp>0x\S+)", read.plain)),
    "TCPMSS": _clauses(("TCPMSS", None, r"TCPMSS (?:set (?P<mss>\d+)|clamp to PMTU)", read.clamp)),
    "TTL": _clauses(
        ("TTL", None, r"(?P<name>TTL) (?P<verb>set to|increment by|decrement by) (?P<value>\d+)", read.set_ttl)
    ),
    "HL": _clauses(
        ("HL", None, r"(?P<name>HL) (?P<verb>set to|increment by|decrement by) (?P<value>\d+)", read.set_ttl)
    ),
    "CLASSIFY": _clauses(("CLASSIFY", None, r"CLASSIFY set (?P<value>[0-9a-f]+:[0-9a-f]*)", read.classify)),
    "CHECKSUM": _clauses(("CHECKSUM", None, r"CHECKSUM (?P<is_checksum_fill>fill)", read.plain)),
    "TEE": _clauses(("TEE", None, r"TEE gw:(?P<gateway>\S+)", read.plain)),
    "AUDIT": _clauses(("AUDIT", None, r"AUDIT (?P<type>\S+)", read.plain)),
}
"""Target to the clauses of its options, by first word."""
