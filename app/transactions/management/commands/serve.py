"""`manage.py serve`: the app in a production server."""

import signal
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from fraudapp.wsgi import application
from waitress import serve

from transactions import operators
from transactions.live import MOST_BROWSERS, live

OTHER_THREADS = 8
# Waitress drops untrusted forwarding headers. Without this one, every request behind the load balancer would look like
# plain http and redirect to https for ever. Only the load balancer reaches the pods.
BEHIND_LOAD_BALANCER: dict[str, Any] = {"trusted_proxy": "*", "trusted_proxy_headers": {"x-forwarded-proto"}}


class Command(BaseCommand):
    help = "Serve the app, with its generator and its reader of alerts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *_args: object, host: str, port: int, **_options: object) -> None:
        operators.check_host(host)
        # PID 1 ignores SIGTERM unless a handler is installed.
        signal.signal(signal.SIGTERM, _end)
        live().start()
        proxy = BEHIND_LOAD_BALANCER if settings.BEHIND_TLS else {}
        serve(application, host=host, port=port, threads=MOST_BROWSERS + OTHER_THREADS, ident=None, **proxy)


def _end(_signal: int, _frame: object) -> None:
    live().stop()
    sys.exit(0)
