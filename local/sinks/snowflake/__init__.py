"""SnowflakeSink's twin: the keys that it honours. It writes to a DuckDB file."""

from __future__ import annotations

from collections.abc import Mapping

from local.honoured_keys import COUNT, Key, carried, holds, translate
from local.sinks.config import SinkConfig, TopicConfig
from local.sinks.keys import LOGIN, PLACE, SINK, sink_config, topics
from local.sinks.twin import Twin

_TABLE_MAP = (r"[^:,\s]+:[^:,\s]+(,[^:,\s]+:[^:,\s]+)*", "topic:table pairs with commas between them")

KEYS: dict[str, Key] = {
    **SINK,
    "snowflake.url.name": holds(PLACE),
    "snowflake.user.name": holds(LOGIN),
    "snowflake.role.name": holds(LOGIN),
    "snowflake.database.name": holds("the file is the database"),
    "snowflake.schema.name": carried(to="schema", required=True),
    "snowflake.ingestion.method": holds("the twin appends rows as they come", "SNOWPIPE_STREAMING"),
    "snowflake.enable.schematization": holds("the twin's tables have a column for each field", "true"),
    "snowflake.topic2table.map": carried(to="table_map", form=_TABLE_MAP),
    "buffer.flush.time": holds("the twin writes more often than the minimum, one second", form=COUNT),
    "behavior.on.null.values": carried("IGNORE", "DEFAULT", to="on_null"),
}


def settings(config: Mapping[str, str]) -> SinkConfig:
    """Raises RunError, which lists all problems."""
    local = translate(config, KEYS)
    named = dict(pair.split(":", 1) for pair in local.get("table_map", "").split(",") if pair)
    on_null = local.get("on_null", "DEFAULT")
    found = [TopicConfig(topic=t, target=named.get(t, t), on_null=on_null) for t in topics(local)]
    return sink_config(config, local, found, database=local["schema"])


SNOWFLAKE = Twin(
    connector_class="SnowflakeSink",
    settings=settings,
    writer="local.sinks.snowflake.writer:DuckdbWriter",
    target=lambda stores, name: {"path": str(stores.folder / f"{name}.duckdb")},
)
