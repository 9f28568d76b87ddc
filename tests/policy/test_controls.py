"""Each control on bad cases, good cases and opaque values."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace

import pytest

from policy.addresses import is_internet
from policy.controls import CONTROLS, kubernetes
from policy.inputs import SECRET, UNKNOWN, Opaque
from policy.model import Control, Resource, evaluate
from tests.policy.build import but, paths
from tests.policy.cases import CASES
from tests.policy.cases.kubernetes import EKS

BY_NAME = {control.name: control for control in CONTROLS}
BAD = [
    pytest.param(BY_NAME[name], stack, id=f"{name}-{n}") for name in CASES for n, stack in enumerate(CASES[name].bad)
]
GOOD = [
    pytest.param(BY_NAME[name], stack, id=f"{name}-{n}") for name in CASES for n, stack in enumerate(CASES[name].good)
]


def messages(control: Control, stack: Sequence[Resource]) -> list[str]:
    return [violation.message for violation in evaluate([control], stack)]


def hidden(stack: Sequence[Resource], value: Opaque) -> list[list[Resource]]:
    """Variants of the stack, each with one value, or one resource's inputs, replaced."""
    variants = []
    for index, resource in enumerate(stack):
        for path in paths(resource.inputs):
            variants.append([*stack[:index], but(resource, *path, to=value), *stack[index + 1 :]])
        everything = replace(resource, inputs=dict.fromkeys(resource.inputs, value))
        variants.append([*stack[:index], everything, *stack[index + 1 :]])
    return variants


def test_every_control_has_cases_of_both_kinds():
    assert set(CASES) == set(BY_NAME), "write cases for each control in tests/policy/cases/"
    assert [name for name, case in CASES.items() if not (case.bad and case.good)] == []


def test_controls_have_unique_names_descriptions_and_fixes():
    assert len(BY_NAME) == len(CONTROLS)
    for control in CONTROLS:
        assert control.description.endswith("."), (
            f"{control.name}: write a sentence in the docstring, which is the description"
        )
        assert control.fix, control.name


@pytest.mark.parametrize(("control", "stack"), BAD)
def test_violations_are_found(control, stack):
    assert messages(control, stack), f"{control.name} misses it: {control.description}"


@pytest.mark.parametrize(("control", "stack"), GOOD)
def test_good_cases_pass(control, stack):
    assert messages(control, stack) == []


@pytest.mark.parametrize(("control", "stack"), GOOD)
def test_a_value_known_only_after_the_deploy_is_no_violation(control, stack):
    for variant in hidden(stack, UNKNOWN):
        assert messages(control, variant) == [], [resource.inputs for resource in variant]


@pytest.mark.parametrize("value", list(Opaque))
@pytest.mark.parametrize(("control", "stack"), BAD)
def test_no_control_fails_on_an_opaque_value(control, stack, value):
    for variant in hidden(stack, value):
        evaluate([control], variant)


def test_a_secret_is_never_quoted():
    for name, cases in CASES.items():
        for stack in cases.bad:
            assert "hunter2" not in " ".join(messages(BY_NAME[name], stack)), name


@pytest.mark.parametrize(
    "cidr", ["0.0.0.0/0", "::/0", "0.0.0.0/1", "64.0.0.0/3", "2000::/3", "10.0.0.0/7", "2600::/15", "203.0.113.7/0"]
)
def test_half_of_the_internet_is_the_internet(cidr):
    assert is_internet(cidr)


@pytest.mark.parametrize(
    "cidr", ["10.0.0.0/8", "203.0.113.7/32", "2600:1f00::/24", "2600::/16", "nonsense", "", None, UNKNOWN, SECRET]
)
def test_a_network_is_not_the_internet(cidr):
    assert not is_internet(cidr)


def test_a_version_is_refused_from_the_day_after_its_support(monkeypatch):
    last_day = kubernetes.SUPPORTED["1.35"]
    control = BY_NAME["kubernetes-version-is-supported"]
    monkeypatch.setattr(kubernetes, "today", lambda: last_day)
    assert messages(control, [EKS]) == []
    monkeypatch.setattr(kubernetes, "today", lambda: last_day + datetime.timedelta(days=1))
    assert messages(control, [EKS]) == ["the standard support of 1.35 ended on 2027-03-27"]
