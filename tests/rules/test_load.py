"""Rule files that are wrong: one clear error with its place, never a traceback or a hang."""

from __future__ import annotations

from pathlib import Path

import pytest

from azcnilint.errors import RulePackError
from azcnilint.rules.load import load, load_rules

GOOD = """\
id: static-route-missing
title: No static route
severity: error
subject: node
since: 0.1.0
check: node.routes.exists(r, r.protocol == "static")
message: "node {{node.name}} has no static route"
why: Because.
remediation: Add one.
examples:
  - {expect: pass, given: {ip r: "10.244.0.9 dev azv5fb819d9b16 proto static\\n"}}
  - {expect: fail, given: {ip r: "10.224.0.0/16 dev eth0\\n"}}
  - {expect: unknown, given: {}}
"""


def write(folder: Path, text: str | bytes, name: str = "routes/static-route-missing.yaml") -> Path:
    """Write a rule file and give its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refused(path: Path) -> str:
    """Give the rendered faults of a pack that must not load, with the folder's path taken out."""
    with pytest.raises(RulePackError) as caught:
        load_rules(path, facts=())
    return caught.value.rendered.replace(path.as_posix(), "rule.yaml")


def test_an_unknown_field_is_shown_as_the_design_shows_it(tmp_path: Path) -> None:
    """The example of the design: message, place in the YAML, carets, suggestion, note."""
    path = write(tmp_path, GOOD.replace("r.protocol ==", "r.protcol =="))

    assert refused(path) == (
        'error[expr-unknown-field]: Route has no field "protcol"\n'
        " --> rule.yaml:6:32\n"
        "  |\n"
        '6 | check: node.routes.exists(r, r.protcol == "static")\n'
        '  |                                ^^^^^^^ did you mean "protocol"?\n'
        "  = note: Route has default, dev, dst, encap, expires, family, flags, gateway, hops, host, locked, metric, "
        "nexthops, nhid, pref, prefsrc, protocol, scope, src, table, type\n"
    )


@pytest.mark.parametrize(
    ("check", "place"),
    [
        ('check: "node.routes.exists(r, r.protcol == \\"static\\")"', "6:33"),
        ("check: 'node.routes.exists(r, r.protcol == ''static'')'", "6:33"),
        ('check: >-\n  node.routes.exists(r,\n    r.protcol == "static")', "8:7"),
        ('check: |\n  node.routes.exists(r,\n\n    r.protcol == "static")', "9:7"),
        ('check: node.routes.exists(r,\n  r.protcol == "static")', "7:5"),
        ('check: "node.routes\\\n  .exists(r, r.protcol == \\"static\\")"', "7:16"),
        ('check: "\\x6eode.routes.exists(r, r.protcol == \\"static\\")"', "6:36"),
    ],
)
def test_the_place_is_right_whatever_the_style_of_the_scalar(tmp_path: Path, check: str, place: str) -> None:
    """Folding, quotes and escapes would move the carets."""
    path = write(tmp_path, GOOD.replace('check: node.routes.exists(r, r.protocol == "static")', check))

    assert refused(path).splitlines()[1] == f" --> rule.yaml:{place}"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("", "error[yaml-empty]: file is empty"),
        ("- a\n", "error[yaml-shape]: a rule has to be a mapping"),
        (GOOD + "id: other\n", 'error[yaml-duplicate-key]: key "id" occurs twice'),
        (GOOD.replace("title:", "titel:"), 'error[yaml-missing-key]: a rule needs a key "title"'),
        (GOOD.replace("why: Because.", "why: &a Because."), "error[yaml-anchor]: anchors are not read"),
        (GOOD.replace("why: Because.", "why: *a"), "error[yaml-alias]: aliases are not read"),
        (GOOD.replace("why: Because.", "why: !!str Because."), "error[yaml-tag]: tags are not read"),
        (GOOD.replace("why: Because.", "why: !!python/object:os.system x"), "error[yaml-tag]: tags are not read"),
        (GOOD + "---\nid: b\n", "error[yaml-documents]: file has more than one document"),
        (GOOD.replace("severity: error", "severity: eror"), 'error[yaml-word]: severity cannot be "eror"'),
        (GOOD.replace("subject: node", "subject: [node]"), 'error[yaml-word]: subject cannot be ""'),
        (GOOD.replace("id: static", "id: Static"), 'error[rule-id]: id "Static-route-missing" is no kebab-case slug'),
        (
            GOOD.replace("id: static", "id: other"),
            'error[rule-file-name]: rule "other-route-missing" stands in a file named "static-route-missing.yaml"',
        ),
        (
            GOOD.replace("title: No", "\ttitle: No"),
            "error[yaml-syntax]: found character '\\t' that cannot start any token",
        ),
        (GOOD.replace("title: No", "title: {No"), "error[yaml-syntax]: expected ',' or '}', but got ':'"),
        ("? [a]\n: b\n", "error[yaml-key]: a key has to be a word"),
        ("[" * 100_000, "error[yaml-too-deep]: collections nest more than 16 deep"),
        ("a: " + "{a: " * 40, "error[yaml-too-deep]: collections nest more than 16 deep"),
        ("x" * 300_000, "error[yaml-too-large]: file has 300000 characters; at most 262144 are read"),
        ("[" + "a, " * 30_000 + "a]", "error[yaml-too-large]: file has more than 20000 values"),
        ("a: &a [x]\nb: [*a, *a]\n", "error[yaml-anchor]: anchors are not read"),
        (GOOD.encode("utf-16"), "error[yaml-encoding]: file is not UTF-8 (byte 1, line 1)"),
        (
            GOOD.replace("Because", "B\xe9").encode("latin-1"),
            "error[yaml-encoding]: file is not UTF-8 (byte 201, line 8)",
        ),
        (GOOD.replace("{{node.name}}", "{{node.nam}}"), 'error[expr-unknown-field]: Node has no field "nam"'),
        (
            GOOD.replace("{{node.name}}", "{{node.name"),
            "error[message-braces]: message has {{ or }} without its other half",
        ),
        (
            GOOD.replace("{{node.name}}", "{{node.routes}}"),
            "error[expr-type]: expected a value that can be written, found list<Route>",
        ),
        (GOOD.replace("check: ", "let: {x: node.name}\ncheck: "), 'error[unused-name]: let "x" is not used'),
        (
            GOOD.replace("check: ", "params: {x: {type: int, default: 1}}\ncheck: "),
            'error[unused-name]: parameter "x" is not used',
        ),
        (
            GOOD.replace("check: ", "params: {x: {type: int, default: a}}\nwhen: params.x == 1\ncheck: "),
            'error[param-value]: "a" is not of type int: write a decimal number',
        ),
        (
            GOOD.replace("check: ", "params: {x: {type: itn, default: 1}}\nwhen: params.x == 1\ncheck: "),
            'error[param-type]: there is no type "itn"',
        ),
        (
            GOOD.replace("check: ", "let: {node: '1'}\ncheck: "),
            'error[expr-shadowed-name]: the name "node" is already taken',
        ),
        (
            GOOD.replace("check: ", "for_each: {as: r, in: node.name}\ncheck: "),
            "error[expr-type]: expected a list, found string",
        ),
        (
            GOOD.replace('check: node.routes.exists(r, r.protocol == "static")', "check: 1 == 1"),
            "error[expr-constant]: check is the same for every node",
        ),
        (
            GOOD.replace("given: {}", "given: {}, facts: {mode: x}"),
            'error[expr-unknown-field]: facts has no field "mode"',
        ),
        (GOOD.replace("given: {}", "given: {}, at: here"), 'error[example-at]: "here" is no place'),
    ],
)
def test_a_file_that_is_wrong_gives_one_clear_error(tmp_path: Path, text: str | bytes, first: str) -> None:
    """A typo or an attack would end in a traceback, a hang, or silence."""
    told = [line for line in refused(write(tmp_path, text)).splitlines() if line.startswith("error")]

    assert told[0] == first


