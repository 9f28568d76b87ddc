"""The app writes each payment once, with wrong clocks and lost answers. tests/local does this on PostgreSQL."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def payments(count: int, amount: int = 1) -> list[Any]:
    from transactions.payments import Payment

    return [Payment(1, Decimal(amount), "10.0.0.1")] * count


def stored() -> int:
    from transactions.models import Transaction

    return Transaction.objects.count()


@pytest.mark.parametrize("seconds", [0, -3600, 10**9], ids=["stands still", "goes back", "is far ahead"])
def test_clocks_do_not_matter(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    from transactions.payment_table import PaymentTable

    times = [NOW, NOW + datetime.timedelta(seconds=seconds)]
    monkeypatch.setattr("transactions.payment_table.timezone.now", lambda: times.pop())
    before = stored()
    rows = [row for _ in range(2) for row in PaymentTable().add(payments(20))]
    assert stored() == before + 40 and len({row.pk for row in rows}) == 40


def test_a_payment_has_an_id_and_a_time_in_milliseconds() -> None:
    from transactions.models import Transaction
    from transactions.payment_table import PaymentTable

    (row,) = PaymentTable().add(payments(1))
    found = Transaction.objects.get(pk=row.pk)
    assert found.received_at == row.received_at and row.received_at.microsecond % 1000 == 0


def test_a_payment_keeps_where_and_with_what_it_was_made() -> None:
    from transactions.models import Transaction
    from transactions.payment_table import PaymentTable
    from transactions.payments import Payment

    place: dict[str, Any] = {"latitude": Decimal("-33.86882"), "longitude": Decimal("151.20930")}
    payment = Payment(1, Decimal(1), "10.0.0.1", terminal="till-7", device="phone-3", payee=2, **place)
    (row,) = PaymentTable().add([payment])
    found = Transaction.objects.get(pk=row.pk)
    assert (found.terminal_id, found.device_id, found.payee_account_id) == ("till-7", "phone-3", 2)
    assert (found.latitude, found.longitude) == (place["latitude"], place["longitude"])


def test_no_payments_write_nothing() -> None:
    from transactions.payment_table import PaymentTable

    assert PaymentTable().add([]) == []


def test_a_violated_constraint_is_not_retried() -> None:
    from django.db import IntegrityError
    from transactions.payment_table import PaymentTable
    from transactions.payments import Payment

    with pytest.raises(IntegrityError):
        PaymentTable().add([Payment(1, Decimal(1), None)])  # type: ignore[arg-type]


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The list makes inserts fail `before` or `after` the commit, in turn."""
    from django.db import DatabaseError, connection
    from transactions import committing, payment_table

    insert, failures = payment_table._insert, list[str]()

    def flaky(rows: Any) -> None:
        when = failures.pop() if failures else ""
        if when != "before":
            insert(rows)
        if when:
            connection.close()
            raise DatabaseError("DPY-4011: the connection was closed")  # as Oracle's driver says it

    monkeypatch.setattr(payment_table, "_insert", flaky)
    monkeypatch.setattr(committing, "RETRY_SECONDS", 0)
    yield failures
    assert not failures


@pytest.mark.parametrize("when", [["before"], ["after"], ["after", "before"], ["before", "before"]])
def test_a_lost_connection_is_retried_and_writes_once(lost: list[str], when: list[str]) -> None:
    from transactions.payment_table import PaymentTable

    lost += when
    before = stored()
    rows = PaymentTable().add(payments(11))
    assert stored() == before + 11 and len({row.pk for row in rows}) == 11


def test_a_commit_that_ends_after_the_check_counts(lost: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from transactions import payment_table

    committed, looks = payment_table._committed, [False]
    monkeypatch.setattr(payment_table, "_committed", lambda row: looks.pop() if looks else committed(row))
    lost += ["after"]
    before = stored()
    assert len(payment_table.PaymentTable().add(payments(3))) == 3
    assert stored() == before + 3


def test_an_id_of_another_payment_is_not_ours(lost: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import IntegrityError
    from transactions import ids, payment_table

    (taken,) = payment_table.PaymentTable().add(payments(1, amount=7))
    monkeypatch.setattr(ids, "take", lambda _: [taken.pk])
    lost += ["before"]
    with pytest.raises(IntegrityError):
        payment_table.PaymentTable().add(payments(1))


def test_oracle_takes_ids_from_the_identity_columns_sequence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline: checks the SQL for Oracle. components/contracts/ddl.py makes the column an identity."""
    from django.db.backends.oracle.base import DatabaseWrapper
    from transactions import ids

    asked: list[tuple[str, Any]] = []

    class Cursor:
        def __enter__(self) -> Any:
            return self

        def __exit__(self, *_: object) -> None: ...

        def execute(self, sql: str, values: Any) -> None:
            asked.append((" ".join(sql.split()), values))

        def fetchone(self) -> Any:
            return ("ISEQ$$_73412", "ID")

        def fetchall(self) -> Any:
            return [(22,), (21,), (23,)]

    oracle = DatabaseWrapper({"NAME": "x", "USER": "SAMPLE", "PASSWORD": "", "OPTIONS": {}, "TIME_ZONE": None})
    monkeypatch.setattr(oracle, "cursor", Cursor)
    monkeypatch.setattr(ids, "connection", oracle)
    ids._sequence.cache_clear()
    try:
        assert ids.take(3) == [21, 22, 23]
    finally:
        ids._sequence.cache_clear()
    assert "user_tab_identity_cols.table_name = UPPER(%s)" in asked[0][0] and asked[0][1] == ["USER_TRANSACTION"]
    assert asked[1] == ('SELECT "ISEQ$$_73412".NEXTVAL FROM DUAL CONNECT BY LEVEL <= %s', [3])


def test_a_late_payment_is_shown_and_counted() -> None:
    from transactions.latest import Payments
    from transactions.models import Transaction
    from transactions.payment_table import PaymentTable

    seen = Payments()
    seen.new()
    assert seen.total == stored()
    first, late, last = PaymentTable().add(payments(3))
    late.delete()  # its id is taken, but it is not committed yet
    assert [row["id"] for row in seen.new()] == [first.pk, last.pk]
    again = Transaction(
        id=late.id or last.pk - 1, account_id=1, amount=1, received_at=first.received_at, ip_address="10.0.0.1"
    )
    again.save(force_insert=True)
    assert [row["id"] for row in seen.new()] == [last.pk - 1]
    assert seen.new() == [] and seen.total == stored()


def test_the_first_look_counts_all_and_shows_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    from transactions import latest
    from transactions.payment_table import PaymentTable

    monkeypatch.setattr(latest, "LATE_IDS", 30)
    rows = PaymentTable().add(payments(100))
    seen = latest.Payments()
    assert [row["id"] for row in seen.new()] == [row.pk for row in rows[-latest.SHOWN :]]
    assert seen.total == stored()
    PaymentTable().add(payments(100))
    assert len(seen.new()) == latest.SHOWN and seen.total == stored()
