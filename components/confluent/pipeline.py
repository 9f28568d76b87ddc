"""The Flink statements of the fraud pipeline, as data."""

from __future__ import annotations

from ..contracts import (
    AUTH_USER,
    CLEANED_TRANSACTION,
    CLEANED_USER,
    FLAGGED_USER,
    FRAUD_ALERT,
    USER_TRANSACTION,
)
from .statements import Statement

# Cleaned records feed the warehouse (workflow 1); flagged users and alerts go to search and Snowflake (workflow 2).
WAREHOUSE_TOPICS = (CLEANED_USER.topic, CLEANED_TRANSACTION.topic)
FLAGGED_TOPICS = (FLAGGED_USER.topic, FRAUD_ALERT.topic)


def statements(state_ttl_hours: int) -> tuple[Statement, ...]:
    """The statements in the order of their dependencies."""
    sources = (AUTH_USER.topic, USER_TRANSACTION.topic)
    ttl = {"sql.state-ttl": f"{state_ttl_hours} h"}
    # Statements that alter the same table must run one after another.
    altered = (
        "user-transaction-options",
        "user-transaction-offset",
        "user-transaction-seq",
        "user-transaction-watermark",
    )
    prepared = ("auth-user-options", *altered)
    return (
        Statement(name="auth-user-options", file="auth_user_options.sql", alters=(AUTH_USER.topic,)),
        *(
            Statement(
                name=name,
                file=f"{name.replace('-', '_')}.sql",
                alters=(USER_TRANSACTION.topic,),
                after=altered[:place][-1:],
            )
            for place, name in enumerate(altered)
        ),
        Statement(
            name="cleaned", file="cleaned.sql", reads=sources, writes=WAREHOUSE_TOPICS, after=prepared, properties=ttl
        ),
        # No TTL: an account's flag and user must be there whenever its next payment arrives. Payments are ordered by
        # offset, which reads as a time in 1970; watermark alignment would keep Flink from ever reading the users.
        Statement(
            name="fraud",
            file="fraud.sql",
            reads=sources,
            writes=FLAGGED_TOPICS,
            after=prepared,
            properties={"sql.tables.scan.watermark-alignment.max-allowed-drift": "0"},
        ),
    )
