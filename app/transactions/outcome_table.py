"""Writes outcomes, even when the connection to the database fails."""

import datetime
from collections.abc import Sequence
from threading import Event

from transactions.committing import commit
from transactions.models import Outcome, Transaction
from transactions.payment_table import BATCH


def outcome_of(payment: Transaction, *, is_fraud: bool, known_at: datetime.datetime) -> Outcome:
    """What became known about a payment."""
    return Outcome(
        transaction_id=payment.pk,
        account_id=payment.account_id,
        terminal_id=payment.terminal_id,
        amount=payment.amount,
        is_fraud=is_fraud,
        known_at=known_at,
    )


def add(outcomes: Sequence[Outcome], stop: Event) -> None:
    """Commit the outcomes together. Retries while the database is away, until `stop` is set.

    When the answer to a commit is lost, Oracle may have them twice, which changes nothing: one that is sent again
    counts once. The other databases told their ids before the commit.
    """
    if outcomes and not stop.is_set():
        commit(lambda: _insert(outcomes), lambda: _committed(outcomes[0]), stop=stop)


def _committed(first: Outcome) -> bool:
    return first.pk is not None and Outcome.objects.filter(pk=first.pk, transaction_id=first.transaction_id).exists()


def _insert(outcomes: Sequence[Outcome]) -> None:
    Outcome.objects.bulk_create(outcomes, batch_size=BATCH)


def add_one(outcome: Outcome) -> int:
    """Commit one outcome and return its id. Raises DatabaseError: whoever waits for it tries again."""
    outcome.save(force_insert=True)
    return outcome.pk
