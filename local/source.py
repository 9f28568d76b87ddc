"""OracleXStreamSource as Debezium's PostgreSQL connector: both are Debezium, so most keys are the same."""

from __future__ import annotations

from collections.abc import Mapping

from components.contracts import SCHEMA, SOURCES, Decimal, TinyInt
from components.contracts.oracle import raw_columns
from local.honoured_keys import COMMON, COUNT, WHOLE, Key, carried, holds, translate

SOURCE_CLASS = "OracleXStreamSource"

_PLACE = "where Oracle is; the run has a PostgreSQL in its place"
KEYS: dict[str, Key] = {
    **COMMON,
    "database.hostname": holds(_PLACE),
    "database.port": holds(_PLACE, form=COUNT),
    "database.user": holds(_PLACE),
    "database.dbname": holds(_PLACE),
    "database.service.name": holds(_PLACE),
    "database.pdb.name": holds(_PLACE),
    "database.out.server.name": holds("Oracle's outbound server; here a replication slot"),
    "database.processor.licenses": holds("PostgreSQL needs no licence", form=COUNT),
    "database.tls.mode": holds("the connection does not leave this machine", "disable", "one-way"),
    "output.data.format": holds("the twin writes Avro, by schemas in the run's registry", "AVRO"),
    "output.key.format": holds("as output.data.format", "AVRO"),
    "topic.prefix": carried(to="topic.prefix", required=True),
    "table.include.list": carried(to="table.include.list", required=True),
    "column.include.list": carried(to="column.include.list", required=True),
    "snapshot.mode": carried("initial", "no_data", to="snapshot.mode"),
    "decimal.handling.mode": carried("precise", to="decimal.handling.mode"),
    # The types of the raw tables are those of this mode.
    "time.precision.mode": carried("connect", to="time.precision.mode"),
    "tombstones.on.delete": carried("true", "false", to="tombstones.on.delete"),
    "skipped.operations": carried(to="skipped.operations"),
    "heartbeat.interval.ms": carried(to="heartbeat.interval.ms", form=WHOLE),
}

SLOT = "debezium"
"""PostgreSQL's replication slot."""
HEARTBEAT_PREFIX = "__orcl-heartbeat.lcc"
"""The managed connector's name for it, which the plan's ACL allows."""


def _types_of_columns() -> dict[str, str]:
    """PostgreSQL's columns with the types that the managed connector gives Oracle's: see local/java/connect."""
    found = dict[str, str]()
    for table in SOURCES:
        for column, kind in raw_columns(table):
            place = f"{SCHEMA}.{table.name}.{column.name}"
            if isinstance(kind, TinyInt):
                found[f"oracle.tiny.{place}"] = "true"
            elif isinstance(kind, Decimal):
                found[f"oracle.scale.{place}"] = str(kind.scale)
    return found


# What the twin needs beyond the plan's keys.
FIXED = {
    "converters": "oracle",
    "oracle.type": "local.OracleTypes",
    **_types_of_columns(),
    "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
    "plugin.name": "pgoutput",
    "slot.name": SLOT,
    "publication.autocreate.mode": "filtered",
    "topic.heartbeat.prefix": HEARTBEAT_PREFIX,
    # The default of 500 ms would be most of the pipeline's latency.
    "poll.interval.ms": "10",
    "producer.override.linger.ms": "0",
    "max.batch.size": "4096",
    "max.queue.size": "16384",
    # The database may be killed: try again until it is back.
    "errors.max.retries": "-1",
    "retriable.restart.connector.wait.ms": "1000",
    # So may the schema registry.
    "errors.retry.timeout": "-1",
    "errors.retry.delay.max.ms": "1000",
}


def debezium(
    config: Mapping[str, str], *, host: str, port: int, user: str, secret: str, database: str
) -> dict[str, str]:
    """Configuration for Kafka Connect; `secret` is the reference to the password. Raises RunError, all problems."""
    return {
        **FIXED,
        **translate(config, KEYS),
        "name": config["name"],
        "database.hostname": host,
        "database.port": str(port),
        "database.user": user,
        "database.password": secret,
        "database.dbname": database,
    }


def heartbeat_topic(config: Mapping[str, str]) -> str:
    """The topic that Debezium stands still without, and without an error, when it does not exist."""
    return f"{HEARTBEAT_PREFIX}.{config['topic.prefix']}"
