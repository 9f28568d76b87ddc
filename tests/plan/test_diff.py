"""The comparison of two plans says what the engine would do."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import Any

import pytest

from plan import Plan, Resource, commands
from plan.diff import compare

TOPIC, COMMAND = "confluentcloud:index/kafkaTopic:KafkaTopic", "command:local:Command"


def resource(name: str = "t", token: str = TOPIC, *, inputs: dict[str, Any] | None = None, **options: Any) -> Resource:
    urn = f"urn:pulumi:dev::small::{token}::{name}"
    return Resource(urn, token, name, None, True, {"topicName": "t"} if inputs is None else inputs, options)


def plan(*resources: Resource) -> Plan:
    return Plan("small", "dev", resources)


def kinds(old: Plan, new: Plan) -> list[str]:
    return [change.kind for change in compare(old, new)]


def test_the_same_plan_has_no_changes() -> None:
    assert kinds(plan(resource()), plan(resource())) == []


def test_new_and_gone() -> None:
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


def test_a_renamed_resource_is_replaced_unless_an_alias_covers_it() -> None:
    old, new = resource("old"), resource("new")
    (change,) = compare(plan(old), plan(new))
    assert change.destroys and "was old" in str(change), str(change)
    kept = dataclasses.replace(new, options={"aliases": [old.urn]})
    assert kinds(plan(old), plan(kept)) == ["~"]


def test_two_of_the_same_kind_are_renamed_one_by_one() -> None:
    old = plan(resource("a", inputs={"topicName": "a"}), resource("b", inputs={"topicName": "b"}))
    new = plan(resource("x", inputs={"topicName": "b"}), resource("y", inputs={"topicName": "a"}))
    assert [(change.resource.name, change.was) for change in compare(old, new)] == [("x", "b"), ("y", "a")]


@pytest.mark.parametrize("new", [plan(), plan(resource(inputs={"topicName": "other"})), plan(resource("renamed"))])
def test_the_loss_of_what_is_protected_is_said_to_be_refused(new: Plan) -> None:
    (change,) = compare(plan(resource(protect=True)), new)
    assert "[protected: pulumi up refuses]" in str(change), str(change)


def test_an_update_of_what_is_protected_is_none() -> None:
    changed = resource(inputs={"topicName": "t", "config": {}}, protect=True)
    (change,) = compare(plan(resource(protect=True)), plan(changed))
    assert "protected" not in str(change)


@pytest.mark.parametrize(
    ("accepted", "code"),
    [
        (plan(resource()), 0),
        (plan(), 1),
        (plan(resource(inputs={"topicName": "other"})), 1),
        (plan(resource(protect=True)), 1),
        (dataclasses.replace(plan(resource()), outputs={"url": "x"}), 1),
    ],
)
def test_the_command_fails_whenever_the_plans_differ(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, accepted: Plan, code: int
) -> None:
    golden = tmp_path / "dev.json"
    golden.write_text(accepted.to_json())
    monkeypatch.setattr(commands, "_recorded", lambda _stack: plan(resource()))
    monkeypatch.setattr(commands, "golden_path", lambda _stack: golden)
    assert commands.plan_diff(argparse.Namespace(stack="dev")) == code


@pytest.mark.parametrize("field", ["dependencies", "property_dependencies"])
def test_a_resource_that_waits_for_less_is_shown(field: str) -> None:
    waits = {"dependencies": ("urn:a",), "property_dependencies": {"config": ("urn:a",)}}[field]
    before = dataclasses.replace(resource(), **{field: waits})
    (change,) = compare(plan(before), plan(resource()))
    assert (change.kind, len(change.paths)) == ("~", 1), "a dropped dependency must show in the diff"
