"""The report of a sink: a file that the run reads, kept up to date while the store does not answer."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

from local.config import write_report
from local.waiting import Watch

PERIOD_SECONDS = 0.5
SILENT_SECONDS = 5.0
"""The report mentions a store that has not answered for this long."""


class Status:
    """Figures and trouble of one sink. A thread writes them, since a call to a paused store never returns."""

    def __init__(self, path: Path, topics: Iterable[str]) -> None:
        self.written = dict.fromkeys(topics, 0)
        self.dead = 0
        self.lag = -1
        self.trouble = ""
        self._path = path
        self._asked: float | None = None
        self._write()
        self._watch = Watch(self._write, every=PERIOD_SECONDS)
        self._watch.start()

    @contextmanager
    def waiting(self) -> Generator[None]:
        """Wrap each request to the store; its success ends the trouble."""
        self._asked = time.monotonic()
        try:
            yield
            self.trouble = ""
        finally:
            self._asked = None

    def close(self) -> None:
        """Write the last figures."""
        self._watch.stop()
        self._write()

    def _write(self) -> None:
        figures = {"written": dict(self.written), "dead": self.dead, "lag": self.lag, "trouble": self._trouble()}
        write_report(self._path, figures)

    def _trouble(self) -> str:
        since = self._asked
        if since is None or time.monotonic() - since < SILENT_SECONDS:
            return self.trouble
        return f"the store has not answered for {time.monotonic() - since:.0f} s; check whether it is paused or locked"
