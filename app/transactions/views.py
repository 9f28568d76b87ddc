"""The page and its API. Only POST, with a CSRF token, changes anything."""

import json
import logging
from collections.abc import Iterator
from typing import Annotated, Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST
from fraudapp.bodies import Body, takes
from fraudapp.problems import problem
from pydantic import Field

from transactions import operators
from transactions.generator import commit_fraud as commit
from transactions.live import TooManyBrowsersError, live
from transactions.models import User
from transactions.payments import FRAUDS

log = logging.getLogger(__name__)


class FraudBody(Body):
    account: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None


class GeneratorBody(Body):
    rate: Annotated[float, Field(ge=0)]


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
def events(_request: HttpRequest) -> HttpResponseBase:
    """Server-sent events: payments, alerts and figures."""
    try:
        stream = live().events()
    except TooManyBrowsersError:
        return problem(503, "Too many pages are open; close one and reload.")
    response = StreamingHttpResponse(_encoded(stream), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


@require_POST
@operators.required
@takes(FraudBody)
def commit_fraud(request: HttpRequest, body: FraudBody, kind: str) -> JsonResponse:
    """Body: {"account": whose fraud it is}, or {} for anybody's."""
    if kind not in FRAUDS:
        return problem(400, f"Unknown fraud {kind!r}; choose one of {', '.join(FRAUDS)}.")
    try:
        rows = commit(live().payments, kind, live().source, body.account)
    except User.DoesNotExist:
        return problem(404, "There is no such user.")
    live().generator.block(rows[0].account_id)
    log.info("operator %s committed %s", operators.name_of(request), kind)
    return JsonResponse({"fraud": kind, "transactions": [row.pk for row in rows]}, status=201)


@require_POST
@operators.required
@takes(GeneratorBody)
def set_generator(request: HttpRequest, body: GeneratorBody) -> JsonResponse:
    """Body: {"rate": payments a second, 0 to stop}."""
    if live().player:
        return problem(409, "A scenario is played; nothing else is generated.")
    most = settings.MOST_PAYMENTS_PER_SECOND
    if body.rate > most:
        return problem(422, f"rate is {body.rate:g}; allowed: 0 to {most:g} (MOST_PAYMENTS_PER_SECOND).")
    live().generator.rate = body.rate
    log.info("operator %s set the generator to %g payments a second", operators.name_of(request), body.rate)
    return JsonResponse({"rate": body.rate})


def csrf_failure(_request: HttpRequest, reason: str = "") -> JsonResponse:
    return problem(403, f"{reason} Reload the page and try again.")


def _encoded(stream: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    for event in stream:
        yield f"data: {json.dumps(event, cls=DjangoJSONEncoder)}\n\n".encode()
