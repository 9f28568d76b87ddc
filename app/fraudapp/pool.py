"""Runs Django, which is synchronous, in a bounded pool of threads that keep their database connections."""

import asyncio
import io
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import unquote_to_bytes

from transactions import metrics

from fraudapp.asgi_types import Answer, Headers, Scope

Environ = dict[str, Any]
StartResponse = Callable[..., Callable[[bytes], object]]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]


class BusyError(Exception):
    """Raised when all threads work and as many requests as allowed wait for one."""


class Pool:
    """A thread is taken when the request's body is there, and given back before the client reads the response."""

    def __init__(self, app: Wsgi, *, name: str, threads: int, waiting: int) -> None:
        self._app = app
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._most = threads + waiting
        self._taken = 0  # only the event loop reads and writes it
        metrics.REQUESTS_IN_POOL.labels(name).set_function(lambda: self._taken)

    async def run(self, scope: Scope, body: bytes) -> Answer:
        """Raises BusyError at once."""
        if self._taken >= self._most:
            raise BusyError
        self._taken += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._executor, _answer, self._app, _environ(scope, body))
        finally:
            self._taken -= 1

    def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)


def _answer(app: Wsgi, environ: Environ) -> Answer:
    started: list[tuple[int, Headers]] = []
    written: list[bytes] = []

    def start(status: str, headers: Iterable[tuple[str, str]], _error: object = None) -> Callable[[bytes], object]:
        encoded = [(name.lower().encode("latin-1"), value.strip().encode("latin-1")) for name, value in headers]
        started.append((int(status[:3]), encoded))
        return written.append

    chunks = app(environ, start)
    try:
        written.extend(chunks)
    finally:
        getattr(chunks, "close", lambda: None)()
    return Answer(*started[-1], b"".join(written))


def _environ(scope: Scope, body: bytes) -> Environ:
    """PEP 3333: texts hold one byte in each character."""
    host, port = scope.get("client") or ("", 0)
    server = scope.get("server") or ("", 0)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": host,
        "REMOTE_PORT": str(port),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        # With an underscore it could pose as another header, such as X-Forwarded-Proto.
        if b"_" not in name:
            _add(environ, name.decode("latin-1").upper().replace("-", "_"), value.decode("latin-1"))
    environ["CONTENT_LENGTH"] = str(len(body))  # the body is here, even when it came in chunks
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return environ


def _add(environ: Environ, name: str, value: str) -> None:
    key = name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"
    joint = "; " if key == "HTTP_COOKIE" else ","
    environ[key] = f"{environ[key]}{joint}{value}" if key in environ else value
