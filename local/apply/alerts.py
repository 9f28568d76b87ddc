"""Prints the alerts that the app reads from Kafka."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from local.apply.app_server import ask
from local.waiting import Watch
from plan.terminal import RED, paint

PERIOD_SECONDS = 0.2
MOST_AT_ONCE = 5


class AlertFeed:
    """A context in which a thread polls the app at `url` and calls `say` for each alert. The app need not be up yet."""

    def __init__(self, url: str, say: Callable[[str], None]) -> None:
        self._url = url
        self._say = say
        self._last = 0
        self._watch = Watch(self._look, every=PERIOD_SECONDS)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._watch.stop()

    def _look(self) -> None:
        answer = ask(f"{self._url}/api/alerts?after={self._last}")
        alerts: list[dict[str, Any]] = answer["alerts"] if answer else []
        for alert in alerts:
            self._last = alert["number"]
        for alert in alerts[:MOST_AT_ONCE]:
            self._say(_line(alert))
        if alerts[MOST_AT_ONCE:]:
            self._say(f"{len(alerts) - MOST_AT_ONCE} more alerts")


def _line(alert: dict[str, Any]) -> str:
    title = paint(f"ALERT {alert['rule_id']}", RED)
    delay = "" if alert["delay_ms"] is None else f", after {alert['delay_ms']} ms"
    return (
        f"{title}: account {alert['ACCOUNT_ID']}, payment {alert['transaction_id']}: {alert['reason']} "
        f"(score {alert['score']}{delay})"
    )
