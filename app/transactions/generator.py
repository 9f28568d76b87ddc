"""Generates a steady stream of normal payments, with a fraud now and then."""

import itertools
import logging
import random
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import Error, connection

from transactions.errors import NoUsersError
from transactions.models import Transaction, User
from transactions.payment_table import PaymentTable
from transactions.payments import FRAUDS, Payment, normal
from transactions.turns import Turns, anybody

log = logging.getLogger(__name__)
MOST_AT_ONCE = 1_000
MAX_RATE = 100_000.0
SECONDS_BETWEEN = 100
"""An account that pays more often is near a burst: this bounds the page's slider."""
RETRY_SECONDS = 1.0
WITHOUT_USERS_SECONDS = 5.0
STOP_SECONDS = 5.0
REQUEST_SECONDS = 5.0
Found = TypeVar("Found")


class Generator:
    """Makes `rate` payments a second, and every `fraud_every` seconds the next kind of fraud (0: none).

    It waits for a database that is away, at the start and later.
    """

    def __init__(self, payments: PaymentTable, *, seed: int | None, rate: float, fraud_every: float = 0) -> None:
        """`seed`: makes the same payments again, but not after those that are in the database; None: a random one."""
        self.rate = rate
        self.committed = 0
        self.calm_rate: int | None = None  # at which no account is near a burst, once the accounts are known
        self._fraud_every = fraud_every
        self._payments = payments
        self._seed = seed
        self._source = random.Random(seed)  # noqa: S311 - not for secrets
        self._turns = Turns(self._source)
        self._kinds = itertools.cycle(FRAUDS)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run_for_ever, name="generator", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Returns when nothing more is written, or a few seconds later."""
        self._stop.set()
        if self._thread:
            self._thread.join(STOP_SECONDS)

    def _run_for_ever(self) -> None:
        while not self._stop.is_set():
            try:
                self.run()
            except NoUsersError as error:
                log.warning("%s", error)
                self._stop.wait(WITHOUT_USERS_SECONDS)

    def run(self, *, seconds: float | None = None, count: int | None = None) -> None:
        """Make payments for `seconds`, up to `count` of them, or until `stop`. Raises NoUsersError."""
        try:
            self._pay(seconds, count)
        finally:
            connection.close()

    def _pay(self, seconds: float | None, count: int | None) -> None:
        self.calm_rate = self._patiently(User.objects.count, 0) // SECONDS_BETWEEN
        if self._seed is not None:
            newest = self._patiently(
                lambda: Transaction.objects.order_by("-pk").values_list("pk", flat=True).first(), 0
            )
            self._source.seed(f"{self._seed} {newest}" if newest else self._seed)
        end = None if seconds is None else time.monotonic() + seconds
        due, last = 0.0, time.monotonic()
        next_fraud = last + 0.5 if self._fraud_every else float("inf")
        while not self._stop.is_set() and (end is None or time.monotonic() < end):
            now = time.monotonic()
            due = min(due + (now - last) * self.rate, 2.0 * MOST_AT_ONCE)
            last = now
            if now >= next_fraud:
                next_fraud = now + self._fraud_every
                self._commit_fraud(next(self._kinds))
            size = min(int(due), MOST_AT_ONCE if count is None else min(MOST_AT_ONCE, count - self.committed))
            if size:
                due -= size
                self._add([normal(self._source, payer) for payer in self._payers(size)])
            if count is not None and self.committed >= count:
                break
            if due < 1:
                self._stop.wait(min(0.05, max(0.001, (1 - due) / self.rate)) if self.rate else 0.05)

    def block(self, account: int) -> None:
        """Make no normal payments of the account for a while."""
        self._turns.block(account)

    def _payers(self, count: int) -> list[int]:
        """Fewer after `stop`."""
        payers = [self._patiently(self._turns.next, None) for _ in range(count)]
        return [payer for payer in payers if payer is not None]

    def _patiently(self, ask: Callable[[], Found], otherwise: Found) -> Found:
        """What `ask` finds, as soon as the database answers; `otherwise` after `stop`."""
        while not self._stop.is_set():
            try:
                return ask()
            except Error as error:
                log.warning("database away, the generator waits: %s", str(error).strip())
                connection.close()
                self._stop.wait(RETRY_SECONDS)
        return otherwise

    def _commit_fraud(self, kind: str) -> None:
        account = self._patiently(lambda: anybody(self._source), None)
        if account is not None:
            self.block(account)
            _log(kind, self._add(FRAUDS[kind](self._source, account)))

    def _add(self, payments: list[Payment]) -> list[Transaction]:
        rows = self._payments.add(payments, self._stop)
        self.committed += len(rows)
        return rows


def commit_fraud(
    payments: PaymentTable, kind: str, source: random.Random, account: int | None = None
) -> list[Transaction]:
    """Commit a fraud, by a random user unless `account` is given. Returns its payments.

    Raises KeyError for an unknown kind, User.DoesNotExist for an unknown account, NoUsersError without users,
    DatabaseAwayError when the database does not answer.
    """
    make = FRAUDS[kind]
    if account is None:
        account = anybody(source)
    else:
        User.objects.get(pk=account)
    rows = payments.add(make(source, account), seconds=REQUEST_SECONDS)
    _log(kind, rows)
    return rows


def _log(kind: str, rows: list[Transaction]) -> None:
    for row in rows:
        log.info("fraud committed", extra={"transaction": row.pk, "fraud": kind})
