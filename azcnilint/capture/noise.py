"""Lines that are recognised and are no data: marks of left-out lines, warnings, errors, footers, banners, captions.

Each pattern answers for a whole line. They are asked only about lines that are no command's record (signatures.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

KINDS: Mapping[str, str] = {
    "banner": "what a login, `kubectl debug` or script(1) says before or after a session",
    "caption": "prose, a page title or a drawing's text around captures",
    "cut-line": "a line whose first part a size limit cut off, so that what is left could be mistaken for a record",
    "envelope": "the frame of `az … run-command` and `az aks command invoke`: status, [stdout], JSON around",
    "error": "a command says why it printed nothing, or less",
    "fence": "a Markdown code fence",
    "footer": "what a wrapper appends: totals, time(1), ruler lines",
    "heading": "a line that names the command or section below it",
    "prompt": "a shell prompt, with or without a command line",
    "snip": "a mark that stands for lines left out (`[snip]`, `...`, `--More--`)",
    "stderr": "standard error of the commands that ran together in one run-command",
    "warning": "a tool warns, and prints its output all the same",
}
"""Every kind of noise that this room books, and what it is."""

LONGEST_NOISE = 2048
"""A longer line is not asked about: nothing below prints such lines."""

_LEFT_OUT = r"(?:snip(?:ped)?|omitted|truncated|abbreviated|elided|trimmed|skipped|cut(?: off)?|removed for brevity)"
_SNIP = rf"""
    \[?\(?<?(?:\.{{3,}}|…+|(?:\.\ ){{2,}}\.)\s*(?:\(?\+?\d+\ more[^>)\]]*)?>?\)?\]?$
    |[-\[<(\#*=.\ ]*(?:\d+\ )?
        (?:more\ |other\ |output\ |rest\ |remaining\ |lines?\ |rows\ |entries\ |text\ |content\ |log\ )*
        (?:is\ |are\ |was\ |were\ )?{_LEFT_OUT}(?:\ (?:output|lines?|rows|here|for\ brevity))*[-\]>)\#*=.\ ]*$
    |--\ ?More\ ?--.*$
    |[-\s]*8<[-\s]*$|[-\s]*✂[-\s]*$
    |[\[(\uff08<]?(?:中略|以下略|後略|前略|省略)[\])\uff09>]?$
"""
_WARNING = r"""
    \#\ (?:Warning|Table\ `).*
    |(?:warning|warn)\s?:\ .*
    |[IW]\d{4}\ \d\d:\d\d:\d\d\.\d+\ .*
    |sudo:\ unable\ to\ resolve\ host.*
    |Unable\ to\ use\ a\ TTY.*
    |Defaulted\ container\ .*|Defaulting\ (?:debug\ )?container\ .*
"""
_ERROR = r"""
    (?:-?(?:ba|da|z|k|a)?sh(?:\.exe)?:\ )?(?:line\ \d+:\ |\d+:\ )?\S+:\ (?:command\ )?not\ found\.?$
    |(?:zsh:\ )?command\ not\ found:\ \S+$|Command\ '[^']+'\ not\ found.*
    |.{0,200}:\ (?:Permission\ denied|Operation\ not\ (?:permitted|supported)|No\ such\ file\ or\ directory)\.?$
    |.{0,200}:\ (?:Connection\ refused|Exec\ format\ error)\.?$
    |(?:error|fatal|panic)\s?:\ .*
    |error\ execut(?:ing|ed)\ .*
    |Error\ from\ server\b.*
    |[EF]\d{4}\ \d\d:\d\d:\d\d\.\d+\ .*
    |Unable\ to\ connect\ to\ the\ server.*|The\ connection\ to\ the\ server\ .*
    |(?:Device|Cannot\ find\ device|Object|Command|Option)\ ".*".*
    |Cannot\ (?:open|find|bind|send|talk)\ .*
    |Dump\ (?:terminated|was\ interrupted).*|RTNETLINK\ answers.*
    |setting\ the\ network\ namespace\ .*|mount\ of\ /sys\ failed.*
    |ip6?tables[\w-]*(?:\ v[\d.]+(?:\ \([\w-]+\))?)?:\ .*
    |Try\ `ip6?tables\ -h'.*|Perhaps\ ip6?tables\ or\ your\ kernel.*
    |Another\ app\ is\ currently\ holding\ the\ xtables\ lock.*
    |(?:sudo|nsenter|chroot|ls|ip|kubectl|unshare|modprobe|exec):\ .*
    |command\ terminated\ with\ exit\ code\ \d+.*
    |Enable\ failed\b.*
"""
_FOOTER = r"""
    Total\ Number\ of\ Rules\s?:?\ \d+.*|(?:real|user|sys)\s+\d+m[\d.,]+s$|[\d.]+user\ [\d.]+system\ .*
    |[-=*_~+\#]{4,}$|\(END\)|lines\ \d+-\d+(?:/\d+)?.*|Script\ done\b.*
"""
_BANNER = r"""
    Creating\ debugging\ pod\ .*|If\ you\ don't\ see\ a\ command\ prompt.*|Script\ started\b.*|Last\ login:.*
    |logout$|exit$|Welcome\ to\ (?:Ubuntu|Azure|CBL|Mariner)\b.*|Connection\ to\ \S+\ closed\..*
    |Pseudo-terminal\ will\ not.*
"""
_ENVELOPE = r"""
    Enable\ succeeded:?\s*$|\[std(?:out|err)\]$|command\ started\ at\ .*\ with\ exitcode=-?\d+$
"""
_NOISE = re.compile(
    rf"\s*(?:(?P<snip>{_SNIP})|(?P<envelope>{_ENVELOPE})|(?P<warning>{_WARNING})|(?P<error>{_ERROR})|(?P<footer>{_FOOTER})"
    rf"|(?P<banner>{_BANNER}))",
    re.VERBOSE | re.IGNORECASE,
)

_TITLE = re.compile(r"\s*\d{1,3}[.)]\s*(?![\d.])\S")
_FOREIGN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff01-\uff60]")
_LABEL = re.compile(r"\s*\[[\w .-]{2,60}\]\s*$")
_SENTENCE = re.compile(r"\s*[^\W\d_][\w`'\u2019“”\"(),.:;!?/-]*(?:\s+[\w`'\u2019“”\"()&,.:;!?/-]+){2,}\s*$")
_FILLERS = re.compile(
    r"\b(?:an?|and|are|as|at|below|following|for|from|has|have|here|in|is|it|not|of|on|our|please|see|that|the|these|this|to"
    r"|was|we|with|you)\b",
    re.IGNORECASE,
)


