"""How each part of the pipeline does, from the times and offsets of Kafka's topics and groups.

A thread of its own asks Kafka, with a time limit on each question: whatever freezes, the page goes on and tells it.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from django.conf import settings

from transactions import health_words
from transactions.health_words import Following, Part, Writing
from transactions.kafka_questions import Place, Questions

log = logging.getLogger(__name__)
KEPT_CLIENTS = 8
PERIOD_SECONDS = 2.0
RETRY_SECONDS = 0.5
CLOCKS_SECONDS = 1.0
"""Servers' clocks and the watcher of the database may differ by this much."""
MARKS = 4
"""The end mark of a transaction has an offset but is no record, and a sink commits the offset before it. Flink's
transactions overlap, so a partition may end with several: so few offsets are no sign of a record.
"""
REFUSED = (KafkaError.GROUP_AUTHORIZATION_FAILED, KafkaError.TOPIC_AUTHORIZATION_FAILED)


@dataclass(frozen=True)
class Seen:
    """What Kafka answered last; nothing while it does not answer."""

    capture: Following | None = None
    flink: Following | None = None
    sinks: Mapping[str, Writing | None] = field(default_factory=dict[str, Writing | None])


@dataclass
class Progress:
    """Of a sink: its offsets' sum, the records that wait, and since when both are so."""

    total: int
    waiting: int
    since: float


class PipelineHealth(threading.Thread):
    """`parts` answers at once, from what this thread and the watcher of the database saw last."""

    def __init__(self, paid_at: Callable[[], float | None], looked_at: Callable[[], float | None]) -> None:
        """`paid_at`: when the watcher saw the newest payment; `looked_at`: when the database last answered it."""
        super().__init__(name="pipeline-health", daemon=True)
        self._paid_at = paid_at
        self._looked_at = looked_at
        self._seen = Seen(sinks=dict.fromkeys(settings.SINK_GROUPS))
        self._answered_at: float | None = None
        self._began = time.time()
        self._waiting: dict[str, float] = {}  # since when a part's events wait
        self._progress: dict[str, Progress] = {}
        self._stop_asking = threading.Event()

    def stop(self) -> None:
        self._stop_asking.set()

    def parts(self) -> list[dict[str, Any]]:
        """For the page: one entry for each part of the pipeline, in the order of the stream."""
        now = time.time()
        database = health_words.server("database", "Database", self._answer(self._looked_at(), now), now)
        found = [database, *(self._of_kafka(now) if settings.KAFKA else ())]
        return [part.data() for part in found]

    def _of_kafka(self, now: float) -> list[Part]:
        kafka = health_words.server("kafka", "Kafka", self._answer(self._answered_at, now), now)
        seen = self._seen if kafka.status == "ok" else Seen(sinks=dict.fromkeys(self._seen.sinks))
        late = settings.SINK_LATE_SECONDS
        return [
            health_words.follower("cdc", "Change data capture", seen.capture, now),
            kafka,
            health_words.follower("flink", "Flink", seen.flink, now),
            *(health_words.sink(f"sink:{title}", title, seen.sinks[title], now, late) for title in seen.sinks),
        ]

    def _answer(self, at: float | None, now: float) -> float | None:
        """A server that has not answered since the start is down, too, after a while."""
        return self._began if at is None and now - self._began > health_words.SILENT_SECONDS else at

    def run(self) -> None:
        # A client that ends while it still waits for answers can crash the process, so each is kept for a while.
        clients = deque([Questions(settings.KAFKA)], maxlen=KEPT_CLIENTS)
        told = ""
        while not self._stop_asking.is_set():
            try:
                self._seen = self._look(clients[-1])
                self._answered_at, told = time.time(), ""
            except KafkaException as error:
                if str(error) != told:
                    told = str(error)
                    log.warning("cannot ask Kafka how the pipeline does: %s", error)
                # A client that lost a group's coordinator may never find it again.
                clients.append(Questions(settings.KAFKA))
            self._stop_asking.wait(RETRY_SECONDS if told else PERIOD_SECONDS)

    def _look(self, kafka: Questions) -> Seen:
        paid = self._paid_at()  # first: a payment that is seen later may not be in Kafka yet
        there = kafka.partitions()
        raw, outputs = settings.PAYMENT_TOPIC, settings.PAYMENT_OUTPUT_TOPICS
        newest = kafka.newest((name, number) for name in {raw, *outputs} for number in there.get(name, ()))
        captured, done = newest.get(raw), [newest.get(name) for name in outputs]
        judged = None if None in done else min((one for one in done if one is not None), default=None)
        return Seen(
            capture=self._following("cdc", paid, captured),
            flink=self._following("flink", captured, judged),
            sinks={title: self._writing(kafka, there, title, group) for title, group in _sinks(kafka).items()},
        )

    def _following(self, part: str, given: float | None, newest: float | None) -> Following:
        if given is not None and (newest is None or newest < given - CLOCKS_SECONDS):
            self._waiting.setdefault(part, time.time())
        else:
            self._waiting.pop(part, None)
        return Following(newest, self._waiting.get(part))

    def _writing(self, kafka: Questions, there: Mapping[str, list[int]], title: str, group: str) -> Writing:
        now = time.time()
        try:
            offsets = {place: at for place, at in kafka.committed(group).items() if place[1] in there.get(place[0], ())}
            lags = _lags(offsets, kafka.ends(offsets))
        except KafkaException as error:
            if error.args[0].code() not in REFUSED:
                raise
            return Writing(None, now, f"Kafka does not tell: {error.args[0].str()}")
        total, waiting = sum(offsets.values()), sum(lag for lag in lags if lag > MARKS)
        before = self._progress.get(title)
        moved = before is None or total != before.total or (waiting and not before.waiting)
        self._progress[title] = Progress(total, waiting, now if before is None or moved else before.since)
        return Writing(waiting if offsets else None, self._progress[title].since)


def _sinks(kafka: Questions) -> dict[str, str]:
    """The sinks' groups by title. A managed connector's id, part of its group's name, exists only after the app."""
    named: dict[str, str] = settings.SINK_GROUPS
    prefix: str = settings.SINK_GROUP_PREFIX
    others = [group for group in kafka.groups(prefix) if group not in named.values()] if prefix else []
    return named | {group.removeprefix("connect-"): group for group in others}


def _lags(offsets: Mapping[Place, int], ends: Mapping[Place, int]) -> list[int]:
    return [max(0, ends[place] - at) for place, at in offsets.items()]
