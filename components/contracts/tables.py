"""The source tables, their cleaned topics and the outputs of the fraud rules and of the score."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .types import BigInt, Boolean, Column, Decimal, Double, Integer, String, Text, Timestamp

APP_GROUP_PREFIX = "fraud-app"
"""Begins the consumer groups of the app, which its Kafka account may read as. app/ has it as a default."""
SINK_GROUP_PREFIX = "connect-lcc"
"""Begins the consumer groups of the managed sink connectors, whose ids are known only after they are made."""
TOPIC_PREFIX = "fd"
"""`topic.prefix` of the source connector: it is part of every raw topic's name and may never change."""
SCHEMA = "SAMPLE"

ERROR_LOG_TOPIC = "error_log"
"""Flink's dead-letter table for the raw topics, which Flink makes, with its own columns, when a statement names it."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table or topic: `columns` in order; `compacted` topics keep the last record of each key.

    An `ordered` topic has one partition, so that its records are read in the order in which they were written. A
    `captured` table is in the database: the source connector writes its topic. A table of the app alone has no topic. A
    cleaned topic has the rows of its `source`, a captured table. `indexes` are lists of columns by which the app looks
    rows up in the database.
    """

    name: str
    topic: str = ""
    columns: tuple[Column, ...]
    compacted: bool = False
    ordered: bool = False
    captured: bool = False
    source: Table | None = None
    indexes: tuple[tuple[str, ...], ...] = ()
    doc: str = ""

    @property
    def key(self) -> tuple[Column, ...]:
        """The columns that identify a row, empty for a topic without a key."""
        return tuple(column for column in self.columns if column.key)

    @property
    def published(self) -> tuple[Column, ...]:
        """The columns that leave the database: all but the sensitive ones."""
        return tuple(column for column in self.columns if not column.sensitive)

    @property
    def sensitive(self) -> tuple[Column, ...]:
        """The columns that the source connector must exclude."""
        return tuple(column for column in self.columns if column.sensitive)


def raw_topic(table_name: str) -> str:
    """The topic that change data capture writes for a source table, e.g. `fd.SAMPLE.AUTH_USER`."""
    return f"{TOPIC_PREFIX}.{SCHEMA}.{table_name}"


AUTH_USER = Table(
    name="AUTH_USER",
    topic=raw_topic("AUTH_USER"),
    captured=True,
    compacted=True,
    doc="The app's users (Django's own table); in the stream a dimension, kept by key.",
    columns=(
        Column(name="ID", type=BigInt(), key=True),
        Column(name="PASSWORD", type=String(128), sensitive=True),
        Column(name="LAST_LOGIN", type=Timestamp(), nullable=True),
        Column(name="IS_SUPERUSER", type=Boolean()),
        Column(name="USERNAME", type=String(150)),
        Column(name="FIRST_NAME", type=String(150), nullable=True),
        Column(name="LAST_NAME", type=String(150), nullable=True),
        Column(name="EMAIL", type=String(254), nullable=True),
        Column(name="IS_STAFF", type=Boolean()),
        Column(name="IS_ACTIVE", type=Boolean()),
        Column(name="DATE_JOINED", type=Timestamp()),
    ),
)

USER_TRANSACTION = Table(
    name="USER_TRANSACTION",
    topic=raw_topic("USER_TRANSACTION"),
    captured=True,
    # Payments are judged in the order of their offsets, and only one partition has one order: the source connector's
    # key is the payment's id, so that more partitions would spread an account's payments over them.
    ordered=True,
    # The page shows an account's payments, newest first.
    indexes=(("ACCOUNT_ID", "ID"),),
    doc="Payments, one row each, never updated.",
    columns=(
        Column(name="ID", type=BigInt(), key=True),
        Column(name="AMOUNT", type=Decimal(12, 2)),
        Column(name="RECEIVED_AT", type=Timestamp(), doc="Event time: when the app received the payment."),
        Column(name="IP_ADDRESS", type=String(45), doc="Where the payment came from, IPv4 or IPv6."),
        Column(name="ACCOUNT_ID", type=BigInt(), references="AUTH_USER", doc="AUTH_USER.ID of the payer."),
        Column(name="TERMINAL_ID", type=String(64), nullable=True, doc="The merchant's terminal or till."),
        Column(name="DEVICE_ID", type=String(64), nullable=True, doc="The payer's phone, browser or card reader."),
        Column(name="LATITUDE", type=Decimal(8, 5), nullable=True, doc="Degrees north of the equator."),
        Column(name="LONGITUDE", type=Decimal(8, 5), nullable=True, doc="Degrees east of Greenwich."),
        Column(name="PAYEE_ACCOUNT_ID", type=BigInt(), nullable=True, doc="The receiving account of a transfer."),
    ),
)

