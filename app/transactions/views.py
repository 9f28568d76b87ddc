"""The page and its API. Only POST, with a CSRF token, changes anything."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST
from fraudapp.problems import problem

from transactions.generator import MAX_RATE
from transactions.generator import commit_fraud as commit
from transactions.live import live
from transactions.models import User
from transactions.payments import FRAUDS


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
    if not after.isdecimal():
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
        return problem(400, f"Unknown fraud {kind!r}; choose one of {', '.join(FRAUDS)}.")
    try:
        account = _number(_body(request), "account")
        rows = commit(live().payments, kind, live().source, None if account is None else int(account))
    except ValueError as error:
        return problem(400, str(error))
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
        rate = _number(_body(request), "rate")
    except ValueError as error:
        return problem(400, str(error))
    if rate is None or not 0 <= rate <= MAX_RATE:
        return problem(400, f"rate must be a number from 0 to {MAX_RATE:.0f}.")
    live().generator.rate = rate
    return JsonResponse({"rate": rate})


def csrf_failure(_request: HttpRequest, reason: str = "") -> JsonResponse:
    return problem(403, f"{reason} Reload the page and try again.")


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        body: dict[str, Any] | list[Any] | str | float | None = json.loads(request.body or b"{}")
    except ValueError:
        raise ValueError("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise ValueError("The body must be a JSON object.")
    return body


def _number(body: dict[str, Any], name: str) -> float | None:
    value = body.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise ValueError(f"{name} must be a number.")
    return value
