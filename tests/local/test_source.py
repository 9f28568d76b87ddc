"""The source writes Oracle's types and the contract's columns, and reports its troubles."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import signal
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import Consumer, Message
from confluent_kafka.admin import AdminClient, NewTopic
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

from components.connections import OracleConnection
from components.contracts import AUTH_USER, SCHEMA, SOURCES, TOPIC_PREFIX, USER_TRANSACTION, ddl
from components.oracle.connector import make_source
from components.oracle.settings import SourceSettings
from local import source
from local.apply.servers import ROOT
from local.apply.source_watch import PERIOD_SECONDS, SourceWatch
from local.servers import loopback
from local.servers.children import Children
from local.servers.connect import SECRET, Connect
from local.servers.folder import RunFolder
from local.servers.kafka import Credentials, Kafka
from local.servers.postgres import SOURCE_DATABASE, USER, Postgres
from local.servers.registry import Registry
from tests.local.sink_lab import kill, until

pytestmark = [pytest.mark.local, pytest.mark.timeout(300)]
ADMIN = "tests"
ORACLE = OracleConnection(host="oracle", user="u", password="p")
DEPLOYED = make_source(ORACLE, SourceSettings(processor_licenses=1)).nonsensitive("source", "sa")
CONFIG = {
    "name": "source",
    "connector.class": source.SOURCE_CLASS,
    "topic.prefix": TOPIC_PREFIX,
    "table.include.list": DEPLOYED["table.include.list"],
    "column.include.list": DEPLOYED["column.include.list"],
    "snapshot.mode": "initial",
    "decimal.handling.mode": "precise",
    "time.precision.mode": "connect",
    "heartbeat.interval.ms": "10000",
}
USERS, PAYMENTS = AUTH_USER.topic, USER_TRANSACTION.topic
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SourceLab:
    """A database, Debezium, and a registry that is not up yet."""

    def __init__(self, kafka: Kafka, postgres: Postgres, registry: Registry, connect: Connect) -> None:
        self.registry = registry
        self.connect = connect
        self.postgres = postgres
        self.database: Any = postgres.connect(SOURCE_DATABASE)
        self._decode: AvroDeserializer | None = None
        self._consumer = Consumer({**kafka.client(ADMIN), "group.id": "tests", "auto.offset.reset": "earliest"})
        self._consumer.subscribe([USERS, PAYMENTS])

    def pay(self, amount: str, received_at: str) -> None:
        sql = 'INSERT INTO "SAMPLE"."USER_TRANSACTION" ("AMOUNT","RECEIVED_AT","IP_ADDRESS","ACCOUNT_ID")'
        self.database.execute(f"{sql} VALUES (%s, %s, '10.0.0.1', 1)", (amount, received_at))

    def poll(self) -> list[Message]:
        message = self._consumer.poll(0.2)
        return [message] if message and not message.error() else []

    def records(self, count: int) -> list[Message]:
        found: list[Message] = []
        end = time.monotonic() + 60
        while len(found) < count and time.monotonic() < end:
            found += self.poll()
        assert len(found) == count, f"{len(found)} of {count} records; {self.connect.status('source')}"
        return found

    def after(self, message: Message) -> dict[str, Any]:
        self._decode = self._decode or AvroDeserializer(self.registry.client())  # pyright: ignore[reportCallIssue]
        value: Any = self._decode(message.value(), SerializationContext(str(message.topic()), MessageField.VALUE))
        return value["after"]

    def all_amounts(self) -> list[Decimal]:
        return [
            row[0] for row in self.database.execute('SELECT "AMOUNT" FROM "SAMPLE"."USER_TRANSACTION" ORDER BY "ID"')
        ]

    def begin_again(self) -> None:
        """The steps of 'A source that failed' in docs/local.md."""
        at = f"http://{loopback.HOST}:{self.connect.port}/connectors/source"
        for method, what in (("PUT", "stop"), ("DELETE", "offsets"), ("PUT", "resume")):
            request = urllib.request.Request(f"{at}/{what}", method=method)
            urllib.request.urlopen(request, timeout=30).close()
            time.sleep(2)

    def fields(self, topic: str) -> dict[str, Any]:
        """The columns' Avro types in the newest schema of the topic."""
        text = self.registry.client().get_latest_version(f"{topic}-value").schema.schema_str
        (_, row) = json.loads(text or "")["fields"][0]["type"]
        return {field["name"]: field["type"] for field in row["fields"]}


