"""The time from a commit in the database to its alert, at 20 payments a second."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Generator

from bench.common import alert_reader, figure, percentile, pipeline, resident_megabytes, transaction_of
from components.contracts import APP_GROUP_PREFIX
from local.avro import Schemas
from local.errors import RunError
from local.pipeline import Pipeline
from local.servers.postgres import SOURCE_DATABASE
from local.waiting import until

RATE = 20
PAYMENTS = 800
WARM_UP = 200
SILENCE_SECONDS = 5.0
PATIENCE_SECONDS = 30.0
INSERT = """
INSERT INTO "SAMPLE"."USER_TRANSACTION" ("AMOUNT", "RECEIVED_AT", "IP_ADDRESS", "ACCOUNT_ID")
VALUES (%s, now(), '10.0.0.1', %s) RETURNING "ID" """


def measure() -> None:
    with pipeline("dev") as running:
        _measure(running)


def _measure(running: Pipeline) -> None:
    seen: dict[int, float] = {}
    with _reading(running, seen), running.servers.postgres.connect(SOURCE_DATABASE) as connection:
        committed: dict[int, float] = {}
        begin = time.perf_counter()
        for number in range(PAYMENTS):
            # Every other payment is large and gives an alert at once.
            amount = 1500 if number % 2 else 5
            found = connection.execute(INSERT, (amount, number % 1000 + 1)).fetchall()
            if number % 2 and number >= WARM_UP:
                committed[found[0][0]] = time.perf_counter()
            time.sleep(max(0.0, begin + (number + 1) / RATE - time.perf_counter()))
        time.sleep(SILENCE_SECONDS)
        lone = connection.execute(INSERT, (1500, 1)).fetchall()[0][0]
        committed_lone = time.perf_counter()
        if not until(lambda: lone in seen, seconds=PATIENCE_SECONDS):
            raise RunError(f"No alert of the lone payment within {PATIENCE_SECONDS:.0f} s.")
    delays = [(seen[number] - at) * 1000 for number, at in committed.items() if number in seen]
    figure(
        "latency: commit to alert",
        f"median {percentile(delays, 0.5):.0f} ms, p99 {percentile(delays, 0.99):.0f} ms, "
        f"{len(delays)} of {len(committed)} alerts",
    )
    figure("latency: after 5 s of silence", f"{(seen[lone] - committed_lone) * 1000:.0f} ms")
    figure("memory: all processes", f"{resident_megabytes():.0f} MB")


@contextlib.contextmanager
def _reading(running: Pipeline, seen: dict[int, float]) -> Generator[None]:
    """Note in `seen` the time of each payment's first alert."""
    servers, stopping = running.servers, threading.Event()
    registry = Schemas(servers.registry.url)
    alerts = alert_reader(servers.kafka.client(servers.accounts.app), f"{APP_GROUP_PREFIX}-bench")

    def read() -> None:
        while not stopping.is_set():
            transaction = transaction_of(registry, alerts.poll(0.2))
            if transaction is not None:
                seen.setdefault(transaction, time.perf_counter())
        alerts.close()

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
