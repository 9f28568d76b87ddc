"""The contracts in Snowflake: the tables that the sink connector appends to, and views of what holds now.

The connector upper-cases names, and adds a column of its own, RECORD_METADATA, with the record's topic, partition,
offset and key. An upsert appends a row, a delete appends one whose columns are all NULL. Source: Snowflake's
documentation of its Kafka connector.
"""

from __future__ import annotations

from .tables import Table
from .types import BigInt, Boolean, Decimal, Dialect, Integer, String, Timestamp

IDENTIFIER = r"(?!(SNOWFLAKE|INFORMATION_SCHEMA)$)[A-Z][A-Z0-9_]{0,63}"
"""Names that need no quotes, are not Snowflake's own and are short enough for what is appended to them."""
METADATA = "RECORD_METADATA"
# The twin of the local run shows the same rows under the same name.
LATEST = "_LATEST"
type_of = Dialect(
    {
        Integer: "NUMBER(10, 0)",
        BigInt: "NUMBER(19, 0)",
        Boolean: "BOOLEAN",
        Decimal: "NUMBER({precision}, {scale})",
        String: "VARCHAR",
        Timestamp: "TIMESTAMP_LTZ({precision})",
    }
)


def table_name(table: Table) -> str:
    """The table that the connector writes the topic's records to."""
    return table.topic.upper()


def create(table: Table, place: str) -> str:
    """CREATE TABLE in `place`, a quoted schema. Its text does not change with the contract: `add_columns` does."""
    return (
        f"CREATE TABLE IF NOT EXISTS {_name(table, place)} ({METADATA} VARIANT) ENABLE_SCHEMA_EVOLUTION = TRUE "
        f"COMMENT = 'Records of topic {table.topic}, as they came'"
    )


def add_columns(table: Table, place: str) -> str:
    """ALTER TABLE that adds what the table has not yet; nothing is ever dropped."""
    columns = [f"IF NOT EXISTS {column.name.upper()} {type_of(column.type)}" for column in table.published]
    return f"ALTER TABLE {_name(table, place)} ADD COLUMN {', '.join(columns)}"


def latest(table: Table, place: str) -> str:
    """SELECT of the newest row of each key, without the keys that were deleted.

    All records of a key are in one partition, so that their offsets give their order.

    Raises:
        ValueError: the table has no key.
    """
    if not table.key:
        raise ValueError(f"{table.name} has no key column: it has no latest rows")
    columns = ", ".join(column.name.upper() for column in table.published)
    newest = (
        f"SELECT * FROM {_name(table, place)} QUALIFY ROW_NUMBER() OVER ("  # noqa: S608 - names of contracts
        f"PARTITION BY GET_PATH({METADATA}, 'key')::VARCHAR "
        f"ORDER BY GET_PATH({METADATA}, 'offset')::BIGINT DESC) = 1"
    )
    return f"SELECT {columns} FROM ({newest}) WHERE {table.key[0].name.upper()} IS NOT NULL"  # noqa: S608


def _name(table: Table, place: str) -> str:
    return f'{place}."{table_name(table)}"'
