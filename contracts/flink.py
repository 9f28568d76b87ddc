"""Flink SQL column lists of the contracts."""

from __future__ import annotations

from contracts.tables import Table
from contracts.types import BigInt, Boolean, Column, ColumnType, Decimal, Integer, String, Timestamp


def type_of(column_type: ColumnType) -> str:
    """The Flink SQL type of a column, e.g. `DECIMAL(12, 2)`."""
    match column_type:
        case BigInt():
            return "BIGINT"
        case Integer():
            return "INT"
        case Boolean():
            return "BOOLEAN"
        case Decimal(precision, scale):
            return f"DECIMAL({precision}, {scale})"
        case String():
            return "STRING"
        case Timestamp(precision):
            return f"TIMESTAMP_LTZ({precision})"


def columns(table: Table) -> list[tuple[str, str]]:
    """(name, Flink type) of each published column, in order."""
    return [(column.name, _declared(column)) for column in table.published]


def _declared(column: Column) -> str:
    return type_of(column.type) + (" NOT NULL" if column.key else "")
