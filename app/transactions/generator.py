"""Generates a steady stream of normal payments, with a fraud now and then."""

import contextlib
import itertools
import logging
import random
import threading
import time

from django.db import connection

from transactions.models import Transaction, User
from transactions.payment_table import PaymentTable
from transactions.payments import FRAUDS, Payment, normal

log = logging.getLogger(__name__)
MOST_AT_ONCE = 1_000
MAX_RATE = 100_000.0
PATIENCE_SECONDS = 5.0
"""How long somebody who committed a fraud waits for a database that is away."""
SECONDS_BETWEEN = 100
"""An account that pays more often is near a burst: this bounds the page's slider."""
BLOCKED_SECONDS = 3_600.0
"""An account pays nothing for so long after a fraud, as with a blocked card. Its owner's payments in the window of a
burst would be alerts too.
"""


class Generator:
    """Makes `rate` payments a second, and every `fraud_every` seconds the next kind of fraud (0: none)."""

    def __init__(self, payments: PaymentTable, *, seed: int, rate: float, fraud_every: float = 0) -> None:
        self.rate = rate
        self.committed = 0
        self.calm_rate: int | None = None  # at which no account is near a burst, once the accounts are known
        self._fraud_every = fraud_every
        self._payments = payments
        self._source = random.Random(seed)  # noqa: S311 - not for secrets
        self._kinds = itertools.cycle(FRAUDS)
        self._turns: list[int] = []
        self._blocked_until: dict[int, float] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        self._thread = threading.Thread(target=self.run, name="generator", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def run(self, *, seconds: float | None = None, count: int | None = None) -> None:
        """Make payments for `seconds`, up to `count` of them, or until `stop`."""
        accounts = list(User.objects.order_by("id").values_list("id", flat=True))
        if not accounts:
            raise RuntimeError("There are no users: run `manage.py seed` first.")
        self.calm_rate = len(accounts) // SECONDS_BETWEEN
        end = None if seconds is None else time.monotonic() + seconds
        due, last = 0.0, time.monotonic()
        next_fraud = last + 0.5 if self._fraud_every else float("inf")
        while not self._stop.is_set() and (end is None or time.monotonic() < end):
            now = time.monotonic()
            due = min(due + (now - last) * self.rate, 2.0 * MOST_AT_ONCE)
            last = now
            if now >= next_fraud:
                next_fraud = now + self._fraud_every
                self._commit_fraud(next(self._kinds), self._source.choice(accounts))
            size = min(int(due), MOST_AT_ONCE if count is None else min(MOST_AT_ONCE, count - self.committed))
            if size:
                due -= size
                self._add([normal(self._source, self._next_payer(accounts)) for _ in range(size)])
            if count is not None and self.committed >= count:
                break
            if due < 1:
                self._stop.wait(min(0.05, max(0.001, (1 - due) / self.rate)) if self.rate else 0.05)
        connection.close()

    def _next_payer(self, accounts: list[int]) -> int:
        """Each account in turn: random ones would pay in bursts by chance."""
        if not self._turns:
            now = time.monotonic()
            free = [account for account in accounts if self._blocked_until.get(account, now) <= now] or accounts
            self._turns = self._source.sample(free, len(free))
        return self._turns.pop()

    def block(self, account: int) -> None:
        """Make no normal payments of the account for a while."""
        self._blocked_until[account] = time.monotonic() + BLOCKED_SECONDS
        with contextlib.suppress(ValueError):
            self._turns.remove(account)

    def _commit_fraud(self, kind: str, account: int) -> None:
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

    Raises KeyError for an unknown kind, User.DoesNotExist for an unknown account or without users,
    DatabaseAwayError.
    """
    make = FRAUDS[kind]
    if account is None:
        users = User.objects.values_list("id", flat=True)
        if not users:
            raise User.DoesNotExist("There are no users: run `manage.py seed` first.")
        account = source.choice(list(users[:10_000]))
    else:
        User.objects.get(pk=account)
    rows = payments.add(make(source, account), seconds=PATIENCE_SECONDS)
    _log(kind, rows)
    return rows


def _log(kind: str, rows: list[Transaction]) -> None:
    for row in rows:
        log.info("fraud committed", extra={"transaction": row.pk, "fraud": kind})
