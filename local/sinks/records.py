"""Records of a topic checked against its contract."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from contracts import OUTPUTS, Table
from contracts.types import BigInt, Boolean, Column, Decimal, Integer, String, Timestamp

# Fractions stay text, so that money is never a binary float on its way.
_decode = json.JSONDecoder(parse_float=str).decode
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class MalformedError(Exception):
    """A record does not fit its contract; the message says where."""


@dataclass(frozen=True)
class Row:
    """One record: `values` in the order of the contract's columns, None for a tombstone; `key` the key's fields."""

    topic: str
    partition: int
    offset: int
    key: tuple[Any, ...]
    values: tuple[Any, ...] | None


class Reader:
    """Decodes the records of one topic."""

    def __init__(self, table: Table) -> None:
        self.columns = table.published
        self._checks = [(column.name, _check(column)) for column in self.columns]
        self._key = [column.name for column in table.key]

    def read(self, key: bytes | None, value: bytes | None) -> tuple[tuple[Any, ...], tuple[Any, ...] | None]:
        """(key, values) of a record. Raises MalformedError."""
        decoded = self._object("key", key) if self._key else {}
        names = tuple(decoded.get(name) for name in self._key)
        if None in names:
            raise MalformedError(f"the key has no {' and '.join(self._key)}")
        if value is None:
            return names, None
        record = self._object("value", value)
        for name, check in self._checks:
            if not check(record.get(name)):
                raise MalformedError(f"{name} is {record.get(name)!r:.80}")
        return names, tuple(record.get(name) for name, _ in self._checks)

    @staticmethod
    def _object(what: str, data: bytes | None) -> dict[str, Any]:
        try:
            decoded = _decode((data or b"").decode())
        except ValueError as error:
            raise MalformedError(f"the {what} is not JSON ({error})") from None
        if not isinstance(decoded, dict):
            raise MalformedError(f"the {what} is not an object")
        return decoded


def readers(topics: Iterable[str]) -> dict[str, Reader]:
    """A reader for each topic. Raises KeyError for a topic without a contract."""
    tables = {table.topic: table for table in OUTPUTS}
    return {topic: Reader(tables[topic]) for topic in topics}


def _check(column: Column) -> Callable[[Any], bool]:
    test = _test_of(column)
    if column.nullable:
        return lambda value: value is None or test(value)
    return test


def _test_of(column: Column) -> Callable[[Any], bool]:
    match column.type:
        case BigInt() | Integer():
            return lambda value: type(value) is int
        case Boolean():
            return lambda value: type(value) is bool
        case Decimal():
            return lambda value: type(value) is int or (type(value) is str and bool(_NUMBER.fullmatch(value)))
        case Timestamp():
            return lambda value: type(value) is str and bool(_TIMESTAMP.fullmatch(value))
        case String():
            return lambda value: type(value) is str
