"""`parse`: one file's captures as typed records with their places, or in the tools' own machine form."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from pydantic import JsonValue

from azcnilint.capture import Capture, Envelope
from azcnilint.capture.command import Command, parse_command
from azcnilint.capture.envelope import split_captures
from azcnilint.cli.diagnostics import diagnostic_text, grave
from azcnilint.cli.ledger import ledger_text, lines_of_result, lines_outside
from azcnilint.cli.positions import diagnostic_json, result_json, span_json
from azcnilint.cli.streams import Streams
from azcnilint.errors import BundleError, UsageError
from azcnilint.models import LinkTable, NatTable, NeighbourTable, ObjectTable, RouteTable, RoutingRuleTable, Table
from azcnilint.native import ip_address, ip_neighbour, ip_route, ip_rule, iptables, kubectl
from azcnilint.parsers import Claim, ParseResult, parser_for
from azcnilint.snapshot.layouts import place
from azcnilint.snapshot.members import shown_name
from azcnilint.text import SourceText, decode

OK, NOTHING, UNREAD = 0, 3, 4
LARGEST_FILE = 1 << 30
"""Bytes; a larger file is refused instead of filling the memory."""


def run(arguments: argparse.Namespace, streams: Streams) -> int:
    """Print what one file holds; 3 when it holds no capture that we read, 4 when a line was not read."""
    source = _source(arguments.path, streams)
    envelope = split_captures(source, hint=_hint(arguments.command) or place(source.artifact).hint)
    results = [
        parser.parse(capture) for capture in envelope.captures if (parser := parser_for(capture.kind)) is not None
    ]
    for result in results:
        for diagnostic in grave(result.diagnostics):
            streams.note(diagnostic_text(result.capture.source, diagnostic))
    errors = [capture.error for capture in envelope.captures if capture.error is not None]
    for diagnostic in (*grave(envelope.diagnostics), *errors):
        streams.note(diagnostic_text(envelope.source or source, diagnostic))
    _print(arguments, streams, source, envelope, results)
    if not any(result.value is not None for result in results):
        streams.note(f"azcnilint: {source.artifact}: nothing that azcnilint reads was recognised")
        return NOTHING
    lost = any(result.ledger.count(Claim.DIAGNOSTIC) for result in results)
    return UNREAD if lost else OK


def _print(
    arguments: argparse.Namespace,
    streams: Streams,
    source: SourceText,
    envelope: Envelope,
    results: list[ParseResult[Table]],
) -> None:
    """Print the machine form, the ledger or (as `--format` says, or by default) the typed records."""
    if arguments.format == "native" and arguments.ledger:
        message = "the machine form has no place for a ledger; use --format json, or no --format"
        raise UsageError(message)
    if arguments.format == "native":
        for result in results:
            streams.out(_native(result))
    elif arguments.ledger and arguments.format is None:
        streams.out(ledger_text(envelope, envelope.source or source, results))
    else:
        document = _document(source, envelope, results, ledger=arguments.ledger)
        streams.out(json.dumps(document, indent=2) + "\n")


def _hint(command: str | None) -> Command | None:
    if command is None:
        return None
    hint = parse_command(command)
    if hint is None or parser_for(hint.kind) is None:
        message = f'"{command}" is no command whose output azcnilint reads'
        raise UsageError(message)
    return hint


def _source(path: str, streams: Streams) -> SourceText:
    if path == "-":
        data, name = streams.stdin.read(LARGEST_FILE + 1), "<stdin>"
    else:
        name = shown_name(path)
        try:
            with Path(path).open("rb") as file:
                data = file.read(LARGEST_FILE + 1)
        except OSError as error:
            message = f'cannot open "{name}": {(error.strerror or str(error)).lower()}'
            raise BundleError(message) from error
    if len(data) > LARGEST_FILE:
        message = f'"{name}" is larger than {LARGEST_FILE} bytes'
        raise BundleError(message)
    return decode(name, data)


def _document(source: SourceText, envelope: Envelope, results: list[ParseResult[Table]], *, ledger: bool) -> JsonValue:
    read = {id(result.capture) for result in results}
    captures = [result_json(result) for result in results]
    outside: dict[str, JsonValue] = {}
    if ledger:
        for printed, result in zip(captures, results, strict=True):
            printed["lines"] = [account.json for account in lines_of_result(result)]
        rest = lines_outside(envelope, envelope.source or source, [result.capture for result in results])
        outside["lines"] = [account.json for account in rest]
    return {
        "schema_version": 1,
        "artifact": source.artifact,
        "captures": list(captures),
        **outside,
        "unread": [_unread(capture) for capture in envelope.captures if id(capture) not in read],
        "noise": [{"kind": noise.kind, "at": span_json(source, noise.span)} for noise in envelope.noise],
        "diagnostics": [diagnostic_json(source, found) for found in (*source.repairs, *envelope.diagnostics)],
    }


def _unread(capture: Capture) -> JsonValue:
    return {
        "kind": capture.kind,
        "command": list(capture.argv) if capture.argv is not None else None,
        "at": span_json(capture.source, capture.body),
    }


def _native(result: ParseResult[Table]) -> str:
    """Give the machine form: what `ip -j`, `iptables-save` and `kubectl -o json` print of that state."""
    match result.value:
        case None:
            return ""
        case LinkTable() as links:
            return _json(ip_address.ip_json(links))
        case RouteTable() as routes:
            return _json(ip_route.ip_json(routes))
        case NeighbourTable() as neighbours:
            return _json(ip_neighbour.ip_json(neighbours))
        case RoutingRuleTable() as rules:
            return _json(ip_rule.ip_json(rules))
        case NatTable() as nat:
            return "".join(f"{line}\n" for line in iptables.save_lines(nat))
        case ObjectTable() as objects:
            return _json(kubectl.object_list(objects))
        case _:
            message = "ls has no machine form; use --format json"
            raise UsageError(message)


def _json(value: object) -> str:
    return json.dumps(value) + "\n"
