"""`manage.py serve`: the app in a production server."""

import asyncio

from django.core.management.base import BaseCommand, CommandError, CommandParser
from fraudapp.server import listen, serve


class Command(BaseCommand):
    help = "Serve the app, with its generator and its reader of alerts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *_args: object, host: str, port: int, **_options: object) -> None:
        try:
            listening = listen(host, port)
        except OSError as error:
            raise CommandError(f"Cannot listen at {host}:{port}: {error.strerror}. Choose another --port.") from None
        asyncio.run(serve(listening))