@contextlib.contextmanager
def watching(lab: SourceLab) -> Iterator[SourceWatch]:
    """The run's watch, after it has seen a healthy source."""
    servers: Any = SimpleNamespace(connect=lab.connect, postgres=lab.postgres)
    watch = SourceWatch(servers, lambda _text: None)
    watch.start()
    time.sleep(3 * PERIOD_SECONDS)
    assert watch.troubles == ()
    try:
        yield watch
    finally:
        watch.stop()


@pytest.fixture(scope="module")
def lab() -> Iterator[SourceLab]:
    folder = RunFolder(ROOT, "test-source")
    path = folder.open()
    children = Children(path)
    kafka, postgres = Kafka(children, Credentials(ADMIN, [])), Postgres(children)
    registry = Registry(children)
    client = kafka.java_client(ADMIN)
    connect = Connect(children, client=client, registry=registry.url, source_password=postgres.password)
    try:
        with concurrent.futures.ThreadPoolExecutor() as pool:
            list(pool.map(lambda server: (server.prepare(), server.start()), (kafka, postgres)))
        postgres.create_database(SOURCE_DATABASE)
        found = SourceLab(kafka, postgres, registry, connect)
        found.database.execute(f'CREATE SCHEMA "{SCHEMA}"')
        for table in SOURCES:
            found.database.execute(ddl.postgres(table))
        columns = '"PASSWORD","IS_SUPERUSER","USERNAME","IS_STAFF","IS_ACTIVE","DATE_JOINED"'
        values = "'hush-1', false, 'anna', true, true, now()"
        found.database.execute(f'INSERT INTO "SAMPLE"."AUTH_USER" ({columns}) VALUES ({values})')
        names = [USERS, PAYMENTS, source.heartbeat_topic(CONFIG)]
        admin = AdminClient(kafka.client(ADMIN))
        for future in admin.create_topics([NewTopic(n, 1, 1) for n in names]).values():
            future.result()
        connect.prepare()
        connect.start()
        place = {"host": loopback.HOST, "port": postgres.port, "user": USER, "secret": SECRET}
        connect.create("source", source.debezium(CONFIG, database=SOURCE_DATABASE, **place))
        yield found
    finally:
        for server in (connect, registry, kafka, postgres):
            server.stop()
        children.close()
        folder.close(keep=False)


def test_a_late_or_killed_registry_loses_nothing(lab: SourceLab) -> None:
    time.sleep(3)
    assert lab.connect.status("source")[0] != "FAILED", "Connect must retry"
    lab.registry.start()
    (user,) = lab.records(1)
    assert lab.after(user)["USERNAME"] == "anna"
    kill(lab.registry)
    lab.pay("1.00", "2026-01-01T00:00:00Z")  # the first payment, whose schema is not registered yet
    time.sleep(3)
    lab.registry.start()
    (payment,) = lab.records(1)
    assert lab.after(payment)["AMOUNT"] == Decimal("1.00")


def test_columns_have_xstreams_types(lab: SourceLab) -> None:
    users, payments = lab.fields(USERS), lab.fields(PAYMENTS)
    assert users["ID"] == payments["ID"] == payments["ACCOUNT_ID"] == "long"
    assert users["IS_STAFF"] == {"type": "int", "connect.type": "int8"}
    amount, received = payments["AMOUNT"], payments["RECEIVED_AT"]
    assert (amount["type"], amount["logicalType"], amount["precision"], amount["scale"]) == ("bytes", "decimal", 12, 2)
    assert (received["type"], received["logicalType"]) == ("long", "timestamp-millis")
    assert users["EMAIL"] == ["null", "string"]
    assert users.keys() == {column.name for column in AUTH_USER.published}


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59.5Z", -500),
        ("9999-12-31T23:59:59.999Z", 253402300799999),
        ("infinity", 253402300799999),
    ],
)
def test_no_time_stops_the_source(lab: SourceLab, text: str, milliseconds: int) -> None:
    lab.pay("2.00", text)
    (payment,) = lab.records(1)
    assert lab.after(payment)["RECEIVED_AT"] - EPOCH == timedelta(milliseconds=milliseconds)