PAYMENT_OUTCOME = Table(
    name="PAYMENT_OUTCOME",
    topic=raw_topic("PAYMENT_OUTCOME"),
    captured=True,
    ordered=True,
    doc="What a dispute or an investigation said about a payment, days later; one row each time.",
    # The payment's own columns are repeated, so that no statement needs to join the two. No foreign key: an outcome may
    # be about a payment that another system took.
    columns=(
        Column(name="ID", type=BigInt(), key=True),
        Column(name="TRANSACTION_ID", type=BigInt(), doc="USER_TRANSACTION.ID of the payment."),
        Column(name="ACCOUNT_ID", type=BigInt(), doc="The payment's account."),
        Column(name="TERMINAL_ID", type=String(64), nullable=True, doc="The payment's terminal."),
        Column(name="AMOUNT", type=Decimal(12, 2), doc="The payment's amount."),
        Column(name="IS_FRAUD", type=Boolean(), doc="1: fraud; 0: genuine."),
        Column(name="KNOWN_AT", type=Timestamp(), doc="When it became known."),
    ),
)

IDEMPOTENCY_KEY = Table(
    name="IDEMPOTENCY_KEY",
    doc="What the app answered to a request that it committed, so that a repeated request writes nothing.",
    columns=(
        Column(name="ID", type=BigInt(), key=True),
        Column(name="REQUEST_KEY", type=String(64), unique=True, doc="Digest of the client and its Idempotency-Key."),
        Column(name="FINGERPRINT", type=String(64), doc="Digest of the request."),
        Column(name="ANSWER", type=Text(), doc="The body of the answer, JSON."),
        Column(name="CREATED_AT", type=Timestamp(), doc="The app forgets it a day later."),
    ),
)


def _cleaned(source: Table, doc: str) -> Table:
    """The flat append topic of a source table; the row's key stays a plain column, so no consumer upserts."""
    columns = tuple(replace(column, key=False) for column in source.published)
    return Table(name=source.name.lower(), topic=source.name.lower(), columns=columns, source=source, doc=doc)


CLEANED_USER = _cleaned(AUTH_USER, "Every insert and update of a user, for the warehouse.")
CLEANED_TRANSACTION = _cleaned(USER_TRANSACTION, "Every payment, for the warehouse.")
# One partition, as its source has, and as the scores have: a Basic cluster has few that are free.
CLEANED_OUTCOME = replace(_cleaned(PAYMENT_OUTCOME, "Every outcome of a payment, for the warehouse."), ordered=True)

FLAGGED_USER = Table(
    name="flagged_user",
    topic="flagged_user",
    compacted=True,
    doc="Accounts for which a rule holds now; a row goes when none does any more.",
    columns=(
        Column(name="ACCOUNT_ID", type=BigInt(), key=True),
        Column(name="user_name", type=String(150), nullable=True),
        Column(name="email", type=String(254), nullable=True),
        Column(name="total_amount", type=Decimal(18, 2), nullable=True, doc="Sum of the window's payments."),
        Column(name="transaction_count", type=BigInt(), nullable=True, doc="Number of the window's payments."),
        Column(name="updated_at", type=Timestamp(), nullable=True, doc="Event time of the latest payment."),
        Column(name="rules", type=String(), nullable=True, doc="Ids of the rules that hold, comma separated."),
        Column(name="score", type=Integer(), nullable=True, doc="0 to 100, the sum of the rules' weights, capped."),
    ),
)

FRAUD_ALERT = Table(
    name="fraud_alert",
    topic="fraud_alert",
    # Episodes are made from this topic in the order of its offsets.
    ordered=True,
    doc="One row for each payment and rule that it broke.",
    columns=(
        Column(name="alert_id", type=String(), key=True, doc="`<transaction>-<rule>`: the same after a replay."),
        Column(name="transaction_id", type=BigInt(), nullable=True),
        Column(name="ACCOUNT_ID", type=BigInt(), nullable=True),
        Column(name="rule_id", type=String(), nullable=True),
        Column(name="reason", type=String(1000), nullable=True, prose=True, doc="Why, in words."),
        Column(name="score", type=Integer(), nullable=True),
        Column(name="amount", type=Decimal(12, 2), nullable=True),
        Column(name="event_time", type=Timestamp(), nullable=True),
        Column(name="detected_at", type=Timestamp(), nullable=True),
    ),
)

