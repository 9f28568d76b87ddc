"""Payments and outcomes through the product's own statements on real Kafka and Flink, and the scores back."""

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
from confluent_kafka import Consumer, Message, Producer

from bench.common import flink_alone, send
from bench.records import RawRecords
from components.confluent.pipeline import statements
from components.confluent.settings import StreamingSettings
from components.contracts import PAYMENT_OUTCOME, PAYMENT_SCORE, USER_TRANSACTION
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
        for row in payments.iloc[phase.payments].to_dict("records"):
            self._payment(row)
        self._producer.flush()
        self._sent += len(phase.payments)
        with self._news:
            self._until(lambda: self._news.wait_for(lambda: len(self._rows) >= self._sent, 1), f"{self._sent:,} scores")

    def cut_over(self, weights: Path) -> None:
        """Other weights from the next phase on: the statement is replaced, and goes on with what it has counted."""
        (statement,) = (one for one in _statements(weights) if one.name == SCORING)
        self._wait_for_checkpoints()
        self._flink.cancel(SCORING)
        self._flink.submit(statement)

    def table(self) -> pd.DataFrame:
        """The rows of payment_score so far, in the order in which they came."""
        return pd.DataFrame.from_records(list(self._rows.values()))

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
            "IP_ADDRESS": "10.0.0.1",
            "ACCOUNT_ID": row["account"],
            "TERMINAL_ID": row["terminal_id"],
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
    settings = {"auto.offset.reset": "earliest", "isolation.level": "read_uncommitted", "fetch.wait.max.ms": 5}
    consumer = Consumer({**kafka.client(ACCOUNT), "group.id": ACCOUNT, **settings})
    consumer.subscribe([PAYMENT_SCORE.topic])
    return consumer
