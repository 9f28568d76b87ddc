"""Which change events Flink passes over in a raw topic: those without a column that the contract requires."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal as Number
from decimal import InvalidOperation
from functools import cache
from typing import Any, NoReturn

from contracts import SOURCES, Table
from contracts.types import BigInt, Boolean, ColumnType, Decimal, Integer, String, Timestamp
from local.sinks.records import is_timestamp

Tests = dict[str, Callable[[Any], bool]]


def reason(table: Table, key: bytes | None, value: bytes | None) -> str | None:
    """Why Flink cannot take this record of a source table's topic, or None. A deletion has no row to be wrong."""
    try:
        change = None if value is None else _object("value", value)
        row = None if change is None else change.get("after")
        if table.compacted:
            _require(_object("key", key), "key", _tests(table.topic)[0])
        if row is None:
            return None
        if not isinstance(row, dict):
            return "after is not an object"
        _require(row, "after", _tests(table.topic)[1])
    except ValueError as error:
        return str(error)
    return None


def _object(what: str, data: bytes | None) -> dict[str, Any]:
    try:
        decoded = json.loads((data or b"").decode(), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the {what} is not JSON ({error})") from None
    if not isinstance(decoded, dict):
        raise ValueError(f"the {what} is not an object")
    return decoded


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")


@cache
def _tests(topic: str) -> tuple[Tests, Tests]:
    """Those of a source table's key and of the columns that it requires: made once, since every payment is read."""
    table = next(table for table in SOURCES if table.topic == topic)
    required = [column for column in table.published if not column.nullable]
    key, row = ({column.name: _test_of(column.type) for column in columns} for columns in (table.key, required))
    return key, row


def _require(row: dict[str, Any], where: str, tests: Tests) -> None:
    for name, test in tests.items():
        if row.get(name) is None:
            raise ValueError(f"{where}.{name} is missing")
        if not test(row[name]):
            raise ValueError(f"{where}.{name} is {row[name]!r:.80}")


def _test_of(kind: ColumnType) -> Callable[[Any], bool]:
    """What Flink's JSON format can make a value of this type from; it also reads numbers in quotes."""
    match kind:
        case BigInt():
            return lambda value: _is_number(value, 2**63)
        case Integer():
            return lambda value: _is_number(value, 2**31)
        case Decimal(precision, scale):
            return lambda value: _is_number(value, 10 ** (precision - scale))
        case Timestamp():
            return _is_timestamp
        case Boolean() | String():
            return lambda _: True


def _is_timestamp(value: Any) -> bool:
    """Java takes February 30 for the last of February."""
    if not isinstance(value, str) or not "01" <= value[8:10] <= "31":
        return False
    return value[10:11] == "T" and is_timestamp(f"{value[:8]}01{value[10:]}")


def _is_number(value: Any, limit: int) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    try:
        return abs(Number(str(value).strip())) < limit
    except InvalidOperation:
        return False
