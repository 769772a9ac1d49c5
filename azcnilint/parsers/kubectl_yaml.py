"""YAML of `kubectl get -o yaml` as the objects that its JSON would give, each with its span.

Safe by construction: only the node graph is composed, no constructor runs; aliases are refused and the size is bounded.
kubectl writes plain YAML without tags or anchors (sigs.k8s.io/yaml).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import JsonValue
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StringMark, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from azcnilint.parsers.json_text import JsonFault, JsonObject
from azcnilint.text import SourceText, Span

MOST_CHARACTERS = 32 * 1024 * 1024
"""A longer text is refused: composing takes some hundred bytes a character."""
DEEPEST = 500
"""A text with more brackets or dashes within one another is refused: libyaml takes quadratic time and recurses in C."""
_BRACKET = re.compile(r"(?P<opens>[\[{])|[\]}]")
_STACKED = re.compile(rf"(?:[-?:][ \t]++){{{DEEPEST}}}")
_INT, _FLOAT, _BOOL, _NULL = (f"tag:yaml.org,2002:{name}" for name in ("int", "float", "bool", "null"))


class _NodeError(ValueError):
    """A node that no answer of kubectl holds."""

    def __init__(self, message: str, node: Node) -> None:
        super().__init__(message)
        self.message = message
        self.node = node


def looks_like_yaml(text: str) -> bool:
    """Say whether a capture's body is `-o yaml` rather than a table."""
    return text.lstrip().startswith(("apiVersion:", "items:", "kind:", "---\n", "- apiVersion:"))


def objects(source: SourceText, body: Span) -> Iterator[tuple[JsonObject, Span] | JsonFault]:
    """Yield the members of a List, or each document; a fault ends the reading."""
    if body.end - body.start > MOST_CHARACTERS:
        yield JsonFault(
            Span(body.artifact, body.start, body.start), f"the YAML is longer than {MOST_CHARACTERS} characters"
        )
        return
    deep = _too_deep(source.text, body)
    if deep is not None:
        yield JsonFault(Span(body.artifact, deep, deep + 1), "the YAML is nested too deeply")
        return
    place = _Places(source, body)
    try:
        for document in YAML(typ="safe").compose_all(source.slice(body)):
            yield from _members(document, place)
    except MarkedYAMLError as error:
        yield JsonFault(place.mark(error.problem_mark), f"not YAML: {error.problem or error.context}")
    except (YAMLError, RecursionError) as error:
        yield JsonFault(Span(body.artifact, body.start, body.start), f"not YAML: {str(error).splitlines()[0]}")
    except _NodeError as error:
        yield JsonFault(place.node(error.node), error.message)


def _too_deep(text: str, body: Span) -> int | None:
    """Give the place where the text nests too deeply; brackets in strings count too, as kubectl's pair up there."""
    depth = 0
    for found in _BRACKET.finditer(text, body.start, body.end):
        depth = depth + 1 if found["opens"] else max(0, depth - 1)
        if depth > DEEPEST:
            return found.start()
    stacked = _STACKED.search(text, body.start, body.end)
    return stacked.start() if stacked else None


class _Places:
    """Turns marks (0-based line and column of the body) into spans."""

    def __init__(self, source: SourceText, body: Span) -> None:
        self._source = source
        self._body = body
        self._first = source.line_number(body.start)

    def offset(self, mark: StringMark) -> int:
        starts = self._source.line_starts
        number = self._first - 1 + mark.line
        if number >= len(starts):
            return self._body.end
        start = self._body.start if mark.line == 0 else starts[number]
        return min(start + mark.column, self._body.end)

    def mark(self, mark: StringMark | None) -> Span:
        at = self._body.start if mark is None else self.offset(mark)
        return Span(self._body.artifact, at, min(at + 1, self._body.end))

    def node(self, node: Node) -> Span:
        """Without the blanks and line ends that a block node's end mark steps over."""
        start, end = self.offset(node.start_mark), self.offset(node.end_mark)
        return Span(self._body.artifact, start, start + len(self._source.text[start:end].rstrip()))


def _members(document: Node | None, place: _Places) -> Iterator[tuple[JsonObject, Span] | JsonFault]:
    if document is None:
        return
    seen: set[int] = set()
    for node in _items(document):
        value = _value(node, seen)
        if isinstance(value, dict):
            yield value, place.node(node)
        else:
            yield JsonFault(place.node(node), "expected an object")


def _items(document: Node) -> list[Node]:
    """Give the nodes under `items` of a List, else the document itself."""
    if isinstance(document, MappingNode):
        for key, value in document.value:
            if key.value == "items" and isinstance(value, SequenceNode):
                return list(value.value)
    return [document]


def _value(node: Node, seen: set[int]) -> JsonValue:
    """Give the value of a node; a node that was seen before is an alias, whose copies could grow without bound."""
    if id(node) in seen:
        raise _NodeError("an alias in YAML is not read", node)
    seen.add(id(node))
    match node:
        case MappingNode():
            return {_key(key): _value(value, seen) for key, value in node.value}
        case SequenceNode():
            return [_value(value, seen) for value in node.value]
        case _:
            return _scalar(node)


def _key(node: Node) -> str:
    if not isinstance(node, ScalarNode):
        raise _NodeError("expected a plain key", node)
    return str(node.value)


def _scalar(node: Node) -> JsonValue:
    text = str(node.value)
    try:
        if node.tag == _INT:
            return int(text)
        if node.tag == _FLOAT:
            return float(text)
    except ValueError:
        return text
    if node.tag == _BOOL:
        return text.lower() == "true"
    return None if node.tag == _NULL else text
