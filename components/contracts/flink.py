"""Flink SQL column lists of the contracts."""

from __future__ import annotations

from .oracle import raw_columns, raw_type
from .tables import Table
from .types import BigInt, Boolean, ColumnType, Decimal, Dialect, Integer, RawType, SmallInt, String, Timestamp, TinyInt

type_of = Dialect(
    {
        TinyInt: "TINYINT",
        SmallInt: "SMALLINT",
        Integer: "INT",
        BigInt: "BIGINT",
        Boolean: "BOOLEAN",
        Decimal: "DECIMAL({precision}, {scale})",
        String: "STRING",
        Timestamp: "TIMESTAMP_LTZ({precision})",
    }
)


def columns(table: Table) -> list[tuple[str, str]]:
    """(name, Flink type) of each published column, in order; of a raw topic as the source connector writes it."""
    typed = [(column, raw_type(column.type) if table.captured else column.type) for column in table.published]
    return [(column.name, type_of(kind) + (" NOT NULL" if column.key else "")) for column, kind in typed]


def cleaned(table: Table) -> list[str]:
    """SQL of each column of a cleaned topic, in order, over the raw topic of its source.

    Raises:
        ValueError: the table is no cleaned one.
    """
    if not table.source:
        raise ValueError(f"{table.name} is not made of one source table; write its columns in SQL")
    written = {column.name: kind for column, kind in raw_columns(table.source)}
    return [_converted(column.name, written[column.name], column.type) for column in table.published]


def _converted(name: str, written: RawType, wanted: ColumnType) -> str:
    """Oracle has numbers alone, and the connector makes the narrow ones integers."""
    if type_of(written) == type_of(wanted):
        return f"`{name}`"
    made = f"`{name}` <> 0" if isinstance(wanted, Boolean) else f"CAST(`{name}` AS {type_of(wanted)})"
    return f"{made} AS `{name}`"
