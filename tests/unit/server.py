"""A small HTTP server that imitates a service, and a way to run a local command against it."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Request:
    """`headers` have lower-case names."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def user(self) -> str:
        """`name:password` of basic authentication."""
        return base64.b64decode(self.headers.get("authorization", "").removeprefix("Basic ")).decode()


@dataclass(frozen=True)
class Answer:
    """Status 0 closes the connection without an answer, `cut` in the middle of the body, like a lost node."""

    status: int
    body: Any = None
    cut: bool = False
    headers: Mapping[str, str] | None = None

    def bytes(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body).encode()


class Prepared:
    """Answers by key, in order; the last one repeats. `url` is the server's."""

    def __init__(self) -> None:
        self.answers: dict[str, list[tuple[int, Any]]] = {}
        self.url = ""

    def next(self, key: str, otherwise: tuple[int, Any] = (404, {})) -> tuple[int, Any]:
        answers = self.answers.get(key, [otherwise])
        return answers.pop(0) if len(answers) > 1 else answers[0]


@contextmanager
def serving(answer: Callable[[Request], Answer]) -> Iterator[str]:
    """The URL of a server with these answers."""

    class Handler(BaseHTTPRequestHandler):
        def respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            given = answer(Request(self.command, self.path, headers, body))
            if not given.status:
                return
            self.send_response(given.status)
            self.send_header("Content-Length", "10000" if given.cut else str(len(given.bytes())))
            for name, value in (given.headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(given.bytes())

        do_GET = do_POST = do_PUT = do_DELETE = respond

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def run_module(module: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m module` in the project's folder with only this environment."""
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
