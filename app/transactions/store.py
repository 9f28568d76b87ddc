"""Writes payments, each exactly once, also when the database goes away in between."""

import logging
import time
from collections.abc import Iterable
from threading import Event

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from transactions.models import Transaction
from transactions.payments import Clock, Payment

log = logging.getLogger(__name__)
RETRY_SECONDS = 0.2
BATCH = 1_000


class Store:
    """The only writer of payments in this process: one clock for all of them."""

    def __init__(self) -> None:
        self._clock = Clock()

    def add(self, payments: Iterable[Payment], stop: Event | None = None) -> list[Transaction]:
        """Commit the payments together and return them.

        While the database is away it tries again, until `stop` is set (then nothing is returned).
        """
        rows = [
            Transaction(amount=payment.amount, received_at=at, ip_address=payment.address, account_id=payment.account)
            for payment, at in self._clock.stamp(payments)
        ]
        tried = False
        while True:
            try:
                if not (tried and _committed(rows[0])):
                    _insert(rows)
                return rows
            except (DatabaseError, InterfaceError) as error:
                if not _is_away(error):
                    raise
                tried = True
                log.warning("database away, trying again: %s", str(error).strip())
                connection.close()
                if stop and stop.is_set():
                    return []
                time.sleep(RETRY_SECONDS)


def _insert(rows: list[Transaction]) -> None:
    with transaction.atomic():
        for row in rows:
            row.pk = None
        Transaction.objects.bulk_create(rows, batch_size=BATCH)


def _committed(first: Transaction) -> bool:
    """Whether a commit whose answer got lost took place: an account has one payment a millisecond at most."""
    return Transaction.objects.filter(account_id=first.account_id, received_at=first.received_at).exists()


def _is_away(error: Exception) -> bool:
    """Whether trying again can help. Oracle's driver reports a lost connection as a plain DatabaseError."""
    if isinstance(error, (OperationalError, InterfaceError)):
        return True
    return connection.connection is None or not connection.is_usable()


def ids(rows: list[Transaction]) -> list[int]:
    """The ids of committed payments of one account; Oracle does not return those of rows inserted together."""
    if all(row.pk is not None for row in rows):
        return [int(row.pk) for row in rows]
    found = Transaction.objects.filter(
        account_id=rows[0].account_id, received_at__in=[row.received_at for row in rows]
    ).order_by("received_at")
    return [int(number) for number in found.values_list("pk", flat=True)]
