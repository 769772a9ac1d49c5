"""Message templates: text with expressions in `{{…}}`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from azcnilint.rules.expr.frame import Frame
from azcnilint.rules.expr.located import Located
from azcnilint.rules.expr.program import Program
from azcnilint.rules.expr.values import show

_HOLE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """A checked template: texts and programs in order; a value that is not settled is shown as `unknown`."""

    parts: tuple[str | Program, ...]

    def render(self, frame: Frame) -> str:
        """Fill the template in. Total: never raises."""
        return "".join(part if isinstance(part, str) else show(part.run(frame)) for part in self.parts)


def cut(template: Located) -> Iterator[str | Located]:
    """Give the texts of a template, and the expressions in `{{…}}` with their places."""
    start = 0
    for hole in _HOLE.finditer(template.text):
        if hole.start() > start:
            yield template.text[start : hole.start()]
        yield template.part(hole.start(1), hole.end(1))
        start = hole.end()
    if start < len(template.text):
        yield template.text[start:].rstrip("\n")
