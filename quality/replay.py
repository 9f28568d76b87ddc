"""Payments and outcomes through the product's own statements on real Kafka and Flink; scores and alerts back."""

from __future__ import annotations

import contextlib
import datetime
import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
from confluent_kafka import Consumer, KafkaError, Message, Producer, TopicPartition

from bench.common import flink_alone, send
from bench.records import RawRecords
from components.confluent.pipeline import statements
from components.confluent.settings import StreamingSettings
from components.contracts import FRAUD_ALERT, PAYMENT_OUTCOME, PAYMENT_SCORE, USER_TRANSACTION
from local.avro import Schemas
from local.errors import RunError
from local.flink.job_settings import newest_checkpoint
from local.flink.session import FlinkSession, FlinkStatement
from local.servers.kafka import Kafka
from local.waiting import until
from quality.phases import Phase

RUN = ACCOUNT = "quality"
SCORING = "fraud"
"""The statement that makes scores."""
PROBE = "quality-probe"
"""The terminal of the probes, which show that the outcomes before them have been read."""
PROBE_SECONDS = 0.02
PATIENCE_SECONDS = 120.0
"""How long any of the steps below may take."""
STEP = 20_000
"""So many payments are sent, and then awaited."""
HOME = "10.0.0.1"
"""The address of payments without one: it begins with the default of `homePrefix`."""
READING = {
    "group.id": ACCOUNT,
    "enable.auto.commit": False,
    "auto.offset.reset": "earliest",
    "isolation.level": "read_uncommitted",
}
BEGIN = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)


@contextlib.contextmanager
def replay(weights: Path, *, probe_ids_below: int) -> Iterator[Replay]:
    """The pipeline from the raw topics to payment_score, empty. Probes have ids below `probe_ids_below`."""
    with flink_alone(RUN, ACCOUNT) as (kafka, registry, flink):
        running = Replay(kafka, Schemas(registry.url), flink, probe_ids_below)
        for statement in _statements(weights):
            flink.submit(statement)
        try:
            yield running
        finally:
            running.close()


def _statements(weights: Path) -> Iterator[FlinkStatement]:
    """The statements that make scores, with their defaults; `cleaned` is for the warehouse."""
    settings = StreamingSettings()
    variables = {**settings.sql_variables, "score_weights": str(weights.resolve())}
    for one in statements(settings.state_ttl_hours):
        if one.name != "cleaned":
            yield FlinkStatement(
                name=one.name, sql=one.text(variables), file=f"flink_sql/{one.file}", properties=one.properties
            )


