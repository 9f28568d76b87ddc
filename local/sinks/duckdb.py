"""SnowflakeSink's twin: appends each record as a row to a DuckDB file, with offsets in the same transaction.

As Snowpipe Streaming does, it never updates: the view `<table>_latest` shows the newest row of each key.
"""

from __future__ import annotations

import json

import duckdb

from contracts import OUTPUTS, Table
from contracts.flink import type_of
from contracts.snowflake import LATEST, METADATA
from contracts.types import ColumnType, Timestamp
from local.sinks.config import SinkConfig
from local.sinks.loop import Offsets
from local.sinks.records import Row


class DuckdbWriter:
    """Rows travel as one JSON text a batch, which DuckDB itself takes apart: an INSERT per row is 100 times slower."""

    def __init__(self, config: SinkConfig) -> None:
        self._config = config
        self._tables = {table.topic: table for table in OUTPUTS}
        self._targets = {topic.topic: topic.target for topic in config.topics}
        self._connection = duckdb.connect(config.target["path"])
        self._connection.execute("SET TimeZone = 'UTC'; SET memory_limit = '256MB'; SET threads = 1")

    def open(self) -> Offsets:
        schema = _name(self._config.database)
        self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}; USE {schema}")
        self._connection.execute(
            'CREATE TABLE IF NOT EXISTS connect_offsets (topic TEXT, "partition" INT, next BIGINT, '
            'PRIMARY KEY (topic, "partition"))'
        )
        for topic, target in self._targets.items():
            for statement in _tables_sql(self._tables[topic], target):
                self._connection.execute(statement)
        found = self._connection.execute('SELECT topic, "partition", next FROM connect_offsets').fetchall()
        return {(topic, part): at for topic, part, at in found}

    def rows(self) -> dict[str, int]:
        return {
            topic: self._connection.execute(f"SELECT count(*) FROM {_name(target)}").fetchall()[0][0]  # noqa: S608
            for topic, target in self._targets.items()
        }

    def write(self, rows: list[Row], offsets: Offsets) -> list[tuple[Row, str]]:
        self._connection.begin()
        for topic, target in self._targets.items():
            chosen = [row for row in rows if row.topic == topic]
            if chosen:
                records = json.dumps([_record(self._tables[topic], row) for row in chosen])
                self._connection.execute(_insert_sql(self._tables[topic], target), [records])
        for (topic, part), at in offsets.items():
            self._connection.execute("INSERT OR REPLACE INTO connect_offsets VALUES (?, ?, ?)", [topic, part, at])
        self._connection.commit()
        return []

    def close(self) -> None:
        self._connection.close()


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _type(kind: ColumnType) -> str:
    return "TIMESTAMPTZ" if isinstance(kind, Timestamp) else type_of(kind).replace("STRING", "TEXT")


def _tables_sql(table: Table, target: str) -> list[str]:
    columns = ", ".join(f"{_name(column.name)} {_type(column.type)}" for column in table.published)
    newest = (
        f"SELECT * FROM {_name(target)} QUALIFY row_number() OVER ("  # noqa: S608 - names of contracts
        f"PARTITION BY {METADATA} ->> 'key' ORDER BY ({METADATA} ->> 'offset')::BIGINT DESC) = 1"
    )
    alive = f"{_name(table.published[0].name)} IS NOT NULL"
    return [
        f"CREATE TABLE IF NOT EXISTS {_name(target)} ({columns}, {METADATA} JSON)",
        f"CREATE OR REPLACE VIEW {_name(target + LATEST.lower())} AS SELECT * FROM ({newest}) WHERE {alive}",  # noqa: S608
    ]


def _insert_sql(table: Table, target: str) -> str:
    structure = {column.name: _type(column.type) for column in table.published} | {METADATA: "JSON"}
    shape = json.dumps([structure]).replace("'", "''")
    return f"INSERT INTO {_name(target)} SELECT unnest(from_json(?, '{shape}'), recursive := true)"


def _record(table: Table, row: Row) -> dict[str, object]:
    names = [column.name for column in table.published]
    values = row.values if row.values is not None else (None,) * len(names)
    metadata = {"topic": row.topic, "partition": row.partition, "offset": row.offset, "key": json.dumps(row.key)}
    return {**dict(zip(names, values, strict=True)), METADATA: metadata}
