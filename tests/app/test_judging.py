"""An operator's verdict on a payment is written as an outcome."""

from __future__ import annotations

import datetime
import logging
from decimal import Decimal
from typing import Any

import pytest

from tests.app.conftest import OPERATOR
from tests.app.test_app import client


@pytest.fixture
def payment() -> Any:
    from transactions.payment_table import PaymentTable
    from transactions.payments import Payment

    (row,) = PaymentTable().add([Payment(3, Decimal("12.30"), "10.0.0.1", terminal="till-7")])
    return row


def judge(payment: Any, *, is_fraud: bool) -> Any:
    body = {"transaction_id": payment.pk, "is_fraud": is_fraud}
    return client().post("/api/verdicts", body, content_type="application/json")


def test_a_verdict_is_an_outcome_with_what_the_score_needs(payment: Any, caplog: pytest.LogCaptureFixture) -> None:
    from transactions.models import Outcome

    before = datetime.datetime.now(datetime.UTC)
    with caplog.at_level(logging.INFO):
        answer = judge(payment, is_fraud=True)
    assert answer.status_code == 201, answer.content
    row = Outcome.objects.get(pk=answer.json()["outcome"])
    assert (row.transaction_id, row.account_id, row.terminal_id, row.amount, row.is_fraud) == (
        payment.pk, 3, "till-7", Decimal("12.30"), True,
    )  # fmt: skip
    assert before <= row.known_at <= datetime.datetime.now(datetime.UTC)
    assert f"operator {OPERATOR}: payment {payment.pk} is fraud" in caplog.text


def test_a_second_verdict_is_another_row_and_counts(payment: Any) -> None:
    from transactions.models import Outcome
    from transactions.verdicts import Verdicts

    judged = Verdicts()
    judged.alert(payment.pk, "large_amount")
    for is_fraud in (True, False):
        assert judge(payment, is_fraud=is_fraud).status_code == 201
        judged.look()
        figures = judged.figures()
        assert figures and figures["hits"] == int(is_fraud), "the page's precision follows the last verdict"
    rows = Outcome.objects.filter(transaction_id=payment.pk).order_by("pk")
    assert [row.is_fraud for row in rows] == [True, False], "the stream reads both, and the later one counts"


def test_a_scenarios_verdict_has_its_simulated_time(payment: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from transactions.live import live
    from transactions.models import Outcome

    class Played:
        @staticmethod
        def now() -> datetime.datetime:
            return datetime.datetime(2026, 1, 5, tzinfo=datetime.UTC)

    monkeypatch.setattr(live(), "player", Played)
    answer = judge(payment, is_fraud=False)
    assert Outcome.objects.get(pk=answer.json()["outcome"]).known_at == Played.now()


def test_a_database_that_is_away_asks_to_try_again(payment: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError
    from transactions.models import Outcome

    def away(*_: object, **__: object) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(Outcome, "save", away)
    answer = judge(payment, is_fraud=True)
    assert (answer.status_code, answer["Retry-After"]) == (503, "2") and "try again" in answer.json()["detail"]
