"""Records of a topic checked against its contract."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from contracts import OUTPUTS, Table
from contracts.types import BigInt, Boolean, Column, Decimal, Integer, String, Timestamp


class Number(str):
    """A JSON number with a fraction, kept as its text: money is never a binary float on its way."""

    __slots__ = ()


_decode = json.JSONDecoder(parse_float=Number).decode
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z", re.ASCII)


def as_bytes(data: str | bytes | None) -> bytes | None:
    """A record's key or value, which the client's types allow to be text."""
    return data.encode() if isinstance(data, str) else data


class MalformedError(Exception):
    """A record does not fit its contract; the message says where."""


class Row(NamedTuple):
    """One record: `values` in the order of the contract's columns, None for a tombstone; `key` the key's fields.

    `raw` are the record's key and value as they came, for the dead letters.
    """

    topic: str
    partition: int
    offset: int
    key: tuple[Any, ...]
    values: tuple[Any, ...] | None
    raw: tuple[bytes | None, bytes | None] = (None, None)


class Reader:
    """Decodes the records of one topic. `bounded`: text longer than the contract's columns is malformed."""

    def __init__(self, table: Table, *, bounded: bool) -> None:
        self._checks = [(column.name, _check(column, bounded=bounded)) for column in table.published]
        self._key = [column.name for column in table.key]

    def read(self, key: bytes | None, value: bytes | None) -> tuple[tuple[Any, ...], tuple[Any, ...] | None]:
        """(key, values) of a record. Raises MalformedError."""
        decoded = _object("key", key) if self._key else {}
        names = tuple(decoded.get(name) for name in self._key)
        if None in names:
            raise MalformedError(f"the key has no {' and '.join(self._key)}")
        if value is None:
            return names, None
        record = _object("value", value)
        for name, check in self._checks:
            if not check(record.get(name)):
                raise MalformedError(f"{name} is {record[name]!r:.80}" if name in record else f"{name} is missing")
        return names, tuple(record.get(name) for name, _ in self._checks)


def _object(what: str, data: bytes | None) -> dict[str, Any]:
    try:
        decoded = _decode((data or b"").decode())
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"the {what} is not JSON ({error})") from None
    if not isinstance(decoded, dict):
        raise MalformedError(f"the {what} is not an object")
    return decoded


def readers(topics: Iterable[str], *, bounded: bool) -> dict[str, Reader]:
    """A reader for each topic. Raises KeyError for a topic without a contract."""
    tables = {table.topic: table for table in OUTPUTS}
    return {topic: Reader(tables[topic], bounded=bounded) for topic in topics}


# A target refuses a whole batch for one value that it cannot hold, so each value is checked to the last digit here.


def _check(column: Column, *, bounded: bool) -> Callable[[Any], bool]:
    test = _test_of(column, bounded=bounded)
    if column.nullable:
        return lambda value: value is None or test(value)
    return test


def _test_of(column: Column, *, bounded: bool) -> Callable[[Any], bool]:
    match column.type:
        case BigInt():
            return _whole(2**63)
        case Integer():
            return _whole(2**31)
        case Boolean():
            return lambda value: type(value) is bool
        case Decimal(precision, scale):
            return _decimal(precision, scale)
        case Timestamp():
            return is_timestamp
        case String(length):
            return _text(length) if bounded else _is_text


def _whole(limit: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and -limit <= value < limit


def _decimal(precision: int, scale: int) -> Callable[[Any], bool]:
    limit = 10 ** (precision - scale)
    fits = re.compile(rf"-?\d{{1,{precision - scale}}}\.\d{{1,{scale}}}", re.ASCII).fullmatch
    return lambda value: bool(fits(value)) if type(value) is Number else type(value) is int and abs(value) < limit


def is_timestamp(value: Any) -> bool:
    """A point in time in UTC, as Flink and Debezium write it."""
    if type(value) is not str or not _TIMESTAMP.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_text(value: Any) -> bool:
    """Text that UTF-8 can hold: JSON can also write half a surrogate pair, and a NUL that PostgreSQL cannot store."""
    if type(value) is not str or "\0" in value:
        return False
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _text(length: int) -> Callable[[Any], bool]:
    return lambda value: _is_text(value) and len(value) <= length
