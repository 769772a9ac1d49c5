"""Packs: selecting, joining, configuring."""

from __future__ import annotations

from pathlib import Path

import pytest

from azcnilint.errors import UsageError
from azcnilint.rules import RulePack, load_rules
from azcnilint.rules.expr.values import show
from tests.rules.test_load import GOOD, write


@pytest.fixture
def pack(tmp_path: Path) -> RulePack:
    """Three rules of two families; two of them have a parameter."""
    param = 'params: {vnets: {type: "list<cidr>", default: [10.0.0.0/8]}}\nwhen: params.vnets.size() > 0\ncheck: '
    write(tmp_path, "id: team\nversion: '2'\n", "pack.yaml")
    write(tmp_path, GOOD)
    for family, name in (("routes", "b-route-missing"), ("nat", "c-route-missing")):
        text = GOOD.replace("static-route-missing", name).replace("check: ", param)
        write(tmp_path, text, f"{family}/{name}.yaml")
    return load_rules(tmp_path, facts=())


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ((), ["nat/c-route-missing", "routes/b-route-missing", "routes/static-route-missing"]),
        (("nat/*",), ["nat/c-route-missing"]),
        (("nat",), ["nat/c-route-missing"]),
        (("static-route-missing",), ["routes/static-route-missing"]),
        (("routes/*", "!b-*"), ["routes/static-route-missing"]),
        (("!nat/*",), ["routes/b-route-missing", "routes/static-route-missing"]),
        (("*", "!routes/*", "b-*"), ["nat/c-route-missing", "routes/b-route-missing"]),
    ],
)
def test_patterns_select_by_id_family_and_exclusion(
    pack: RulePack, patterns: tuple[str, ...], expected: list[str]
) -> None:
    """`--select` and `--ignore` would run other rules than were asked for."""
    assert [rule.path for rule in pack.select(*patterns).rules] == expected


def test_a_pattern_that_matches_nothing_is_told(pack: RulePack) -> None:
    """A typo in --select would be a run without rules, which passes."""
    with pytest.raises(
        UsageError, match=r'^no rule matches "static-route-mising"; did you mean "static-route-missing"\?$'
    ):
        pack.select("static-route-mising")


def test_packs_join_unless_they_share_an_id(pack: RulePack) -> None:
    """A team's rule would silently replace ours."""
    joined = pack.select("nat") + pack.select("routes")

    assert (joined.id, joined.version, len(joined.rules)) == ("team+team", "2+2", 3)
    with pytest.raises(UsageError, match=r"^both packs have the rule c-route-missing$"):
        pack + pack.select("nat")


def test_parameters_are_set_by_name_in_every_rule_that_has_them(pack: RulePack) -> None:
    """The VNet would have to be given once a rule."""
    configured = pack.configure({"vnets": "10.1.0.0/16, 10.2.0.0/16"})

    assert [show(param.value) for rule in configured.rules for param in rule.params] == ["10.1.0.0/16, 10.2.0.0/16"] * 2


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"vnet": "10.0.0.0/8"}, 'no rule has a parameter "vnet"; did you mean "vnets"?'),
        ({"vnets": "10.0.0.1/8"}, 'parameter "vnets": "10.0.0.1/8" is not of type cidr: it has host bits set'),
    ],
)
def test_a_wrong_parameter_is_told(pack: RulePack, params: dict[str, str], message: str) -> None:
    """A typo in --param would leave the default in force."""
    with pytest.raises(UsageError) as caught:
        pack.configure(params)

    assert str(caught.value) == message


def test_an_unknown_rule_is_told(pack: RulePack) -> None:
    """`explain` would end in a traceback."""
    with pytest.raises(UsageError, match=r'^there is no rule "c-route-mising"; did you mean "c-route-missing"'):
        pack.rule("c-route-mising")
