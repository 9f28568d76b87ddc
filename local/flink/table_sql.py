"""The Flink tables of a topic, as Confluent Cloud infers them from the topic and its schemas.

A topic has two tables of the same name. The *declared* one has the contract's columns, and Flink applies ALTER TABLE to
it. The *live* one reads and writes the topic; it takes columns, watermark and changelog mode from the declared one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from components.contracts import Table, schemas
from components.contracts.flink import columns

# Options of Confluent Cloud.
CHANGELOG_MODE = "changelog.mode"
ERROR_MODE = "error-handling.mode"
ERROR_TARGET = "error-handling.log.target"
OPTIONS = {CHANGELOG_MODE: ("append", "upsert"), ERROR_MODE: ("fail", "ignore", "log"), ERROR_TARGET: ()}
"""The values of each option; empty means any."""
TRANSACTIONS = "sink.transactional-id-prefix"
ROWTIME = "$rowtime"
KAFKA = "org.apache.kafka."
SHADED = "org.apache.flink.kafka.shaded."
FORMAT = "avro-confluent"
# Skips malformed records, for which Flink's format has no option. See local/java/flink.
LENIENT = "avro-confluent-lenient"
# An update is a retraction and a new row, and the connector would write a tombstone for the former. With these settings
# it writes one record for each key at a checkpoint. A flush by time could come between the two rows.
FOLDED = {"sink.buffer-flush.max-rows": "1000000", "sink.buffer-flush.interval": "365 d"}
HIDDEN = "$change-events of "
"""Prefix of the table behind a source topic's view. No topic can have such a name."""


@dataclass(frozen=True, kw_only=True)
class Watermark:
    """`expression` is SQL, as Flink prints it."""

    column: str
    expression: str


@dataclass(frozen=True, kw_only=True)
class Added:
    """A column that ALTER TABLE added; `definition` is what follows its name in CREATE TABLE."""

    name: str
    definition: str


@dataclass(frozen=True, kw_only=True)
class Declared:
    """The state of the declared table; `error_log` is the topic for malformed records, if any."""

    mode: str
    errors: str = "fail"
    error_log: str | None = None
    added: tuple[Added, ...] = ()
    watermark: Watermark | None = None


@dataclass(frozen=True, kw_only=True)
class Endpoints:
    """`client`: settings of a Java Kafka client with its principal. `registry`: the schema registry's URL."""

    client: Mapping[str, str]
    registry: str


def default_mode(table: Table) -> str:
    """The service infers an upsert table from a compacted topic, an append table from any other."""
    return "upsert" if table.compacted else "append"


def declared_sql(table: Table) -> str:
    """CREATE TABLE of the declared table, with a watermark on `$rowtime` as every inferred table has."""
    lines = [f"`{name}` {kind}" for name, kind in columns(table)]
    lines += [f"`{ROWTIME}` TIMESTAMP_LTZ(3)", f"WATERMARK FOR `{ROWTIME}` AS `{ROWTIME}`"]
    return f"CREATE TABLE `{table.topic}` ({', '.join(lines)}) WITH ('{CHANGELOG_MODE}' = '{default_mode(table)}')"


def live_sql(table: Table, declared: Declared, endpoints: Endpoints) -> list[str]:
    """The statements that create the live table."""
    if table.captured:
        return [_events_sql(table, declared, endpoints), _events_view_sql(table, declared)]
    return [_flat_sql(table, declared, endpoints)]


def _events_sql(table: Table, declared: Declared, endpoints: Endpoints) -> str:
    """The change events of a source table: the key and the row after the change.

    The contract's columns are computed from that row, as added columns and the watermark may refer to them.
    """
    kinds = dict(columns(table))
    after = ", ".join(f"`{name}` {_physical(kind).removesuffix(' NOT NULL')}" for name, kind in kinds.items())
    options = _options(table, endpoints, declared)
    key: set[str] = set()
    if declared.mode == "upsert":
        key = {column.name for column in table.key}
        options |= {"value.fields-include": "EXCEPT_KEY"}
    lines = [f"`{name}` {kinds[name]}" for name in kinds if name in key]
    lines.append(f"`after` ROW<{after}>")
    lines += [f"`{name}` AS {_of_row(name, kind)}" for name, kind in kinds.items() if name not in key]
    lines += _added(declared)
    return _create(HIDDEN + table.topic, lines, table if declared.mode == "upsert" else None, options)


def _added(declared: Declared) -> list[str]:
    """Columns beside those of the contract, and the watermark."""
    lines = [f"`{ROWTIME}` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL"]
    lines += [f"`{column.name}` {column.definition}" for column in declared.added]
    if declared.watermark:
        lines.append(f"WATERMARK FOR `{declared.watermark.column}` AS {declared.watermark.expression}")
    return lines


