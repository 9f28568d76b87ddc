"""Gives each request an id, one line of the log and its place in the metrics."""

import logging
import re
import secrets
import time

from transactions import metrics

from fraudapp.asgi_types import App, Message, Receive, Scope, Send, header
from fraudapp.limits import refusal

log = logging.getLogger("fraudapp.requests")
ID = re.compile(r"[A-Za-z0-9-]{1,64}")
UNLOGGED = ("/events",)
NAME = b"x-request-id"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class RequestLog:
    """The outermost layer. An exception becomes a 500 here, with its traceback in the log."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        given = header(scope, NAME)
        request = given if ID.fullmatch(given) else secrets.token_hex(8)
        scope["headers"] = [
            *((name, value) for name, value in scope["headers"] if name != NAME),
            (NAME, request.encode()),
        ]
        started, status = time.perf_counter(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (NAME, request.encode())]
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except Exception:
            log.exception("the request failed", extra={"request": request})
            if not status:
                await refusal(500, "The server made a mistake, which its log describes.").give(answer)
        finally:
            if scope["path"] not in UNLOGGED:
                _note(scope, request, status, time.perf_counter() - started)


def _note(scope: Scope, request: str, status: int, seconds: float) -> None:
    """Status 0: the client left before the answer."""
    method = scope["method"] if scope["method"] in METHODS else "other"
    metrics.REQUESTS.labels(method, status).observe(seconds)
    about = {"request": request, "method": scope["method"], "path": scope["path"], "status": status}
    log.info("request", extra=about | {"milliseconds": round(seconds * 1000, 1)})
