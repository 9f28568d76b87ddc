"""Threads and processes write each payment once to a PostgreSQL that loses answers and dies."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from components.contracts import SCHEMA
from local.apply.app_server import FOLDER
from local.servers import loopback
from local.servers.postgres import SOURCE_DATABASE, USER, Postgres
from tests.local.sink_lab import kill
from tests.servers import source_database

pytestmark = pytest.mark.local

# The clock stands still, so only ids distinguish payments. Prints the ids of the payments.
PAY = """
import concurrent.futures, datetime, decimal, json, sys
import django
django.setup()
from transactions import payment_table
from transactions.payments import Payment
payment_table.timezone.now = lambda: datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
threads, times, size = map(int, sys.argv[1:])
writer = payment_table.PaymentTable()
def pay(_):
    return [row.pk for _ in range(times) for row in writer.add([Payment(1, decimal.Decimal(5), "10.0.0.1")] * size)]
with concurrent.futures.ThreadPoolExecutor(threads) as pool:
    print(json.dumps([number for numbers in pool.map(pay, range(threads)) for number in numbers]))
"""


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with source_database() as server:
        subprocess.run([sys.executable, str(FOLDER / "manage.py"), "seed"], env=environment(server), check=True)
        yield server


def environment(server: Postgres, port: int | None = None) -> dict[str, str]:
    place = f"{USER}:{server.password}@{loopback.HOST}:{port or server.port}/{SOURCE_DATABASE}"
    options = f"-c%20search_path%3D%22{SCHEMA}%22%20-c%20timezone%3DUTC"
    app = {"DATABASE_URL": f"postgresql://{place}?options={options}", "SECRET_KEY": "k" * 50, "PLAIN_HTTP": "1"}
    return {**os.environ, **app, "DJANGO_SETTINGS_MODULE": "fraudapp.settings", "PYTHONPATH": str(FOLDER)}


def payer(server: Postgres, *figures: int, port: int | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PAY, *map(str, figures)]
    return subprocess.Popen(command, env=environment(server, port), stdout=subprocess.PIPE, text=True)


def ids_of(*payers: subprocess.Popen[str]) -> list[int]:
    found: list[int] = []
    for process in payers:
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        found += json.loads(output)
    return found


def stored(server: Postgres) -> list[int]:
    with server.connect(SOURCE_DATABASE) as connection:
        return [row[0] for row in connection.execute(f'SELECT "ID" FROM "{SCHEMA}"."USER_TRANSACTION"'.encode())]


def test_two_processes_of_many_threads_pay_for_one_account(postgres: Postgres) -> None:
    before = set(stored(postgres))
    paid = ids_of(*(payer(postgres, 8, 25, 2) for _ in range(2)))
    assert len(paid) == 800
    assert sorted(set(stored(postgres)) - before) == sorted(paid), "each payment is in the database once, with its id"


class Proxy:
    """A proxy before the database. It drops the answers to the commits that `spoils` picks, and the connection."""

    def __init__(self, port: int, spoils: Callable[[int], bool], and_then: Callable[[], None] = lambda: None) -> None:
        self._target, self._spoils, self._and_then = port, spoils, and_then
        self._listener = socket.create_server((loopback.HOST, 0))
        self.port = self._listener.getsockname()[1]
        self.commits = self.spoiled = 0
        self._lock = threading.Lock()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        with client:
            try:
                server = socket.create_connection((loopback.HOST, self._target))
            except OSError:
                return
            with server:
                spoil = threading.Event()
                threading.Thread(target=self._answers, args=(client, server, spoil), daemon=True).start()
                self._requests(client, server, spoil)

    def _requests(self, client: socket.socket, server: socket.socket, spoil: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                if b"COMMIT" in data:
                    with self._lock:
                        self.commits += 1
                        if self._spoils(self.commits):
                            spoil.set()
                server.sendall(data)

    def _answers(self, client: socket.socket, server: socket.socket, spoil: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                if spoil.is_set():  # the answer to the commit
                    self.spoiled += 1
                    self._and_then()
                    break
                client.sendall(data)
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)


def test_a_commit_with_a_lost_answer_is_not_repeated(postgres: Postgres) -> None:
    proxy = Proxy(postgres.port, spoils=lambda number: number % 3 == 0)
    before = set(stored(postgres))
    paid = ids_of(payer(postgres, 4, 20, 3, port=proxy.port))
    proxy.close()
    assert proxy.spoiled >= 20, "this test needs lost answers"
    assert len(paid) == 240
    assert sorted(set(stored(postgres)) - before) == sorted(paid)


def test_a_kill_between_a_commit_and_its_answer_loses_and_doubles_nothing(postgres: Postgres) -> None:
    killed = threading.Event()

    def die() -> None:
        os.killpg(postgres.pid, signal.SIGKILL)
        killed.set()

    proxy = Proxy(postgres.port, spoils=lambda number: number == 5, and_then=die)
    before = set(stored(postgres))
    process = payer(postgres, 2, 10, 3, port=proxy.port)
    assert killed.wait(30)
    kill(postgres)
    postgres.start()
    paid = ids_of(process)
    proxy.close()
    assert len(paid) == 60
    assert sorted(set(stored(postgres)) - before) == sorted(paid)
