"""A known or a missing fact: `Present` holds a table, `Absent` says why there is none and which command supplies it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

from azcnilint.text import Label

T_co = TypeVar("T_co", covariant=True)


class AbsentReason(StrEnum):
    """Why a snapshot has no table of a kind. None of them says that the thing itself is missing from the node."""

    NOT_CAPTURED = "not captured"
    """No artifact holds output of the command."""
    EMPTY = "empty"
    """The output is there and has no line; the capture does not show whether the command ran."""
    COMMAND_FAILED = "command failed"
    """An error text stands where the output should be."""
    UNREADABLE = "unreadable"
    """There is output, and no line of it could be read."""


@dataclass(frozen=True, slots=True)
class Present(Generic[T_co]):
    """Evidence that was captured and read; match it by position: `case Present(table, artifact, complete)`.

    Attributes:
        value: The table, merged from all captures of its kind.
        artifact: Where it was read; with several captures the one that shows most.
        complete: Whether records that it does not show are thereby absent.
    """

    value: T_co
    artifact: str
    complete: bool


@dataclass(frozen=True, slots=True)
class Absent:
    """Evidence that is missing; match it by position: `case Absent(kind, reason, command)`.

    Attributes:
        kind: What is missing, in words for a report: `iptables nat table`.
        reason: Why.
        command: What to run on the node (or, for cluster objects, anywhere) to supply it.
        label: The error text or the empty or unreadable output; None when nothing was captured.
    """

    kind: str
    reason: AbsentReason
    command: str
    label: Label | None = None


Evidence: TypeAlias = Present[T_co] | Absent
"""Present or Absent; a type checker makes the caller handle both."""
