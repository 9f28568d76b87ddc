"""The delays of the newest alerts."""

from bisect import bisect_left
from collections import deque

KEPT = 10_000
EDGES_MS = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000)


class Delays:
    """Quantiles and a histogram of the newest 10,000."""

    def __init__(self) -> None:
        self._kept: deque[float] = deque()
        self._counts = [0] * (len(EDGES_MS) + 1)

    def add(self, seconds: float) -> None:
        self._kept.append(seconds)
        self._counts[_bin(seconds)] += 1
        if len(self._kept) > KEPT:
            self._counts[_bin(self._kept.popleft())] -= 1

    def quantile_ms(self, share: float) -> int | None:
        """The delay that `share` of the alerts do not exceed; None without alerts."""
        ordered = sorted(self._kept)
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000) if ordered else None

    def histogram(self) -> dict[str, list[int]]:
        """`counts[i]` alerts took up to `edges_ms[i]` and more than the edge before; the last count is of the rest."""
        return {"edges_ms": list(EDGES_MS), "counts": list(self._counts)}


def _bin(seconds: float) -> int:
    return bisect_left(EDGES_MS, seconds * 1000)