class Replay:
    """Sends phases, one after the other was judged."""

    def __init__(self, kafka: Kafka, schemas: Schemas, flink: FlinkSession, probe_ids_below: int) -> None:
        # By id: Flink writes what is not committed again when it starts a statement again.
        self._rows: dict[int, dict[str, Any]] = {}
        self._kafka = kafka
        self._flink = flink
        self._schemas = schemas
        self._records = RawRecords(schemas)
        self._producer = Producer({**kafka.client(ACCOUNT), "linger.ms": 1, "queue.buffering.max.messages": 1_000_000})
        self._sent = 0
        self._outcome_ids, self._probe_ids = itertools.count(1), itertools.count(probe_ids_below - 1, -1)
        self._probes_told = self._probes_seen = 0
        self._news = threading.Condition()
        self._trouble: Exception | None = None
        self._stopping = threading.Event()
        self._consumer = _consumer(kafka)
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    @property
    def judged(self) -> int:
        return len(self._rows)

    def close(self) -> None:
        self._stopping.set()
        self._reading.join()
        self._consumer.close()

    def send(self, payments: pd.DataFrame, outcomes: pd.DataFrame, phase: Phase) -> None:
        if phase.outcomes:
            for row in outcomes.iloc[phase.outcomes].to_dict("records"):
                self._outcome(row)
            self._probe()
        for begin in range(0, len(phase.payments), STEP):
            rows = payments.iloc[phase.payments[begin : begin + STEP]].to_dict("records")
            for row in rows:
                self._payment(row)
            self._producer.flush()
            self._sent += len(rows)
            self._wait_for_scores()

    def cut_over(self, weights: Path) -> None:
        """Other weights from the next phase on: the statement is replaced, and goes on with what it has counted."""
        (statement,) = (one for one in _statements(weights) if one.name == SCORING)
        self._wait_for_checkpoints()
        self._flink.cancel(SCORING)
        self._flink.submit(statement)

    def table(self) -> pd.DataFrame:
        """The rows of payment_score so far, in the order in which they came."""
        return pd.DataFrame.from_records(list(self._rows.values()))

    def alerts(self) -> pd.DataFrame:
        """The rows of fraud_alert so far, each once, by payment in the order of the payments.

        None is missing: a payment whose score is there has been read, and whatever comes of it is in its topic once
        a checkpoint that began later is complete.
        """
        self._wait_for_checkpoints()
        found: dict[str, dict[str, Any]] = {}
        for message in _all_records(self._kafka, FRAUD_ALERT.topic):
            row = self._schemas.read("alert", message.value())[1]
            if row["transaction_id"] in self._rows:
                found.setdefault(row["alert_id"], row)
        place = {number: place for place, number in enumerate(self._rows)}
        rows = sorted(found.values(), key=lambda row: (place[row["transaction_id"]], row["rule_id"]))
        return pd.DataFrame(rows, columns=[column.name for column in FRAUD_ALERT.published])

    def _wait_for_scores(self) -> None:
        with self._news:
            self._until(lambda: self._news.wait_for(lambda: len(self._rows) >= self._sent, 1), f"{self._sent:,} scores")

    def _wait_for_checkpoints(self) -> None:
        """Until one that began after the last phase is complete; the one after it begins when it is."""
        folder = self._flink.gateway.folder / "checkpoints" / SCORING
        wanted = newest_checkpoint(folder) + 3
        self._until(lambda: newest_checkpoint(folder) >= wanted, f"checkpoint {wanted}", every=0.05)

    def _probe(self) -> None:
        """Return when the outcomes sent before have met their terminals.

        Outcomes keep their order in each stage. A fraud at the probe's terminal after them makes that terminal's run
        one longer; the next payment there that sees it says so.
        """
        self._probes_told += 1
        probe = {"account": -1, "terminal_id": PROBE, "amount": Decimal(1), "tx_time": BEGIN, "known_at": BEGIN}
        self._outcome({**probe, "transaction_id": next(self._probe_ids), "is_fraud": True})

        def ask() -> bool:
            self._payment({**probe, "transaction_id": next(self._probe_ids)})
            self._producer.flush()
            return self._news.wait_for(lambda: self._probes_seen >= self._probes_told, PROBE_SECONDS)

        with self._news:
            self._until(ask, "score of a probe")

    def _until(self, reached: Callable[[], bool], what: str, *, every: float = 0) -> None:
        """Flink itself is not asked how it is: one that hangs would not answer."""
        if not until(lambda: self._trouble or reached(), seconds=PATIENCE_SECONDS, every=every):
            told = f"no {what} of the statement {SCORING} within {PATIENCE_SECONDS:.0f} s"
            raise RunError(self._flink.gateway.trouble(told))
        if self._trouble:
            raise RunError(f"The scores cannot be read: {self._trouble}") from self._trouble

    def _payment(self, row: Mapping[Any, Any]) -> None:
        payment = {
            "ID": row["transaction_id"],
            "AMOUNT": row["amount"],
            "RECEIVED_AT": row["tx_time"],
            "IP_ADDRESS": row.get("ip_address") or HOME,
            "ACCOUNT_ID": row["account"],
            "TERMINAL_ID": row["terminal_id"],
            "DEVICE_ID": row.get("device_id"),
            "LATITUDE": row.get("latitude"),
            "LONGITUDE": row.get("longitude"),
            "PAYEE_ACCOUNT_ID": row.get("payee"),
        }
        send(self._producer, self._records, USER_TRANSACTION, payment)

    def _outcome(self, row: Mapping[Any, Any]) -> None:
        outcome = {
            "ID": next(self._outcome_ids),
            "TRANSACTION_ID": row["transaction_id"],
            "ACCOUNT_ID": row["account"],
            "TERMINAL_ID": row["terminal_id"],
            "AMOUNT": row["amount"],
            "IS_FRAUD": int(row["is_fraud"]),
            "KNOWN_AT": row["known_at"],
        }
        send(self._producer, self._records, PAYMENT_OUTCOME, outcome)

    def _read(self) -> None:
        try:
            while not self._stopping.is_set():
                self._take(self._consumer.consume(2_000, 0.005))
        except Exception as error:  # in a thread of its own nobody would see it
            self._trouble = error

    def _take(self, messages: list[Message]) -> None:
        rows = [self._schemas.read("score", message.value())[1] for message in messages if not message.error()]
        with self._news:
            for row in rows:
                if row["terminal_id"] == PROBE:
                    self._probes_seen = max(self._probes_seen, int(row["frauds_in_row"]))
                else:
                    self._rows.setdefault(row["transaction_id"], row)
            self._news.notify_all()


def _consumer(kafka: Kafka) -> Consumer:
    """Reads scores before they are committed: the run neither fails nor starts again."""
    consumer = Consumer({**kafka.client(ACCOUNT), **READING, "fetch.wait.max.ms": 5})
    consumer.subscribe([PAYMENT_SCORE.topic])
    return consumer


def _all_records(kafka: Kafka, topic: str) -> Iterator[Message]:
    """Those that are in the topic's only partition now."""
    consumer = Consumer({**kafka.client(ACCOUNT), **READING, "enable.partition.eof": True})
    consumer.assign([TopicPartition(topic, 0, 0)])
    try:
        while True:
            for message in consumer.consume(2_000, 1.0):
                error = message.error()
                if error is None:
                    yield message
                elif error.code() == KafkaError._PARTITION_EOF:
                    return
                else:
                    raise RunError(f"The alerts cannot be read: {error}")
    finally:
        consumer.close()
