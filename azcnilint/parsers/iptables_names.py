"""Names that iptables prints for numbers and networks, and what is fixed about its tables and targets.

Sources: IANA protocol, port and ICMP numbers under the names of Debian's /etc/protocols, /etc/services and
/etc/networks (netbase 6.4); iptables 1.8.9 libxt_icmp.h, libip6t_icmp6.c, tos_values.c; iptables(8) for the chains.
"""

from __future__ import annotations

from typing import Final

PROTOCOLS: Final = {
    0: "all",
    1: "icmp",
    2: "igmp",
    4: "ipencap",
    6: "tcp",
    8: "egp",
    9: "igp",
    12: "pup",
    17: "udp",
    33: "dccp",
    41: "ipv6",
    43: "ipv6-route",
    44: "ipv6-frag",
    46: "rsvp",
    47: "gre",
    50: "esp",
    51: "ah",
    57: "skip",
    58: "ipv6-icmp",
    59: "ipv6-nonxt",
    60: "ipv6-opts",
    88: "eigrp",
    89: "ospf",
    93: "ax.25",
    94: "ipip",
    97: "etherip",
    98: "encap",
    103: "pim",
    108: "ipcomp",
    112: "vrrp",
    115: "l2tp",
    124: "isis",
    132: "sctp",
    133: "fc",
    135: "mobility-header",
    136: "udplite",
    137: "mpls-in-ip",
    139: "hip",
}
_PROTOCOL_ALIASES: Final = {
    "ip": "all",
    "icmpv6": "ipv6-icmp",
    "icmp6": "ipv6-icmp",
    "mh": "mobility-header",
    "ipv6-mh": "mobility-header",
}
_PROTOCOL_BY_NUMBER: Final = {str(number): name for number, name in PROTOCOLS.items()}


def protocol_name(printed: str) -> str:
    """Give the lower-case name of a protocol printed by name or number (`6`, `icmpv6`); a nameless number as it is."""
    lower = printed.lower()
    return _PROTOCOL_BY_NUMBER.get(lower) or _PROTOCOL_ALIASES.get(lower, lower)


PORTS: Final = {
    "tcpmux": 1,
    "echo": 7,
    "discard": 9,
    "systat": 11,
    "daytime": 13,
    "netstat": 15,
    "ftp-data": 20,
    "ftp": 21,
    "ssh": 22,
    "telnet": 23,
    "smtp": 25,
    "time": 37,
    "whois": 43,
    "tacacs": 49,
    "domain": 53,
    "bootps": 67,
    "bootpc": 68,
    "tftp": 69,
    "gopher": 70,
    "finger": 79,
    "http": 80,
    "www": 80,
    "kerberos": 88,
    "pop3": 110,
    "sunrpc": 111,
    "auth": 113,
    "nntp": 119,
    "ntp": 123,
    "epmap": 135,
    "loc-srv": 135,
    "netbios-ns": 137,
    "netbios-dgm": 138,
    "netbios-ssn": 139,
    "imap2": 143,
    "imap": 143,
    "snmp": 161,
    "snmp-trap": 162,
    "snmptrap": 162,
    "bgp": 179,
    "ldap": 389,
    "svrloc": 427,
    "https": 443,
    "microsoft-ds": 445,
    "submissions": 465,
    "isakmp": 500,
    "biff": 512,
    "exec": 512,
    "login": 513,
    "who": 513,
    "shell": 514,
    "syslog": 514,
    "printer": 515,
    "route": 520,
    "router": 520,
    "ipp": 631,
    "submission": 587,
    "ldaps": 636,
    "domain-s": 853,
    "rsync": 873,
    "ftps-data": 989,
    "ftps": 990,
    "imaps": 993,
    "pop3s": 995,
    "socks": 1080,
    "openvpn": 1194,
    "ms-sql-s": 1433,
    "ms-sql-m": 1434,
    "l2f": 1701,
    "radius": 1812,
    "radius-acct": 1813,
    "nfs": 2049,
    "amqp": 5672,
    "amqps": 5671,
    "mysql": 3306,
    "ms-wbt-server": 3389,
    "ipsec-nat-t": 4500,
    "iax": 4569,
    "sip": 5060,
    "sip-tls": 5061,
    "mdns": 5353,
    "postgresql": 5432,
    "x11": 6000,
    "redis": 6379,
    "http-alt": 8080,
    "webcache": 8080,
    "git": 9418,
    "zabbix-agent": 10050,
    "zabbix-trapper": 10051,
    "webmin": 10000,
}
_PORT_BY_NAME: Final = {name: str(number) for name, number in PORTS.items()}


