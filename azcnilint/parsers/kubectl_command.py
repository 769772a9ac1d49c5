"""What a `kubectl get` command line asks for: kinds, namespace, output form, and whether it narrows the list.

Source: kubectl 1.32, `kubectl get --help` and `kubectl options`; short names from `kubectl api-resources`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

SEQUENCES = {"DaemonSet": "daemon_sets", "Deployment": "deployments", "Pod": "pods", "Node": "nodes"}
"""Each kind that we read, and the field of ObjectTable that holds it."""
_RESOURCES = {
    "DaemonSet": ("ds", "daemonset", "daemonsets"),
    "Deployment": ("deploy", "deployment", "deployments"),
    "Pod": ("po", "pod", "pods"),
    "Node": ("no", "node", "nodes"),
}
_KIND_OF_RESOURCE = {name: kind for kind, names in _RESOURCES.items() for name in names}
_ALL = frozenset({"DaemonSet", "Deployment", "Pod"})
_SHORT_WITH_VALUE = {
    "n": "namespace",
    "o": "output",
    "l": "selector",
    "L": "label-columns",
    "f": "filename",
    "s": "server",
}
_SHORT_WITH_VALUE |= {"k": "kustomize", "v": "v"}
_LONG_WITH_VALUE = frozenset(
    {*_SHORT_WITH_VALUE.values(), "sort-by", "field-selector", "context", "kubeconfig", "cluster", "user", "chunk-size"}
    | {"request-timeout", "token", "as", "as-group", "template", "raw", "subresource"}
)
_NARROWING = frozenset({"selector", "field-selector", "filename", "kustomize", "subresource"})


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for. Without a command line everything is unknown and `known` is False.

    Attributes:
        known: Whether the command line is shown.
        verb: `get`, or another command of kubectl whose output is not read.
        kinds: Kinds asked for, of those that we read.
        output: The value of `-o`, without what follows its `=`; empty for the default table.
        namespace: The value of `-n`.
        all_namespaces: `-A`.
        narrowed: Why the list may lack objects of the kinds asked for; None when it does not.
        headers: False with `--no-headers`.
        label_columns: The keys of `-L`.
    """

    known: bool = False
    verb: str = "get"
    kinds: frozenset[str] = frozenset()
    output: str = ""
    namespace: str | None = None
    all_namespaces: bool = False
    narrowed: str | None = None
    headers: bool = True
    label_columns: tuple[str, ...] = ()


def kind_of(resource: str) -> str | None:
    """Give the kind of a resource name as kubectl accepts it (`ds`, `daemonsets.apps`, `Pod`); None for any other."""
    return _KIND_OF_RESOURCE.get(resource.lower().partition(".")[0])


def request_of(argv: tuple[str, ...] | None) -> Request:
    """Read the words of a command line (`kubectl`, `k`, `oc`, then anything)."""
    if not argv:
        return Request()
    options = list(_options(argv[1:]))
    words = [value for name, value in options if name is None]
    given = {name: value for name, value in options if name is not None}
    kinds, named = _resources(words[1:])
    narrowing = sorted(given.keys() & _NARROWING)
    narrowed = "only named objects were asked for" if named else None
    if narrowing:
        narrowed = f"the command line narrows the list (--{narrowing[0]})"
    return Request(
        known=True,
        verb=words[0] if words else "",
        kinds=kinds,
        output=given.get("output", "").partition("=")[0],
        namespace=given.get("namespace") or None,
        all_namespaces=given.get("all-namespaces", "false") != "false",
        narrowed=narrowed,
        headers=given.get("no-headers", "false") == "false",
        label_columns=tuple(key for name, value in options if name == "label-columns" for key in value.split(",")),
    )


def _options(words: tuple[str, ...]) -> Iterator[tuple[str | None, str]]:
    """Yield pairs of long option name and value; a word that is no option has the name None."""
    rest = iter(words)
    for word in rest:
        if word == "--":
            return
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            yield name, value if equals else next(rest, "") if name in _LONG_WITH_VALUE else "true"
        elif word.startswith("-") and len(word) > 1:
            yield from _short(word[1:], rest)
        else:
            yield None, word


def _short(letters: str, rest: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Read a cluster of short options: `-A`, `-owide`, `-Ao wide`, `-n=kube-system`."""
    for at, letter in enumerate(letters):
        if letter in _SHORT_WITH_VALUE:
            value = letters[at + 1 :].removeprefix("=")
            yield _SHORT_WITH_VALUE[letter], value or next(rest, "")
            return
        yield {"A": "all-namespaces", "w": "watch", "R": "recursive"}.get(letter, letter), "true"


def _resources(operands: list[str]) -> tuple[frozenset[str], bool]:
    """Give the kinds that the operands name, and whether single objects are named."""
    if not operands:
        return frozenset(), False
    slashed = [operand.partition("/")[0] for operand in operands if "/" in operand]
    resources = slashed or operands[0].split(",")
    kinds = {kind for resource in resources if (kind := kind_of(resource))}
    return frozenset(kinds) | (_ALL if "all" in resources else frozenset()), bool(slashed) or len(operands) > 1
