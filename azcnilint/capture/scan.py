"""Text to tagged lines: what each line is by itself, before anything is known about the command that printed it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

from azcnilint.capture.noise import noise_kind
from azcnilint.capture.prompts import Announcement, announcement, is_fence, sure_prompt
from azcnilint.capture.signatures import JsonValue, block_end, kind_of_json, kind_of_json_text, kind_of_line

LONGEST_LINE = 65_536
"""A longer line of text is never matched; JSON may be longer."""
_SIGNATURE_REACH = 1024
"""A line's signature stands in its first characters; the rest of a long line is not searched for one."""
_MOST_COMMENT_LINES = 3
_MOST_CONTINUED = 16

_JSON_START = re.compile(r"\s*(?:\[\s*(?:$|[\[{\]])|\{\s*(?:$|[\"}]))")
_YAML_START = re.compile(r"apiVersion:\s")
_YAML_LINE = re.compile(r"\s+\S|- |-$|[\w.$-]+:(?:\s|$)|---\s*$|\.\.\.\s*$|#|\s*$")
_decoder: json.JSONDecoder = json.JSONDecoder()


class What(Enum):
    """What a line is by itself."""

    RECORD = auto()
    """A line that only one command prints."""
    JSON = auto()
    """A whole JSON document, or what is left of one."""
    YAML = auto()
    """A whole YAML document of kubectl."""
    OTHER = auto()
    """Anything that may be data."""
    NOISE = auto()
    """Recognised, and no data."""
    ANNOUNCEMENT = auto()
    """A prompt or heading."""
    FENCE = auto()
    """A Markdown code fence."""

    @property
    def is_document(self) -> bool:
        """Whether the tag is a machine form, whose lines are not judged one by one."""
        return self in {What.JSON, What.YAML}


@dataclass(frozen=True, slots=True)
class Tag:
    """One line, the lines of one document, or a block of records of one command.

    Attributes:
        what: What it is.
        start: Offset of its first character.
        end: Offset behind its last character, line end excluded.
        kind: The command that prints it, for records and documents; the kind of noise for noise.
        said: The prompt or heading.
        after_blank: Whether a blank line stands before it.
        whole: False for a document that breaks off.
    """

    what: What
    start: int
    end: int
    kind: str | None = None
    said: Announcement | None = None
    after_blank: bool = False
    whole: bool = True


def scan(text: str, start: int, end: int) -> Iterator[Tag]:
    """Tag every line of `text[start:end]` that is not blank, in order. Linear in the text; total: never raises."""
    at, expected, blank = start, None, False
    while at < end:
        stop = _line_end(text, at, end)
        if text[at:stop].isspace() or at == stop:
            at, blank = stop + 1, True
            continue
        kind = kind_of_line(text, at, min(stop, at + _SIGNATURE_REACH), expected) if stop - at <= LONGEST_LINE else None
        if kind is not None:
            expected = kind
            tags = _records(text, at, stop, end, kind)
        else:
            tags = [_other(text, at, stop, end)]
        if blank:
            tags[0] = replace(tags[0], after_blank=True)
        yield from tags
        at, blank = tags[-1].end + 1, False


def _line_end(text: str, at: int, end: int) -> int:
    stop = text.find("\n", at, end)
    return end if stop < 0 else stop


def _records(text: str, at: int, stop: int, end: int, kind: str) -> list[Tag]:
    """Tag a record line, with the lines that a comment in it spans, up to a mark of left-out lines.

    What else a comment holds is no prompt and no noise.
    """
    if kind == "kubectl" and _YAML_START.match(text, at, stop):
        return [Tag(What.YAML, at, _yaml_end(text, stop, end), kind)]
    tags = [Tag(What.RECORD, at, stop, kind)]
    if kind != "iptables" or text.rfind("/*", at, stop) <= text.rfind("*/", at, stop):
        block = block_end(text, stop + 1, end, kind)
        if block <= stop + 1:
            return tags
        return [Tag(What.RECORD, at, end_of_lines(text, stop, block), kind)]
    lines = []
    for _ in range(_MOST_COMMENT_LINES):
        at = stop + 1
        if at >= end:
            break
        stop = _line_end(text, at, end)
        opens, closes = text.find("/*", at, stop), text.find("*/", at, stop)
        if (opens >= 0 and (closes < 0 or opens < closes)) or noise_kind(text[at:stop]) == "snip":
            break
        lines.append(Tag(What.RECORD, at, stop, kind))
        if closes >= 0:
            return tags + lines
    return tags


def end_of_lines(text: str, stop: int, block: int) -> int:
    """Give the end of the last line before `block` that is not blank; `stop` is the end of one."""
    while block > stop and text[block - 1].isspace():
        block -= 1
    line_end = text.find("\n", block)
    return len(text) if line_end < 0 else line_end


def _yaml_end(text: str, stop: int, end: int) -> int:
    last = stop
    while stop + 1 < end:
        at = stop + 1
        stop = _line_end(text, at, end)
        line = text[at : min(stop, at + LONGEST_LINE)]
        if not _YAML_LINE.match(line):
            break
        if line.strip():
            last = stop
    return last


def _other(text: str, at: int, stop: int, end: int) -> Tag:
    if _JSON_START.match(text, at, stop):
        return _json(text, at, stop, end)
    line = text[at:stop]
    if is_fence(line):
        return Tag(What.FENCE, at, stop, "fence")
    said, noise = announcement(line), noise_kind(line)
    if said is not None and (said.commands or said.noise == "prompt" or noise is None):
        for _ in range(_MOST_CONTINUED):
            if not said.unfinished or stop + 1 >= end:
                break
            stop = _line_end(text, stop + 1, end)
            said = announcement(text[at:stop].replace("\\\n", "  ")) or said
        return Tag(What.ANNOUNCEMENT, at, stop, said.noise, said)
    if noise is not None:
        return Tag(What.NOISE, at, stop, noise)
    return Tag(What.OTHER, at, stop, None)


def _json(text: str, at: int, stop: int, end: int) -> Tag:
    """Tag a JSON document to the end of its last line; one that breaks off goes on to the next prompt or fence."""
    begin = at + len(text[at:stop]) - len(text[at:stop].lstrip())
    try:
        value: JsonValue
        value, after = _decoder.raw_decode(text, begin)
    except (ValueError, RecursionError):
        after = end + 1
    if after <= end:
        return Tag(What.JSON, at, _line_end(text, after, end), kind_of_json(value))
    last = stop
    while stop + 1 < end:
        line_start = stop + 1
        stop = _line_end(text, line_start, end)
        line = text[line_start : min(stop, line_start + LONGEST_LINE)]
        if is_fence(line) or sure_prompt(line) is not None or noise_kind(line) == "envelope":
            break
        if line.strip():
            last = stop
    return Tag(What.JSON, at, last, kind_of_json_text(text[at : min(last, at + 8192)]), whole=False)
