"""Whether this process can serve: answers that wait for nothing."""

import logging
import threading
import time

from django.db import Error, connection

from transactions import tables

log = logging.getLogger(__name__)
LOOK_SECONDS = 1.0
STALE_SECONDS = 4.0
"""A database that has said nothing for so long is taken for away."""
HEARTBEAT_SECONDS = 1.0
STILL_SECONDS = 30.0


class Heartbeat:
    """Of the event loop, without which no request is answered."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def beat(self) -> None:
        self._last = time.monotonic()

    def trouble(self) -> str:
        """Does not ask for the database: killing the process would not bring it back."""
        still = time.monotonic() - self._last
        return f"the event loop stands still since {still:.0f} s" if still > STILL_SECONDS else ""


class Readiness(threading.Thread):
    """Looks at the database again and again, so that whoever asks need not wait for it."""

    def __init__(self) -> None:
        super().__init__(name="readiness", daemon=True)
        self._looked = time.monotonic()
        self._found = "the database was not asked yet"
        self._stopping = False

    def run(self) -> None:
        while True:
            self.look()
            time.sleep(LOOK_SECONDS)

    def look(self) -> None:
        found = _trouble()
        if found != self._found:
            log.info("ready" if not found else "not ready: %s", *([found] if found else []))
        self._found, self._looked = found, time.monotonic()

    def stop(self) -> None:
        """Not ready from now on, as the process ends."""
        self._stopping = True

    def trouble(self) -> str:
        """Why the process is not ready; "" when it is."""
        if self._stopping:
            return "the process is ending"
        age = time.monotonic() - self._looked
        return f"the database has not answered for {age:.0f} s" if age > STALE_SECONDS else self._found


def _trouble() -> str:
    try:
        absent = tables.missing()
    except Error as error:
        connection.close()
        return str(error).strip() or type(error).__name__
    return f"missing tables: {', '.join(absent)}" if absent else ""
