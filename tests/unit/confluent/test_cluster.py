"""ConfluentCluster: keys by slot, and a VPC that conflicts with the connectivity."""

from __future__ import annotations

from typing import Any, cast

import pulumi
import pytest

from components.confluent.cluster import ConfluentCluster, ConfluentClusterArgs
from components.confluent.settings import ClusterSettings
from components.credential_slots import ALLOWED, CredentialSlots
from tests.plans import id_of
from tests.unit.recording import record_component, secret


@pytest.mark.parametrize("slots", ALLOWED)
def test_each_slot_has_a_key_and_the_first_is_in_use(slots: str) -> None:
    def build() -> pulumi.Output[Any]:
        settings = ClusterSettings(slots=CredentialSlots(slots))
        cluster = ConfluentCluster("c", ConfluentClusterArgs(region="us-east-1", settings=settings))
        handle = cluster.handle()
        app = cluster.app_kafka
        secrets = (app.secret, app.registry_secret, handle.kafka_secret, handle.registry_secret, handle.flink_secret)
        keys = (app.key, app.registry_key, handle.kafka_key, handle.registry_key, handle.flink_key)
        return pulumi.Output.all(*secrets, *keys)

    made = record_component(build)
    purposes = ("app-kafka", "app-registry", "provisioner-kafka", "provisioner-registry", "deployer-flink")
    assert {one.name for one in made.of_type(":ApiKey")} == {
        f"c-{purpose}-{slot}" for purpose in purposes for slot in slots
    }
    active = [f"c-{purpose}-{slots[0]}" for purpose in purposes]
    assert made.result == [secret(name, "secret") for name in active] + [id_of(made[name]) for name in active]


def test_only_a_private_cluster_takes_a_vpc() -> None:
    settings = ClusterSettings(cluster_type="enterprise", availability="LOW", connectivity="privatelink")
    with pytest.raises(ValueError, match="private is None, connectivity privatelink; set private exactly when"):
        ConfluentClusterArgs(region="us-east-1", settings=settings)
    with pytest.raises(ValueError, match="private is set, connectivity public"):
        ConfluentClusterArgs(region="us-east-1", private=cast(Any, object()))
