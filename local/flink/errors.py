"""Turns Flink's errors into messages with file and line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from py4j.protocol import Py4JJavaError  # pyright: ignore[reportMissingTypeStubs] - none

from components.contracts import rules
from local.errors import RunError

PLACE = re.compile(r"(?:From|At|at) line (\d+), column (\d+)")
UNKNOWN_TABLE = re.compile(r"Cannot find table|Object '.*' not found|[Tt]able .* (doesn't|does not) exist")
SINK = re.compile(r"sink for '(?:\w+\.)*([\w.$-]+)'")
"""In the message about columns that do not fit a table, which gives no line."""
REASON = re.compile(r"ROW\('(\w+)'")
ALIAS = re.compile(r" AS `?(\w+?)`?(?:,| FROM)")
"""The SQL around a rule's expressions in flink_sql/; what ends with a parenthesis is the type of a CAST."""
MESSAGE_LINES = 6


class StatementError(RunError):
    """Flink refused a statement: `file:line:column: Flink's message`."""


def statement_error(name: str, file: str, sql: str, error: Py4JJavaError, topics: Iterable[str]) -> StatementError:
    """Flink's innermost message with file and line. The message lists `topics` when a table is missing."""
    causes = _causes(error)
    messages = [str(cause.getMessage() or cause.getClass().getName()) for cause in causes]
    place = _place(causes, messages) or _insert(sql, messages[-1])
    where = _in_a_rule(sql, *place) or f"{file}:{place[0]}:{place[1]}" if place else file
    lines = messages[-1].strip().splitlines()[:MESSAGE_LINES]
    hint = f"\n  The topics are: {', '.join(topics)}." if UNKNOWN_TABLE.search(messages[-1]) else ""
    return StatementError(f"{where}: statement {name}: " + "\n  ".join(lines) + hint)


def _place(causes: list[Any], messages: list[str]) -> tuple[int, int] | None:
    """(line, column): a parse error carries it, a validation error has it in its text."""
    for cause in causes:
        if cause.getClass().getSimpleName() == "SqlParseException" and cause.getPos():
            return cause.getPos().getLineNum(), cause.getPos().getColumnNum()
    for found in map(PLACE.search, reversed(messages)):
        if found:
            return int(found[1]), int(found[2])
    return None


def _in_a_rule(sql: str, line: int, column: int) -> str | None:
    """`file:line` of the rule whose SQL is at this place; None when no rule's is.

    The statement has all rules on one line, each expression beside the rule's id or the name of the rule's column.
    """
    text = "".join(sql.splitlines()[line - 1 : line])
    known = rules.read()
    *_, begun = [None, *REASON.finditer(text[:column])]
    of_reason = next((rule for rule in known if begun and rule.id == begun[1]), None)
    if of_reason:
        return of_reason.place("reason")
    if not (named := ALIAS.search(text, column - 1)):
        return None
    first = sql.count("INSERT INTO", 0, sql.index(text)) == 1
    for rule in known:
        if named[1] == rule.id:
            return rule.place("payment" if first else "account")
        if key := rule.key_of(named[1]):
            return rule.place(key)
    return None


def _insert(sql: str, message: str) -> tuple[int, int] | None:
    """(line, column) of the INSERT into the table that the message names."""
    sink = SINK.search(message)
    found = sink and re.search(rf"INSERT\s+INTO\s+`?{re.escape(sink[1])}\b", sql, re.IGNORECASE)
    if not found:
        return None
    before = sql[: found.start()]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _causes(error: Py4JJavaError) -> list[Any]:
    """An exception and its causes, outermost first."""
    found = list[Any]()
    cause: Any = error.java_exception
    while cause is not None:
        found.append(cause)
        cause = cause.getCause()
    return found
