"""A line on standard error that tells how far a command is."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Generator

BOLD, PLAIN = "\033[1m", "\033[0m"


class Progress:
    """Silent where nobody watches: the line is for a terminal."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._started = time.monotonic()
        self._seen = sys.stderr.isatty()
        self._bold, self._plain = ("", "") if os.environ.get("NO_COLOR") else (BOLD, PLAIN)

    def show(self, count: int) -> None:
        if self._seen:
            rate = count / max(0.001, time.monotonic() - self._started)
            text = f"\r{self._bold}{count:,}{self._plain} {self._what}, {rate:,.0f} a second "
            print(text, end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._seen:
            print(file=sys.stderr)

    @contextlib.contextmanager
    def every(self, seconds: float, count: Callable[[], int]) -> Generator[None]:
        over = threading.Event()

        def run() -> None:
            while not over.wait(seconds):
                self.show(count())

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            self.end()
