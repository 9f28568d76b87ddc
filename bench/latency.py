"""Commit in the database until the alert can be read, at 20 payments a second."""

from __future__ import annotations

import json
import threading
import time

from confluent_kafka import Consumer

from bench.common import figure, percentile, pipeline, resident_megabytes
from contracts import FRAUD_ALERT
from local.pipeline import Pipeline
from local.realise.servers import SOURCE_DATABASE

RATE = 20
PAYMENTS = 800
WARM_UP = 200
SILENCE_SECONDS = 5.0
INSERT = """
INSERT INTO "SAMPLE"."USER_TRANSACTION" ("AMOUNT", "RECEIVED_AT", "IP_ADDRESS", "ACCOUNT_ID")
VALUES (%s, now(), '10.0.0.1', %s) RETURNING "ID" """


def measure() -> None:
    for stack in ("local", "dev"):
        with pipeline(stack) as running:
            _measure(stack, running)


def _measure(stack: str, running: Pipeline) -> None:
    seen: dict[int, float] = {}
    threading.Thread(target=_read, args=(running, seen), daemon=True).start()
    committed: dict[int, float] = {}
    with running.servers.postgres.connect(SOURCE_DATABASE) as connection:
        begin = time.perf_counter()
        for number in range(PAYMENTS):
            # Every other payment is a large one: an alert at once.
            amount = 1500 if number % 2 else 5
            found = connection.execute(INSERT, (amount, number % 1000 + 1)).fetchall()
            if number % 2 and number >= WARM_UP:
                committed[found[0][0]] = time.perf_counter()
            time.sleep(max(0.0, begin + (number + 1) / RATE - time.perf_counter()))
        time.sleep(SILENCE_SECONDS)
        lone = connection.execute(INSERT, (1500, 1)).fetchall()[0][0]
        committed_lone = time.perf_counter()
        while lone not in seen and time.perf_counter() < committed_lone + 30:
            time.sleep(0.005)
    delays = [(seen[number] - at) * 1000 for number, at in committed.items() if number in seen]
    figure(
        f"latency, stack {stack}: commit to alert",
        f"median {percentile(delays, 0.5):.0f} ms, p99 {percentile(delays, 0.99):.0f} ms, "
        f"{len(delays)} of {len(committed)} alerts",
    )
    figure(f"latency, stack {stack}: after 5 s of silence", f"{(seen[lone] - committed_lone) * 1000:.0f} ms")
    figure(f"memory, stack {stack}: all processes", f"{resident_megabytes():.0f} MB")


def _read(running: Pipeline, seen: dict[int, float]) -> None:
    servers = running.servers
    consumer = Consumer(
        {
            **servers.kafka.client(servers.accounts.app),
            "group.id": "fraud-app-bench",
            "auto.offset.reset": "earliest",
            "isolation.level": "read_uncommitted",
            "fetch.wait.max.ms": 10,
        }
    )
    consumer.subscribe([FRAUD_ALERT.topic])
    while True:
        message = consumer.poll(1)
        if message and not message.error():
            seen.setdefault(json.loads(message.value() or b"")["transaction_id"], time.perf_counter())
