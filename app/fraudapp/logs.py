"""Logs as JSON, one object a line."""

import json
import logging
import logging.config
import sys
import threading
from types import TracebackType
from typing import Any

USUAL = {*logging.makeLogRecord({}).__dict__, "message", "asctime", "taskName"}
log = logging.getLogger("fraudapp")


class JsonFormatter(logging.Formatter):
    """Adds what a log call passes as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in record.__dict__.items() if name not in USUAL}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def configure(settings: dict[str, Any]) -> None:
    """Called by Django's setup. Also warnings and exceptions that nothing catches go to the log."""
    logging.config.dictConfig(settings)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda told: log.error(
        "uncaught: %s", told.err_msg or told.object, exc_info=told.exc_value or True
    )
    threading.excepthook = _uncaught_in_thread


def _uncaught(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    log.critical("uncaught exception", exc_info=(kind, error, traceback))


def _uncaught_in_thread(told: threading.ExceptHookArgs) -> None:
    if told.exc_value:
        name = told.thread.name if told.thread else "?"
        log.critical("the thread %s died", name, exc_info=told.exc_value)
