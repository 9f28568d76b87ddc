"""The Flink statements of the fraud pipeline, as data."""

from __future__ import annotations

from ..contracts import (
    AUTH_USER,
    CLEANED_OUTCOME,
    CLEANED_TRANSACTION,
    CLEANED_USER,
    FLAGGED_USER,
    FRAUD_ALERT,
    FRAUD_EPISODE,
    PAYMENT_OUTCOME,
    PAYMENT_SCORE,
    SOURCES,
    USER_TRANSACTION,
    Table,
)
from .statements import Statement

# Append topics feed the warehouse (workflow 1); flagged users, alerts and episodes go to search and Snowflake
# (workflow 2).
CLEANED_TOPICS = (CLEANED_USER.topic, CLEANED_TRANSACTION.topic, CLEANED_OUTCOME.topic)
WAREHOUSE_TOPICS = (*CLEANED_TOPICS, PAYMENT_SCORE.topic)
FLAGGED_TOPICS = (FLAGGED_USER.topic, FRAUD_ALERT.topic, FRAUD_EPISODE.topic)


def statements(state_ttl_hours: int) -> tuple[Statement, ...]:
    """The statements in the order of their dependencies."""
    sources = tuple(table.topic for table in SOURCES)
    altered = (*_append_only(USER_TRANSACTION), *_append_only(PAYMENT_OUTCOME))
    alerts = _append_only(FRAUD_ALERT)
    prepared = ("auth-user-options", *(statement.name for statement in altered))
    return (
        Statement(name="auth-user-options", file="auth_user_options.sql", alters=(AUTH_USER.topic,)),
        *altered,
        *alerts,
        Statement(
            name="cleaned",
            file="cleaned.sql",
            reads=sources,
            writes=CLEANED_TOPICS,
            after=prepared,
            properties={"sql.state-ttl": f"{state_ttl_hours} h"},
        ),
        # No TTL: an account's flag and user must be there whenever its next payment arrives. Payments are ordered by
        # offset, which reads as a time in 1970; watermark alignment would keep Flink from ever reading the users.
        Statement(
            name="fraud",
            file="fraud.sql",
            # It reads its own alerts back: another statement for the episodes would cost another CFU.
            reads=(*sources, FRAUD_ALERT.topic),
            writes=(*FLAGGED_TOPICS, PAYMENT_SCORE.topic),
            after=(*prepared, *(statement.name for statement in alerts)),
            properties={"sql.tables.scan.watermark-alignment.max-allowed-drift": "0"},
        ),
    )


def _append_only(table: Table) -> tuple[Statement, ...]:
    """Statements that alter the same table must run one after another."""
    name = table.name.lower().replace("_", "-")
    steps = [(f"{name}-{step}", f"append/{step}.sql") for step in ("options", "offset", "seq", "watermark")]
    return tuple(
        Statement(
            name=name,
            file=file,
            alters=(table.topic,),
            after=tuple(before for before, _ in steps[:place][-1:]),
            variables={"topic": table.topic},
        )
        for place, (name, file) in enumerate(steps)
    )
