"""Shared by the benches: servers, a pipeline, alerts, percentiles, memory."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, TypeVar

import psutil
from confluent_kafka import Consumer, Message, Producer
from confluent_kafka.admin import AdminClient

from bench.records import RawRecords, decoded, register_outputs
from components.contracts import FRAUD_ALERT, OUTPUTS, SOURCES, Table
from local.apply.alterations import STATEMENT, as_statements
from local.apply.handlers import only_stores
from local.apply.servers import ROOT
from local.apply.statements import statement_of
from local.avro import Schemas
from local.flink.session import FlinkSession, FlinkStatement
from local.flink.table_sql import Endpoints
from local.pipeline import Pipeline
from local.servers import loopback
from local.servers.children import Children
from local.servers.flink import FlinkGateway
from local.servers.folder import RunFolder
from local.servers.kafka import Credentials, Kafka, make_topic
from local.servers.registry import Registry
from local.servers.server import Server
from plan.record import record

S = TypeVar("S", bound=tuple[Server, ...])
F = TypeVar("F", bound=FlinkSession)


@contextlib.contextmanager
def started(name: str, make: Callable[[Children], S]) -> Generator[S]:
    """Servers without a pipeline, in a run folder of this name."""
    folder = RunFolder(ROOT, name)
    children = Children(folder.open())
    servers = make(children)
    try:
        for server in servers:
            server.prepare()
            server.start()
        yield servers
    finally:
        for server in reversed(servers):
            server.stop()
        children.close()
        folder.close(keep=False)


@contextlib.contextmanager
def flink_alone(
    name: str,
    account: str,
    *,
    others: Sequence[str] = (),
    session: type[F] = FlinkSession,
    heap: str = FlinkGateway.heap,
) -> Generator[tuple[Kafka, Registry, F]]:
    """Kafka, the registry and Flink with the tables of all topics, and no statement yet.

    `name` is that of the run folder. Everything belongs to `account`; `others` are Kafka accounts without rights.
    `heap` is Flink's.
    """

    def servers(children: Children) -> tuple[Kafka, Registry, FlinkGateway]:
        gateway = FlinkGateway(children)
        gateway.heap = heap
        return Kafka(children, Credentials(account, list(others))), Registry(children), gateway

    with started(name, servers) as (kafka, registry, gateway):
        admin = AdminClient(kafka.client(account))
        register_outputs(Schemas(registry.url))
        flink = session(gateway, Endpoints(client=kafka.java_client(account), registry=registry.url))
        flink.open()
        for table in (*SOURCES, *OUTPUTS):
            make_topic(admin, table.topic, table.topic)
            flink.create_table(table)
        yield kafka, registry, flink


def rules_statements() -> list[FlinkStatement]:
    """Of the stack dev: those that alter tables, then the one of the rules and the score."""
    plan = as_statements(record("dev", ROOT, mode="update"))
    # Dependencies come first.
    return [statement_of(one) for one in plan.of_type(STATEMENT) if not only_stores(one)]


@contextlib.contextmanager
def pipeline(stack: str, *, users: int = 1000) -> Generator[Pipeline]:
    """The stack's pipeline without generated payments."""
    plan = record(stack, ROOT, mode="update")
    (port,) = loopback.free(1)
    with Pipeline(plan, say=lambda _text: None, port=port, users=users) as running:
        yield running


def send(producer: Producer, records: RawRecords, table: Table, row: Mapping[str, Any]) -> None:
    """A row of a source table as its first change event; waits while the producer's queue is full."""
    key, value = records.key(table, row["ID"]), records.change(table, row)
    while True:
        try:
            producer.produce(table.topic, key=key, value=value)
            producer.poll(0)
            return
        except BufferError:
            producer.poll(0.1)


def alert_reader(client: Mapping[str, Any], group: str) -> Consumer:
    """Reads every alert as soon as it is in the topic; `client` has the settings of a librdkafka client."""
    reader = Consumer(
        {
            **client,
            "group.id": group,
            "auto.offset.reset": "earliest",
            "isolation.level": "read_uncommitted",
            "fetch.wait.max.ms": 10,
        }
    )
    reader.subscribe([FRAUD_ALERT.topic])
    return reader


def transaction_of(registry: Schemas, message: Message | None) -> int | None:
    """The payment of an alert; None when nothing came."""
    return decoded(registry, message)[1]["transaction_id"] if message and not message.error() else None


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def resident_megabytes() -> float:
    """Memory of this process and its descendants; shared pages count once."""
    own = psutil.Process(os.getpid())
    total = 0
    for process in (own, *own.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            total += process.memory_full_info().pss
    return total / 2**20


def figure(name: str, text: str) -> None:
    print(f"{name:<44} {text}", flush=True)
