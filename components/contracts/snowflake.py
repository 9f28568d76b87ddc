"""Snowflake's tables, to which the sink connector appends, and views of their latest rows.

The connector upper-cases names and adds the column RECORD_METADATA with the record's topic, partition, offset and key.
An upsert appends a row; a delete appends a row of NULLs. Source: Snowflake's documentation of its Kafka connector.
"""

from __future__ import annotations

from .tables import Table
from .types import BigInt, Boolean, Decimal, Dialect, Double, Integer, String, Timestamp

IDENTIFIER = r"(?!(SNOWFLAKE|INFORMATION_SCHEMA)$)[A-Z][A-Z0-9_]{0,63}"
"""Names that need no quotes, are not Snowflake's own, and leave room for suffixes."""
METADATA = "RECORD_METADATA"
# The local twin uses the same suffix.
LATEST = "_LATEST"
type_of = Dialect(
    {
        Integer: "NUMBER(10, 0)",
        BigInt: "NUMBER(19, 0)",
        Boolean: "BOOLEAN",
        Double: "FLOAT",
        Decimal: "NUMBER({precision}, {scale})",
        String: "VARCHAR",
        Timestamp: "TIMESTAMP_LTZ({precision})",
    }
)


def table_name(table: Table) -> str:
    """The table to which the connector writes the topic's records."""
    return table.topic.upper()


def create(table: Table, place: str) -> str:
    """CREATE TABLE in `place`, a quoted schema. `add_columns` adds the contract's columns, so this text is constant."""
    return (
        f"CREATE TABLE IF NOT EXISTS {_name(table, place)} ({METADATA} VARIANT) ENABLE_SCHEMA_EVOLUTION = TRUE "
        f"COMMENT = 'Records of topic {table.topic}, as they came'"
    )


def add_columns(table: Table, place: str) -> str:
    """ALTER TABLE that adds the missing columns; nothing drops columns."""
    columns = [f"IF NOT EXISTS {column.name.upper()} {type_of(column.type)}" for column in table.published]
    return f"ALTER TABLE {_name(table, place)} ADD COLUMN {', '.join(columns)}"


def latest(table: Table, place: str) -> str:
    """SELECT of each key's newest row, without deleted keys. Raises ValueError for a table without a key.

    A key's records are all in one partition, so their offsets order them.
    """
    if not table.key:
        raise ValueError(f"{table.name} has no key column, so it has no latest rows")
    columns = ", ".join(column.name.upper() for column in table.published)
    newest = (
        f"SELECT * FROM {_name(table, place)} QUALIFY ROW_NUMBER() OVER ("  # noqa: S608 - names of contracts
        f"PARTITION BY GET_PATH({METADATA}, 'key')::VARCHAR "
        f"ORDER BY GET_PATH({METADATA}, 'offset')::BIGINT DESC) = 1"
    )
    return f"SELECT {columns} FROM ({newest}) WHERE {table.key[0].name.upper()} IS NOT NULL"  # noqa: S608


def _name(table: Table, place: str) -> str:
    return f'{place}."{table_name(table)}"'
