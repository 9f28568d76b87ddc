"""Appends rows to PostgreSQL, with the offsets in the same transaction: a crash doubles nothing."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Any, LiteralString, cast

import psycopg
from psycopg import errors, sql

from components.contracts import OUTPUTS
from components.contracts.ddl import postgres_type
from components.contracts.types import Column, String
from local.sinks.config import TARGET_PASSWORD_VARIABLE, SinkConfig
from local.sinks.loop import Offsets, StoreError
from local.sinks.records import Row

OFFSETS = """
CREATE TABLE IF NOT EXISTS connect_offsets (
  sink text, topic text, partition int, next bigint, PRIMARY KEY (sink, topic, partition)
)"""
STORED = "SELECT topic, partition, next FROM connect_offsets WHERE sink = %s"
UPSERT = """
INSERT INTO connect_offsets VALUES (%s, %s, %s, %s)
ON CONFLICT (sink, topic, partition) DO UPDATE SET next = excluded.next"""
COLUMNS = "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped"
CONNECT_SECONDS = 5
# Someone may lock a table for long: then the sink reports it and retries.
LOCK_SECONDS = 10
Columns = tuple[Column, ...]


class PostgresWriter:
    """Creates missing tables (auto.create) and columns (auto.evolve) with the contract's types.

    COPY names the columns, so columns that others add do no harm. Each error ends the session, so that the next one
    sees new settings, rights and tables.
    """

    bounds_text = True

    def __init__(self, config: SinkConfig) -> None:
        self._config = config
        self._tables = {table.topic: table for table in OUTPUTS}
        self._targets = {topic.topic: topic.target for topic in config.topics}
        self._connection: psycopg.Connection[Any] | None = None
        self._there: dict[str, set[str]] = {}
        self._at: tuple[str, Columns] = "", ()

    def open(self) -> Offsets:
        with self._session() as connection:
            found = connection.execute(STORED, [self._config.name])
            return {(topic, part): at for topic, part, at in found}

    def rows(self) -> dict[str, int]:
        with self._session() as connection:
            count = sql.SQL("SELECT count(*) FROM {}")
            return {
                topic: connection.execute(count.format(sql.Identifier(target))).fetchall()[0][0]
                for topic, target in self._targets.items()
            }

    def write(self, rows: list[Row], offsets: Offsets) -> list[tuple[Row, str]]:
        with self._session() as connection, connection.transaction(), connection.cursor() as cursor:
            stored = self._stored(cursor)
            fresh = [row for row in rows if row.offset >= stored.get((row.topic, row.partition), 0)]
            for chosen in _grouped(fresh):
                target, columns = self._at = self._targets[chosen[0].topic], chosen[0].columns
                self._add_missing(cursor, target, columns)
                _copy(cursor, target, columns, chosen)
            ahead = {place: at for place, at in offsets.items() if at > stored.get(place, 0)}
            cursor.executemany(UPSERT, [(self._config.name, *place, at) for place, at in ahead.items()])
        return []

    def close(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None
        self._there.clear()

    def _stored(self, cursor: psycopg.Cursor[Any]) -> Offsets:
        """The stored offsets. The lock waits for a transaction of a killed process that may still commit."""
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [self._config.name])
        found = cursor.execute(STORED, [self._config.name]).fetchall()
        return {(topic, part): at for topic, part, at in found}

    @contextmanager
    def _session(self) -> Generator[psycopg.Connection[Any]]:
        """A PostgreSQL error ends the session and becomes a StoreError with the fix."""
        self._at = "", ()
        try:
            yield self._connect()
        except psycopg.Error as error:
            self.close()
            target, columns = self._at
            cause = f"table {target}: {error}" if target else f"the warehouse: {error}"
            raise StoreError(" ".join(cause.split()), _fix(error, target, columns)) from error

    def _connect(self) -> psycopg.Connection[Any]:
        """The session; a new one creates missing tables."""
        if self._connection is None or self._connection.closed:
            self.close()
            self._connection = psycopg.connect(
                **self._config.target,
                password=os.environ[TARGET_PASSWORD_VARIABLE],
                autocommit=True,
                connect_timeout=CONNECT_SECONDS,
                options=f"-c lock_timeout={LOCK_SECONDS}s",
            )
            with self._connection.transaction(), self._connection.cursor() as cursor:
                cursor.execute(OFFSETS)
                for topic, target in self._targets.items():
                    columns = sql.SQL(", ").join(_definition(column) for column in self._tables[topic].published)
                    statement = sql.SQL("CREATE TABLE IF NOT EXISTS {} ({})")
                    cursor.execute(statement.format(sql.Identifier(target), columns))
        return self._connection

    def _add_missing(self, cursor: psycopg.Cursor[Any], target: str, columns: Columns) -> None:
        there = self._there.get(target)
        if there is None:
            found = cursor.execute(COLUMNS, [sql.Identifier(target).as_string(cursor)]).fetchall()
            there = self._there[target] = {name for (name,) in found}
        for column in columns:
            if column.name in there:
                continue
            if not self._config.evolves:
                raise errors.UndefinedColumn(f"column {column.name} is missing, and auto.evolve is false")
            statement = sql.SQL("ALTER TABLE {} ADD COLUMN IF NOT EXISTS {}")
            cursor.execute(statement.format(sql.Identifier(target), _definition(column)))
            there.add(column.name)


def _fix(error: psycopg.Error, target: str, columns: Columns) -> str:
    """What the warehouse's administrator can do; empty when waiting is enough."""
    table = f'ALTER TABLE "{target}"'
    match error:
        case errors.ReadOnlySqlTransaction():
            return "the database is read-only: make it writable, and the sink goes on"
        case errors.InsufficientPrivilege():
            return "give the sink's user INSERT on the table, and the right to create and alter tables"
        case errors.UndefinedColumn():
            added = ", ".join(f'ADD COLUMN IF NOT EXISTS "{c.name}" {postgres_type(c.type)}' for c in columns)
            return f"run {table} {added}, or set auto.evolve to true"
        case errors.NotNullViolation() if error.diag.column_name:
            return f'run {table} ALTER COLUMN "{error.diag.column_name}" DROP NOT NULL, or give it a default'
        case errors.IntegrityError():
            return f"the table has a constraint that the rows break: drop {error.diag.constraint_name or 'it'}"
        case errors.WrongObjectType():
            return "drop or rename whatever has the table's name: the sink needs a table"
        case errors.DataError() | errors.DatatypeMismatch() | errors.UndefinedFunction():
            types = ", ".join(f'"{c.name}" {postgres_type(c.type)}' for c in columns)
            return f"a column has the wrong type: change it back; the types are {types}"
        case _:
            return ""


def _grouped(rows: Iterable[Row]) -> list[list[Row]]:
    """Rows by topic and schema version; rows of one version share one tuple of columns."""
    found: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in rows:
        found[row.topic, id(row.columns)].append(row)
    return list(found.values())


def _copy(cursor: psycopg.Cursor[Any], target: str, columns: Columns, rows: list[Row]) -> None:
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)
    with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(target), names)) as copy:
        for row in rows:
            assert row.values is not None  # the loop makes dead letters of tombstones
            copy.write_row(row.values)


def _definition(column: Column) -> sql.Composed:
    known = any(column in table.published for table in OUTPUTS)
    kind = "TEXT" if isinstance(column.type, String) and not known else postgres_type(column.type)
    return sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(cast("LiteralString", kind)))
