"""`manage.py serve`: the app in a production server."""

import asyncio
import contextlib
import logging
from collections.abc import Generator

from django.core.management.base import BaseCommand, CommandError, CommandParser
from fraudapp.asgi import site
from fraudapp.operations import Operations
from fraudapp.server import listen, serve

from transactions.health import Readiness

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Serve the app, with its generator and its reader of alerts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--operations-port", type=int, default=8001, help="for probes and metrics (0: a free one); default: 8001"
        )

    def handle(self, *_args: object, host: str, port: int, operations_port: int, **_options: object) -> None:
        ready = Readiness()
        with _port("--port", host, port):
            listening = listen(host, port)
        with _port("--operations-port", host, operations_port):
            operations = Operations(host, operations_port, live=site.heartbeat.trouble, ready=ready.trouble)
        log.info("probes and metrics", extra={"host": host, "port": operations.port})
        ready.start()
        operations.start()
        asyncio.run(serve(listening, ready))


@contextlib.contextmanager
def _port(name: str, host: str, port: int) -> Generator[None, None, None]:
    try:
        yield
    except OSError as error:
        raise CommandError(f"Cannot listen at {host}:{port} ({error.strerror}): choose another {name}.") from None
