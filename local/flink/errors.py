"""Errors in SQL, told by file and line."""

from __future__ import annotations

import re

from py4j.protocol import Py4JJavaError

from local.errors import RunError

PLACE = re.compile(r"(?:From|At|at) line (\d+), column (\d+)")
MESSAGE_LINES = 6


class StatementError(RunError):
    """Flink refused a statement: `file:line:column: Flink's message`."""


def statement_error(name: str, file: str, error: Py4JJavaError) -> StatementError:
    """Flink's innermost message, at the place in the file that it names; the text is the file's, line by line."""
    messages = _messages(error)
    place = next((found for found in map(PLACE.search, reversed(messages)) if found), None)
    where = f"{file}:{place[1]}:{place[2]}" if place else file
    lines = messages[-1].strip().splitlines()[:MESSAGE_LINES]
    return StatementError(f"{where}: statement {name}: " + "\n  ".join(lines))


def _messages(error: Py4JJavaError) -> list[str]:
    """The messages of an exception and its causes, outermost first."""
    found, cause = [], error.java_exception
    while cause is not None:
        found.append(str(cause.getMessage() or cause.getClass().getName()))
        cause = cause.getCause()
    return found
