"""What the API acknowledges is committed exactly once: repeated, at the same time, and when the database is lost."""

from __future__ import annotations

import concurrent.futures
import datetime
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.app.ingestion_lab import KEY, OUTCOMES_ONLY, payment, problem, send, stored


def test_a_repeated_request_gets_the_first_answer_and_writes_nothing() -> None:
    before = stored()
    first = send({"payments": [payment()] * 3}, key="order-1")
    again = send({"payments": [payment()] * 3}, key='"order-1"')
    assert (first.status_code, first.headers.get("Idempotent-Replayed")) == (201, None)
    assert (again.status_code, again["Idempotent-Replayed"]) == (201, "true")
    assert again.content == first.content and stored() == before + 3


def test_a_key_with_another_body_or_address_is_refused() -> None:
    (number,) = send(payment(), key="order-2").json()["ids"]
    before = stored()
    assert "another body" in problem(send(payment(amount="13.00"), key="order-2"), 422)
    problem(send({"transaction_id": number, "is_fraud": True}, to="outcomes", key="order-2"), 422)
    assert stored() == before


def test_a_key_belongs_to_its_client() -> None:
    (number,) = send(payment(), key="shared").json()["ids"]
    body = {"transaction_id": number, "is_fraud": True}
    answer = send(body, to="outcomes", key="shared", Authorization=f"Bearer {OUTCOMES_ONLY}")
    assert answer.status_code == 201 and "Idempotent-Replayed" not in answer.headers


def test_a_refused_request_does_not_use_its_key_up() -> None:
    problem(send(payment(account_id=99999), key="order-3"), 422)
    assert send(payment(), key="order-3").status_code == 201


@pytest.mark.parametrize("key", [" ", "a b", "a" * 256, "\xe9", '""'])
def test_a_key_that_cannot_be_one_is_refused(key: str) -> None:
    assert "1 to 255 printable ASCII" in problem(send(payment(), key=key), 400)


def test_a_missing_key_is_refused() -> None:
    from django.test import Client

    answer = Client().post(
        "/api/v1/payments",
        json.dumps(payment()),
        content_type="application/json",
        headers={"Authorization": f"Bearer {KEY}"},
    )
    assert "Idempotency-Key is missing" in problem(answer, 400)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The writer waits for the event before it writes."""
    from ingestion import api, group
    from ingestion.writer import Writer

    go = threading.Event()

    def write(jobs: Any, seconds: float) -> None:
        go.wait(10)
        group.write(jobs, seconds)

    only = Writer(write, seconds=5, most_waiting=100)
    monkeypatch.setattr(api, "writer", lambda: only)
    yield go
    go.set()


def at_once(count: int, **named: Any) -> list[concurrent.futures.Future[Any]]:
    pool = concurrent.futures.ThreadPoolExecutor(count)
    return [pool.submit(send, payment(), **named) for _ in range(count)]


def test_the_same_key_twenty_times_at_once_commits_once(slow: threading.Event) -> None:
    before = stored()
    asked = at_once(20, key="order-4")
    refused, _ = concurrent.futures.wait(asked, timeout=5)
    assert len(refused) == 19, "all but the first are answered while the first one waits"
    for one in refused:
        assert "still running" in problem(one.result(), 409) and one.result()["Retry-After"]
    slow.set()
    assert sorted(one.result().status_code for one in asked) == [201] + [409] * 19
    assert stored() == before + 1
    assert send(payment(), key="order-4")["Idempotent-Replayed"] == "true"


def test_requests_at_the_same_time_are_committed_together_and_one_bad_one_fails_alone(slow: threading.Event) -> None:
    from django.db import connection
    from transactions.models import IdempotencyKey

    connection.close()
    pool = concurrent.futures.ThreadPoolExecutor(30)
    asked = [
        pool.submit(send, payment(account_id=number % 10 * 1000 + 1), key=f"many-{number}") for number in range(30)
    ]
    threading.Event().wait(0.5)
    slow.set()
    answers = [one.result() for one in asked]
    assert [answer.status_code for answer in answers] == [201 if number % 10 == 0 else 422 for number in range(30)]
    times = IdempotencyKey.objects.order_by("-pk").values_list("created_at", flat=True)[:2]
    assert len(set(times)) == 1, "two of the three were in one group"


def test_a_full_queue_refuses_at_once(slow: threading.Event) -> None:
    first = at_once(1)[0]
    threading.Event().wait(0.3)  # the writer has it
    pool = concurrent.futures.ThreadPoolExecutor(2)
    waiting = pool.submit(send, {"payments": [payment()] * 100})
    threading.Event().wait(0.3)
    answer = send(payment())
    assert "Too many payments wait" in problem(answer, 503) and answer["Retry-After"] == "1"
    slow.set()
    assert first.result().status_code == waiting.result().status_code == 201


def test_a_request_that_waits_too_long_is_told_to_repeat(
    slow: threading.Event, settings_of_app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings_of_app, "INGESTION_SECONDS", 0.3)
    before = stored()
    blocking = at_once(1, key="late-1")[0]
    threading.Event().wait(0.1)
    assert "same Idempotency-Key" in problem(send(payment(), key="late-2"), 503)
    problem(blocking.result(), 503)
    slow.set()
    monkeypatch.setattr(settings_of_app, "INGESTION_SECONDS", 10)
    for number in range(50):
        answer = send(payment(), key="late-1")
        if answer.status_code == 201:
            break
        assert answer.status_code == 409, f"{number}: the first one is being written: {answer.content}"
        threading.Event().wait(0.1)
    assert answer["Idempotent-Replayed"] == "true" and stored() == before + 1, "the one in the queue was given up"


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The list makes the groups' inserts fail `before` or `after` the commit, in turn."""
    from django.db import DatabaseError, connection
    from ingestion.group import _Group
    from transactions import committing

    insert, failures = _Group._insert, list[str]()

    def flaky(group: Any) -> None:
        when = failures.pop() if failures else ""
        if when != "before":
            insert(group)
        if when:
            connection.close()
            raise DatabaseError("DPY-4011: the connection was closed")  # as Oracle's driver says it

    monkeypatch.setattr(_Group, "_insert", flaky)
    monkeypatch.setattr(committing, "RETRY_SECONDS", 0)
    yield failures
    assert not failures


