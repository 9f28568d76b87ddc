"""What the database tells about one account, and searches for payments. Every query uses an index or has a bound."""

import datetime
import re
import statistics
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from transactions.models import Transaction, User
from transactions.payments import CENT

MOST_ROWS = 200
MOST_COUNTED = 10_000
LATELY = 20_000
"""Amounts and addresses have no index: they are searched among so many of the newest ids."""
COLUMNS = (
    "id",
    "account_id",
    "amount",
    "received_at",
    "ip_address",
    "terminal_id",
    "device_id",
    "payee_account_id",
)
Row = dict[str, Any]


def account(number: int, *, before: int | None, limit: int) -> Row:
    """The account's payments with ids below `before`, newest first, and what is usual for it.

    Raises User.DoesNotExist.
    """
    user = User.objects.only("username", "date_joined").get(pk=number)
    mine = Transaction.objects.filter(account_id=number).order_by("-pk")
    page = mine if before is None else mine.filter(pk__lt=before)
    rows = list(page.values(*COLUMNS)[: limit + 1])
    newest = list(mine.values(*COLUMNS)[:MOST_ROWS])
    return {
        "id": number,
        "name": user.username,
        "joined": user.date_joined,
        "payments": rows[:limit],
        "next": rows[limit - 1]["id"] if len(rows) > limit else None,
        "usual": _usual(newest),
        "totals": _totals(mine),
        "devices": _known(newest, "device_id"),
        "payees": _known(newest, "payee_account_id"),
        "terminals": _known(newest, "terminal_id"),
        "addresses": _known(newest, "ip_address"),
    }


def search(text: str, limit: int) -> Row:
    """Payments by their own id, account, amount or address, newest first.

    `searched` says how far: all payments, or those with the newest ids.
    """
    asked = _whole(text)
    if asked is not None:
        payment = Transaction.objects.filter(pk=asked).values(*COLUMNS)
        of_account = Transaction.objects.filter(account_id=asked).exclude(pk=asked).order_by("-pk").values(*COLUMNS)
        return {"payments": [*payment, *of_account[:limit]][:limit], "searched": "all"}
    newest = Transaction.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    lately = Transaction.objects.filter(pk__gt=newest - LATELY).order_by("-pk")
    amount = _money(text)
    matching = lately.filter(ip_address__startswith=text) if amount is None else lately.filter(amount=amount)
    return {"payments": list(matching.values(*COLUMNS)[:limit]), "searched": LATELY}


def _usual(newest: list[Row]) -> Row | None:
    """The median, which frauds do not move; transfers do not count. None before the third purchase."""
    amounts = [row["amount"] for row in newest if row["payee_account_id"] is None and row["amount"] > 0]
    if len(amounts) < 3:
        return None
    return {"amount": statistics.median(amounts).quantize(CENT), "purchases": len(amounts)}


def _totals(mine: QuerySet[Transaction]) -> Row:
    """Of the newest payments; `more` if there are others, which nobody counts."""
    counted = mine[:MOST_COUNTED].aggregate(payments=Count("pk"), amount=Sum("amount"))
    more = mine[MOST_COUNTED : MOST_COUNTED + 1].exists()
    amount = Decimal(counted["amount"] or 0).quantize(CENT)
    return {"payments": counted["payments"], "amount": amount, "more": more}


def _known(newest: list[Row], column: str) -> list[Row]:
    """The values of a column among the newest payments, the latest first, with the time of their first use there."""
    first: dict[Any, datetime.datetime] = {}
    count: dict[Any, int] = {}
    for row in newest:
        value = row[column]
        if value is not None:
            first[value] = min(first.get(value, row["received_at"]), row["received_at"])
            count[value] = count.get(value, 0) + 1
    return [{"value": value, "payments": count[value], "first": first[value]} for value in list(count)[:10]]


def _whole(text: str) -> int | None:
    """A number that the database can hold."""
    return int(text) if re.fullmatch(r"\d{1,18}", text, re.ASCII) else None


def _money(text: str) -> Decimal | None:
    return Decimal(text) if re.fullmatch(r"-?\d{1,10}\.\d{1,2}", text, re.ASCII) else None
