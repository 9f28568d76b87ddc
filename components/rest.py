"""A REST API with basic authentication, for the programs that `pulumi up` and `pulumi destroy` run."""

from __future__ import annotations

import ssl
from typing import Any

import requests
from requests.auth import HTTPBasicAuth


class Service:
    """One API, as one account."""

    def __init__(self, url: str, user: str, password: str, *, timeout: float = 30) -> None:
        self._url = url.rstrip("/")
        self._timeout = timeout
        self._session = requests.Session()
        # Bytes, since requests would encode text as Latin-1. An account that is named here goes before a ~/.netrc.
        self._session.auth = HTTPBasicAuth(user.encode(), password.encode())
        # Who is trusted is the machine's matter, a company's own authority for instance; requests brings its own list.
        trusted = ssl.get_default_verify_paths()
        self._session.verify = trusted.cafile or trusted.capath or True

    def send(self, method: str, path: str, **content: Any) -> requests.Response:
        """The answer, whatever its status. Raises OSError when none came, or not all of it.

        `content` is what requests takes: `headers`, `json`, `files`.
        """
        try:
            return self._session.request(
                method,
                self._url + path,
                timeout=self._timeout,
                allow_redirects=False,  # none of the APIs redirects; elsewhere a ~/.netrc would name the account
                proxies={"all": ""},  # not ALL_PROXY, which often needs SOCKS; HTTPS_PROXY and NO_PROXY count
                **content,
            )
        except requests.RequestException as error:
            raise OSError(_first_cause(error)) from None

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The JSON answer, None for an empty one or when the thing is not there. Raises OSError with the answer."""
        answer = self.send(method, path, json=body)
        if answer.status_code == 404 and body is None:
            return None
        if answer.status_code >= 300:
            raise OSError(f"{method} {path}: HTTP {answer.status_code} {answer.content[:300]!r}")
        return answer.json() if answer.content else None


def _first_cause(error: BaseException) -> str:
    """The system's own words, without those that requests and urllib3 wrap around them."""
    while inner := error.__cause__ or (None if error.__suppress_context__ else error.__context__):
        error = inner
    return str(error)
