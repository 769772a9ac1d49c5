"""JSON that knows where its elements stand: the objects of an array or a List, each with its span.

Reads what the tools print: one array, several arrays one after the other, one object a line, a Kubernetes List. Old
iproute2 prints broken JSON for some objects (iproute2 issues 37 and 41); such text is reported at its place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

from pydantic import JsonValue

from azcnilint.text import SourceText, Span

JsonObject = dict[str, JsonValue]
_SEPARATORS = re.compile(r"[\s,]*")
_NESTED = re.compile(r"[\[{]")
_STRING_OR_BRACE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}]')
_ITEMS = re.compile(r'"items"\s*:\s*\[')


@dataclass(frozen=True, slots=True)
class JsonFault:
    """A place where the text stops being JSON, and why.

    Attributes:
        span: The place.
        message: What is wrong there.
        resumed: Offset where the reading went on, behind the broken object; None when it ended here.
    """

    span: Span
    message: str
    resumed: int | None = None


def looks_like_json(text: str) -> bool:
    """Say whether a capture's body is machine form rather than text."""
    return text.lstrip()[:1] in {"[", "{"} and not text.lstrip().startswith("[snip")


def _pairs(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    """Keep the first value of a repeated key, later ones as `key#2`: `ip -j r` repeats `dst` with encap."""
    result: JsonObject = {}
    for key, value in pairs:
        name, count = key, 1
        while name in result:
            count += 1
            name = f"{key}#{count}"
        result[name] = value
    return result


_decoder = json.JSONDecoder(object_pairs_hook=_pairs)


def objects(source: SourceText, body: Span) -> Iterator[tuple[JsonObject, Span] | JsonFault]:
    """Yield each object of the text with its span; a fault costs its element of an array, or the rest of the text.

    A Kubernetes List yields its `items`. Elements that are no objects are faults of their own.
    """
    text, at, end = source.text, body.start, body.end
    while True:
        at = _skip(text, at, end)
        if at >= end:
            return
        if text[at] == "[":
            at = yield from _elements(source, at + 1, end)
            continue
        if text[at] == "{":
            items = _ITEMS.search(text, at, min(end, at + 4096))
            if items is not None and not _NESTED.search(text, at + 1, items.start()):
                at = yield from _elements(source, items.end(), end)
                at = _after_list(text, at, end)
                continue
        found = _one(source, at, end)
        if isinstance(found, JsonFault):
            yield found
            return
        value, stop = found
        if isinstance(value, dict):
            listed = value.get("items")
            if isinstance(listed, list):
                for item in listed:
                    if isinstance(item, dict):
                        yield item, Span(source.artifact, at, stop)
            else:
                yield value, Span(source.artifact, at, stop)
        else:
            yield JsonFault(Span(source.artifact, at, stop), "expected a JSON object")
        at = stop


def _elements(source: SourceText, at: int, end: int) -> Generator[tuple[JsonObject, Span] | JsonFault, None, int]:
    """Yield the objects of an array that began before `at`; returns the offset behind its `]`."""
    text = source.text
    broken = False
    while True:
        at = _skip(text, at, end)
        if at >= end:
            if not broken:
                yield JsonFault(Span(source.artifact, end, end), "the JSON array is cut before its end")
            return end
        if text[at] == "]":
            return at + 1
        found = _one(source, at, end)
        if isinstance(found, JsonFault):
            # `{"broadcast","dst":…}` is no JSON, yet its braces pair up: the next element begins behind them
            at = _after_object(text, at, end)
            broken = at >= end
            yield found if broken else replace(found, resumed=at)
            continue
        value, stop = found
        span = Span(source.artifact, at, stop)
        if isinstance(value, dict):
            if value:
                yield value, span
        else:
            yield JsonFault(span, "expected a JSON object")
        at = stop


def _one(source: SourceText, at: int, end: int) -> tuple[JsonValue, int] | JsonFault:
    try:
        value, stop = _decoder.raw_decode(source.text, at)
    except json.JSONDecodeError as error:
        place = min(error.pos, end)
        return JsonFault(Span(source.artifact, place, min(place + 1, end)), f"not JSON: {error.msg.lower()}")
    except RecursionError:
        return JsonFault(Span(source.artifact, at, at + 1), "the JSON is nested too deeply")
    except ValueError as error:
        return JsonFault(Span(source.artifact, at, at + 1), f"not JSON: {error}")
    if stop > end:
        return JsonFault(Span(source.artifact, at, end), "the JSON goes on behind the end of the capture")
    return value, stop


def _skip(text: str, at: int, end: int) -> int:
    found = _SEPARATORS.match(text, at, end)
    return found.end() if found else at


def _after_object(text: str, at: int, end: int) -> int:
    """Step over the object that begins at `at`, by its braces; gives `end` when it has no end or `at` is no object."""
    return _after_list(text, at + 1, end) if text[at] == "{" else end


def _after_list(text: str, at: int, end: int) -> int:
    """Step over what a List prints behind its items (`"kind": "List", "metadata": …}`)."""
    depth = 1
    while at < end and depth:
        found = _STRING_OR_BRACE.search(text, at, end)
        if found is None:
            return end
        depth += {"{": 1, "}": -1}.get(found.group(), 0)
        at = found.end()
    return at
