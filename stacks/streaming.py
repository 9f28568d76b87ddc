"""The fast-changing layer: topics, statements and connectors."""

from __future__ import annotations

import pulumi
import pulumi_confluentcloud as confluent

from components.confluent import pipeline
from components.confluent.cluster import ConfluentCluster
from components.confluent.connectors import Index, OpenSearchSink, OracleXStreamSource, RedshiftSink, SnowflakeSink
from components.confluent.streaming import ConfluentStreaming, ConfluentStreamingArgs, ConnectorFactory
from components.confluent.topics import DEAD_LETTER
from contracts import FLAGGED_USER, FRAUD_ALERT, TOPIC_PREFIX
from stacks.settings import OpenSearch, Oracle, Redshift, Rules, Settings, Snowflake


def make_streaming(settings: Settings, cluster: ConfluentCluster) -> ConfluentStreaming:
    """The stack's topics, statements and connectors."""
    name = f"fd-{pulumi.get_stack()}"
    sinks = [
        _redshift(name, settings.redshift) if settings.redshift else None,
        _opensearch(name, settings.opensearch) if settings.opensearch else None,
        _snowflake(name, settings.snowflake) if settings.snowflake else None,
    ]
    args = ConfluentStreamingArgs(
        cluster=cluster,
        source=_source(name, settings.oracle),
        sinks=tuple(sink for sink in sinks if sink),
        partitions=settings.streaming.partitions,
        rules=sql_variables(settings.rules),
        state_ttl_hours=settings.rules.state_ttl_hours,
    )
    return ConfluentStreaming(name, args, pulumi.ResourceOptions(providers=[make_provider(name, cluster)]))


def make_provider(name: str, cluster: ConfluentCluster) -> confluent.Provider:
    """Keys live here and not on each resource: a rotated key changes no topic and no statement."""
    return confluent.Provider(
        f"{name}-confluent",
        organization_id=cluster.organization.id,
        environment_id=cluster.environment.id,
        kafka_id=cluster.kafka.id,
        kafka_rest_endpoint=cluster.kafka.rest_endpoint,
        kafka_api_key=cluster.kafka_key.id,
        kafka_api_secret=cluster.kafka_key.secret,
        schema_registry_id=cluster.registry.id,
        schema_registry_rest_endpoint=cluster.registry.rest_endpoint,
        schema_registry_api_key=cluster.registry_key.id,
        schema_registry_api_secret=cluster.registry_key.secret,
        flink_compute_pool_id=cluster.pool.id,
        flink_rest_endpoint=cluster.flink_region.rest_endpoint,
        flink_api_key=cluster.flink_key.id,
        flink_api_secret=cluster.flink_key.secret,
        flink_principal_id=cluster.runner.id,
    )


def sql_variables(rules: Rules) -> dict[str, object]:
    """The `${variables}` of flink_sql; values were validated, so that they can stand in SQL text."""
    return {
        "window_minutes": rules.window_minutes,
        "burst_count": rules.burst_count,
        "burst_amount": rules.burst_amount,
        "large_amount": rules.large_amount,
        "home_prefix": rules.home_prefix,
    }


def _source(name: str, oracle: Oracle) -> ConnectorFactory:
    return ConnectorFactory(
        purpose="oracle-xstream",
        build=lambda account_id: OracleXStreamSource(
            name=f"{name}-oracle-xstream",
            service_account_id=account_id,
            hostname=oracle.host,
            port=oracle.port,
            user=oracle.user,
            password=oracle.password,
            processor_licenses=oracle.processor_licenses,
            topic_prefix=TOPIC_PREFIX,
            table_include_list=pipeline.table_include_list(),
            column_exclude_list=pipeline.column_exclude_list(),
        ),
    )


def _redshift(name: str, redshift: Redshift) -> ConnectorFactory:
    return ConnectorFactory(
        purpose="redshift",
        build=lambda account_id: RedshiftSink(
            name=f"{name}-redshift",
            service_account_id=account_id,
            topics=pipeline.WAREHOUSE_TOPICS,
            dead_letter_topic=DEAD_LETTER,
            domain=redshift.host,
            user=redshift.user,
            password=redshift.password,
            database=redshift.database,
        ),
    )


def _opensearch(name: str, opensearch: OpenSearch) -> ConnectorFactory:
    indexes = (
        Index(name="flagged_user", topic=FLAGGED_USER.topic, write_method="UPSERT", on_null_values="DELETE"),
        Index(name="fraud_alert", topic=FRAUD_ALERT.topic, write_method="UPSERT", on_null_values="IGNORE"),
    )
    return ConnectorFactory(
        purpose="opensearch",
        build=lambda account_id: OpenSearchSink(
            name=f"{name}-opensearch",
            service_account_id=account_id,
            topics=pipeline.FLAGGED_TOPICS,
            dead_letter_topic=DEAD_LETTER,
            instance_url=opensearch.url,
            connection_user=opensearch.user,
            connection_password=opensearch.password,
            indexes=indexes,
        ),
    )


def _snowflake(name: str, snowflake: Snowflake) -> ConnectorFactory:
    return ConnectorFactory(
        purpose="snowflake",
        build=lambda account_id: SnowflakeSink(
            name=f"{name}-snowflake",
            service_account_id=account_id,
            topics=pipeline.FLAGGED_TOPICS,
            dead_letter_topic=DEAD_LETTER,
            url=snowflake.url,
            user=snowflake.user,
            private_key=snowflake.private_key,
            database=snowflake.database,
            schema=snowflake.schema,
            role=snowflake.role,
        ),
    )
