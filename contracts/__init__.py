"""The data contracts: every table and topic of the pipeline, declared once.

Everything that needs a column list derives it from here: database DDL (`contracts.ddl`), Avro schemas
(`contracts.schemas`), the types that Oracle's columns have in Kafka (`contracts.oracle`), Flink columns
(`contracts.flink`), the OpenSearch mapping (`contracts.search`), Snowflake tables and views (`contracts.snowflake`).
"""

from contracts.tables import (
    APP_GROUP_PREFIX,
    AUTH_USER,
    CLEANED_TRANSACTION,
    CLEANED_USER,
    ERROR_LOG_TOPIC,
    FLAGGED_USER,
    FRAUD_ALERT,
    OUTPUTS,
    RULES,
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
