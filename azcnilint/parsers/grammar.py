"""The leaves that line grammars share. Every leaf ends where a token ends and has a name for messages.

Why so strict: a leaf `[0-9a-f:.]+` without a token end once read `error: permission denied` as a route to `e`.
"""

from __future__ import annotations

import re
from ipaddress import (
    AddressValueError,
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
    NetmaskValueError,
)

import pyparsing as pp

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
IPV4 = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
# `::` or six colons and more: a MAC has five and is no address
IPV6 = r"(?=[0-9A-Fa-f:]*::|(?:[0-9A-Fa-f]{1,4}:){6})[0-9A-Fa-f:]{2,39}(?:(?<=:)" + IPV4 + r")?"
END = r"(?!\S)"


def leaf(pattern: str, name: str) -> pp.ParserElement:
    """Give a terminal that must be followed by a blank or the line's end; `name` is its noun in messages."""
    return pp.Regex(f"(?:{pattern}){END}").set_name(name)


def word(text: str) -> pp.ParserElement:
    """Give the terminal for one fixed word, as a whole token; messages show it in double quotes."""
    return leaf(text.replace(".", r"\."), f'"{text}"')


def glued(pattern: str, name: str) -> pp.ParserElement:
    """Give a terminal that may be followed by anything: for tools that print two tokens without a blank between."""
    return pp.Regex(pattern).set_name(name)


def rest(name: str) -> pp.ParserElement:
    """Give everything up to the end of the line, without trailing blanks; matches at least one character."""
    return pp.Regex(r"\S.*?(?=[ \t]*+\Z)").set_name(name)


address = leaf(f"{IPV4}|{IPV6}", "an address")
prefix = leaf(rf"(?:{IPV4}(?:/(?:3[0-2]|[12]?\d))?|{IPV6}(?:/(?:12[0-8]|1[01]\d|[1-9]?\d))?)", "an address or prefix")
mac = leaf(r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2})*", "a link-layer address")
number = leaf(r"\d{1,20}", "a number")
ifname = leaf(r"[^\s/:]{1,64}", "an interface name")
token = leaf(r"\S+", "a word")


class LeafError(ValueError):
    """A token has the shape of its leaf and no value: `300.1.1.1`, `1::2::3`."""


_addresses: dict[str, IPv4Address | IPv6Address] = {}
_networks: dict[str, IPv4Network | IPv6Network] = {}
_MEMO_SIZE = 1 << 16
"""The memo is emptied when it holds this many, so that hostile input cannot make it grow without bound."""


def to_address(text: str) -> IPv4Address | IPv6Address:
    """Convert an address token; raises LeafError. The same token gives the same object."""
    value = _addresses.get(text)
    if value is None:
        try:
            value = IPv6Address(text) if ":" in text else IPv4Address(text)
        except AddressValueError as error:
            raise LeafError(f'"{text[:60]}" is no address: {_reason(text, error)}') from error
        if len(_addresses) >= _MEMO_SIZE:
            _addresses.clear()
        _addresses[text] = value
    return value


def to_network(text: str) -> IPv4Network | IPv6Network:
    """Convert a prefix token, a bare address being a /32 or /128; raises LeafError, also when host bits are set."""
    value = _networks.get(text)
    if value is None:
        try:
            value = IPv6Network(text) if ":" in text else IPv4Network(text)
        except (AddressValueError, NetmaskValueError, ValueError) as error:
            raise LeafError(f'"{text[:60]}" is no prefix: {_reason(text, error)}') from error
        if len(_networks) >= _MEMO_SIZE:
            _networks.clear()
        _networks[text] = value
    return value


def _reason(text: str, error: ValueError) -> str:
    """Say why a token is no address or prefix, in words that name the part that is wrong."""
    base, _, length = text.partition("/")
    octet = next((part for part in base.split(".") if part.isdigit() and int(part) > 255), None)
    if octet is not None and ":" not in base:
        return f"{octet} is more than 255"
    if isinstance(error, NetmaskValueError) and length.isdigit():
        return f"a prefix length is at most {128 if ':' in base else 32}"
    if str(error).endswith("has host bits set"):
        whole = IPv6Interface(text) if ":" in base else IPv4Interface(text)
        return f"bits behind the prefix length are set; the prefix is {whole.network}"
    words = _IN_QUOTES.sub("", str(error).removeprefix(f"{text} ")).replace("'", '"')
    return words[:1].lower() + words[1:]


_IN_QUOTES = re.compile(r" in '[^']*'$")
