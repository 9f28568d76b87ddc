"""What flows: the statements and the connectors of the fraud pipeline, as data."""

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

# Both append topics feed the warehouse (workflow 1); what was flagged goes to search and to Snowflake (workflow 2).
WAREHOUSE_TOPICS = (CLEANED_USER.topic, CLEANED_TRANSACTION.topic)
FLAGGED_TOPICS = (FLAGGED_USER.topic, FRAUD_ALERT.topic)


def statements(state_ttl_hours: int) -> tuple[Statement, ...]:
    """The statements in the order in which they must run."""
    sources = (AUTH_USER.topic, USER_TRANSACTION.topic)
    ttl = {"sql.state-ttl": f"{state_ttl_hours} h"}
    # Tables are altered one statement after another: each begins with what the last one left.
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
        # No expiry here: an account's flag and its user must be there whenever its next payment comes. Payments are
        # ordered by their offsets, which as times lie in 1970: aligned with them, the users would never be read.
        Statement(
            name="fraud",
            file="fraud.sql",
            reads=sources,
            writes=FLAGGED_TOPICS,
            after=prepared,
            properties={"sql.tables.scan.watermark-alignment.max-allowed-drift": "0"},
        ),
    )
