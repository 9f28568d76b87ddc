"""Starts again what died. Every part keeps its data and goes on where it was."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from local.errors import RunError
from local.servers.server import Server
from local.waiting import Watch

PERIOD_SECONDS = 0.2
MOST_RESTARTS = 5
WITHIN_SECONDS = 60.0


class Supervisor(Watch):
    """Watches servers; `failure` is set when one dies too often to be worth starting again."""

    def __init__(self, say: Callable[[str], None], changed: Callable[[], None] = lambda: None) -> None:
        """`changed` is called when a server is back, as a new process."""
        super().__init__(self._start_again, every=PERIOD_SECONDS)
        self.failure: RunError | None = None
        self.restarts: dict[str, int] = {}
        self._say = say
        self._changed = changed
        self._watched: dict[Server, Callable[[], None]] = {}
        self._deaths: dict[Server, deque[float]] = {}
        self._dispensable: set[Server] = set()
        self._busy: set[Server] = set()
        self._revivals: list[threading.Thread] = []

    def watch(self, server: Server, restart: Callable[[], None] | None = None, *, dispensable: bool = False) -> None:
        """`restart` brings the server back; default: start it as it was started first.

        A `dispensable` one that dies too often is started again once a minute, and the run goes on.
        """
        if dispensable:
            self._dispensable.add(server)
        self._deaths[server] = deque(maxlen=MOST_RESTARTS)
        self._watched[server] = restart or server.start

    def _start_again(self) -> None:
        for server, restart in list(self._watched.items()):
            if server not in self._busy and not server.alive():
                self._busy.add(server)
                # One thread each: Flink comes back while Kafka does.
                revival = threading.Thread(target=self._revive, args=(server, restart), daemon=True)
                self._revivals.append(revival)
                revival.start()

    def stop(self) -> None:
        """Let nothing be started any more; returns when what is just being started is up, so that it can be stopped."""
        super().stop()  # first: it may be about to begin another revival
        for revival in self._revivals:
            revival.join()

    def _revive(self, server: Server, restart: Callable[[], None]) -> None:
        now = time.monotonic()
        deaths = self._deaths[server]
        if len(deaths) == MOST_RESTARTS and now - deaths[0] < WITHIN_SECONDS and server in self._dispensable:
            self._say(server.trouble(f"died {MOST_RESTARTS + 1} times within a minute; the run goes on without it"))
            if self.stopping.wait(WITHIN_SECONDS):
                return
        elif len(deaths) == MOST_RESTARTS and now - deaths[0] < WITHIN_SECONDS:
            self.failure = RunError(server.trouble(f"died {MOST_RESTARTS + 1} times within a minute"))
            return
        deaths.append(now)
        code = server.process.poll() if server.process else None
        self._say(f"{server.name} died ({_reason(code)}); starting it again")
        try:
            restart()
        except Exception as error:  # it may die again at any point of its start, which each client tells in its own way
            if not self.stopping.is_set():
                self._say(f"{server.name} did not start: {error}")
            server.stop()  # what is up, but only by half, would pass for alive
        else:
            self.restarts[server.name] = self.restarts.get(server.name, 0) + 1
            self._changed()
            self._say(f"{server.name} is back after {time.monotonic() - now:.1f} s")
        finally:
            self._busy.discard(server)


def _reason(code: int | None) -> str:
    return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
