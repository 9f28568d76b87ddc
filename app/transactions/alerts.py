"""Reads alerts from Kafka, once for all browsers."""

import datetime
import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Any, TypeVar

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition
from django.conf import settings

from transactions.decoder import Decoder, RegistryAwayError
from transactions.delays import Delays
from transactions.kafka_questions import QUIET

log = logging.getLogger(__name__)
KEPT = 50
IDS_KEPT = 100_000
AGAIN = 20_000
RETRY_SECONDS = 1.0
POLL_SECONDS = 0.5
PATIENCE_SECONDS = 5

T = TypeVar("T")
Time = datetime.datetime


class Alerts(threading.Thread):
    """Counts alerts by rule, measures their delay and calls `publish` once for each."""

    def __init__(
        self,
        publish: Callable[[dict[str, Any]], None],
        committed_at: Callable[[Time], Time | None] | None = None,
        again: int = AGAIN,
    ) -> None:
        """`committed_at`: when a payment of that time was written, None if it says nothing about the speed; without it
        the time itself. `again`: how many alerts a restart reads again.
        """
        super().__init__(name="alerts", daemon=True)
        self._committed_at: Callable[[Time], Time | None] = committed_at or (lambda made: made)
        self.latest: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self.by_rule: Counter[str] = Counter()
        self.delays = Delays()
        self.counted_since: float | None = None  # the time of the first alert that is counted
        self._publish = publish
        self._decoder = Decoder(settings.SCHEMA_REGISTRY)
        self._again = again
        self._number = 0
        self._ids: dict[str, None] = {}
        self._live_since: datetime.datetime | None = None

    def run(self) -> None:
        consumer = Consumer(
            {
                **settings.KAFKA,
                **QUIET,
                # It commits nothing, but the client wants a group, and Kafka a permitted one.
                "group.id": f"{settings.GROUP_PREFIX}-{time.time_ns()}",
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
                # Show an alert before its checkpoint completes; its id shows whether it is a repetition.
                "isolation.level": "read_uncommitted",
                "fetch.wait.max.ms": 10,
            }
        )
        consumer.assign(self._patiently("Kafka", KafkaException, lambda: self._places(consumer)))
        while True:
            message = self._patiently("Kafka", KafkaException, lambda: _polled(consumer))
            if message is not None:
                self._read(message)

    def _places(self, consumer: Consumer) -> list[TopicPartition]:
        """Where to begin: a restart reads only the newest records again. Raises KafkaException."""
        topic = consumer.list_topics(settings.ALERT_TOPIC, timeout=PATIENCE_SECONDS).topics[settings.ALERT_TOPIC]
        if topic.error:
            raise KafkaException(topic.error)
        places = [TopicPartition(settings.ALERT_TOPIC, number) for number in topic.partitions]
        for place in places:
            low, high = consumer.get_watermark_offsets(place, timeout=PATIENCE_SECONDS)
            place.offset = max(low, high - self._again // len(places))
        return places

    def _read(self, message: Message) -> None:
        """Take a record, once the registry answers: no alert is skipped."""
        if self.counted_since is None:
            self.counted_since = message.timestamp()[1] / 1000
        # Alerts have one partition, so offsets number them, the same after a restart.
        value, number = message.value(), (message.offset() or 0) + 1
        self._patiently("the schema registry", RegistryAwayError, lambda: self.take(value, number))

    def _patiently(self, what: str, trouble: type[Exception], action: Callable[[], T]) -> T:
        """Try until it succeeds, without haste."""
        told = ""
        while True:
            try:
                return action()
            except trouble as error:
                if str(error) != told:  # not a line a second while a server is away
                    told = str(error)
                    log.warning("cannot read alerts, asking %s again: %s", what, error)
                time.sleep(RETRY_SECONDS)

    def since(self, number: int) -> list[dict[str, Any]]:
        """The kept alerts with a greater number, oldest first. Numbers start from 1."""
        return [alert for alert in list(self.latest) if alert["number"] > number]

    def take(self, value: str | bytes | None, number: int | None = None) -> None:
        """Take one record; log and skip it when it is no alert. Without a `number` it is the next. Raises
        RegistryAwayError.
        """
        now = datetime.datetime.now(datetime.UTC)
        try:
            alert = self._decoder.read(value.encode() if isinstance(value, str) else value)
            made = self._committed_at(datetime.datetime.fromisoformat(alert["event_time"]))
            rule, identity = str(alert["rule_id"]), str(alert["alert_id"])
            delay = None if made is None else (now - made).total_seconds()
        except (ValueError, KeyError, TypeError) as error:
            log.warning("not an alert: %s", error)
            return
        if not self._is_new(identity):
            return
        # Payments from before the first alert waited for the pipeline to start: they say nothing about its speed.
        self._live_since = self._live_since or now
        if made is not None and delay is not None and made >= self._live_since:
            self.delays.add(delay)
        self.by_rule[rule] += 1
        self._number = self._number + 1 if number is None else number
        alert |= {"delay_ms": None if delay is None else round(delay * 1000), "number": self._number}
        self.latest.append(alert)
        self._publish({"type": "alert", "alert": alert})

    def _is_new(self, identity: str) -> bool:
        """False for a repetition: Flink writes uncommitted rows again after a crash."""
        if identity in self._ids:
            return False
        self._ids[identity] = None
        if len(self._ids) > IDS_KEPT:
            del self._ids[next(iter(self._ids))]
        return True


def _polled(consumer: Consumer) -> Message | None:
    """The next record, None if there is none yet. Raises KafkaException."""
    message = consumer.poll(POLL_SECONDS)
    if message is not None and (error := message.error()):
        raise KafkaException(error)
    return message
