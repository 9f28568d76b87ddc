"""The data contracts: every table and topic of the pipeline, declared once.

All column lists derive from them: database DDL (`ddl`), Avro schemas (`schemas`), Kafka's types of Oracle's columns
(`oracle`), Flink columns (`flink`), the OpenSearch mapping (`search`), Snowflake tables and views (`snowflake`).
"""

from typing import TYPE_CHECKING

from . import rules
from .tables import (
    APP_GROUP_PREFIX,
    APP_TABLES,
    AUTH_USER,
    CLEANED_OUTCOME,
    CLEANED_TRANSACTION,
    CLEANED_USER,
    ERROR_LOG_TOPIC,
    FLAGGED_USER,
    FRAUD_ALERT,
    FRAUD_EPISODE,
    IDEMPOTENCY_KEY,
    OUTPUTS,
    PAYMENT_OUTCOME,
    PAYMENT_SCORE,
    SCHEMA,
    SINK_GROUP_PREFIX,
    SOURCES,
    TOPIC_PREFIX,
    USER_TRANSACTION,
    Table,
)
from .types import (
    BigInt,
    Column,
    Decimal,
    Double,
    String,
    TinyInt,
)

__all__ = [
    "APP_GROUP_PREFIX",
    "APP_TABLES",
    "AUTH_USER",
    "CLEANED_OUTCOME",
    "CLEANED_TRANSACTION",
    "CLEANED_USER",
    "ERROR_LOG_TOPIC",
    "FLAGGED_USER",
    "FRAUD_ALERT",
    "FRAUD_EPISODE",
    "IDEMPOTENCY_KEY",
    "OUTPUTS",
    "PAYMENT_OUTCOME",
    "PAYMENT_SCORE",
    "RULES",
    "SCHEMA",
    "SINK_GROUP_PREFIX",
    "SOURCES",
    "TOPIC_PREFIX",
    "USER_TRANSACTION",
    "BigInt",
    "Column",
    "Decimal",
    "Double",
    "String",
    "Table",
    "TinyInt",
]

if TYPE_CHECKING:
    RULES: tuple[str, ...]


def __getattr__(name: str) -> tuple[str, ...]:
    """`RULES`, the ordered ids of the fraud rules, read lazily: a bad rule file fails only code that needs it."""
    if name == "RULES":
        return tuple(rule.id for rule in rules.read())
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
