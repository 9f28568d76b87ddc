"""The Flink statements alone: payments already in Kafka, read as fast as the machine does."""

from __future__ import annotations

import datetime
import json
import random
import time
from pathlib import Path

import psutil
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic

from bench.common import alert_reader, figure, transaction_of
from contracts import AUTH_USER, OUTPUTS, SOURCES, USER_TRANSACTION
from local.errors import RunError
from local.flink.cluster import FlinkCluster
from local.flink.gateway import FlinkGateway
from local.parts.children import Children
from local.parts.folder import RunFolder
from local.parts.kafka import Credentials, Kafka
from local.plan.model import Plan
from local.plan.record import record
from local.realise.alterations import as_statements
from local.realise.handlers import statement_of
from local.realise.registry import STATEMENT, only_stores
from local.realise.servers import ROOT

WARM_UP = 1_000_000
PAYMENTS = 3_000_000
USERS = 10_000
PATIENCE_SECONDS = 600.0
START = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
STEP = datetime.timedelta(milliseconds=10)


def measure() -> None:
    plan = as_statements(record("local", ROOT, mode="update"))
    folder = RunFolder(ROOT, "bench")
    path = folder.open()
    children = Children(path)
    kafka = Kafka(children, path, Credentials("bench", []))
    gateway = FlinkGateway(children, path)
    try:
        _measure(plan, kafka, gateway, path)
    finally:
        gateway.stop()
        kafka.stop()
        children.close()
        folder.close(keep=False)


def _measure(plan: Plan, kafka: Kafka, gateway: FlinkGateway, path: Path) -> None:
    for server in (kafka, gateway):
        server.prepare()
        server.start()
    _topics(kafka)
    _payments(kafka)
    cluster = FlinkCluster(gateway, client=kafka.java_client("bench"))
    cluster.open()
    for table in (*SOURCES, *OUTPUTS):
        cluster.create_table(table)
    process = psutil.Process(gateway.pid)
    alerts = alert_reader(kafka.client("bench"), "bench")
    # Dependencies come first: the statements that set the tables up, then the rules.
    *settings, rules = (one for one in plan.of_type(STATEMENT) if not only_stores(one))
    for setting in settings:
        cluster.submit(statement_of(setting))
    spent = _Spent(process)
    cluster.submit(statement_of(rules))
    _await(alerts, WARM_UP)
    figure("rules alone, start of the job and warm-up", spent.text(WARM_UP))
    spent = _Spent(process)
    _await(alerts, PAYMENTS)
    figure("rules alone, from then on", spent.text(PAYMENTS - WARM_UP))


class _Spent:
    """Seconds and processor seconds since now."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self._begin, self._used = time.perf_counter(), sum(process.cpu_times()[:2])

    def text(self, payments: int) -> str:
        seconds = time.perf_counter() - self._begin
        used = sum(self._process.cpu_times()[:2]) - self._used
        return f"{payments / seconds:.0f} payments/s, {payments / used:.0f} per CPU second"


def _topics(kafka: Kafka) -> None:
    names = [table.topic for table in (*SOURCES, *OUTPUTS)]
    admin = AdminClient(kafka.client("bench"))
    for future in admin.create_topics([NewTopic(name, 1, 1) for name in names]).values():
        future.result()


def _payments(kafka: Kafka) -> None:
    """Fill the topics; the last payment of the warm-up and the very last one set off an alert."""
    producer = Producer({**kafka.client("bench"), "linger.ms": 20, "queue.buffering.max.messages": 1_000_000})
    source = random.Random(1)
    for number in range(1, USERS + 1):
        flags = {"IS_SUPERUSER": 0, "IS_STAFF": 0, "IS_ACTIVE": 1, "DATE_JOINED": "2026-01-01T00:00:00.000Z"}
        user = {"ID": number, "USERNAME": f"user{number}", "EMAIL": "", **flags}
        _send(producer, AUTH_USER.topic, number, user)
    for number in range(1, PAYMENTS + 1):
        at = (START + STEP * number).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        amount = 5000 if number in (WARM_UP, PAYMENTS) else source.randint(25, 5000) / 100
        account = source.randint(1, USERS)
        payment = {"ID": number, "AMOUNT": amount, "RECEIVED_AT": at, "IP_ADDRESS": "10.0.0.1", "ACCOUNT_ID": account}
        _send(producer, USER_TRANSACTION.topic, number, payment)
    producer.flush()


def _send(producer: Producer, topic: str, number: int, row: dict[str, object]) -> None:
    value = json.dumps({"before": None, "after": row, "op": "c"})
    while True:
        try:
            producer.produce(topic, key=json.dumps({"ID": number}), value=value)
            producer.poll(0)
            return
        except BufferError:
            producer.poll(0.1)


def _await(alerts: Consumer, transaction: int) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while transaction_of(alerts.poll(1)) != transaction:
        if time.monotonic() > end:
            raise RunError(f"No alert of payment {transaction} within {PATIENCE_SECONDS:.0f} s.")
