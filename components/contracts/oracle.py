"""Oracle's types: the DDL of a source column, and the type that the source connector gives it in Kafka.

Flink has no other source for the columns of a raw topic than the connector's Avro, so that the width of a NUMBER
decides what the SQL may do with it.
"""

from __future__ import annotations

from .tables import Table
from .types import (
    BigInt,
    Boolean,
    Column,
    ColumnType,
    Decimal,
    Integer,
    RawType,
    SmallInt,
    String,
    Timestamp,
    TinyInt,
)

# Digits before the point that fit, and what they fit: Debezium's OracleValueConverters, which XStream's connector uses
# (docs.confluent.io, cc-oracle-xstream-cdc-source, "Change events": NUMBER(P, S <= 0)). Wider ones stay decimals.
WIDTHS: tuple[tuple[int, RawType], ...] = ((2, TinyInt()), (4, SmallInt()), (9, Integer()), (18, BigInt()))


def sql_type(column_type: ColumnType) -> str:
    """Oracle's type of a column, e.g. `NUMBER(12,2)`."""
    match column_type:
        case String(length):
            return f"NVARCHAR2({length})"
        case Timestamp(precision):
            return f"TIMESTAMP({precision})"
        case _:
            precision, scale = _number(column_type)
            return f"NUMBER({precision},{scale})" if scale else f"NUMBER({precision})"


def raw_type(column_type: ColumnType) -> RawType:
    """The type in the raw topic, with decimals `precise` and `time.precision.mode=connect` at the connector."""
    if isinstance(column_type, String | Timestamp):
        return column_type
    precision, scale = _number(column_type)
    narrow = (raw for digits, raw in WIDTHS if scale <= 0 and precision - scale <= digits)
    return next(narrow, Decimal(precision, scale))


def raw_columns(table: Table) -> tuple[tuple[Column, RawType], ...]:
    """The columns of a source table that leave the database, each with its type in the raw topic."""
    return tuple((column, raw_type(column.type)) for column in table.published)


def _number(column_type: BigInt | Integer | Boolean | Decimal) -> tuple[int, int]:
    """Precision and scale of the NUMBER."""
    match column_type:
        case BigInt():
            return 18, 0  # with 19 digits it would be DECIMAL(19, 0) in Flink, and no id would fit its BIGINT column
        case Integer():
            return 9, 0
        case Boolean():
            return 1, 0
        case Decimal(precision, scale):
            return precision, scale
