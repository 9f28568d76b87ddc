"""The loop of a sink: read committed records, send bad ones to the dead-letter topic, write the rest.

Stores with transactions keep the offsets with the rows, so a crash loses and doubles nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from local.avro import RegistryAwayError, Schemas, UnreadableError
from local.sinks.config import SinkConfig
from local.sinks.dead_letters import DeadLetters
from local.sinks.records import Row, as_bytes, readers
from local.sinks.status import Status
from local.waiting import patience

T = TypeVar("T")
Offsets = dict[tuple[str, int], int]
"""The offset to read next, by (topic, partition)."""
RETRY_SECONDS = 0.5
_CONSUMER = {
    "isolation.level": "read_committed",
    "enable.auto.commit": False,
    "enable.partition.eof": True,
    "auto.offset.reset": "earliest",
    "fetch.wait.max.ms": 50,
    # Read a batch or two ahead; the default would hold 64 MB.
    "queued.min.messages": 10_000,
    "queued.max.messages.kbytes": 8_192,
    "fetch.queue.backoff.ms": 5,
}
_FORBIDDEN = (
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
)


class StoreError(Exception):
    """The store refuses the rows for now; the sink retries them.

    `cause` names the table or index; `fix` says what helps when waiting does not.
    """

    def __init__(self, cause: str, fix: str = "") -> None:
        super().__init__(f"{cause.strip()}; {fix}" if fix else cause.strip())


class Writer(Protocol):
    """Writes to a store. A second `write` of the same rows changes nothing.

    Every trouble of the store is a StoreError, so that it never ends the sink. `bounds_text`: whether the store's
    columns limit text to the contract's length.
    """

    bounds_text: bool

    def open(self) -> Offsets:
        """Connect, create what is missing, and return the stored offsets. Raises StoreError."""
        ...

    def rows(self) -> dict[str, int]:
        """The number of rows in the store, by topic."""
        ...

    def write(self, rows: list[Row], offsets: Offsets) -> list[tuple[Row, str]]:
        """Write all rows; return those that the store refuses for good, with the reason. Raises StoreError."""
        ...

    def close(self) -> None: ...


class SinkLoop:
    """Runs one sink until asked to stop."""

    def __init__(self, config: SinkConfig, writer: Writer, stopping: threading.Event) -> None:
        self._config = config
        self._writer = writer
        self._stopping = stopping
        passing = (StoreError, RegistryAwayError)
        self._patience = patience(*passing, every=RETRY_SECONDS, stopping=stopping, tell=self._waits)
        names = [topic.topic for topic in config.topics]
        self._readers = readers(names, Schemas(config.registry), bounded=writer.bounds_text)
        self._fails_on_null = {topic.topic for topic in config.topics if topic.on_null == "FAIL"}
        self._ignores_null = {topic.topic for topic in config.topics if topic.on_null == "IGNORE"}
        client = config.client()
        own = {"group.id": config.group, "on_commit": self._committed}
        self._consumer = Consumer({**client, **_CONSUMER, **own})
        self._dead = DeadLetters(client, sink=config.name, topic=config.dead_letter, tolerant=config.tolerant)
        self._offsets: Offsets = {}
        self._ends: Offsets = {}
        self._status = Status(Path(config.report), names)

    def run(self) -> None:
        self._open()
        while not self._stopping.is_set():
            self._take(self._consumer.consume(self._config.batch_size, self._config.flush_seconds))
            self._status.lag = self._lag()
            self._status.dead = self._dead.count
        self._status.close()
        self._writer.close()
        self._consumer.close()

    def _open(self) -> None:
        stored = self._patiently(self._writer.open)
        self._status.written |= self._patiently(self._writer.rows)
        places = self._patiently(lambda: self._places(stored))
        self._offsets = {(place.topic, place.partition): place.offset for place in places}
        self._consumer.assign(places)

    def _places(self, stored: Offsets) -> list[TopicPartition]:
        """Every partition, with the offset to continue from. Raises StoreError while the broker is away."""
        try:
            topics = [topic.topic for topic in self._config.topics]
            partitions = [TopicPartition(topic, number) for topic in topics for number in self._partitions(topic)]
            committed = self._consumer.committed(partitions, timeout=10)
        except KafkaException as error:
            if _passes(error.args[0]):
                raise StoreError(str(error)) from error
            raise
        for partition in committed:
            # Below zero: the group has no offset, so start from the beginning.
            group = partition.offset if partition.offset >= 0 else 0
            partition.offset = stored.get((partition.topic, partition.partition), group)
        return committed

    def _partitions(self, topic: str) -> list[int]:
        metadata = self._consumer.list_topics(topic, timeout=10).topics[topic]
        if metadata.error:
            raise KafkaException(metadata.error)
        return list(metadata.partitions)

    def _take(self, messages: list[Message]) -> None:
        offsets, rows = dict(self._offsets), list[Row]()
        for message in messages:
            error = message.error()
            if error is None:
                row = _row(message)
                offsets[(row.topic, row.partition)] = row.offset + 1
                rows += self._read(row)
            elif error.code() == KafkaError._PARTITION_EOF:
                self._ends[(str(message.topic()), int(message.partition() or 0))] = int(message.offset() or 0)
            elif not _passes(error):
                raise KafkaException(error)
        if offsets != self._offsets:
            self._dead.settle()  # before the store's offsets pass them
            self._store(rows, offsets)

    def _read(self, row: Row) -> list[Row]:
        """The decoded row; none for an ignored tombstone, or for a bad record, which becomes a dead letter."""
        try:
            found = self._decode(row)
            if found.values is None and row.topic in self._fails_on_null:
                raise UnreadableError("the record has no value, and the connector writes no tombstones")
        except UnreadableError as error:
            self._dead.send(row, str(error))
            return []
        if found.values is None and row.topic in self._ignores_null:
            return []
        return [found]

    def _decode(self, row: Row) -> Row:
        reader = self._readers[row.topic]
        try:
            return reader.read(row)
        except RegistryAwayError:
            return self._patiently(lambda: reader.read(row))

    def _store(self, rows: list[Row], offsets: Offsets) -> None:
        refused = self._patiently(lambda: self._writer.write(rows, offsets))
        for row, reason in refused:
            self._dead.send(row, reason)
        self._dead.settle()
        self._offsets = offsets
        for row in rows:
            self._status.written[row.topic] += 1
        for row, _ in refused:
            self._status.written[row.topic] -= 1
        self._commit()

    def _commit(self) -> None:
        """Commit the offsets without waiting for the broker's answer, which may be slow."""
        positions = [TopicPartition(topic, number, at) for (topic, number), at in self._offsets.items()]
        self._consumer.commit(offsets=positions, asynchronous=True)

    def _committed(self, error: KafkaError | None, _: list[TopicPartition]) -> None:
        # Harmless: stores with offsets do not need these, the others write the same ids again.
        if error:
            print(f"{self._config.name}: offsets not committed: {error}", flush=True)

    def _patiently(self, action: Callable[[], T]) -> T:
        """Retry the action until store and registry answer. The status shows the trouble meanwhile."""
        return self._patience(self._status.waiting()(action))

    def _waits(self, error: BaseException | None) -> None:
        if self._status.trouble != str(error):
            print(f"{self._config.name}: {error}", flush=True)
        self._status.trouble = str(error)

    def _lag(self) -> int:
        """Records not yet written, by the broker's last answer."""
        lag = 0
        for partition in self._consumer.assignment():
            place = (partition.topic, partition.partition)
            try:
                _, high = self._consumer.get_watermark_offsets(partition, cached=True)
            except KafkaException:
                continue
            # A transaction's end mark has an offset but is no record, so compare with the end that was reached, too.
            at = max(self._offsets.get(place, 0), self._ends.get(place, 0))
            lag += max(0, high - at)
        return lag


def _row(message: Message) -> Row:
    """The raw record, not yet decoded."""
    topic, partition, offset = str(message.topic()), int(message.partition() or 0), int(message.offset() or 0)
    return Row(topic, partition, offset, (), None, (as_bytes(message.key()), as_bytes(message.value())))


def _passes(error: KafkaError) -> bool:
    """Whether the error may pass by itself: every one but a missing right, since a starting broker has many."""
    return error.code() not in _FORBIDDEN
