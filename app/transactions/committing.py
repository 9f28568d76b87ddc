"""Commits exactly once, even when the connection to the database fails."""

import logging
import time
from collections.abc import Callable
from threading import Event

from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection

from transactions.errors import DatabaseAwayError

log = logging.getLogger(__name__)
RETRY_SECONDS = 0.2


def commit(
    write: Callable[[], None],
    committed: Callable[[], bool],
    *,
    stop: Event | None = None,
    seconds: float | None = None,
) -> bool:
    """Run `write`, which commits at its end, again and again while the database is away.

    When the answer to a commit was lost, `committed` tells whether it took place. False when `stop` was set meanwhile.
    Raises DatabaseAwayError after so many `seconds`; without them it goes on trying.
    """
    end = None if seconds is None else time.monotonic() + seconds
    in_doubt = False  # whether the answer to a commit may have been lost
    while True:
        try:
            if not (in_doubt and committed()):
                write()
            return True
        except IntegrityError:
            # The server may have finished that commit after the check.
            if not (in_doubt and committed()):
                raise
            return True
        except (DatabaseError, InterfaceError) as error:
            if not is_away(error):
                raise
            in_doubt = True
            log.warning("database away, retrying: %s", str(error).strip())
            connection.close()
            if stop and stop.is_set():
                return False
            if end is not None and time.monotonic() >= end:
                raise DatabaseAwayError(str(error).strip()) from error
            time.sleep(RETRY_SECONDS)


def is_away(error: Exception) -> bool:
    """Whether a retry can help. Oracle's driver reports a lost connection as a plain DatabaseError."""
    if isinstance(error, (OperationalError, InterfaceError)):
        return True
    return connection.connection is None or not connection.is_usable()
