r"""Offline parser and compliance linter for Azure CNI: captured text in, typed records and judged findings out.

Everything public stands in `__all__`; names load on first use, so that `import azcnilint` costs nothing.

    >>> import azcnilint as az
    >>> result = az.parse_ip_route("default via 10.224.0.1 dev eth0 proto dhcp src 10.224.0.4 metric 100 \n")
    >>> [str(hop.gateway) for route in result.unwrap().default() for hop in route.hops]
    ['10.224.0.1']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from azcnilint.version import __version__

if TYPE_CHECKING:
    from azcnilint.checking.check import check as check
    from azcnilint.checking.report import Finding as Finding
    from azcnilint.checking.report import Outcome as Outcome
    from azcnilint.checking.report import Report as Report
    from azcnilint.errors import AzcnilintError as AzcnilintError
    from azcnilint.errors import BundleError as BundleError
    from azcnilint.errors import EvidenceError as EvidenceError
    from azcnilint.errors import RulePackError as RulePackError
    from azcnilint.errors import UsageError as UsageError
    from azcnilint.formats import render as render
    from azcnilint.parsers import ParseResult as ParseResult
    from azcnilint.parsers import ParseStatus as ParseStatus
    from azcnilint.parsers import parse_ip_address as parse_ip_address
    from azcnilint.parsers import parse_ip_neighbour as parse_ip_neighbour
    from azcnilint.parsers import parse_ip_route as parse_ip_route
    from azcnilint.parsers import parse_ip_rule as parse_ip_rule
    from azcnilint.parsers import parse_iptables as parse_iptables
    from azcnilint.parsers import parse_kubectl as parse_kubectl
    from azcnilint.parsers import parse_ls as parse_ls
    from azcnilint.rules import RulePack as RulePack
    from azcnilint.rules import builtin_rules as builtin_rules
    from azcnilint.rules import load_rules as load_rules
    from azcnilint.snapshot import Absent as Absent
    from azcnilint.snapshot import Present as Present
    from azcnilint.snapshot import Snapshot as Snapshot
    from azcnilint.snapshot import load_snapshot as load_snapshot
    from azcnilint.text import Diagnostic as Diagnostic
    from azcnilint.text import Severity as Severity
    from azcnilint.text import Span as Span

_ROOM_OF = {
    "check": "azcnilint.checking.check",
    "Finding": "azcnilint.checking.report",
    "Outcome": "azcnilint.checking.report",
    "Report": "azcnilint.checking.report",
    "AzcnilintError": "azcnilint.errors",
    "BundleError": "azcnilint.errors",
    "EvidenceError": "azcnilint.errors",
    "RulePackError": "azcnilint.errors",
    "UsageError": "azcnilint.errors",
    "render": "azcnilint.formats",
    "ParseResult": "azcnilint.parsers",
    "ParseStatus": "azcnilint.parsers",
    "parse_ip_address": "azcnilint.parsers",
    "parse_ip_neighbour": "azcnilint.parsers",
    "parse_ip_route": "azcnilint.parsers",
    "parse_ip_rule": "azcnilint.parsers",
    "parse_iptables": "azcnilint.parsers",
    "parse_kubectl": "azcnilint.parsers",
    "parse_ls": "azcnilint.parsers",
    "RulePack": "azcnilint.rules",
    "builtin_rules": "azcnilint.rules",
    "load_rules": "azcnilint.rules",
    "Absent": "azcnilint.snapshot",
    "Present": "azcnilint.snapshot",
    "Snapshot": "azcnilint.snapshot",
    "load_snapshot": "azcnilint.snapshot",
    "Diagnostic": "azcnilint.text",
    "Severity": "azcnilint.text",
    "Span": "azcnilint.text",
}

__all__ = ["__version__", *_ROOM_OF]  # noqa: PLE0604 - all are strings; the table above is the one list of names


def __getattr__(name: str) -> object:
    """Load a public name from its room at first use."""
    room = _ROOM_OF.get(name)
    if room is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value: object = getattr(import_module(room), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Give the public names."""
    return sorted(__all__)
