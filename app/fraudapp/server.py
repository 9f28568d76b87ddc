"""The production server: granian in this process, so that its death is the app's and memory is paid once."""

import asyncio
import logging
import os
import resource
import signal
import socket
import sys

from django.conf import settings
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.net import SocketHolder  # pyright: ignore[reportPrivateImportUsage]
from granian.server.embed import Server
from transactions.health import Readiness
from transactions.live import live

from fraudapp.asgi import application

log = logging.getLogger(__name__)
BACKLOG = 1_024
OTHER_FILES = 256
"""Descriptors for everything that is no connection of a client: databases, Kafka, files."""
HEADER_BYTES = 65_536


class Listener(Server):
    """Listens on a socket of our own making: granian's would share its port with another process, silently."""

    def __init__(self, listening: socket.socket) -> None:
        super().__init__(
            application,
            interface=Interfaces.ASGI,
            http=HTTPModes.http1,
            websockets=False,
            backlog=BACKLOG,
            backpressure=most_connections(),
            http1_settings=HTTP1Settings(
                header_read_timeout=round(settings.IDLE_SECONDS * 1000), max_buffer_size=HEADER_BYTES
            ),
            log_level=LogLevels.error,  # it warns at each start that this way to run it is new
            log_dictconfig=settings.LOGGING | {"loggers": {}},
        )
        self._listening = listening

    def _init_shared_socket(self) -> None:
        backlog = (BACKLOG,) if sys.platform == "linux" else ()
        # Its stub lacks the arguments.
        self._shd = SocketHolder(self._listening.detach(), False, *backlog)  # pyright: ignore[reportCallIssue]


def listen(host: str, port: int) -> socket.socket:
    """A bound socket. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = found[0]
    listening = socket.socket(family, kind, protocol)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if sys.platform == "linux":
        # Connections inherit it: the kernel ends one whose client reads nothing, whatever waits to be sent to it.
        milliseconds = round(settings.SEND_SECONDS * 1000)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)
    listening.bind(address)
    listening.listen(BACKLOG)
    listening.setblocking(False)
    return listening


def most_connections() -> int:
    """As many as the process may have; it takes all that the system grants."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return max(128, min(most, settings.MOST_CONNECTIONS) - OTHER_FILES)


async def serve(listening: socket.socket, ready: Readiness) -> None:
    """Serve until SIGTERM or SIGINT, then end the streams and finish what has begun, within bounds of time."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    host, port = listening.getsockname()[:2]
    server = Listener(listening)
    serving = asyncio.ensure_future(server.serve())
    log.info("serving", extra={"host": host, "port": port})
    await asyncio.wait((serving, asyncio.ensure_future(stopping.wait())), return_when=asyncio.FIRST_COMPLETED)
    if not stopping.is_set():
        log.critical("the server ended by itself")
        sys.exit(1)
    log.info("stopping")
    ready.stop()
    live().feed.end()
    server.stop()
    try:
        await asyncio.wait_for(serving, settings.DRAIN_SECONDS)
    except TimeoutError:
        log.warning("some requests did not end within %s s", settings.DRAIN_SECONDS)
        _end_at_once()
    log.info("stopped")


def _end_at_once() -> None:
    """Threads that still wait for something would hold up the end of the process."""
    logging.shutdown()
    os._exit(0)
