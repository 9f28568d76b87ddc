"""The loop of a sink: read committed records, send bad ones to the dead-letter topic, write the rest, go on.

The target says where to go on after a crash: offsets are written with the rows, so that nothing is lost or doubled.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from confluent_kafka import Consumer, KafkaException, Message, Producer, TopicPartition

from local.sinks.config import PASSWORD_VARIABLE, SinkConfig
from local.sinks.records import MalformedError, Row, readers

T = TypeVar("T")
Offsets = dict[tuple[str, int], int]
"""(topic, partition) to the offset of the record to read next."""


class TargetAwayError(Exception):
    """The target does not answer at present; writing again later may succeed."""


class Writer(Protocol):
    """A target. `write` is atomic together with `offsets`, or idempotent."""

    def open(self) -> Offsets:
        """Connect, make what is missing, and say where to go on. Raises TargetAwayError."""
        ...

    def rows(self) -> dict[str, int]:
        """Rows a topic that the target holds already."""
        ...

    def write(self, rows: list[Row], offsets: Offsets) -> list[tuple[Row, str]]:
        """Write all rows; those that the target refuses for good come back with the reason. Raises TargetAwayError."""
        ...

    def close(self) -> None: ...


class SinkLoop:
    """One sink, until `stop` says so."""

    def __init__(self, config: SinkConfig, writer: Writer, stop: Callable[[], bool]) -> None:
        self._config = config
        self._writer = writer
        self._stop = stop
        self._readers = readers(topic.topic for topic in config.topics)
        self._fails_on_null = {topic.topic for topic in config.topics if topic.on_null == "FAIL"}
        self._ignores_null = {topic.topic for topic in config.topics if topic.on_null == "IGNORE"}
        client = {**config.kafka, "sasl.password": os.environ[PASSWORD_VARIABLE]}
        self._consumer = Consumer(
            {
                **client,
                "group.id": config.group,
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "fetch.wait.max.ms": 50,
            }
        )
        self._producer = Producer({**client, "acks": "all", "message.timeout.ms": 0})
        self._offsets: Offsets = {}
        self._written = {topic.topic: 0 for topic in config.topics}
        self._dead = 0
        self._reported = 0.0

    def run(self) -> None:
        self._open()
        while not self._stop():
            messages = self._consumer.consume(self._config.batch_size, self._config.flush_seconds)
            if messages:
                self._take(messages)
            self._report()
        self._report(force=True)
        self._writer.close()
        self._consumer.close()

    def _open(self) -> None:
        stored = self._patiently(self._writer.open)
        self._written |= self._patiently(self._writer.rows)
        partitions = [
            TopicPartition(topic.topic, number)
            for topic in self._config.topics
            for number in self._partitions(topic.topic)
        ]
        committed = {(p.topic, p.partition): p.offset for p in self._consumer.committed(partitions, timeout=30)}
        for partition in partitions:
            place = (partition.topic, partition.partition)
            # -1001: no group offset; -2: from the beginning.
            partition.offset = stored.get(place, committed[place] if committed[place] >= 0 else -2)
        self._consumer.assign(partitions)

    def _partitions(self, topic: str) -> list[int]:
        metadata = self._consumer.list_topics(topic, timeout=30).topics[topic]
        if metadata.error:
            raise KafkaException(metadata.error)
        return list(metadata.partitions)

    def _take(self, messages: list[Message]) -> None:
        rows: list[Row] = []
        for message in messages:
            error = message.error()
            if error:
                if error.retriable() or error.code() < 0:  # librdkafka's own, such as a broker that is away
                    continue
                raise KafkaException(error)
            self._read(message, rows)
        refused = self._patiently(lambda: self._writer.write(rows, self._offsets))
        for row, reason in refused:
            self._bury(row.topic, row.partition, row.offset, json.dumps(row.values).encode(), reason)
        self._producer.flush()
        for row in rows:
            self._written[row.topic] += 1
        for row, _ in refused:
            self._written[row.topic] -= 1
        self._commit()

    def _read(self, message: Message, rows: list[Row]) -> None:
        topic, partition, offset = str(message.topic()), int(message.partition() or 0), int(message.offset() or 0)
        self._offsets[(topic, partition)] = offset + 1
        try:
            key, values = self._readers[topic].read(_bytes(message.key()), _bytes(message.value()))
            if values is None and topic in self._fails_on_null:
                raise MalformedError("the record has no value, and the connector appends rows only")
        except MalformedError as error:
            self._bury(topic, partition, offset, _bytes(message.value()), str(error))
            self._producer.flush()
            return
        if values is not None or topic not in self._ignores_null:
            rows.append(Row(topic, partition, offset, key, values))

    def _bury(self, topic: str, partition: int, offset: int, value: bytes | None, reason: str) -> None:
        if not self._config.tolerant:
            raise SystemExit(f"{self._config.name}: {topic}[{partition}]@{offset}: {reason}; errors.tolerance is none")
        headers = {"topic": topic, "partition": str(partition), "offset": str(offset), "error": reason}
        names = {f"__connect.errors.{key}": text.encode() for key, text in headers.items()}
        self._producer.produce(self._config.dead_letter, value=value, headers=list(names.items()))
        self._dead += 1

    def _commit(self) -> None:
        positions = [TopicPartition(topic, number, at) for (topic, number), at in self._offsets.items()]
        try:
            self._consumer.commit(offsets=positions, asynchronous=False)
        except KafkaException as error:
            # The broker may be away. Targets that keep offsets do not need it; the others write again, by id.
            print(f"{self._config.name}: offsets not committed: {error}", flush=True)

    def _patiently(self, action: Callable[[], T]) -> T:
        while True:
            try:
                return action()
            except TargetAwayError as error:
                print(f"{self._config.name}: target away: {error}", flush=True)
                if self._stop():
                    raise SystemExit(1) from error
                time.sleep(0.5)

    def _report(self, *, force: bool = False) -> None:
        if not force and time.monotonic() - self._reported < 0.5:
            return
        self._reported = time.monotonic()
        status = {"written": self._written, "dead": self._dead, "lag": self._lag()}
        path = Path(self._config.status)
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(status), encoding="utf-8")
        draft.replace(path)

    def _lag(self) -> int:
        """Records that are there and not yet written, by the broker's last answer."""
        lag = 0
        for partition in self._consumer.assignment():
            try:
                _, high = self._consumer.get_watermark_offsets(partition, cached=True)
            except KafkaException:
                continue
            position = self._consumer.position([partition])[0].offset
            if high > 0 and position >= 0:
                lag += max(0, high - position)
        return lag


def _bytes(data: str | bytes | None) -> bytes | None:
    return data.encode() if isinstance(data, str) else data