def port_number(printed: str) -> str:
    """Give a port, a range `a:b` or a list `a,b` with known service names as numbers; other words stay."""
    if printed[-1].isdigit() and printed.replace(":", "").replace(",", "").isdigit():
        return printed
    return ",".join(":".join(_PORT_BY_NAME.get(port, port) for port in part.split(":")) for part in printed.split(","))


ICMP_TYPES: Final = {
    "any": "any",
    "echo-reply": "0",
    "destination-unreachable": "3",
    "network-unreachable": "3/0",
    "host-unreachable": "3/1",
    "protocol-unreachable": "3/2",
    "port-unreachable": "3/3",
    "fragmentation-needed": "3/4",
    "source-route-failed": "3/5",
    "network-unknown": "3/6",
    "host-unknown": "3/7",
    "network-prohibited": "3/9",
    "host-prohibited": "3/10",
    "communication-prohibited": "3/13",
    "source-quench": "4",
    "redirect": "5",
    "network-redirect": "5/0",
    "host-redirect": "5/1",
    "echo-request": "8",
    "router-advertisement": "9",
    "router-solicitation": "10",
    "time-exceeded": "11",
    "ttl-zero-during-transit": "11/0",
    "ttl-zero-during-reassembly": "11/1",
    "parameter-problem": "12",
    "timestamp-request": "13",
    "timestamp-reply": "14",
    "address-mask-request": "17",
    "address-mask-reply": "18",
}
ICMPV6_TYPES: Final = {
    "destination-unreachable": "1",
    "no-route": "1/0",
    "communication-prohibited": "1/1",
    "beyond-scope": "1/2",
    "address-unreachable": "1/3",
    "port-unreachable": "1/4",
    "failed-policy": "1/5",
    "reject-route": "1/6",
    "packet-too-big": "2",
    "time-exceeded": "3",
    "ttl-zero-during-transit": "3/0",
    "ttl-zero-during-reassembly": "3/1",
    "parameter-problem": "4",
    "bad-header": "4/0",
    "unknown-header-type": "4/1",
    "unknown-option": "4/2",
    "echo-request": "128",
    "echo-reply": "129",
    "router-solicitation": "133",
    "router-advertisement": "134",
    "neighbour-solicitation": "135",
    "neighbour-advertisement": "136",
    "redirect": "137",
}
TOS_VALUES: Final = {
    "Minimize-Delay": "0x10",
    "Maximize-Throughput": "0x08",
    "Maximize-Reliability": "0x04",
    "Minimize-Cost": "0x02",
    "Normal-Service": "0x00",
}
LOG_LEVELS: Final = ("emerg", "alert", "crit", "error", "warn", "notice", "info", "debug")
"""By number, in the words of `-L` (iptables 1.8.9, extensions/libxt_LOG.c)."""

TCP_FLAGS: Final = ("FIN", "SYN", "RST", "PSH", "ACK", "URG")
"""By bit, the lowest first; `ALL` is not printed."""

NETWORKS: Final = {
    "inet": {
        "anywhere": "0.0.0.0/0",
        "default": "0.0.0.0",  # noqa: S104 - a name for a network; nothing is bound
        "loopback": "127.0.0.0",
        "link-local": "169.254.0.0",
    },
    "inet6": {"anywhere": "::/0"},
}
HOSTS: Final = {
    "inet": {"localhost": "127.0.0.1"},
    "inet6": {"localhost": "::1", "ip6-localhost": "::1", "ip6-loopback": "::1", "localhost6": "::1"},
}

BUILTIN_CHAINS: Final = {
    "nat": ("PREROUTING", "OUTPUT", "POSTROUTING"),
    "filter": ("INPUT", "FORWARD", "OUTPUT"),
    "mangle": ("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"),
    "raw": ("PREROUTING", "OUTPUT"),
    "security": ("INPUT", "FORWARD", "OUTPUT"),
}
"""The chains that a listing of a whole table has; nat has INPUT too since Linux 2.6.36."""
ANY_BUILTIN: Final = frozenset(chain for chains in BUILTIN_CHAINS.values() for chain in chains)

NAT_TARGETS: Final = frozenset({"DNAT", "SNAT", "MASQUERADE", "REDIRECT", "NETMAP", "FULLCONENAT"})
"""The kernel takes these targets in table nat only."""
_OTHER_TARGETS = """
    ACCEPT DROP RETURN QUEUE REJECT LOG ULOG NFLOG NFQUEUE MARK CONNMARK CONNSECMARK SECMARK CT NOTRACK SET TPROXY
    TEE TRACE TTL HL TOS DSCP ECN TCPMSS TCPOPTSTRIP CLASSIFY CHECKSUM CLUSTERIP AUDIT HMARK IDLETIMER LED RATEEST
    SYNPROXY SNPT DNPT
"""
TARGETS: Final = NAT_TARGETS | frozenset(_OTHER_TARGETS.split())
"""Targets that are no chains; any other target is a chain of the table."""
