"""Restarts servers that died. A server keeps its data and continues where it stopped."""

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
    """Watches servers; sets `failure` when one dies too often."""

    def __init__(self, say: Callable[[str], None], changed: Callable[[], None] = lambda: None) -> None:
        """`changed` is called when a server is back as a new process."""
        super().__init__(self._restart_dead, every=PERIOD_SECONDS)
        self.failure: RunError | None = None
        self.restarts: dict[str, int] = {}
        self._say = say
        self._changed = changed
        self._watched: dict[Server, Callable[[], None]] = {}
        self._deaths: dict[Server, deque[float]] = {}
        self._optional: set[Server] = set()
        self._busy: set[Server] = set()
        self._revivals: list[threading.Thread] = []

    def watch(self, server: Server, restart: Callable[[], None] | None = None, *, optional: bool = False) -> None:
        """`restart` defaults to `server.start`. The run goes on without an `optional` server that dies too often, and
        restarts it once a minute.
        """
        if optional:
            self._optional.add(server)
        self._deaths[server] = deque(maxlen=MOST_RESTARTS)
        self._watched[server] = restart or server.start

    def _restart_dead(self) -> None:
        for server, restart in list(self._watched.items()):
            if server not in self._busy and not server.alive():
                self._busy.add(server)
                # A thread each: servers restart side by side.
                revival = threading.Thread(target=self._revive, args=(server, restart), daemon=True)
                self._revivals.append(revival)
                revival.start()

    def stop(self) -> None:
        """Restart nothing more. Waits for restarts under way, so that the caller can stop those servers."""
        super().stop()  # first, as it may begin another revival
        for revival in self._revivals:
            revival.join()

    def _revive(self, server: Server, restart: Callable[[], None]) -> None:
        now = time.monotonic()
        deaths = self._deaths[server]
        if len(deaths) == MOST_RESTARTS and now - deaths[0] < WITHIN_SECONDS:
            what = f"died {MOST_RESTARTS + 1} times within a minute"
            if server not in self._optional:
                self.failure = RunError(server.trouble(what))
                return
            self._say(server.trouble(f"{what}; the run goes on without it"))
            if self.stopping.wait(WITHIN_SECONDS):
                return
        deaths.append(now)
        code = server.process.poll() if server.process else None
        self._say(f"{server.name} died ({_reason(code)}); restarting it")
        try:
            restart()
        except Exception as error:  # the server may die again during its start, and each client raises its own errors
            if not self.stopping.is_set():
                self._say(f"{server.name} did not start: {error}")
            server.stop()  # a half-started server would look alive
        else:
            self.restarts[server.name] = self.restarts.get(server.name, 0) + 1
            self._changed()
            self._say(f"{server.name} is back after {time.monotonic() - now:.1f} s")
        finally:
            self._busy.discard(server)


def _reason(code: int | None) -> str:
    return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
