"""Every error text of the language, in one place. Beside the carets stands what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from azcnilint.text import Span

FEW = 24
"""Up to this many alternatives are listed; of more only the nearest is suggested."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a rule pack.

    Attributes:
        code: Kebab-case.
        message: What is wrong, in one line.
        span: The smallest place of it; None when it is about a file as a whole, which `artifact` then names.
        label: What stands beside the carets: what would be right.
        note: What else helps, such as the list of alternatives; "" for none.
        artifact: The file, when there is no span.
    """

    code: str
    message: str
    span: Span | None
    label: str = ""
    note: str = ""
    artifact: str = ""


class ExpressionError(Exception):
    """An expression cannot be read any further; the checker turns it into its fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def suggest(word: str, known: Iterable[str]) -> str:
    """Give `did you mean "x"?` for the nearest known word, "" when none is near."""
    nearest = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f'did you mean "{nearest[0]}"?' if nearest else ""


def available(title: str, known: Iterable[str]) -> str:
    """Give `title a, b, c` when the words are few, "" when they are many or none."""
    words = sorted(known)
    return f"{title} {', '.join(words)}" if 0 < len(words) <= FEW else ""


def syntax(span: Span, expected: str, found: str) -> Fault:
    """Report a token that cannot stand where it does."""
    return Fault("expr-syntax", f"expected {expected}, found {found}", span)


def too_long(span: Span, size: int, limit: int) -> Fault:
    """Report an expression of too many characters."""
    return Fault("expr-too-long", f"expression has {size} characters; at most {limit} are read", span)


def too_deep(span: Span, what: str, limit: int) -> Fault:
    """Report an expression that nests too deeply."""
    return Fault("expr-too-deep", f"expression nests {what} more than {limit} deep", span, "split it with let")


def unknown_name(span: Span, name: str, known: Iterable[str]) -> Fault:
    """Report a name that is not in scope."""
    known = sorted(known)
    return Fault(
        "expr-unknown-name", f'there is no name "{name}"', span, suggest(name, known), available("names are", known)
    )


def unknown_field(span: Span, owner: str, name: str, known: Iterable[str]) -> Fault:
    """Report a field that a record does not have."""
    known = sorted(known)
    note = f"{owner} has {', '.join(known)}" if known else f"{owner} has no fields"
    return Fault("expr-unknown-field", f'{owner} has no field "{name}"', span, suggest(name, known), note)


def no_fields(span: Span, owner: str, name: str) -> Fault:
    """Report a selection from a value without fields."""
    return Fault("expr-no-fields", f'{owner} has no field "{name}"', span, f"{owner} has no fields at all")


def unknown_function(span: Span, name: str, known: Iterable[str]) -> Fault:
    """Report a call of a function that there is not."""
    return Fault("expr-unknown-function", f'there is no function "{name}"', span, suggest(name, known))


def unknown_method(span: Span, owner: str, name: str, known: Iterable[str]) -> Fault:
    """Report a call of a method that the type does not have."""
    known = sorted(known)
    return Fault(
        "expr-unknown-method",
        f'{owner} has no method "{name}"',
        span,
        suggest(name, known),
        available(f"{owner} has", [f"{word}()" for word in known]),
    )


def wrong_arguments(span: Span, name: str, given: Sequence[str], signatures: Sequence[str]) -> Fault:
    """Report arguments that no signature of the function takes."""
    listed = ", ".join(given) or "nothing"
    return Fault("expr-arguments", f"{name} does not take ({listed})", span, "", "it takes " + " or ".join(signatures))


def wrong_type(span: Span, expected: str, found: str, label: str = "") -> Fault:
    """Report a value of the wrong type."""
    return Fault("expr-type", f"expected {expected}, found {found}", span, label)


def not_comparable(span: Span, operator: str, left: str, right: str, label: str = "") -> Fault:
    """Report two operands that an operator does not join."""
    return Fault("expr-type", f"{left} {operator} {right} has no meaning", span, label)


def may_be_absent(span: Span, text: str, kind: str) -> Fault:
    """Report the use of an optional value as if it were there."""
    guard = f"guard it: has({text}) && …" if "." in text else f"guard it: {text}.hasValue() && …"
    return Fault("expr-optional", f"{text} may be absent ({kind})", span, guard, "or give a default: .orValue(…)")


def members_may_be_absent(span: Span, kind: str) -> Fault:
    """Report a method of a list whose members may be absent."""
    return Fault("expr-optional", f"members may be absent ({kind})", span, "leave those out: xs.map(x, has(x.f), x.f)")


def unknown_value(span: Span, enum: str, word: str, values: Sequence[str]) -> Fault:
    """Report a word that an enum does not have."""
    return Fault(
        "expr-unknown-value",
        f'{enum} is never "{word}"',
        span,
        suggest(word, values),
        f"{enum} is one of {', '.join(values)}",
    )


def bad_literal(span: Span, what: str, text: str, why: str) -> Fault:
    """Report a literal argument that is not what the function reads."""
    return Fault("expr-literal", f'"{text}" is not {what}', span, why)


def bad_pattern(span: Span, why: str) -> Fault:
    """Report a regular expression that is refused."""
    return Fault("expr-regex", f"regular expression {why}", span)


def shadowed(span: Span, name: str) -> Fault:
    """Report a name that is taken already."""
    return Fault("expr-shadowed-name", f'the name "{name}" is already taken', span, "choose another")


def macro_nesting(span: Span, limit: int) -> Fault:
    """Report macros nested too deeply."""
    return Fault("expr-too-deep", f"macros nest more than {limit} deep", span, "split it with let")


def macro_variable(span: Span, name: str) -> Fault:
    """Report a macro whose first argument is no bare name."""
    return Fault("expr-macro", f"{name} takes a bare name first", span, f"such as xs.{name}(x, x.field)")


def constant(span: Span, what: str) -> Fault:
    """Report a condition that does not depend on any evidence."""
    return Fault("expr-constant", f"{what} is the same for every node", span, "name the evidence that it is about")


def always_there(span: Span, text: str) -> Fault:
    """Report has() of a field that is never absent."""
    return Fault("expr-has", f"{text} is never absent", span, "has() takes an optional field, a list or a map")


def unused(span: Span, what: str, name: str) -> Fault:
    """Report a definition that nothing uses."""
    return Fault("unused-name", f'{what} "{name}" is not used', span, "remove it")


def unknown_method_call(span: Span, name: str) -> Fault:
    """Report a method or macro that is called like a function."""
    return Fault("expr-unknown-function", f'there is no function "{name}"', span, f"it is a method: x.{name}(…)")
