"""Finds the records that Flink skips: it cannot read them, or they lack a required column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from components.contracts import Table
from components.contracts.oracle import raw_columns
from components.contracts.schemas import avro_type
from components.contracts.types import Column, Decimal, Json
from local.avro import Schemas, UnreadableError

# The types that a reader of another type accepts ("Schema Resolution" in Avro's specification).
PROMOTED = {"long": {"int", "long"}, "string": {"string", "bytes"}, "bytes": {"bytes", "string"}}


class Judge:
    """Judges the records of one table's topic as Flink reads them: change events, or the rows of an output."""

    def __init__(self, table: Table, schemas: Schemas) -> None:
        self._table = table
        self._schemas = schemas
        self._columns = raw_columns(table) if table.captured else [(one, one.type) for one in table.published]
        self._read_key = table.compacted or not table.captured
        # By schema id: the required columns, and the problem of each column whose type Flink cannot read. A text
        # instead: the problem of the whole schema.
        self._versions: dict[int, tuple[tuple[Column, ...], dict[str, str]] | str] = {}

    def reason(self, key: bytes | None, value: bytes | None) -> str | None:
        """Why Flink cannot read this record; None when it can. Raises RegistryAwayError."""
        try:
            if self._read_key:
                self._check_key(key)
            return None if value is None else self._reason(*self._schemas.read("value", value))
        except UnreadableError as error:
            return str(error)

    def _check_key(self, key: bytes | None) -> None:
        record: Json
        number, record = self._schemas.read("key", key)
        for column in self._table.key:
            if not isinstance(record, dict) or record.get(column.name) is None:
                raise UnreadableError(f"the key has no {column.name}; its schema is {number}")

    def _reason(self, number: int, change: Any) -> str | None:
        version = self._versions.get(number)
        if version is None:
            version = self._versions[number] = self._version(number)
        if isinstance(version, str):
            return version
        row = change["after"] if self._table.captured else change
        if row is None:
            return None
        required, unfit = version
        for name, problem in unfit.items():
            if row[name] is not None:
                return problem
        for column in required:
            if row.get(column.name) is None:
                return f"after.{column.name} is missing"
        return next(self._too_great(row), None)

    def _too_great(self, row: dict[str, Any]) -> Iterator[str]:
        """Flink reads a decimal with too many digits as NULL; Avro does not limit them."""
        for column, kind in self._columns:
            value = row.get(column.name)
            if column.nullable or value is None or not isinstance(kind, Decimal):
                continue
            if abs(value) >= kind.limit:
                yield f"after.{column.name} is {value}"

    def _version(self, number: int) -> tuple[tuple[Column, ...], dict[str, str]] | str:
        schema, row = self._schemas.schema(number), "after." if self._table.captured else ""
        fields = _row_of(schema) if self._table.captured else _fields(schema)
        if fields is None:
            return f"schema {number} has no record{' `after`' if self._table.captured else ''}"
        unfit = dict[str, str]()
        for column, kind in self._columns:
            made = avro_type(kind)
            read = made if isinstance(made, str) else made["type"]
            written = fields.get(column.name, set())
            if not written <= PROMOTED.get(read, {read}):
                unfit[column.name] = f"{row}{column.name} is {'/'.join(written)} in schema {number}, not {read}"
        return tuple(column for column, _ in self._columns if not column.nullable), unfit


def _fields(schema: Json) -> dict[str, set[str]] | None:
    """The types of a record's fields, by field name, without null. None when it is no record."""
    fields = schema.get("fields") if isinstance(schema, dict) else None
    return None if fields is None else {field["name"]: _types(field["type"]) for field in fields}


def _row_of(schema: Json) -> dict[str, set[str]] | None:
    """The same of the record `after`. None when there is no `after`."""
    row: dict[str, Any] | None = None
    named: dict[str, dict[str, Any]] = {}
    fields: list[dict[str, Any]] = schema.get("fields", []) if isinstance(schema, dict) else []
    for field in fields:
        for branch in _branches(field["type"]):
            if isinstance(branch, dict) and branch.get("type") == "record":
                named[branch["name"]] = branch
            found = named.get(branch) if isinstance(branch, str) else branch
            if field["name"] == "after" and isinstance(found, dict) and found.get("type") == "record":
                row = found
    return None if row is None else _fields(row)


def _branches(kind: Json) -> list[Json]:
    return kind if isinstance(kind, list) else [kind]


def _types(kind: Json) -> set[str]:
    names = {str(branch["type"]) if isinstance(branch, dict) else str(branch) for branch in _branches(kind)}
    return names - {"null"}
