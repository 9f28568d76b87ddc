"""A fraud rule is one file; what is wrong with one is told by file, line and fix, all of it at once."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pulumi
import pytest

from components.confluent import rules as sql
from components.confluent.statements import TEMPLATES, rule_sql
from components.contracts import RULES, rules
from tests.unit.arguments import VARIABLES

ROOT = Path(__file__).resolve().parents[2]
GOOD = """\
id: night
order: 9
title: At night
weight: 20
payment: "`AMOUNT` > {{ large_amount }}"
account: "`payments` > 1"
reason: "'at night'"
definition: the payment was made at night
thresholds: [large_amount]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "flink_sql" / "rules"
    folder.mkdir(parents=True)
    return folder


def refused(folder: Path, text: str) -> str:
    (folder / "night.yaml").write_text(text)
    with pytest.raises(rules.RuleError) as caught:
        rendered(rules.read(folder))
    return str(caught.value)


def rendered(found: tuple[rules.Rule, ...]) -> list[sql.RuleSql]:
    return sql.render(found, TEMPLATES, VARIABLES)


def test_a_rule_is_read_and_its_sql_filled_in(folder: Path) -> None:
    (folder / "night.yaml").write_text(GOOD)
    (found,) = rendered(rules.read(folder))
    assert (found.id, found.weight, found.payment) == ("night", 20, "`AMOUNT` > 1000.00")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("weight: 20", "weight: 140", "night.yaml:4: weight is '140'; set it to a whole number up to 100"),
        ("weight: 20", "weight: -1", "night.yaml:4: weight is '-1'"),
        ("title: At night\n", "", "night.yaml:1: title is missing"),
        ("reason: \"'at night'\"", 'reason: " "', "night.yaml:7: reason is empty"),
        ("title: At night", "titel: At night", "night.yaml:3: no key 'titel'; they are id, order"),
        ("id: night", "id: Night!", "night.yaml:1: id is 'Night!'"),
        ("id: night", "id: cents", "night.yaml:1: id is 'cents', a name of flink_sql; choose another"),
        ("id: night", "id: score", "night.yaml:1: id is 'score', a name of flink_sql"),
        ("id: night", "id: rule_id", "night.yaml:1: id is 'rule_id', a name of flink_sql"),
        ("thresholds: [large_amount]", "thresholds: large_amount", "night.yaml:9: thresholds must be a list"),
        (
            "thresholds: [large_amount]",
            "thresholds: [large_amout, large_amount]",
            "night.yaml:9: no threshold large_amout",
        ),
        (
            "thresholds: [large_amount]",
            "thresholds: []",
            "night.yaml:5: payment uses large_amount; list it in thresholds",
        ),
        ("`payments` > 1", "`payments` >", "night.yaml:6: account is no SQL expression"),
        (
            "`payments` > 1",
            "`payments` > 1; DROP TABLE x",
            "night.yaml:6: account is no SQL expression: it must be one",
        ),
        ("`payments` > 1", "SELECT 1", "night.yaml:6: account is no SQL expression: it must be one"),
        ("`payments` > 1", "1) OR (1", "night.yaml:6: account is no SQL expression"),
        ("`payments` > 1", "`payments` > 1 -- more", ""),
        ("{{ large_amount }}", "{{ large_amount", "night.yaml:5: payment is no template"),
        ("weight: 20", "weight: 20\nweight: 30", "night.yaml:5: weight is repeated, first in line 4; drop one"),
        (GOOD, "[1]", "night.yaml:1: it must have the keys"),
        ("thresholds:", "reads: users\nthresholds:", "night.yaml:9: reads is 'users'; set it to payments or transfers"),
        ("thresholds:", "parameters: 3\nthresholds:", "night.yaml:9: parameters must be a mapping from names"),
        ("thresholds:", "parameters: {a: -1}\nthresholds:", "parameters.a is '-1'; set it to a number that is not"),
        ("thresholds:", "parameters: {a: 1, a: 2}\nthresholds:", "night.yaml:9: a is repeated; drop one"),
        ("thresholds:", "parameters: {A: 1}\nthresholds:", "a name of parameters is 'A'; set it to a-z"),
        ("thresholds:", "columns: {cents: '1'}\nthresholds:", "a name of columns is 'cents', a name of flink_sql"),
        ("thresholds:", "columns: {moment: '1'}\nthresholds:", "is 'moment', a name of flink_sql"),
        ("thresholds:", "columns: {m17: '1'}\nthresholds:", "is 'm17', a name of flink_sql"),
        ("thresholds:", "columns: {id1: '1'}\nthresholds:", "is 'id1', a name of flink_sql"),
        ("thresholds:", "columns: {a: '1 +'}\nthresholds:", "night.yaml:9: columns is no SQL expression"),
        ("thresholds:", "columns: {a: '{{ slots(\"b\")[0] }}'}\nthresholds:", "there is nothing"),
        ("thresholds:", "later: {a: {of: '1'}}\nthresholds:", "later.a must have the keys of and when"),
        ("thresholds:", "keeps: {a: {of: '1'}}\nthresholds:", "keeps.a must have the keys last, when and of"),
        (
            "thresholds:",
            "keeps: {a: {last: 1, when: 'TRUE', of: {b: '1'}}}\nthresholds:",
            "keeps.a has last: '1'; set it to a whole number from 2 to 20",
        ),
        ("thresholds:", "columns: {a: '{{ before(\"b\") }}'}\nthresholds:", "slots() and before() take what keeps has"),
    ],
)
def test_what_is_wrong_is_told_by_file_and_line(folder: Path, old: str, new: str, message: str) -> None:
    text = GOOD.replace(old, new)
    assert text != GOOD
    if message:
        assert message in refused(folder, text)
    else:
        (folder / "night.yaml").write_text(text)
        assert rendered(rules.read(folder))[0].account == "`payments` > 1", "a comment would hide the rest of the line"


