"""Operators are checked before a deploy, by the same rules as in the app, and stay secret."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from components.fraud_app.app import FraudApp
from components.fraud_app.operators import Operators
from plan.model import MASK
from tests.unit.fraud_app.test_app import arguments
from tests.unit.recording import record_component

HASH = "pbkdf2_sha256$1000000$salt$" + "a" * 43 + "="
GOOD = json.dumps({"anna": HASH, "b.c@example.org": HASH})
BAD = {
    "no JSON": "anna",
    "a list": "[]",
    "nobody": "{}",
    "a password": json.dumps({"anna": "hunter2"}),
    "no text": json.dumps({"anna": 7}),
    "another hash": json.dumps({"anna": "md5$salt$abc"}),
    "a quick hash": json.dumps({"anna": HASH.replace("1000000", "10")}),
    "a name with a space": json.dumps({"an na": HASH}),
    "no name": json.dumps({"": HASH}),
    "a long name": json.dumps({"a" * 65: HASH}),
    "deep": "[" * 100_000,
}


@pytest.mark.parametrize("text", [GOOD, *BAD.values()], ids=["good", *BAD])
def test_a_deploy_and_the_app_accept_the_same(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[3] / "app")
    from django.core.exceptions import ImproperlyConfigured
    from fraudapp.operators import read

    problems = list(Operators().problems(text))
    try:
        read(text)
        refused = False
    except ImproperlyConfigured as error:
        refused = True
        assert "hunter2" not in str(error)
    assert bool(problems) == refused == (text != GOOD), problems
    assert "hunter2" not in str(problems) and HASH not in str(problems)


def test_operators_are_in_a_secret_of_the_web_pods_alone() -> None:
    made = record_component(lambda: FraudApp("app", dataclasses.replace(arguments(), operators=GOOD)))
    assert made["app-operators"].inputs["stringData"] == MASK
    assert made.opened["app-operators"]["stringData"] == {"OPERATORS": GOOD}
    pods = {name: str(made[f"app-{name}"].inputs) for name in ("web", "seed", "generator")}
    name = made["app-operators"].inputs["metadata"].get("name", "app-operators")
    assert [one for one, inputs in pods.items() if name in inputs] == ["web"]


def test_without_operators_there_is_no_secret() -> None:
    made = record_component(lambda: FraudApp("app", arguments()))
    assert "app-operators" not in made


def test_bad_operators_are_refused_without_quoting_them() -> None:
    with pytest.raises(ValueError, match="operators: the entry of 'anna' is no hash") as refused:
        dataclasses.replace(arguments(), operators=BAD["a password"])
    assert "hunter2" not in str(refused.value)
