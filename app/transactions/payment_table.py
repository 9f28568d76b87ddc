"""Writes payments exactly once, even when the connection to the database fails."""

import datetime
from collections.abc import Callable, Iterable
from threading import Event

from django.db import transaction
from django.utils import timezone

from transactions import ids
from transactions.committing import commit
from transactions.models import Transaction
from transactions.payments import Payment

BATCH = 1_000


class PaymentTable:
    """Any number of threads, processes and replicas may write at the same time."""

    def __init__(self, clock: Callable[[], datetime.datetime] | None = None) -> None:
        """`clock`: the time of payments without one; the system's by default."""
        self._clock = clock

    def add(
        self, payments: Iterable[Payment], stop: Event | None = None, seconds: float | None = None
    ) -> list[Transaction]:
        """Commit the payments together and return them with id and time of receipt.

        Retries while the database is away. Returns nothing when `stop` is set meanwhile. Raises DatabaseAwayError after
        so many `seconds`.
        """
        rows = received(payments, (self._clock or timezone.now)())
        if not rows:
            return []

        def write() -> None:
            if rows[0].pk is None:
                number(rows)
            _insert(rows)

        return rows if commit(write, lambda: _committed(rows[0]), stop=stop, seconds=seconds) else []


def received(payments: Iterable[Payment], now: datetime.datetime) -> list[Transaction]:
    """Rows without ids, with the time of receipt in milliseconds, as the column holds.

    Nothing depends on that time: clocks may be wrong, equal, or go back.
    """
    now -= datetime.timedelta(microseconds=now.microsecond % 1000)
    return [
        Transaction(
            amount=payment.amount,
            received_at=payment.time or now - payment.ago,
            ip_address=payment.address,
            account_id=payment.account,
            terminal_id=payment.terminal,
            device_id=payment.device,
            latitude=payment.latitude,
            longitude=payment.longitude,
            payee_account_id=payment.payee,
        )
        for payment in payments
    ]


def number(rows: list[Transaction]) -> None:
    """Give the rows ids before they are written, so that a lost answer leaves no doubt which rows were meant."""
    for row, number in zip(rows, ids.take(len(rows)), strict=True):
        row.pk = number


def _insert(rows: list[Transaction]) -> None:
    with transaction.atomic():
        Transaction.objects.bulk_create(rows, batch_size=BATCH)


def _committed(first: Transaction) -> bool:
    """Whether the payments are in the database. The first one tells, as all are committed together."""
    return (
        first.pk is not None
        and Transaction.objects.filter(
            pk=first.pk, account_id=first.account_id, amount=first.amount, ip_address=first.ip_address
        ).exists()
    )
