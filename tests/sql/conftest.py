"""One Kafka and one Flink for all tests of the SQL. They run the statements of the plan."""

from __future__ import annotations

import datetime
import itertools
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from confluent_kafka import Consumer, Producer

from bench import records
from bench.common import flink_alone
from bench.records import RawRecords, decoded
from components.contracts import (
    AUTH_USER,
    CLEANED_TRANSACTION,
    FLAGGED_USER,
    FRAUD_ALERT,
    FRAUD_EPISODE,
    PAYMENT_OUTCOME,
    PAYMENT_SCORE,
    SOURCES,
    USER_TRANSACTION,
)
from local.apply.accounts import GUEST
from local.apply.alterations import STATEMENT, as_statements
from local.apply.servers import ROOT
from local.apply.statements import statement_of
from local.avro import Schemas, UnreadableError
from local.flink import job_settings
from local.flink.session import DECLARED, LIVE, FlinkSession, FlinkStatement
from local.servers.kafka import Kafka
from local.servers.registry import Registry
from plan.model import Plan
from plan.record import record
from tests.local.sink_lab import OutputRecords

ADMIN = "tests"
LIMITED = "limited"
"""An account without rights."""
PATIENCE_SECONDS = 90.0
SETTLED = {"burst_count", "burst_amount", "large_amount", "foreign_address", "mule_account"}
"""Rules of every branch of the job."""
BARRIER_SECONDS = 0.2
"""From one payment that asks whether outcomes were read to the next."""
KEYED = {table.topic: table for table in SOURCES}
CHECKPOINTS = "300 ms"
"""Rows of flagged_user come once a checkpoint; a run makes one every three seconds."""


class Cluster(FlinkSession):
    """With operations that only tests need."""

    @property
    def statements(self) -> tuple[str, ...]:
        return tuple(self._statements)

    def drop_table(self, topic: str) -> None:
        with self._lock:
            self._drop_live(self._tables.pop(topic))
            self._use(DECLARED)
            self._environment.executeSql(f"DROP TABLE `{topic}`")

    def explain(self, sql: str) -> str:
        """Flink's plan of an INSERT, or of a statement set without the word EXECUTE."""
        with self._lock:
            self._use(LIVE)
            return str(self._environment.executeSql(f"EXPLAIN {sql}").collect().next().getField(0))


