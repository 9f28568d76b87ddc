"""Oracle's column types in DDL, and the types that the source connector gives them in Kafka.

Flink knows a raw topic's columns only from the connector's Avro schema, so the width of a NUMBER decides their type.
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
    Text,
    Timestamp,
    TinyInt,
)

# Oracle has only NUMBER. An id of 19 digits would be DECIMAL(19, 0) in Flink and not fit a BIGINT column.
_NUMBERS: dict[type[RawType], Decimal] = {Boolean: Decimal(1, 0), Integer: Decimal(9, 0), BigInt: Decimal(18, 0)}
# The most digits that each integer type holds, by Debezium's OracleValueConverters, which the XStream connector uses
# (docs.confluent.io, cc-oracle-xstream-cdc-source, "Change events": NUMBER(P, S <= 0)). Wider numbers stay decimals.
WIDTHS: tuple[tuple[int, RawType], ...] = ((2, TinyInt()), (4, SmallInt()), (9, Integer()), (18, BigInt()))

sql_type = Dialect(
    {
        **{kind: f"NUMBER({number.precision})" for kind, number in _NUMBERS.items()},
        Decimal: "NUMBER({precision},{scale})",
        String: "NVARCHAR2({length})",
        Text: "NCLOB",
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
    """The published columns of a source table, each with its type in the raw topic."""
    return tuple((column, raw_type(column.type)) for column in table.published)
