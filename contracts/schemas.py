"""Avro schemas of the output topics, as Confluent's Flink reads and writes them."""

from __future__ import annotations

import json
from typing import Any

from contracts.tables import Table
from contracts.types import BigInt, Boolean, Column, ColumnType, Decimal, Integer, String, Timestamp


def avro_key(table: Table) -> str:
    """The key subject's schema as compact JSON text.

    Raises:
        ValueError: the table has no key.
    """
    if not table.key:
        raise ValueError(f"{table.name} has no key column: it has no key schema")
    return _record(f"{table.name}_key", table.key)


def avro_value(table: Table) -> str:
    """The value subject's schema as compact JSON text; the key columns too, for sinks that read values only."""
    return _record(f"{table.name}_value", table.published)


def _record(name: str, columns: tuple[Column, ...]) -> str:
    schema = {"type": "record", "name": name, "namespace": "fraud", "fields": [_field(c) for c in columns]}
    return json.dumps(schema, separators=(",", ":"))


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name}
    if column.key:
        field["type"] = _avro(column.type)
    else:
        # Flink writes every column that is not a key as nullable; a default keeps old readers working.
        field |= {"type": ["null", _avro(column.type)], "default": None}
    if column.doc:
        field["doc"] = column.doc
    return field


def _avro(column_type: ColumnType) -> Any:
    match column_type:
        case BigInt():
            return "long"
        case Integer():
            return "int"
        case Boolean():
            return "boolean"
        case Decimal(precision, scale):
            return {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale}
        case String():
            return "string"
        case Timestamp():
            return {"type": "long", "logicalType": "timestamp-millis"}
