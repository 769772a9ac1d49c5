"""Room 0: bytes to text whose every character still knows its line and column in the file as given."""

from azcnilint.text.decode import decode, residue_edits
from azcnilint.text.diagnostic import Diagnostic, Label, Severity
from azcnilint.text.snippet import Mark, mark, printable, snippet
from azcnilint.text.source import Edit, Line, Position, SourceText
from azcnilint.text.span import Span

__all__ = [
    "Diagnostic",
    "Edit",
    "Label",
    "Line",
    "Mark",
    "Position",
    "Severity",
    "SourceText",
    "Span",
    "decode",
    "mark",
    "printable",
    "residue_edits",
    "snippet",
]
