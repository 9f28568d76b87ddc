"""`manage.py generate`."""

import json
import re
import signal
import threading
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from transactions.errors import NoUsersError
from transactions.generator import MAX_RATE, Generator
from transactions.payment_table import PaymentTable

UNITS = {"s": 1, "m": 60, "h": 3600}


class Command(BaseCommand):
    help = "Generate normal payments at a steady rate, and a fraud now and then."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rate", type=float, default=20, help="payments a second, 0: as many as possible")
        parser.add_argument("--for", dest="duration", help="how long, e.g. 60s, 5m; default: until stopped")
        parser.add_argument("--count", type=int, help="stop after this many normal payments")
        parser.add_argument("--seed", type=int, default=settings.GENERATOR_SEED, help="default: a random one")
        parser.add_argument("--fraud-every", type=float, default=0, metavar="SECONDS", help="0: no frauds")

    def handle(self, *_args: object, **options: object) -> None:
        rate, seed = float(str(options["rate"])) or MAX_RATE, options["seed"]
        generator = Generator(
            PaymentTable(),
            seed=seed if isinstance(seed, int) else None,
            rate=rate,
            fraud_every=float(str(options["fraud_every"])),
        )
        if threading.current_thread() is threading.main_thread():
            # PID 1 ignores SIGTERM unless a handler is installed.
            signal.signal(signal.SIGTERM, lambda _signal, _frame: generator.stop())
        started = time.monotonic()
        try:
            generator.run(seconds=_seconds(options["duration"]), count=options["count"])  # type: ignore[arg-type]
        except NoUsersError as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            generator.stop()
        taken = time.monotonic() - started
        figures = {"committed": generator.committed, "seconds": round(taken, 3)}
        self.stdout.write(json.dumps(figures))


def _seconds(text: object) -> float | None:
    if text is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", str(text))
    if not match:
        raise CommandError(f"--for {text}: give seconds, or a number with s, m or h, for example 60s")
    return float(match[1]) * UNITS.get(match[2], 1)
