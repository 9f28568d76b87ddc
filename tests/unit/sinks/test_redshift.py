"""RedshiftTarget: masked passwords, other slots and a private cluster, which no golden plan shows."""

from __future__ import annotations

import hashlib
import itertools
from typing import Any

import pulumi
import pytest

from components.credential_slots import ALLOWED, CredentialSlots
from components.sinks.redshift import sql
from components.sinks.redshift.settings import RedshiftSettings
from components.sinks.redshift.store import RedshiftTarget, RedshiftTargetArgs
from tests.unit.arguments import arguments
from tests.unit.recording import Recorded, needs, record_component, secret

NAME = "fraud-dev-redshift"


def target(**changes: Any) -> RedshiftTarget:
    wanted = {"vpc_id": "vpc-1", "subnet_ids": ["subnet-1", "subnet-2"], "confluent_prefix_list_id": "pl-1"}
    return RedshiftTarget(NAME, arguments(RedshiftTargetArgs, RedshiftSettings, **wanted | changes))


def with_connection(slots: str) -> Recorded:
    def build() -> pulumi.Output[Any]:
        made = target(slots=CredentialSlots(slots)).connection
        return pulumi.Output.all(made.host, made.user, made.password, [one._name for one in made.ready])

    return record_component(build)


def test_a_private_cluster_has_no_public_endpoint_and_no_ingress() -> None:
    made = record_component(lambda: target(confluent_prefix_list_id=None))
    assert made[f"{NAME}-cluster"].inputs["publiclyAccessible"] is False
    assert not made.of_type(":SecurityGroupIngressRule")


@pytest.mark.parametrize("slots", ALLOWED)
def test_every_slot_has_its_password_and_the_connector_uses_the_active_one(slots: str) -> None:
    made = with_connection(slots)
    host, user, password, ready = made.result
    assert host == f"{NAME}.abc123.us-east-1.redshift.amazonaws.com", "the connector expects no port"
    assert (user, password) == (f"cflt_sink_{slots[0]}", secret(f"{NAME}-password-{slots[0]}"))
    steps = [f"{NAME}-sql-{step}" for step in ("procedure", "call", *(f"password-{slot}" for slot in sorted(slots)))]
    assert {one.name for one in made.of_type(":Statement")} == set(steps)
    assert all(before in needs(made[after]) for before, after in itertools.pairwise(steps)), (
        "concurrent statements would conflict"
    )
    assert set(ready) == {f"{NAME}-from-confluent", steps[-1]}, "the sink waits for network access and its user"
    for slot in slots:
        text = made.opened[f"{NAME}-sql-password-{slot}"]["sql"]
        salt = text.removesuffix("'").rpartition("|")[2]
        assert text == sql.set_password(slot, secret(f"{NAME}-password-{slot}"), salt)


@pytest.mark.parametrize("slots", ALLOWED)
def test_a_removed_slot_has_no_password(slots: str) -> None:
    text = sql.procedure(CredentialSlots(slots))
    disabled = {slot for slot in "ab" if f"  ALTER USER cflt_sink_{slot} PASSWORD DISABLE;" in text}
    assert disabled == set("ab") - set(slots)
    assert ":" not in text, "the Data API reads a colon as a parameter"


def test_a_changed_set_up_runs_again() -> None:
    assert sql.call(CredentialSlots("a")) != sql.call(CredentialSlots("ab"))


def test_redshift_gets_a_salted_hash_instead_of_the_password() -> None:
    salt = "00ff10" + "5a" * 29
    digest = hashlib.sha256(b"hush-hush\x00\xff\x10" + b"\x5a" * 29).hexdigest()
    assert sql.set_password("a", "hush-hush", salt) == f"ALTER USER cflt_sink_a PASSWORD 'sha256|{digest}|{salt}'"


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_salt_of_the_wrong_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="salt: Redshift takes 64 hexadecimal digits"):
        sql.set_password("a", "hush-hush", "0a" * size)
