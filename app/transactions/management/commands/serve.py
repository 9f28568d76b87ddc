"""`manage.py serve`: the app behind a production server."""

from django.core.management.base import BaseCommand, CommandParser
from fraudapp.wsgi import application
from waitress import serve

from transactions.live import MOST_BROWSERS, live

OTHER_THREADS = 8


class Command(BaseCommand):
    help = "Serve the app, with its generator and its reader of alerts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *_args: object, host: str, port: int, **_options: object) -> None:
        live().start()
        serve(application, host=host, port=port, threads=MOST_BROWSERS + OTHER_THREADS, ident=None)
