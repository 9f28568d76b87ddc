"""Response headers that Django 5.2 has no setting for, and the answers when the database fails a view."""

import logging
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from transactions.committing import is_away
from transactions.errors import DatabaseAwayError, NoUsersError

from fraudapp.problems import problem

log = logging.getLogger(__name__)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class ContentSecurityPolicy:
    """Allows the app's own files alone: no inline scripts or styles, no other hosts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response


class DatabaseTroubles:
    """Answers 503 when a view cannot reach the database, 409 when nobody is in it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_exception(self, _request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        if isinstance(error, NoUsersError):
            return problem(409, str(error))
        failed = isinstance(error, (DatabaseError, InterfaceError)) and is_away(error)
        if not (failed or isinstance(error, DatabaseAwayError)):
            return None
        log.warning("the database is away: %s", str(error).strip())
        detail = "The database does not answer; try again. Whether something was written is not known."
        return problem(503, detail, headers={"Retry-After": "5"})
