"""The providers, made explicitly: no resource depends on whose credentials and region are the default ones."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
import pulumi_confluentcloud as confluent

from components.confluent.handle import ConfluentHandle
from stacks.sections.general import General
from stacks.sections.sinks import Snowflake


def make_aws(general: General) -> aws.Provider:
    """Its resources carry the mandatory tags, whatever a component forgets."""
    tags = {
        "Project": pulumi.get_project(),
        "Deployment": general.deployment,
        "Environment": "production" if general.production else "development",
        "Owner": general.owner,
        "ManagedBy": "pulumi",
    }
    return aws.Provider(
        f"{general.deployment}-aws",
        region=general.region,
        default_tags=aws.ProviderDefaultTagsArgs(tags=tags),
    )


def make_snowflake(deployment: str, snowflake: Snowflake) -> pulumi.ProviderResource:
    """Signs in with a key pair: Snowflake takes no password from a service."""
    import pulumi_snowflake  # noqa: PLC0415 - importing it takes a second, for nothing where the sink is off

    return pulumi_snowflake.Provider(
        f"{deployment}-snowflake",
        organization_name=snowflake.organization,
        account_name=snowflake.account,
        user=snowflake.admin_user,
        role=snowflake.admin_role,
        authenticator="SNOWFLAKE_JWT",
        private_key=snowflake.admin_key,
    )


def make_confluent(name: str, cluster: ConfluentHandle) -> confluent.Provider:
    """Keys live here and not on each resource: a rotated key changes no topic and no statement."""
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
    )