FRAUD_EPISODE = Table(
    name="fraud_episode",
    topic="fraud_episode",
    compacted=True,
    # One partition, as the alerts have: a Basic cluster has few that are free.
    ordered=True,
    doc="The alerts of one account that belong together: what an analyst works from.",
    columns=(
        Column(name="episode_id", type=String(), key=True, doc="`<account>-<transaction of the first alert>`."),
        Column(name="ACCOUNT_ID", type=BigInt(), nullable=True),
        Column(name="user_name", type=String(150), nullable=True),
        Column(name="email", type=String(254), nullable=True),
        Column(name="started_at", type=Timestamp(), nullable=True, doc="Event time of its first alert."),
        Column(name="last_at", type=Timestamp(), nullable=True, doc="Its newest event time."),
        Column(name="payments", type=BigInt(), nullable=True, doc="Number of its payments, each once."),
        Column(name="alerts", type=BigInt(), nullable=True, doc="Number of its alerts, each once."),
        Column(name="amount", type=Decimal(18, 2), nullable=True, doc="Sum of its payments, without refunds."),
        Column(name="rules", type=String(), nullable=True, doc="Ids of the rules that occurred, comma separated."),
        Column(name="reasons", type=String(4000), nullable=True, prose=True, doc="The latest reason of each rule."),
        Column(name="score", type=Integer(), nullable=True, doc="The highest of its alerts."),
        Column(name="first_transaction_id", type=BigInt(), nullable=True, doc="The payment of its first alert."),
        Column(name="last_transaction_id", type=BigInt(), nullable=True, doc="The payment of its latest alert."),
    ),
)

PAYMENT_SCORE = Table(
    name="payment_score",
    topic="payment_score",
    ordered=True,
    doc="Each payment with its probability of fraud and the features that it was computed from: what training reads.",
    columns=(
        Column(name="transaction_id", type=BigInt(), key=True),
        Column(name="ACCOUNT_ID", type=BigInt(), nullable=True),
        Column(name="terminal_id", type=String(64), nullable=True),
        Column(name="amount", type=Decimal(12, 2), nullable=True),
        Column(name="event_time", type=Timestamp(), nullable=True),
        Column(name="probability", type=Double(), nullable=True, doc="Of fraud, by the weights of weights_id."),
        Column(name="reasons", type=String(1000), nullable=True, prose=True, doc="What adds most to it, in words."),
        Column(name="weights_id", type=String(64), nullable=True, doc="The weights file's `id`."),
        Column(name="known_payments", type=Double(), nullable=True, doc="The account's earlier payments, decayed."),
        Column(name="usual_amount", type=Double(), nullable=True, doc="The account's usual amount; none at first."),
        Column(name="times_usual", type=Double(), nullable=True, doc="The amount divided by it, or 1."),
        Column(name="large_lately", type=Double(), nullable=True, doc="The account's other large payments, decayed."),
        Column(name="frauds_in_row", type=Double(), nullable=True, doc="At the terminal, after its last genuine one."),
        Column(name="days_since_genuine", type=Double(), nullable=True, doc="At the terminal, at most 60."),
        Column(name="frauds_lately", type=Double(), nullable=True, doc="At the terminal, decayed."),
        Column(name="genuine_lately", type=Double(), nullable=True, doc="At the terminal, decayed."),
        Column(name="outcome_known_at", type=Timestamp(), nullable=True, doc="The terminal's newest outcome used."),
    ),
)

APP_TABLES = (IDEMPOTENCY_KEY,)
"""In the database, but not captured: nothing outside the app reads them."""
SOURCES = (AUTH_USER, USER_TRANSACTION, PAYMENT_OUTCOME)
OUTPUTS = (CLEANED_USER, CLEANED_TRANSACTION, CLEANED_OUTCOME, FLAGGED_USER, FRAUD_ALERT, FRAUD_EPISODE, PAYMENT_SCORE)
