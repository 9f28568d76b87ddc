"""The operations port: probes and metrics, in threads that share nothing with the requests of the app."""

import json
import threading
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

READ_SECONDS = 5.0
Trouble = Callable[[], str]


class Operations:
    """Listens from the start; a thread serves after `start`."""

    def __init__(self, host: str, port: int, *, live: Trouble, ready: Trouble) -> None:
        """`live` and `ready` say at once what is wrong, "" if nothing is. Raises OSError."""
        self._server = ThreadingHTTPServer((host, port), partial(_Handler, {"/livez": live, "/readyz": ready}))
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, name="operations", daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    timeout = READ_SECONDS

    def __init__(self, probes: dict[str, Trouble], *args: Any) -> None:
        self._probes = probes
        super().__init__(*args)

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/metrics":
            self._give(200, generate_latest(REGISTRY), CONTENT_TYPE_LATEST)
        elif path in self._probes:
            trouble = self._probes[path]()
            body = {"ok": False, "reason": trouble} if trouble else {"ok": True}
            self._give(503 if trouble else 200, json.dumps(body).encode(), "application/json")
        else:
            self._give(404, b"There are /livez, /readyz and /metrics.\n", "text/plain")

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: probes come every few seconds."""

    def _give(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
