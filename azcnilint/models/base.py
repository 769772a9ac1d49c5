"""What every record shares: where it was read, and which of its fields the capture does not settle."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated

from pydantic import ConfigDict, PlainSerializer, SkipValidation
from pydantic.dataclasses import dataclass

from azcnilint.text import Span

RECORD = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
"""The pydantic configuration of every record: validated, no unknown field."""

Names = Annotated[frozenset[str], SkipValidation, PlainSerializer(sorted, return_type=list[str], when_used="json")]
"""Names of fields, tables …; sorted in JSON, so that the same input always gives the same bytes."""

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class Record:
    """One thing that a tool printed.

    Two records are equal when their facts are; `span` and `hidden` do not take part, so that the text and the JSON of
    one state compare equal.

    Attributes:
        span: Everything the record was read from, without leading and trailing blanks.
        hidden: Fields that this capture does not settle. A field of None (or an empty tuple) that is named here was
            not printed by this variant of the command, which is not the same as absent; a sequence named here may
            lack members. A rule that asks for it gets UNKNOWN.
    """

    span: Annotated[Span, SkipValidation] = field(compare=False, repr=False)
    hidden: Names = field(default=NOTHING, compare=False, repr=False)

    def settles(self, name: str) -> bool:
        """Say whether the capture settles the field `name`: its None means none, its sequence is whole."""
        return name not in self.hidden


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class Table(Record):
    """All records of one capture; `hidden` names the sequence when members may be missing (cut, filtered, lost lines).

    Attributes:
        incomplete_because: Why the sequence may lack members, in words for a report; None when it is whole.
    """

    incomplete_because: str | None = field(default=None, compare=False)

    @property
    def complete(self) -> bool:
        """Whether every record that the command would print is here, so that absence can be concluded."""
        return not self.hidden
