"""Room 1: which command printed which lines of an artifact, and whether all of them are there."""

from azcnilint.capture.capture import Capture, Completeness, Envelope, Noise
from azcnilint.capture.command import READ_KINDS, Command, parse_command, parse_commands
from azcnilint.capture.completeness import unreached_gateways
from azcnilint.capture.envelope import split_captures

__all__ = [
    "READ_KINDS",
    "Capture",
    "Command",
    "Completeness",
    "Envelope",
    "Noise",
    "parse_command",
    "parse_commands",
    "split_captures",
    "unreached_gateways",
]
