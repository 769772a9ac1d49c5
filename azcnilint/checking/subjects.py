"""The name of the thing that a rule judged."""

from __future__ import annotations

from azcnilint.analysis.pods import PodBinding, PodLink, PodRoute
from azcnilint.models import (
    Address,
    Chain,
    DirectoryEntry,
    Link,
    NatRule,
    Neighbour,
    NodeObject,
    Pod,
    Route,
    RoutingRule,
    Workload,
)


def subject_name(element: object) -> str:
    """Name a member of `for_each` by what identifies it on its node, never by its place in a file."""
    match element:
        case Link():
            return element.ifname
        case PodLink():
            return element.link.ifname
        case Route():
            return _route(element)
        case PodRoute():
            return _route(element.route)
        case PodBinding():
            return subject_name(element.pod)
        case Neighbour():
            return f"{element.dst} dev {element.dev}" if element.dev else str(element.dst)
        case RoutingRule():
            return f"priority {element.priority}"
        case Pod() | Workload():
            return f"{element.namespace}/{element.name}" if element.namespace else element.name
        case Chain() | DirectoryEntry() | NodeObject():
            return element.name
        case NatRule():
            return f"rule {element.num}"
        case Address():
            return f"{element.local}/{element.prefixlen}"
        case _:
            return str(element)


def _route(route: Route) -> str:
    """A route is identified as the kernel does it: table, destination, metric, and the way out to tell two apart."""
    parts = [str(route.dst)]
    if route.dev:
        parts.append(f"dev {route.dev}")
    if route.table != "main":
        parts.append(f"table {route.table}")
    if route.metric is not None:
        parts.append(f"metric {route.metric}")
    return " ".join(parts)
