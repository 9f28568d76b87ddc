"""The clean-up's keys: a plan masks them, so it cannot show a key with the wrong secret."""

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
    assert set(environment) == set(NEEDED), "the command's NEEDED and its environment differ"
    secrets = {key: environment[key] for key in environment if key.endswith(("_KEY", "_SECRET"))}
    assert secrets == {
        "KAFKA_KEY": "kafka_key",
        "KAFKA_SECRET": "kafka_secret",
        "REGISTRY_KEY": "registry_key",
        "REGISTRY_SECRET": "registry_secret",
    }, "a service would refuse pulumi destroy half-way"
