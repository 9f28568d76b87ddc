"""Writes outcomes, even when the connection to the database fails."""

import logging
import time
from collections.abc import Sequence
from threading import Event

from django.db import DatabaseError, InterfaceError, connection

from transactions.models import Outcome
from transactions.payment_table import BATCH, RETRY_SECONDS, is_away

log = logging.getLogger(__name__)


def add(outcomes: Sequence[Outcome], stop: Event) -> None:
    """Commit the outcomes together. Retries while the database is away, until `stop` is set.

    When the answer to a commit is lost they are written twice, which changes nothing: an outcome that is sent again
    counts once.
    """
    while outcomes and not stop.is_set():
        try:
            Outcome.objects.bulk_create(outcomes, batch_size=BATCH)
            return
        except (DatabaseError, InterfaceError) as error:
            if not is_away(error):
                raise
            log.warning("database away, retrying: %s", str(error).strip())
            connection.close()
            time.sleep(RETRY_SECONDS)


def add_one(outcome: Outcome) -> int:
    """Commit one outcome and return its id. Raises DatabaseError: whoever waits for it tries again."""
    outcome.save(force_insert=True)
    return outcome.pk
