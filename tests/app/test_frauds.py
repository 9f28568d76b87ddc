"""An account that suits it commits each kind of fraud. tests/sql/test_frauds.py shows that Flink finds them."""

from __future__ import annotations

import datetime
import itertools
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from components.contracts import rules
from tests.app.test_app import client


@pytest.fixture
def fresh() -> Iterator[int]:
    """An account that never paid; other tests count the users."""
    from transactions.models import Transaction, User

    user = User.objects.create(username="fresh", password="!", date_joined=datetime.datetime.now(datetime.UTC))
    yield user.pk
    Transaction.objects.filter(account=user).delete()
    user.delete()


def made(kind: str, seed: int = 1) -> list[Any]:
    from transactions.frauds import KINDS

    return KINDS[kind].make(random.Random(seed), [7, 8, 9, 10][: KINDS[kind].accounts])


def test_there_is_a_fraud_for_every_rule() -> None:
    from transactions.frauds import KINDS

    assert set(KINDS) == {rule.id for rule in rules.read()}, "the page has a button for each"


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize("rule", [rule.id for rule in rules.read()])
def test_a_button_commits_each_fraud(rule: str) -> None:
    from transactions.models import Transaction

    answer = client().post(f"/api/frauds/{rule}", "{}", content_type="application/json")
    assert answer.status_code == 201, answer.content
    body = answer.json()
    rows = Transaction.objects.filter(pk__in=body["transactions"])
    assert rows.count() == len(body["transactions"]) and rows.filter(account_id=body["account"]).exists()


@pytest.mark.parametrize("seed", range(5))
def test_only_the_frauds_own_rule_sees_large_or_many_payments(seed: int) -> None:
    for kind in ("impossible_travel", "card_testing", "dormant_account", "new_device", "account_takeover"):
        payments = made(kind, seed)
        assert sum(payment.amount for payment in payments) < 1000, f"{kind} would break burst_amount too"
    near = made("structuring", seed)
    assert all(800 <= payment.amount < 1000 for payment in near)
    gaps = [one.ago - two.ago for one, two in itertools.pairwise(near)]
    assert min(gaps) > datetime.timedelta(hours=1), "payments within a window would add up"


def test_the_payments_of_a_mule_pass_most_of_the_money_on() -> None:
    payments = made("mule_account")
    came = [payment for payment in payments if payment.payee == 7]
    went = [payment for payment in payments if payment.account == 7]
    assert {payment.account for payment in came} == {8, 9, 10}
    assert Decimal("0.7") * sum(p.amount for p in came) < sum(p.amount for p in went) < sum(p.amount for p in came)
    assert [p.ago for p in payments] == sorted((p.ago for p in payments), reverse=True)


def test_a_payment_of_the_past_is_dated_so() -> None:
    from transactions.payment_table import PaymentTable
    from transactions.payments import Payment

    now = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
    day = datetime.timedelta(days=1)
    (row,) = PaymentTable(lambda: now).add([Payment(1, Decimal(1), "10.0.0.1", ago=day)])
    assert row.received_at == now - day


def everybody_pays(*, but: int | None = None) -> None:
    from transactions.models import User
    from transactions.payment_table import PaymentTable
    from transactions.payments import Payment

    accounts = User.objects.exclude(pk=but).values_list("pk", flat=True)
    PaymentTable().add([Payment(account, Decimal(1), "10.0.0.1") for account in accounts])


def test_a_silent_account_has_never_paid(fresh: int) -> None:
    from transactions.frauds import NoSuitableAccountError, commit
    from transactions.payment_table import PaymentTable

    everybody_pays(but=fresh)
    account, rows = commit(PaymentTable(), "dormant_account", random.Random(1))
    assert account == fresh and rows[-1].amount >= 3 * rows[0].amount
    with pytest.raises(NoSuitableAccountError, match="must not have paid before"):
        commit(PaymentTable(), "dormant_account", random.Random(1))


def test_no_suitable_account_is_a_409_in_words() -> None:
    from transactions.models import User
    from transactions.payment_table import PaymentTable
    from transactions.payments import Payment

    PaymentTable().add(
        [Payment(number, Decimal(1), "10.0.0.1") for number in User.objects.values_list("pk", flat=True)]
    )
    answer = client().post("/api/frauds/dormant_account", "{}", content_type="application/json")
    assert answer.status_code == 409 and "never paid" in answer.json()["detail"]


def test_choosing_an_account_reads_a_few_users(django_assert_reads: Any) -> None:
    from transactions.frauds import commit
    from transactions.payment_table import PaymentTable

    with django_assert_reads(limit=10):
        commit(PaymentTable(), "large_amount", random.Random(3))
