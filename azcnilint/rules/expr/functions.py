"""The functions of the language: name, signature, implementation and the line of the documentation, in one tuple.

Names and meaning are CEL's and those of its Kubernetes libraries (k8s.io/apiserver, pkg/cel/library) where
these have it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from azcnilint.rules.expr import addresses, lists, texts
from azcnilint.rules.expr.regex import safe_pattern
from azcnilint.rules.expr.typed import Function
from azcnilint.rules.expr.types import (
    ANY,
    BOOL,
    CIDR,
    DOUBLE,
    INT,
    IP,
    STRING,
    ListType,
    MapType,
    Optional,
    Type,
    Variable,
)
from azcnilint.rules.expr.values import show

_T = Variable("T")
_LIST = ListType(_T)
_S = Variable("S")
_VALUES = ListType(_S)
_CIDRS = ListType(CIDR)
_INTS = ListType(INT)
_STRINGS = ListType(STRING)


def _method(name: str, params: tuple[Type, ...], result: Type, run: Callable[..., object], doc: str) -> Function:
    return Function(name, params, result, run, doc, method=True)


def _or_value(value: object, default: object) -> object:
    return default if value is None else value


def _has_value(value: object) -> bool:
    return value is not None


_SIZES = (
    Function("size", (STRING,), INT, lists.size, "Number of characters."),
    Function("size", (_LIST,), INT, lists.size, "Number of members."),
    Function("size", (MapType(_T),), INT, lists.size, "Number of keys."),
    _method("size", (STRING,), INT, lists.size, "Number of characters."),
    _method("size", (_LIST,), INT, lists.size, "Number of members."),
    _method("size", (MapType(_T),), INT, lists.size, "Number of keys."),
)

_LISTS = (
    _method("first", (_LIST,), Optional(_T), lists.place(last=False), "First member; absent for an empty list."),
    _method("last", (_LIST,), Optional(_T), lists.place(last=True), "Last member; absent for an empty list."),
    _method("sum", (_INTS,), INT, lists.whole(lists.total), "Sum; 0 for an empty list."),
    _method("min", (_INTS,), Optional(INT), lists.whole(lists.least), "Least member; absent for an empty list."),
    _method("max", (_INTS,), Optional(INT), lists.whole(lists.greatest), "Greatest member; absent for an empty list."),
    _method("isSorted", (_INTS,), BOOL, lists.is_sorted, "Whether the numbers ascend."),
    _method("isSorted", (_STRINGS,), BOOL, lists.is_sorted, "Whether the texts ascend."),
    _method("indexOf", (_VALUES, _S), INT, lists.index_of, "Place of the first equal member, from 0; -1 for none."),
    _method("distinct", (_VALUES,), _VALUES, lists.distinct, "Each value once, in order."),
    _method("join", (_VALUES,), STRING, lists.join, "The members as text, one behind another."),
    _method("join", (_VALUES, STRING), STRING, lists.join, "The members as text, with another between them."),
    Function(
        "sets.contains", (_VALUES, _VALUES), BOOL, lists.contains_all, "Whether all of the second are in the first."
    ),
    Function("sets.intersects", (_VALUES, _VALUES), BOOL, lists.intersects, "Whether they have a member in common."),
    Function("sets.equivalent", (_VALUES, _VALUES), BOOL, lists.equivalent, "Whether they have the same members."),
)

_TEXTS = (
    _method("startsWith", (STRING, STRING), BOOL, str.startswith, "Whether it begins so."),
    _method("endsWith", (STRING, STRING), BOOL, str.endswith, "Whether it ends so."),
    _method("contains", (STRING, STRING), BOOL, str.__contains__, "Whether it holds the other text."),
    Function(
        "matches",
        (STRING, STRING),
        BOOL,
        texts.matches,
        "Whether a literal regular expression is found in it.",
        method=True,
        literal=safe_pattern,
        literal_only=True,
    ),
    _method("lowerAscii", (STRING,), STRING, texts.lower_ascii, "With A-Z in lower case."),
    _method("upperAscii", (STRING,), STRING, texts.upper_ascii, "With a-z in upper case."),
    _method("trim", (STRING,), STRING, str.strip, "Without blanks at both ends."),
    _method("split", (STRING, STRING), _STRINGS, texts.split, "Cut at each occurrence of the other text."),
    _method("replace", (STRING, STRING, STRING), STRING, texts.replace, "With each occurrence replaced."),
    _method("substring", (STRING, INT), STRING, texts.substring, "From a place (from 0) to the end."),
    _method("substring", (STRING, INT, INT), STRING, texts.substring, "From a place to before another."),
    Function(
        "glob", (STRING, STRING), BOOL, texts.glob_matches, "Whether all of it fits a pattern of `*`, `?`, `[…]`."
    ),
    *(Function("string", (kind,), STRING, show, "As text.") for kind in (STRING, INT, DOUBLE, BOOL, IP, CIDR)),
    Function("int", (STRING,), INT, texts.to_int, "The decimal number that it writes; UNKNOWN for another text."),
)

_ADDRESSES = (
    Function(
        "ip",
        (STRING,),
        IP,
        addresses.convert(addresses.read_ip, "an address"),
        "An address.",
        literal=addresses.read_ip,
    ),
    Function(
        "cidr",
        (STRING,),
        CIDR,
        addresses.convert(addresses.read_cidr, "a prefix"),
        "A prefix.",
        literal=addresses.read_cidr,
    ),
    Function("isIP", (STRING,), BOOL, addresses.readable(addresses.read_ip), "Whether it is an address."),
    Function("isCIDR", (STRING,), BOOL, addresses.readable(addresses.read_cidr), "Whether it is a prefix."),
    _method("family", (IP,), INT, addresses.family, "4 or 6."),
    _method("family", (CIDR,), INT, addresses.family, "4 or 6."),
    _method("isLinkLocalUnicast", (IP,), BOOL, addresses.is_link_local, "In 169.254.0.0/16 or fe80::/10."),
    _method("isLoopback", (IP,), BOOL, addresses.is_loopback, "In 127.0.0.0/8, or ::1."),
    _method("isUnspecified", (IP,), BOOL, addresses.is_unspecified, "0.0.0.0 or ::."),
    _method("isGlobalUnicast", (IP,), BOOL, addresses.is_global_unicast, "None of the other kinds, nor multicast."),
    _method("containsIP", (CIDR, IP), BOOL, addresses.contains_ip, "Whether the address lies in it."),
    _method("containsIP", (CIDR, STRING), BOOL, addresses.contains_text, "Whether the address lies in it."),
    _method("containsCIDR", (CIDR, CIDR), BOOL, addresses.contains_cidr, "Whether the whole prefix lies in it."),
    _method("containsCIDR", (CIDR, STRING), BOOL, addresses.contains_text, "Whether the whole prefix lies in it."),
    _method("prefixLength", (CIDR,), INT, addresses.prefix_length, "Number of fixed bits."),
    _method("masked", (CIDR,), CIDR, addresses.masked, "The same prefix without host bits (it has none)."),
    _method("ip", (CIDR,), IP, addresses.network_address, "Its first address."),
    Function("net.host", (IP,), CIDR, addresses.host, "The /32 or /128 of the address."),
    Function("net.covers", (_CIDRS, CIDR), BOOL, addresses.covers, "Whether together they hold all of the prefix."),
    Function(
        "net.overlaps", (_CIDRS, CIDR), BOOL, addresses.overlaps, "Whether any shares an address with the prefix."
    ),
    Function("net.collapse", (_CIDRS,), _CIDRS, addresses.collapse, "The fewest prefixes with the same addresses."),
)

_OPTIONALS = (
    _method("hasValue", (Optional(ANY),), BOOL, _has_value, "Whether it is there."),
    _method("orValue", (Optional(_T), _T), _T, _or_value, "It, or the default when it is absent."),
)

FUNCTIONS: tuple[Function, ...] = (*_SIZES, *_LISTS, *_TEXTS, *_ADDRESSES, *_OPTIONALS)
"""All functions that need no node; `rules.node_functions` has the others."""


def by_name(functions: Sequence[Function], *, methods: bool) -> dict[str, list[Function]]:
    """Group the functions, or the methods, by name: the overloads of each in order."""
    found: dict[str, list[Function]] = {}
    for function in functions:
        if function.method is methods:
            found.setdefault(function.name, []).append(function)
    return found
