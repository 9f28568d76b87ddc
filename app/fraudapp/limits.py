"""Bounds of a request, kept before it takes a thread: the size of its body, and the time until it is there."""

import asyncio
from dataclasses import dataclass

from fraudapp.asgi_types import Answer, Receive, Scope, header
from fraudapp.problems import problem


class RefusedError(Exception):
    """Raised with the answer; the rest of the body is not read, so the connection ends."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class GoneError(Exception):
    """Raised when the client leaves before its request is whole."""


@dataclass(frozen=True, kw_only=True)
class BodyLimits:
    largest: int
    largest_batch: int
    batches: tuple[str, ...]
    """Prefixes of the paths that take batches."""
    seconds: float

    def largest_at(self, path: str) -> int:
        return self.largest_batch if path.startswith(self.batches) else self.largest

    async def read(self, scope: Scope, receive: Receive) -> bytes:
        """The whole body. Raises RefusedError or GoneError."""
        most = self.largest_at(scope["path"])
        length = header(scope, b"content-length")
        if length.isdecimal() and int(length) > most:
            raise RefusedError(_too_large(most))
        try:
            async with asyncio.timeout(self.seconds):
                return await _whole(receive, most)
        except TimeoutError:
            detail = f"The body did not arrive within {self.seconds:g} seconds."
            raise RefusedError(refusal(408, detail, closing=True)) from None


async def _whole(receive: Receive, most: int) -> bytes:
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise GoneError
        part = message.get("body", b"")
        more = message.get("more_body", False)
        size += len(part)
        if size > most:
            raise RefusedError(_too_large(most))
        parts.append(part)
    return b"".join(parts)


def _too_large(most: int) -> Answer:
    return refusal(413, f"The body may have at most {most:,} bytes at this address.", closing=True)


def refusal(status: int, detail: str, *, closing: bool = False, retry_seconds: int = 0) -> Answer:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if closing:
        headers["Connection"] = "close"
    if retry_seconds:
        headers["Retry-After"] = str(retry_seconds)
    return Answer.of(problem(status, detail, headers=headers))
