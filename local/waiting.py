"""Polling with a deadline, retries until a stop, and a thread that looks again and again.

The watchdog has a loop of its own, since it runs without packages.
"""

from __future__ import annotations

import operator
import sys
import threading
from collections.abc import Callable

import tenacity


def until(true: Callable[[], object], *, seconds: float, every: float = 0.05) -> bool:
    """Poll until `true()` holds; False when it does not within `seconds`."""
    return tenacity.Retrying(
        retry=tenacity.retry_if_result(operator.not_),
        stop=tenacity.stop_after_delay(seconds),
        wait=tenacity.wait_fixed(every),
        retry_error_callback=lambda _: False,
    )(lambda: bool(true()))


def patience(
    *passing: type[Exception], every: float, stopping: threading.Event, tell: Callable[[BaseException | None], None]
) -> tenacity.Retrying:
    """Retry an action while it raises one of `passing`, and `tell` each error. Exits the process when `stopping`."""
    return tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(passing),
        stop=tenacity.stop_when_event_set(stopping),
        wait=tenacity.wait_fixed(every),
        sleep=tenacity.sleep_using_event(stopping),
        after=lambda state: tell(state.outcome and state.outcome.exception()),
        retry_error_callback=lambda _: sys.exit(1),
    )


class Watch(threading.Thread):
    """Calls `look` every `every` seconds."""

    def __init__(self, look: Callable[[], object], *, every: float) -> None:
        super().__init__(name=look.__qualname__, daemon=True)
        self.stopping = threading.Event()
        self._look = look
        self._every = every

    def run(self) -> None:
        while not self.stopping.wait(self._every):
            self._look()

    def stop(self) -> None:
        """Return after the last call of `look`."""
        self.stopping.set()
        if self.is_alive():
            self.join()
