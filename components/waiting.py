"""How the programs that `pulumi up` and `pulumi destroy` run wait: in polls, each program until one deadline."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Self, TypeVar

import tenacity

T = TypeVar("T")


class NotYetError(Exception):
    """What is waited for has not come; the text says how it stands."""


class Deadline:
    """The time until which a program waits, whatever it waits for."""

    def __init__(self, seconds: float, poll: float = 0) -> None:
        self._end = time.monotonic() + seconds
        self._poll = poll

    @classmethod
    def of(cls, env: Mapping[str, str], name: str, *, seconds: float, poll: float) -> Self:
        """With `<name>_DEADLINE_SECONDS` and `<name>_POLL_SECONDS` from the environment, where they are set."""
        return cls(float(env.get(f"{name}_DEADLINE_SECONDS", seconds)), float(env.get(f"{name}_POLL_SECONDS", poll)))

    def passed(self) -> bool:
        return time.monotonic() >= self._end

    def until(self, attempt: Callable[[], T], say: str = "") -> T:
        """What `attempt` returns once it raises no NotYetError; the last of these is raised at the deadline.

        Each before that is printed, after `say`, if there is one.
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
