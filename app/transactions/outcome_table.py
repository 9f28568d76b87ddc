"""Writes outcomes, even when the connection to the database fails."""

from collections.abc import Sequence
from threading import Event

from transactions.committing import commit
from transactions.models import Outcome
from transactions.payment_table import BATCH


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
