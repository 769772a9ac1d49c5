"""The exceptions that a caller can act on; everything else about input is a diagnostic, not an exception."""


class AzcnilintError(Exception):
    """Base of every error that azcnilint raises on purpose."""


class UsageError(AzcnilintError):
    """The call cannot be carried out as asked: an unknown format, an unknown rule id, a malformed fact."""


class BundleError(AzcnilintError):
    """Nothing of a bundle can be opened: no such path, no readable archive, or over a limit from the start."""


class EvidenceError(AzcnilintError):
    """A caller asked for a complete result (`ParseResult.unwrap`) and the capture does not give one."""


class RulePackError(AzcnilintError):
    """A rule pack is wrong; `rendered` holds every fault, each with its place in the YAML.

    Attributes:
        rendered: All faults as text with source snippets, worst first, ready for a terminal.
        count: How many faults there are.
    """

    def __init__(self, rendered: str, count: int) -> None:
        super().__init__(rendered)
        self.rendered = rendered
        self.count = count
