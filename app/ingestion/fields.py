"""Checks of the fields, stricter than JSON: what a column cannot hold exactly is refused, never rounded or cut."""

import datetime
import re
import socket
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from django.utils import timezone
from fraudapp.json_bodies import shown
from pydantic import PlainValidator, WithJsonSchema

MOST_ID = 10**18 - 1
"""Oracle's columns have 18 digits."""
MOST_AMOUNT = Decimal("9999999999.99")
MOST_TEXT = 64
MOST_ADDRESS = 45
OLDEST = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
AHEAD = datetime.timedelta(seconds=60)
"""So far may a client's clock be ahead."""
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_FAMILIES = (socket.AF_INET, socket.AF_INET6)
T = TypeVar("T")


def decimal(value: object, *, most: Decimal, places: int) -> Decimal:
    """An exact number, from a JSON number or a text of digits."""
    number = _number(value)
    if number is None or abs(number) > most or -number.as_tuple().exponent > places:  # type: ignore[operator]
        raise ValueError(
            f"must be a number from -{most} to {most} with at most {places} digits after the point, not {shown(value)}"
        )
    return number


def _number(value: object) -> Decimal | None:
    if isinstance(value, str):
        return Decimal(value) if len(value) <= 40 and _NUMBER.fullmatch(value) else None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)


def amount(value: object) -> Decimal:
    """Below zero: a refund, as in the rules."""
    number = decimal(value, most=MOST_AMOUNT, places=2)
    if not number:
        raise ValueError(f"must not be zero: a payment is above zero, a refund below, not {shown(value)}")
    return number


def identity(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= MOST_ID:
        raise ValueError(f"must be a whole number from 1 to {MOST_ID}, not {shown(value)}")
    return value


def text(value: object) -> str:
    """Oracle counts an emoji as two characters, as UTF-16 does."""
    if (
        not isinstance(value, str)
        or not value.isprintable()
        or value != value.strip()
        or not 0 < len(value.encode("utf-16-le")) <= 2 * MOST_TEXT
    ):
        raise ValueError(
            f"must be 1 to {MOST_TEXT} printable characters without spaces at the ends, not {shown(value)}"
        )
    return value


def address(value: object) -> str:
    if isinstance(value, str) and len(value) <= MOST_ADDRESS and any(_is_of(family, value) for family in _FAMILIES):
        return value
    raise ValueError(f"must be an IPv4 or IPv6 address, not {shown(value)}")


def _is_of(family: int, value: str) -> bool:
    try:
        socket.inet_pton(family, value)
    except (OSError, ValueError):  # other letters, a zero byte
        return False
    return True


def time(value: object) -> datetime.datetime:
    """In milliseconds, as the column holds it; finer digits are cut."""
    found = _time(value)
    if found is None or not OLDEST <= found <= timezone.now() + AHEAD:
        raise ValueError(
            "must be a time since 2000 with an offset, at most a minute ahead, such as 2026-01-31T12:00:00+00:00, "
            f"not {shown(value)}"
        )
    return found - datetime.timedelta(microseconds=found.microsecond % 1000)


def _time(value: object) -> datetime.datetime | None:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return None
    try:
        return datetime.datetime.fromisoformat(value.upper()).astimezone(datetime.UTC)
    except (ValueError, OverflowError):  # the 31st of February; a year that has no UTC
        return None


def flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {shown(value)}")
    return value


def _or_none(check: Callable[[Any], T]) -> Callable[[Any], T | None]:
    return lambda value: None if value is None else check(value)


def _latitude(value: object) -> Decimal:
    return decimal(value, most=Decimal(90), places=5)


def _longitude(value: object) -> Decimal:
    return decimal(value, most=Decimal(180), places=5)


_ID: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": MOST_ID}
_DIGITS = r"^-?(0|[1-9][0-9]{0,9})(\.[0-9]{1,2})?$"
_AMOUNT: dict[str, Any] = {
    "anyOf": [{"type": "string", "pattern": _DIGITS}, {"type": "number", "multipleOf": 0.01}],
    "description": "Exact, best as a text; below zero it is a refund.",
}
_TEXT: dict[str, Any] = {"type": ["string", "null"], "minLength": 1, "maxLength": MOST_TEXT}
_MOMENT: dict[str, Any] = {"type": ["string", "null"], "format": "date-time"}


def _degrees(most: int) -> dict[str, Any]:
    return {"type": ["number", "string", "null"], "minimum": -most, "maximum": most, "multipleOf": 0.00001}


Identity = Annotated[int, PlainValidator(identity), WithJsonSchema(_ID)]
Amount = Annotated[Decimal, PlainValidator(amount), WithJsonSchema(_AMOUNT)]
Address = Annotated[str, PlainValidator(address), WithJsonSchema({"type": "string", "maxLength": MOST_ADDRESS})]
Flag = Annotated[bool, PlainValidator(flag), WithJsonSchema({"type": "boolean"})]
MaybeIdentity = Annotated[
    int | None, PlainValidator(_or_none(identity)), WithJsonSchema(_ID | {"type": ["integer", "null"]})
]
MaybeText = Annotated[str | None, PlainValidator(_or_none(text)), WithJsonSchema(_TEXT)]
MaybeTime = Annotated[datetime.datetime | None, PlainValidator(_or_none(time)), WithJsonSchema(_MOMENT)]
MaybeLatitude = Annotated[Decimal | None, PlainValidator(_or_none(_latitude)), WithJsonSchema(_degrees(90))]
MaybeLongitude = Annotated[Decimal | None, PlainValidator(_or_none(_longitude)), WithJsonSchema(_degrees(180))]
