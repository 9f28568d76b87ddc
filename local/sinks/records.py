"""Decodes the records of a topic with their own schema and checks them against the topic's contract."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from components.contracts import OUTPUTS, Table
from components.contracts.schemas import columns_of
from components.contracts.types import BigInt, Column, ColumnType, Decimal, Integer, Json, String
from local.avro import Schemas, UnreadableError

Test = Callable[[Any], bool]


def as_bytes(data: str | bytes | None) -> bytes | None:
    """A record's key or value; the client's types say that it may be text."""
    return data.encode() if isinstance(data, str) else data


class Row(NamedTuple):
    """One record. `values` follow the order of `columns`; None for a tombstone.

    `columns`: those of the record's schema, which may have more than the contract. `raw`: the undecoded key and value,
    for the dead letters.
    """

    topic: str
    partition: int
    offset: int
    key: tuple[Any, ...]
    values: tuple[Any, ...] | None
    raw: tuple[bytes | None, bytes | None] = (None, None)
    columns: tuple[Column, ...] = ()


class _Version(NamedTuple):
    """One version of a topic's schema: its columns, the tests of their values, and why it does not fit, if so."""

    columns: tuple[Column, ...] = ()
    tests: tuple[tuple[str, Test], ...] = ()
    problem: str = ""


class Reader:
    """Decodes the records of one topic. `bounded`: refuse text that is longer than the contract's columns."""

    def __init__(self, table: Table, schemas: Schemas, *, bounded: bool) -> None:
        self._table = table
        self._published = table.published
        self._schemas = schemas
        self._bounded = bounded
        self._versions: dict[int, _Version] = {}
        self._key = [column.name for column in table.key]

    def read(self, row: Row) -> Row:
        """`row` with key, values and columns. Raises UnreadableError or RegistryAwayError."""
        key, value = row.raw
        names = self._read_key(key) if self._key else ()
        if value is None:
            return row._replace(key=names, values=None, columns=self._published)
        number, record = self._schemas.read("value", value)
        version = self._versions.get(number) or self._versions.setdefault(number, self._version(number))
        if version.problem:
            raise UnreadableError(f"schema {number} does not fit topic {self._table.topic}: {version.problem}")
        for name, test in version.tests:
            if not test(record[name]):
                raise UnreadableError(f"{name} is {record[name]!r:.80}")
        values = tuple(record[column.name] for column in version.columns)
        return row._replace(key=names, values=values, columns=version.columns)

    def _read_key(self, key: bytes | None) -> tuple[Any, ...]:
        record: Json
        _, record = self._schemas.read("key", key)
        names = tuple(record.get(name) for name in self._key) if isinstance(record, dict) else (None,)
        if None in names:
            raise UnreadableError(f"the key has no {' and '.join(self._key)}")
        return names

    def _version(self, number: int) -> _Version:
        try:
            found = {column.name: column for column in columns_of(self._schemas.schema(number))}
        except ValueError as error:
            return _Version(problem=str(error))
        columns = list[Column]()
        for column in self._published:
            written = found.pop(column.name, None)
            if written is None:
                return _Version(problem=f"it has no {column.name}")
            if not _holds(column.type, written.type):
                return _Version(problem=f"its {column.name} is {written.type}, not {column.type}")
            columns.append(column)
        tests = [(column.name, _test(column, bounded=self._bounded)) for column in columns]
        # Columns that this version has added; their text has no bound.
        tests += [(column.name, _test(column, bounded=False)) for column in found.values()]
        used = tuple((name, test) for name, test in tests if test)
        return _Version(columns=(*columns, *found.values()), tests=used)


def readers(topics: Iterable[str], schemas: Schemas, *, bounded: bool) -> dict[str, Reader]:
    """A reader for each topic. Raises KeyError for a topic without a contract."""
    tables = {table.topic: table for table in OUTPUTS}
    return {topic: Reader(tables[topic], schemas, bounded=bounded) for topic in topics}


def _holds(wanted: ColumnType, written: ColumnType) -> bool:
    """Whether a column can hold the written type. Tests of the values check decimals and the length of text."""
    wider = isinstance(wanted, BigInt) and isinstance(written, Integer)
    return wider or (wanted == written if not isinstance(wanted, String | Decimal) else type(wanted) is type(written))


def _test(column: Column, *, bounded: bool) -> Test | None:
    """Tests each value: a store refuses a whole batch for one value that does not fit."""
    match column.type:
        case Decimal(_, scale) as kind:
            limit, step = kind.limit, scale
            test: Test = lambda value: abs(value) < limit and value == round(value, step)  # noqa: E731
        case String(length):
            test = (lambda value: "\0" not in value and len(value) <= length) if bounded else _has_no_nul
        case _:
            return None if column.nullable else lambda value: value is not None
    if column.nullable:
        return lambda value: value is None or test(value)
    return lambda value: value is not None and test(value)


def _has_no_nul(value: str) -> bool:
    """PostgreSQL and OpenSearch cannot store a NUL."""
    return "\0" not in value
