"""Command lines run in this process through `main`, with streams of their own; and a node to know by heart."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from azcnilint.cli.main import main
from azcnilint.cli.streams import Streams

RIVALS = """\
default via 10.224.0.1 dev eth0 proto dhcp src 10.224.0.4 metric 100
default via 10.225.0.1 dev eth1 proto dhcp src 10.225.0.4 metric 100
10.224.0.0/16 dev eth0 proto kernel scope link src 10.224.0.4
10.225.0.0/16 dev eth1 proto kernel scope link src 10.225.0.4
"""
"""`ip route` with two default routes of one metric: `default-route-ambiguous` fails on both."""
SINGLE = """\
default via 10.224.0.1 dev eth0 proto dhcp src 10.224.0.4 metric 100
10.224.0.0/16 dev eth0 proto kernel scope link src 10.224.0.4
"""
RULE = "default-route-ambiguous"


@dataclass(frozen=True)
class Ran:
    """What a command line gave."""

    code: int
    out: str
    err: str


class Terminal(io.StringIO):
    """A text stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say yes."""
        return True


def run(*argv: str, stdin: bytes = b"", stdout: io.StringIO | None = None) -> Ran:
    """Run one command line."""
    out, err = stdout or io.StringIO(), io.StringIO()
    code = main(argv, Streams(io.BytesIO(stdin), out, err))
    return Ran(code, out.getvalue(), err.getvalue())


def node(folder: Path, routes: str = RIVALS, name: str = "aks-0") -> Path:
    """Write a bundle with one node of which `ip route` was captured; gives the bundle's folder."""
    (folder / name).mkdir(parents=True)
    (folder / name / "ip-route.txt").write_text(routes, encoding="utf-8")
    return folder
