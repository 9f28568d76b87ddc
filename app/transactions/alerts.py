"""Alerts read back from Kafka: one reader a process, whatever the number of browsers."""

import datetime
import json
import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Any

from confluent_kafka import Consumer, KafkaException
from django.conf import settings

log = logging.getLogger(__name__)
KEPT = 50
LATENCIES_KEPT = 10_000


class Alerts(threading.Thread):
    """Counts alerts by rule and measures their delay; hands each to `publish`."""

    def __init__(self, publish: Callable[[dict[str, Any]], None]) -> None:
        super().__init__(name="alerts", daemon=True)
        self.latest: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self.by_rule: Counter[str] = Counter()
        self.delays: deque[float] = deque(maxlen=LATENCIES_KEPT)
        self._publish = publish
        self._seen_delay = threading.Event()

    def run(self) -> None:
        consumer = Consumer(
            {
                **settings.KAFKA,
                "group.id": f"{settings.GROUP_PREFIX}-{time.time_ns()}",
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
                # An alert is worth seeing before its checkpoint completes; its id tells a repetition.
                "isolation.level": "read_uncommitted",
                "fetch.wait.max.ms": 10,
            }
        )
        consumer.subscribe([settings.ALERT_TOPIC])
        while True:
            try:
                message = consumer.poll(0.5)
            except KafkaException as error:
                log.warning("alerts not readable: %s", error)
                continue
            if message is None:
                continue
            if message.error():
                log.warning("alerts not readable: %s", message.error())
                time.sleep(0.5)
                continue
            self._take(message.value())

    def _take(self, value: str | bytes | None) -> None:
        try:
            alert = json.loads(value or b"")
            delay = (_now() - datetime.datetime.fromisoformat(alert["event_time"])).total_seconds()
        except (ValueError, KeyError, TypeError) as error:
            log.warning("not an alert: %s", error)
            return
        alert["delay_ms"] = round(delay * 1000)
        self.by_rule[alert["rule_id"]] += 1
        self.delays.append(delay)
        self.latest.append(alert)
        self._publish({"type": "alert", "alert": alert})

    def delay_ms(self, share: float) -> int | None:
        """The delay, payment to alert, that `share` of the alerts do not exceed; None without alerts."""
        ordered = sorted(self.delays)
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000) if ordered else None


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
