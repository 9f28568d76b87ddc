"""The page and its API. Only POST, with a CSRF token, changes anything."""

import logging
from typing import Annotated

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST
from fraudapp.bodies import Body, takes
from fraudapp.problems import problem
from pydantic import Field

from transactions import frauds, operators
from transactions.live import live
from transactions.models import User

log = logging.getLogger(__name__)


MOST_ID = 10**18 - 1
"""Oracle's ids have 18 digits."""


class FraudBody(Body):
    account: Annotated[int, Field(ge=1, le=MOST_ID)] | None = None


class GeneratorBody(Body):
    rate: Annotated[float, Field(ge=0)]


@require_GET
@ensure_csrf_cookie
def page(request: HttpRequest) -> HttpResponse:
    context = {
        "rules": settings.RULES,
        "frauds": {rule: title for rule, title in settings.RULES.items() if rule in frauds.KINDS},
        "scenario": bool(live().player),
        "episode_hours": settings.EPISODE_HOURS,
    }
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
@operators.required
@takes(FraudBody)
def commit_fraud(request: HttpRequest, body: FraudBody, kind: str) -> JsonResponse:
    """Body: {"account": whose fraud it is}, or {} for anybody's."""
    if kind not in frauds.KINDS:
        return problem(400, f"Unknown fraud {kind[:60]!r}; choose one of {', '.join(frauds.KINDS)}.")
    try:
        account, rows = frauds.commit(live().payments, kind, live().source, body.account)
    except User.DoesNotExist:
        return problem(404, "There is no such user.")
    except frauds.NoSuitableAccountError as error:
        return problem(409, str(error))
    live().generator.block(account)
    log.info("operator %s committed %s", operators.name_of(request), kind)
    return JsonResponse({"fraud": kind, "account": account, "transactions": [row.pk for row in rows]}, status=201)


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
