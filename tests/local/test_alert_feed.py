"""A run prints each alert once, even when the app is not up yet, breaks off an answer, or restarts."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from local.apply.alerts import MOST_AT_ONCE, AlertFeed, _line
from local.servers import loopback
from tests.local.sink_lab import until


def alert(number: int) -> dict[str, Any]:
    row = {"number": number, "rule_id": "large_amount", "ACCOUNT_ID": 7, "transaction_id": number}
    return row | {"reason": "one payment", "score": 60, "delay_ms": 30}


class App(BaseHTTPRequestHandler):
    """Answers like the app, but breaks off every other answer, as a killed app does."""

    alerts: list[dict[str, Any]] = []  # noqa: RUF012 - set by each test
    asked = 0

    def do_GET(self) -> None:
        type(self).asked += 1
        after = int(parse_qs(urlsplit(self.path).query)["after"][0])
        body = json.dumps({"alerts": [a for a in self.alerts if a["number"] > after]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.asked % 2 == 0:
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def app() -> Iterator[str]:
    """The address of an app that starts later."""
    (port,) = loopback.free(1)
    servers: list[ThreadingHTTPServer] = []

    def start() -> None:
        servers.append(ThreadingHTTPServer((loopback.HOST, port), App))
        servers[0].serve_forever()

    timer = threading.Timer(0.5, start)
    timer.start()
    yield loopback.url(port)
    timer.join(1)
    servers[0].shutdown()
    servers[0].server_close()


def test_each_alert_is_printed_once_although_answers_break_off(app: str) -> None:
    said: list[str] = []
    App.alerts = [alert(1), alert(2)]
    with AlertFeed(app, said.append):
        until(lambda: len(said) == 2, "two alerts are printed", 10)
        App.alerts = [alert(1), alert(2), alert(3)]
        until(lambda: len(said) == 3, "the third alert is printed", 10)
    assert [line.split(", payment ")[1][0] for line in said] == ["1", "2", "3"]
    assert said[0] == "ALERT large_amount: account 7, payment 1: one payment (score 60, after 30 ms)"


def test_a_played_history_says_no_delay() -> None:
    assert _line(alert(3)).endswith("one payment (score 60, after 30 ms)")
    assert _line(alert(3) | {"delay_ms": None}).endswith("one payment (score 60)")


def test_a_flood_is_cut_short(app: str) -> None:
    said: list[str] = []
    App.alerts = [alert(number) for number in range(1, 41)]
    with AlertFeed(app, said.append):
        until(lambda: len(said) > MOST_AT_ONCE, "the flood is printed", 10)
    assert len(said) == MOST_AT_ONCE + 1 and said[-1] == f"{40 - MOST_AT_ONCE} more alerts"


def test_without_an_app_nothing_is_printed_and_the_feed_ends() -> None:
    said: list[str] = []
    with socket.socket() as silent:
        silent.bind((loopback.HOST, 0))
        with AlertFeed(loopback.url(silent.getsockname()[1]), said.append):
            pass
    assert said == []
