"""Serves the app as `manage.py serve` does, and takes alerts from standard input: Avro records in hex, one a line."""

from __future__ import annotations

import sys
import threading

import django
from django.core.management import call_command


def take_alerts() -> None:
    from transactions.live import live

    for line in sys.stdin:
        live().alerts.take(bytes.fromhex(line))


if __name__ == "__main__":
    django.setup()
    threading.Thread(target=take_alerts, daemon=True).start()
    call_command("serve", port=int(sys.argv[1]), operations_port=0)
