"""Flink SQL column lists of the contracts."""

from __future__ import annotations

from .oracle import raw_columns, raw_type
from .tables import Table
from .types import (
    BigInt,
    Boolean,
    ColumnType,
    Decimal,
    Dialect,
    Double,
    Integer,
    RawType,
    SmallInt,
    String,
    Timestamp,
    TinyInt,
)

type_of = Dialect(
    {
        TinyInt: "TINYINT",
        SmallInt: "SMALLINT",
        Integer: "INT",
        BigInt: "BIGINT",
        Boolean: "BOOLEAN",
        Double: "DOUBLE",
        Decimal: "DECIMAL({precision}, {scale})",
        String: "STRING",
        Timestamp: "TIMESTAMP_LTZ({precision})",
    }
)


def columns(table: Table) -> list[tuple[str, str]]:
    """(name, Flink type) of each published column, in order; in a raw topic with the source connector's types."""
    typed = [(column, raw_type(column.type) if table.captured else column.type) for column in table.published]
    return [(column.name, type_of(kind) + (" NOT NULL" if column.key else "")) for column, kind in typed]


def cleaned(table: Table) -> list[str]:
    """SQL of each column of a cleaned topic over its source's raw topic. Raises ValueError for other tables."""
    if not table.source:
        raise ValueError(f"{table.name} is not derived from one source table; write its columns in SQL")
    written = {column.name: kind for column, kind in raw_columns(table.source)}
    return [_converted(column.name, written[column.name], column.type) for column in table.published]


def _converted(name: str, written: RawType, wanted: ColumnType) -> str:
    """Convert the connector's type: Oracle has only NUMBER, which becomes an integer if it is narrow enough."""
    if type_of(written) == type_of(wanted):
        return f"`{name}`"
    made = f"`{name}` <> 0" if isinstance(wanted, Boolean) else f"CAST(`{name}` AS {type_of(wanted)})"
    return f"{made} AS `{name}`"
