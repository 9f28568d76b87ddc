"""The real server as a process, before a real PostgreSQL, and raw connections to it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from components.contracts import SCHEMA
from local.servers import loopback
from local.servers.postgres import SOURCE_DATABASE, USER, Postgres
from local.waiting import until
from tests.app.conftest import APP


class Served:
    """`manage.py serve` with its log in a file."""

    def __init__(self, log: Path, database: Postgres, *, ready: bool = True, **environment: str) -> None:
        """`ready`: wait until it is; else until it listens."""
        self.port, self.operations = loopback.free(2)
        self.log = log
        command = [sys.executable, "manage.py", "serve", "--port", str(self.port)]
        command += ["--operations-port", str(self.operations)]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=APP,
                env={**os.environ, "LOCAL_OPERATOR": "tester", **variables(database), **environment},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        is_up = self._is_ready if ready else lambda: loopback.accepts(self.port)
        up = until(lambda: self.process.poll() is not None or is_up(), seconds=30)
        if not up or self.process.poll() is not None:
            self.close()
            raise AssertionError(f"the app does not start: {log.read_text()}")

    def _is_ready(self) -> bool:
        try:
            return loopback.accepts(self.port) and self.probe("/readyz")[0] == 200
        except OSError:
            return False

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def request(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        names = {key.replace("_", "-"): value for key, value in headers.items()}
        connection.request(method, path, body or None, names)
        answer = connection.getresponse()
        found = answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read()
        connection.close()
        return found

    def probe(self, path: str, *, seconds: float = 2) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.operations, timeout=seconds)
        connection.request("GET", path)
        answer = connection.getresponse()
        found = answer.status, answer.read().decode()
        connection.close()
        return found

    def metric(self, name: str) -> float:
        """The sample with that name and its labels, as /metrics writes it."""
        found = re.search(rf"^{re.escape(name)} (\S+)$", self.probe("/metrics")[1], re.MULTILINE)
        assert found, f"/metrics has no {name}"
        return float(found[1])

    def cross_site_token(self) -> dict[str, str]:
        """Headers that Django wants of whoever changes something."""
        cookies = self.request("GET", "/")[1]["set-cookie"]
        token = re.search(r"csrftoken=(\w+)", cookies)
        assert token, cookies
        return {"Cookie": f"csrftoken={token[1]}", "X_CSRFToken": token[1], "Content_Type": "application/json"}

    def lines(self) -> list[dict[str, Any]]:
        """The log; each line has to be JSON."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def end(self, seconds: float = 15) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Listener:
    """Reads server-sent events as a browser does."""

    def __init__(self, served: Served, path: str = "/events", **headers: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
        self._connection.request("GET", path, headers={key.replace("_", "-"): value for key, value in headers.items()})
        self._answer = self._connection.getresponse()
        self.status = self._answer.status

    def events(self) -> Iterator[tuple[str, str, Any]]:
        """Id, name and data of each event, until the stream ends."""
        event: dict[str, str] = {}
        while line := self._answer.readline().decode():
            field, _, value = line.rstrip("\n").partition(": ")
            if field:
                event[field] = value
            elif "event" in event:
                yield event["id"], event["event"], json.loads(event["data"])
                event = {}
            else:
                event = {}  # a comment, or the time until a reconnection

    def close(self) -> None:
        self._answer.close()
        self._connection.close()


def variables(database: Postgres) -> dict[str, str]:
    place = f"{USER}:{database.password}@127.0.0.1:{database.port}/{SOURCE_DATABASE}"
    options = f"-c%20search_path%3D%22{SCHEMA}%22%20-c%20timezone%3DUTC"
    return {"DATABASE_URL": f"postgresql://{place}?options={options}", "ALLOWED_HOSTS": "127.0.0.1"}


def ended(connection: socket.socket, *, seconds: float) -> bool:
    """Whether the server ends the connection in that time; what it sends is thrown away."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        connection.settimeout(max(0.01, deadline - time.monotonic()))
        try:
            if not connection.recv(65536):
                return True
        except TimeoutError:
            return False
        except OSError:
            return True
    return False