def test_all_faults_of_all_files_come_at_once_in_order(tmp_path: Path) -> None:
    """An author would mend one fault a run."""
    write(tmp_path, GOOD.replace("severity: error", "severity: eror").replace("r.protocol", "r.protcol"))
    write(
        tmp_path, GOOD.replace("r.protocol", "q.protocol").replace("id: static", "id: b"), "routes/b-route-missing.yaml"
    )

    with pytest.raises(RulePackError) as caught:
        load_rules(tmp_path, facts=())

    heads = [line.split("]")[0] for line in caught.value.rendered.splitlines() if line.startswith("error")]
    assert (heads, caught.value.count) == (["error[expr-unknown-name", "error[yaml-word"], 2)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A wrong --pack would be a traceback."""
    assert refused(tmp_path / "nope.yaml") == (
        "error[yaml-unreadable]: file cannot be read: No such file or directory\n --> rule.yaml\n"
    )


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    """A wrong folder would be a pack that passes everything."""
    assert refused(tmp_path) == "error[pack-empty]: there is no rule file here\n --> rule.yaml\n"


def test_one_id_in_two_files_is_told(tmp_path: Path) -> None:
    """One of two rules would be lost."""
    write(tmp_path, GOOD)
    write(tmp_path, GOOD, "links/static-route-missing.yaml")

    with pytest.raises(RulePackError) as caught:
        load_rules(tmp_path, facts=())

    assert caught.value.rendered.splitlines()[0] == (
        'error[rule-twice]: rule "static-route-missing" is also in '
        f"{tmp_path.as_posix()}/links/static-route-missing.yaml"
    )


def test_the_built_in_pack_needs_all_three_examples(tmp_path: Path) -> None:
    """A rule could be shipped that never says UNKNOWN."""
    write(tmp_path, GOOD.replace("  - {expect: unknown, given: {}}\n", ""))

    with pytest.raises(RulePackError) as caught:
        load(tmp_path, (), complete_examples=True)

    assert caught.value.rendered.splitlines()[0] == (
        'error[rule-examples]: rule "static-route-missing" has no example of unknown'
    )


def test_a_fact_is_checked_like_a_rule(tmp_path: Path) -> None:
    """A fact could have a value that no rule may ask for."""
    write(tmp_path, GOOD)
    fact = (
        "fact: mode\ntitle: T\nvalues: [a, b]\ncandidates:\n  - {value: c, when: node.links.size() > 0, because: x}\n"
    )
    write(tmp_path, fact, "facts/mode.yaml")

    with pytest.raises(RulePackError) as caught:
        load_rules(tmp_path, facts=())

    assert caught.value.rendered.splitlines()[0] == 'error[expr-unknown-value]: this fact is never "c"'


def test_rules_may_ask_for_the_facts_of_the_built_in_pack(tmp_path: Path) -> None:
    """A team's rules could not be gated by the mode."""
    path = write(tmp_path, GOOD.replace("check: ", 'when: facts.mode == "overlay"\ncheck: '))

    assert load_rules(path).rules[0].facts == {"mode"}
