"""Rules, facts and packs of them, checked and compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from azcnilint.errors import UsageError
from azcnilint.rules.expr import messages
from azcnilint.rules.expr.program import Program
from azcnilint.rules.expr.types import Type
from azcnilint.rules.expr.values import show
from azcnilint.rules.message import Message
from azcnilint.rules.values_read import ParamError, from_text
from azcnilint.text import Severity, Span


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of a rule.

    Attributes:
        value: The run-time value: the default, or what `RulePack.configure` set.
        about: What it is for; "" when the rule does not say.
    """

    name: str
    type: Type
    value: object
    about: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Let:
    """A named expression; `per_element` when it mentions the name of `for_each`."""

    name: str
    slot: int
    program: Program
    per_element: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ForEach:
    """What a rule is judged for each of."""

    name: str
    slot: int
    source: Program


@dataclass(frozen=True, slots=True)
class Example:
    """An example of a rule, which is also its test.

    Attributes:
        expect: `pass`, `fail`, `unknown` or `skip`.
        given: Command line and what it printed, in order.
        facts: Declared facts.
        params: Run-time values of parameters.
        at: `line:column` of the first place shown; None when not said.
        message: The whole message of the first failing finding; None when not said.
        span: In the YAML file.
    """

    expect: str
    given: tuple[tuple[str, str], ...]
    facts: Mapping[str, str]
    params: Mapping[str, object]
    at: str | None
    message: str | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One rule.

    Attributes:
        id: Slug that names the defect.
        family: The folder of its file.
        subject: What a finding is about: `node`, `link` …
        scope: `node` when it is judged for each node, `cluster` when once.
        stage: `stable` or `preview`.
        needs: Kinds of evidence that it can touch.
        when: Whether it applies; None for always.
        check: TRUE passes.
        frame_size: Places of the frame that its programs share.
        span: The whole rule in its file.
    """

    id: str
    family: str
    title: str
    severity: Severity
    subject: str
    scope: str
    since: str
    stage: str
    params: tuple[Param, ...]
    lets: tuple[Let, ...]
    for_each: ForEach | None
    when: Program | None
    check: Program
    message: Message
    why: str
    remediation: str
    references: tuple[str, ...]
    catalogue: tuple[str, ...]
    examples: tuple[Example, ...]
    needs: frozenset[str]
    facts: frozenset[str]
    slots: Mapping[str, int] = field(repr=False)
    frame_size: int
    span: Span

    @property
    def path(self) -> str:
        """`family/id`, as `select` takes it."""
        return f"{self.family}/{self.id}"


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """Evidence for one value of a fact: when `when` is TRUE the fact has the value, `because` says why."""

    value: str
    when: Program
    because: str


@dataclass(frozen=True, slots=True, eq=False)
class Fact:
    """One word about a node that rules ask for.

    Attributes:
        values: All words that it can be.
        candidates: What is evidence for which value.
        slots: Places of the names that its expressions are given.
    """

    name: str
    title: str
    values: tuple[str, ...]
    params: tuple[Param, ...]
    lets: tuple[Let, ...]
    candidates: tuple[Candidate, ...]
    needs: frozenset[str]
    slots: Mapping[str, int] = field(repr=False)
    frame_size: int
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class RulePack:
    """Rules and the facts that they ask for.

    Attributes:
        id: Of the pack; several joined packs have theirs joined by `+`.
        version: Of the pack.
        rules: By family and id.
        facts: By name.
    """

    id: str
    version: str
    rules: tuple[Rule, ...]
    facts: tuple[Fact, ...] = ()

    def select(self, *patterns: str) -> RulePack:
        """Keep the rules that match `id`, `family/id` or `family`, with `*`; `!pattern` leaves rules out.

        With exclusions only, all other rules are kept; of several patterns that match a rule the last one counts.
        Raises UsageError for a pattern that matches no rule.
        """
        if not patterns:
            return self
        kept = set(self.rules) if all(pattern.startswith("!") for pattern in patterns) else set()
        for pattern in patterns:
            found = self._matching(pattern.removeprefix("!"))
            kept = kept - found if pattern.startswith("!") else kept | found
        return replace(self, rules=tuple(rule for rule in self.rules if rule in kept))

    def _matching(self, pattern: str) -> set[Rule]:
        found = {
            rule for rule in self.rules if any(fnmatchcase(name, pattern) for name in (rule.id, rule.path, rule.family))
        }
        if not found:
            hint = messages.suggest(
                pattern, [name for rule in self.rules for name in (rule.id, rule.path, rule.family)]
            )
            message = f'no rule matches "{pattern}"' + (f"; {hint}" if hint else "")
            raise UsageError(message)
        return found

    def __add__(self, other: RulePack) -> RulePack:
        """Join two packs; raises UsageError when two different rules have one id. A fact of both is the left one's."""
        twice = sorted({rule.id for rule in self.rules} & {rule.id for rule in other.rules})
        if twice:
            message = f"both packs have the rule {', '.join(twice)}"
            raise UsageError(message)
        known = {fact.name for fact in self.facts}
        facts = (*self.facts, *(fact for fact in other.facts if fact.name not in known))
        return RulePack(f"{self.id}+{other.id}", f"{self.version}+{other.version}", self.rules + other.rules, facts)

    def rule(self, rule_id: str) -> Rule:
        """Give the rule of that id; raises UsageError with a suggestion for another."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        hint = messages.suggest(rule_id, [rule.id for rule in self.rules])
        message = f'there is no rule "{rule_id}"' + (f"; {hint}" if hint else "")
        raise UsageError(message)

    def configure(self, params: Mapping[str, str]) -> RulePack:
        """Set parameters by name, in every rule and fact that declares it; members of a list stand between commas.

        Raises UsageError for a name that nothing declares and for a value of another type.
        """
        declared = {param.name for rule in self.rules for param in rule.params}
        declared |= {param.name for fact in self.facts for param in fact.params}
        for name in params:
            if name not in declared:
                hint = messages.suggest(name, declared) or messages.available("parameters are", declared)
                message = f'no rule has a parameter "{name}"' + (f"; {hint}" if hint else "")
                raise UsageError(message)
        rules = tuple(replace(rule, params=_set(rule.params, params)) for rule in self.rules)
        return replace(
            self, rules=rules, facts=tuple(replace(fact, params=_set(fact.params, params)) for fact in self.facts)
        )

    def check_fact(self, name: str, value: str) -> None:
        """Check a declared fact; raises UsageError for a name or a value that there is not."""
        words = {fact.name: fact.values for fact in self.facts}
        if name not in words:
            hint = messages.suggest(name, words) or messages.available("facts are", words)
            message = f'there is no fact "{name}"; {hint}'
            raise UsageError(message)
        if value not in words[name]:
            message = f'fact "{name}" is never "{value}"; it is one of {", ".join(words[name])}'
            raise UsageError(message)


def _set(params: tuple[Param, ...], given: Mapping[str, str]) -> tuple[Param, ...]:
    return tuple(_one(param, given[param.name]) if param.name in given else param for param in params)


def _one(param: Param, text: str) -> Param:
    try:
        return replace(param, value=from_text(text, param.type))
    except ParamError as error:
        message = f'parameter "{param.name}": {error}'
        raise UsageError(message) from None


def shown_params(params: tuple[Param, ...]) -> dict[str, str]:
    """Write the values of parameters as text, for a report."""
    return {param.name: show(param.value) for param in params}
