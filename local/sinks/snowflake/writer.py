"""Appends each record as a row to a DuckDB file, with the offsets in the same transaction.

Like Snowpipe Streaming, it never updates a row: the view `<table>_latest` shows the newest row of each key. The file is
only open during a write, so that others can read it.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb

from components.contracts import OUTPUTS, Table, types
from components.contracts.snowflake import LATEST, METADATA
from components.contracts.types import Column
from local.sinks.config import SinkConfig
from local.sinks.loop import Offsets, StoreError
from local.sinks.records import Row

type_of = types.Dialect(
    {
        types.Integer: "INTEGER",
        types.BigInt: "BIGINT",
        types.Boolean: "BOOLEAN",
        types.Double: "DOUBLE",
        types.Decimal: "DECIMAL({precision}, {scale})",
        types.String: "TEXT",
        types.Timestamp: "TIMESTAMPTZ",
    }
)
"""DuckDB's types."""
STORED = 'SELECT topic, "partition", next FROM connect_offsets'


class DuckdbWriter:
    """Passes a batch to DuckDB as one JSON text; an INSERT for each row is 100 times slower."""

    bounds_text = False

    def __init__(self, config: SinkConfig) -> None:
        self._path = config.target["path"]
        self._schema = _name(config.database)
        self._tables = {table.topic: table for table in OUTPUTS}
        self._targets = {topic.topic: topic.target for topic in config.topics}

    def open(self) -> Offsets:
        with self._file() as connection:
            return {(topic, part): at for topic, part, at in connection.execute(STORED).fetchall()}

    def rows(self) -> dict[str, int]:
        with self._file() as connection:
            return {
                topic: connection.execute(f"SELECT count(*) FROM {_name(target)}").fetchall()[0][0]  # noqa: S608
                for topic, target in self._targets.items()
            }

    def write(self, rows: list[Row], offsets: Offsets) -> list[tuple[Row, str]]:
        with self._file() as connection:
            connection.begin()
            for topic, target in self._targets.items():
                versions = {id(row.columns): row.columns for row in rows if row.topic == topic}
                for version, columns in versions.items():
                    chosen = [row for row in rows if row.topic == topic and id(row.columns) == version]
                    for column in columns:
                        connection.execute(_add_column_sql(target, column.name, type_of(column.type)))
                    records = json.dumps([_record(row) for row in chosen], default=_plain)
                    connection.execute(_insert_sql(columns, target), [records])
            for (topic, part), at in offsets.items():
                connection.execute("INSERT OR REPLACE INTO connect_offsets VALUES (?, ?, ?)", [topic, part, at])
            connection.commit()
        return []

    def close(self) -> None:
        pass

    @contextmanager
    def _file(self) -> Generator[duckdb.DuckDBPyConnection]:
        """The open file, with its tables and views. Raises StoreError for every DuckDB error."""
        try:
            with duckdb.connect(self._path) as connection:
                connection.execute("SET TimeZone = 'UTC'; SET memory_limit = '256MB'; SET threads = 1")
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {self._schema}; USE {self._schema}")
                connection.execute(
                    'CREATE TABLE IF NOT EXISTS connect_offsets (topic TEXT, "partition" INT, next BIGINT, '
                    'PRIMARY KEY (topic, "partition"))'
                )
                for topic, target in self._targets.items():
                    for statement in _tables_sql(self._tables[topic], target):
                        connection.execute(statement)
                yield connection
        except duckdb.Error as error:
            raise StoreError(f"DuckDB file {self._path}: {error}", _fix(error)) from error


def _fix(error: duckdb.Error) -> str:
    match error:
        case duckdb.IOException() if "lock" in str(error):
            return "the sink goes on when the other process closes the file"
        case duckdb.ConversionException():
            return "a column has the wrong type: change it back, or rename the table"
        case duckdb.ConstraintException():
            return "the table has a constraint that the rows break: drop it, or rename the table"
        case duckdb.CatalogException() | duckdb.BinderException():
            return "rename the table or view in the way; the sink creates its own"
        case _:
            return ""


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _tables_sql(table: Table, target: str) -> Iterator[str]:
    """Replaces the view each time, since an added column breaks the old one."""
    columns = ", ".join(f"{_name(column.name)} {type_of(column.type)}" for column in table.published)
    yield f"CREATE TABLE IF NOT EXISTS {_name(target)} ({columns}, {METADATA} JSON)"
    yield _add_column_sql(target, METADATA, "JSON")
    newest = (
        f"SELECT * FROM {_name(target)} QUALIFY row_number() OVER ("  # noqa: S608 - names of contracts
        f"PARTITION BY {METADATA} ->> 'key' ORDER BY ({METADATA} ->> 'offset')::BIGINT DESC) = 1"
    )
    key = _name(table.published[0].name)
    yield _add_column_sql(target, table.published[0].name, type_of(table.published[0].type))
    yield f"CREATE OR REPLACE VIEW {_name(target + LATEST.lower())} AS SELECT * FROM ({newest}) WHERE {key} IS NOT NULL"  # noqa: S608


def _add_column_sql(target: str, name: str, kind: str) -> str:
    return f"ALTER TABLE {_name(target)} ADD COLUMN IF NOT EXISTS {_name(name)} {kind}"


def _insert_sql(columns: tuple[Column, ...], target: str) -> str:
    structure = {column.name: type_of(column.type) for column in columns} | {METADATA: "JSON"}
    shape = json.dumps([structure]).replace("'", "''")
    unnested = f"SELECT unnest(from_json(?, '{shape}'), recursive := true)"
    return f"INSERT INTO {_name(target)} BY NAME {unnested}"


def _record(row: Row) -> dict[str, Any]:
    names = [column.name for column in row.columns]
    values = row.values if row.values is not None else (None,) * len(names)
    metadata = {"topic": row.topic, "partition": row.partition, "offset": row.offset, "key": json.dumps(row.key)}
    return {**dict(zip(names, values, strict=True)), METADATA: metadata}


def _plain(value: Any) -> str:
    """Text is exact; from_json converts it to the column's type."""
    assert isinstance(value, Decimal | datetime)
    return str(value)
