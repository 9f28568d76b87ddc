"""The comparison of two plans predicts the engine's actions."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from local.cli import main
from plan import Plan, Resource, commands
from plan.diff import Change, compare, lines
from plan.golden import files
from plan.golden.form import golden

TOPIC, COMMAND = "confluentcloud:index/kafkaTopic:KafkaTopic", "command:local:Command"


def resource(name: str = "t", token: str = TOPIC, *, inputs: dict[str, Any] | None = None, **options: Any) -> Resource:
    urn = f"urn:pulumi:dev::small::{token}::{name}"
    return Resource(urn, token, name, None, True, {"topicName": "t"} if inputs is None else inputs, options)


def plan(*resources: Resource) -> Plan:
    return Plan("small", "dev", resources)


def kinds(old: Plan, new: Plan) -> list[str]:
    return [change.kind for change in changes(old, new)]


def changes(old: Plan, new: Plan) -> list[Change]:
    return compare(golden(old), golden(new))


def test_the_same_plan_has_no_changes() -> None:
    assert kinds(plan(resource()), plan(resource())) == []


def test_created_and_deleted_resources() -> None:
    assert kinds(plan(), plan(resource())) == ["+"]
    assert kinds(plan(resource()), plan()) == ["-"]


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        (resource(inputs={"topicName": "t", "config": {"retention.ms": "1"}}), "~"),
        (resource(inputs={"topicName": "other"}), "+-"),
        (resource(inputs={"topicName": "other"}, deleteBeforeReplace=True), "-+"),
        (resource(inputs={"topicName": "t", "x": 1}, replaceOnChanges=["x"]), "+-"),
        (resource(protect=True), "~"),
    ],
)
def test_a_change_is_an_update_or_a_replacement(changed: Resource, kind: str) -> None:
    assert kinds(plan(resource()), plan(changed)) == [kind]


def test_a_star_in_replace_on_changes_is_any_key() -> None:
    old, new = (resource(inputs={"config": {"a": text}}, replaceOnChanges=["config[*]"]) for text in ("1", "2"))
    assert kinds(plan(old), plan(new)) == ["+-"]


def test_a_renamed_resource_is_replaced_unless_an_alias_covers_it() -> None:
    old, new = resource("old"), resource("new")
    (change,) = changes(plan(old), plan(new))
    assert change.destroys and "was old" in str(change), str(change)
    kept = dataclasses.replace(new, options={"aliases": [old.urn]})
    assert kinds(plan(old), plan(kept)) == ["~"]


def test_two_of_the_same_kind_are_renamed_one_by_one() -> None:
    old = plan(resource("a", inputs={"topicName": "a"}), resource("b", inputs={"topicName": "b"}))
    new = plan(resource("x", inputs={"topicName": "b"}), resource("y", inputs={"topicName": "a"}))
    assert [(change.resource.name, change.was) for change in changes(old, new)] == [("x", "b"), ("y", "a")]


@pytest.mark.parametrize("new", [plan(), plan(resource(inputs={"topicName": "other"})), plan(resource("renamed"))])
def test_deleting_a_protected_resource_is_marked_as_refused(new: Plan) -> None:
    (change,) = changes(plan(resource(protect=True)), new)
    assert "[protected: pulumi up refuses]" in str(change), str(change)


def test_updating_a_protected_resource_is_not_refused() -> None:
    changed = resource(inputs={"topicName": "t", "config": {}}, protect=True)
    (change,) = changes(plan(resource(protect=True)), plan(changed))
    assert "protected" not in str(change)


@pytest.mark.parametrize("field", ["dependencies", "property_dependencies"])
def test_a_dropped_dependency_is_shown(field: str) -> None:
    waits = {"dependencies": ("urn:a",), "property_dependencies": {"config": ("urn:a",)}}[field]
    before = dataclasses.replace(resource(), **{field: waits})
    (change,) = changes(plan(before), plan(resource()))
    assert (change.kind, len(change.paths)) == ("~", 1), "a dropped dependency must show in the diff"


# The commands -----------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder of golden plans; the recorded plan has one topic."""
    monkeypatch.setattr(commands, "ROOT", tmp_path)
    monkeypatch.setattr(commands, "GOLDEN", tmp_path / "golden")
    record(monkeypatch, plan(resource()))
    return tmp_path / "golden"


