"""RedshiftSink's twin: the keys that it honours. It writes to the run's PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping

from local.honoured_keys import COUNT, Key, carried, holds, translate
from local.servers.postgres import WAREHOUSE_DATABASE
from local.sinks.config import SinkConfig, TopicConfig
from local.sinks.keys import LOGIN, PLACE, SINK, sink_config, topics
from local.sinks.twin import Twin

_TABLE = (r"[^$]*\$\{topic\}[^$]*", "a text with ${topic} in it, to give each topic its table")

KEYS: dict[str, Key] = {
    **SINK,
    "aws.redshift.domain": holds(PLACE),
    "aws.redshift.port": holds(PLACE, form=COUNT),
    "aws.redshift.user": holds(LOGIN),
    "aws.redshift.database": Key(why="the twin has a database of its own", required=True),
    "db.timezone": holds("the twin's session runs in UTC", "UTC"),
    "auto.create": holds("the twin creates missing tables", "true"),
    "auto.evolve": carried("true", "false", to="evolves"),
    "batch.size": carried(to="batch_size", form=COUNT),
    "table.name.format": carried(to="table_format", form=_TABLE),
}


def settings(config: Mapping[str, str]) -> SinkConfig:
    """Raises RunError, which lists all problems."""
    local = translate(config, KEYS)
    tables = local.get("table_format", "${topic}")
    found = [TopicConfig(topic=t, target=tables.replace("${topic}", t), on_null="FAIL") for t in topics(local)]
    # Without the key the connector adds no columns, unlike the other sinks.
    return sink_config(config, local, found, evolves=local.get("evolves") == "true")


REDSHIFT = Twin(
    connector_class="RedshiftSink",
    settings=settings,
    writer="local.sinks.redshift.writer:PostgresWriter",
    target=lambda stores, _name: stores.postgres.login(WAREHOUSE_DATABASE),
    server=lambda stores: stores.postgres,
)
