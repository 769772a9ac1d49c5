"""One command line to the commands in it: words without wrappers, kind of output, whose namespace, what is dropped.

>>> parse_command("sudo nsenter -t 4711 -n /sbin/ip -4 a | grep azv")
Command(argv=('ip', '-4', 'a'), kind='ip-address', netns='pid 4711', host=None, filtered=True)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from azcnilint.capture.wrappers import WRAPPERS, Unwrapped, base_name, unwrap

LONGEST_COMMAND = 8192
"""A longer line is no command line that a person or a script wrote."""
_MOST_NESTED = 4

READ_KINDS = frozenset({"ip-address", "ip-route", "ip-neighbour", "ip-rule", "iptables", "ls", "kubectl"})
"""Kinds of output that a parser reads."""

_UNREAD = """
    arp arping bridge brctl cilium conntrack crictl curl date df dig dmesg docker ebtables ethtool getent hostname
    hostnamectl ifconfig ipset ipvsadm journalctl lsmod lspci mount netstat nft nslookup ping ps readlink resolvectl
    route ss stat sysctl systemctl tc tcpdump traceroute uname uptime whoami
"""
UNREAD_PROGRAMS = frozenset(_UNREAD.split())
"""Programs whose output is recognised and not read; the kind is the program's name."""

_SHELL = """
    apt apt-get awk az bash bat cat cd chmod chroot clear command cp docker echo egrep env exit export find for grep
    head helm id jq less ln ls logout more mkdir mv nc nsenter openssl printf pwd rm script sed set sh ssh su sudo tail
    tee test time top touch tree type vi vim wget which while xargs zcat gc get-content
"""
_SHELL_PROGRAMS = frozenset(_SHELL.split())
"""Programs whose output can be anything, or nothing: the content decides."""

_OUTPUT_PROGRAMS = frozenset({"ip", "ip6tables", "iptables", "kubectl", "ls"})

_LS_ALIASES = {"ll": ("ls", "-alF"), "la": ("ls", "-A"), "l": ("ls", "-CF")}
_STARTERS = _OUTPUT_PROGRAMS | UNREAD_PROGRAMS | WRAPPERS | _LS_ALIASES.keys()

_PASSING = frozenset({"cat", "less", "more", "tee"})
"""Behind a pipe these let every line through, unchanged and in order."""

# ip.c, cmds[]: the order decides what an abbreviation means (`n` is neighbour, `netn` is netns; iproute2 6.1).
_IP_OBJECTS: tuple[tuple[str, str], ...] = (
    ("address", "ip-address"),
    ("addrlabel", "ip-addrlabel"),
    ("maddress", "ip-maddress"),
    ("route", "ip-route"),
    ("rule", "ip-rule"),
    ("neighbor", "ip-neighbour"),
    ("neighbour", "ip-neighbour"),
    ("ntable", "ip-ntable"),
    ("ntbl", "ip-ntable"),
    ("link", "ip-address"),
    ("l2tp", "ip-l2tp"),
    ("fou", "ip-fou"),
    ("ila", "ip-ila"),
    ("macsec", "ip-macsec"),
    ("tunnel", "ip-tunnel"),
    ("tunl", "ip-tunnel"),
    ("tuntap", "ip-tuntap"),
    ("tap", "ip-tuntap"),
    ("token", "ip-token"),
    ("tcpmetrics", "ip-tcp-metrics"),
    ("tcp_metrics", "ip-tcp-metrics"),
    ("monitor", "ip-monitor"),
    ("xfrm", "ip-xfrm"),
    ("mroute", "ip-mroute"),
    ("mrule", "ip-mrule"),
    ("netns", "ip-netns"),
    ("netconf", "ip-netconf"),
    ("vrf", "ip-vrf"),
    ("sr", "ip-sr"),
    ("nexthop", "ip-nexthop"),
    ("mptcp", "ip-mptcp"),
)
_IP_VALUED = frozenset({"-f", "-family", "-b", "-batch", "-rc", "-rcvbuf", "-l", "-loops", "-n", "-netns"})
_IP_LISTING = re.compile(r"s(?:h(?:o(?:w)?)?)?|l(?:s|st|i(?:s(?:t)?)?)?")
_IP_WHOLE = (("table", "main"), ("table", "all"), ("table", "254"), ("nud", "all"))
_IPTABLES = re.compile(r"ip6?tables(?:-nft|-legacy)?(?P<save>-save)?")
_IPTABLES_LISTING = re.compile(r"-[a-zA-Z]*[LS]|--list(?:-r(?:ules?)?)?")
_KUBECTL_VALUED = frozenset(
    {"-n", "--namespace", "--context", "--kubeconfig", "-s", "--server", "--token", "--user", "--cluster", "--as", "-v"}
)
_SELECTORS = ("-l", "--selector", "--field-selector")

