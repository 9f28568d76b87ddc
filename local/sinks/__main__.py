"""`python -m local.sinks CONFIG`: one sink, until SIGTERM."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

from local.sinks.config import SinkConfig
from local.sinks.loop import SinkLoop
from local.sinks.twins import BY_KIND


def main(path: str) -> None:
    config = SinkConfig.load(Path(path))
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    SinkLoop(config, BY_KIND[config.kind].writer(config), stopping).run()


main(sys.argv[1])
