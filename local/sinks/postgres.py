"""RedshiftSink's twin: appends rows to PostgreSQL. Offsets are in the same transaction, so a crash doubles nothing."""

from __future__ import annotations

import os
from typing import Any, LiteralString, cast

import psycopg
from psycopg import sql

from contracts import OUTPUTS
from contracts.ddl import postgres_type
from contracts.types import Column
from local.sinks.config import TARGET_PASSWORD_VARIABLE, SinkConfig
from local.sinks.loop import Offsets, TargetAwayError
from local.sinks.records import Row

OFFSETS = """
CREATE TABLE IF NOT EXISTS connect_offsets (
  sink text, topic text, partition int, next bigint, PRIMARY KEY (sink, topic, partition)
)"""
STORED = "SELECT topic, partition, next FROM connect_offsets WHERE sink = %s"
UPSERT = """
INSERT INTO connect_offsets VALUES (%s, %s, %s, %s)
ON CONFLICT (sink, topic, partition) DO UPDATE SET next = excluded.next"""


def _column(column: Column) -> sql.Composed:
    kind = cast("LiteralString", postgres_type(column.type))
    return sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(kind))


class PostgresWriter:
    """Tables are made when they are missing (auto.create), with the contract's types."""

    def __init__(self, config: SinkConfig) -> None:
        self._config = config
        self._tables = {table.topic: table for table in OUTPUTS}
        self._targets = {topic.topic: topic.target for topic in config.topics}
        self._connection: psycopg.Connection[Any] | None = None

    def open(self) -> Offsets:
        try:
            connection = self._connect()
            with connection.transaction():
                connection.execute(OFFSETS)
                for topic, target in self._targets.items():
                    columns = sql.SQL(", ").join(_column(column) for column in self._tables[topic].published)
                    statement = sql.SQL("CREATE TABLE IF NOT EXISTS {} ({})")
                    connection.execute(statement.format(sql.Identifier(target), columns))
            found = connection.execute(STORED, [self._config.name])
            return {(topic, part): at for topic, part, at in found}
        except psycopg.OperationalError as error:
            raise TargetAwayError(str(error)) from error

    def rows(self) -> dict[str, int]:
        try:
            connection = self._connect()
            count = sql.SQL("SELECT count(*) FROM {}")
            return {
                topic: connection.execute(count.format(sql.Identifier(target))).fetchall()[0][0]
                for topic, target in self._targets.items()
            }
        except psycopg.OperationalError as error:
            raise TargetAwayError(str(error)) from error

    def write(self, rows: list[Row], offsets: Offsets) -> list[tuple[Row, str]]:
        try:
            connection = self._connect()
            with connection.transaction(), connection.cursor() as cursor:
                stored = self._stored(cursor)
                fresh = [row for row in rows if row.offset >= stored.get((row.topic, row.partition), 0)]
                for topic, target in self._targets.items():
                    self._copy(cursor, target, [row for row in fresh if row.topic == topic])
                ahead = {place: at for place, at in offsets.items() if at > stored.get(place, 0)}
                cursor.executemany(UPSERT, [(self._config.name, *place, at) for place, at in ahead.items()])
        except psycopg.OperationalError as error:
            self.close()
            raise TargetAwayError(str(error)) from error
        return []

    def _stored(self, cursor: psycopg.Cursor[Any]) -> Offsets:
        """Offsets as of now: a commit whose answer was lost, or that a killed process left under way, counts.

        The lock makes this transaction wait for such a one.
        """
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [self._config.name])
        found = cursor.execute(STORED, [self._config.name]).fetchall()
        return {(topic, part): at for topic, part, at in found}

    @staticmethod
    def _copy(cursor: psycopg.Cursor[Any], target: str, rows: list[Row]) -> None:
        if not rows:
            return
        with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(target))) as copy:
            for row in rows:
                assert row.values is not None  # the loop sends tombstones to the dead letters
                copy.write_row(row.values)

    def close(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None

    def _connect(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            password = os.environ[TARGET_PASSWORD_VARIABLE]
            self._connection = psycopg.connect(**self._config.target, password=password, autocommit=True)
        return self._connection
