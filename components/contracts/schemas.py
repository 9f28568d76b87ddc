"""Avro schemas of output topics, in the form of Confluent's Flink, and of raw topics, in Debezium's form."""

from __future__ import annotations

import json
from typing import Any

from .oracle import raw_columns
from .tables import Table
from .types import (
    BigInt,
    Boolean,
    Column,
    ColumnType,
    Decimal,
    Double,
    Integer,
    Json,
    RawType,
    SmallInt,
    String,
    Timestamp,
    TinyInt,
)


def avro_key(table: Table) -> str:
    """The key subject's schema as compact JSON text. Raises ValueError for a table without a key."""
    if not table.key:
        raise ValueError(f"{table.name} has no key column, so it has no key schema")
    return _record(f"{table.name}_key", table.key)


def avro_value(table: Table) -> str:
    """The value subject's schema as compact JSON text, with the key columns for sinks that read only values."""
    return _record(f"{table.name}_value", table.published)


def raw_key(table: Table) -> str:
    """The key schema of a source table's raw topic."""
    return _named(f"{table.topic}.Key", [_required(c.name, kind) for c, kind in raw_columns(table) if c.key])


def raw_value(table: Table) -> str:
    """The schema of a source table's change events: row before, row after, and operation (`c`, `u`, `d`, `r`)."""
    columns = raw_columns(table)
    fields = [_optional(c.name, kind) if c.nullable else _required(c.name, kind) for c, kind in columns]
    row = {"type": "record", "name": "Value", "fields": fields}
    sides = [
        {"name": "before", "type": ["null", row], "default": None},
        {"name": "after", "type": ["null", "Value"], "default": None},
    ]
    return _named(f"{table.topic}.Envelope", [*sides, {"name": "op", "type": "string"}])


def columns_of(schema: Json) -> tuple[Column, ...]:
    """The columns of any version of an output topic's decoded schema.

    Raises ValueError for a schema that is not a record or has a field type that no contract has.
    """
    if not isinstance(schema, dict) or schema.get("type") != "record":
        raise ValueError("it is not a record")
    return tuple(_column(field["name"], field["type"]) for field in schema["fields"])


def _column(name: str, kind: Json) -> Column:
    if isinstance(kind, list):
        (kind,) = [branch for branch in kind if branch != "null"] if len(kind) == 2 and "null" in kind else [None]
        return Column(name=name, type=_type_of(name, kind), nullable=True)
    return Column(name=name, type=_type_of(name, kind))


def _type_of(name: str, kind: Json) -> ColumnType:
    match kind:
        case {"logicalType": "decimal", "precision": precision}:
            return Decimal(precision, kind.get("scale", 0))
        case {"logicalType": "timestamp-millis"}:
            return Timestamp()
        case {"type": str() as plain} if "logicalType" not in kind and plain in _PLAIN:
            return _PLAIN[plain]
        case str() if kind in _PLAIN:
            return _PLAIN[kind]
        case _:
            raise ValueError(f"its field {name} is {json.dumps(kind, default=str):.80}")


def _named(name: str, fields: list[dict[str, Any]]) -> str:
    namespace, _, plain = name.rpartition(".")
    schema = {"type": "record", "name": plain, "namespace": namespace, "fields": fields}
    return json.dumps(schema, separators=(",", ":"))


def _record(name: str, columns: tuple[Column, ...]) -> str:
    return _named(f"fraud.{name}", [_field(c) for c in columns])


def _field(column: Column) -> dict[str, Any]:
    # Flink writes every column that is not a key as nullable; a default keeps old readers working.
    field = _required(column.name, column.type) if column.key else _optional(column.name, column.type)
    if column.doc:
        field["doc"] = column.doc
    return field


def _required(name: str, kind: RawType) -> dict[str, Any]:
    return {"name": name, "type": avro_type(kind)}


def _optional(name: str, kind: RawType) -> dict[str, Any]:
    return {"name": name, "type": ["null", avro_type(kind)], "default": None}


def avro_type(kind: RawType) -> Any:
    """A column's Avro type: a name, or a JSON object with the logical type and its base `type`."""
    match kind:
        case Decimal(precision, scale):
            return {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale}
        case Timestamp():
            return {"type": "long", "logicalType": "timestamp-millis"}
        case TinyInt() | SmallInt():
            return {"type": "int", "connect.type": "int8" if isinstance(kind, TinyInt) else "int16"}
        case _:
            return next(name for name, plain in _PLAIN.items() if type(plain) is type(kind))


_PLAIN: dict[str, ColumnType] = {
    "long": BigInt(),
    "int": Integer(),
    "boolean": Boolean(),
    "double": Double(),
    "string": String(),
}
