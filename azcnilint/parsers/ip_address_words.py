"""Words of a line, and readers that turn a keyword's words into a JSON key and its value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

_WORD = re.compile(r"[^ \t]+")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a line and its offset in the text that it was cut from."""

    text: str
    at: int

    @property
    def end(self) -> int:
        """Offset behind the word."""
        return self.at + len(self.text)


@dataclass(slots=True)
class Words:
    """The words of one line, read from left to right.

    Attributes:
        unread: Words that no reader knew, in printed order.
    """

    words: list[Word]
    next: int = 0
    unread: list[Word] = field(default_factory=list)

    def __iter__(self) -> Iterator[Word]:
        """Yield the words that no reader has taken yet."""
        while self.next < len(self.words):
            self.next += 1
            yield self.words[self.next - 1]

    def take(self, pattern: re.Pattern[str]) -> str | None:
        """Take the next word when all of it fits; None, and nothing taken, when it does not."""
        if self.next < len(self.words) and pattern.fullmatch(self.words[self.next].text):
            self.next += 1
            return self.words[self.next - 1].text
        return None


def words_of(text: str, start: int, end: int) -> Words:
    """Cut `text[start:end]` into words."""
    return Words([Word(found.group(), found.start()) for found in _WORD.finditer(text, start, end)])


Details = dict[str, JsonValue]
Reader = Callable[[Words, Details], bool]
"""Takes the values behind a keyword into the mapping; False when they are not what the keyword wants."""

_ANY = re.compile(r".+")
_DIGITS = re.compile(r"\d+")
_TIMER = re.compile(r"\d+\.\d+")
_HEX = re.compile(r"0x[0-9a-f]+|0")
_ON_OFF = re.compile(r"on|off")
_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2})+")
_PAIR = re.compile(r"\d+:\d+")
_COUNT = re.compile(r"\(\d+\)")
_BRACE = re.compile(r"[{}]")


def uint(key: str) -> Reader:
    """Give a reader of one number."""
    return one(key, _DIGITS, int)


def text(key: str) -> Reader:
    """Give a reader of one word."""
    return one(key, _ANY, str)


def hexadecimal(key: str) -> Reader:
    """JSON keeps what print_0xhex prints as a string (`"0x8001"`, and `"0"` for zero)."""
    return one(key, _HEX, str)


def timer(key: str) -> Reader:
    """Give a reader of seconds with two decimals."""
    return one(key, _TIMER, float)


def on_off(key: str) -> Reader:
    """Give a reader of `on` or `off`."""
    return one(key, _ON_OFF, lambda text: text == "on")


def one(key: str, pattern: re.Pattern[str], convert: Callable[[str], JsonValue]) -> Reader:
    """Give a reader of one word of a certain shape."""

    def read(words: Words, into: Details) -> bool:
        value = words.take(pattern)
        if value is not None:
            into[key] = convert(value)
        return value is not None

    return read


def flag(key: str, *, on: bool = True) -> Reader:
    """Give a reader for a keyword without a value."""

    def read(_words: Words, into: Details) -> bool:
        into[key] = on
        return True

    return read


def unless(key: str, texts: Mapping[str, JsonValue], otherwise: Reader) -> Reader:
    """Read a word that stands for a value (`ttl auto` is 0); one that has none (`ttl inherit`) has no key in JSON."""
    words_with_meaning = re.compile("|".join(texts))

    def read(words: Words, into: Details) -> bool:
        word = words.take(words_with_meaning)
        if word is None:
            return otherwise(words, into)
        if texts[word] is not None:
            into[key] = texts[word]
        return True

    return read


def toggle(word: str, key: str) -> dict[str, Reader]:
    """Give the readers of a keyword that a leading `no` negates."""
    return {word: flag(key), f"no{word}": flag(key, on=False)}


def address(v4: str, v6: str) -> Reader:
    """JSON has one key for an IPv4 address and another for an IPv6 address."""

    def read(words: Words, into: Details) -> bool:
        value = words.take(_ANY)
        if value is not None:
            into[v6 if ":" in value else v4] = value
        return value is not None

    return read


def port_range(words: Words, into: Details) -> bool:
    """Read the two ports of `srcport 0 0`."""
    low, high = words.take(_DIGITS), words.take(_DIGITS)
    if low is None or high is None:
        return False
    into["port_range"] = {"low": int(low), "high": int(high)}
    return True


def qos_map(key: str) -> Reader:
    """Read `{ 1:2 3:4 }`."""

    def read(words: Words, into: Details) -> bool:
        if words.take(_BRACE) is None:
            return False
        pairs: list[JsonValue] = []
        while (pair := words.take(_PAIR)) is not None:
            low, high = pair.split(":")
            pairs.append({"from": int(low), "to": int(high)})
        into[key] = pairs
        return words.take(_BRACE) is not None

    return read


def remotes(words: Words, into: Details) -> bool:
    """Read `remotes (1) 02:00:00:00:00:01` of a macvlan in source mode."""
    count = words.take(_COUNT)
    if count is None:
        return False
    addresses: list[JsonValue] = []
    while (address := words.take(_MAC)) is not None:
        addresses.append(address)
    into["macaddr_count"] = int(count[1:-1])
    if addresses:
        into["macaddr_data"] = addresses
    return True


def peer(words: Words, into: Details) -> bool:
    """Read netkit's `peer policy X` and `peer scrub X`."""
    which, value = words.take(re.compile("policy|scrub")), words.take(_ANY)
    if which is None or value is None:
        return False
    into[f"peer_{which}"] = value
    return True


def nothing(words: Words, _into: Details) -> bool:
    """Read a word with a value that JSON prints elsewhere: `mcast_fast_leave` repeats `fastleave`."""
    return words.take(_ON_OFF) is not None
