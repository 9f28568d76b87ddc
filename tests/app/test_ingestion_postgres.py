"""The API on PostgreSQL, by the server that the image ships: many at once, lost answers, a killed server."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from components.contracts import SCHEMA
from local.apply.app_server import FOLDER
from local.servers import loopback
from local.servers.postgres import SOURCE_DATABASE, Postgres
from local.waiting import until
from tests.app.ingestion_lab import CLIENTS, KEY, payment
from tests.local.test_payment_table import Proxy, environment, postgres, stored  # noqa: F401 - a fixture

pytestmark = pytest.mark.local


class Server:
    """`manage.py serve`, at a database that may be behind a proxy."""

    def __init__(self, database: Postgres, port: int | None = None) -> None:
        (self.port,) = loopback.free(1)
        self.url = f"{loopback.url(self.port)}/api/v1/payments"
        words = ["serve", "--host", loopback.HOST, "--port", str(self.port), "--operations-port", "0"]
        self.process = subprocess.Popen(
            [sys.executable, str(FOLDER / "manage.py"), *words],
            env=environment(database, port) | {"API_KEYS": CLIENTS, "ALLOWED_HOSTS": loopback.HOST, "RULES": "{}"},
            stderr=subprocess.DEVNULL,
        )
        assert until(lambda: loopback.accepts(self.port), seconds=40, every=0.1), "the server does not listen"

    def post(self, body: Any, key: str = "") -> requests.Response:
        headers = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": key or str(uuid.uuid4())}
        return requests.post(self.url, json=body, headers=headers, timeout=30)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(60)


@contextlib.contextmanager
def serving(database: Postgres, port: int | None = None) -> Iterator[Server]:
    server = Server(database, port)
    try:
        yield server
    finally:
        server.close()


def keys_kept(database: Postgres) -> int:
    with database.connect(SOURCE_DATABASE) as connection:
        row = connection.execute(f'SELECT count(*) FROM "{SCHEMA}"."IDEMPOTENCY_KEY"'.encode()).fetchone()
    assert row
    return row[0]


def test_many_clients_at_once_and_one_key_twenty_times(postgres: Postgres) -> None:  # noqa: F811
    before, kept = set(stored(postgres)), keys_kept(postgres)
    with serving(postgres) as server, concurrent.futures.ThreadPoolExecutor(20) as pool:
        single = list(pool.map(lambda _: server.post(payment()), range(100)))
        batches = list(pool.map(lambda _: server.post({"payments": [payment()] * 7}), range(20)))
        same = list(pool.map(lambda _: server.post(payment(), "the-one"), range(20)))
    assert {answer.status_code for answer in single + batches} == {201}
    assert {answer.status_code for answer in same} <= {201, 409}
    told = {answer.text for answer in same if answer.status_code == 201}
    assert len(told) == 1, "all who were answered got the same ids"
    acknowledged = [number for answer in single + batches for number in answer.json()["ids"]]
    acknowledged += json.loads(told.pop())["ids"]
    assert len(set(acknowledged)) == len(acknowledged) == 100 + 140 + 1
    assert set(stored(postgres)) - before == set(acknowledged)
    assert keys_kept(postgres) == kept + 121


def test_lost_answers_of_the_database_write_once(postgres: Postgres) -> None:  # noqa: F811
    proxy = Proxy(postgres.port, spoils=lambda number: number % 4 == 0)
    before = set(stored(postgres))
    with serving(postgres, proxy.port) as server, concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: server.post({"payments": [payment()] * 3}), range(60)))
    proxy.close()
    assert proxy.spoiled >= 3, "this test needs lost answers"
    assert {answer.status_code for answer in answers} == {201}
    acknowledged = [number for answer in answers for number in answer.json()["ids"]]
    assert len(acknowledged) == 180 and set(stored(postgres)) - before == set(acknowledged)


def test_a_server_that_is_killed_between_commit_and_answer_doubles_nothing(postgres: Postgres) -> None:  # noqa: F811
    servers: list[Server] = []
    killed = threading.Event()

    def kill() -> None:
        os.kill(servers[0].process.pid, signal.SIGKILL)
        killed.set()

    proxy = Proxy(postgres.port, spoils=lambda number: number == 3, and_then=kill)
    before = set(stored(postgres))
    servers.append(Server(postgres, proxy.port))
    try:
        sent: list[str] = []
        with pytest.raises(requests.ConnectionError):
            for number in range(10):
                sent.append(f"killed-{number}")
                servers[0].post({"payments": [payment()] * 5}, sent[-1])
        assert killed.wait(10)
    finally:
        servers[0].process.kill()
        servers[0].process.wait(10)
    proxy.close()
    written = len(stored(postgres)) - len(before)
    assert written == 5 * len(sent), "the last request was committed, but not answered"
    with serving(postgres) as again:
        answers = [again.post({"payments": [payment()] * 5}, key) for key in sent]
    assert {(answer.status_code, answer.headers["Idempotent-Replayed"]) for answer in answers} == {(201, "true")}
    assert sorted(set(stored(postgres)) - before) == sorted(n for answer in answers for n in answer.json()["ids"])


def test_an_unknown_account_fails_only_its_own_request(postgres: Postgres) -> None:  # noqa: F811
    with serving(postgres) as server, concurrent.futures.ThreadPoolExecutor(8) as pool:
        wrong = [pool.submit(server.post, payment(account_id=10**6 + number)) for number in range(8)]
        right = [pool.submit(server.post, payment()) for _ in range(8)]
    assert {one.result().status_code for one in wrong} == {422} and {one.result().status_code for one in right} == {201}
