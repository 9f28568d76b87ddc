"""The sinks on real servers: exact after kills, bad records in the dead letters, each connector's semantics."""

from __future__ import annotations

import json
import random
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from opensearchpy import OpenSearch

from bench.records import row
from components.contracts import CLEANED_TRANSACTION, FLAGGED_USER, FRAUD_ALERT, schemas
from local.apply.servers import Worker
from local.avro import Encoder
from local.sinks.config import SinkConfig, TopicConfig
from local.sinks.opensearch import OPENSEARCH
from local.sinks.redshift import REDSHIFT
from local.sinks.snowflake import SNOWFLAKE
from tests.local.sink_lab import WAREHOUSE_DATABASE, SinkLab, caught_up, kill, sink_lab, status, until

pytestmark = pytest.mark.local

COUNT = 60_000
MOMENT = datetime(2026, 11, 24, 10, 0, 0, 123000, UTC)


@pytest.fixture(scope="module")
def lab() -> Iterator[SinkLab]:
    with sink_lab() as started:
        yield started


def payment(number: int) -> dict[str, Any]:
    amount = Decimal(number % 5000) + Decimal("0.25")
    return row(CLEANED_TRANSACTION, ID=number, AMOUNT=amount, RECEIVED_AT=MOMENT, IP_ADDRESS="10.0.0.1", ACCOUNT_ID=7)


