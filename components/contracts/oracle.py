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
    Dialect,
    Integer,
    RawType,
    SmallInt,
    String,
    Timestamp,
    TinyInt,
)

# Oracle has numbers alone. An id of 19 digits would be DECIMAL(19, 0) in Flink, and fit no BIGINT column.
_NUMBERS: dict[type[RawType], Decimal] = {Boolean: Decimal(1, 0), Integer: Decimal(9, 0), BigInt: Decimal(18, 0)}
# Digits before the point that fit, and what they fit: Debezium's OracleValueConverters, which XStream's connector uses
# (docs.confluent.io, cc-oracle-xstream-cdc-source, "Change events": NUMBER(P, S <= 0)). Wider ones stay decimals.
WIDTHS: tuple[tuple[int, RawType], ...] = ((2, TinyInt()), (4, SmallInt()), (9, Integer()), (18, BigInt()))

sql_type = Dialect(
    {
        **{kind: f"NUMBER({number.precision})" for kind, number in _NUMBERS.items()},
        Decimal: "NUMBER({precision},{scale})",
        String: "NVARCHAR2({length})",
        Timestamp: "TIMESTAMP({precision})",
    }
)


def raw_type(column_type: ColumnType) -> RawType:
    """The type in the raw topic, with decimals `precise` and `time.precision.mode=connect` at the connector."""
    number = _NUMBERS.get(type(column_type), column_type)
    if not isinstance(number, Decimal):
        return column_type
    narrow = (raw for digits, raw in WIDTHS if number.scale <= 0 and number.precision - number.scale <= digits)
    return next(narrow, number)


def raw_columns(table: Table) -> tuple[tuple[Column, RawType], ...]:
    """The columns of a source table that leave the database, each with its type in the raw topic."""
    return tuple((column, raw_type(column.type)) for column in table.published)
