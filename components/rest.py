"""A REST client with basic authentication for the local commands."""

from __future__ import annotations

import ssl
from typing import Any

import requests
from requests.auth import HTTPBasicAuth


class Service:
    """One API with one account."""

    def __init__(self, url: str, user: str, password: str, *, timeout: float = 30) -> None:
        self._url = url.rstrip("/")
        self._timeout = timeout
        self._session = requests.Session()
        # Bytes, because requests would encode text as Latin-1. Setting `auth` also overrides ~/.netrc.
        self._session.auth = HTTPBasicAuth(user.encode(), password.encode())
        # Trust the machine's certificate authorities, such as a company's own, instead of the list in requests.
        trusted = ssl.get_default_verify_paths()
        self._session.verify = trusted.cafile or trusted.capath or True

    def send(self, method: str, path: str, **content: Any) -> requests.Response:
        """The response, whatever its status. Raises OSError without a complete response.

        `content` goes to requests: `headers`, `json`, `files`.
        """
        try:
            return self._session.request(
                method,
                self._url + path,
                timeout=self._timeout,
                allow_redirects=False,  # no API redirects, and another host would get the account of ~/.netrc
                proxies={"all": ""},  # ignores ALL_PROXY, which often needs SOCKS; HTTPS_PROXY and NO_PROXY work
                **content,
            )
        except requests.RequestException as error:
            raise OSError(_first_cause(error)) from None

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The JSON answer; None if it is empty or the resource does not exist. Raises OSError with other answers."""
        answer = self.send(method, path, json=body)
        if answer.status_code == 404 and body is None:
            return None
        if answer.status_code >= 300:
            raise OSError(f"{method} {path}: HTTP {answer.status_code} {answer.content[:300]!r}")
        return answer.json() if answer.content else None


def _first_cause(error: BaseException) -> str:
    """The system's message, without the layers of requests and urllib3."""
    while inner := error.__cause__ or (None if error.__suppress_context__ else error.__context__):
        error = inner
    return str(error)
