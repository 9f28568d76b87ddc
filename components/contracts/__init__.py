"""The data contracts: every table and topic of the pipeline, declared once.

Everything that needs a column list derives it from here: database DDL (`ddl`), Avro schemas (`schemas`), the types that
Oracle's columns have in Kafka (`oracle`), Flink columns (`flink`), the OpenSearch mapping (`search`), Snowflake tables
and views (`snowflake`).
"""

from typing import TYPE_CHECKING

from . import rules
from .tables import (
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
