"""The loopback address: its free ports, and HTTP requests to the servers on it."""

from __future__ import annotations

import contextlib
import random
import socket
from typing import Any

import requests

from local.errors import RunError

HOST = "127.0.0.1"
CHOICE = range(20_000, 30_000)
"""Below the ports of outgoing connections, which could take the port of a restarting server."""
_shuffled = iter(random.sample(CHOICE, len(CHOICE)))


def free(count: int) -> list[int]:
    """`count` unbound ports that this process did not get before. Raises RunError when there are none."""
    return [_next_free() for _ in range(count)]


def _next_free() -> int:
    for port in _shuffled:
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind((HOST, port))
            return port
    raise RunError(f"No port from {CHOICE.start} to {CHOICE.stop - 1} is free: stop the programs that use them.")


def require_free(port: int) -> None:
    """Raises RunError when something listens on `port`, which the user can choose."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise RunError(
                f"Port {port} is in use ({error.strerror}): stop its owner, or choose another "
                f'with ARGS="--port {port + 1}".'
            ) from None


def url(port: int) -> str:
    return f"http://{HOST}:{port}"


def accepts(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((HOST, port), 0.2):
        return True
    return False


def ask(method: str, address: str, *, seconds: float, body: Any = None) -> requests.Response:
    """The answer, whatever its status; `body` is sent as JSON. Raises OSError when nothing comes for `seconds`."""
    with requests.Session() as session:
        session.trust_env = False  # neither the shell's proxy nor a ~/.netrc
        return session.request(method, address, json=body, timeout=seconds)


def serves(address: str, *, seconds: float) -> bool:
    """Whether a GET of `address` succeeds."""
    with contextlib.suppress(OSError):
        return ask("GET", address, seconds=seconds).ok
    return False