def noise_kind(line: str) -> str | None:
    """Name the noise that a line is, regardless of where it stands; None when it may be data."""
    if len(line) > LONGEST_NOISE:
        return None
    found = _NOISE.match(line)
    return found.lastgroup if found else None


def is_title(line: str) -> bool:
    """Whether a line is the numbered title of a page or section (`43. …`): what follows belongs to another page."""
    return len(line) <= 200 and _TITLE.match(line) is not None


def is_caption(line: str) -> bool:
    """Whether a line shows by itself that it is prose: another script, a URL, a bracketed label, a sentence."""
    if len(line) > LONGEST_NOISE:
        return False
    if is_title(line) or _LABEL.match(line) or _FOREIGN.search(line) or "://" in line:
        return True
    if line.lstrip()[:1] in {"•", "・", "●", "◦", "▪", "“", "※"}:
        return True
    return _SENTENCE.match(line) is not None and len(_FILLERS.findall(line)) >= 2


def is_missing_directory(line: str) -> bool:
    """Whether `ls` says that what it was asked for does not exist, which is an answer and no failure (any language)."""
    return re.match(r"\s*(?:\S*/)?ls: (?:cannot access .*|.*: No such file or directory)$", line) is not None


def is_empty_answer(line: str) -> bool:
    """Whether `kubectl` says that there is nothing (`No resources found in x namespace.`), which is an answer."""
    return re.match(r"No resources found\b.*$", line) is not None
