"""Reads alerts from Kafka, once for all browsers."""

import datetime
import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Any

from confluent_kafka import Consumer, KafkaException
from django.conf import settings

from transactions.decoder import Decoder, RegistryAwayError

log = logging.getLogger(__name__)
KEPT = 50
DELAYS_KEPT = 10_000
IDS_KEPT = 100_000
RETRY_SECONDS = 1.0

Time = datetime.datetime


class Alerts(threading.Thread):
    """Counts alerts by rule, measures their delay and calls `publish` once for each."""

    def __init__(
        self, publish: Callable[[dict[str, Any]], None], committed_at: Callable[[Time], Time | None] | None = None
    ) -> None:
        """`committed_at`: when a payment of that time was written, None if it says nothing about the speed; without it
        the time itself.
        """
        super().__init__(name="alerts", daemon=True)
        self._committed_at: Callable[[Time], Time | None] = committed_at or (lambda made: made)
        self.latest: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self.by_rule: Counter[str] = Counter()
        self.delays: deque[float] = deque(maxlen=DELAYS_KEPT)
        self._publish = publish
        self._decoder = Decoder(settings.SCHEMA_REGISTRY)
        self._ids: dict[str, None] = {}
        self._live_since: datetime.datetime | None = None

    def run(self) -> None:
        consumer = Consumer(
            {
                **settings.KAFKA,
                "group.id": f"{settings.GROUP_PREFIX}-{time.time_ns()}",
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
                # Show an alert before its checkpoint completes; its id shows whether it is a repetition.
                "isolation.level": "read_uncommitted",
                "fetch.wait.max.ms": 10,
            }
        )
        consumer.subscribe([settings.ALERT_TOPIC])
        while True:
            try:
                message = consumer.poll(0.5)
            except KafkaException as error:
                log.warning("cannot read alerts: %s", error)
                continue
            if message is None:
                continue
            if message.error():
                log.warning("cannot read alerts: %s", message.error())
                time.sleep(0.5)
                continue
            self._take_patiently(message.value())

    def _take_patiently(self, value: str | bytes | None) -> None:
        """Retry until the registry answers, so that no alert is skipped."""
        while True:
            try:
                return self.take(value)
            except RegistryAwayError as error:
                log.warning("cannot reach the schema registry (SCHEMA_REGISTRY_URL), retrying: %s", error)
                time.sleep(RETRY_SECONDS)

    def since(self, number: int) -> list[dict[str, Any]]:
        """The kept alerts with a greater number, oldest first. Numbers start from 1."""
        return [alert for alert in list(self.latest) if alert["number"] > number]

    def take(self, value: str | bytes | None) -> None:
        """Take one record; log and skip it when it is no alert. Raises RegistryAwayError."""
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
            self.delays.append(delay)
        self.by_rule[rule] += 1
        alert |= {"delay_ms": None if delay is None else round(delay * 1000), "number": self.by_rule.total()}
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

    def delay_ms(self, share: float) -> int | None:
        """The delay that `share` of the alerts do not exceed; None without alerts."""
        ordered = sorted(self.delays)
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000) if ordered else None
