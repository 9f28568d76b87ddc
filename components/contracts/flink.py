"""Flink SQL column lists of the contracts."""

from __future__ import annotations

from .oracle import raw_type
from .tables import Table
from .types import BigInt, Boolean, Decimal, Integer, RawType, SmallInt, String, Timestamp, TinyInt


def type_of(column_type: RawType) -> str:
    """The Flink SQL type of a column, e.g. `DECIMAL(12, 2)`."""
    match column_type:
        case Decimal(precision, scale):
            return f"DECIMAL({precision}, {scale})"
        case Timestamp(precision):
            return f"TIMESTAMP_LTZ({precision})"
        case _:
            return _NAMES[type(column_type)]


_NAMES = {
    TinyInt: "TINYINT",
    SmallInt: "SMALLINT",
    Integer: "INT",
    BigInt: "BIGINT",
    Boolean: "BOOLEAN",
    String: "STRING",
}


def columns(table: Table) -> list[tuple[str, str]]:
    """(name, Flink type) of each published column, in order; of a raw topic as the source connector writes it."""
    typed = [(column, raw_type(column.type) if table.captured else column.type) for column in table.published]
    return [(column.name, type_of(kind) + (" NOT NULL" if column.key else "")) for column, kind in typed]