def _events_view_sql(table: Table, declared: Declared) -> str:
    """The contract's columns and the added ones, without two kinds of events: a delete event, which has no row after
    the change (its tombstone deletes), and a row without a required column, which the service could not read either.
    """
    names = [*(name for name, _ in columns(table)), ROWTIME, *(column.name for column in declared.added)]
    picked = ", ".join(f"`{name}`" for name in names)
    required = [f"`{column.name}` IS NOT NULL" for column in table.published if not column.nullable]
    present = " AND ".join(["`after` IS NOT NULL", *(required if declared.errors != "fail" else ())])
    query = f"SELECT {picked} FROM `{HIDDEN}{table.topic}` WHERE {present}"  # noqa: S608 - names of contracts
    return f"CREATE VIEW `{table.topic}` AS {query}"


def _of_row(name: str, kind: str) -> str:
    """A column of the row after the change, with the type that the service infers."""
    place = f"`after`.`{name}`"
    return place if kind == _physical(kind) else f"CAST({place} AS {kind})"


def _physical(kind: str) -> str:
    """The type in Flink's Avro format, which has no TIMESTAMP_LTZ. In a UTC session, TIMESTAMP is the same."""
    return kind.replace("TIMESTAMP_LTZ", "TIMESTAMP")


def _flat_sql(table: Table, declared: Declared, endpoints: Endpoints) -> str:
    """A topic that statements write, and may read back once ALTER TABLE has given it an order.

    They read what is committed, as in the service. The options hold the program's schemas: Flink would register its own
    otherwise, which the registry refuses.
    """
    lines = [f"`{name}` {_physical(kind)}" for name, kind in columns(table)]
    if declared.added:
        lines += _added(declared)
    options = _options(table, endpoints, declared) | {
        "properties.isolation.level": "read_committed",
        "sink.delivery-guarantee": "exactly-once",
        TRANSACTIONS: _transactions(table),
        "properties.transaction.timeout.ms": "600000",
        "properties.linger.ms": "0",
    }
    if declared.mode == "upsert":
        options |= FOLDED
    elif table.key:
        options |= _format("key", table, declared, endpoints)
        options |= {"key.fields": ";".join(column.name for column in table.key)}
    return _create(table.topic, lines, table if declared.mode == "upsert" else None, options)


def writer_sql(table: Table, statement: str) -> str:
    """ALTER TABLE that gives `statement` its own transactional ids: writers that share ids abort each other."""
    return f"ALTER TABLE `{table.topic}` SET ('{TRANSACTIONS}' = '{_transactions(table)}_{statement}')"


def _transactions(table: Table) -> str:
    """The prefix of the transactional ids, which the plan's ACL allows."""
    return f"_confluent-flink_{table.topic}"


def _options(table: Table, endpoints: Endpoints, declared: Declared) -> dict[str, str]:
    options = {
        "connector": "upsert-kafka" if declared.mode == "upsert" else "kafka",
        "topic": table.topic,
        **_format("value", table, declared, endpoints),
        "properties.fetch.max.wait.ms": "20",
        # Checkpoints hold the offsets, and the account has no right to a consumer group.
        "properties.commit.offsets.on.checkpoint": "false",
        # The connector's jar has Kafka's classes under other names.
        **{f"properties.{key}": value.replace(KAFKA, SHADED + KAFKA) for key, value in endpoints.client.items()},
    }
    if declared.mode == "upsert":
        return options | _format("key", table, declared, endpoints)
    return options | {"scan.startup.mode": "earliest-offset"}


def _format(part: str, table: Table, declared: Declared, endpoints: Endpoints) -> dict[str, str]:
    """Options of the format; `part` is key or value."""
    name = FORMAT if declared.errors == "fail" else LENIENT
    options = {f"{part}.format": name, f"{part}.{name}.url": endpoints.registry}
    if not table.captured:
        text = schemas.avro_key(table) if part == "key" else schemas.avro_value(table)
        options |= {f"{part}.{name}.schema": text, f"{part}.{name}.subject": f"{table.topic}-{part}"}
    return options


def _create(name: str, lines: list[str], keyed: Table | None, options: Mapping[str, str]) -> str:
    if keyed:
        key = ", ".join(f"`{column.name}`" for column in keyed.key)
        lines = [*lines, f"PRIMARY KEY ({key}) NOT ENFORCED"]
    settings = ", ".join(f"'{key}' = {_quoted(value)}" for key, value in options.items())
    return f"CREATE TABLE `{name}` ({', '.join(lines)}) WITH ({settings})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
