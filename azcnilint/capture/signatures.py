"""Lines that only one command prints: what cuts text without prompts into captures, what contradicts a file's name.

Formats: iproute2 5.9-7.3 (ip/iproute.c, ip/ipaddress.c, ip/ipneigh.c), BusyBox 1.35 networking/libiproute, iptables
1.8.x (iptables.c print_header, xshared.c), kubectl 1.32 printers, coreutils ls, net-tools 2.10.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from azcnilint.capture.noise import is_empty_answer

JsonValue = str | int | float | bool | None | list["JsonValue"] | dict[str, "JsonValue"]

_ADDR = r"(?:\d{1,3}(?:\.\d{1,3}){3}|(?=[0-9a-fA-F]*:[0-9a-fA-F]*:)[0-9a-fA-F:.]{2,45})"
_PREFIX = rf"{_ADDR}(?:/\d{{1,3}})?"
_TYPE = r"(?:unicast|blackhole|unreachable|prohibit|throw|local|broadcast|multicast|anycast|nat)"
_STATE = r"(?:INCOMPLETE|REACHABLE|STALE|DELAY|PROBE|FAILED|NOARP|PERMANENT)"
_ROUTE_WORD = (
    r"(?:table|proto|scope|src|metric|via|onlink|linkdown|dead|pervasive|mtu|advmss|rtt|window|cwnd|ssthresh|realms?|error|"
    r"expires|pref|weight|congctl|hoplimit|initcwnd|quickack|features)"
)
_OPERSTATE = r"(?:UNKNOWN|UP|DOWN|LOWERLAYERDOWN|DORMANT|TESTING|NOTPRESENT)"
_AGE = r"(?:(?:\d+[smhdy]){1,2}|<unknown>|<invalid>)"
_POD_STATUS = (
    r"(?:Running|Pending|Completed|Error|Unknown|Evicted|Succeeded|Failed|NotReady|OOMKilled|Terminating|Init:\S+|Signal:\S+|"
    r"\w*(?:BackOff|Creating|Initializing|Pull|Error))"
)
_OWNERS = (
    r"(?:(?:daemonset|deployment|statefulset|replicaset)s?(?:\.apps)?|(?:pod|service|node|namespace|configmap|endpoints)|"
    r"(?:job|cronjob)\.batch)"
)

_PATTERNS: Mapping[str, str] = {
    "ip-route": rf"""
        (?:{_TYPE}\s+)?(?:default|{_PREFIX})\s+(?:
            via\s+(?:inet6?\s+)?{_ADDR}(?:\s|$)|(?:from|tos|nhid|encap|table|proto|scope|src|metric)\s+\S
            |dev\s+\S+\s+{_ROUTE_WORD}\b)
        |default\s+dev\s+\S+\s*$
        |(?:blackhole|unreachable|prohibit|throw|local|broadcast|anycast|multicast)\s+(?:default|{_PREFIX})(?:\s|$)
        |nexthop\s+(?:via|dev|encap|realm)\s+\S""",
    "ip-neighbour": rf"""
        {_ADDR}(?:\s+dev\s+\S+)?\s+(?:lladdr\s+\S|ref\s+\d|used\s+\d|probes\s+\d|(?:router|proxy|managed|extern_learn|{_STATE})\b)
        |{_ADDR}\s+[^ \t.:/\n]+\s+(?:[0-9a-f]{{2}}:){{5}}[0-9a-f]{{2}}\s*$""",
    "ip-address": rf"""
        \d+:\s+\S+:\s+<[A-Z0-9_,-]*>|\d+:\s+\S+\s+(?:inet6?\s|link/)
        |link/(?:\[\d+\]|[\w-]+)(?:\s|$)|inet6?\s+{_ADDR}(?:/\d+(?:\s|$)|\s+peer\s)|valid_lft\s+\S+\s+preferred_lft|altname\s+\S+\s*$
        |\S{{1,47}}\s+{_OPERSTATE}\s+(?:$|(?:[0-9a-f]{{2}}:){{5}}[0-9a-f]{{2}}\s|{_ADDR}(?:/\d+|\s+peer\s)|<)""",
    "iptables": r"""
        Chain\ .*\ \((?:policy\ \S|\d+\ references)
        |(?:num\s+)?(?:pkts\s+bytes\s+)?target\s+prot\s+opt\s
        |(?:\[\d+:\d+\]\s+)?-A\s+\S|-[NP]\s+\S|:\S+\s+(?:ACCEPT|DROP|QUEUE|RETURN|-)\s+\[\d+:\d+\]
        |\*(?:nat|filter|mangle|raw|security)\s*$|COMMIT\s*$|\#\ (?:Generated\ by|Completed\ on)\s
        |(?:\d\S*\s+){0,3}(?:\S+\s+)?!?[A-Za-z0-9.-]+?\s*(?:--|-f|!f)\s+(?:\S+\s+){0,3}(?:anywhere|!?\d{1,3}(?:\.\d{1,3}){3}|!?[0-9a-f:]*::)""",
    "kubectl": rf"""
        (?:NAMESPACE\s+)?NAME\s+(?:READY|DESIRED|STATUS|AGE|TYPE|COMPLETIONS|SCHEDULE|REFERENCE|DATA|SECRETS|UP-TO-DATE|ENDPOINTS|CLASS)\b
        |(?:\S+\s+)?{_OWNERS}/[a-z0-9][\w.-]*(?:\s|$)
        |(?:\S+\s+)?[a-z0-9][\w./-]*\s+\d+/\d+\s+(?:{_POD_STATUS}\s+\d|\d+\s+\d+\s+{_AGE}(?:\s|$))
        |(?:\S+\s+)?[a-z0-9][\w./-]*\s+\d+\s+\d+\s+\d+\s+\d+\s+\d+\s+\S.*\s{_AGE}(?:\s|$)
        |[a-z0-9][\w./-]*\s+(?:Not)?Ready(?:,\S+)?\s+\S+\s+{_AGE}\s+v\d
        |No\ resources\ found\b|apiVersion:\s""",
    "ls": r"""
        total\s\d[\d.,]*[KMGT]?\s*$|(?:\d+\s+){0,2}[-dlcbpsDC?][-r][-w][-xsS][-r][-w][-xsS][-r][-w][-xtT][.+@]?\s+\d+\s+\S
        |(?:\S*/)?ls:\ (?:cannot\ access\ .*|.*:\ No\ such\ file\ or\ directory)$""",
    "ip-rule": rf"""
        \d+:\s+(?:not\s+)?from\s+(?:all|{_PREFIX})(?:\s.*)?\s(?:lookup|goto|{_TYPE}|nop|map-to|masquerade|proto)(?!\S)""",
    "route": r"""
        Kernel\ IP(?:v6)?\ routing\ table|Destination\s+(?:Gateway\s+Genmask|Next\ Hop)\b
        |\S+\s+\S+\s+(?:\d{1,3}(?:\.\d{1,3}){3})\s+!?U?[GHRDMAC!]*\s+(?:\d+|-)\s+\S+\s+\d+\s""",
    "arp": r"""
        \S+\s\([0-9.]+\)\sat\s\S+\s|Address\s+HWtype\s+HWaddress\b|\S+\s+ether\s+(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}\s""",
    "ifconfig": r"""
        \S+:\sflags=\d+<|\S+\s+Link\sencap:|inet\s\S+\s+netmask\s|(?:RX|TX)\s(?:packets|errors)[\s:]\s*\d
        |ether\s\S+\s+txqueuelen\s""",
    "brctl": r"bridge\sname\s+bridge\sid\s|\S+\s+[0-9a-f]{4}\.[0-9a-f]{12}\s+(?:yes|no)\b",
    "nft": r"table\s(?:ip|ip6|inet|arp|bridge|netdev)\s\S+\s\{",
    "ip-netns": r"cni-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\s\(id:\s\d+\)\s*$",
    "hostname": r"aks[a-z0-9-]*-vmss[0-9a-z]{6}\s*$",
    "uname": r"Linux\s\S+\s\d+\.\d+\.\d+",
}
_STRONG: Mapping[str, re.Pattern[str]] = {
    kind: re.compile(rf"\s*(?:{pattern})", re.VERBOSE) for kind, pattern in _PATTERNS.items()
}
_ANY = re.compile(
    r"[^\S\n]*(?:" + "|".join(f"(?P<{kind.replace('-', '_')}>{pattern})" for kind, pattern in _PATTERNS.items()) + ")",
    re.VERBOSE,
)

_BLOCK_KINDS = ("ip-route", "ip-neighbour", "ip-address", "iptables")
# A comment that its line does not close may go on in the next line: such a line ends a block.
_OPEN_COMMENT = r"(?![^\n]*/\*(?![^\n]*\*/))"


def _block(kind: str) -> re.Pattern[str]:
    """Many lines of one command at a time, blank ones between them included: a hundredth of the time line by line."""
    pattern = _PATTERNS[kind].replace(r"\s", r"[^\S\n]")
    closed = _OPEN_COMMENT if kind == "iptables" else ""
    return re.compile(rf"(?:[^\S\n]*+(?:\n|(?:{pattern}){closed}[^\n]*\n))*+", re.VERBOSE | re.MULTILINE)


_BLOCKS: Mapping[str, re.Pattern[str]] = {kind: _block(kind) for kind in _BLOCK_KINDS}

# A line that one of these finds may be a damaged or wrapped record of the kind: it is never taken for a caption.
_WEAK: Mapping[str, re.Pattern[str]] = {
    "ip-route": re.compile(
        rf"^\s*(?:{_TYPE}\s+)?(?:default|{_PREFIX})(?:\s|$)|\b(?:via|dev|proto|scope|src|metric|nexthop)\s+\S"
    ),
    "ip-neighbour": re.compile(rf"^\s*{_ADDR}(?:\s|$)|\b(?:dev|lladdr)\s+\S|\b{_STATE}\b"),
    "ip-address": re.compile(
        r"^\s*\d+:\s|[:@]\S*\s*<[A-Z]|\b(?:link/|mtu\s|qlen\s|qdisc\s|valid_lft|preferred_lft|altname\s|brd\s|scope\s)"
        r"|\binet6?\s|\bstate\s+[A-Z]|\bgroup\s|\blink-netns|\b[RT]X:|\b[a-z_]+\s+(?:on|off|\d+)\b"
    ),
    "ip-rule": re.compile(r"^\s*\d+:\s|\b(?:from|lookup|fwmark|[io]if|uidrange|ipproto|goto|proto)\s+\S"),
    "iptables": re.compile(
        r"^\s*-[A-Z]\s|^Chain\s|/\*|\*/|\s(?:--|-f|!f)\s|anywhere|\bMASQUERADE\b|\bRETURN\b|\bDNAT\b|\bSNAT\b|\bACCEPT\b|\bDROP\b"
        r"|0\.0\.0\.0/0|\btarget\b|\bpolicy\b|\breferences\)|\bKUBE-|\b(?:ctstate|multiport|statistic|match-set|mark)\b|\bto:\d|\bdpts?:"
    ),
    "kubectl": re.compile(
        rf"^\s*{_OWNERS}/|\d+/\d+|\s{_AGE}\s*$|<none>|NAMESPACE|\s{{3,}}\S|^\s*[\w.-]+:(?:\s|$)|^\s*- \S"
    ),
    "ls": re.compile(
        r"^\s*[-dlcbps][-rwxsStT]{3,9}|^\s*total\b|\sroot\s|->|\s\d\d:\d\d\s|^\S+/?:$|^\s*[!-~]+[*/@|=]?\s*$"
    ),
}

# What a damaged record of a command still shows where no run is there to claim it; a lone address may be a drawing's.
_STRAY = re.compile(
    rf"^\s*(?:default|{_PREFIX})\s+(?:dev|via|lladdr)\b|[:@]\S*\s*<[A-Z]|\blladdr\s|^\s*link/|^\s*inet6?\s+{_ADDR}|^\s*-A\s|^Chain\s"
    r"|\s(?:--|-f|!f)\s.*(?:anywhere|0\.0\.0\.0/0)"
)

_JSON_KEY = re.compile(r'"(\w+)"\s*:')
_JSON_STATES = re.compile(r'"state"\s*:\s*\[')
_HEAD = (
    r"[ \t]*(?:(?P<link>\d+: +\S+:) +<|(?P<chain>Chain .*?) \(|(?P<policy>-P +\S+)|(?P<table>\*\w+)|(?P<total>total) )"
)
_FIRST_HEAD = re.compile(_HEAD)
_NEXT_HEAD = re.compile(r"\n" + _HEAD)
_KUBECTL_HEADER = re.compile(r"(?:NAMESPACE\s+)?NAME\s+[A-Z]")


def kind_of_line(text: str, start: int, end: int, expected: str | None = None) -> str | None:
    """Name the command that alone prints `text[start:end]`, asking `expected` first; None when several may, or none."""
    if expected is not None:
        strong = _STRONG.get(expected)
        if strong is not None and strong.match(text, start, end):
            return expected
    found = _ANY.match(text, start, end)
    return found.lastgroup.replace("_", "-") if found is not None and found.lastgroup is not None else None


def block_end(text: str, start: int, end: int, kind: str) -> int:
    """Give the end of the lines from `start` on that a command alone prints or that are blank; `start` for none."""
    block = _BLOCKS.get(kind)
    found = block.match(text, start, end) if block is not None else None
    return start if found is None else found.end()


def may_belong(kind: str, line: str) -> bool:
    """Whether a line that is no whole record may be a damaged or wrapped one of this kind."""
    weak = _WEAK.get(kind)
    return weak is not None and weak.search(line) is not None


def may_be_data(line: str) -> bool:
    """Whether a line without context may be a damaged record of any command that we read."""
    return _STRAY.search(line) is not None


def names_program(kind: str, line: str) -> bool:
    """Whether a message is about a command: `# Warning: iptables-legacy tables present` belongs to iptables' output."""
    return kind == "iptables" and ("iptables" in line or "# Table `" in line)


def head_key(kind: str, line: str) -> str | None:
    """Give what a line heads (a link, a chain, a table): its second coming shows the start of another listing."""
    if kind == "kubectl":
        return "header" if _KUBECTL_HEADER.match(line) else None
    found = _FIRST_HEAD.match(line)
    return _key(found) if found is not None else None


def heads(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Yield offset and key of each line of a block that heads something, as `head_key` gives them."""
    first = _FIRST_HEAD.match(text, start, end)
    if first is not None:
        yield start, _key(first)
    for found in _NEXT_HEAD.finditer(text, start, end):
        yield found.start() + 1, _key(found)


def _key(found: re.Match[str]) -> str:
    return str(found[found.lastgroup or 0])


def starts_listing(kind: str, line: str) -> bool:
    """Whether a whole listing of this kind can begin with the line; True for kinds that have no fixed first line."""
    match kind:
        case "ip-address":
            return re.match(r"\s*\d+:\s|\S+\s+[A-Z]+\s", line) is not None
        case "iptables":
            return re.match(r"\s*(?:Chain\s|-[PN]\s|\*\w|#\s)", line) is not None
        case "kubectl":
            listed = _KUBECTL_HEADER.match(line) or re.match(rf"{_OWNERS}/\S+\s*$|apiVersion:", line)
            return listed is not None or is_empty_answer(line)
        case _:
            return True


def kind_of_json(value: JsonValue) -> str | None:
    """Name the command whose machine form a value is, by its keys (`ip -j`, kubectl); None when nothing tells."""
    if isinstance(value, dict):
        return _kind_of_object(value)
    if not isinstance(value, list):
        return None
    kinds = [_kind_of_object(item) for item in value[:64] if isinstance(item, dict)]
    # A neighbour without state prints like a route: one that has its own keys decides for all.
    return "ip-neighbour" if "ip-neighbour" in kinds else next((kind for kind in kinds if kind), None)


def kind_of_json_text(text: str) -> str | None:
    """Name the command by the keys in the beginning of JSON that breaks off; None when nothing tells."""
    keys = frozenset(_JSON_KEY.findall(text))
    if _JSON_STATES.search(text):
        keys |= {"lladdr"}
    return _kind_of_object(dict.fromkeys(keys))


def _kind_of_object(value: dict[str, JsonValue]) -> str | None:
    keys = value.keys()
    if {"ifname", "ifindex"} <= keys or "addr_info" in keys:
        return "ip-address"
    if "dst" in keys and ("lladdr" in keys or isinstance(value.get("state"), list) or {"proxy"} & keys):
        return "ip-neighbour"
    if "priority" in keys and {"src", "table", "action"} & keys:
        return "ip-rule"
    if "dst" in keys and {"gateway", "dev", "via", "nexthops", "type", "protocol", "flags"} & keys:
        return "ip-route"
    return "kubectl" if {"apiVersion", "kind"} & keys else None
