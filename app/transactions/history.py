"""Payments and alerts of the last minutes, counted in memory by the watcher."""

import datetime
import threading
import time
from collections.abc import Callable
from typing import Any

BUCKET_SECONDS = 5
BUCKETS = 180  # 15 minutes


class History:
    """Counts in buckets of some seconds."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._since = self._now()
        self._payments: dict[int, int] = {}
        self._alerts: dict[int, int] = {}
        self._lock = threading.Lock()

    def add(self, *, payments: int) -> None:
        """Count payments that were noticed now."""
        with self._lock:
            self._count(self._payments, self._now(), payments)

    def alert(self, detected_at: str | None) -> None:
        """Count an alert, at the time of its detection if that is known: after a restart old ones are read again."""
        detected = None if detected_at is None else datetime.datetime.fromisoformat(detected_at).timestamp()
        with self._lock:
            now = self._now()
            self._count(self._alerts, now if detected is None else min(now, int(detected) // BUCKET_SECONDS), 1)

    def _count(self, counts: dict[int, int], bucket: int, more: int) -> None:
        oldest = self._now() - BUCKETS + 1
        if more and bucket >= oldest:
            counts[bucket] = counts.get(bucket, 0) + more
        for old in [number for number in counts if number < oldest]:
            del counts[old]

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
