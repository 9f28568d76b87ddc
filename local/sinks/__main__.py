"""`python -m local.sinks CONFIG`: one sink, until SIGTERM."""

from __future__ import annotations

import pkgutil
import signal
import sys
import threading
from pathlib import Path

from local.sinks.config import SinkConfig
from local.sinks.loop import SinkLoop


def main(path: str) -> None:
    config = SinkConfig.load(Path(path))
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda _signal, _frame: stopping.set())
    # The writer imports the store's library, tens of megabytes, which the process of its own sink alone needs.
    SinkLoop(config, pkgutil.resolve_name(config.writer)(config), stopping).run()


main(sys.argv[1])
