"""YAML text to a tree of scalars, mappings and sequences, each with its span; bounded, without YAML's dangerous parts.

Read from the event stream: depth is bounded before anything recurses, and an alias is refused before it is followed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from azcnilint.rules.expr.located import Located
from azcnilint.rules.expr.messages import Fault
from azcnilint.rules.scalars import offsets
from azcnilint.text import SourceText, Span

LARGEST_FILE = 262_144
"""Code points of one file; the largest rule of the built-in pack has about 8 000."""
DEEPEST = 16
MOST_NODES = 20_000


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A scalar: its value, and whether it is plain (so that `true` is a bool and `"true"` is not)."""

    span: Span
    value: str
    plain: bool
    source: SourceText

    def located(self) -> Located:
        """Give the value with the place of every character."""
        raw = self.source.slice(self.span)
        return Located(self.value, self.span, offsets(raw, self.value, self.span.start))


@dataclass(frozen=True, slots=True)
class SequenceNode:
    """A sequence."""

    span: Span
    items: tuple[TreeNode, ...]


@dataclass(frozen=True, slots=True)
class MappingNode:
    """A mapping, in order; keys are scalars and each occurs once."""

    span: Span
    entries: tuple[tuple[ScalarNode, TreeNode], ...]


TreeNode: TypeAlias = ScalarNode | SequenceNode | MappingNode


class YamlFault(Exception):  # noqa: N818 - it carries a fault
    """The text is not YAML that we read."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def compose(source: SourceText) -> TreeNode:
    """Read the one document of a file; raises YamlFault."""
    if len(source.text) > LARGEST_FILE:
        message = f"file has {len(source.text)} characters; at most {LARGEST_FILE} are read"
        raise YamlFault(Fault("yaml-too-large", message, None, artifact=source.artifact))
    try:
        root = _root(source, pure=False)
    except YAMLError:
        root = _root_by_python(source)
    if root is None:
        raise YamlFault(Fault("yaml-empty", "file is empty", None, artifact=source.artifact))
    return root


def _root(source: SourceText, *, pure: bool) -> TreeNode | None:
    """Read the events of the C parser (or of Python's) into a tree; raises YAMLError and YamlFault."""
    composer = _Composer(source)
    for event in YAML(typ="safe", pure=pure).parse(source.text):
        composer.take(event)
    return composer.root


def _root_by_python(source: SourceText) -> TreeNode | None:
    """Read what libyaml refuses: it reads YAML 1.1, where `[https://example.org]` is an error that 1.2 allows."""
    try:
        return _root(source, pure=True)
    except MarkedYAMLError as error:
        raise YamlFault(_marked(source, error)) from None
    except YAMLError as error:
        words = " ".join(str(error).split())
        raise YamlFault(
            Fault("yaml-syntax", f"cannot be read as YAML: {words}", None, artifact=source.artifact)
        ) from None


def _marked(source: SourceText, error: MarkedYAMLError) -> Fault:
    mark = error.problem_mark or error.context_mark
    index = min(mark.index, len(source.text)) if mark is not None else 0
    return Fault("yaml-syntax", error.problem or "cannot be read as YAML", Span(source.artifact, index, index + 1))


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet."""

    start: int
    mapping: bool
    items: list[TreeNode]


class _Composer:
    """Builds the tree with a stack of its own."""

    def __init__(self, source: SourceText) -> None:
        self.root: TreeNode | None = None
        self._source = source
        self._open: list[_Open] = []
        self._nodes = self._documents = 0

    def take(self, event: Event) -> None:
        """Take the next event; raises YamlFault."""
        span = Span(self._source.artifact, event.start_mark.index, event.end_mark.index)
        self._refuse(event, span)
        match event:
            case ScalarEvent():
                plain = event.style in (None, "")
                self._add(ScalarNode(self._trimmed(span), event.value, plain, self._source))
            case MappingStartEvent() | SequenceStartEvent():
                if len(self._open) == DEEPEST:
                    raise YamlFault(Fault("yaml-too-deep", f"collections nest more than {DEEPEST} deep", span))
                self._open.append(_Open(span.start, isinstance(event, MappingStartEvent), []))
            case MappingEndEvent() | SequenceEndEvent():
                done = self._open.pop()
                self._add(self._closed(done, span.end))
            case _:
                pass

    def _refuse(self, event: Event, span: Span) -> None:
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise YamlFault(Fault("yaml-documents", "file has more than one document", span, "one rule a file"))
        if isinstance(event, AliasEvent):
            raise YamlFault(Fault("yaml-alias", "aliases are not read", span, "write it out"))
        if getattr(event, "anchor", None):
            raise YamlFault(Fault("yaml-anchor", "anchors are not read", span, "write it out"))
        if getattr(event, "tag", None):
            raise YamlFault(Fault("yaml-tag", "tags are not read", span, "remove it"))

    def _trimmed(self, span: Span) -> Span:
        """Cut the line ends off that belong to a block scalar, so that its span ends with its text."""
        text = self._source.slice(span)
        return Span(span.artifact, span.start, span.start + max(1, len(text.rstrip())) if text else span.start)

    def _closed(self, done: _Open, end: int) -> TreeNode:
        last = done.items[-1].span.end if done.items else end
        span = Span(self._source.artifact, done.start, max(last, done.start + 1))
        if not done.mapping:
            return SequenceNode(span, tuple(done.items))
        return MappingNode(span, tuple(self._entries(done.items)))

    def _entries(self, items: list[TreeNode]) -> Iterator[tuple[ScalarNode, TreeNode]]:
        seen: set[str] = set()
        for key, value in zip(items[::2], items[1::2], strict=True):
            if not isinstance(key, ScalarNode):
                raise YamlFault(Fault("yaml-key", "a key has to be a word", key.span))
            if key.value in seen:
                raise YamlFault(Fault("yaml-duplicate-key", f'key "{key.value}" occurs twice', key.span))
            seen.add(key.value)
            yield key, value

    def _add(self, node: TreeNode) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise YamlFault(Fault("yaml-too-large", f"file has more than {MOST_NODES} values", node.span))
        if self._open:
            self._open[-1].items.append(node)
        else:
            self.root = node
