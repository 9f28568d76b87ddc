"""A REST API with basic authentication, for the programs that `pulumi up` and `pulumi destroy` run."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from components.local_commands import basic_auth


class Service:
    """One API, as one account."""

    def __init__(self, url: str, key: str, secret: str) -> None:
        self._url = url.rstrip("/")
        self._headers = basic_auth(key, secret) | {"Content-Type": "application/json"}

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The JSON answer, None for an empty one or when the thing is not there. Raises OSError with the answer."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, method=method, headers=self._headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                answer = response.read()
        except urllib.error.HTTPError as error:
            if error.code == 404 and body is None:
                return None
            raise OSError(f"{method} {path}: HTTP {error.code} {error.read()[:300]!r}") from None
        return json.loads(answer) if answer else None
