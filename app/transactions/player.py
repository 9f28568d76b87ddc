"""Plays a scenario: payments and their outcomes, at the speed of a simulated clock."""

import datetime
import heapq
import itertools
import json
import logging
import threading
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from django.db import connection
from django.utils import timezone

from transactions import outcome_table
from transactions.models import Outcome, Transaction
from transactions.payment_table import PaymentTable
from transactions.payments import Payment
from transactions.scenario import Scenario, Told

log = logging.getLogger(__name__)
MOST_AT_ONCE = 250
JUDGED = "judged.json"
"""The file of the scenario's folder in which the runner counts the payments that the pipeline has judged."""
AHEAD = 500
"""So many payments may wait to be judged. In a longer queue, outcomes would overtake payments that came before them."""
TICK_SECONDS = 0.05
JUDGED_SECONDS = 0.01
COMMITS_KEPT = 10_000
Wanted = TypeVar("Wanted")


class Event(NamedTuple):
    time: datetime.datetime
    what: Payment | Told


class Commit(NamedTuple):
    """`until`: the simulated time that was reached; `at`: when, by the system's clock."""

    until: datetime.datetime
    at: datetime.datetime


class Player:
    """First the history, as fast as the pipeline judges it, then `speed` simulated seconds each second.

    After a restart it goes on where it stopped: it compares the tables with the scenario.
    """

    def __init__(self, folder: Path, speed: float) -> None:
        self._folder = folder
        self._speed = speed
        self._payments = PaymentTable()
        self._ids = array("q")  # of the payments, by their rows in the scenario
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._live_from: datetime.datetime | None = None
        self._unjudged: int | None = None
        self._began: Commit | None = None  # the clock's start, when the history is over
        self._commits: deque[Commit] = deque(maxlen=COMMITS_KEPT)
        self._judged = -AHEAD  # at first: nothing is written before the pipeline is up
        self._end = ""

    @property
    def alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        self._thread = threading.Thread(target=self.run, name="player", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def run(self) -> None:
        """Play until the end or until `stop`."""
        try:
            scenario = Scenario(self._folder)
            self._live_from, self._unjudged = scenario.live_from, scenario.unjudged
            for batch in self._due(self._left(scenario)):
                self._wait_for_pipeline()
                self._commit(batch)
            self._end = "over"
        finally:
            self._end = self._end or "failed"  # the traceback is in the log
            connection.close()

    def now(self) -> datetime.datetime:
        """The simulated time: that of frauds that the page's buttons commit."""
        return self._commits[-1].until if self._commits else self._live_from or timezone.now()

    def first_judged(self) -> int | None:
        """The id of the first payment whose alerts count; None before it is written."""
        unjudged = self._unjudged
        return None if unjudged is None or len(self._ids) <= unjudged else self._ids[unjudged]

    def committed_at(self, made: datetime.datetime) -> datetime.datetime | None:
        """When the payment of that simulated time was written; None for the history and for what is forgotten."""
        if self._began is None or made < self._began.until:
            return None
        found = None
        for commit in reversed(self._commits.copy()):  # the player appends meanwhile
            if commit.until < made:
                break
            found = commit.at
        return found

    def state(self) -> dict[str, Any]:
        """`behind_seconds`: of the system's clock, by which the database or the pipeline is too slow for the speed."""
        behind = (self._simulated() - self.now()).total_seconds() / self._speed if self._began else 0.0
        phase = "live" if self._began else "history"
        return {
            "time": self.now().isoformat(timespec="seconds"),
            "speed": self._speed,
            "phase": self._end or phase,
            "behind_seconds": 0 if self._end else round(behind),
        }

    def _left(self, scenario: Scenario) -> Iterator[Event]:
        """What is not in the database, payments before outcomes of the same time."""
        written = Transaction.objects.order_by("pk").values_list("pk", "account_id", "amount", "received_at")
        ids, payments = _after(written.iterator(), scenario.payments(), _payment_key)
        self._ids.extend(ids)
        known = Outcome.objects.order_by("pk").values_list("pk", "transaction_id", "known_at")
        _, outcomes = _after(known.iterator(), scenario.outcomes(), self._outcome_key)
        if ids:
            log.info("the scenario goes on after %s payments", len(ids))
        return heapq.merge(
            (Event(one.time, one) for one in payments if one.time),
            (Event(one.outcome.known_at, one) for one in outcomes),
            key=lambda event: event.time,
        )

    def _outcome_key(self, told: Told) -> tuple[object, ...]:
        return (self._ids[told.payment] if told.payment < len(self._ids) else None, told.outcome.known_at)

    def _due(self, events: Iterable[Event]) -> Iterator[list[Event]]:
        """Batches, each when the time of its events has come."""
        batch: list[Event] = []
        for event in events:
            while batch and (len(batch) == MOST_AT_ONCE or self._seconds_until(event.time) > 0):
                yield batch
                batch = []
            while (seconds := self._seconds_until(event.time)) > 0:
                self._stop.wait(min(TICK_SECONDS, seconds))
                if self._stop.is_set():
                    return
            batch.append(event)
            if self._stop.is_set():
                return
        yield batch

    def _seconds_until(self, time_of_event: datetime.datetime) -> float:
        if self._live_from is None or time_of_event < self._live_from:
            return 0
        if self._began is None:
            self._began = Commit(time_of_event, timezone.now())
        return (time_of_event - self._simulated()).total_seconds() / self._speed

    def _simulated(self) -> datetime.datetime:
        began = self._began
        return began.until + (timezone.now() - began.at) * self._speed if began else self.now()

    def _wait_for_pipeline(self) -> None:
        while len(self._ids) - self._judged >= AHEAD and not self._stop.is_set():
            try:
                self._judged = json.loads((self._folder / JUDGED).read_bytes())["payments"]
            except FileNotFoundError:
                log.debug("the pipeline is not up yet")
            if len(self._ids) - self._judged >= AHEAD:
                self._stop.wait(JUDGED_SECONDS)

    def _commit(self, batch: list[Event]) -> None:
        payments = [event.what for event in batch if isinstance(event.what, Payment)]
        rows = self._payments.add(payments, self._stop)
        self._ids.extend(row.pk for row in rows)
        if len(rows) < len(payments):  # stopped
            return
        told = [event.what for event in batch if isinstance(event.what, Told)]
        for one in told:
            one.outcome.transaction_id = self._ids[one.payment]
        outcome_table.add([one.outcome for one in told], self._stop)
        if batch:
            self._commits.append(Commit(batch[-1].time, timezone.now()))


def _payment_key(payment: Payment) -> tuple[object, ...]:
    return payment.account, payment.amount, payment.time


def _after(
    written: Iterable[tuple[Any, ...]], wanted: Iterator[Wanted], key: Callable[[Wanted], tuple[object, ...]]
) -> tuple[list[int], Iterator[Wanted]]:
    """The ids of the rows that were written, and what of `wanted` was not. Other rows may be in between."""
    ids: list[int] = []
    following = next(wanted, None)
    for identity, *values in written:
        if following is not None and tuple(values) == key(following):
            ids.append(identity)
            following = next(wanted, None)
    return ids, wanted if following is None else itertools.chain([following], wanted)
