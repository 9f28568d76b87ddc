"""What the stacks hand from part to part: a key beside another key's secret looks right in a plan, which masks it."""

from __future__ import annotations

import dataclasses
from typing import Any, cast

import pulumi

from components.confluent import gates
from components.confluent.cleanup import NEEDED
from components.confluent.handle import ConfluentHandle
from components.confluent.provider import make_provider
from tests.unit.mocks import Mocks, plain


def handle() -> ConfluentHandle:
    """Each value is its own name; the secrets are marked."""
    fields = [field.name for field in dataclasses.fields(ConfluentHandle) if field.default is dataclasses.MISSING]
    values = {name: pulumi.Output.secret(name) if name.endswith("_secret") else name for name in fields}
    return ConfluentHandle(**cast(Any, values))


@pulumi.runtime.test
def test_the_provider_of_the_streaming_layer_has_each_key_with_its_secret(mocks: Mocks) -> Any:
    provider = make_provider("p", handle())

    def check(_: object) -> None:
        assert {key: plain(value) for key, value in mocks.made["p-confluent"].inputs.items()} == {
            "organizationId": "organization_id",
            "environmentId": "environment_id",
            "kafkaId": "kafka_id",
            "kafkaRestEndpoint": "kafka_rest_endpoint",
            "kafkaApiKey": "kafka_key",
            "kafkaApiSecret": "kafka_secret",
            "schemaRegistryId": "registry_id",
            "schemaRegistryRestEndpoint": "registry_endpoint",
            "schemaRegistryApiKey": "registry_key",
            "schemaRegistryApiSecret": "registry_secret",
            "flinkComputePoolId": "flink_pool_id",
            "flinkRestEndpoint": "flink_endpoint",
            "flinkApiKey": "flink_key",
            "flinkApiSecret": "flink_secret",
            "flinkPrincipalId": "runner_id",
        }

    return provider.urn.apply(check)


@pulumi.runtime.test
def test_the_clean_up_has_the_keys_of_both_services(mocks: Mocks) -> Any:
    command = gates.make_cleanup("c", handle(), pulumi.ResourceOptions())

    def check(_: object) -> None:
        environment = plain(mocks.made["c"].inputs["environment"])
        assert (
            environment.items()
            >= {
                "KAFKA_REST": "kafka_rest_endpoint",
                "CLUSTER": "kafka_id",
                "KAFKA_KEY": "kafka_key",
                "KAFKA_SECRET": "kafka_secret",
                "REGISTRY_URL": "registry_endpoint",
                "REGISTRY_KEY": "registry_key",
                "REGISTRY_SECRET": "registry_secret",
            }.items()
        ), "pulumi destroy would be refused half-way"
        assert set(NEEDED) <= environment.keys(), "what the program asks for and what it is given differ"

    return command.urn.apply(check)