@pytest.mark.parametrize("when", [["before"], ["after"], ["after", "before"], ["before", "before"]])
def test_a_lost_answer_of_the_database_writes_once(lost: list[str], when: list[str]) -> None:
    from transactions.models import Outcome

    lost += when
    before = stored()
    numbers = send({"payments": [payment()] * 5}).json()["ids"]
    assert len(set(numbers)) == 5 and stored() == before + 5
    lost += when
    known = Outcome.objects.count()
    assert send({"transaction_id": numbers[0], "is_fraud": True}, to="outcomes").status_code == 201
    assert Outcome.objects.count() == known + 1


def test_a_database_that_stays_away_is_a_503(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError
    from ingestion import api
    from ingestion.group import _Group
    from ingestion.writer import Writer

    def away(_group: Any) -> None:
        raise OperationalError("connection refused; password=hush")

    monkeypatch.setattr(_Group, "_settle_repeated", away)
    only = Writer(seconds=0.2)
    monkeypatch.setattr(api, "writer", lambda: only)
    answer = send(payment())
    assert "does not answer" in problem(answer, 503) and "hush" not in answer.content.decode()
    assert answer["Retry-After"] == "2"


def test_a_key_that_another_replica_wrote_meanwhile_is_replayed(monkeypatch: pytest.MonkeyPatch) -> None:
    from ingestion.group import _Group

    before = stored()
    first = send(payment(), key="raced")
    look, blind = _Group._settle_repeated, [True]

    def looks(group: Any) -> None:
        if blind:
            blind.pop()  # the other replica's commit comes after this look
        else:
            look(group)

    monkeypatch.setattr(_Group, "_settle_repeated", looks)
    again = send(payment(), key="raced")
    assert again["Idempotent-Replayed"] == "true" and again.content == first.content
    assert stored() == before + 1


def test_keys_are_forgotten_after_a_day_in_small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.utils import timezone
    from ingestion import requests_table
    from transactions.models import IdempotencyKey

    IdempotencyKey.objects.all().delete()
    now = timezone.now()
    ages = [datetime.timedelta(hours=hours) for hours in (30, 25, 25, 24.1, 23.9, 0)]
    IdempotencyKey.objects.bulk_create(
        IdempotencyKey(request_key=f"old-{number}", fingerprint="", answer="{}", created_at=now - age)
        for number, age in enumerate(ages)
    )
    monkeypatch.setattr(requests_table, "FORGOTTEN_AT_ONCE", 3)
    assert [requests_table.forget() for _ in range(3)] == [3, 1, 0]
    assert IdempotencyKey.objects.count() == 2


def test_the_writer_forgets_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    from ingestion import writer

    calls, done = [5, 2, 0], threading.Event()

    def forget() -> int:
        if len(calls) == 1:
            done.set()
        return calls.pop(0) if calls else 0

    monkeypatch.setattr(writer, "forget", forget)
    monkeypatch.setattr(writer, "UPKEEP_SECONDS", 0.02)
    writer.Writer(seconds=1).start()
    assert done.wait(5)
