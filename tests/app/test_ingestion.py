"""Other systems send payments and outcomes: what is written, and what is refused with which sentence."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from typing import Any

import pytest

from tests.app.ingestion_lab import OUTCOMES_ONLY, payment, problem, send, stored


def test_a_payment_is_written_as_it_was_sent() -> None:
    from transactions.models import Transaction

    place = {"latitude": -33.86882, "longitude": "151.2093"}
    sent = payment(
        amount=12.5,
        received_at="2026-01-31T13:00:00.123456+01:00",
        terminal_id="till-7",
        device_id="phone-3",
        payee_account_id=2,
        **place,
    )
    answer = send(sent)
    assert answer.status_code == 201, answer.content
    (number,) = answer.json()["ids"]
    found = Transaction.objects.get(pk=number)
    assert (found.account_id, found.amount, found.ip_address) == (1, Decimal("12.50"), "10.0.0.1")
    assert (found.terminal_id, found.device_id, found.payee_account_id) == ("till-7", "phone-3", 2)
    assert (found.latitude, found.longitude) == (Decimal("-33.86882"), Decimal("151.20930"))
    assert found.received_at == datetime.datetime(2026, 1, 31, 12, 0, 0, 123000, datetime.UTC)


def test_a_batch_gets_its_ids_in_order_and_a_payment_without_a_time_the_present_one() -> None:
    from transactions.models import Transaction

    answer = send({"payments": [payment(amount=f"{cents}.00") for cents in range(1, 1001)]})
    numbers = answer.json()["ids"]
    rows = Transaction.objects.in_bulk(numbers)
    assert [rows[number].amount for number in numbers] == list(range(1, 1001)) and numbers == sorted(numbers)
    age = datetime.datetime.now(datetime.UTC) - rows[numbers[0]].received_at
    assert datetime.timedelta() <= age < datetime.timedelta(seconds=30)


def test_a_refund_is_a_payment_below_zero() -> None:
    from transactions.models import Transaction

    (number,) = send(payment(amount="-12.50")).json()["ids"]
    assert Transaction.objects.get(pk=number).amount == Decimal("-12.50")


def test_an_outcome_takes_the_rest_from_its_payment() -> None:
    from transactions.models import Outcome

    (number,) = send(payment(terminal_id="till-9", amount="77.10")).json()["ids"]
    answer = send({"transaction_id": number, "is_fraud": True}, to="outcomes", Authorization=f"Bearer {OUTCOMES_ONLY}")
    assert answer.status_code == 201, answer.content
    found = Outcome.objects.get(pk=answer.json()["ids"][0])
    assert (found.transaction_id, found.account_id, found.terminal_id) == (number, 1, "till-9")
    assert (found.amount, found.is_fraud) == (Decimal("77.10"), True)
    several = [{"transaction_id": number, "is_fraud": False, "known_at": "2026-02-01T00:00:00Z"}] * 2
    assert len(send({"outcomes": several}, to="outcomes").json()["ids"]) == 2


def test_an_unknown_account_writes_nothing_of_its_batch() -> None:
    before = stored()
    answer = send({"payments": [payment(), payment(account_id=99999), payment()]})
    assert "Nothing was written" in problem(answer, 422) and stored() == before
    assert answer.json()["errors"] == [
        {"index": 1, "field": "account_id", "message": "there is no account 99999"},
    ]


def test_an_outcome_of_an_unknown_payment_is_refused() -> None:
    answer = send({"transaction_id": 10**17, "is_fraud": True}, to="outcomes")
    problem(answer, 422)
    assert answer.json()["errors"][0]["message"] == f"there is no payment {10**17}"


FIELDS: list[tuple[str, Any, str]] = [
    *(("amount", value, "must be a number") for value in (True, None, [], {}, "", "1,5", "1e2", "+1", " 1", "007")),
    *(("amount", value, "at most 2 digits") for value in ("1.005", 0.125, "10000000000.00", -1e10, 10**39, "NaN")),
    *(("amount", value, "must not be zero") for value in (0, -0.0, "0.00", "-0")),
    *(("account_id", value, "whole number from 1") for value in (1.9, 1.0, True, "1", 0, -1, 10**18, None)),
    *(("ip_address", value, "IPv4 or IPv6") for value in ("", " ", "10.0.0", "fe80::1%eth0", 7, "<b>", None)),
    *(("received_at", value, "an offset") for value in ("2026-01-31T12:00:00", "now", 5, "2026-02-31T12:00:00Z")),
    *(("received_at", value, "an offset") for value in ("9999-12-31T23:59:59-10:00", "1999-12-31T23:59:59Z")),
    *(("terminal_id", value, "printable") for value in ("", " ", "a" * 65, "\U0001f4b3" * 33, "a\x00b", "\ud800", 7)),
    *(("device_id", value, "printable") for value in ("a\nb", "\x7f", "tail ")),
    ("payee_account_id", "1", "whole number"),
    ("colour", "red", "not a field here"),
]


@pytest.mark.parametrize(("name", "value", "words"), FIELDS, ids=lambda value: ascii(value)[:30])
def test_a_wrong_field_is_named_with_what_is_allowed(name: str, value: Any, words: str) -> None:
    before = stored()
    alone = send(payment(**{name: value}))
    assert words in problem(alone, 422) and name in alone.json()["detail"]
    batch = send({"payments": [payment(), payment(**{name: value})]})
    problem(batch, 422)
    (error,) = batch.json()["errors"]
    assert (error["index"], error["field"]) == (1, name) and words in error["message"]
    assert stored() == before


def test_a_place_needs_both_coordinates() -> None:
    assert "belong together" in problem(send(payment(latitude=1)), 422)
    assert "from -90 to 90" in problem(send(payment(latitude=90.1, longitude=1)), 422)
    assert "at most 5 digits" in problem(send(payment(latitude=1, longitude=1.000001)), 422)


def test_a_missing_field_is_named() -> None:
    assert "amount: is missing" in problem(send({"account_id": 1, "ip_address": "10.0.0.1"}), 422)
    assert "is_fraud: is missing" in problem(send({"transaction_id": 1}, to="outcomes"), 422)


BODIES: list[tuple[bytes, int, str]] = [
    (b"", 400, "empty"),
    (b" ", 400, "empty"),
    (b"{", 400, "not JSON: Expecting property name"),
    (b'{"amount": 1} x', 400, "not JSON: Extra data at line 1, column 15"),
    (b'{"amount": NaN}', 400, "NaN is not JSON"),
    (b'{"amount": -Infinity}', 400, "-Infinity is not JSON"),
    (b'{"amount": 1, "amount": 2}', 400, 'the field "amount" twice'),
    (b'{"amount": ' + b"9" * 5000 + b"}", 400, "5,000 characters"),
    (b'{"amount": 0.' + b"9" * 5000 + b"}", 400, "5,002 characters"),
    (b'{"amount": 1e999999999999999999999}', 400, "out of every range"),
    (b"[" * 100_000, 400, "nested too deeply"),
    (b'{"a":' * 100_000, 400, "nested too deeply"),
    (b'{"amount": "\xff"}', 400, "not UTF-8"),
    ("{}".encode("utf-16"), 400, "not UTF-8"),
    (b"[]", 422, "must be an object"),
    (b"null", 422, "must be an object"),
    (b"7", 422, "must be an object"),
    (b'{"payments": []}', 422, "at least one"),
    (b'{"payments": {}}', 422, "must be a list"),
    (b'{"payments": [7]}', 422, "must be an object"),
    (b'{"payments": null, "more": 1}', 422, "must be a list"),
    (b'{"payments": [' + b",".join([json.dumps(payment()).encode()] * 1001) + b"]}", 422, "1,000 is the most"),
    (json.dumps(payment()).encode().replace(b'"12.50"', b"1e400"), 422, "must be a number from"),
]


@pytest.mark.parametrize(("body", "status", "words"), BODIES, ids=lambda value: ascii(value)[:40])
def test_a_body_that_is_no_payment_is_refused(body: bytes, status: int, words: str) -> None:
    assert words in problem(send(body), status)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_another_content_type_is_refused(kind: str) -> None:
    answer = send(b"{}", **{"Content-Type": kind})
    assert "send application/json" in problem(answer, 415)
    assert "UTF-8" in problem(send(b"{}", **{"Content-Type": "application/json; charset=latin-1"}), 415)


def test_a_charset_of_utf_8_is_no_mistake() -> None:
    assert send(payment(), **{"Content-Type": "application/json; charset=UTF-8"}).status_code == 201


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer no", "Basic a2V5", "Bearer \xff\xfe", "x" * 9000])
def test_a_missing_or_wrong_key_is_refused(header: str) -> None:
    answer = send(payment(), Authorization=header)
    problem(answer, 401)
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_key_without_the_scope_is_refused() -> None:
    detail = problem(send(payment(), Authorization=f"Bearer {OUTCOMES_ONLY}"), 403)
    assert detail == "The key of bank lacks the scope payments:write."


def test_wrong_addresses_and_methods_under_the_api_are_problems() -> None:
    from django.test import Client

    problem(Client().get("/api/v1/nothing"), 404)
    problem(Client().get("/api/v1/"), 404)
    answer = Client().get("/api/v1/payments")
    problem(answer, 405)
    assert answer["Allow"] == "POST"


def test_a_client_that_is_too_fast_waits(settings_of_app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from ingestion.clients import read

    from tests.app.ingestion_lab import digest

    slow = {"slow": {"sha256": digest("slow"), "scopes": ["payments:write"], "payments_per_second": 100}}
    monkeypatch.setattr(settings_of_app, "API_CLIENTS", read(json.dumps(slow)))
    before = stored()
    first = send({"payments": [payment()] * 1000}, Authorization="Bearer slow")
    assert first.status_code == 201 and first["RateLimit-Policy"] == '"payments";q=1000;w=10'
    assert first["RateLimit"].startswith('"payments";r=0;t=')
    refused = send({"payments": [payment()] * 1000}, Authorization="Bearer slow")
    problem(refused, 429)
    assert 1 <= int(refused["Retry-After"]) <= 10 and stored() == before + 1000


def test_clients_are_checked_at_the_start_and_all_problems_are_told() -> None:
    from django.core.exceptions import ImproperlyConfigured
    from ingestion.clients import read

    wrong = {"a b": {}, "shop": {"sha256": "SECRET", "scopes": ["all"], "payments_per_second": 5, "more": 1}}
    with pytest.raises(ImproperlyConfigured) as caught:
        read(json.dumps(wrong))
    told = str(caught.value)
    for place in ("a b", "shop.sha256", "shop.scopes.0", "shop.payments_per_second", "shop.more"):
        assert place in told
    assert "SECRET" not in told
    with pytest.raises(ImproperlyConfigured, match="not JSON"):
        read("{")
