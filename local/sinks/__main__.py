"""`python -m local.sinks CONFIG`: run one sink until SIGTERM."""

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
    # By name: the writer imports its store's library, tens of megabytes that other sinks do not need.
    SinkLoop(config, pkgutil.resolve_name(config.writer)(config), stopping).run()


main(sys.argv[1])
