"""Typed access to the keys of one YAML mapping; what is wrong is reported once and reading goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from azcnilint.rules.expr import messages
from azcnilint.rules.expr.located import Located
from azcnilint.rules.expr.messages import Fault
from azcnilint.rules.yaml_tree import MappingNode, ScalarNode, SequenceNode, TreeNode
from azcnilint.text import Span


@dataclass(frozen=True, slots=True)
class Fields:
    """The keys of one mapping.

    Attributes:
        span: The mapping.
        title: What it is, in messages: `a rule`.
    """

    span: Span
    title: str
    _nodes: dict[str, TreeNode]
    _faults: list[Fault]

    @classmethod
    def of(cls, tree: TreeNode, keys: Sequence[str], title: str, faults: list[Fault]) -> Fields | None:
        """Take a mapping that may have these keys and no others; None when it is none."""
        if not isinstance(tree, MappingNode):
            faults.append(Fault("yaml-shape", f"{title} has to be a mapping", tree.span))
            return None
        for key, _ in tree.entries:
            if key.value not in keys:
                note = f"{title} has {', '.join(keys)}"
                label = messages.suggest(key.value, keys)
                faults.append(Fault("yaml-unknown-key", f'{title} has no key "{key.value}"', key.span, label, note))
        return cls(tree.span, title, {key.value: value for key, value in tree.entries}, faults)

    def node(self, key: str, *, needed: bool = False) -> TreeNode | None:
        """Give the node of a key; None when it is not there."""
        found = self._nodes.get(key)
        if found is None and needed:
            place = Span(self.span.artifact, self.span.start, self.span.start + 1)
            self._faults.append(Fault("yaml-missing-key", f'{self.title} needs a key "{key}"', place))
        return found

    def located(self, key: str, *, needed: bool = True) -> Located | None:
        """Give a text with its places; None when it is not there or no text."""
        node = self.node(key, needed=needed)
        if node is None:
            return None
        if not isinstance(node, ScalarNode) or not node.value.strip():
            self._shape(node, key, "a text")
            return None
        return node.located()

    def text(self, key: str, *, needed: bool = True) -> str:
        """Give a text without blanks at its ends; "" when it is not there."""
        node = self.node(key, needed=needed)
        if node is None:
            return ""
        if not isinstance(node, ScalarNode) or (needed and not node.value.strip()):
            self._shape(node, key, "a text")
            return ""
        return node.value.strip()

    def word(self, key: str, words: Sequence[str], *, needed: bool = True) -> str | None:
        """Give one of a few words; None when it is not there or another."""
        node = self.node(key, needed=needed)
        if node is None:
            return None
        if not isinstance(node, ScalarNode) or node.value not in words:
            given = node.value if isinstance(node, ScalarNode) else ""
            note = f"{key} is one of {', '.join(words)}"
            fault = Fault("yaml-word", f'{key} cannot be "{given}"', node.span, messages.suggest(given, words), note)
            self._faults.append(fault)
            return None
        return node.value

    def texts(self, key: str) -> tuple[str, ...]:
        """Give a list of texts; empty when it is not there."""
        return tuple(self.scalar(item) for item in self.sequence(key))

    def scalar(self, node: TreeNode) -> str:
        """Give the text of a scalar; "" with a fault for a collection."""
        if isinstance(node, ScalarNode):
            return node.value
        self._faults.append(Fault("yaml-shape", "expected a text, found a collection", node.span))
        return ""

    def sequence(self, key: str, *, needed: bool = False) -> tuple[TreeNode, ...]:
        """Give the members of a list; empty when it is not there."""
        node = self.node(key, needed=needed)
        if node is None:
            return ()
        if not isinstance(node, SequenceNode):
            self._shape(node, key, "a list")
            return ()
        return node.items

    def entries(self, key: str, *, needed: bool = False) -> tuple[tuple[ScalarNode, TreeNode], ...]:
        """Give the pairs of a mapping, in order; empty when it is not there."""
        node = self.node(key, needed=needed)
        if node is None:
            return ()
        if not isinstance(node, MappingNode):
            self._shape(node, key, "a mapping")
            return ()
        return node.entries

    def fields(self, key: str, keys: Sequence[str], title: str) -> Fields | None:
        """Give a mapping below; None when it is not there."""
        node = self.node(key)
        return None if node is None else Fields.of(node, keys, title, self._faults)

    def _shape(self, node: TreeNode, key: str, wanted: str) -> None:
        self._faults.append(Fault("yaml-shape", f"{key} has to be {wanted}", node.span))
