"""Room 1: what the tools print, as frozen typed records. No parsing, no rules."""

from azcnilint.models.base import NOTHING, RECORD, Record, Table
from azcnilint.models.directory import DirectoryEntry, DirectoryListing, FileType, ListedDirectory
from azcnilint.models.link import FOREVER, Address, Link, LinkTable
from azcnilint.models.nat import AddressMatch, Chain, Match, NatRule, NatTable, Option
from azcnilint.models.neighbour import Neighbour, NeighbourTable, NudState
from azcnilint.models.route import NextHop, Route, RouteTable, RouteType
from azcnilint.models.rule import RoutingRule, RoutingRuleTable
from azcnilint.models.workload import NodeObject, ObjectTable, Pod, Workload, WorkloadKind

__all__ = [
    "FOREVER",
    "NOTHING",
    "RECORD",
    "Address",
    "AddressMatch",
    "Chain",
    "DirectoryEntry",
    "DirectoryListing",
    "FileType",
    "Link",
    "LinkTable",
    "ListedDirectory",
    "Match",
    "NatRule",
    "NatTable",
    "Neighbour",
    "NeighbourTable",
    "NextHop",
    "NodeObject",
    "NudState",
    "ObjectTable",
    "Option",
    "Pod",
    "Record",
    "Route",
    "RouteTable",
    "RouteType",
    "RoutingRule",
    "RoutingRuleTable",
    "Table",
    "Workload",
    "WorkloadKind",
]