def test_a_stack_sets_a_parameter_of_a_rule(folder: Path) -> None:
    text = GOOD.replace("`payments` > 1", "`payments` > {{ most }}") + "parameters: {most: 5}\n"
    (folder / "night.yaml").write_text(text)
    given = {**VARIABLES, "rule_parameters": {"night": {"most": "7"}}}
    default, changed = (sql.render(rules.read(folder), TEMPLATES, variables)[0] for variables in (VARIABLES, given))
    assert (default.account, changed.account) == ("`payments` > 5", "`payments` > 7")


def test_rules_cannot_share_the_name_of_a_column(folder: Path) -> None:
    column = "columns: {far: '1'}\n"
    (folder / "other.yaml").write_text(GOOD.replace("id: night", "id: dawn").replace("order: 9", "order: 8") + column)
    assert "far is a name of flink_sql/rules/" in refused(folder, GOOD + column)


@pytest.mark.parametrize("name", ["night", "dawn"])
def test_a_column_cannot_have_the_id_of_a_rule(folder: Path, name: str) -> None:
    """In whichever order the files are read."""
    (folder / "dawn.yaml").write_text(GOOD.replace("id: night", "id: dawn").replace("order: 9", "order: 8"))
    assert f"night.yaml:10: {name} is a name of flink_sql/rules/" in refused(
        folder, GOOD + f"columns: {{{name}: '1'}}\n"
    )
    text = GOOD.replace("id: night", "id: dawn").replace("order: 9", "order: 8") + f"columns: {{{name}: '1'}}\n"
    (folder / "dawn.yaml").write_text(text)
    assert f"{name} is a name of flink_sql/rules/" in refused(folder, GOOD)


def test_a_file_cannot_have_a_name_twice(folder: Path) -> None:
    ring = "keeps: {far: {last: 2, when: 'TRUE', of: {far: '1'}}}\n"
    assert "night.yaml:10: far is a name of flink_sql/rules/night.yaml too" in refused(folder, GOOD + ring)


