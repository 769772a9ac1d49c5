"""Room 5: a snapshot and rules to a report that stands alone."""

from azcnilint.checking.check import check
from azcnilint.checking.report import Finding, Location, Notice, Outcome, Report, Subject

__all__ = ["Finding", "Location", "Notice", "Outcome", "Report", "Subject", "check"]