def test_added_and_renamed_columns_stay_in_the_database(lab: SourceLab) -> None:
    table = '"SAMPLE"."AUTH_USER"'
    lab.database.execute(f'ALTER TABLE {table} ADD COLUMN "CARD_NUMBER" VARCHAR(20)')
    lab.database.execute(f'ALTER TABLE {table} RENAME COLUMN "PASSWORD" TO "PASSWORD_HASH"')
    lab.database.execute(f"""UPDATE {table} SET "CARD_NUMBER" = '4111-1111', "PASSWORD_HASH" = 'hush-2'""")
    (user,) = lab.records(1)
    assert lab.after(user).keys() == {column.name for column in AUTH_USER.published}
    for secret in (b"4111", b"hush", b"CARD", b"HASH"):
        assert secret not in (user.value() or b"")
    texts = [lab.registry.client().get_version(f"{USERS}-value", n).schema.schema_str
             for n in lab.registry.client().get_versions(f"{USERS}-value")]  # fmt: skip
    assert not [text for text in texts if "CARD" in (text or "") or "PASSWORD" in (text or "")]


@pytest.mark.parametrize(("other", "decimals"), [("numeric(14,4)", 4), ("numeric", 0)])
def test_a_column_with_another_scale_is_reported_and_recovers(lab: SourceLab, other: str, decimals: int) -> None:
    """The registry accepts another scale, and readers would take 3.0000 for 300.00."""
    amount = 'ALTER TABLE "SAMPLE"."USER_TRANSACTION" ALTER COLUMN "AMOUNT" TYPE'
    with watching(lab) as watch:
        lab.database.execute(f"{amount} {other}")
        lab.pay("3.0000", "2026-01-01T00:00:00Z")
        until(lambda: "FAILED" in str(watch.troubles) and f"type {other}," in str(watch.troubles), "both troubles", 30)
        cause = f"SAMPLE.USER_TRANSACTION.AMOUNT has {decimals} decimals, its contract 2"
        assert cause in lab.connect.status("source")[1]
        assert lab.records(0) == []
        lab.database.execute(f"{amount} numeric(12,2)")
        lab.begin_again()
        until(lambda: not watch.troubles, "end of the troubles", 30)
    amounts = lab.all_amounts()
    assert [
        lab.after(message)["AMOUNT"] for message in lab.records(1 + len(amounts)) if message.topic() == PAYMENTS
    ] == amounts


def test_the_watch_checks_the_database_while_connect_hangs(lab: SourceLab) -> None:
    rename = 'ALTER TABLE "SAMPLE"."AUTH_USER" RENAME COLUMN'
    assert lab.connect.process
    with watching(lab) as watch:
        lab.connect.process.send_signal(signal.SIGSTOP)
        try:
            lab.database.execute(f'{rename} "EMAIL" TO "MAIL"')
            until(lambda: "AUTH_USER.EMAIL is gone" in str(watch.troubles), "trouble", 30)
        finally:
            lab.connect.process.send_signal(signal.SIGCONT)
            lab.database.execute(f'{rename} "MAIL" TO "EMAIL"')
        until(lambda: not watch.troubles, "end of the trouble", 30)


def test_a_lost_slot_is_reported_and_recovers(lab: SourceLab) -> None:
    with watching(lab) as watch:
        lab.connect.stop()
        lab.database.execute("SELECT pg_drop_replication_slot(%s)", [source.SLOT])
        lab.pay("4.00", "2026-01-01T00:00:00Z")
        until(lambda: "replication slot" in str(watch.troubles), "trouble", 30)
        lab.connect.start()
        until(lambda: lab.connect.status("source")[0] == "FAILED", "refusal", 60)
        lab.begin_again()
        until(lambda: not watch.troubles, "end of the trouble", 30)
    wanted, found = set(lab.all_amounts()), set[Decimal]()
    end = time.monotonic() + 60
    while not wanted <= found and time.monotonic() < end:
        found |= {lab.after(message)["AMOUNT"] for message in lab.poll() if message.topic() == PAYMENTS}
    assert wanted <= found
