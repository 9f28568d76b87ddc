"""The Flink tables of a topic, as Confluent Cloud infers them from the topic and its schemas.

A topic has two tables of the same name. The *declared* one has the contract's columns and takes the ALTER TABLE
statements, which Flink itself checks and applies. The *live* one reads and writes the topic: its columns, added ones
included, its watermark and its changelog mode are those of the declared one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from components.contracts import Table, schemas
from components.contracts.flink import columns

# Options that Confluent Cloud has. This one decides how the live table is made.
CHANGELOG_MODE = "changelog.mode"
# What becomes of a record that cannot be read, and where to it is logged.
ERROR_MODE = "error-handling.mode"
ERROR_TARGET = "error-handling.log.target"
OPTIONS = {CHANGELOG_MODE: ("append", "upsert"), ERROR_MODE: ("fail", "ignore", "log"), ERROR_TARGET: ()}
"""With the values that each knows; empty means any."""
TRANSACTIONS = "sink.transactional-id-prefix"
ROWTIME = "$rowtime"
KAFKA = "org.apache.kafka."
SHADED = "org.apache.flink.kafka.shaded."
FORMAT = "avro-confluent"
# The same, but what cannot be read is passed over: Flink's own has no option for it. See local/java/flink.
LENIENT = "avro-confluent-lenient"
# An update is a row taken back and a new one, and Apache Flink's connector writes a tombstone for the former. It keeps
# what comes between two checkpoints, which nobody may read before the second, and writes one record for each key: a row
# that stays does not go and come. Never by time: that could be between the two rows.
FOLDED = {"sink.buffer-flush.max-rows": "1000000", "sink.buffer-flush.interval": "365 d"}
HIDDEN = "$change-events of "
"""Prefix of the table behind a change data topic's view; not a name that a topic can have."""


@dataclass(frozen=True, kw_only=True)
class Watermark:
    """`expression` is SQL over the table's columns, as Flink printed it."""

    column: str
    expression: str


@dataclass(frozen=True, kw_only=True)
class Added:
    """A column that ALTER TABLE added; `definition` is what follows its name in CREATE TABLE."""

    name: str
    definition: str


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What the declared table says by now; `error_log` is the topic for records that cannot be read, if any."""

    mode: str
    errors: str = "fail"
    error_log: str | None = None
    added: tuple[Added, ...] = ()
    watermark: Watermark | None = None


@dataclass(frozen=True, kw_only=True)
class Endpoints:
    """`client` are the settings of a Java Kafka client with its principal, `registry` the schema registry's URL."""

    client: Mapping[str, str]
    registry: str


def default_mode(table: Table) -> str:
    """A compacted topic is inferred as an upsert table, another as an append table."""
    return "upsert" if table.compacted else "append"


def declared_sql(table: Table) -> str:
    """CREATE TABLE of the declared table. It has a watermark on `$rowtime`, as every inferred table has."""
    lines = [f"`{name}` {kind}" for name, kind in columns(table)]
    lines += [f"`{ROWTIME}` TIMESTAMP_LTZ(3)", f"WATERMARK FOR `{ROWTIME}` AS `{ROWTIME}`"]
    return f"CREATE TABLE `{table.topic}` ({', '.join(lines)}) WITH ('{CHANGELOG_MODE}' = '{default_mode(table)}')"


def live_sql(table: Table, declared: Declared, endpoints: Endpoints) -> list[str]:
    """Statements that make the live table."""
    if table.captured:
        return [_events_sql(table, declared, endpoints), _events_view_sql(table, declared)]
    return [_flat_sql(table, declared, endpoints)]


def _events_sql(table: Table, declared: Declared, endpoints: Endpoints) -> str:
    """The change events of a source table: key, and the row after the change.

    The contract's columns are computed from the row, so that added columns and the watermark can refer to them.
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
    lines.append(f"`{ROWTIME}` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL")
    lines += [f"`{column.name}` {column.definition}" for column in declared.added]
    if declared.watermark:
        lines.append(f"WATERMARK FOR `{declared.watermark.column}` AS {declared.watermark.expression}")
    return _create(HIDDEN + table.topic, lines, table if declared.mode == "upsert" else None, options)


def _events_view_sql(table: Table, declared: Declared) -> str:
    """The contract's columns and the added ones. A delete event has no row after the change; the tombstone that
    follows deletes.

    A row without a column that the contract requires is malformed: the service could not even read it.
    """
    names = [*(name for name, _ in columns(table)), ROWTIME, *(column.name for column in declared.added)]
    picked = ", ".join(f"`{name}`" for name in names)
    required = [f"`{column.name}` IS NOT NULL" for column in table.published if not column.nullable]
    present = " AND ".join(["`after` IS NOT NULL", *(required if declared.errors != "fail" else ())])
    query = f"SELECT {picked} FROM `{HIDDEN}{table.topic}` WHERE {present}"  # noqa: S608 - names of contracts
    return f"CREATE VIEW `{table.topic}` AS {query}"


def _of_row(name: str, kind: str) -> str:
    """A column of the row after the change, with the type that the service infers; nothing else is ever cast."""
    place = f"`after`.`{name}`"
    return place if kind == _physical(kind) else f"CAST({place} AS {kind})"


def _physical(kind: str) -> str:
    """The type in Flink's Avro, which has no TIMESTAMP_LTZ; the session's time zone is UTC, so both are one."""
    return kind.replace("TIMESTAMP_LTZ", "TIMESTAMP")


def _flat_sql(table: Table, declared: Declared, endpoints: Endpoints) -> str:
    """A topic that statements write, with the schemas that the program has registered for it.

    Without their text Flink would register others, of its own naming, which the registry refuses.
    """
    lines = [f"`{name}` {_physical(kind)}" for name, kind in columns(table)]
    options = _options(table, endpoints, declared) | {
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
    """ALTER TABLE of the live table of a topic, before `statement` is submitted.

    Two writers with the same transactional ids would abort each other's transactions.
    """
    return f"ALTER TABLE `{table.topic}` SET ('{TRANSACTIONS}' = '{_transactions(table)}_{statement}')"


def _transactions(table: Table) -> str:
    """The prefix that the plan's ACL allows."""
    return f"_confluent-flink_{table.topic}"


def _options(table: Table, endpoints: Endpoints, declared: Declared) -> dict[str, str]:
    options = {
        "connector": "upsert-kafka" if declared.mode == "upsert" else "kafka",
        "topic": table.topic,
        **_format("value", table, declared, endpoints),
        "properties.fetch.max.wait.ms": "20",
        # Offsets live in checkpoints; the service has no right to a consumer group either.
        "properties.commit.offsets.on.checkpoint": "false",
        # The connector's jar carries Kafka's classes under names of its own.
        **{f"properties.{key}": value.replace(KAFKA, SHADED + KAFKA) for key, value in endpoints.client.items()},
    }
    if declared.mode == "upsert":
        return options | _format("key", table, declared, endpoints)
    return options | {"scan.startup.mode": "earliest-offset"}


def _format(part: str, table: Table, declared: Declared, endpoints: Endpoints) -> dict[str, str]:
    """Options of the format of the `part` key or value."""
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