def alert(number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    key = {"alert_id": f"{number}-large_amount"}
    paid = {"transaction_id": number, "amount": Decimal("1200.5"), "event_time": MOMENT}
    return key, row(FRAUD_ALERT, **key, **paid, rule_id="large_amount", reason="groß", score=60)


def flagged(account: int, total: str) -> tuple[dict[str, Any], dict[str, Any]]:
    key = {"ACCOUNT_ID": account}
    return key, row(FLAGGED_USER, **key, total_amount=Decimal(total), transaction_count=3, updated_at=MOMENT)


def in_postgres(lab: SinkLab, query: str) -> list[Any]:
    with lab.postgres.connect(WAREHOUSE_DATABASE) as connection:
        return connection.execute(query.encode()).fetchall()


def tables(lab: SinkLab) -> list[str]:
    return [name for (name,) in in_postgres(lab, "SELECT tablename FROM pg_tables")]


def in_duckdb(lab: SinkLab, sink: Worker[SinkConfig], query: str) -> list[Any]:
    sink.stop()
    with duckdb.connect(str(lab.folder / f"{sink.name}.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


def in_opensearch(lab: SinkLab, index: str, size: int = 0) -> tuple[int, dict[str, Any]]:
    client = OpenSearch(lab.opensearch.url)
    client.indices.refresh(index=index)
    hits = client.search(index=index, body={"size": size}, params={"track_total_hits": "true"})["hits"]
    return hits["total"]["value"], {hit["_id"]: hit["_source"] for hit in hits["hits"]}


def kill_again_and_again(sink: Worker[SinkConfig], done: Callable[[], bool], kills: int = 5) -> None:
    """SIGKILL the sink at various moments of a batch, then let it finish."""
    moments = random.Random(4)
    for _ in range(kills):
        before = sum(status(sink)["written"].values())
        until(lambda before=before: sum(status(sink)["written"].values()) > before or done(), "the sink writes")
        time.sleep(moments.uniform(0, 0.15))
        kill(sink)
        sink.launch()
    until(done, "the sink catches up")


def test_a_kill_leaves_every_row_once_in_the_warehouse(lab):
    lab.topics("user_transaction")
    lab.produce("user_transaction", [(None, payment(number)) for number in range(COUNT)])
    sink = lab.sink("kills-pg", REDSHIFT, TopicConfig(topic="user_transaction", target="kills"), batch_size=1000)
    kill_again_and_again(sink, caught_up(sink, "user_transaction", COUNT))
    query = 'SELECT count(*), count(DISTINCT "ID"), sum("AMOUNT") FROM kills'
    assert in_postgres(lab, query) == [(COUNT, COUNT, sum(number % 5000 for number in range(COUNT)) + COUNT // 4)]


def test_the_sink_waits_for_a_killed_database(lab):
    lab.topics("user_transaction")
    sink = lab.sink("away-pg", REDSHIFT, TopicConfig(topic="user_transaction", target="away"), batch_size=200)
    lab.produce("user_transaction", [(None, payment(number)) for number in range(COUNT)])
    for _ in range(3):
        before = status(sink)["written"].get("user_transaction", 0)
        until(lambda before=before: status(sink)["written"].get("user_transaction", 0) > before, "the sink writes")
        kill(lab.postgres)
        lab.postgres.start()
    until(caught_up(sink, "user_transaction", COUNT), "the sink catches up")
    assert in_postgres(lab, 'SELECT count(*), count(DISTINCT "ID") FROM away') == [(COUNT, COUNT)]


def test_a_kill_leaves_every_row_once_in_the_file(lab):
    lab.topics("fraud_alert")
    lab.produce("fraud_alert", [alert(number) for number in range(COUNT)])
    sink = lab.sink("kills-duck", SNOWFLAKE, TopicConfig(topic="fraud_alert", target="kills"), batch_size=1000)
    kill_again_and_again(sink, caught_up(sink, "fraud_alert", COUNT))
    query = "SELECT count(*), count(DISTINCT alert_id), sum(amount) FROM STREAMING.kills"
    assert in_duckdb(lab, sink, query) == [(COUNT, COUNT, COUNT * 1200.5)]


@pytest.mark.parametrize("method", ["INSERT", "UPSERT"])
def test_a_kill_leaves_every_document_once_in_the_index(lab, method):
    lab.topics("fraud_alert")
    lab.produce("fraud_alert", [alert(number) for number in range(20_000)])
    index = f"kills-{method.lower()}"
    sink = lab.sink(index, OPENSEARCH, TopicConfig(topic="fraud_alert", target=index, method=method), batch_size=500)
    # The process counts rows of a repeated batch twice, the index does not.
    kill_again_and_again(sink, lambda: status(sink)["lag"] == 0, kills=4)
    assert in_opensearch(lab, index)[0] == 20_000


def test_a_sink_survives_a_killed_broker(lab):
    lab.topics("user_transaction")
    sink = lab.sink("broker-pg", REDSHIFT, TopicConfig(topic="user_transaction", target="broker"), batch_size=500)
    lab.produce("user_transaction", [(None, payment(number)) for number in range(30_000)])
    until(lambda: status(sink)["written"].get("user_transaction", 0) > 0, "the sink writes")
    kill(lab.kafka)
    kill(sink)
    sink.launch()  # it starts without the broker
    time.sleep(3)
    lab.kafka.start()
    until(caught_up(sink, "user_transaction", 30_000), "the sink catches up")
    assert in_postgres(lab, 'SELECT count(*), count(DISTINCT "ID") FROM broker') == [(30_000, 30_000)]


def test_a_sink_writes_its_records_while_the_broker_is_silent(lab):
    lab.topics("user_transaction")
    lab.produce("user_transaction", [(None, payment(number)) for number in range(30_000)])
    sink = lab.sink("silent-pg", REDSHIFT, TopicConfig(topic="user_transaction", target="silent"), batch_size=100)
    count = "SELECT count(*) FROM silent"
    until(lambda: "silent" in tables(lab) and in_postgres(lab, count) > [(0,)], "the sink writes")
    lab.kafka.process.send_signal(signal.SIGSTOP)
    try:
        ((before,),) = in_postgres(lab, count)
        until(lambda: in_postgres(lab, count) >= [(before + 500,)], "the sink continues to write")
    finally:
        lab.kafka.process.send_signal(signal.SIGCONT)
    until(caught_up(sink, "user_transaction", 30_000), "the sink catches up")
    assert in_postgres(lab, 'SELECT count(*), count(DISTINCT "ID") FROM silent') == [(30_000, 30_000)]


def test_rows_of_an_aborted_transaction_are_never_written(lab):
    lab.topics("user_transaction", partitions=1)
    lab.produce("user_transaction", [(None, payment(number)) for number in range(500)], abort=True)
    lab.produce("user_transaction", [(None, payment(number)) for number in range(1000, 1100)])
    sink = lab.sink("aborted", REDSHIFT, TopicConfig(topic="user_transaction", target="aborted"))
    until(caught_up(sink, "user_transaction", 100), "the sink catches up")
    assert in_postgres(lab, 'SELECT count(*), min("ID") FROM aborted') == [(100, 1000)]


def written(lab: SinkLab, name: str, record: dict[str, Any], **types: Any) -> bytes:
    """A payment with its own schema, with other types for some columns; None removes the column."""
    schema = json.loads(schemas.avro_value(CLEANED_TRANSACTION))
    kinds = {field["name"]: field["type"] for field in schema["fields"]} | types
    schema["fields"] = [{"name": key, "type": kind} for key, kind in kinds.items() if kind is not None]
    text = json.dumps(schema)
    return Encoder(lab.schemas.register(f"test-{name.replace(' ', '-')}", text), text).encode(record)


DECIMAL = {"type": "bytes", "logicalType": "decimal"}
NOT_AVRO = [b'{"ID": 1}', b"", b"\0\0", b"\0\xff\xff\xff\xffrest"]


def bad_payments(lab: SinkLab) -> list[bytes | None]:
    """Records that no store should get, a tombstone included."""
    good = lab.records.value("user_transaction", payment(1))
    wide, fine = (DECIMAL | {"precision": 20, "scale": scale} for scale in (2, 4))
    return [
        *NOT_AVRO,
        good[:-4],
        lab.records.value("user_transaction", payment(1) | {"AMOUNT": None}),
        lab.records.value("user_transaction", payment(1) | {"IP_ADDRESS": "1" * 46}),
        lab.records.value("user_transaction", payment(1) | {"IP_ADDRESS": "a\0b"}),
        lab.records.value("flagged_user", flagged(1, "1")[1]),
        written(lab, "no account", payment(1), ACCOUNT_ID=None),
        written(lab, "text for a number", payment(1) | {"ID": "1"}, ID="string"),
        written(lab, "number for a text", payment(1) | {"IP_ADDRESS": 1}, IP_ADDRESS="long"),
        written(lab, "a float", payment(1) | {"AMOUNT": 1.5}, AMOUNT="double"),
        written(lab, "too great", payment(1) | {"AMOUNT": Decimal(10**11)}, AMOUNT=wide),
        written(lab, "too fine", payment(1) | {"AMOUNT": Decimal("1.005")}, AMOUNT=fine),
        None,
    ]


def test_bad_payments_become_dead_letters_and_the_others_are_written(lab):
    lab.topics("user_transaction", partitions=1)
    bad = bad_payments(lab)
    narrow = written(lab, "int account", payment(2), ACCOUNT_ID="int")
    lab.produce("user_transaction", [(None, payment(1)), *((b"k", value) for value in bad), (None, narrow)])
    sink = lab.sink("bad-pg", REDSHIFT, TopicConfig(topic="user_transaction", target="bad", on_null="FAIL"))
    until(caught_up(sink, "user_transaction", 2), "the good payments are written")
    dead = lab.dead_letters(len(bad))
    assert status(sink)["dead"] == len(bad)
    assert in_postgres(lab, 'SELECT "ID" FROM bad ORDER BY 1') == [(1,), (2,)]
    assert {m.key() for m in dead} == {b"k"} and {m.value() or None for m in dead} == {value or None for value in bad}
    headers = dict(next(m for m in dead if m.value() == NOT_AVRO[0]).headers() or [])
    assert headers["__connect.errors.topic"] == b"user_transaction" and headers["__connect.errors.offset"] == b"1"
    assert b"not Avro" in headers["__connect.errors.exception.message"]


@pytest.mark.parametrize("twin", [OPENSEARCH, SNOWFLAKE])
def test_bad_alerts_become_dead_letters_and_the_others_are_written(lab, twin):
    lab.topics("fraud_alert", partitions=1)
    key, value = alert(2)
    bad = [
        *((key, data) for data in NOT_AVRO),
        (b"no key", value),
        (None, value),
        (lab.records.key("flagged_user", {"ACCOUNT_ID": 1}), value),
        (key, value | {"reason": "a\0b"}),
    ]
    lab.produce("fraud_alert", [alert(1), *bad, alert(3)])
    sink = lab.sink(
        f"bad-{twin.connector_class}", twin, TopicConfig(topic="fraud_alert", target="bad", method="UPSERT")
    )
    until(caught_up(sink, "fraud_alert", 2), "the good alerts are written")
    lab.dead_letters(len(bad))
    if twin == OPENSEARCH:
        assert set(in_opensearch(lab, "bad", 10)[1]) == {"1-large_amount", "3-large_amount"}
    else:
        assert in_duckdb(lab, sink, "SELECT transaction_id FROM STREAMING.bad ORDER BY 1") == [(1,), (3,)]


def test_a_document_that_the_index_refuses_becomes_a_dead_letter(lab):
    lab.topics("fraud_alert", partitions=1)
    key, value = alert(2)
    lab.produce("fraud_alert", [alert(1), (key, value | {"rule_id": "x" * 40_000}), alert(3)])
    sink = lab.sink("refused", OPENSEARCH, TopicConfig(topic="fraud_alert", target="refused", method="UPSERT"))
    until(caught_up(sink, "fraud_alert", 2), "the good alerts are written")
    (dead,) = lab.dead_letters(1)
    assert dead.key() == lab.records.key("fraud_alert", key) and len(dead.value() or b"") > 40_000


def test_an_intolerant_sink_stops_before_the_bad_record(lab):
    lab.topics("user_transaction", partitions=1)
    lab.produce("user_transaction", [(None, payment(1)), (None, NOT_AVRO[0]), (None, payment(2))])
    sink = lab.sink("strict", REDSHIFT, TopicConfig(topic="user_transaction", target="strict"), tolerant=False)
    assert sink.process and sink.process.wait(30) == 1
    assert "user_transaction[0]@1: the value is not Avro" in sink.log.read_text()
    assert in_postgres(lab, 'SELECT count(*) FROM strict WHERE "ID" > 1') == [(0,)]


@pytest.mark.parametrize("twin", [REDSHIFT, SNOWFLAKE])
def test_a_column_of_a_newer_schema_is_added_to_the_table(lab, twin):
    topic = "user_transaction"
    lab.topics(topic, partitions=1)
    newer = written(lab, f"newer-{twin.connector_class}", payment(2) | {"CURRENCY": "EUR"}, CURRENCY=["null", "string"])
    lab.produce(topic, [(None, payment(1)), (None, newer), (None, payment(3))])
    sink = lab.sink(f"newer-{twin.connector_class}", twin, TopicConfig(topic=topic, target="newer"))
    until(caught_up(sink, topic, 3), "all payments are written")
    query = 'SELECT "ID", "CURRENCY" FROM {}newer ORDER BY 1'
    found = in_postgres(lab, query.format("")) if twin == REDSHIFT else in_duckdb(lab, sink, query.format("STREAMING."))
    assert found == [(1, None), (2, "EUR"), (3, None)]


def test_a_sink_waits_for_the_registry(lab):
    lab.topics("user_transaction", partitions=1)
    lab.produce("user_transaction", [(None, payment(number)) for number in range(100)])
    kill(lab.registry)
    sink = lab.sink("registry", REDSHIFT, TopicConfig(topic="user_transaction", target="registry"))
    until(lambda: "schema registry" in status(sink)["trouble"], "the sink reports the registry")
    lab.registry.start()
    until(caught_up(sink, "user_transaction", 100), "the sink continues by itself")
    kill(lab.registry)
    lab.produce("user_transaction", [(None, payment(number)) for number in range(100, 200)])
    until(caught_up(sink, "user_transaction", 200), "known schemas need no registry")
    lab.registry.start()
    assert status(sink)["trouble"] == "" and lab.dead_letters(0) == []
    assert in_postgres(lab, 'SELECT count(*), count(DISTINCT "ID") FROM registry') == [(200, 200)]


UPSERTS = [flagged(1, "10.5"), flagged(2, "20"), flagged(1, "11.25"), ({"ACCOUNT_ID": 2}, None), flagged(3, "30")]


def test_the_index_follows_upserts_and_deletes(lab):
    lab.topics("flagged_user")
    lab.produce("flagged_user", [*UPSERTS, ({"ACCOUNT_ID": 99}, None)])
    topic = TopicConfig(topic="flagged_user", target="upserts", method="UPSERT", on_null="DELETE")
    sink = lab.sink("upserts", OPENSEARCH, topic)
    until(lambda: status(sink)["lag"] == 0, "the sink catches up")
    documents = in_opensearch(lab, "upserts", 10)[1]
    assert {name: document["total_amount"] for name, document in documents.items()} == {"1": 11.25, "3": 30}
    assert lab.dead_letters(0) == []


@pytest.mark.parametrize(("on_null", "rows"), [("DEFAULT", 5), ("IGNORE", 4)])
def test_the_file_appends_and_its_view_shows_the_latest(lab, on_null, rows):
    lab.topics("flagged_user")
    lab.produce("flagged_user", UPSERTS)
    topic = TopicConfig(topic="flagged_user", target="appended", on_null=on_null)
    sink = lab.sink(f"appends-{on_null.lower()}", SNOWFLAKE, topic)
    until(caught_up(sink, "flagged_user", rows), "the sink catches up")
    assert in_duckdb(lab, sink, "SELECT count(*) FROM STREAMING.appended") == [(rows,)]
    latest = in_duckdb(lab, sink, "SELECT ACCOUNT_ID, total_amount FROM STREAMING.appended_latest ORDER BY 1")
    still_there = [] if on_null == "DEFAULT" else [(2, 20.0)]  # an ignored tombstone deletes nothing
    assert [(account, float(total)) for account, total in latest] == [(1, 11.25), *still_there, (3, 30.0)]


def test_a_stopped_sink_has_stored_its_records(lab):
    lab.topics("user_transaction")
    sink = lab.sink("asked", REDSHIFT, TopicConfig(topic="user_transaction", target="asked"), batch_size=500)
    lab.produce("user_transaction", [(None, payment(number)) for number in range(30_000)])
    until(lambda: status(sink)["written"].get("user_transaction", 0) > 0, "the sink writes")
    sink.stop()
    assert sink.process and sink.process.returncode == 0, sink.trouble("did not end well")
    written = status(sink)["written"]["user_transaction"]
    assert in_postgres(lab, "SELECT count(*) FROM asked") == [(written,)]
