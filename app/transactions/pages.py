"""What the page reads besides the events: history, accounts, searches. Nothing here changes anything."""

import re

from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET
from fraudapp.problems import problem

from transactions import accounts
from transactions.live import live
from transactions.models import User

LONGEST_SEARCH = 45  # an address
DEFAULT_ROWS = 50
AWAY = "The database does not answer; try again in a moment."


@require_GET
def history(_request: HttpRequest) -> JsonResponse:
    """Payments and alerts of the last 15 minutes, for each 5 seconds."""
    return JsonResponse(live().history.read())


@require_GET
def account(request: HttpRequest, number: int) -> HttpResponse:
    """`limit` (1 to 200) payments with ids below `before`, newest first, with alerts and outcomes that are known."""
    try:
        limit = _whole(request, "limit", 1, accounts.MOST_ROWS) or DEFAULT_ROWS
        before = _whole(request, "before", 1, 10**18)
        found = accounts.account(number, before=before, limit=limit)
    except ValueError as error:
        return problem(400, str(error))
    except User.DoesNotExist:
        return problem(404, f"There is no account {number}.")
    except Error:
        return problem(503, AWAY)
    found["alerts"] = [alert for alert in list(live().alerts.latest) if alert["ACCOUNT_ID"] == number][::-1]
    found["outcomes"] = live().outcomes([row["id"] for row in found["payments"]])
    return JsonResponse(found)


@require_GET
def payments(request: HttpRequest) -> HttpResponse:
    """`search`: a payment's or an account's id, an amount with decimals, or how an address begins."""
    text = request.GET.get("search", "").strip()
    if not text or len(text) > LONGEST_SEARCH or not re.fullmatch(r"[\w.:-]+", text, re.ASCII):
        return problem(
            400,
            f"search is {text[:LONGEST_SEARCH]!r}; give the id of a payment or an account, an amount such as 12.50, "
            f"or the beginning of an address, of at most {LONGEST_SEARCH} characters.",
        )
    try:
        limit = _whole(request, "limit", 1, accounts.MOST_ROWS) or DEFAULT_ROWS
        return JsonResponse(accounts.search(text, limit))
    except ValueError as error:
        return problem(400, str(error))
    except Error:
        return problem(503, AWAY)


def _whole(request: HttpRequest, name: str, least: int, most: int) -> int | None:
    text = request.GET.get(name)
    if text is None:
        return None
    if not re.fullmatch(r"\d{1,19}", text, re.ASCII) or not least <= int(text) <= most:
        raise ValueError(f"{name} is {text[:40]!r}; it must be a whole number from {least} to {most}.")
    return int(text)
