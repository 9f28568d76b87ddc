"""The throughput of the Flink statements alone, with all payments in Kafka from the start."""

from __future__ import annotations

import datetime
import random
import time
from decimal import Decimal

import psutil
from confluent_kafka import Consumer, Producer

from bench.common import alert_reader, figure, flink_alone, rules_statements, send, transaction_of
from bench.records import RawRecords
from components.contracts import AUTH_USER, USER_TRANSACTION
from local.avro import Schemas
from local.errors import RunError
from local.servers.kafka import Kafka
from local.waiting import until

WARM_UP = 1_000_000
PAYMENTS = 3_000_000
USERS = 10_000
TERMINALS = 1_000
PATIENCE_SECONDS = 600.0
START = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
STEP = datetime.timedelta(milliseconds=10)


def measure() -> None:
    *settings, rules = rules_statements()
    with flink_alone("bench", "bench") as (kafka, registry, flink):
        schemas = Schemas(registry.url)
        _payments(kafka, RawRecords(schemas))
        alerts = alert_reader(kafka.client("bench"), "bench")
        for setting in settings:
            flink.submit(setting)
        process = psutil.Process(flink.gateway.pid)
        spent = _Spent(process)
        flink.submit(rules)
        _await(alerts, schemas, WARM_UP)
        figure("rules and score alone: job start and warm-up", spent.text(WARM_UP))
        spent = _Spent(process)
        _await(alerts, schemas, PAYMENTS)
        figure("rules and score alone: after the warm-up", spent.text(PAYMENTS - WARM_UP))


class _Spent:
    """Seconds and CPU seconds since its creation."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self._begin, self._used = time.perf_counter(), sum(process.cpu_times()[:2])

    def text(self, payments: int) -> str:
        seconds = time.perf_counter() - self._begin
        used = sum(self._process.cpu_times()[:2]) - self._used
        return f"{payments / seconds:.0f} payments/s, {payments / used:.0f} per CPU second"


def _payments(kafka: Kafka, records: RawRecords) -> None:
    """Fill the topics. The last payment of the warm-up and the last one of all give an alert."""
    producer = Producer({**kafka.client("bench"), "linger.ms": 20, "queue.buffering.max.messages": 1_000_000})
    source = random.Random(1)
    for number in range(1, USERS + 1):
        send(producer, records, AUTH_USER, {"ID": number, "USERNAME": f"user{number}"})
    for number in range(1, PAYMENTS + 1):
        at = START + STEP * number
        amount = Decimal(5000) if number in (WARM_UP, PAYMENTS) else Decimal(source.randint(300, 5000)) / 100
        account = source.randint(1, USERS)
        payment = {"ID": number, "AMOUNT": amount, "RECEIVED_AT": at, "IP_ADDRESS": "10.0.0.1", "ACCOUNT_ID": account}
        payment["TERMINAL_ID"] = f"till-{source.randint(1, TERMINALS)}"
        send(producer, records, USER_TRANSACTION, payment)
    producer.flush()


def _await(alerts: Consumer, schemas: Schemas, transaction: int) -> None:
    found = until(lambda: transaction_of(schemas, alerts.poll(1)) == transaction, seconds=PATIENCE_SECONDS, every=0)
    if not found:
        raise RunError(f"No alert of payment {transaction} within {PATIENCE_SECONDS:.0f} s.")
