"""Commits the rows of concurrent requests together: one thread writes what came while it wrote the last group."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import cache

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from transactions.errors import DatabaseAwayError

from ingestion import group
from ingestion.jobs import FullError, InProgressError, Job, Result
from ingestion.requests_table import forget

log = logging.getLogger(__name__)
MOST_AT_ONCE = 2_000
MOST_WAITING = 20_000
UPKEEP_SECONDS = 30.0
Write = Callable[[Sequence[Job], float], None]


class Writer:
    """Nothing has a result before its commit."""

    def __init__(self, write: Write = group.write, *, seconds: float, most_waiting: int = MOST_WAITING) -> None:
        """`seconds`: for how long a group is tried again while the database is away."""
        self._write = write
        self._seconds = seconds
        self._most_waiting = most_waiting
        self._waiting = deque[Job]()
        self._keys = set[str]()  # of the jobs without a result
        self._rows = 0  # that wait
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._kept_up = time.monotonic()

    def start(self) -> None:
        """Start the thread. Does nothing when it runs."""
        with self._changed:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
                self._thread.start()

    def add(self, job: Job, seconds: float) -> Result:
        """Wait for the job's result.

        Raises InProgressError, FullError, KeyReusedError, UnknownError, DatabaseAwayError, or TimeoutError after
        `seconds`: then it is not known whether the rows will be written.
        """
        self._submit(job)
        self.start()
        try:
            return job.result.result(timeout=seconds)
        except TimeoutError:
            job.result.cancel()  # unless it is being written
            raise

    def _submit(self, job: Job) -> None:
        with self._changed:
            if job.key in self._keys:
                raise InProgressError
            if self._rows + job.size > self._most_waiting:
                raise FullError
            self._keys.add(job.key)
            self._rows += job.size
            self._waiting.append(job)
            self._changed.notify()

    def _run(self) -> None:
        while True:
            jobs = self._next()
            close_old_connections()
            try:
                if jobs:
                    self._write(jobs, self._seconds)
            except (DatabaseAwayError, DatabaseError) as error:
                log.warning("cannot write %s requests: %s", len(jobs), str(error).strip())
                _fail(jobs, error)
            except Exception as error:
                log.exception("a mistake while writing")
                connection.close()
                _fail(jobs, error)
            finally:
                with self._changed:
                    self._keys.difference_update(job.key for job in jobs)
            self._keep_up()

    def _next(self) -> list[Job]:
        """The jobs that wait, as many as a transaction should have; none when there is upkeep to do."""
        jobs: list[Job] = []
        size = 0
        with self._changed:
            self._changed.wait_for(lambda: self._waiting, timeout=UPKEEP_SECONDS)
            while self._waiting and (not jobs or size + self._waiting[0].size <= MOST_AT_ONCE):
                job = self._waiting.popleft()
                self._rows -= job.size
                if job.result.set_running_or_notify_cancel():
                    jobs.append(job)
                    size += job.size
                else:
                    self._keys.discard(job.key)
        return jobs

    def _keep_up(self) -> None:
        """Forget old requests, a few at a time, so that no payment waits long."""
        if time.monotonic() - self._kept_up < UPKEEP_SECONDS:
            return
        try:
            # There may be more: then go on after the next group.
            if not forget():
                self._kept_up = time.monotonic()
        except DatabaseError as error:
            self._kept_up = time.monotonic()
            log.warning("cannot forget old requests: %s", str(error).strip())
            connection.close()


def _fail(jobs: Sequence[Job], error: Exception) -> None:
    for job in jobs:
        if not job.result.done():
            job.result.set_exception(error)


@cache
def writer() -> Writer:
    """The only instance of this process."""
    return Writer(seconds=settings.INGESTION_SECONDS / 2)
