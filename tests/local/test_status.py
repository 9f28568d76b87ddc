"""`make status`: a row for each process and each part, and an exit code for scripts."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from local.apply import connections, status
from local.apply.connections import RESTARTING
from local.cli import main

GOOD = {"part": "kafka", "title": "Kafka", "status": "ok", "age_seconds": 0.4, "words": "answers"}
LATE = {"part": "sink:redshift", "title": "Redshift", "status": "late", "age_seconds": 90, "words": "1,200 to go"}


class Page(HTTPServer):
    """An app that tells this health; None breaks it."""

    health: list[dict[str, Any]] | None = None


class Handler(BaseHTTPRequestHandler):
    server: Page  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        health = self.server.health
        self.send_response(500 if health is None or self.path != "/api/state" else 200)
        self.end_headers()
        self.wfile.write(json.dumps({"health": health}).encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def page() -> Iterator[Page]:
    server = Page(("127.0.0.1", 0), Handler)
    server.health = [GOOD]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def address(page: Page) -> str:
    return f"http://127.0.0.1:{page.server_port}/"


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


def run(monkeypatch: pytest.MonkeyPatch, page: Page, processes: dict[str, Any]) -> int:
    found = {"page": address(page), "processes": processes}
    monkeypatch.setattr(status, "read", lambda _stack: found)
    return main(["status"])


def test_everything_well(
    monkeypatch: pytest.MonkeyPatch, page: Page, sleeper: subprocess.Popen[bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, page, {"flink": sleeper.pid}) == 0
    head, flink, kafka = capsys.readouterr().out.splitlines()
    assert head.split() == ["part", "status", "age", "what"]
    assert flink.split()[:2] == ["flink", "ok"] and f"process {sleeper.pid}, " in flink
    assert kafka.split() == ["Kafka", "ok", "0", "s", "answers"]


@pytest.mark.parametrize("trouble", ["late", "restarting", "stopped", "gone", "app"])
def test_trouble_gives_an_exit_code(
    monkeypatch: pytest.MonkeyPatch,
    page: Page,
    sleeper: subprocess.Popen[bytes],
    capsys: pytest.CaptureFixture[str],
    trouble: str,
) -> None:
    processes: dict[str, Any] = {"flink": sleeper.pid}
    match trouble:
        case "late":
            page.health = [GOOD, LATE]
        case "restarting":
            processes = {"flink": RESTARTING}
        case "stopped":
            sleeper.send_signal(signal.SIGSTOP)
            os.waitpid(sleeper.pid, os.WUNTRACED)
        case "gone":
            sleeper.kill()
            sleeper.wait()
        case _:
            page.health = None
    assert run(monkeypatch, page, processes) == 1
    words = {
        "late": "Redshift late 2 min 1,200 to go",
        "restarting": "died, and is being started again",
        "stopped": "stopped by a signal",
        "gone": "died just now",
        "app": "does not tell its health",
    }
    assert words[trouble] in re.sub(" +", " ", capsys.readouterr().out)


def test_a_deployed_app_is_asked_by_its_address(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--url", address(page)]) == 0
    assert "Kafka" in capsys.readouterr().out


def test_what_is_no_address_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--url", "payments"]) == 1
    assert "'payments' is no address; give the app's" in capsys.readouterr().err


def test_nothing_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(connections, "ROOT", tmp_path)
    assert main(["status"]) == 1
    assert "start one with `make run STACK=dev`" in capsys.readouterr().err