def record(monkeypatch: pytest.MonkeyPatch, recorded: Plan) -> None:
    monkeypatch.setattr(commands, "record", lambda stack, _: dataclasses.replace(recorded, stack=stack))


def run(command: str, stack: str = "dev") -> int:
    return main([command, "--stack", stack])


@pytest.mark.parametrize(
    ("accepted", "code"),
    [
        (plan(resource()), 0),
        (plan(), 1),
        (plan(resource(inputs={"topicName": "other"})), 1),
        (plan(resource(inputs={"topicName": "t", "partitionsCount": True})), 1),
        (plan(resource(protect=True)), 1),
        (dataclasses.replace(plan(resource()), outputs={"url": "x"}), 1),
    ],
)
def test_the_command_fails_whenever_the_plans_differ(folder: Path, accepted: Plan, code: int) -> None:
    files.write(folder, files.files_of([golden(accepted)]))
    assert run("plan-diff") == code


def test_the_command_prints_changes_and_differing_lines(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files.write(folder, files.files_of([golden(plan(resource(inputs={"topicName": "other"}, protect=True)))]))
    assert run("plan-diff") == 1
    told = capsys.readouterr()
    assert "+- KafkaTopic t  [protected: pulumi up refuses]\n     topicName" in told.out
    assert "-t (confluentcloud:KafkaTopic): {topicName: other, (protect): true}" in told.out
    assert "+t (confluentcloud:KafkaTopic): {topicName: t}" in told.out
    assert told.err == "The plan differs from the accepted one. If that is meant: make plan-accept STACK=dev\n"


def test_a_hunk_names_its_resource(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inputs = {"topicName": "t", "config": {f"key.{number}": "a text of some length" for number in range(9)}}
    files.write(folder, files.files_of([golden(plan(resource(inputs=inputs | {"partitionsCount": 1})))]))
    inputs["config"]["key.7"] = "another"
    assert run("plan-diff") == 1
    assert " @@ t (confluentcloud:KafkaTopic)" in capsys.readouterr().out


def test_only_a_terminal_gets_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = golden(plan(resource())), golden(plan())
    removed = "-t (confluentcloud:KafkaTopic): {topicName: t}"
    assert removed in lines(old, new)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert removed in lines(old, new), "the tests set NO_COLOR"
    monkeypatch.delenv("NO_COLOR")
    assert f"\033[31m{removed}\033[0m" in lines(old, new)


def test_an_accepted_plan_has_no_difference(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("plan-diff") == 1
    assert f"There is no plan at {folder / 'dev'}. Accept the present plan with: " in capsys.readouterr().err
    assert run("plan-accept") == 0
    assert capsys.readouterr().out == "Accepted: 1 resources in golden.\n"
    assert run("plan-diff") == 0
    assert capsys.readouterr().out == "The plan of dev is the accepted one.\n"


def test_accepting_a_plan_keeps_other_stacks_and_removes_old_files(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for stack in ("dev", "prod"):
        assert run("plan-accept", stack) == 0
    (folder / "dev" / "former.yaml").write_text("{}")
    record(monkeypatch, plan(resource("another")))
    assert run("plan-accept") == 0
    assert not (folder / "dev" / "former.yaml").exists()
    assert run("plan-diff") == 0
    record(monkeypatch, plan(resource()))
    assert run("plan-diff", "prod") == 0, "accepting one stack must not accept another"


def test_broken_plans_are_accepted_one_by_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for stack in ("dev", "prod"):
        assert run("plan-accept", stack) == 0
    for path in folder.rglob("confluentcloud.yaml"):
        path.write_text(f"<<<<<<< ours\n{path.read_text()}")
    assert run("plan-diff") == 1
    assert "is not a recorded plan" in capsys.readouterr().err
    assert run("plan-accept") == 0
    assert "It is left out; accept it, too: make plan-accept STACK=prod" in capsys.readouterr().err
    assert run("plan-accept", "prod") == 0
    assert [run("plan-diff", stack) for stack in ("dev", "prod")] == [0, 0]


def test_files_are_written_all_or_none(tmp_path: Path) -> None:
    files.write(tmp_path / "golden", {"dev/_stack.yaml": "before"})
    with pytest.raises(OSError, match="too long"):
        files.write(tmp_path / "golden", {"dev/_stack.yaml": "after", f"dev/{'x' * 300}": ""})
    assert (tmp_path / "golden" / "dev" / "_stack.yaml").read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["golden"]
