"""The whole pipeline, with every server killed once: the sinks match the database exactly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import psycopg
import pytest
from confluent_kafka import Consumer, Producer

from components.confluent.settings import StreamingSettings
from components.contracts import (
    CLEANED_TRANSACTION,
    ERROR_LOG_TOPIC,
    FLAGGED_USER,
    FRAUD_ALERT,
    FRAUD_EPISODE,
    USER_TRANSACTION,
)
from local.apply.app_server import FOLDER
from local.apply.servers import ROOT
from local.apply.summary import dead_letters, sink_status
from local.avro import Schemas
from local.pipeline import Pipeline
from local.servers import loopback, shell
from local.servers.postgres import SOURCE_DATABASE, WAREHOUSE_DATABASE
from local.servers.watchdog import remove_folder
from plan.model import Plan
from plan.record import record
from tests.local.sink_lab import kill
from tests.servers import server_folder
from tests.sql.reference import Payment, Rules, judge

PAYMENTS = int(os.environ.get("KILL_TEST_PAYMENTS", "15000"))
RATE = 600
USERS = PAYMENTS // 5  # few payments each: else every account has a burst, and OpenSearch returns at most 10,000
PATIENCE_SECONDS = 90.0
DEAD_LETTER = "dead_letter"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.local
@pytest.mark.timeout(600)
def test_nothing_is_lost_or_doubled_when_each_server_is_killed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with server_folder() as folder:
        monkeypatch.setenv("TMPDIR", str(folder))
        kill_each_server_once()


def kill_each_server_once() -> None:
    plan = record("dev", ROOT, mode="update")
    (port,) = loopback.free(1)
    said: list[str] = []
    with Pipeline(plan, say=said.append, port=port, users=USERS, keep=True) as pipeline:
        servers = pipeline.servers
        generator = generate(pipeline)
        stores = (servers.postgres, servers.opensearch)
        for server in (servers.registry, servers.gateway, servers.connect, servers.kafka, *stores):
            time.sleep(3)
            kill(server)
            wait(server.alive, f"{server.name} was not restarted: {said[-5:]}")
        for process in (*servers.sinks.values(), *servers.error_logs.values()):
            kill(process)
        wait(servers.postgres.is_ready, "PostgreSQL is not back")
        output, _ = generator.communicate(timeout=300)
        assert generator.returncode == 0, "the generator must survive the database's restart"
        committed = json.loads(output)["committed"]
        rows = payments(pipeline)
        assert len(rows) == committed, "the generator's count must match the database"
        alerts, flagged = verdict(rows, plan)
        assert alerts, "this test needs frauds among its payments"
        wait(
            lambda: warehouse(pipeline) == len(rows),
            lambda: f"warehouse: {warehouse(pipeline)} of {len(rows)} payments",
        )
        wait(
            lambda: sorted(number for number, _ in scores(pipeline)) == sorted(row[0] for row in rows),
            lambda: f"payment_score: {len(scores(pipeline))} rows for {len(rows)} payments",
        )
        threshold = StreamingSettings().score_threshold
        alerts += [f"{number}-score" for number, probability in scores(pipeline) if probability >= threshold]
        wait(lambda: set(documents(pipeline, FRAUD_ALERT.topic)) == set(alerts), lambda: difference(pipeline, alerts))
        wait(
            lambda: (
                {k: row["transaction_count"] for k, row in documents(pipeline, FLAGGED_USER.topic).items()} == flagged
            ),
            lambda: f"flagged_user differs from the database's own sums: {len(flagged)} accounts expected",
        )
        expected = episodes(alerts, rows)
        wait(lambda: worked_on(pipeline) == expected, lambda: f"fraud_episode: {len(expected)} accounts expected")
        wait(lambda: all(s["lag"] == 0 or s["lag"] <= 2 for s in sink_status(servers).values()), "sinks that caught up")
        assert not any(dead_letters(servers).values())
        malformed(pipeline)
        path = pipeline.path
    try:
        appended(path / "fd-dev-snowflake.duckdb", set(alerts), set(flagged), expected)
    finally:
        remove_folder(path)


def generate(pipeline: Pipeline) -> subprocess.Popen[str]:
    command = [sys.executable, str(FOLDER / "manage.py"), "generate", "--count", str(PAYMENTS), "--rate", str(RATE)]
    environment = shell.environment(pipeline.app.environment())
    return subprocess.Popen([*command, "--fraud-every", "1"], env=environment, stdout=subprocess.PIPE, text=True)


def wait(condition: Callable[[], Any], what: str | Callable[[], str]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            if condition():
                return
        except (OSError, duckdb.Error, psycopg.OperationalError):
            pass  # a killed server is restarting
        assert time.monotonic() < end, what if isinstance(what, str) else what()
        time.sleep(0.3)


def payments(pipeline: Pipeline) -> list[tuple[Any, ...]]:
    query = 'SELECT "ID", "ACCOUNT_ID", "AMOUNT", "RECEIVED_AT", "IP_ADDRESS" FROM "SAMPLE"."USER_TRANSACTION" '
    with pipeline.servers.postgres.connect(SOURCE_DATABASE) as connection:
        return connection.execute(query + 'ORDER BY "RECEIVED_AT", "ID"').fetchall()  # type: ignore[arg-type]


def verdict(rows: list[tuple[Any, ...]], plan: Plan) -> tuple[list[str], dict[str, int]]:
    """The expected ids of alerts, and the number of payments in the windows of flagged accounts."""
    said = plan.outputs["rules"]
    rules = Rules(
        window_minutes=said["windowMinutes"],
        burst_count=said["burstCount"],
        burst_amount=Decimal(said["burstAmount"]),
        large_amount=Decimal(said["largeAmount"]),
        home_prefix=said["homePrefix"],
    )
    judged = judge((payment(*row) for row in rows), rules)
    alerts = [f"{number}-{rule}" for number, rule, _ in judged.alerts]
    return alerts, {str(account): flag.transaction_count for account, flag in judged.flags.items()}


def payment(number: int, account: int, amount: Decimal, at: datetime, address: str) -> Payment:
    time = (at - EPOCH) // timedelta(milliseconds=1)
    return Payment(number=number, account=account, amount=amount, address=address, received_at=time, arrived=time)


def warehouse(pipeline: Pipeline) -> int:
    with pipeline.servers.postgres.connect(WAREHOUSE_DATABASE) as connection:
        return connection.execute('SELECT count(DISTINCT "ID") FROM user_transaction').fetchall()[0][0]


def scores(pipeline: Pipeline) -> list[tuple[int, float]]:
    with pipeline.servers.postgres.connect(WAREHOUSE_DATABASE) as connection:
        return connection.execute("SELECT transaction_id, probability FROM payment_score").fetchall()


def documents(pipeline: Pipeline, index: str) -> dict[str, dict[str, Any]]:
    body = json.dumps({"size": 10_000, "query": {"match_all": {}}}).encode()
    request = urllib.request.Request(
        f"{pipeline.servers.opensearch.url}/{index}/_search", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return {hit["_id"]: hit["_source"] for hit in json.load(answer)["hits"]["hits"]}


def malformed(pipeline: Pipeline) -> None:
    """A bad record goes to a dead-letter topic once for each client that cannot read it, and stops no client."""
    servers = pipeline.servers
    registry = Schemas(servers.registry.url)
    producer = Producer(servers.kafka.client(servers.accounts.admin))
    unknown = b"\0\x7f\xff\xff\xffrest"
    producer.produce(CLEANED_TRANSACTION.topic, value="{not Avro")
    producer.produce(FRAUD_ALERT.topic, key=b"no key", value=unknown)
    producer.produce(USER_TRANSACTION.topic, key=b"no key", value=unknown)
    producer.flush()
    wait(
        lambda: dead_letters(servers) == {DEAD_LETTER: 3, ERROR_LOG_TOPIC: 2},
        lambda: f"one dead letter of the warehouse, two of the alerts' sinks, two of Flink: {dead_letters(servers)}",
    )
    found = sorted(letters(pipeline, DEAD_LETTER, 3))
    assert found == sorted([unknown, unknown, b"{not Avro"]), "a dead letter has the unchanged record"
    rows = [registry.read("row", row)[1] for row in letters(pipeline, ERROR_LOG_TOPIC, 2)]
    logged = {row["affected_name"]: row for row in rows}
    assert set(logged) == {USER_TRANSACTION.topic, FRAUD_ALERT.topic}
    assert {row["source_record"]["value"] for row in rows} == {unknown}
    assert "does not know" in logged[USER_TRANSACTION.topic]["error_message"]


def letters(pipeline: Pipeline, topic: str, count: int) -> list[bytes]:
    servers = pipeline.servers
    client = servers.kafka.client(servers.accounts.admin)
    reader = Consumer({**client, "group.id": f"test-{topic}", "auto.offset.reset": "earliest"})
    reader.subscribe([topic])
    found = [letter.value() or b"" for letter in reader.consume(count, 20)]
    reader.close()
    return [value if isinstance(value, bytes) else value.encode() for value in found]


Episodes = dict[int, tuple[int, int]]
"""(payments, alerts) by account: the run is shorter than the hold-off, so that an account has one episode."""


def episodes(alerts: list[str], rows: list[tuple[Any, ...]]) -> Episodes:
    account = {str(row[0]): row[1] for row in rows}
    payments = [alert.split("-")[0] for alert in alerts]
    counted = Counter(account[payment] for payment in payments)
    once = Counter(account[payment] for payment in set(payments))
    return {number: (once[number], count) for number, count in counted.items()}


def worked_on(pipeline: Pipeline) -> Episodes:
    found = documents(pipeline, FRAUD_EPISODE.topic).values()
    assert len({row["ACCOUNT_ID"] for row in found}) == len(found), "an account has two episodes"
    return {row["ACCOUNT_ID"]: (row["payments"], row["alerts"]) for row in found}


def difference(pipeline: Pipeline, alerts: list[str]) -> str:
    found = set(documents(pipeline, FRAUD_ALERT.topic))
    missing, surplus = sorted(set(alerts) - found), sorted(found - set(alerts))
    return f"fraud_alert: {len(missing)} missing {missing[:5]}, {len(surplus)} surplus {surplus[:5]}"


def appended(path: Any, alerts: set[str], flagged: set[str], expected: Episodes) -> None:
    """The appending sink keeps offsets with its rows, so a kill doubles no row."""
    with duckdb.connect(str(path), read_only=True) as connection:
        schema = connection.execute("SELECT table_schema FROM information_schema.tables LIMIT 1").fetchall()[0][0]
        connection.execute(f'USE "{schema}"')
        ids = Counter(row[0] for row in connection.execute("SELECT alert_id FROM fraud_alert").fetchall())
        latest = {str(row[0]) for row in connection.execute('SELECT "ACCOUNT_ID" FROM flagged_user_latest').fetchall()}
        query = 'SELECT "ACCOUNT_ID", payments, alerts FROM fraud_episode_latest'
        found = {account: counts for account, *counts in connection.execute(query).fetchall()}
    assert {account: tuple(counts) for account, counts in found.items()} == expected
    assert set(ids) == alerts
    assert [number for number, count in ids.items() if count > 1] == [], "alerts appended twice"
    assert latest == flagged
