"""The samples below `samples/`: what each directory holds, what it says of itself, and how its lines are claimed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from azcnilint.capture import Envelope, parse_command, split_captures
from azcnilint.models import Table
from azcnilint.parsers import Claim, ParseResult, parser_for
from azcnilint.rules import RulePack, builtin_rules
from azcnilint.text import SourceText, Span, decode

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples"


class _Meta(BaseModel):
    """What every sample.yaml says: one sentence on what is special, where it is from, under which licence."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    description: str
    origin: str
    licence: str


class CaptureMeta(_Meta):
    """What the sample.yaml of a capture says; `shown` is whether the input itself shows its command."""

    command: str
    shown: bool
    tool: str
    redactions: str | None = None


class Fault(BaseModel):
    """A fault of a bundle: the rule that must find it, what it must name, and what was done to the node."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: str
    subject: str
    planted: str


class BundleMeta(_Meta):
    """What the sample.yaml of a bundle says; `mode` is the fact that must come out."""

    mode: str
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class CaptureSample:
    """A directory below samples/captures: `input.*`, sample.yaml, expected.json."""

    folder: Path
    meta: CaptureMeta

    @property
    def name(self) -> str:
        """`ip-route/one-line`."""
        return self.folder.relative_to(SAMPLES / "captures").as_posix()

    @property
    def data(self) -> bytes:
        """The input as it stands on disk."""
        return next(self.folder.glob("input.*")).read_bytes()

    @property
    def hint(self) -> str | None:
        """The command to tell the parser; None when the input shows it."""
        return None if self.meta.shown else self.meta.command


@dataclass(frozen=True)
class BundleSample:
    """A directory below samples/bundles: `bundle/`, sample.yaml, `expected/`."""

    folder: Path
    meta: BundleMeta

    @property
    def name(self) -> str:
        """`overlay-broken`."""
        return self.folder.name

    @property
    def members(self) -> dict[str, bytes]:
        """Path inside the bundle to content."""
        root = self.folder / "bundle"
        files = (path for path in sorted(root.rglob("*")) if path.is_file())
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def _yaml(path: Path) -> object:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


@cache
def capture_samples() -> tuple[CaptureSample, ...]:
    """Give every sample of one capture, by kind and case."""
    folders = sorted(path.parent for path in (SAMPLES / "captures").glob("*/*/sample.yaml"))
    return tuple(CaptureSample(folder, CaptureMeta.model_validate(_yaml(folder / "sample.yaml"))) for folder in folders)


@cache
def bundle_samples() -> tuple[BundleSample, ...]:
    """Give every sample of a bundle, by case."""
    folders = sorted(path.parent for path in (SAMPLES / "bundles").glob("*/sample.yaml"))
    return tuple(BundleSample(folder, BundleMeta.model_validate(_yaml(folder / "sample.yaml"))) for folder in folders)


@cache
def rules() -> RulePack:
    """Give the built-in rules, loaded once for all tests."""
    return builtin_rules()


@dataclass(frozen=True)
class Reading:
    """A text that was split and parsed; `results` are those of the captures that a parser reads."""

    envelope: Envelope
    results: tuple[ParseResult[Table], ...]

    @property
    def source(self) -> SourceText:
        """The text that all spans index."""
        assert self.envelope.source is not None
        return self.envelope.source

    def claims(self) -> dict[int, Counter[str]]:
        """Give, for each line that is not blank, how often and how it is accounted for (law 1)."""
        found = {line.number: Counter[str]() for line in self.source.lines() if line.text.strip()}
        spans = [("noise", noise.span) for noise in self.envelope.noise]
        spans += [("reported", d.labels[0].span) for d in self.envelope.diagnostics if d.code == "unrecognised-lines"]
        read = {id(result.capture) for result in self.results}
        spans += [("unread", capture.body) for capture in self.envelope.captures if id(capture) not in read]
        for how, span in spans:
            for number in self._lines(span):
                if number in found:
                    found[number][how] += 1
        for result in self.results:
            for offset, claim in enumerate(result.ledger.claims):
                if result.ledger.first_line + offset in found:
                    found[result.ledger.first_line + offset][Claim(claim).name.lower()] += 1
        return found

    def unaccounted(self) -> list[str]:
        """Give the lines that nothing, or more than one thing, accounts for, and those called blank that are not."""
        return [
            f"{number}: {self.source.line(number).text!r} {dict(claims)}"
            for number, claims in self.claims().items()
            if claims.total() != 1 or "blank" in claims
        ]

    def _lines(self, span: Span) -> range:
        if span.start >= span.end:
            return range(0)
        return range(self.source.line_number(span.start), self.source.line_number(span.end - 1) + 1)


def read(data: bytes, hint: str | None = None) -> Reading:
    """Split and parse what one file holds; `hint` is the command that its name would tell."""
    envelope = split_captures(decode("sample", data), hint=parse_command(hint) if hint else None)
    parsers = ((capture, parser_for(capture.kind)) for capture in envelope.captures)
    return Reading(envelope, tuple(parser.parse(capture) for capture, parser in parsers if parser is not None))
