"""Reads JSON that anybody may have sent: exact, strict, and never with more than one sentence of complaint."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from django.http import HttpRequest

CONTENT_TYPE = "application/json"
MOST_DIGITS = 40
"""Python reads larger numbers too, at a cost that grows with the square of their length."""


class BodyError(ValueError):
    """Raised with the status and a sentence for the client."""

    def __init__(self, detail: str, status: int = 400) -> None:
        super().__init__(detail)
        self.status = status


def read(request: HttpRequest) -> Any:
    """The body as JSON, its fractions as decimals. Raises BodyError."""
    if request.content_type != CONTENT_TYPE:
        sent = repr(request.content_type[:60]) if request.content_type else "none"
        raise BodyError(f"The Content-Type is {sent}; send {CONTENT_TYPE}.", 415)
    charset = (request.content_params or {}).get("charset", "utf-8")
    if charset.lower() not in ("utf-8", "utf8"):
        raise BodyError(f"The charset is {charset[:60]!r}; JSON is sent as UTF-8.", 415)
    return decoded(request.body)


def decoded(body: bytes) -> Any:
    """Raises BodyError."""
    if not body.strip():
        raise BodyError("The body is empty; send JSON.")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BodyError(f"The body is not UTF-8: byte {error.start} is wrong.") from None
    try:
        return json.loads(
            text,
            parse_float=_fraction,
            parse_int=_whole,
            parse_constant=_constant,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        raise BodyError(f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from None
    except RecursionError:
        raise BodyError("The body is nested too deeply.") from None


def _whole(digits: str) -> int:
    _bounded(digits)
    return int(digits)


def _fraction(digits: str) -> Decimal:
    _bounded(digits)
    try:
        return Decimal(digits)
    except InvalidOperation:
        raise BodyError(f"The number {digits} is out of every range.") from None


def _bounded(digits: str) -> None:
    if len(digits) > MOST_DIGITS:
        raise BodyError(f"A number has {len(digits):,} characters; {MOST_DIGITS} is the most.")


def _constant(name: str) -> NoReturn:
    raise BodyError(f"{name} is not JSON; send a number.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BodyError(f"An object has the field {shown(twice)} twice; send each once.")
    return found


def shown(value: object) -> str:
    """A value of JSON for a message: short, in ASCII."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    text = str(value) if isinstance(value, Decimal) else json.dumps(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
