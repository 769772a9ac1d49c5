"""Room 4: YAML files to a checked rule pack, and one rule judged on one node. docs/language.md is the manual."""

from azcnilint.rules.facade import ClusterFacade, NodeFacade, absent
from azcnilint.rules.judge import Decision, Judgement, decide, judge
from azcnilint.rules.load import builtin_facts, builtin_rules, load_rules
from azcnilint.rules.pack import Example, Fact, Param, Rule, RulePack

__all__ = [
    "ClusterFacade",
    "Decision",
    "Example",
    "Fact",
    "Judgement",
    "NodeFacade",
    "Param",
    "Rule",
    "RulePack",
    "absent",
    "builtin_facts",
    "builtin_rules",
    "decide",
    "judge",
    "load_rules",
]
