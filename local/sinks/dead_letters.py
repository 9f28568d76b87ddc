"""Sends records that a sink cannot write to its dead-letter topic, with the reason in Kafka Connect's headers."""

from __future__ import annotations

from collections.abc import Mapping

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from local.sinks.records import Row


class DeadLetters:
    """Sends records unchanged. Unless `tolerant`, the first one ends the sink (errors.tolerance=none)."""

    def __init__(self, client: Mapping[str, str], *, sink: str, topic: str, tolerant: bool) -> None:
        # No time limit: the sink must not go on before its dead letters are safe, even while the broker is away.
        self._producer = Producer({**client, "enable.idempotence": True, "message.timeout.ms": 0})
        self._sink = sink
        self._topic = topic
        self._tolerant = tolerant
        self._failed: KafkaError | None = None
        self.count = 0

    def send(self, row: Row, reason: str) -> None:
        """Queue a record. Raises SystemExit when the sink is not tolerant."""
        if not self._tolerant:
            place = f"{row.topic}[{row.partition}]@{row.offset}"
            raise SystemExit(
                f"{self._sink}: {place}: {reason}; errors.tolerance or behavior.on.error says to stop here"
            )
        headers = {
            "topic": row.topic,
            "partition": str(row.partition),
            "offset": str(row.offset),
            "connector.name": self._sink,
            "exception.message": reason,
        }
        names: dict[str, str | bytes | None] = {
            f"__connect.errors.{key}": text.encode(errors="replace") for key, text in headers.items()
        }
        key, value = row.raw
        while True:
            try:
                self._producer.produce(self._topic, key=key, value=value, headers=names, on_delivery=self._delivered)
                break
            except BufferError:  # the queue is full
                self._producer.poll(0.1)
        self.count += 1

    def settle(self) -> None:
        """Wait until the broker has all records. Raises KafkaException when it refuses one, as without an ACL."""
        self._producer.flush()
        if self._failed:
            raise KafkaException(self._failed)

    def _delivered(self, error: KafkaError | None, _: Message) -> None:
        self._failed = self._failed or error
