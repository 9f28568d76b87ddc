"""Writes payments exactly once, even when the connection to the database fails."""

import datetime
import logging
import time
from collections.abc import Callable, Iterable
from threading import Event

from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from transactions import ids
from transactions.errors import DatabaseAwayError
from transactions.models import Transaction
from transactions.payments import Payment

log = logging.getLogger(__name__)
RETRY_SECONDS = 0.2
BATCH = 1_000


class PaymentTable:
    """Any number of threads, processes and replicas may write at the same time."""

    def __init__(self, clock: Callable[[], datetime.datetime] | None = None) -> None:
        """`clock`: the time of payments without one; the system's by default."""
        self._clock = clock

    def add(
        self, payments: Iterable[Payment], stop: Event | None = None, *, seconds: float | None = None
    ) -> list[Transaction]:
        """Commit the payments together and return them with id and time of receipt.

        Retries while the database is away: until `stop` is set, then it returns nothing; for `seconds`, then it raises
        DatabaseAwayError, and the last try may have been committed.
        """
        end = None if seconds is None else time.monotonic() + seconds
        rows = _received(payments, (self._clock or timezone.now)())
        in_doubt = False  # whether the answer to a commit was lost
        while rows:
            try:
                if rows[0].pk is None:
                    _number(rows)
                if not (in_doubt and _committed(rows[0])):
                    _insert(rows)
                return rows
            except IntegrityError:
                # The server may have finished that commit after the check.
                if not (in_doubt and _committed(rows[0])):
                    raise
                return rows
            except (DatabaseError, InterfaceError) as error:
                if not is_away(error):
                    raise
                in_doubt = rows[0].pk is not None
                log.warning("database away, retrying: %s", str(error).strip())
                connection.close()
                if stop and stop.is_set():
                    break
                if end is not None and time.monotonic() >= end:
                    raise DatabaseAwayError(str(error).strip()) from error
                time.sleep(RETRY_SECONDS)
        return []


def _received(payments: Iterable[Payment], now: datetime.datetime) -> list[Transaction]:
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


def _number(rows: list[Transaction]) -> None:
    for row, number in zip(rows, ids.take(len(rows)), strict=True):
        row.pk = number


def _insert(rows: list[Transaction]) -> None:
    with transaction.atomic():
        Transaction.objects.bulk_create(rows, batch_size=BATCH)


def _committed(first: Transaction) -> bool:
    """Whether the payments are in the database. The first one tells, as all are committed together."""
    return Transaction.objects.filter(
        pk=first.pk, account_id=first.account_id, amount=first.amount, ip_address=first.ip_address
    ).exists()


def is_away(error: Exception) -> bool:
    """Whether a retry can help. Oracle's driver reports a lost connection as a plain DatabaseError."""
    if isinstance(error, (OperationalError, InterfaceError)):
        return True
    return connection.connection is None or not connection.is_usable()
