"""The data contracts: every table and topic of the pipeline, declared once.

Everything that needs a column list derives it from here: database DDL (`contracts.ddl`), Avro schemas
(`contracts.schemas`), the types that Oracle's columns have in Kafka (`contracts.oracle`), Flink columns
(`contracts.flink`), the OpenSearch mapping (`contracts.search`), Snowflake tables and views (`contracts.snowflake`).
"""

from typing import TYPE_CHECKING

from contracts import rules
from contracts.tables import (
    APP_GROUP_PREFIX,
    AUTH_USER,
    CLEANED_TRANSACTION,
    CLEANED_USER,
    ERROR_LOG_TOPIC,
    FLAGGED_USER,
    FRAUD_ALERT,
    OUTPUTS,
    SCHEMA,
    SOURCES,
    TOPIC_PREFIX,
    USER_TRANSACTION,
    Table,
    raw_topic,
)
from contracts.types import (
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

__all__ = [
    "APP_GROUP_PREFIX",
    "AUTH_USER",
    "CLEANED_TRANSACTION",
    "CLEANED_USER",
    "ERROR_LOG_TOPIC",
    "FLAGGED_USER",
    "FRAUD_ALERT",
    "OUTPUTS",
    "RULES",
    "SCHEMA",
    "SOURCES",
    "TOPIC_PREFIX",
    "USER_TRANSACTION",
    "BigInt",
    "Boolean",
    "Column",
    "ColumnType",
    "Decimal",
    "Integer",
    "RawType",
    "SmallInt",
    "String",
    "Table",
    "Timestamp",
    "TinyInt",
    "raw_topic",
]

if TYPE_CHECKING:
    RULES: tuple[str, ...]


def __getattr__(name: str) -> tuple[str, ...]:
    """`RULES`, the ids of the fraud rules in order: read when asked for, so that a bad file fails only who needs it."""
    if name == "RULES":
        return tuple(rule.id for rule in rules.read())
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
