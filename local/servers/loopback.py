"""HTTP to servers of this machine: no proxy comes between, whatever the user's shell says of one."""

from __future__ import annotations

import contextlib
from typing import Any

import requests


def ask(method: str, url: str, *, seconds: float, body: Any = None) -> requests.Response:
    """The answer, whatever its status; `body` is sent as JSON. Raises OSError when nothing comes for `seconds`."""
    with requests.Session() as session:
        session.trust_env = False  # neither the shell's proxy nor a ~/.netrc
        return session.request(method, url, json=body, timeout=seconds)


def serves(url: str, *, seconds: float) -> bool:
    """Whether a GET of `url` is answered, and without an error."""
    with contextlib.suppress(OSError):
        return ask("GET", url, seconds=seconds).ok
    return False
