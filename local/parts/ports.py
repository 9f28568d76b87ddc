"""Ports on the loopback address."""

from __future__ import annotations

import contextlib
import socket

from local.errors import RunError

HOST = "127.0.0.1"


def free(count: int) -> list[int]:
    """`count` different ports that nothing listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for item in sockets:
            item.bind((HOST, 0))
        return [item.getsockname()[1] for item in sockets]


def require_free(port: int) -> None:
    """Raises RunError when something listens on `port`, the one that the user can choose."""
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
    """The address of what serves HTTP on `port`."""
    return f"http://{HOST}:{port}"


def accepts(port: int) -> bool:
    """Whether something listens on `port`."""
    with contextlib.suppress(OSError), socket.create_connection((HOST, port), 0.2):
        return True
    return False
