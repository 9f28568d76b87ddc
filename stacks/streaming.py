"""The fast-changing layer: topics, statements and connectors."""

from __future__ import annotations

import pulumi

from components.confluent import pipeline
from components.confluent.connectors import Index, OpenSearchSink, OracleXStreamSource, RedshiftSink, SnowflakeSink
from components.confluent.streaming import ConfluentStreaming, ConfluentStreamingArgs, ConnectorFactory
from components.confluent.topics import DEAD_LETTER
from components.connections import OpenSearchConnection, OracleConnection, RedshiftConnection, SnowflakeConnection
from contracts import FLAGGED_USER, FRAUD_ALERT, TOPIC_PREFIX
from stacks import platform_outputs
from stacks.platform_outputs import PlatformOutputs
from stacks.providers import make_confluent
from stacks.settings import Settings


def compose(settings: Settings) -> None:
    """The streaming layer on a platform that is a stack of its own."""
    make_streaming(settings, platform_outputs.read(settings))


def make_streaming(settings: Settings, platform: PlatformOutputs) -> None:
    """The stack's topics, statements and connectors."""
    name, rules = f"fd-{settings.general.deployment}", settings.rules
    made = {
        "redshift": _redshift(name, platform.redshift) if platform.redshift else None,
        "opensearch": _opensearch(name, platform.opensearch) if platform.opensearch else None,
        "snowflake": _snowflake(name, platform.snowflake) if platform.snowflake else None,
    }
    args = ConfluentStreamingArgs(
        cluster=platform.confluent,
        source=_source(name, platform.oracle, settings.oracle.processor_licenses),
        sinks=tuple(factory for sink in settings.sinks.connectors if (factory := made[sink])),
        partitions=settings.confluent.partitions,
        rules=rules.sql_variables(),
        state_ttl_hours=rules.state_ttl_hours,
        topic_roles=settings.confluent.cluster_type != "basic",
        first_payment=platform.first_payment,
        protect=settings.general.production,
    )
    provider = make_confluent(name, platform.confluent)
    streaming = ConfluentStreaming(name, args, pulumi.ResourceOptions(providers=[provider]))
    pulumi.export("topics", sorted(streaming.topics))
    pulumi.export(
        "rules",
        {
            "windowMinutes": rules.window_minutes,
            "burstCount": rules.burst_count,
            "burstAmount": str(rules.burst_amount),
            "largeAmount": str(rules.large_amount),
            "homePrefix": rules.home_prefix,
        },
    )


def _source(name: str, oracle: OracleConnection, processor_licenses: int) -> ConnectorFactory:
    return ConnectorFactory(
        purpose="oracle-xstream",
        after=oracle.ready,
        build=lambda account_id: OracleXStreamSource(
            name=f"{name}-oracle-xstream",
            service_account_id=account_id,
            hostname=oracle.host,
            port=oracle.port,
            user=oracle.user,
            password=oracle.password,
            processor_licenses=processor_licenses,
            topic_prefix=TOPIC_PREFIX,
            table_include_list=pipeline.table_include_list(),
            column_include_list=pipeline.column_include_list(),
        ),
    )


def _redshift(name: str, redshift: RedshiftConnection) -> ConnectorFactory:
    return ConnectorFactory(
        purpose="redshift",
        after=redshift.ready,
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


def _opensearch(name: str, opensearch: OpenSearchConnection) -> ConnectorFactory:
    indexes = (
        Index(name="flagged_user", topic=FLAGGED_USER.topic, write_method="UPSERT", on_null_values="DELETE"),
        Index(name="fraud_alert", topic=FRAUD_ALERT.topic, write_method="UPSERT", on_null_values="IGNORE"),
    )
    return ConnectorFactory(
        purpose="opensearch",
        after=opensearch.ready,
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


def _snowflake(name: str, snowflake: SnowflakeConnection) -> ConnectorFactory:
    return ConnectorFactory(
        purpose="snowflake",
        after=snowflake.ready,
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
