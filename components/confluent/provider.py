"""The provider for resources inside a Confluent cluster: topics, schemas, statements, access."""

from __future__ import annotations

import pulumi
import pulumi_confluentcloud as confluent

from .handle import ConfluentHandle


def make_provider(
    name: str, cluster: ConfluentHandle, opts: pulumi.ResourceOptions | None = None
) -> confluent.Provider:
    """The provider holds the keys, so that rotating a key changes no topic and no statement."""
    return confluent.Provider(
        f"{name}-confluent",
        organization_id=cluster.organization_id,
        environment_id=cluster.environment_id,
        kafka_id=cluster.kafka_id,
        kafka_rest_endpoint=cluster.kafka_rest_endpoint,
        kafka_api_key=cluster.kafka_key,
        kafka_api_secret=cluster.kafka_secret,
        schema_registry_id=cluster.registry_id,
        schema_registry_rest_endpoint=cluster.registry_endpoint,
        schema_registry_api_key=cluster.registry_key,
        schema_registry_api_secret=cluster.registry_secret,
        flink_compute_pool_id=cluster.flink_pool_id,
        flink_rest_endpoint=cluster.flink_endpoint,
        flink_api_key=cluster.flink_key,
        flink_api_secret=cluster.flink_secret,
        flink_principal_id=cluster.runner_id,
        opts=opts,
    )
