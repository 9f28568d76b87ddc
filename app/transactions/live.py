"""Feeds the page: all browsers share one watcher of the database and one reader of alerts."""

import datetime
import itertools
import logging
import random
import threading
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from transactions import metrics
from transactions.alerts import Alerts
from transactions.events import Feed
from transactions.generator import Generator
from transactions.history import History
from transactions.latest import Payments
from transactions.payment_table import PaymentTable
from transactions.pipeline_health import PipelineHealth
from transactions.player import Player
from transactions.verdicts import MOST, Verdicts

log = logging.getLogger(__name__)
PERIOD_SECONDS = 0.25
LOOKS_PER_VERDICT = 4
TICKS_PER_STATE = 2
WEIGHT = 0.2  # of the newest look in the average rate


class Live:
    """The threads of this process, and the figures that they collect."""

    def __init__(self) -> None:
        folder = settings.SCENARIO_FOLDER
        self.player = Player(Path(folder), settings.SCENARIO_SPEED) if folder else None
        self.payments = PaymentTable(self.now)
        self.source = random.Random()  # noqa: S311
        self.generator = Generator(
            self.payments,
            seed=settings.GENERATOR_SEED,
            rate=settings.GENERATOR_RATE,
            fraud_every=settings.FRAUD_EVERY_SECONDS,
        )
        # Of a scenario, precision and recall count every alert.
        self.alerts = Alerts(self._take, self.player.committed_at, again=MOST) if self.player else Alerts(self._take)
        self._verdicts = Verdicts(self.player.first_judged if self.player else None)
        self.history = History()
        self._paid_at: float | None = None  # when the newest payment was seen
        self._looked_at: float | None = None
        self._health = PipelineHealth(lambda: self._paid_at, lambda: self._looked_at)
        self.total = 0
        self.rate = 0.0
        self.feed = Feed(self.state)
        self._looked = time.monotonic()

    def start(self) -> None:
        (self.player or self.generator).start()
        if settings.KAFKA:
            self.alerts.start()
            self._health.start()
        threading.Thread(target=self._watch, name="payments", daemon=True).start()
        threading.Thread(target=self._tick, name="state", daemon=True).start()

    def stop(self) -> None:
        (self.player or self.generator).stop()

    def now(self) -> datetime.datetime:
        """The time of what comes without one: that of the scenario while one is played."""
        return self.player.now() if self.player else timezone.now()

    def state(self) -> dict[str, Any]:
        return {
            "payments": self.total,
            "rate": round(self.rate, 1),
            "generator": self.generator.rate,
            "generator_alive": (self.player or self.generator).alive,
            "calm_rate": self.generator.calm_rate,
            "most_rate": settings.MOST_PAYMENTS_PER_SECOND,
            "alerts": sum(self.alerts.by_rule.values()),
            "alerts_since": self.alerts.counted_since,
            "by_rule": dict(self.alerts.by_rule),
            "delay_p50_ms": self.alerts.delays.quantile_ms(0.5),
            "delay_p99_ms": self.alerts.delays.quantile_ms(0.99),
            "delays": self.alerts.delays.histogram(),
            "health": self._health.parts(),
            "known": self._verdicts.figures(),
            "scenario": self.player.state() if self.player else None,
        }

    def outcomes(self, payments: Iterable[int]) -> dict[int, bool]:
        """Whether they were frauds, of the payments whose outcome is known."""
        return self._verdicts.known(payments)

    def _take(self, event: dict[str, Any]) -> None:
        alert = event["alert"]
        self.history.alert(alert["detected_at"])
        if isinstance(alert["transaction_id"], int):  # the contract allows none
            self._verdicts.alert(alert["transaction_id"], alert["rule_id"])
        metrics.ALERTS.labels(alert["rule_id"]).inc()
        if alert["delay_ms"] is not None:
            metrics.ALERT_DELAY.observe(alert["delay_ms"] / 1000)
        self.feed.alert(alert)

    def _tick(self) -> None:
        """In a thread of its own: a database that does not answer must not silence the page."""
        for tick in itertools.count():
            metrics.PAYMENT_RATE.set(self.rate)
            metrics.GENERATOR_ALIVE.set((self.player or self.generator).alive)
            self.feed.tick(with_state=tick % TICKS_PER_STATE == 0)
            time.sleep(PERIOD_SECONDS)

    def _watch(self) -> None:
        payments = Payments()
        for look in itertools.count():
            started = time.monotonic()
            try:
                if look % LOOKS_PER_VERDICT == 0:
                    self._verdicts.look()
                self._look(payments)
            except Error as error:
                log.warning("cannot read payments: %s", str(error).strip())
                self.rate *= 1 - WEIGHT
                connection.close()
            time.sleep(max(0.0, PERIOD_SECONDS - (time.monotonic() - started)))

    def _look(self, payments: Payments) -> None:
        counted = payments.total
        rows = payments.new()
        now = time.monotonic()
        grown = 0 if self._looked_at is None else payments.total - counted
        self.history.add(payments=grown)
        self.rate += WEIGHT * (grown / max(PERIOD_SECONDS, now - self._looked) - self.rate)
        self.total, self._looked = payments.total, now
        self._looked_at = time.time()
        if grown:
            self._paid_at = self._looked_at
        metrics.PAYMENTS.inc(grown)
        if rows:
            self.feed.payments(rows, skipped=max(0, grown - len(rows)))


@cache
def live() -> Live:
    """The only instance of this process."""
    return Live()
