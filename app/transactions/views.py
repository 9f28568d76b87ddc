"""The page and its API. Only POST, with a CSRF token, changes anything."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST
from fraudapp import json_bodies
from fraudapp.problems import problem

from transactions.generator import MAX_RATE
from transactions.generator import commit_fraud as commit
from transactions.live import live
from transactions.models import User
from transactions.payments import FRAUDS

MOST_ID = 10**18 - 1
"""Oracle's ids have 18 digits."""


@require_GET
@ensure_csrf_cookie
def page(request: HttpRequest) -> HttpResponse:
    frauds = {rule: title for rule, title in settings.RULES.items() if rule in FRAUDS}
    context = {"rules": settings.RULES, "frauds": frauds, "scenario": bool(live().player)}
    return render(request, "transactions/index.html", context)


@require_GET
def state(_request: HttpRequest) -> JsonResponse:
    return JsonResponse(live().state())


@require_GET
def alerts(request: HttpRequest) -> JsonResponse:
    """The latest alerts, oldest first; `?after=NUMBER` returns those after that one."""
    after = request.GET.get("after", "0")
    if not (after.isascii() and after.isdecimal() and len(after) <= 18):
        return problem(400, "after must be the number of an alert.")
    return JsonResponse({"alerts": live().alerts.since(int(after))})


@require_GET
def events(_request: HttpRequest) -> HttpResponse:
    """The headers of the server-sent events, which fraudapp.asgi sends after this answer."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return HttpResponse(content_type="text/event-stream", headers=headers)


@require_POST
def commit_fraud(request: HttpRequest, kind: str) -> JsonResponse:
    if kind not in FRAUDS:
        return problem(400, f"Unknown fraud {kind[:60]!r}; choose one of {', '.join(FRAUDS)}.")
    try:
        account = _account(_body(request).get("account"))
        rows = commit(live().payments, kind, live().source, account)
    except json_bodies.BodyError as error:
        return problem(error.status, str(error))
    except User.DoesNotExist:
        return problem(404, "There is no such user.")
    live().generator.block(rows[0].account_id)
    return JsonResponse({"fraud": kind, "transactions": [row.pk for row in rows]}, status=201)


@require_POST
def set_generator(request: HttpRequest) -> JsonResponse:
    """Body: {"rate": payments a second, 0 to stop}."""
    if live().player:
        return problem(400, "A scenario is played; nothing else is generated.")
    try:
        rate = _rate(_body(request).get("rate"))
    except json_bodies.BodyError as error:
        return problem(error.status, str(error))
    live().generator.rate = rate
    return JsonResponse({"rate": rate})


def csrf_failure(_request: HttpRequest, reason: str = "") -> JsonResponse:
    return problem(403, f"{reason} Reload the page and try again.")


def _body(request: HttpRequest) -> dict[str, Any]:
    body: object = json_bodies.read(request) if request.body else {}
    if not isinstance(body, dict):
        raise json_bodies.BodyError("The body must be a JSON object.")
    return body  # pyright: ignore[reportUnknownVariableType]


def _account(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= MOST_ID:
        raise json_bodies.BodyError(f"account must be the id of a user, not {json_bodies.shown(value)}.")
    return value


def _rate(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= MAX_RATE:
        raise json_bodies.BodyError(
            f"rate must be a number from 0 to {MAX_RATE:.0f} payments a second, not {json_bodies.shown(value)}."
        )
    return float(value)
