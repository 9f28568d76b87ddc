"""What the page reads: an account, searches, the last minutes."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.app.test_app import client


def pay(account: int, *amounts: str, **columns: Any) -> list[int]:
    from transactions.payment_table import PaymentTable
    from transactions.payments import Payment

    payments = [Payment(account, Decimal(amount), "10.77.0.1", **columns) for amount in amounts]
    return [row.pk for row in PaymentTable().add(payments)]


def test_an_account_has_its_payments_newest_first_page_by_page() -> None:
    ids = pay(11, *(["10.00"] * 5))
    first = client().get("/api/accounts/11?limit=2").json()
    assert [row["id"] for row in first["payments"]] == ids[:2:-1] and first["next"] == ids[3]
    second = client().get(f"/api/accounts/11?limit=2&before={first['next']}").json()
    assert [row["id"] for row in second["payments"]] == ids[2:0:-1]


def test_an_account_tells_what_is_usual_and_with_whom_and_what() -> None:
    from transactions.models import Transaction

    Transaction.objects.filter(account_id=12).delete()
    pay(12, "10.00", "11.00", "900.00", device="phone-1")
    pay(12, "700.00", device="phone-2", payee=77)
    found = client().get("/api/accounts/12").json()
    assert found["usual"] == {"amount": "11.00", "purchases": 3}, "the median of the purchases"
    assert found["totals"] == {"payments": 4, "amount": "1621.00", "more": False}
    assert [device["value"] for device in found["devices"]] == ["phone-2", "phone-1"]
    assert [(payee["value"], payee["payments"]) for payee in found["payees"]] == [(77, 1)]
    assert found["alerts"] == [] and found["name"]


def test_a_new_account_has_nothing_usual() -> None:
    from transactions.models import Transaction

    Transaction.objects.filter(account_id=13).delete()
    found = client().get("/api/accounts/13").json()
    assert (found["usual"], found["payments"], found["next"]) == (None, [], None)


def test_payments_are_found_by_id_account_amount_and_address() -> None:
    (number,) = pay(14, "123.45")

    def search(text: str) -> list[int]:
        return [row["id"] for row in client().get("/api/payments", {"search": text}).json()["payments"]]

    assert search(str(number))[0] == number
    assert number in search("14") and search("123.45") == [number] and number in search("10.77.")
    assert search("99999999999") == []


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/api/accounts/999999", 404, "There is no account 999999."),
        (f"/api/accounts/{'9' * 30}", 404, "There is no account 9"),
        ("/api/accounts/1?limit=201", 400, "limit is '201'; it must be a whole number from 1 to 200."),
        ("/api/accounts/1?limit=x", 400, "limit is 'x'"),
        (f"/api/accounts/1?before={'9' * 5000}", 400, "before is '9999"),
        ("/api/payments", 400, "search is ''; give the id"),
        ("/api/payments?search=%27%3B--", 400, "search is"),
        (f"/api/payments?search={'1' * 46}", 400, "search is"),
    ],
)
def test_bad_questions_are_refused_in_words(address: str, status: int, words: str) -> None:
    answer = client().get(address)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), answer.content
    assert words in answer.json()["detail"]


def test_an_account_in_digits_without_end_is_a_problem_too() -> None:
    answer = client().get(f"/api/accounts/{'9' * 5000}")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_no_query_reads_more_than_its_bound(django_assert_reads: Any) -> None:
    for address in (
        "/api/accounts/1",
        "/api/payments?search=1",
        "/api/payments?search=10.",
        "/api/payments?search=1.00",
    ):
        with django_assert_reads(limit=10_001):
            assert client().get(address).status_code == 200


def test_the_history_counts_in_buckets_and_forgets() -> None:
    from transactions.history import BUCKETS, History

    now = 1_000_000.0
    history = History(lambda: now)
    history.add(payments=3)
    history.alert(None)
    now += 7
    history.add(payments=2)
    found = history.read()
    assert (found["payments"], found["alerts"], found["from"]) == ([3, 2], [1, 0], 1_000_000)
    now += 5 * BUCKETS
    found = history.read()
    assert len(found["payments"]) == BUCKETS and not any(found["payments"])


def test_an_alert_that_is_read_again_counts_when_it_was_detected() -> None:
    from transactions.history import History

    now = 1_000_000.0
    history = History(lambda: now)
    now += 20
    for seconds in (1_000_006, 1_000_020, 999_000):
        history.alert(datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat())
    assert history.read()["alerts"] == [0, 1, 0, 0, 1]


def test_the_page_reads_the_history() -> None:
    assert client().get("/api/history").json()["seconds"] == 5
