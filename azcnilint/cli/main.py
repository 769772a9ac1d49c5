"""argv to exit code: the parser of the command line, the dispatch to the verbs, and the exit codes."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn, TextIO

from azcnilint.cli.streams import Streams
from azcnilint.errors import BundleError, RulePackError, UsageError
from azcnilint.version import __version__

OK, FOUND, USAGE, NOTHING, UNDECIDED, BUG = 0, 1, 2, 3, 4, 70
EXIT_CODES = """\
exit codes:
  0   checked; nothing at or above --fail-on
  1   findings at or above --fail-on
  2   usage, configuration or rule-pack error
  3   no input was recognised
  4   with --strict: nothing failed, but a rule could not be decided or a line was not read
  70  a bug in azcnilint
"""


class _Parser(argparse.ArgumentParser):
    """Raises instead of leaving the process, so that `main` keeps its word about streams and exit codes."""

    def error(self, message: str) -> NoReturn:
        text = f"{message}\n{self.format_usage().strip()}"
        raise UsageError(text)


class _Helped(Exception):  # noqa: N818 - a way out of argparse, no error
    """--help or --version was asked for; carries the text."""


class _Help(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        raise _Helped(parser.format_help())


class _Version(argparse.Action):
    def __call__(self, *_: object) -> NoReturn:
        text = f"azcnilint {__version__}\n"
        raise _Helped(text)


def _verb(subparsers: argparse._SubParsersAction[_Parser], name: str, about: str, epilog: str | None = None) -> _Parser:
    parser = subparsers.add_parser(
        name,
        help=about,
        description=about,
        epilog=epilog,
        add_help=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-h", "--help", action=_Help, nargs=0, help="show this help and exit")
    return parser


def build_parser() -> argparse.ArgumentParser:
    """Give the whole command line; verbs import their rooms only when they run."""
    parser = _Parser(
        prog="azcnilint",
        description="Check captured node output against what Azure CNI requires. Offline: reads files, runs nothing.",
        epilog=EXIT_CODES,
        add_help=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-h", "--help", action=_Help, nargs=0, help="show this help and exit")
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=_Parser, required=True)
    _check_arguments(_verb(verbs, "check", "judge a bundle, a folder, files or standard input", EXIT_CODES))
    _parse_arguments(_verb(verbs, "parse", "print what one file holds, as typed records or in the tool's machine form"))
    _inspect_arguments(_verb(verbs, "inspect", "say what was recognised in a bundle, and what is missing"))
    explain = _verb(verbs, "explain", "explain one rule or fact: what it checks, why, how to mend it")
    explain.add_argument("id", metavar="ID", help="id of a rule or name of a fact")
    explain.add_argument("--pack", action="append", default=[], metavar="PATH", help="a further rule pack")
    _rules_arguments(_verb(verbs, "rules", "list, check or test rule packs"))
    return parser


def _selection(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--pack", action="append", default=[], metavar="PATH", help="a further rule pack (file or folder)"
    )
    parser.add_argument(
        "--select", action="append", default=[], metavar="RULE", help="only these rules: id, family/*, glob"
    )
    parser.add_argument("--ignore", action="append", default=[], metavar="RULE", help="not these rules")
    parser.add_argument("--fact", action="append", default=[], metavar="NAME=VALUE", help="settle a fact: mode=overlay")
    parser.add_argument(
        "--param",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set a parameter of the rules; lists with commas",
    )


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="archive, folder or file; several are one bundle; - is standard input"
    )
    _selection(parser)
    parser.add_argument(
        "-f",
        "--format",
        action="append",
        default=[],
        metavar="FORMAT[:FILE]",
        help="text (default), json, sarif; repeatable",
    )
    parser.add_argument(
        "--fail-on", choices=["error", "warning", "info", "never"], default="warning", help="default: warning"
    )
    parser.add_argument("--strict", action="store_true", help="exit 4 when something could not be decided or read")
    parser.add_argument("--node", action="append", default=[], metavar="NAME", help="only these nodes")
    parser.add_argument("--color", choices=["auto", "always", "never"], default="auto")
    parser.add_argument("--no-progress", action="store_true", help="no progress bar on standard error")


def _parse_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="FILE", help="a file, or - for standard input")
    parser.add_argument("--command", metavar="COMMAND", help='what printed it, when the file does not say: "ip route"')
    parser.add_argument("--format", choices=["json", "native"], help="typed records (the default), or the machine form")
    parser.add_argument(
        "--ledger", action="store_true", help="how each line was accounted for; with --format json as `lines` in it"
    )


def _inspect_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="as for check")
    parser.add_argument("--fact", action="append", default=[], metavar="NAME=VALUE", help="settle a fact: mode=overlay")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    parser.add_argument("--no-progress", action="store_true", help="no progress bar on standard error")


def _rules_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", parser_class=_Parser, required=True)
    listing = _verb(actions, "list", "list the rules")
    _selection(listing)
    listing.add_argument("--format", choices=["text", "json"], default="text")
    for name, about in (
        ("check", "load rule packs and report every fault"),
        ("test", "run the examples of rule packs"),
    ):
        verb = _verb(actions, name, about)
        verb.add_argument("paths", nargs="*", metavar="PATH", help="rule file or folder; without it the built-in pack")


def _dispatch(arguments: argparse.Namespace, streams: Streams) -> int:
    verb: Callable[[argparse.Namespace, Streams], int]
    match arguments.verb:
        case "check":
            from azcnilint.cli.check import run as verb  # noqa: PLC0415 - verbs load only their rooms
        case "parse":
            from azcnilint.cli.parse import run as verb  # noqa: PLC0415
        case "inspect":
            from azcnilint.cli.inspect import run as verb  # noqa: PLC0415
        case "explain":
            from azcnilint.cli.explain import run as verb  # noqa: PLC0415
        case _:
            from azcnilint.cli.rules import run as verb  # noqa: PLC0415
    return verb(arguments, streams)


def _run(argv: Sequence[str], streams: Streams) -> int:
    """Run one command line until its results have left the buffer."""
    try:
        arguments = build_parser().parse_args(argv)
    except _Helped as text:
        streams.out(str(text))
        code = OK
    else:
        code = _dispatch(arguments, streams)
    streams.flush()
    return code


def main(argv: Sequence[str], streams: Streams) -> int:
    """Run one command line and give its exit code.

    Raises nothing but what is a bug, KeyboardInterrupt, and BrokenPipeError when the reader of standard output is gone.
    """
    try:
        return _run(argv, streams)
    except UsageError as error:
        streams.note(f"azcnilint: error: {error}")
        return USAGE
    except RulePackError as error:
        streams.note(error.rendered.rstrip("\n"))
        plural = "" if error.count == 1 else "s"
        streams.note(f"azcnilint: error: the rule pack has {error.count} fault{plural}")
        return USAGE
    except BundleError as error:
        streams.note(f"azcnilint: error: {error}")
        return NOTHING


def guarded(argv: Sequence[str], streams: Streams) -> int:
    """Run `main` as a process must: what it raises becomes an exit code, a bug with its traceback.

    A closed pipe and an interrupt give what a shell gives for SIGPIPE and SIGINT: 0 would tell a pipeline that a report
    which nobody read whole found nothing.
    """
    try:
        return main(argv, streams)
    except BrokenPipeError:
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except Exception:  # noqa: BLE001 - the last line of defence tells that it is our fault, with the traceback
        import traceback  # noqa: PLC0415 - only a bug needs it

        traceback.print_exc(file=streams.stderr)
        streams.note("this is a bug in azcnilint; please report it with the lines above")
        return BUG


def entry_point() -> NoReturn:
    """Run as a process.

    The collector of cycles is off: a run makes hardly any, and walking the records again and again takes a third of it.
    """
    gc.disable()
    code = guarded(sys.argv[1:], Streams.of_process())
    for stream in (sys.stdout, sys.stderr):
        _let_go(stream)
    sys.exit(code)


def _let_go(stream: TextIO | None) -> None:
    """Write out what is buffered; where that fails, drop it, for the interpreter would try again and complain."""
    if stream is None:
        return
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
