"""Errors as problem details (RFC 9457), for everything under /api."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

CONTENT_TYPE = "application/problem+json"
PREFIX = "/api/"
DETAILS = {
    400: "The server cannot read this request.",
    403: "This request is not allowed.",
    404: "There is nothing at this address.",
    405: "This address does not have that method; the header Allow lists those that it has.",
    413: "The body is too large.",
    500: "The server made a mistake, which its log describes.",
}
"""What a response without words of its own means."""
KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")


def problem(status: int, detail: str, *, headers: dict[str, str] | None = None, **extra: Any) -> JsonResponse:
    """A response with one sentence of `detail` for the reader; `extra` are further members, such as `errors`."""
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail} | extra
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE, headers=headers)


class ProblemsUnderApi:
    """Turns what Django itself answers under /api (404, 405, 413, 500 and so on, in HTML) into problem details."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        status = response.status_code
        described = response.headers.get("Content-Type", "").startswith(CONTENT_TYPE)
        if status < 400 or described or not under_api(request):
            return response
        headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        return problem(status, DETAILS.get(status, HTTPStatus(status).phrase + "."), headers=headers)


def under_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(PREFIX)
