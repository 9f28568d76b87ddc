"""The clean-up's keys: one beside the other's secret looks right in a plan, which masks both."""

from __future__ import annotations

import dataclasses
from typing import Any, cast

import pulumi

from components.confluent import gates
from components.confluent.cleanup import NEEDED
from components.confluent.handle import ConfluentHandle
from tests.unit.recording import record_component


def test_the_clean_up_has_the_keys_of_both_services() -> None:
    fields = [field.name for field in dataclasses.fields(ConfluentHandle) if field.default is dataclasses.MISSING]
    handle = ConfluentHandle(**cast(Any, {name: name for name in fields}))
    made = record_component(lambda: gates.make_cleanup("c", handle, pulumi.ResourceOptions()))
    environment = made.opened["c"]["environment"]
    assert set(environment) == set(NEEDED), "what the program asks for and what it is given differ"
    secrets = {key: environment[key] for key in environment if key.endswith(("_KEY", "_SECRET"))}
    assert secrets == {
        "KAFKA_KEY": "kafka_key",
        "KAFKA_SECRET": "kafka_secret",
        "REGISTRY_KEY": "registry_key",
        "REGISTRY_SECRET": "registry_secret",
    }, "pulumi destroy would be refused half-way"
