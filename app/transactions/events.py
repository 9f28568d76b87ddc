"""The events for all browsers: encoded once, numbered, and kept for those that come back."""

import json
import re
import secrets
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

KEPT = 2_000
KEPT_BYTES = 8_000_000
"""Whichever is reached first bounds the ring: some minutes of a busy page."""
AT_ONCE = 100
PAYMENTS_SHOWN = 20
ALERTS_SHOWN = 50
ALONE_PER_TICK = 10
"""So many alerts between two ticks go out each by itself, at once; a flood goes out in one event a tick."""
ID = re.compile(r"([0-9a-f]{8})-(\d{1,18})")


class Ring:
    """The newest events, in the form in which they are sent. Any thread may add and read."""

    def __init__(self) -> None:
        self.epoch = secrets.token_hex(4)
        self.last = 0
        self._kept: deque[bytes] = deque()
        self._bytes = 0
        self._lock = threading.Lock()

    def add(self, name: str, data: object) -> None:
        text = json.dumps(data, cls=DjangoJSONEncoder)
        with self._lock:
            self.last += 1
            event = self.encoded(name, text, self.last)
            self._kept.append(event)
            self._bytes += len(event)
            while len(self._kept) > KEPT or self._bytes > KEPT_BYTES:
                self._bytes -= len(self._kept.popleft())

    def after(self, number: int) -> tuple[int, bytes] | None:
        """The next events after that number, and the number of the last of them; None when some are forgotten."""
        with self._lock:
            missing = self.last - number
            if not 0 <= missing <= len(self._kept):
                return None
            taken = min(missing, AT_ONCE)
            return number + taken, b"".join(self._kept[place] for place in range(-missing, taken - missing))

    def encoded(self, name: str, text: str, number: int) -> bytes:
        return f"id: {self.epoch}-{number}\nevent: {name}\ndata: {text}\n\n".encode()

    def resumed(self, seen: str) -> int | None:
        """The number of the event with the id `seen`; None when the events after it are not kept."""
        found = ID.fullmatch(seen)
        if not found or found[1] != self.epoch:
            return None
        return None if self.after(int(found[2])) is None else int(found[2])


class Feed:
    """What the page shows: events for browsers that are there, a snapshot for those that come."""

    def __init__(self, state: Callable[[], dict[str, Any]]) -> None:
        self.ring = Ring()
        self.ended = False
        self.on_change: Callable[[], None] = lambda: None
        """Called by any thread after each change."""
        self._state = state
        self._latest_state: dict[str, Any] = {}
        self._payments: deque[dict[str, Any]] = deque(maxlen=PAYMENTS_SHOWN)
        self._alerts: deque[dict[str, Any]] = deque(maxlen=ALERTS_SHOWN)
        self._flood: deque[dict[str, Any]] = deque(maxlen=ALERTS_SHOWN)
        self._unsent = 0
        self._alone = 0
        self._snapshot: dict[tuple[int, bool], bytes] = {}
        self._lock = threading.RLock()

    def payments(self, rows: list[dict[str, Any]], skipped: int) -> None:
        with self._lock:
            self._payments.extend(rows)
            self._add("payments", {"rows": rows, "skipped": skipped})

    def alert(self, alert: dict[str, Any]) -> None:
        with self._lock:
            self._alone += 1
            self._unsent += 1
            self._flood.append(alert)
            if self._alone <= ALONE_PER_TICK:
                self._send_alerts()

    def tick(self, *, with_state: bool) -> None:
        """Called at a steady rate."""
        with self._lock:
            self._alone = 0
            if self._unsent:
                self._send_alerts()
            if with_state:
                self._latest_state = self._state()
                self._add("state", self._latest_state)

    def end(self) -> None:
        """The server stops; the browsers then reconnect, maybe to another replica."""
        with self._lock:
            self._add("end", {})
            self.ended = True
        self.on_change()

    def snapshot(self, *, gap: bool) -> tuple[int, bytes]:
        """Everything that a page shows, and the number of the last event in it."""
        with self._lock:
            number = self.ring.last
            if (number, gap) not in self._snapshot:
                lists = {"payments": list(self._payments), "alerts": list(self._alerts)}
                shown = {"state": self._latest_state or self._state(), **lists, "gap": gap}
                text = json.dumps(shown, cls=DjangoJSONEncoder)
                self._snapshot = {(number, gap): self.ring.encoded("snapshot", text, number)}
            return number, self._snapshot[number, gap]

    def _send_alerts(self) -> None:
        rows = list(self._flood)
        self._alerts.extend(rows)
        self._add("alerts", {"rows": rows, "skipped": self._unsent - len(rows)})
        self._flood.clear()
        self._unsent = 0

    def _add(self, name: str, data: object) -> None:
        self.ring.add(name, data)
        self.on_change()
