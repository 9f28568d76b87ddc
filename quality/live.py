"""The pipeline that runs on this machine now: how good its alerts and scores are, by the outcomes known so far."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import psycopg
from confluent_kafka import Consumer, KafkaError, TopicPartition

from components.contracts import PAYMENT_OUTCOME, PAYMENT_SCORE, SCHEMA
from local.apply import connections
from local.apply.app_server import ask
from local.avro import Schemas
from local.errors import RunError
from quality import protocol, report

PATIENCE_SECONDS = 10.0


def figures(stack: str) -> Iterator[str]:
    """Raises RunError when no pipeline of `stack` runs, or when no outcome is known."""
    found = connections.read(stack)
    state = ask(f"{found['page']}api/state") or {}
    known: dict[str, Any] | None = state.get("known")
    if not known:
        raise RunError(
            "No outcome of a payment with a history is known yet: start `make run` with --scenario or --play, and wait "
            "until its status line begins with 'known'."
        )
    yield f"The outcome of {known['payments']:,} payments is known; {known['frauds']:,} of them were frauds."
    yield ""
    yield from _alerts(known)
    yield ""
    yield from _ranking(_judged(found, known["first"]))


def _alerts(known: dict[str, Any]) -> Iterator[str]:
    rows = [("any rule", known), *known["by_rule"].items()]
    yield from report.table(
        ("alerts of", "payments with an alert", "precision", "recall"),
        (
            (name, f"{one['alerts']:,}", _share(one["hits"], one["alerts"]), _share(one["hits"], known["frauds"]))
            for name, one in rows
        ),
    )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "none"


def _ranking(rows: pd.DataFrame) -> Iterator[str]:
    """Of the scores of the payments whose outcome is known."""
    fraud = rows.is_fraud.to_numpy(bool)
    if not fraud.any() or fraud.all():
        yield "Scores: they can be judged when frauds and genuine payments are known."
        return
    days = [np.asarray(one.index) for _, one in rows.groupby("day")]
    cards = protocol.card_precision(rows, rows.probability, days)
    best = protocol.card_precision(rows, rows.is_fraud.astype(float), days)
    yield f"Scores of {len(rows):,} payments: {report.ranking(fraud, rows.probability.to_numpy())}"
    yield f"CP@{protocol.CARDS}: {cards:.3f}, where perfect scores have {best:.3f}"


def _judged(found: connections.Connections, first: int) -> pd.DataFrame:
    """Scores with outcomes of the payments from `first` on."""
    scores = pd.DataFrame(_scores(found), columns=["transaction_id", "customer_id", "day", "probability"])
    told = pd.DataFrame(_outcomes(found), columns=["transaction_id", "is_fraud"])
    told = told.drop_duplicates("transaction_id", keep="last")
    rows = scores.drop_duplicates("transaction_id").merge(told, on="transaction_id")
    return rows[rows.transaction_id >= first].astype({"is_fraud": bool}).reset_index(drop=True)


def _outcomes(found: connections.Connections) -> list[tuple[Any, ...]]:
    query = f'SELECT "TRANSACTION_ID", "IS_FRAUD" FROM "{SCHEMA}"."{PAYMENT_OUTCOME.name}" ORDER BY "ID"'  # noqa: S608
    try:
        with psycopg.connect(found["source"]) as connection:
            return connection.execute(query.encode()).fetchall()
    except psycopg.OperationalError as error:
        raise RunError(f"The outcomes cannot be read, the pipeline may have ended: {error}") from error


def _scores(found: connections.Connections) -> Iterator[tuple[Any, ...]]:
    """Those that are in the topic now."""
    kafka, schemas = found["kafka"], Schemas(found["registry"])
    consumer = Consumer(
        {
            "bootstrap.servers": kafka["bootstrap"],
            "security.protocol": kafka["security_protocol"],
            "sasl.mechanism": kafka["sasl_mechanism"],
            "sasl.username": kafka["username"],
            "sasl.password": kafka["password"],
            "group.id": "fraud-app-quality",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        }
    )
    consumer.assign([TopicPartition(PAYMENT_SCORE.topic, 0, 0)])
    try:
        while True:
            messages = consumer.consume(5_000, PATIENCE_SECONDS)
            if not messages:
                raise RunError("Kafka does not answer; the pipeline may have ended.")
            for message in messages:
                error = message.error()
                if error is not None and error.code() == KafkaError._PARTITION_EOF:
                    return
                if error is not None:
                    raise RunError(f"The scores cannot be read: {error}")
                row = schemas.read("score", message.value())[1]
                yield row["transaction_id"], row["ACCOUNT_ID"], row["event_time"].date(), row["probability"]
    finally:
        consumer.close()
