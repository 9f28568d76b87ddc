"""The throughput from the database to all three sinks."""

from __future__ import annotations

import time

from bench.common import figure, pipeline
from components.contracts import CLEANED_TRANSACTION, CLEANED_USER, FRAUD_ALERT
from local.apply.summary import sink_status
from local.errors import RunError
from local.pipeline import Pipeline
from local.servers.postgres import SOURCE_DATABASE
from local.waiting import until

USERS = 50_000
PAYMENTS = 300_000
BATCH = 1_000
RATE = 6_000
LARGE_EVERY = 500
PATIENCE_SECONDS = 120.0
INSERT = f"""
INSERT INTO "SAMPLE"."USER_TRANSACTION" ("AMOUNT", "RECEIVED_AT", "IP_ADDRESS", "ACCOUNT_ID")
SELECT CASE WHEN g %% {LARGE_EVERY} = 0 THEN 1500 ELSE (g %% 5000) / 100.0 + 0.25 END,
  now() + g * interval '1 microsecond', '10.0.0.1', (g * 7919) %% {USERS} + 1
FROM generate_series(%s::bigint, %s::bigint) AS g"""


def measure() -> None:
    with pipeline("dev", users=USERS) as running:
        _wait(running, CLEANED_USER.topic, USERS)
        started = time.perf_counter()
        with running.servers.postgres.connect(SOURCE_DATABASE) as connection:
            for first in range(0, PAYMENTS, BATCH):
                connection.execute(INSERT.encode(), (first, first + BATCH - 1))
                time.sleep(max(0.0, started + (first + BATCH) / RATE - time.perf_counter()))
        inserted = time.perf_counter() - started
        _wait(running, CLEANED_TRANSACTION.topic, PAYMENTS)
        _wait(running, FRAUD_ALERT.topic, PAYMENTS // LARGE_EVERY)
        done = time.perf_counter() - started
        rows = {name.rsplit("-", 1)[-1]: status["written"] for name, status in sink_status(running.servers).items()}
    figure("throughput: database to all sinks", f"{PAYMENTS / done:.0f} payments/s ({PAYMENTS} in {done:.1f} s)")
    figure("throughput: offered", f"{PAYMENTS / inserted:.0f} payments/s")
    figure("throughput: rows", str(rows))


def _wait(running: Pipeline, topic: str, count: int) -> None:
    def written() -> bool:
        running.check_running()
        statuses = sink_status(running.servers).values()
        most = max(status["written"].get(topic, 0) for status in statuses)
        return most >= count and all(status["lag"] <= 2 * len(status["written"]) for status in statuses)

    if not until(written, seconds=PATIENCE_SECONDS, every=0.1):
        raise RunError(f"{topic}: not {count} rows after {PATIENCE_SECONDS:.0f} s: {sink_status(running.servers)}")