class Lab:
    """Sends users and payments to the raw topics and collects the statements' rows.

    Each test has its own hour of event time and its own accounts, and so sees only its own rows.
    """

    def __init__(
        self, kafka: Kafka, flink: Cluster, registry: Registry, statements: list[FlinkStatement], *, burst: int
    ) -> None:
        """Runs `statements`, with `burst` allowed payments in a window."""
        self.kafka = kafka
        self.flink = flink
        self.registry = registry
        self.statements = statements
        self.schemas = Schemas(registry.url)
        self.records = RawRecords(self.schemas)
        self._outputs = OutputRecords(self.schemas)
        self.alerts: dict[int, list[dict[str, Any]]] = defaultdict(list)
        self.flagged: dict[int, list[dict[str, Any] | None]] = defaultdict(list)
        self.scores: dict[int, list[dict[str, Any]]] = defaultdict(list)
        self.score_alerts: dict[int, dict[str, Any]] = {}
        self.episodes: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
        self.cleaned: dict[int, dict[str, Any]] = {}
        self._producer = Producer({**kafka.client(ADMIN), "linger.ms": 0})
        self._sent: dict[int, tuple[bytes, int | None]] = {}
        self._burst = burst
        self._ids = itertools.count(1)
        self._hours = itertools.count(1)
        self._accounts = itertools.count(1)
        self._outcomes = itertools.count(1)
        self._terminals = itertools.count(1)
        self.now = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
        threading.Thread(target=self._collect, daemon=True).start()

    def new_test(self) -> None:
        self.now += datetime.timedelta(hours=1)

    def user(self, **columns: object) -> int:
        """A new user; returns the account."""
        number = next(self._accounts)
        self.send_user(number, **columns)
        return number

    def send_user(self, number: int, **columns: object) -> None:
        row = {"ID": number, "USERNAME": f"user{number}", "EMAIL": f"{number}@example.com", **columns}
        self.raw(AUTH_USER.topic, number, self.records.change(AUTH_USER, row))

    def delete_user(self, number: int) -> None:
        self.raw(AUTH_USER.topic, number, self.records.change(AUTH_USER, None, operation="d"))
        self.raw(AUTH_USER.topic, number, None)

    def pay(self, account: int, amount: str, *, after: float = 1.0, address: str = "10.0.0.1", **columns: Any) -> int:
        """A payment `after` seconds after the last one, with other columns by name. Returns its id."""
        self.now += datetime.timedelta(seconds=after)
        number = next(self._ids)
        self.send_payment(number, account, amount, self.now, address, **columns)
        return number

    def terminal(self) -> str:
        """A terminal of which nothing is known."""
        return f"till-{next(self._terminals)}"

    def tell(self, terminal: str | None, *, fraud: bool, of: int | None = None, **columns: object) -> int:
        """An outcome that became known now, of a payment `of` 10.00 of a new account, or of one that nobody made.

        Returns the number of its row.
        """
        number = next(self._outcomes)
        row = {
            "ID": number,
            "TRANSACTION_ID": -number if of is None else of,
            "ACCOUNT_ID": -number,
            "TERMINAL_ID": terminal,
            "AMOUNT": Decimal("10.00"),
            "IS_FRAUD": int(fraud),
            "KNOWN_AT": self.now,
            **columns,
        }
        self.raw(PAYMENT_OUTCOME.topic, number, self.records.change(PAYMENT_OUTCOME, row))
        return number

    def outcomes_read(self) -> None:
        """Wait until the score knows all outcomes that were sent before: they are read in their order."""
        terminal = self.terminal()
        self.tell(terminal, fraud=False)

        def known() -> bool:
            payment = self.pay(self.user(), "1.00", TERMINAL_ID=terminal)
            time.sleep(BARRIER_SECONDS)
            return self.score(payment)["outcome_known_at"] is not None

        self.wait(known, "outcome in the features of the payments at its terminal")

    def score(self, payment: int) -> dict[str, Any]:
        """The payment's row in payment_score, as soon as it is there."""
        return self.wait(lambda: self.scores[payment], f"row of payment {payment} in payment_score")[0]

    def alert(self, account: int | None, payment: int, rule: str, at: datetime.datetime | None, **columns: Any) -> None:
        """An alert that no statement of the present wrote."""
        self.raw_alert(*self.alert_record(account, payment, rule, at, **columns))

    def alert_record(
        self, account: int | None, payment: int, rule: str, at: datetime.datetime | None, **columns: Any
    ) -> tuple[bytes, bytes]:
        """Key and value of an alert's record."""
        key = {"alert_id": f"{payment}-{rule}"}
        own = {"transaction_id": payment, "ACCOUNT_ID": account, "rule_id": rule, "event_time": at}
        written = records.row(FRAUD_ALERT, **key, **own, detected_at=datetime.datetime.now(datetime.UTC), **columns)
        return self._outputs.key(FRAUD_ALERT.topic, key), self._outputs.value(FRAUD_ALERT.topic, written)

    def raw_alert(self, key: bytes, value: bytes) -> None:
        self._producer.produce(FRAUD_ALERT.topic, key=key, value=value)
        self._producer.flush()

    def episodes_of(self, account: int) -> list[dict[str, Any]]:
        """The account's episodes, by their start, once all that was sent before is in them.

        Alerts are read in their order, those of the rules apart from those of the score. Rows of one checkpoint come in
        any order: the second account's row comes with a later one.
        """
        for _ in range(2):
            last = self.user()
            self.pay(last, "9000.00")
            rows = self.episodes[last]
            self.wait(lambda rows=rows: any(row["alerts"] == 2 for row in rows.values()), "episode of rule and score")
        return sorted(self.episodes[account].values(), key=lambda row: row["started_at"])

    def send_payment(
        self,
        number: int,
        account: int,
        amount: str,
        at: datetime.datetime,
        address: str,
        arrived: int | None = None,
        *,
        flush: bool = True,
        **columns: object,
    ) -> None:
        """A payment with a given id; `arrived` is the record's time in milliseconds, now by default."""
        row = {"ID": number, "AMOUNT": Decimal(amount), "RECEIVED_AT": at, "IP_ADDRESS": address, "ACCOUNT_ID": account}
        row |= columns
        self._sent[number] = self.records.change(USER_TRANSACTION, row), arrived
        self.raw(USER_TRANSACTION.topic, number, *self._sent[number], flush=flush)

    def send_again(self, number: int) -> None:
        """The same record again, as the source connector sends it after a restart."""
        self.raw(USER_TRANSACTION.topic, number, *self._sent[number])

    def raw(
        self, topic: str, number: int, value: bytes | None, arrived: int | None = None, *, flush: bool = True
    ) -> None:
        """One record; without `flush` it goes with the next one, as do the few thousand before it."""
        key = self.records.key(KEYED[topic], number)
        self._producer.produce(topic, key=key, value=value, timestamp=arrived or 0)
        if flush:
            self._producer.flush()

    def settle(self) -> None:
        """Wait until everything sent so far is judged.

        Alerts of payments and of transfers, and flags, are separate branches of the job, each in order. A new account
        breaks rules of both; once its alerts and its row in flagged_user are there, all branches have judged everything
        before.
        """
        account, payee, *senders = (self.user() for _ in range(5))
        for sender in senders:
            self.pay(sender, "200.00", PAYEE_ACCOUNT_ID=account)
        self.pay(account, "600.00", PAYEE_ACCOUNT_ID=payee)
        for _ in range(self._burst):
            self.pay(account, "100.00")
        self.pay(account, "100.00", address="203.0.113.1")
        self.pay(account, "5000.00")
        due = set(SETTLED)
        self.wait(lambda: not due - set(self.rules(account)), f"alerts of account {account}, all of {sorted(due)}")
        paid = self._burst + 3
        rows = self.flagged[account]
        self.wait(
            lambda: rows and rows[-1] and rows[-1]["transaction_count"] == paid,
            "row in flagged_user of the account that broke all rules",
        )

    def checkpoint(self, statement: str) -> None:
        """Wait until a checkpoint covers everything judged so far and its rows are committed."""
        folder = self.flink.gateway.folder / "checkpoints" / statement

        # The next one may have begun before now. The third one begins once the second is committed.
        wanted = job_settings.newest_checkpoint(folder) + 3
        self.wait(lambda: job_settings.newest_checkpoint(folder) >= wanted, f"checkpoint {wanted} of {statement}")

    def stop(self, statement: str) -> None:
        """Stop a statement that will not run again under its name, once its rows are committed.

        Nobody aborts its open transaction, which would hide later alerts from read_committed readers for ten minutes.
        """
        self.checkpoint(statement)
        self.flink.cancel(statement)

    @property
    def rules_statement(self) -> FlinkStatement:
        return next(one for one in self.statements if one.name.endswith("-fraud"))

    def wait(self, condition: Callable[[], Any], what: str) -> Any:
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            if found := condition():
                return found
            time.sleep(0.02)
        states = {name: self.flink.state(name) for name in self.flink.statements}
        newest = max((account for account in self.alerts if account is not None), default=0)
        seen = f"Newest account with alerts: {newest}, {self.rules(newest)}"
        raise AssertionError(f"No {what}, after {PATIENCE_SECONDS:.0f} s. {seen}. Statements: {states}")

    def rules(self, account: int) -> list[str]:
        return [alert["rule_id"] for alert in self.alerts[account]]

    def _collect(self) -> None:
        consumer = Consumer(
            {
                **self.kafka.client(ADMIN),
                "group.id": "tests",
                "auto.offset.reset": "earliest",
                "isolation.level": "read_uncommitted",
                "fetch.wait.max.ms": 10,
            }
        )
        outputs = (FRAUD_ALERT, FLAGGED_USER, FRAUD_EPISODE, PAYMENT_SCORE, CLEANED_TRANSACTION)
        consumer.subscribe([table.topic for table in outputs])
        while True:
            message = consumer.poll(1)
            if message is None or message.error():
                continue
            try:
                self._take(str(message.topic()), *decoded(self.schemas, message))
            except (UnreadableError, KeyError):
                if message.topic() != FRAUD_ALERT.topic:  # where raw_alert sends such records
                    raise

    def _take(self, topic: str, key: Any, value: Any) -> None:
        if topic == PAYMENT_SCORE.topic:
            self.scores[value["transaction_id"]].append(value)
        elif topic == FRAUD_ALERT.topic and value["rule_id"] == "score":
            self.score_alerts[value["transaction_id"]] = value
        elif topic == FRAUD_ALERT.topic:
            self.alerts[value["ACCOUNT_ID"]].append(value)
        elif topic == FRAUD_EPISODE.topic:
            self.episodes[value["ACCOUNT_ID"]][key["episode_id"]] = value
        elif topic == FLAGGED_USER.topic:
            self.flagged[key["ACCOUNT_ID"]].append(value)
        else:
            self.cleaned[value["ID"]] = value


@pytest.fixture(scope="session")
def running_lab() -> Iterator[Lab]:
    plan = as_statements(record("dev", ROOT, mode="update"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(job_settings.SESSION, "execution.checkpointing.interval", CHECKPOINTS)
        with flink_alone("test-sql", ADMIN, others=[LIMITED, GUEST], session=Cluster) as (kafka, registry, flink):
            yield _lab(kafka, flink, registry, plan)


def _lab(kafka: Kafka, flink: Cluster, registry: Registry, plan: Plan) -> Lab:
    statements = [statement_of(resource) for resource in plan.of_type(STATEMENT)]
    for statement in statements:
        flink.submit(statement)
    return Lab(kafka, flink, registry, statements, burst=plan.outputs["rules"]["burstCount"])


@pytest.fixture
def lab(running_lab: Lab) -> Lab:
    running_lab.new_test()
    return running_lab
