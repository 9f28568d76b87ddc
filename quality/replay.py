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
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic

from bench.common import started
from bench.records import RawRecords, register_outputs
from components.confluent.pipeline import statements
from components.confluent.settings import StreamingSettings
from components.contracts import OUTPUTS, PAYMENT_OUTCOME, PAYMENT_SCORE, SOURCES, USER_TRANSACTION, Table
from local.avro import Schemas
from local.errors import RunError
from local.flink.session import FlinkSession, FlinkStatement
from local.flink.table_sql import Endpoints
from local.servers.children import Children
from local.servers.flink import FlinkGateway
from local.servers.kafka import Credentials, Kafka
from local.servers.registry import Registry
from local.waiting import until
from quality.phases import Phase

RUN = PRINCIPAL = "quality"
SCORING = "fraud"
"""The statement that makes scores."""
PROBE = "quality-probe"
"""The terminal of the probes, which show that the outcomes before them have been read."""
PROBE_SECONDS = 0.02
PATIENCE_SECONDS = 120.0
BEGIN = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)


@contextlib.contextmanager
def replay(weights: Path) -> Iterator[Replay]:
    """The pipeline from the raw topics to payment_score, empty, with these weights."""
    with started(RUN, _servers) as (kafka, registry, gateway):
        admin = AdminClient(kafka.client(PRINCIPAL))
        names = [table.topic for table in (*SOURCES, *OUTPUTS)]
        for future in admin.create_topics([NewTopic(name, 1, 1) for name in names]).values():
            future.result()
        register_outputs(Schemas(registry.url))
        cluster = FlinkSession(gateway, Endpoints(client=kafka.java_client(PRINCIPAL), registry=registry.url))
        cluster.open()
        for table in (*SOURCES, *OUTPUTS):
            cluster.create_table(table)
        running = Replay(kafka, Schemas(registry.url), cluster)
        for statement in _statements(weights):
            cluster.submit(statement)
        try:
            yield running
        finally:
            running.close()


def _servers(children: Children) -> tuple[Kafka, Registry, FlinkGateway]:
    return Kafka(children, Credentials(PRINCIPAL, [])), Registry(children), FlinkGateway(children)


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

    def __init__(self, kafka: Kafka, schemas: Schemas, cluster: FlinkSession) -> None:
        self.rows: list[dict[str, Any]] = []
        self._cluster = cluster
        self._schemas = schemas
        self._records = RawRecords(schemas)
        self._producer = Producer(
            {**kafka.client(PRINCIPAL), "linger.ms": 1, "queue.buffering.max.messages": 1_000_000}
        )
        self._sent = 0
        self._outcome_ids, self._probe_ids = itertools.count(1), itertools.count(-1, -1)
        self._probes_told = self._probes_seen = 0
        self._news = threading.Condition()
        self._stopping = threading.Event()
        self._consumer = _consumer(kafka)
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    @property
    def judged(self) -> int:
        return len(self.rows)

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
        self._wait(lambda: len(self.rows) >= self._sent, f"{self._sent} scores")

    def cut_over(self, weights: Path) -> None:
        """Other weights from the next phase on: the statement is replaced, and goes on with what it has counted."""
        (statement,) = (one for one in _statements(weights) if one.name == SCORING)
        self._wait_for_checkpoints()
        self._cluster.cancel(SCORING)
        self._cluster.submit(statement)

    def table(self) -> pd.DataFrame:
        """The rows of payment_score so far, in the order in which they came."""
        return pd.DataFrame.from_records(self.rows)

    def _wait_for_checkpoints(self) -> None:
        """Until one that began after the last phase is complete; the one after it begins when it is."""
        folder = self._cluster.gateway.folder / "checkpoints" / SCORING

        def newest() -> int:
            found = folder.glob("*/chk-*/_metadata")
            return max((int(file.parent.name.removeprefix("chk-")) for file in found), default=0)

        wanted = newest() + 3
        if not until(lambda: newest() >= wanted, seconds=PATIENCE_SECONDS):
            raise RunError(f"No checkpoint of {SCORING} within {PATIENCE_SECONDS:.0f} s; see its log.")

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

    def _wait(self, reached: Callable[[], bool], what: str) -> None:
        with self._news:
            self._until(lambda: self._news.wait_for(reached, 1), what)

    def _until(self, step: Callable[[], bool], what: str) -> None:
        end = datetime.datetime.now() + datetime.timedelta(seconds=PATIENCE_SECONDS)
        while not step():
            if datetime.datetime.now() > end:
                state = self._cluster.state(SCORING)
                raise RunError(f"No {what} within {PATIENCE_SECONDS:.0f} s; the statement {SCORING} is {state}.")

    def _payment(self, row: Mapping[Any, Any]) -> None:
        payment = {
            "ID": row["transaction_id"],
            "AMOUNT": row["amount"],
            "RECEIVED_AT": row["tx_time"],
            "IP_ADDRESS": "10.0.0.1",
            "ACCOUNT_ID": row["account"],
            "TERMINAL_ID": row["terminal_id"],
        }
        self._produce(USER_TRANSACTION, payment)

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
        self._produce(PAYMENT_OUTCOME, outcome)

    def _produce(self, table: Table, row: Mapping[str, Any]) -> None:
        key, value = self._records.key(table, row["ID"]), self._records.change(table, row)
        while True:
            try:
                self._producer.produce(table.topic, key=key, value=value)
                return
            except BufferError:
                self._producer.poll(0.1)

    def _read(self) -> None:
        while not self._stopping.is_set():
            messages = self._consumer.consume(2_000, 0.005)
            rows = [self._schemas.read("score", message.value())[1] for message in messages if not message.error()]
            with self._news:
                for row in rows:
                    if row["terminal_id"] == PROBE:
                        self._probes_seen = max(self._probes_seen, int(row["frauds_in_row"]))
                    else:
                        self.rows.append(row)
                self._news.notify_all()


def _consumer(kafka: Kafka) -> Consumer:
    """Reads scores before they are committed: the run neither fails nor starts again."""
    settings = {"auto.offset.reset": "earliest", "isolation.level": "read_uncommitted", "fetch.wait.max.ms": 5}
    consumer = Consumer({**kafka.client(PRINCIPAL), "group.id": PRINCIPAL, **settings})
    consumer.subscribe([PAYMENT_SCORE.topic])
    return consumer
