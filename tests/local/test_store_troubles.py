"""A sink whose store has trouble waits, reports the fix, and continues without loss or duplicates."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from opensearchpy import OpenSearch

from local.apply.servers import Worker
from local.sinks.config import SinkConfig, TopicConfig
from local.sinks.opensearch import OPENSEARCH
from local.sinks.redshift import REDSHIFT
from local.sinks.snowflake import SNOWFLAKE
from tests.local.sink_lab import WAREHOUSE_DATABASE, SinkLab, sink_lab, status, until
from tests.local.test_sinks import alert, in_duckdb, in_opensearch, in_postgres, payment

pytestmark = [pytest.mark.local, pytest.mark.timeout(400)]
TOPIC = "user_transaction"
FIRST, ALL = 100, 300


@pytest.fixture(scope="module")
def lab() -> Iterator[SinkLab]:
    with sink_lab() as started:
        yield started


def sink(lab: SinkLab, table: str, **changes: Any) -> Worker[SinkConfig]:
    """A sink that has written the first payments."""
    lab.topics(TOPIC, partitions=1)
    lab.produce(TOPIC, [(None, payment(number)) for number in range(FIRST)])
    started = lab.sink(f"t-{table}", REDSHIFT, TopicConfig(topic=TOPIC, target=table), **changes)
    until(lambda: status(started)["written"].get(TOPIC) == FIRST, "the first payments are written")
    return started


def more(lab: SinkLab) -> None:
    lab.produce(TOPIC, [(None, payment(number)) for number in range(FIRST, ALL)])


def complete(lab: SinkLab, one: Worker[SinkConfig], table: str, rows: int = ALL) -> None:
    # The process's count does not depend on changes of the table.
    until(lambda: status(one)["written"][TOPIC] == ALL and status(one)["trouble"] == "", "the sink recovers")
    assert in_postgres(lab, f'SELECT count(*), count(DISTINCT "ID") FROM {table}') == [(rows, rows)]
    assert one.alive() and lab.dead_letters(0) == []


def change(lab: SinkLab, *statements: str) -> None:
    with lab.postgres.connect(WAREHOUSE_DATABASE) as connection:
        for statement in statements:
            connection.execute(statement.encode())


HARMLESS = {
    "added": "ALTER TABLE t_added ADD COLUMN note TEXT",
    "first": "ALTER TABLE t_first ADD COLUMN at TIMESTAMPTZ DEFAULT now()",
    "viewed": 'CREATE VIEW mine AS SELECT "ID" FROM t_viewed',
    "dropped": 'ALTER TABLE t_dropped DROP COLUMN "IP_ADDRESS"',
    "wider": 'ALTER TABLE t_wider ALTER COLUMN "AMOUNT" TYPE NUMERIC(20,4)',
}


@pytest.mark.parametrize("name", HARMLESS)
def test_the_sink_recovers_by_itself(lab: SinkLab, name: str) -> None:
    one = sink(lab, f"t_{name}")
    change(lab, HARMLESS[name])
    more(lab)
    complete(lab, one, f"t_{name}")


def test_a_dropped_table_is_recreated(lab: SinkLab) -> None:
    one = sink(lab, "t_gone")
    change(lab, "DROP TABLE t_gone")
    more(lab)
    complete(lab, one, "t_gone", ALL - FIRST)


def test_an_existing_table_gets_its_missing_columns(lab: SinkLab) -> None:
    change(lab, 'CREATE TABLE t_before ("ID" BIGINT, mine TEXT)')
    one = sink(lab, "t_before")
    more(lab)
    complete(lab, one, "t_before")


BLOCKING = {
    "type": (
        'ALTER COLUMN "RECEIVED_AT" TYPE INTEGER USING 1',
        "RECEIVED_AT",
        'ALTER COLUMN "RECEIVED_AT" TYPE TIMESTAMPTZ USING now()',
    ),
    "required": ("ADD COLUMN note TEXT NOT NULL DEFAULT ''", "DROP NOT NULL", "ALTER COLUMN note DROP NOT NULL"),
}


@pytest.mark.parametrize("name", BLOCKING)
def test_the_sink_reports_the_fix_and_recovers(lab: SinkLab, name: str) -> None:
    breaking, told, mending = BLOCKING[name]
    one = sink(lab, f"t_{name}")
    change(lab, f"ALTER TABLE t_{name} {breaking}")
    if name == "required":
        change(lab, "ALTER TABLE t_required ALTER COLUMN note DROP DEFAULT")
    more(lab)
    until(lambda: told in status(one)["trouble"], "the sink reports the trouble")
    assert f"t_{name}" in status(one)["trouble"] and one.alive()
    change(lab, f"ALTER TABLE t_{name} {mending}")
    complete(lab, one, f"t_{name}")


def test_without_auto_evolve_the_error_has_the_statement_that_adds_a_column(lab: SinkLab) -> None:
    one = sink(lab, "t_fixed", evolves=False)
    change(lab, 'ALTER TABLE t_fixed DROP COLUMN "IP_ADDRESS"')
    more(lab)
    until(lambda: "auto.evolve" in status(one)["trouble"], "the sink reports the trouble")
    change(lab, 'ALTER TABLE t_fixed ADD COLUMN IF NOT EXISTS "IP_ADDRESS" VARCHAR(45)')
    complete(lab, one, "t_fixed")


def test_a_read_only_or_closed_database(lab: SinkLab) -> None:
    one = sink(lab, "t_closed")
    lost = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{WAREHOUSE_DATABASE}'"
    with lab.postgres.connect("postgres") as connection:
        connection.execute(f"ALTER DATABASE {WAREHOUSE_DATABASE} SET default_transaction_read_only = on".encode())
        connection.execute(lost.encode())
        lab.produce(TOPIC, [(None, payment(number)) for number in range(FIRST, FIRST + 50)])
        until(lambda: "read-only" in status(one)["trouble"], "the sink reports the trouble")
        connection.execute(f"ALTER DATABASE {WAREHOUSE_DATABASE} RESET default_transaction_read_only".encode())
        until(lambda: status(one)["written"][TOPIC] == FIRST + 50, "the sink recovers")
        connection.execute(f"ALTER DATABASE {WAREHOUSE_DATABASE} ALLOW_CONNECTIONS false".encode())
        connection.execute(lost.encode())
        lab.produce(TOPIC, [(None, payment(number)) for number in range(FIRST + 50, ALL)])
        until(lambda: "accepting connections" in status(one)["trouble"], "the sink reports the trouble")
        connection.execute(f"ALTER DATABASE {WAREHOUSE_DATABASE} ALLOW_CONNECTIONS true".encode())
    complete(lab, one, "t_closed")


def test_a_paused_warehouse(lab: SinkLab) -> None:
    one = sink(lab, "t_paused")
    with lab.postgres.connect(WAREHOUSE_DATABASE) as connection:
        found = connection.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'").fetchall()
    pids = [lab.postgres.pid, *(pid for (pid,) in found)]
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    try:
        more(lab)
        until(lambda: "not answered" in status(one)["trouble"], "the sink reports that the store does not answer")
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
    complete(lab, one, "t_paused")


def alerts(lab: SinkLab, index: str) -> Worker[SinkConfig]:
    lab.topics("fraud_alert", partitions=1)
    lab.produce("fraud_alert", [alert(number) for number in range(5)])
    return lab.sink(f"t-{index}", OPENSEARCH, TopicConfig(topic="fraud_alert", target=index, method="UPSERT"))


def test_a_read_only_or_deleted_index(lab: SinkLab) -> None:
    client = OpenSearch(lab.opensearch.url)
    one = alerts(lab, "t-blocked")
    until(lambda: status(one)["lag"] == 0, "the sink writes")
    client.indices.put_settings(index="t-blocked", body={"index.blocks.read_only_allow_delete": True})
    lab.produce("fraud_alert", [alert(5)])
    until(lambda: "read-only" in status(one)["trouble"], "the sink reports the trouble")
    client.indices.put_settings(index="t-blocked", body={"index.blocks.read_only_allow_delete": None})
    until(lambda: status(one)["trouble"] == "" and in_opensearch(lab, "t-blocked")[0] == 6, "the sink recovers")
    client.indices.delete(index="t-blocked")
    lab.produce("fraud_alert", [alert(6)])
    until(
        lambda: client.indices.exists(index="t-blocked") and in_opensearch(lab, "t-blocked")[0] == 1,
        "the index is recreated",
    )
    assert client.indices.get_mapping(index="t-blocked")["t-blocked"]["mappings"]["dynamic"] == "strict"
    assert lab.dead_letters(0) == []


def test_an_existing_index_with_another_mapping(lab: SinkLab) -> None:
    client = OpenSearch(lab.opensearch.url)
    other = {"mappings": {"dynamic": "strict", "properties": {"amount": {"type": "date", "format": "yyyy"}}}}
    client.indices.create(index="t-other", body=other)
    one = alerts(lab, "t-other")
    until(lambda: "mapping" in status(one)["trouble"], f"the sink reports the trouble: {status(one)}")
    client.indices.delete(index="t-other")
    until(lambda: status(one)["trouble"] == "" and in_opensearch(lab, "t-other")[0] == 5, "the sink recovers")
    assert lab.dead_letters(0) == []


def test_a_file_that_another_process_has_open(lab: SinkLab) -> None:
    lab.topics("fraud_alert", partitions=1)
    lab.produce("fraud_alert", [alert(number) for number in range(5)])
    one = lab.sink("t-duck", SNOWFLAKE, TopicConfig(topic="fraud_alert", target="locked"))
    until(lambda: status(one)["lag"] == 0, "the sink writes")
    with duckdb.connect(str(lab.folder / "t-duck.duckdb"), read_only=True) as reader:
        assert reader.execute("SELECT count(*) FROM STREAMING.locked").fetchall() == [(5,)]
        lab.produce("fraud_alert", [alert(5)])
        until(lambda: "lock" in status(one)["trouble"], "the sink reports the trouble")
    until(lambda: status(one)["trouble"] == "" and status(one)["lag"] == 0, "the sink recovers")
    time.sleep(0.5)
    assert in_duckdb(lab, one, "SELECT count(*), count(DISTINCT alert_id) FROM STREAMING.locked") == [(6, 6)]
