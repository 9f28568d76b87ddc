"""Says each alert as the app reads it back from Kafka."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Self

from local.apply.app import ask
from plan.terminal import RED, paint

PERIOD_SECONDS = 0.2
MOST_AT_ONCE = 5


class AlertFeed:
    """A context in which a thread asks the app at `url` for alerts and hands a line for each to `say`.

    The app may not be up yet: the first alert is said as soon as there is one.
    """

    def __init__(self, url: str, say: Callable[[str], None]) -> None:
        self._url = url
        self._say = say
        self._last = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="alert-feed", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _follow(self) -> None:
        while not self._stopping.wait(PERIOD_SECONDS):
            alerts = self._new()
            for alert in alerts[:MOST_AT_ONCE]:
                self._say(_line(alert))
            if alerts[MOST_AT_ONCE:]:
                self._say(f"{len(alerts) - MOST_AT_ONCE} alerts more")

    def _new(self) -> list[dict[str, Any]]:
        answer = ask(f"{self._url}/api/alerts?after={self._last}")
        alerts: list[dict[str, Any]] = answer["alerts"] if answer else []
        self._last = alerts[-1]["number"] if alerts else self._last
        return alerts


def _line(alert: dict[str, Any]) -> str:
    title = paint(f"ALERT {alert['rule_id']}", RED)
    return (
        f"{title}: account {alert['ACCOUNT_ID']}, payment {alert['transaction_id']}: {alert['reason']} "
        f"(score {alert['score']}, after {alert['delay_ms']} ms)"
    )
