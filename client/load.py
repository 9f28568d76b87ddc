"""Makes payments at a steady rate over several connections, and measures how long each answer takes."""

from __future__ import annotations

import http.client
import itertools
import json
import random
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from client.connection import Connection, SendError, Target


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`rate` in payments a second, 0: as fast as the answers come. `batch` 1: one payment, not a list of one."""

    rate: float
    seconds: float
    batch: int
    connections: int
    accounts: int


@dataclass
class Figures:
    """`seconds` are those of each request that was answered with 201; `refused` counts the other answers."""

    payments: int = 0
    seconds: list[float] = field(default_factory=list[float])
    refused: Counter[str] = field(default_factory=Counter[str])

    def summary(self, taken: float) -> dict[str, Any]:
        ordered = sorted(self.seconds)
        return {
            "payments": self.payments,
            "payments_per_second": round(self.payments / taken, 1),
            "requests": len(ordered),
            "p50_ms": _percentile(ordered, 0.5),
            "p99_ms": _percentile(ordered, 0.99),
            "refused": dict(self.refused),
        }


class Load:
    def __init__(self, target: Target, plan: Plan) -> None:
        self.figures = Figures()
        self._target, self._plan = target, plan
        self._turns = itertools.count()
        self._lock = threading.Lock()
        self._started = 0.0

    def run(self) -> float:
        """Send until the time is over, and return the seconds that it took. Raises SendError if nothing is accepted."""
        self._started = time.perf_counter()
        threads = [threading.Thread(target=self._send, daemon=True) for _ in range(self._plan.connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if not self.figures.payments:
            raise SendError(f"no payment was accepted: {dict(self.figures.refused)}")
        return time.perf_counter() - self._started

    def _send(self) -> None:
        connection, source = Connection(self._target), random.Random()  # noqa: S311 - a simulation
        while self._wait_for_turn():
            body, key = _body(source, self._plan), str(uuid.UUID(int=source.getrandbits(128)))
            began = time.perf_counter()
            try:
                status, _, answer = connection.post("payments", body, key)
                told = f"{status} {answer.get('detail', '')}".strip()
            except (OSError, http.client.HTTPException) as error:
                status, told = 0, f"no answer: {error or type(error).__name__}"
            self._count(status, told, time.perf_counter() - began)
        connection.close()

    def _wait_for_turn(self) -> bool:
        """False when the time is over."""
        now, end, plan = time.perf_counter(), self._started + self._plan.seconds, self._plan
        due = self._started + next(self._turns) * plan.batch / plan.rate if plan.rate else now
        if due < end:
            time.sleep(max(0.0, due - now))
        return max(now, due) < end

    def _count(self, status: int, told: str, taken: float) -> None:
        with self._lock:
            if status == 201:
                self.figures.payments += self._plan.batch
                self.figures.seconds.append(taken)
            else:
                self.figures.refused[told] += 1
        if status != 201:
            time.sleep(0.1)  # a server in trouble needs no more requests


def _body(source: random.Random, plan: Plan) -> bytes:
    payments = [
        {
            "account_id": source.randint(1, plan.accounts),
            "amount": f"{source.randint(5, 49)}.{source.randint(10, 99)}",
            "ip_address": f"10.0.{source.randint(0, 255)}.{source.randint(1, 254)}",
        }
        for _ in range(plan.batch)
    ]
    return json.dumps(payments[0] if plan.batch == 1 else {"payments": payments}).encode()


def _percentile(ordered: list[float], share: float) -> float | None:
    return round(1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1) if ordered else None
