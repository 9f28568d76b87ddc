"""OracleHost: masked passwords, refused arguments, and the waiter. The golden plans show the rest."""

from __future__ import annotations

import json
import re
from typing import Any

import pulumi
import pytest

from components.credential_slots import CredentialSlots
from components.oracle import document, wait
from components.oracle.host import OracleHost, OracleHostArgs
from components.oracle.settings import OracleSettings
from tests.unit import arguments as builder
from tests.unit.recording import Recorded, record_component, secret

USERS = {"SYS": "sys", "SYSTEM": "system", "C##CFLTADMIN": "cfltadmin"}
BOOT_SECONDS = 600


def arguments(**changes: Any) -> OracleHostArgs:
    usual: dict[str, Any] = {
        "vpc_id": "vpc-1",
        "subnet_id": "subnet-data",
        "availability_zone": "us-east-1a",
        "listener_subnet_ids": ["subnet-public"],
        "confluent_prefix_list_id": "pl-1",
        "ami_id": "ami-1",
        "image": "registry.example/oracle-xe@sha256:" + "a" * 64,
    }
    return builder.arguments(OracleHostArgs, OracleSettings, **usual | changes)


def made(slots: str) -> Recorded:
    def build() -> pulumi.Output[Any]:
        host = OracleHost("oracle", arguments(slots=CredentialSlots(slots)))
        return pulumi.Output.all(host.app_database.password, host.connection.password)

    return record_component(build)


@pytest.mark.parametrize("slots", ["ab", "ba"])
def test_the_secret_and_the_connections_have_the_passwords_in_use(slots: str) -> None:
    found = made(slots)
    app, connector = (f"p{secret(f'oracle-{user}-{slots[0]}')}" for user in ("sample", "cfltuser"))
    assert found.result == [app, connector], "the active slot's"
    kept = json.loads(found.opened["oracle-passwords-version"]["secretString"])
    administrators = {user: f"p{secret(f'oracle-{name}')}" for user, name in USERS.items()}
    assert kept == administrators | {"SAMPLE": app, "C##CFLTUSER": connector}
    generated = {one.name for one in found.of_type(":RandomPassword")}
    of_services = {f"oracle-{user}-{slot}" for user in ("sample", "cfltuser") for slot in "ab"}
    assert generated == of_services | {f"oracle-{name}" for name in USERS.values()}


def test_the_waiter_has_its_variables_and_a_deadline_between_document_and_engine() -> None:
    ready = made("a")["oracle-ready"]
    assert set(ready.inputs["environment"]) == set(wait.NEEDED)
    engine_seconds = 60 * int(ready.options["customTimeouts"]["create"].removesuffix("m"))
    assert document.RUN_SECONDS + BOOT_SECONDS <= wait.DEADLINE_SECONDS, "a slow bootstrap would be cancelled"
    assert engine_seconds > wait.DEADLINE_SECONDS, "the engine would end the waiter before it reports the problem"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"availability_zone": "eu-west-1a"}, "availability_zone is 'eu-west-1a'; set it to a zone of us-east-1"),
        ({"listener_subnet_ids": []}, "listener_subnet_ids is empty; set at least one"),
        ({"snapshots_kept": -1}, "snapshots_kept is -1; set it to 0"),
    ],
)
def test_bad_arguments_name_field_value_and_fix(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        arguments(**change)
