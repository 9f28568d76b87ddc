"""Payments and alerts of the last minutes, counted in memory by the watcher."""

import threading
import time
from collections.abc import Callable
from typing import Any

BUCKET_SECONDS = 5
BUCKETS = 180  # 15 minutes


class History:
    """Counts in buckets of some seconds, by the time at which this process noticed them."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._since = self._now()
        self._payments: dict[int, int] = {}
        self._alerts: dict[int, int] = {}
        self._lock = threading.Lock()

    def add(self, *, payments: int = 0, alerts: int = 0) -> None:
        with self._lock:
            now = self._now()
            for counts, more in ((self._payments, payments), (self._alerts, alerts)):
                if more:
                    counts[now] = counts.get(now, 0) + more
                while counts and (oldest := min(counts)) <= now - BUCKETS:
                    del counts[oldest]

    def read(self) -> dict[str, Any]:
        """Oldest first; the last bucket is not over yet. There are none from before the process started."""
        with self._lock:
            now = self._now()
            numbers = range(max(self._since, now - BUCKETS + 1), now + 1)
            return {
                "seconds": BUCKET_SECONDS,
                "now": self._clock(),
                "from": numbers.start * BUCKET_SECONDS,
                "payments": [self._payments.get(number, 0) for number in numbers],
                "alerts": [self._alerts.get(number, 0) for number in numbers],
            }

    def _now(self) -> int:
        return int(self._clock()) // BUCKET_SECONDS
