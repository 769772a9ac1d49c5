"""What the lines of a capture tell about lines that are not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network

from azcnilint.capture.capture import Completeness
from azcnilint.capture.command import Command
from azcnilint.capture.signatures import starts_listing

# Each pattern begins with a literal, which `re` finds at memchr's speed; a MULTILINE `^` is tried at every character.
_VIA = re.compile(r" via +(?P<gateway>\d+\.\d+\.\d+\.\d+) +dev +(?P<dev>\S+)(?P<rest>[^\n]*)")
_DIRECT = re.compile(r"\n[ \t]*(?:unicast +)?(?P<dst>default|\d+\.\d+\.\d+\.\d+(?:/\d+)?) +dev +(?P<dev>\S+)")
_ONLINK = re.compile(r"\bonlink\b")
_RULE = re.compile(r"\n(?:\[\d+:\d+\] )?-A ")
_RULES_HEAD = re.compile(r"\n(?:\*\w|-[PN] |COMMIT)")


def unreached_gateways(text: str) -> Iterator[tuple[str, str]]:
    """Yield (gateway, device) of each IPv4 route whose gateway no shown route of the same device reaches.

    The kernel refuses such a route unless it is `onlink` (Linux net/ipv4/fib_semantics.c, fib_check_nh), so a listing
    that shows one is an excerpt. Only the table that is shown is looked at.
    """
    gateways = [found for found in _VIA.finditer(text) if not _ONLINK.search(found["rest"])]
    devices = {found["dev"] for found in gateways}
    direct: dict[str, dict[int, set[int]]] = {}
    for found in _DIRECT.finditer("\n" + text) if devices else ():
        network = _network(found["dst"]) if found["dev"] in devices else None
        if network is not None:
            direct.setdefault(found["dev"], {}).setdefault(network.prefixlen, set()).add(int(network.network_address))
    for found in gateways:
        gateway = _network(found["gateway"])
        if gateway is None:
            continue
        address = int(gateway.network_address)
        lengths = direct.get(found["dev"], {})
        if not any(address >> 32 - length << 32 - length in networks for length, networks in lengths.items()):
            yield found["gateway"], found["dev"]


def _network(text: str) -> IPv4Network | None:
    try:
        return IPv4Network("0.0.0.0/0" if text == "default" else text)
    except ValueError:
        return None


def completeness_of_lines(kind: str, text: str, first: str, command: Command | None) -> Completeness:
    """Judge a body of text that no mark, filter or error has judged yet: what its first and last lines betray.

    Args:
        kind: Which command printed it.
        text: The body.
        first: Its first line of data.
        command: The command, None when it is not shown.
    """
    argv = command.argv if command else ()
    if kind == "kubectl" and "--no-headers" in argv:
        return Completeness.COMPLETE
    if kind == "kubectl" and any(
        word.startswith(("-ojsonpath", "jsonpath", "-ocustom", "custom-columns", "go-template")) for word in argv
    ):
        return Completeness.COMPLETE
    if kind == "iptables" and _RULE.search("\n" + text) and not _RULES_HEAD.search("\n" + text):
        return Completeness.EXCERPT
    if not starts_listing(kind, first):
        return Completeness.HEAD_CUT
    if kind == "iptables":
        return _completeness_of_save(text)
    if kind == "ip-route" and next(unreached_gateways(text), None) is not None:
        return Completeness.EXCERPT
    return Completeness.COMPLETE


def _completeness_of_save(text: str) -> Completeness:
    """iptables-save prints `*table … COMMIT` for each table: one without the other is cut."""
    lines = "\n" + text
    tables, ends = lines.count("\n*"), lines.count("\nCOMMIT")
    if tables > ends:
        return Completeness.TAIL_CUT
    return Completeness.HEAD_CUT if ends > tables else Completeness.COMPLETE
