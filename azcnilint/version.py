"""The one place of the version: the build, ``--version`` and every report read it."""

__version__ = "0.1.0"
