"""The API's errors as problem details."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from fraudapp.json_bodies import BodyError, shown
from fraudapp.problems import problem
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, AuthorizationError, HttpError, ValidationError

MOST_ERRORS = 100
KNOWN_PARTS = ("body", "one", "batch")
"""Of a place in Ninja's errors: not fields, but how the body is declared."""


class Refusal(Exception):  # noqa: N818 - not a mistake of the program
    """Raised with the status and a sentence for the client."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        retry_seconds: int = 0,
        **extra: Any,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.extra = status, detail, extra
        self.headers = dict(headers or {}) | ({"Retry-After": str(retry_seconds)} if retry_seconds else {})


def install(api: NinjaAPI) -> None:
    handlers: dict[type[Exception], Any] = {Refusal: _refused, HttpError: _http, ValidationError: _invalid}
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def _refused(_request: HttpRequest, error: Refusal) -> HttpResponse:
    return problem(error.status, error.detail, headers=error.headers, **error.extra)


def _http(_request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error, AuthorizationError):
        return problem(403, error.message)
    if isinstance(error, AuthenticationError):
        detail = "The key is missing or unknown; send a client's key as Authorization: Bearer KEY."
        return problem(401, detail, headers={"WWW-Authenticate": 'Bearer realm="payments"'})
    cause = error.__cause__
    if isinstance(cause, BodyError):
        return problem(cause.status, str(cause))
    if cause is not None:
        raise cause  # Ninja took a mistake for bad input
    return problem(error.status_code, error.message)


def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    if any(one["loc"][0] == "header" for one in error.errors):
        return problem(400, "The header Idempotency-Key is missing; send a new one with each new request.")
    if any(len(one["loc"]) == 2 and one["type"] == "missing" for one in error.errors):
        return problem(400, "The body is empty; send JSON.")
    told = [_told(one) for one in error.errors[:MOST_ERRORS]]
    first = told[0]
    place = f"{first['field']} of number {first['index']}" if "index" in first else first["field"]
    count = len(error.errors)
    more = f" ({count - 1} more in errors)" if count > 1 else ""
    return problem(422, f"{place}: {first['message']}{more}.", errors=told)


def _told(error: Mapping[str, Any]) -> dict[str, Any]:
    parts: Sequence[Any] = [part for part in error["loc"][1:] if part not in KNOWN_PARTS]
    index = next((part for part in parts if isinstance(part, int)), None)
    names = [part for part in parts if isinstance(part, str)]
    extra = error["type"] == "extra_forbidden"
    field = (shown(names[-1])[1:-1] if extra else names[-1]) if names else "body"
    return {"field": field, "message": _words(error)} | ({} if index is None else {"index": index})


def _words(error: Mapping[str, Any]) -> str:
    kind, limits = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return str(limits["error"])
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return "is not a field here"
    if kind == "too_long":
        return f"has {limits['actual_length']:,} entries; {limits['max_length']:,} is the most"
    if kind == "too_short":
        return "has no entry; send at least one"
    return "must be a list" if kind == "list_type" else "must be an object"
