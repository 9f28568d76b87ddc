"""`python -m local.sinks CONFIG`: one sink, until SIGTERM."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

from local.sinks.config import DUCKDB, OPENSEARCH, SinkConfig
from local.sinks.loop import SinkLoop, Writer


def main(path: str) -> None:
    config = SinkConfig.load(Path(path))
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    SinkLoop(config, _writer(config), stopping.is_set).run()


def _writer(config: SinkConfig) -> Writer:
    # Each target's library is imported by its own process alone: they are tens of megabytes each.
    if config.kind == OPENSEARCH:
        from local.sinks.opensearch import OpenSearchWriter

        return OpenSearchWriter(config)
    if config.kind == DUCKDB:
        from local.sinks.duckdb import DuckdbWriter

        return DuckdbWriter(config)
    from local.sinks.postgres import PostgresWriter

    return PostgresWriter(config)


main(sys.argv[1])
