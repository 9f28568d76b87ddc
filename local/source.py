"""OracleXStreamSource's twin: Debezium's PostgreSQL connector. Both are Debezium, so they share most keys."""

from __future__ import annotations

from collections.abc import Mapping

from components.contracts import SCHEMA, SOURCES, Decimal, TinyInt
from components.contracts.oracle import raw_columns
from local.honoured_keys import COMMON, COUNT, WHOLE, Key, carried, holds, translate

SOURCE_CLASS = "OracleXStreamSource"

_PLACE = "Oracle's address or login; the twin reads the run's PostgreSQL"
KEYS: dict[str, Key] = {
    **COMMON,
    "database.hostname": holds(_PLACE),
    "database.port": holds(_PLACE, form=COUNT),
    "database.user": holds(_PLACE),
    "database.dbname": holds(_PLACE),
    "database.service.name": holds(_PLACE),
    "database.pdb.name": holds(_PLACE),
    "database.out.server.name": holds("Oracle's outbound server; the twin reads a replication slot"),
    "database.processor.licenses": holds("PostgreSQL needs no licence", form=COUNT),
    "database.tls.mode": holds("the connection does not leave this machine", "disable", "one-way"),
    "output.data.format": holds("the twin writes Avro with schemas in the run's registry", "AVRO"),
    "output.key.format": holds("the same as output.data.format", "AVRO"),
    "topic.prefix": carried(to="topic.prefix", required=True),
    "table.include.list": carried(to="table.include.list", required=True),
    "column.include.list": carried(to="column.include.list", required=True),
    "snapshot.mode": carried("initial", "no_data", to="snapshot.mode"),
    "decimal.handling.mode": carried("precise", to="decimal.handling.mode"),
    # The raw tables have the types of this mode.
    "time.precision.mode": carried("connect", to="time.precision.mode"),
    "tombstones.on.delete": carried("true", "false", to="tombstones.on.delete"),
    "skipped.operations": carried(to="skipped.operations"),
    "heartbeat.interval.ms": carried(to="heartbeat.interval.ms", form=WHOLE),
}

SLOT = "debezium"
"""PostgreSQL's replication slot."""
HEARTBEAT_PREFIX = "__orcl-heartbeat.lcc"
"""The managed connector's heartbeat topics begin so, and the plan's ACL allows no others."""


def _types_of_columns() -> dict[str, str]:
    """Settings of local/java/connect, which gives PostgreSQL's columns the types that Oracle's columns have."""
    found = dict[str, str]()
    for table in SOURCES:
        for column, kind in raw_columns(table):
            place = f"{SCHEMA}.{table.name}.{column.name}"
            if isinstance(kind, TinyInt):
                found[f"oracle.tiny.{place}"] = "true"
            elif isinstance(kind, Decimal):
                found[f"oracle.scale.{place}"] = str(kind.scale)
    return found


# Settings of the twin that no key of the plan carries.
FIXED = {
    "converters": "oracle",
    "oracle.type": "local.OracleTypes",
    **_types_of_columns(),
    "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
    "plugin.name": "pgoutput",
    "slot.name": SLOT,
    "publication.autocreate.mode": "filtered",
    "topic.heartbeat.prefix": HEARTBEAT_PREFIX,
    # The default, 500 ms, would dominate the latency.
    "poll.interval.ms": "10",
    "producer.override.linger.ms": "0",
    "max.batch.size": "4096",
    "max.queue.size": "16384",
    # Retry until the database is back.
    "errors.max.retries": "-1",
    "retriable.restart.connector.wait.ms": "1000",
    # Retry until the schema registry is back.
    "errors.retry.timeout": "-1",
    "errors.retry.delay.max.ms": "1000",
}


def debezium(
    config: Mapping[str, str], *, host: str, port: int, user: str, secret: str, database: str
) -> dict[str, str]:
    """Kafka Connect's configuration; `secret` refers to the password. Raises RunError, which lists all problems."""
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
    """Debezium hangs without an error when this topic is missing."""
    return f"{HEARTBEAT_PREFIX}.{config['topic.prefix']}"
