"""Lines that name the command whose output follows: shell prompts, `set -x` traces, headings, bare command lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from azcnilint.capture.command import LONGEST_COMMAND, Command, is_program, parse_commands

# Prompts that cannot be anything else: whatever stands behind them is a command line.
_SURE = re.compile(
    r"""\s*(?:\([\w.-]{1,40}\)\s)?(?:
        [A-Za-z_][\w.-]{0,63}@(?P<host1>[A-Za-z0-9][\w.-]{0,253})(?::\s?|\s)(?:[~/][^\s\#$%>]{0,255}|[\w.-]{1,64})?\s?[\#$%>]
        |\[[A-Za-z_][\w.-]{0,63}@(?P<host2>[A-Za-z0-9][\w.-]{0,253})\s[^\]]{0,255}\][\#$%]
        |(?P<host3>[A-Za-z0-9][\w.-]{0,253}):[~/][^\s\#$%>]{0,255}\s?[\#$%>]
        |PS\s[A-Za-z/][^<>|]{0,255}>|[A-Z]:\\[^<>|\s]{0,255}>(?=\s*\w)
        |(?:ba|da|z|k|a)?sh-\d[\d.]{0,8}[\#$]|[~/][\w./-]{0,255}\s[\#$]
    )(?:(?:\s+|(?<=>))(?P<command>\S.*)|\s*)$""",
    re.VERBOSE,
)
# Signs that also begin comments, quotations and lists: a prompt only before a command that we know.
_SIGN = re.compile(r"\s*(?P<sign>[$#%>\u276f\u279c]|\+{1,3})\s+(?P<command>\S.*)$")
_LONE_SIGN = re.compile(r"\s*[$#%\u276f]\s*$")
_HEADING = re.compile(
    r"\s*(?P<mark>[-=*#_~<>+]{2,80}|\[|`|\#)\s*(?P<title>[^\s].*?)\s*(?P<end>[-=*#_~<>+]{2,80}|\]|`)?\s*:?\s*$"
)
_SAID = re.compile(
    r"\s*(?:command|cmd|running|executing|exec|output of)\s*:?\s+[`'\"]?(?P<title>\S.*?)[`'\"]?\s*:?\s*$", re.IGNORECASE
)
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})\s*[\w+.-]*\s*$")
_PROSE = """
    and are as before after below following for from has here in into is it of on output shows that the this was we
"""
_PROSE_WORDS = frozenset(_PROSE.split())
_PROSE_END = re.compile(r"[.,;!?。、]$")
_LONGEST_HEADING = 240
_ALONE = frozenset({"arp", "hostname", "ifconfig", "ip6tables-save", "iptables-save", "ll", "ls", "route"})


@dataclass(frozen=True, slots=True)
class Announcement:
    """A line that announces output.

    Attributes:
        noise: `prompt` or `heading`.
        commands: What it runs; empty for a prompt without a command and a heading that names none.
        start: 0-based column where the command line begins; the line's length when there is none.
        host: Host name that the prompt shows; None without one.
        unfinished: Whether the command line goes on in the next line (it ends in a backslash).
    """

    noise: str
    commands: tuple[Command, ...] = ()
    start: int = 0
    host: str | None = None
    unfinished: bool = False


def announcement(line: str) -> Announcement | None:
    """Recognise a line that announces output; None for any other. Total: never raises."""
    if len(line) > LONGEST_COMMAND:
        return None
    return sure_prompt(line) or _signed(line) or _headed(line) or _bare(line)


def sure_prompt(line: str) -> Announcement | None:
    r"""Recognise a prompt that nothing else looks like (`root@aks:/# `, `[root@x ~]# `, `PS C:\> `, `/ # `)."""
    if len(line) > LONGEST_COMMAND:
        return None
    found = _SURE.match(line)
    if found is None:
        return None
    text = found["command"] or ""
    commands = parse_commands(text.rstrip("\\")) if text else ()
    if _looks_like_mail(line) and not any(command.known for command in commands):
        return None
    host = found["host1"] or found["host2"] or found["host3"]
    start = found.start("command") if text else len(line)
    return Announcement("prompt", commands, start, host, text.endswith("\\"))


def is_fence(line: str) -> bool:
    """Whether a line opens or closes a Markdown code block."""
    return len(line) < 80 and _FENCE.match(line) is not None


def _looks_like_mail(line: str) -> bool:
    """`me@example.com wrote > …` has the shape of a prompt with a blank; a known command settles it."""
    return re.match(r"\s*\S+@[\w.-]+\s", line) is not None


def _signed(line: str) -> Announcement | None:
    if _LONE_SIGN.match(line):
        return Announcement("prompt", (), len(line))
    found = _SIGN.match(line)
    if found is None:
        return None
    text = found["command"]
    commands = parse_commands(text.rstrip("\\").rstrip(":"))
    if not commands:
        return None
    sure = found["sign"] in {"$", "%", "\u276f", "\u279c"} or found["sign"].startswith("+")
    if (commands[0].known and sure) or _is_listing(commands, text):
        return Announcement("prompt", commands, found.start("command"), None, text.endswith("\\"))
    return None


def _headed(line: str) -> Announcement | None:
    """`--- ip a ---`, `===== ip r =====`, `### ip n`, `` `ip n` ``, `Command: ip r`; or a heading of a section."""
    found = (_HEADING.match(line) or _SAID.match(line)) if len(line) <= _LONGEST_HEADING else None
    if found is None:
        return None
    title = found["title"]
    commands = parse_commands(title.lstrip("$# "))
    if _is_listing(commands, title):
        return Announcement("heading", commands, found.start("title"))
    groups = found.groupdict()
    mark, end = groups.get("mark") or "", groups.get("end") or ""
    closed = len(mark) >= 3 and mark[0] == end[:1] and len(end) >= 3
    titled = re.match(r"#{2,6} +[^\W\d_]", line) is not None or re.match(r"==> \S.* <==$", line) is not None
    return Announcement("heading", (), len(line)) if closed or titled else None


def _bare(line: str) -> Announcement | None:
    """A command line alone on its line, with nothing before it."""
    text = line.strip().removesuffix(":")
    if len(text) > _LONGEST_HEADING or not text or not is_program(text.split(None, 1)[0]):
        return None
    commands = parse_commands(text)
    if len(commands) == 1 and len(commands[0].argv) == 1 and not text.startswith("ip"):
        return None
    if not _is_listing(commands, text) or (commands[0].kind == "ls" and not _names_a_path(commands[0])):
        return None
    return Announcement("heading", commands, len(line) - len(line.lstrip()))


def _names_a_path(command: Command) -> bool:
    return any(word.startswith(("-", "/")) for word in command.argv[1:])


def _is_listing(commands: tuple[Command, ...], text: str) -> bool:
    """Whether a text is wholly a command that lists something, and not a sentence that begins like one."""
    if not commands or commands[0].kind is None or _reads_as_prose(text):
        return False
    argv = commands[0].argv
    return len(argv) > 1 or argv[0] in _ALONE


def _reads_as_prose(text: str) -> bool:
    words = text.lower().split()
    return len(words) > 2 and (_PROSE_END.search(text) is not None or not _PROSE_WORDS.isdisjoint(words[1:]))
