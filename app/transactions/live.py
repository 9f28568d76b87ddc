"""Feeds the page: all browsers share one watcher of the database and one reader of alerts."""

import itertools
import logging
import queue
import random
import threading
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from transactions.alerts import Alerts
from transactions.generator import Generator
from transactions.latest import Payments
from transactions.payment_table import PaymentTable
from transactions.pipeline_health import PipelineHealth
from transactions.player import Player
from transactions.verdicts import MOST, Verdicts

log = logging.getLogger(__name__)
PERIOD_SECONDS = 0.25
LOOKS_PER_VERDICT = 4
MOST_BROWSERS = 16
WAITING = 200
KEEP_ALIVE_SECONDS = 10
END = {"type": "end"}


class TooManyBrowsersError(Exception):
    """Raised because each open page holds a thread of the server."""


class Live:
    """The threads of this process, and the figures that they collect."""

    def __init__(self) -> None:
        folder = settings.SCENARIO_FOLDER
        self.player = Player(Path(folder), settings.SCENARIO_SPEED) if folder else None
        self.payments = PaymentTable(self.player.now if self.player else None)
        self.source = random.Random(settings.GENERATOR_SEED + 1)  # noqa: S311
        self.generator = Generator(
            self.payments,
            seed=settings.GENERATOR_SEED,
            rate=settings.GENERATOR_RATE,
            fraud_every=settings.FRAUD_EVERY_SECONDS,
        )
        # Of a scenario, precision and recall count every alert.
        self.alerts = Alerts(self._take, self.player.committed_at, again=MOST) if self.player else Alerts(self._take)
        self._verdicts = Verdicts(self.player.first_judged if self.player else None)
        self._paid_at: float | None = None  # when the newest payment was seen
        self._looked_at: float | None = None
        self._health = PipelineHealth(lambda: self._paid_at, lambda: self._looked_at)
        self.total = 0
        self.rate = 0.0
        self._browsers: set[queue.Queue[dict[str, Any]]] = set()
        self._lock = threading.Lock()

    def start(self) -> None:
        (self.player or self.generator).start()
        if settings.KAFKA:
            self.alerts.start()
            self._health.start()
        threading.Thread(target=self._watch, name="payments", daemon=True).start()

    def stop(self) -> None:
        """Stop the generator and end every page's stream; the browsers then reconnect, maybe to another replica."""
        (self.player or self.generator).stop()
        self._publish(END)

    def state(self) -> dict[str, Any]:
        return {
            "payments": self.total,
            "rate": round(self.rate, 1),
            "generator": self.generator.rate,
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

    def events(self) -> Iterator[dict[str, Any]]:
        """Events for one browser, the latest alerts first. A slow browser loses the oldest events."""
        mine: queue.Queue[dict[str, Any]] = queue.Queue(WAITING)
        with self._lock:
            if len(self._browsers) >= MOST_BROWSERS:
                raise TooManyBrowsersError
            self._browsers.add(mine)
        return self._stream(mine)

    def _stream(self, mine: queue.Queue[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        try:
            yield {"type": "state", "state": self.state()}
            for alert in list(self.alerts.latest):
                yield {"type": "alert", "alert": alert}
            while True:
                try:
                    event = mine.get(timeout=KEEP_ALIVE_SECONDS)
                except queue.Empty:
                    event = {"type": "keep-alive"}
                if event is END:
                    return
                yield event
        finally:
            with self._lock:
                self._browsers.discard(mine)

    def _take(self, event: dict[str, Any]) -> None:
        payment = event["alert"]["transaction_id"]
        if isinstance(payment, int):  # the contract allows none
            self._verdicts.alert(payment, event["alert"]["rule_id"])
        self._publish(event)

    def _publish(self, event: dict[str, Any]) -> None:
        with self._lock:
            browsers = list(self._browsers)
        for browser in browsers:
            try:
                browser.put_nowait(event)
            except queue.Full:
                lost = browser.get_nowait()
                log.debug("a slow browser lost %s", lost["type"])

    def _watch(self) -> None:
        payments = Payments()
        for look in itertools.count():
            started = time.monotonic()
            try:
                if look % LOOKS_PER_VERDICT == 0:
                    self._verdicts.look()
                self._look(payments)
            except DatabaseError as error:
                log.warning("cannot read payments: %s", str(error).strip())
                connection.close()
            time.sleep(max(0.0, PERIOD_SECONDS - (time.monotonic() - started)))

    def _look(self, payments: Payments) -> None:
        counted = payments.total
        rows = payments.new()
        grown = payments.total - counted if counted else 0
        self.rate += 0.2 * (grown / PERIOD_SECONDS - self.rate)
        self.total = payments.total
        self._looked_at = time.time()
        if grown:
            self._paid_at = self._looked_at
        for row in rows:
            self._publish({"type": "payment", "payment": row})
        self._publish({"type": "state", "state": self.state()})


@cache
def live() -> Live:
    """The only instance of this process."""
    return Live()
