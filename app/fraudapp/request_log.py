"""Gives each request an id and one line of the log."""

import logging
import re
import secrets
import time

from fraudapp.asgi_types import App, Message, Receive, Scope, Send, header

log = logging.getLogger("fraudapp.requests")
ID = re.compile(r"[A-Za-z0-9-]{1,64}")
UNLOGGED = ("/events",)


class RequestLog:
    """The outermost layer. An exception becomes a 500 here, with its traceback in the log."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        given = header(scope, b"x-request-id")
        request = given if ID.fullmatch(given) else secrets.token_hex(8)
        started, status = time.perf_counter(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request.encode())]
            await send(message)

        try:
            await self._app(scope, receive, answer)
        finally:
            if scope["path"] not in UNLOGGED:
                about = {"request": request, "method": scope["method"], "path": scope["path"], "status": status}
                taken = round((time.perf_counter() - started) * 1000, 1)
                log.info("request", extra=about | {"milliseconds": taken})