def test_a_file_that_contains_itself_is_told(folder: Path) -> None:
    assert "night.yaml:" in refused(folder, GOOD + "columns: &all {far: *all}\n")


def test_long_times_do_not_wrap_around() -> None:
    """Flink's whole numbers have 32 bits, 597 hours of milliseconds."""
    given = {**VARIABLES, "rule_parameters": {"structuring": {"hours": "720"}}}
    (found,) = (rule for rule in sql.render(rules.read(), TEMPLATES, given) if rule.id == "structuring")
    assert "720 * 3600000E0" in found.columns["near_times"]


def test_the_engine_shows_a_mistake_without_a_traceback(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "night.yaml").write_text(GOOD.replace("`payments` > 1", "`payments` >"))
    monkeypatch.setattr(rules, "FOLDER", folder)
    with pytest.raises(pulumi.RunError, match=r"night\.yaml:6: account is no SQL expression"):
        rule_sql(VARIABLES)


def test_all_problems_come_at_once(folder: Path) -> None:
    (folder / "other.yaml").write_text(GOOD.replace("weight: 20", "weight: 200"))
    told = refused(folder, GOOD.replace("title: At night\n", "").replace("order: 9", "order: last"))
    assert "3 problem(s)" in told and "night.yaml:1: title" in told and "other.yaml:4: weight" in told, told


@pytest.mark.parametrize("key", ["id", "order"])
def test_a_rule_has_an_id_and_a_place_of_its_own(folder: Path, key: str) -> None:
    changed = {"id": ("id: night", "id: dawn"), "order": ("order: 9", "order: 8")}
    old, new = changed["order" if key == "id" else "id"]
    (folder / "other.yaml").write_text(GOOD.replace(old, new))
    assert re.search(rf"other\.yaml:\d: {key} is .*, as in flink_sql/rules/night\.yaml", refused(folder, GOOD))


def test_a_folder_without_rules_is_told(folder: Path) -> None:
    with pytest.raises(rules.RuleError, match="no rule; add a file"):
        rules.read(folder)


def test_a_file_with_another_ending_is_told_and_a_hidden_one_is_not_a_rule(folder: Path) -> None:
    (folder / ".night.yaml").write_text("an editor's")
    (folder / "dawn.yml").write_text(GOOD)
    told = refused(folder, GOOD)
    assert "1 problem(s)" in told and "dawn.yml: a rule's file ends in .yaml; rename it" in told, told


def test_contracts_can_be_imported_whatever_the_rule_files_say(folder: Path, tmp_path: Path) -> None:
    """`make connections` and the twins of a running pipeline need no rules."""
    shutil.copytree(ROOT / "components" / "contracts", tmp_path / "components" / "contracts")
    (folder / "night.yaml").write_text("id: [")
    code = "from components import contracts; print('imported'); contracts.RULES"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "imported\n" and "RuleError" in done.stderr, done.stderr


def test_a_file_has_the_name_of_its_rule() -> None:
    assert [Path(rule.file).stem for rule in rules.read()] == list(RULES)


def test_the_definition_in_the_document_is_that_of_the_files() -> None:
    document = (ROOT / "docs" / "detection.md").read_text(encoding="utf-8")
    for rule in rules.read():
        row = f"| `{rule.id}` | {rule.definition} |"
        assert row in document, f"docs/detection.md lacks the row {row}"


def test_the_document_lists_parameters_and_what_is_kept() -> None:
    document = (ROOT / "docs" / "detection.md").read_text(encoding="utf-8")
    for rule in rules.read():
        kept = sum(ring.last * len(ring.of) for ring in rule.keeps.values()) + len(rule.later)
        row = f"| `{rule.id}` | {', '.join(f'`{name}` {value}' for name, value in rule.parameters.items())} | {kept} |"
        assert not rule.parameters or row in document, f"docs/detection.md lacks the row {row}"
