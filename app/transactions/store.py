"""Writes payments, each exactly once, also when the database goes away in between."""

import datetime
import logging
import time
from collections.abc import Iterable
from threading import Event

from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from transactions import ids
from transactions.models import Transaction
from transactions.payments import Payment

log = logging.getLogger(__name__)
RETRY_SECONDS = 0.2
BATCH = 1_000


class Store:
    """Writes payments; any number of threads, processes and replicas may do so side by side, for one account too."""

    def add(self, payments: Iterable[Payment], stop: Event | None = None) -> list[Transaction]:
        """Commit the payments together and return them, each with its id and the time of its receipt.

        While the database is away it tries again, until `stop` is set (then nothing is returned).
        """
        rows = _received(payments)
        in_doubt = False  # whether a commit was begun whose answer got lost
        while rows:
            try:
                if rows[0].pk is None:
                    _number(rows)
                if not (in_doubt and _committed(rows[0])):
                    _insert(rows)
                return rows
            except IntegrityError:
                # The server may still have been at work on that commit when it was looked for.
                if not (in_doubt and _committed(rows[0])):
                    raise
                return rows
            except (DatabaseError, InterfaceError) as error:
                if not _is_away(error):
                    raise
                in_doubt = rows[0].pk is not None
                log.warning("database away, trying again: %s", str(error).strip())
                connection.close()
                if stop and stop.is_set():
                    break
                time.sleep(RETRY_SECONDS)
        return []


def _received(payments: Iterable[Payment]) -> list[Transaction]:
    """Rows without ids, stamped with the time of receipt, in the milliseconds that the column holds.

    Nothing depends on that time: clocks may be wrong, equal, or go back.
    """
    now = timezone.now()
    now -= datetime.timedelta(microseconds=now.microsecond % 1000)
    return [
        Transaction(amount=payment.amount, received_at=now, ip_address=payment.address, account_id=payment.account)
        for payment in payments
    ]


def _number(rows: list[Transaction]) -> None:
    for row, number in zip(rows, ids.take(len(rows)), strict=True):
        row.pk = number


def _insert(rows: list[Transaction]) -> None:
    with transaction.atomic():
        Transaction.objects.bulk_create(rows, batch_size=BATCH)


def _committed(first: Transaction) -> bool:
    """Whether the payments are in the database: its id is given to one payment alone, and all go in together."""
    return Transaction.objects.filter(
        pk=first.pk, account_id=first.account_id, amount=first.amount, ip_address=first.ip_address
    ).exists()


def _is_away(error: Exception) -> bool:
    """Whether trying again can help. Oracle's driver reports a lost connection as a plain DatabaseError."""
    if isinstance(error, (OperationalError, InterfaceError)):
        return True
    return connection.connection is None or not connection.is_usable()
