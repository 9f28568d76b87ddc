"""Waits end with success, at the deadline, or when the process should stop."""

from __future__ import annotations

import threading
import time

import pytest

from local.waiting import Watch, patience, until


def test_until_ends_with_success_or_at_the_deadline() -> None:
    answers = iter([False, True])
    assert until(lambda: next(answers), seconds=60, every=0)
    assert not until(lambda: False, seconds=0.1, every=0.01)


def test_an_action_is_retried_while_its_errors_may_pass() -> None:
    told: list[str] = []
    patiently = patience(OSError, every=0, stopping=threading.Event(), tell=lambda error: told.append(str(error)))
    errors = [OSError("second"), OSError("first")]

    def act() -> str:
        if errors:
            raise errors.pop()
        return "done"

    assert (patiently(act), told) == ("done", ["first", "second"])
    with pytest.raises(ZeroDivisionError):
        patiently(lambda: 1 // 0)


def test_a_stopping_process_retries_no_more() -> None:
    stopping = threading.Event()
    patiently = patience(OSError, every=60, stopping=stopping, tell=lambda _error: None)

    def act() -> None:
        raise OSError("away")

    threading.Timer(0.2, stopping.set).start()
    began = time.monotonic()
    with pytest.raises(SystemExit):
        patiently(act)
    assert time.monotonic() - began < 30


def test_a_watch_looks_until_it_is_stopped() -> None:
    looked = threading.Event()
    watch = Watch(looked.set, every=0.01)
    watch.stop()  # before the start, stop() returns at once
    watch = Watch(looked.set, every=0.01)
    watch.start()
    assert looked.wait(10)
    watch.stop()
    assert not watch.is_alive()