# word | operator | redirection, as a shell splits them; a lone quote and a <placeholder> are parts of words.
_TOKEN = re.compile(
    r"""[ \t]+
    |(?P<redirect>(?<!\S)[0-9&]?>{1,2}(?:&\s?[0-9-]|\s*[^\s;|&<>]+)|(?<!\S)<{1,3}(?![\w-]+>)\s*[^\s;|&<>]+)
    |(?P<operator>\|\||&&|\|&?|;;?|&(?!>))
    |(?P<comment>(?<!\S)\#.*)
    |(?P<word>(?:[^\s;|&'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*+"|['"\\])+)""",
    re.VERBOSE,
)
_QUOTED = re.compile(r"""'([^']*)'|"((?:[^"\\]|\\.)*+)"|\\(.)""")


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Attributes:
        argv: Its words without wrappers (`sudo`, `nsenter …`, `kubectl exec POD --`), redirections and directories of
            the program; aliases are spelled out (`k` is `kubectl`, `ll` is `ls -alF`), abbreviations of `ip` are not.
        kind: Which output it prints, as in `Capture.kind`; None when that depends on its files or arguments (`cat x`).
        netns: Whose network namespace, as in `Capture.netns`; None for the one of the shell.
        host: Machine that the command line names (`ssh HOST`, `kubectl debug node/HOST`); None for that of the shell.
        filtered: Whether lines are dropped or reordered: by a pipe, a label selector, or by what `ip` is asked to show.
    """

    argv: tuple[str, ...]
    kind: str | None = None
    netns: str | None = None
    host: str | None = None
    filtered: bool = False

    @property
    def known(self) -> bool:
        """Whether the program is one that we know at all."""
        return is_program(self.argv[0])


def is_program(word: str) -> bool:
    """Whether a word is a program that we know, an alias or a wrapper; cheap, so that prose is not parsed."""
    name = base_name(word)
    return name in _STARTERS or name.lower() in _SHELL_PROGRAMS or _IPTABLES.fullmatch(name) is not None


def parse_command(line: str) -> Command | None:
    """Read a command line; None when it holds no word. The first of several commands. Total: never raises."""
    commands = parse_commands(line)
    return commands[0] if commands else None


def parse_commands(line: str) -> tuple[Command, ...]:
    """Read all commands of a line, those of `sh -c '…'` and of `az … --scripts '…'` included. Total: never raises."""
    return _script(line, _MOST_NESTED)


def _script(line: str, depth: int) -> tuple[Command, ...]:
    if len(line) > LONGEST_COMMAND or depth == 0:
        return ()
    commands: list[Command] = []
    for pipeline in _pipelines(line):
        first, *rest = pipeline
        filtered = any(base_name(words[0]) not in _PASSING for words in rest if words)
        inner = _commands(unwrap(first), depth)
        commands += [replace(command, filtered=command.filtered or filtered) for command in inner]
    return tuple(commands)


def _pipelines(line: str) -> list[list[list[str]]]:
    """Split a line into pipelines of commands of words; empty pipelines are left out."""
    pipelines: list[list[list[str]]] = [[[]]]
    for token in _TOKEN.finditer(line):
        match token.lastgroup:
            case "word":
                pipelines[-1][-1].append(
                    _QUOTED.sub(lambda quoted: quoted[1] or quoted[2] or quoted[3] or "", token[0])
                )
            case "operator" if token[0] in {"|", "|&"}:
                pipelines[-1].append([])
            case "operator":
                pipelines.append([[]])
            case _:
                continue
    return [pipeline for pipeline in pipelines if pipeline[0]]


def _commands(unwrapped: Unwrapped, depth: int) -> tuple[Command, ...]:
    if unwrapped.script is not None:
        inner = _script(unwrapped.script, depth - 1)
        return tuple(replace(one, netns=one.netns or unwrapped.netns, host=one.host or unwrapped.host) for one in inner)
    words = unwrapped.words
    if not words:
        return ()
    argv = _spelled_out(words)
    kind, selected = _kind(argv)
    return (Command(argv, kind, unwrapped.netns, unwrapped.host, selected),)


def _spelled_out(words: Sequence[str]) -> tuple[str, ...]:
    program, rest = base_name(words[0]), tuple(words[1:])
    if program in {"k", "oc"}:
        return ("kubectl", *rest)
    if program in {"xtables-nft-multi", "xtables-legacy-multi"} and rest:
        return rest
    return (*_LS_ALIASES.get(program, (program,)), *rest)


def _kind(argv: tuple[str, ...]) -> tuple[str | None, bool]:
    """Say which output a command prints, and whether it was asked for a part only."""
    program = argv[0]
    if program == "ip":
        return _ip_kind(argv)
    if program == "kubectl":
        return _kubectl_kind(argv)
    found = _IPTABLES.fullmatch(program)
    if found is not None:
        listing = found["save"] is not None or any(_IPTABLES_LISTING.fullmatch(word) for word in argv[1:])
        return ("iptables" if listing else None), False
    if program == "ls" or program in UNREAD_PROGRAMS:
        return program, False
    return None, program in {"head", "tail", "grep", "egrep", "awk", "sed"}


def _ip_kind(argv: tuple[str, ...]) -> tuple[str | None, bool]:
    at = 1
    while at < len(argv) and argv[at].startswith("-"):
        at += 2 if argv[at] in _IP_VALUED else 1
    if at >= len(argv):
        return None, False
    kind = next((kind for name, kind in _IP_OBJECTS if name.startswith(argv[at])), None)
    rest = argv[at + 1 :]
    if kind == "ip-route" and rest and "get".startswith(rest[0]):
        return "ip-route-get", False
    if rest and not _IP_LISTING.fullmatch(rest[0]):
        return None, False
    selectors = rest[1:]
    whole = not selectors or tuple(selectors) in _IP_WHOLE
    return kind, not whole


def _kubectl_kind(argv: tuple[str, ...]) -> tuple[str | None, bool]:
    at = 1
    while at < len(argv) and argv[at].startswith("-"):
        at += 2 if argv[at] in _KUBECTL_VALUED else 1
    if at >= len(argv):
        return None, False
    if argv[at] != "get":
        return f"kubectl-{argv[at]}" if argv[at].isalpha() else None, False
    return "kubectl", any(word == name or word.startswith((f"{name}=",)) for word in argv for name in _SELECTORS)
