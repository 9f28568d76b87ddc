"""The connector that feeds Snowflake, and its connection to the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import pulumi

from ...confluent.connector import FORMATS, SinkConnector, option
from ...confluent.pipeline import FLAGGED_TOPICS
from ...connections import Connection


@dataclass(frozen=True, kw_only=True)
class SnowflakeConnection(Connection):
    """`private_key` is the body of a PKCS#8 key, on one line."""

    url: pulumi.Input[str]
    user: pulumi.Input[str]
    private_key: pulumi.Input[str]
    database: pulumi.Input[str]
    schema: pulumi.Input[str]
    role: pulumi.Input[str]
    ready: Sequence[pulumi.Resource] = ()


@dataclass(frozen=True, kw_only=True)
class SnowflakeSink(SinkConnector):
    """The Snowflake sink connector with Snowpipe Streaming. It appends rows, also for upserts and deletes."""

    connector_class: ClassVar[str] = "SnowflakeSink"
    purpose: str = "snowflake"
    input_key_format: str = option("input.key.format", allowed=FORMATS, default="AVRO")
    url: pulumi.Input[str] = option("snowflake.url.name")
    user: pulumi.Input[str] = option("snowflake.user.name")
    private_key: pulumi.Input[str] = option("snowflake.private.key", secret=True)
    database: pulumi.Input[str] = option("snowflake.database.name")
    schema: pulumi.Input[str] = option("snowflake.schema.name")
    role: pulumi.Input[str] = option("snowflake.role.name")
    ingestion_method: str = option(
        "snowflake.ingestion.method", allowed=("SNOWPIPE_STREAMING",), default="SNOWPIPE_STREAMING"
    )
    topic2table_map: str | None = option("snowflake.topic2table.map", default=None)
    schematization: bool = option("snowflake.enable.schematization", default=True)
    # Has little effect: in streaming the service's `max.client.lag` (30 s) decides, which the template does not offer.
    buffer_flush_time: int = option("buffer.flush.time", default=1)
    on_null_values: str = option("behavior.on.null.values", allowed=("IGNORE", "DEFAULT"), default="DEFAULT")

    def extra_problems(self) -> list[str]:
        problems = super().extra_problems()
        if self.buffer_flush_time < 1:
            problems.append("buffer_flush_time must be 1 second or more for Snowpipe Streaming")
        return problems


def make_connector(snowflake: SnowflakeConnection) -> SnowflakeSink:
    """Workflow 2: flagged users, alerts and episodes, appended."""
    return SnowflakeSink(
        ready=snowflake.ready,
        topics=FLAGGED_TOPICS,
        url=snowflake.url,
        user=snowflake.user,
        private_key=snowflake.private_key,
        database=snowflake.database,
        schema=snowflake.schema,
        role=snowflake.role,
    )
