"""Real servers and sink processes for the tests of the sinks."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, Message, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from bench.records import register_outputs
from components.contracts import OUTPUTS, schemas
from local.apply.servers import Worker, sink_worker
from local.avro import Encoder, Schemas
from local.servers.children import Children
from local.servers.kafka import Credentials, Kafka
from local.servers.opensearch import OpenSearch
from local.servers.postgres import WAREHOUSE_DATABASE, Postgres
from local.servers.registry import Registry
from local.servers.server import Server
from local.sinks.config import SinkConfig, TopicConfig
from local.sinks.twin import Twin
from tests.servers import server_folder

ACCOUNT = "sa-test"
DEAD = "dead"


class OutputRecords:
    """Keys and values of the output topics, in Flink's Avro."""

    def __init__(self, registry: Schemas) -> None:
        numbers = register_outputs(registry)
        self._values = {t.topic: Encoder(numbers[f"{t.topic}-value"], schemas.avro_value(t)) for t in OUTPUTS}
        self._keys = {t.topic: Encoder(numbers[f"{t.topic}-key"], schemas.avro_key(t)) for t in OUTPUTS if t.key}

    def key(self, topic: str, fields: Mapping[str, Any]) -> bytes:
        return self._keys[topic].encode(fields)

    def value(self, topic: str, row: Mapping[str, Any]) -> bytes:
        return self._values[topic].encode(row)


class SinkLab:
    """Kafka, the registry, PostgreSQL and OpenSearch in one folder. Each test recreates its topics with `topics`."""

    def __init__(self, folder: Path) -> None:
        (folder / "logs").mkdir()
        self.folder = folder
        self.children = Children(folder)
        self.kafka = Kafka(self.children, Credentials(ACCOUNT, []))
        self.registry = Registry(self.children)
        self.postgres = Postgres(self.children)
        self.opensearch = OpenSearch(self.children)
        self.sinks = list[Worker[SinkConfig]]()

    def start(self) -> None:
        for server in self._servers:
            server.prepare()
            server.start()
        self.postgres.create_database(WAREHOUSE_DATABASE)
        self.admin = AdminClient(self.kafka.client(ACCOUNT))
        self.schemas = Schemas(self.registry.url)
        self.records = OutputRecords(self.schemas)

    def stop(self) -> None:
        for server in (*self.sinks, *self._servers):
            server.stop()
        self.children.close()

    @property
    def _servers(self) -> list[Server]:
        return [self.kafka, self.registry, self.postgres, self.opensearch]

    def topics(self, *names: str, partitions: int = 3) -> None:
        """Recreate the topics and the dead-letter topic; this ends sinks of earlier tests that read them."""
        while self.sinks:
            self.sinks.pop().stop()
        existing = [name for name in (*names, DEAD) if name in self.admin.list_topics(timeout=10).topics]
        if existing:
            for future in self.admin.delete_topics(existing).values():
                future.result()
            until(lambda: not set(existing) & set(self.admin.list_topics(timeout=10).topics), "the old topics are gone")
        for future in self.admin.create_topics([NewTopic(n, partitions, 1) for n in (*names, DEAD)]).values():
            future.result()

    def produce(self, topic: str, records: list[tuple[Any, Any]], *, abort: bool = False) -> None:
        """Produce (key, value) in one transaction: bytes unchanged, None as a tombstone, other values in Avro."""
        settings = {**self.kafka.client(ACCOUNT), "transactional.id": "test", "linger.ms": 20}
        producer = Producer({**settings, "queue.buffering.max.messages": 1_000_000})
        producer.init_transactions()
        producer.begin_transaction()
        for key, value in records:
            key = self.records.key(topic, key) if isinstance(key, dict) else key
            value = self.records.value(topic, value) if isinstance(value, dict) else value
            producer.produce(topic, key=key, value=value)
        if abort:
            producer.flush()
            producer.abort_transaction()
        else:
            producer.commit_transaction()

    def sink(self, name: str, twin: Twin, *topics: TopicConfig, **changes: Any) -> Worker[SinkConfig]:
        """Start a sink process with this name."""
        kafka = self.kafka.client_without_password(ACCOUNT)
        config = SinkConfig(
            name=name,
            writer=twin.writer,
            topics=list(topics),
            dead_letter=DEAD,
            **({"tolerant": True, "batch_size": 3000, "flush_seconds": 0.1} | changes),
            database="STREAMING",
            kafka=kafka,
            registry=self.registry.url,
            target=twin.target(self, name),
            report=str(self.folder / f"{name}.status"),
        )
        passwords = {"kafka": self.kafka.credentials.password(ACCOUNT), "target": self.postgres.password}
        process = sink_worker(self.children, config, **passwords)
        self.sinks.append(process)
        process.prepare()
        process.launch()
        return process

    def dead_letters(self, count: int) -> list[Message]:
        """All dead letters; fails when there are not `count` of them."""
        consumer = Consumer(
            {**self.kafka.client(ACCOUNT), "group.id": f"dead-{time.time()}", "auto.offset.reset": "earliest"}
        )
        consumer.subscribe([DEAD])
        found = list[Message]()
        end = time.monotonic() + 20
        while time.monotonic() < end and len(found) < count:
            found += [message for message in consumer.consume(100, 0.2) if not message.error()]
        found += [message for message in consumer.consume(10, 0.5) if not message.error()]
        consumer.close()
        seen = [(message.value() or b"")[:60] for message in found]
        assert len(found) == count, f"{len(found)} dead letters, expected {count}: {seen}"
        return found


@contextmanager
def sink_lab() -> Iterator[SinkLab]:
    with server_folder() as folder:
        lab = SinkLab(folder)
        try:
            lab.start()
            yield lab
        finally:
            lab.stop()


def until(true: Callable[[], bool], what: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.05)


def status(process: Worker[SinkConfig]) -> dict[str, Any]:
    nothing = {"written": {}, "dead": 0, "lag": -1, "trouble": ""}
    return json.loads(process.report.read_text()) if process.report.exists() else nothing


def caught_up(process: Worker[SinkConfig], topic: str, count: int) -> Callable[[], bool]:
    """Whether the sink reports `count` written rows of the topic and no lag."""

    def true() -> bool:
        assert process.alive(), process.trouble("ended")
        found = status(process)
        return found["written"].get(topic, 0) >= count and found["lag"] == 0

    return true


def kill(server: Server) -> None:
    assert server.process
    server.process.kill()
    server.process.wait()
