"""Whole records of two sources side by side, and the one list of differences that are the text's own limits."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass

from pydantic import JsonValue

JsonObject = dict[str, JsonValue]


@dataclass(frozen=True)
class Difference:
    """One value that two sources do not agree on.

    Attributes:
        what: `-PATH` stands only in the tool's record, `+PATH` only in ours, `~PATH` in both with two values.
        ours: Our value; None when there is none.
        theirs: The tool's value; None when there is none.
        record: The tool's whole record, for the message and for exceptions that depend on it.
    """

    what: str
    ours: object
    theirs: object
    record: object = field(default=None, repr=False)


@dataclass(frozen=True)
class Exemption:
    """A difference that the text cannot avoid.

    Attributes:
        options: Words of which the command must have all.
        what: The difference, or its beginning up to a final `*`.
        because: Why the text cannot tell.
        when: Which of these differences are meant; all, unless it says otherwise.
    """

    options: frozenset[str]
    what: str
    because: str
    when: Callable[[Difference], bool] = lambda _: True

    def covers(self, words: Sequence[str], found: Difference) -> bool:
        """Whether it explains that difference of that command."""
        fits = found.what.startswith(self.what[:-1]) if self.what.endswith("*") else found.what == self.what
        return fits and self.options <= set(words) and self.when(found)


@dataclass
class Tally:
    """What a run of the suite compared."""

    states: int = 0
    captures: int = 0
    moved: int = 0
    records: int = 0
    fields: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    tried: Counter[str] = field(default_factory=Counter)
    exempted: Counter[str] = field(default_factory=Counter)

    def counts(self) -> dict[str, int]:
        """Give all of it as numbers by name, to be added up over the states of a run."""
        counted = {"tried": self.tried, "refused": self.refused, "exempted": self.exempted}
        return {
            **{name: getattr(self, name) for name in ("states", "captures", "moved", "records", "fields")},
            **{f"{kind} {name}": count for kind, counter in counted.items() for name, count in counter.items()},
        }

    def unexplained(
        self, words: Sequence[str], found: Iterator[Difference], exemptions: Sequence[Exemption]
    ) -> list[str]:
        """Give the differences of one command that no exemption explains, each as a line; counts the others."""
        rest = []
        for difference in found:
            covering = next((each for each in exemptions if each.covers(words, difference)), None)
            if covering is None:
                rest.append(f"{' '.join(words)}: {difference}; in {difference.record}")
            else:
                self.exempted[f"{' '.join(sorted(covering.options))} {covering.what}".strip()] += 1
        return rest


def load(text: str) -> list[JsonObject]:
    """Read what `ip -j` printed, without its empty objects; a repeated key stands as `key#2`, as in our own form."""
    records = [item for item in json.loads(text or "[]", object_pairs_hook=_numbered) if item]
    for item in records:
        listed = item.get("addr_info")
        if isinstance(listed, list):
            item["addr_info"] = [address for address in listed if address]
    return records


def _numbered(pairs: Sequence[tuple[str, JsonValue]]) -> JsonObject:
    result: JsonObject = {}
    for key, value in pairs:
        result[f"{key}#2" if key in result else key] = value
    return result


def leaves(value: JsonValue) -> int:
    """Count the values at the ends of a record."""
    match value:
        case dict():
            return sum(leaves(item) for item in value.values()) or 1
        case list():
            return sum(leaves(item) for item in value) or 1
        case _:
            return 1


def json_differences(ours: Sequence[JsonObject], theirs: Sequence[JsonObject]) -> Iterator[Difference]:
    """Compare two arrays of `ip -j` record by record, value by value, types and order of keys included."""
    if len(ours) != len(theirs):
        yield Difference("~records", len(ours), len(theirs), _missing(ours, theirs))
    for mine, yours in zip(ours, theirs, strict=False):
        yield from _values(mine, yours, "", yours)


def _missing(ours: Sequence[JsonObject], theirs: Sequence[JsonObject]) -> list[JsonObject]:
    """Give records that only one side has."""
    return [item for item in (*ours, *theirs) if item not in ours or item not in theirs][:4]


def _values(ours: JsonValue, theirs: JsonValue, path: str, record: JsonObject) -> Iterator[Difference]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        shared = [key for key in theirs if key in ours]
        if [key for key in ours if key in theirs] != shared:
            yield Difference(f"~{path}:order", list(ours), list(theirs), record)
        for key in dict.fromkeys([*ours, *theirs]):
            inner = f"{path}.{key}" if path else key
            if key in ours and key in theirs:
                yield from _values(ours[key], theirs[key], inner, record)
            else:
                sign = "+" if key in ours else "-"
                yield Difference(f"{sign}{inner}", ours.get(key), theirs.get(key), record)
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for mine, yours in zip(ours, theirs, strict=True):
            yield from _values(mine, yours, path, record)
    elif (type(ours), ours) != (type(theirs), theirs):
        yield Difference(f"~{path}", ours, theirs, record)


def record_differences(ours: object, theirs: object, path: str = "", record: object = None) -> Iterator[Difference]:
    """Compare two of our records field by field; a field that ours hides and does not have is no difference."""
    if isinstance(ours, tuple) and isinstance(theirs, tuple) and len(ours) == len(theirs):
        for left, right in zip(ours, theirs, strict=True):
            yield from record_differences(left, right, path, record)
    elif not is_dataclass(ours) or not is_dataclass(theirs) or type(ours) is not type(theirs):
        if ours != theirs:
            yield Difference(f"~{path}", ours, theirs, record)
    else:
        hidden: frozenset[str] = getattr(ours, "hidden", frozenset())
        for each in fields(ours):
            mine, yours = getattr(ours, each.name), getattr(theirs, each.name)
            if each.compare and mine != yours and not (each.name in hidden and mine in (None, (), {})):
                yield from record_differences(mine, yours, f"{path}.{each.name}" if path else each.name, theirs)


def kind_of(found: Difference) -> Mapping[str, JsonValue]:
    """Give the `linkinfo` of a link that differs; empty for other records."""
    linkinfo = found.record.get("linkinfo") if isinstance(found.record, dict) else None
    return linkinfo if isinstance(linkinfo, dict) else {}
