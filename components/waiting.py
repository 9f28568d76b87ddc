"""Polling for the local commands: each command polls until one deadline."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Self, TypeVar

import tenacity

T = TypeVar("T")


class NotYetError(Exception):
    """The condition does not hold yet; the message describes the current state."""


class Deadline:
    """The time until which a local command may wait."""

    def __init__(self, seconds: float, poll: float = 0) -> None:
        self._end = time.monotonic() + seconds
        self._poll = poll

    @classmethod
    def of(cls, env: Mapping[str, str], name: str, *, seconds: float, poll: float) -> Self:
        """`<name>_DEADLINE_SECONDS` and `<name>_POLL_SECONDS` in the environment override the defaults."""
        return cls(float(env.get(f"{name}_DEADLINE_SECONDS", seconds)), float(env.get(f"{name}_POLL_SECONDS", poll)))

    def passed(self) -> bool:
        return time.monotonic() >= self._end

    def until(self, attempt: Callable[[], T], say: str = "") -> T:
        """Retry `attempt` while it raises NotYetError, and raise the last one at the deadline.

        With `say`, print it and the error after each attempt.
        """

        def tell(state: tenacity.RetryCallState) -> None:
            if say and state.outcome:
                print(f"{say}: {state.outcome.exception()}", flush=True)

        return tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(NotYetError),
            stop=lambda _: self.passed(),
            wait=tenacity.wait_fixed(self._poll),
            before_sleep=tell,
            reraise=True,
        )(attempt)
