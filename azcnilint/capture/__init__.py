"""Room 1: which command printed which lines of an artifact, and whether all of them are there."""

from azcnilint.capture.capture import Capture, Completeness, Envelope, Noise

__all__ = ["Capture", "Completeness", "Envelope", "Noise"]
