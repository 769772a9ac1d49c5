r"""`kubectl get` of DaemonSets, Deployments, pods and nodes: tables, `-o name`, JSON and YAML, into `ObjectTable`.

    >>> from azcnilint.capture import Capture
    >>> from azcnilint.text import decode
    >>> text = b"NAME      READY   UP-TO-DATE   AVAILABLE   AGE\ncoredns   2/2     2            2           4h39m\n"
    >>> source = decode("deploy.txt", text)
    >>> capture = Capture(source, source.span, "kubectl", ("kubectl", "get", "deploy", "-n", "kube-system"))
    >>> coredns = parse(capture).unwrap().deployments[0]
    >>> coredns.namespace, coredns.name, coredns.ready, coredns.desired
    ('kube-system', 'coredns', 2, 2)

Messages: kubectl 1.32, staging/src/k8s.io/kubectl/pkg/cmd/get/get.go and pkg/cmd/util/helpers.go; klog header: klog v2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pydantic import ValidationError

from azcnilint.capture import Capture
from azcnilint.models import NodeObject, ObjectTable, Pod, Workload, WorkloadKind
from azcnilint.parsers.base import Parser, ParseResult, whole
from azcnilint.parsers.grammar import LeafError, leaf, rest
from azcnilint.parsers.json_reading import JsonReading
from azcnilint.parsers.json_text import looks_like_json
from azcnilint.parsers.kubectl_columns import (
    KNOWN_COLUMNS,
    ColumnError,
    Header,
    cells_alone,
    cells_under,
    header_of,
    label_column,
)
from azcnilint.parsers.kubectl_command import SEQUENCES, Request, request_of
from azcnilint.parsers.kubectl_json import ObjectError
from azcnilint.parsers.kubectl_objects import ObjectRecord
from azcnilint.parsers.kubectl_objects import record_of as record_of_object
from azcnilint.parsers.kubectl_table import record_of as record_of_row
from azcnilint.parsers.kubectl_table import record_of_name
from azcnilint.parsers.kubectl_yaml import looks_like_yaml
from azcnilint.parsers.kubectl_yaml import objects as objects_of_yaml
from azcnilint.parsers.lines import LineGrammar, Reading
from azcnilint.parsers.suggestions import nearest
from azcnilint.text import Severity, Span

# text = { warning | error | "No resources found" … | kind "/" name | header | row }
GRAMMAR = LineGrammar(
    noise_warning=leaf(r"[WIEF]\d{4} \d\d:\d\d:\d\d\.\d+ .+|Warning: .+", "a warning"),
    error=leaf(
        r"(?:Error from server|Error|error|Unable to connect to the server|Unable to use a TTY)\b[^:]*: .*"
        r"|The connection to the server .+|You must be logged in to the server.*",
        "an error of kubectl",
    ),
    nothing=leaf(r"No resources found.*", '"No resources found"'),
    named=leaf(r"[a-z][a-z0-9.-]*/[a-z0-9][a-z0-9.:-]*", "a kind and a name")("named"),
    header=leaf(r"(?=.*(?<!\S)NAME(?!\S))[A-Z][^\sa-z]*(?: +[A-Z(][^\sa-z]*)*", "a header"),
    row=rest("a row"),
)
_NOTHING_IN = re.compile(r"No resources found in (\S+) namespace")
_LIST_KIND = re.compile(r'"?kind"?\s*:\s*"?(\w+)List\b')
_UNREAD = {"custom-columns", "custom-columns-file", "jsonpath", "jsonpath-file", "jsonpath-as-json", "go-template"}
_UNREAD |= {"go-template-file", "template", "templatefile"}
_SCOPE_UNKNOWN = "the namespace that was asked for is not shown"
_HEADERLESS = "the header is missing, so lines may have been filtered"
_SILENT = "nothing was printed, not even that there is nothing"


@dataclass(slots=True)
class _Found:
    """What was read so far.

    Attributes:
        records: In printed order.
        kinds: Kinds that were seen, also in a list without members.
        others: Objects of kinds that we do not read.
        every_namespace: A NAMESPACE column was printed, as `-A` does.
        headerless: Kinds of rows that stood under no header though headers were not switched off.
        nothing_in: Namespaces in which kubectl said that nothing was found; "" for a message without namespace.
        errors: Lines that are errors of kubectl.
        unread: Output was recognised and not read.
    """

    records: list[ObjectRecord] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    others: int = 0
    every_namespace: bool = False
    headerless: set[str] = field(default_factory=set)
    nothing_in: list[str] = field(default_factory=list)
    errors: int = 0
    unread: bool = False

    def add(self, record: ObjectRecord | None) -> None:
        """Count an object, and keep it when it is of a kind that we read."""
        if record is None:
            self.others += 1
        else:
            self.records.append(record)
            self.kinds.add(_kind(record))

    @property
    def anything(self) -> bool:
        """Whether kubectl gave an answer, be it that there is nothing."""
        return bool(self.records or self.others or self.kinds or self.nothing_in or self.unread)


def _kind(record: ObjectRecord) -> str:
    return record.kind.value if isinstance(record, Workload) else "Pod" if isinstance(record, Pod) else "Node"


def parse(capture: Capture) -> ParseResult[ObjectTable]:
    """Read the output of `kubectl get`. Total: never raises."""
    request = request_of(capture.argv)
    unread = request.output in _UNREAD or (request.known and request.verb != "get")
    if not unread and (looks_like_json(capture.text) or looks_like_yaml(capture.text)):
        return _parse_objects(capture, request)
    reading = Reading(capture, GRAMMAR, wrapped=False)
    found = _Found()
    if unread:
        _skip_all(reading, found, request)
    else:
        _read_lines(reading, found, request)
    found.nothing_in += _nothing_said(capture)
    if found.errors and not found.anything:
        return reading.result(None)
    return reading.result(_table(reading, found, request))


def _skip_all(reading: Reading, found: _Found, request: Request) -> None:
    """Book the lines of a form that shows what its caller chose, not fields that we know."""
    for row, span in reading.rows():
        reading.noise("error" if row.form == "error" else "unread", span)
        found.errors += row.form == "error"
        if row.form != "error" and not found.unread:
            found.unread = True
            form = f"-o {request.output}" if request.output in _UNREAD else f"kubectl {request.verb}"
            _tell_unread(reading, f'output of "{form}" is recognised and not read', span)


def _tell_unread(reading: Reading, message: str, span: Span) -> None:
    reading.report("unread-output", message, span, severity=Severity.INFO, help="print a table or -o json")


def _read_lines(reading: Reading, found: _Found, request: Request) -> None:
    header: Header | None = None
    for row, span in reading.rows():
        if row.form in {"error", "nothing"}:
            reading.noise({"error": "error", "nothing": "nothing-found"}[row.form], span)
            found.errors += row.form == "error"
        elif row.form == "header":
            header = _read_header(reading, found, request, span)
        elif row.form == "named" and header is None:
            _add(reading, found, record_of_name(row.text("named"), span, request.namespace), span)
        elif header is not None and header.kind is None:
            reading.noise("unread", span)
        else:
            _read_row(reading, found, request, header, span)


def _read_header(reading: Reading, found: _Found, request: Request, span: Span) -> Header:
    header = header_of(_line(reading, span)[0], request.label_columns)
    reading.noise("header", span)
    found.every_namespace |= "NAMESPACE" in header.names
    if header.kind is None:
        found.unread = True
        _tell_unread(reading, "a table with columns of its own is recognised and not read", span)
    elif header.kind in SEQUENCES:
        found.kinds.add(header.kind)
        _tell_unread_columns(reading, header, span)
    return header


def _tell_unread_columns(reading: Reading, header: Header, span: Span) -> None:
    """Report the columns that no kind has: labels, or a header that was damaged."""
    begin = _line(reading, span)[1].start
    for name, offset in header.unread:
        near = None if name in KNOWN_COLUMNS else nearest(name, KNOWN_COLUMNS)
        reading.report(
            "unread-column",
            f'the column "{name}" is not read',
            Span(span.artifact, begin + offset, begin + offset + len(name)),
            severity=Severity.INFO if near is None else Severity.WARNING,
            label="here",
            help=None if near is None else f'did you mean "{near}"?',
        )


def _line(reading: Reading, span: Span) -> tuple[str, Span]:
    """Give the whole line that a row stands on, outer blanks included: columns are told by offsets."""
    line = reading.capture.source.line(reading.capture.source.line_number(span.start))
    return line.text, line.span


def _read_row(reading: Reading, found: _Found, request: Request, header: Header | None, span: Span) -> None:
    text, place = _line(reading, span)
    try:
        if header is None:
            kind, cells = cells_alone(text, place, request)
            found.headerless |= {kind} if request.headers else set()
            found.every_namespace |= "NAMESPACE" in cells
        else:
            kind = header.kind or ""
            cells = cells_under(header, text, place) if kind in SEQUENCES else {}
        labels = {key: cells[name].text for key in request.label_columns if (name := label_column(key)) in cells}
        labels = {key: value for key, value in labels.items() if value not in {"", "<none>"}}
        record = record_of_row(kind, cells, span, request.namespace, labels) if cells else None
    except ColumnError as fault:
        reading.refuse(fault.message, span, at=fault.at)
    else:
        _add(reading, found, record, span)


def _add(reading: Reading, found: _Found, record: ObjectRecord | None, span: Span) -> None:
    found.add(record)
    if record is None:
        reading.noise("other-object", span)


def _nothing_said(capture: Capture) -> list[str]:
    """Give the namespaces of "No resources found in X namespace.", wherever the capture keeps the message."""
    source = capture.source
    texts = [*capture.text.splitlines(), *(source.slice(noise.span) for noise in capture.noise)]
    if capture.error is not None:
        texts += [capture.error.message, *(source.slice(label.span) for label in capture.error.labels)]
    said = [text for text in texts if "No resources found" in text]
    return [match[1] if (match := _NOTHING_IN.search(text)) else "" for text in said]


def _parse_objects(capture: Capture, request: Request) -> ParseResult[ObjectTable]:
    yaml = not looks_like_json(capture.text)
    reading = JsonReading(capture, objects_of_yaml, "YAML") if yaml else JsonReading(capture)
    found = _Found()
    listed = _LIST_KIND.search(capture.text)
    kind = listed[1] if listed else None
    if kind in SEQUENCES:
        found.kinds.add(kind)
    for item, span in reading.rows():
        if item.get("kind") == "Status":
            reading.refuse(f'the API answered "{item.get("message") or item.get("reason") or "failure"}"', span)
            continue
        try:
            found.add(record_of_object(item, span, kind))
        except (ObjectError, LeafError, ValidationError) as error:
            reading.refuse(f"not a Kubernetes object: {str(error).splitlines()[0]}", span)
    return reading.result(_table(reading, found, request))


def _table(reading: Reading | JsonReading, found: _Found, request: Request) -> ObjectTable:
    asked = request.kinds if request.known else frozenset(found.kinds)
    namespace, every = _scope(found, request)
    because = _because(reading, found, request)
    unscoped = namespace is None and not every and bool(asked - {"Node"})
    hidden = {
        sequence
        for kind, sequence in SEQUENCES.items()
        if because or kind not in asked - found.headerless or (unscoped and kind != "Node")
    }
    records = found.records
    workloads = [record for record in records if isinstance(record, Workload)]
    return ObjectTable(
        span=whole([record.span for record in records], reading.capture.body),
        hidden=frozenset(hidden | ({"namespace"} if unscoped else set())),
        incomplete_because=because or (_HEADERLESS if found.headerless else _SCOPE_UNKNOWN if unscoped else None),
        daemon_sets=tuple(each for each in workloads if each.kind is WorkloadKind.DAEMON_SET),
        deployments=tuple(each for each in workloads if each.kind is WorkloadKind.DEPLOYMENT),
        pods=tuple(each for each in records if isinstance(each, Pod)),
        nodes=tuple(each for each in records if isinstance(each, NodeObject)),
        namespace=namespace,
        others=found.others,
    )


def _scope(found: _Found, request: Request) -> tuple[str | None, bool]:
    """Tell the namespace that the list covers, and whether it covers all.

    One command lists one namespace or all of them. So objects of two namespaces tell of `-A`, and where all objects are
    of one namespace, that one is covered either way.
    """
    seen = {record.namespace for record in found.records if not isinstance(record, NodeObject)} - {None}
    if request.all_namespaces or found.every_namespace or len(seen) > 1:
        return None, True
    said = next((namespace for namespace in found.nothing_in if namespace), None)
    return request.namespace or said or next(iter(seen), None), False


def _because(reading: Reading | JsonReading, found: _Found, request: Request) -> str | None:
    """Say why objects of the kinds asked for may be missing; None when none can be."""
    if reading.incomplete_because or request.narrowed:
        return reading.incomplete_because or request.narrowed
    if found.errors:
        return "kubectl reported an error"
    if found.unread:
        return "the output is of a form that is not read"
    text = isinstance(reading, Reading)
    named = request.output == "name" and reading.capture.command is not None
    return _SILENT if text and not found.anything and not named else None


PARSER = Parser("kubectl", "kubectl get ds,deploy,pods,nodes -A -o wide", parse)
