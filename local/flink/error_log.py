"""`python -m local.flink.error_log CONFIG`: log a topic's malformed records (error-handling.mode = log) until SIGTERM.

Confluent Cloud logs them inside the statement; Apache Flink can only skip them. This process reads the topic a second
time and sends the records that Flink skips to the dead-letter topic, in the service's format.
"""

from __future__ import annotations

import datetime
import json
import signal
import sys
import threading
from collections import deque
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from components.contracts import OUTPUTS, SOURCES
from local.avro import Encoder, RegistryAwayError, Schemas
from local.config import WorkerConfig, write_report
from local.flink.error_schema import ERROR_LOG
from local.flink.unreadable import Judge
from local.sinks.records import as_bytes
from local.waiting import patience

BATCH = 1_000
WAIT_SECONDS = 0.5
RETRY_SECONDS = 0.2


@dataclass(frozen=True, kw_only=True)
class ErrorLogConfig(WorkerConfig):
    """Logs malformed records of `topic` to `target`. The report also holds the offsets to continue from."""

    topic: str
    target: str


class BrokerAwayError(Exception):
    """The broker does not answer now, or does not know the topic yet."""


class ErrorLog:
    """Reads every partition. A crash may log a record twice but loses none."""

    def __init__(self, config: ErrorLogConfig, stopping: threading.Event) -> None:
        self._stopping = stopping
        passing = (RegistryAwayError, BrokerAwayError)
        self._patiently = patience(*passing, every=RETRY_SECONDS, stopping=stopping, tell=partial(print, flush=True))
        client = config.client()
        self._config = config
        self._schemas = Schemas(config.registry)
        self._judge = Judge(next(table for table in (*SOURCES, *OUTPUTS) if table.topic == config.topic), self._schemas)
        self._encoder: Encoder | None = None
        # Flink's account has no right to a consumer group, so the report keeps the offsets.
        settings = {"group.id": "unused", "enable.auto.commit": False, "auto.offset.reset": "earliest"}
        self._consumer = Consumer({**client, **settings})
        self._producer = Producer({**client, "enable.idempotence": True, "message.timeout.ms": 0})
        self._report = Path(config.report)
        self._places: dict[str, int] = {}
        self._logged = 0
        self._refused: KafkaError | None = None

    def run(self) -> None:
        """Run until asked to stop; retry every error but a missing right, which raises KafkaException."""
        self._load()
        self._patiently(self._assign)
        while not self._stopping.is_set():
            batch = deque(self._consumer.consume(BATCH, WAIT_SECONDS))
            self._patiently(self._take_all, batch)
            self._producer.flush()
            if self._refused:
                raise KafkaException(self._refused)
            write_report(self._report, {"places": self._places, "logged": self._logged})
        self._consumer.close()

    def _assign(self) -> None:
        topic = self._config.topic
        try:
            found = self._consumer.list_topics(topic, timeout=10).topics[topic]
        except KafkaException as error:
            raise BrokerAwayError(f"broker away: {error}") from error
        if found.error:
            self._check(found.error)
            raise BrokerAwayError(f"broker away: {found.error}")
        places = [TopicPartition(topic, number, self._places.get(str(number), 0)) for number in found.partitions]
        self._consumer.assign(places)

    def _take_all(self, batch: deque[Message]) -> None:
        """Raises RegistryAwayError; the records left in `batch` are not taken yet."""
        while batch:
            self._take(batch[0])
            batch.popleft()

    def _take(self, message: Message) -> None:
        error = message.error()
        if error:
            self._check(error)
            return
        key, value = as_bytes(message.key()), as_bytes(message.value())
        found = self._judge.reason(key, value)
        if found:
            row = self._encode(self._row(message, found, key, value))
            self._producer.produce(self._config.target, value=row, on_delivery=self._delivered)
            self._logged += 1
        self._places[str(message.partition())] = int(message.offset() or 0) + 1

    def _encode(self, row: dict[str, Any]) -> bytes:
        """Register the schema with the first record, as the service does."""
        if self._encoder is None:
            text = json.dumps(ERROR_LOG)
            self._encoder = Encoder(self._schemas.register(f"{self._config.target}-value", text), text)
        return self._encoder.encode(row)

    @staticmethod
    def _check(error: KafkaError) -> None:
        """Raises KafkaException for a missing right, which no retry cures."""
        if error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED:
            raise KafkaException(error)

    def _delivered(self, error: KafkaError | None, _: Message) -> None:
        self._refused = self._refused or error

    def _row(self, message: Message, found: str, key: bytes | None, value: bytes | None) -> dict[str, Any]:
        kind, made = message.timestamp()
        record = {
            "topic": message.topic(),
            "partition": message.partition(),
            "offset": message.offset(),
            "timestamp": datetime.datetime.fromtimestamp(made / 1000, datetime.UTC),
            "timestamp_type": "LogAppendTime" if kind == 2 else "CreateTime",
            "headers": {name: as_bytes(data) for name, data in message.headers() or []},
            "key": key,
            "value": value,
        }
        return {
            "error_timestamp": datetime.datetime.now(datetime.UTC),
            "error_code": 1,
            "error_reason": "DESERIALIZATION",
            "error_message": found,
            "error_details": {},
            "processor": "FLINK",
            "affected_type": "TABLE",
            "affected_name": self._config.topic,
            "source_record": record,
        }

    def _load(self) -> None:
        if self._report.exists():
            found = json.loads(self._report.read_text(encoding="utf-8"))
            self._places, self._logged = found["places"], found["logged"]


def main(path: str) -> None:
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda _signal, _frame: stopping.set())
    ErrorLog(ErrorLogConfig(**json.loads(Path(path).read_text(encoding="utf-8"))), stopping).run()


if __name__ == "__main__":
    main(sys.argv[1])
