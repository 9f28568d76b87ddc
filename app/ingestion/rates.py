"""How many payments a client may send: counted in a window that slides, in this process alone."""

import math
import time
from typing import NamedTuple

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from ingestion.clients import Client

WINDOW_SECONDS = 10


class Standing(NamedTuple):
    """`allowed`: whether these rows may be written now. `headers` tell the client where it stands."""

    allowed: bool
    headers: dict[str, str]


class Rates:
    def __init__(self) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def take(self, client: Client, rows: int) -> Standing:
        """Count `rows` against the client's rate, unless that would exceed it."""
        most = client.payments_per_second * WINDOW_SECONDS
        item = RateLimitItemPerSecond(most, WINDOW_SECONDS)
        allowed = self._limiter.hit(item, client.name, cost=rows)
        reset, left = self._limiter.get_window_stats(item, client.name)
        seconds = max(1, math.ceil(reset - time.time()))
        headers = {
            "RateLimit-Policy": f'"payments";q={most};w={WINDOW_SECONDS}',
            "RateLimit": f'"payments";r={max(0, left)};t={seconds}',
        }
        return Standing(allowed, headers if allowed else headers | {"Retry-After": str(seconds)})
