"""The controls on recorded plans of the stacks, and the report of violations."""

from __future__ import annotations

from dataclasses import replace

import pytest

from local.cli import main
from plan import Plan, commands
from plan.model import Resource as Planned
from plan.policy import render, violations
from tests.plans import STACKS, recorded

URN = "urn:pulumi:prod::fraud::{}::{}"
TIMED = "confluentcloud:index/flinkStatement:FlinkStatement"


def planned(token: str, name: str, inputs: dict, **options) -> Planned:
    return Planned(URN.format(token, name), token, name, None, True, inputs, options)


def plan(*resources: Planned) -> Plan:
    return Plan("fraud", "prod", resources)


def broken(*resources: Planned) -> set[str]:
    return {violation.control.name for violation in violations(plan(*resources))}


@pytest.mark.parametrize("stack", STACKS)
def test_the_stacks_pass_every_control(stack):
    found = violations(recorded(stack))
    assert found == [], render(recorded(stack), found)


def test_a_statement_of_a_stack_that_is_changed_is_found():
    dev = recorded("dev")
    resources = [
        replace(one, options={key: value for key, value in one.options.items() if key != "replaceOnChanges"})
        if one.type == TIMED
        else one
        for one in dev.resources
    ]
    changed = replace(dev, resources=tuple(resources))
    assert {found.control.name for found in violations(changed)} == {"refused-changes-replace"}


def test_options_of_a_plan_are_read():
    settings = {"deleteBeforeReplace": True, "replaceOnChanges": ["properties", "statementName", "#initerror"]}
    assert broken(planned(TIMED, "x", {}, **settings, customTimeouts={"create": "59m30s"})) == set()
    assert broken(planned(TIMED, "x", {}, **settings, customTimeouts={"create": "1h30m"})) == {
        "creation-has-a-time-limit"
    }
    assert broken(planned(TIMED, "x", {}, **settings)) == {"creation-has-a-time-limit"}
    volume = {"encrypted": True, "kmsKeyId": "arn"}
    assert broken(planned("aws:ebs/volume:Volume", "x", volume, protect=True, provider="urn")) == set()
    assert broken(planned("aws:ebs/volume:Volume", "x", volume, provider="urn")) == {"production-data-is-protected"}
    assert broken(planned("aws:ebs/volume:Volume", "x", volume, protect=True)) == {"aws-resources-have-a-provider"}


def test_masks_of_a_plan_are_read():
    stored = "aws:secretsmanager/secretVersion:SecretVersion"
    assert broken(planned(stored, "x", {"secretString": "[secret]"}, provider="urn")) == set()
    assert broken(planned(stored, "x", {"secretString": "[unknown]"}, provider="urn")) == set()
    assert "stored-secrets-are-secret" in broken(planned(stored, "x", {"secretString": "plain"}, provider="urn"))


def test_resources_that_the_program_only_reads_are_not_judged():
    assert broken(planned("aws:ebs/volume:Volume", "x", {}, read="vol-1")) == set()


def test_the_report_names_resource_control_and_fix():
    bad = plan(planned("aws:kms/key:Key", "the-key", {}, protect=True, provider="urn"))
    report = render(bad, violations(bad))
    for part in (
        "keys-are-rotated (high): Key the-key",
        "the key is never rotated",
        "control: Each symmetric",
        "fix: set",
    ):
        assert part in report, report
    assert "1 violation" in report


def policy_command(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(commands, "record", lambda stack, root: plan)
    return main(["policy", "--stack", plan.stack])


def test_the_command_reports_a_plan_without_violations(monkeypatch, capsys):
    assert policy_command(recorded("dev"), monkeypatch) == 0
    assert "The plan of dev keeps to all" in capsys.readouterr().out


def test_the_command_fails_and_lists_every_violation(monkeypatch, capsys):
    bad = plan(*(planned("aws:kms/key:Key", name, {}, protect=True, provider="urn") for name in ("one", "two")))
    assert policy_command(bad, monkeypatch) == 1
    said = capsys.readouterr().err
    assert "Key one" in said and "Key two" in said
