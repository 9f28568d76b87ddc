"""One connection to the API, which is opened again when it breaks."""

from __future__ import annotations

import contextlib
import http.client
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

SECONDS = 30.0
ATTEMPTS = 8
AGAIN = (409, 429, 503)
"""Answers after which the same request may succeed later. It is written once, thanks to its Idempotency-Key."""


class SendError(Exception):
    """Raised with a sentence for the user; `answer` is the problem that the server told, if it did."""

    def __init__(self, words: str, answer: dict[str, Any] | None = None) -> None:
        super().__init__(words)
        self.answer = answer or {}


@dataclass(frozen=True)
class Target:
    """Where to send, and as whom."""

    url: str
    key: str

    def parts(self) -> SplitResult:
        """Raises SendError for what is no address."""
        try:
            parts = urlsplit(self.url)
            if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
                return parts
        except ValueError:
            pass  # told below
        raise SendError(f"--url {self.url}: give the page's address, such as http://127.0.0.1:8000/")


class Connection:
    def __init__(self, target: Target) -> None:
        self._parts = target.parts()
        self._headers = {"Authorization": f"Bearer {target.key}", "Content-Type": "application/json"}
        self._open: http.client.HTTPConnection | None = None

    def close(self) -> None:
        if self._open:
            self._open.close()
        self._open = None

    def send(self, what: str, body: bytes, key: str) -> list[int]:
        """The ids of the rows, however often it takes. Raises SendError."""
        told = ""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                status, headers, answer = self.post(what, body, key)
            except (OSError, http.client.HTTPException) as error:
                told, wait = f"{self._parts.netloc} does not answer: {error or type(error).__name__}", 0.2 * 2**attempt
            else:
                if status == 201:
                    return answer["ids"]
                told = f"{status} {answer.get('detail', 'without a reason: is this the address of the app?')}"
                if status not in AGAIN:
                    raise SendError(told, answer)
                wait = _seconds(headers.get("Retry-After"))
            if attempt < ATTEMPTS:
                time.sleep(wait)
        raise SendError(f"{told} ({ATTEMPTS} attempts)")

    def post(self, what: str, body: bytes, key: str) -> tuple[int, http.client.HTTPMessage, dict[str, Any]]:
        """Status, headers and JSON of one attempt."""
        if self._open is None:
            kind = http.client.HTTPSConnection if self._parts.scheme == "https" else http.client.HTTPConnection
            self._open = kind(self._parts.hostname or "", self._parts.port, timeout=SECONDS)
        try:
            path = f"{self._parts.path.rstrip('/')}/api/v1/{what}"
            self._open.request("POST", path, body, self._headers | {"Idempotency-Key": key})
            response = self._open.getresponse()
            text = response.read()
        except BaseException:
            self.close()
            raise
        if response.will_close:
            self.close()
        return response.status, response.headers, _json(text)


def _json(text: bytes) -> dict[str, Any]:
    with contextlib.suppress(ValueError):
        found = json.loads(text)
        if isinstance(found, dict):
            return found  # pyright: ignore[reportUnknownVariableType]
    return {}


def _seconds(text: str | None) -> float:
    return min(30.0, float(text)) if text and text.isdecimal() else 1.0
