"""The page tells how each part of the pipeline does, on a real Kafka that freezes and dies."""

from __future__ import annotations

import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from components.contracts import CLEANED_TRANSACTION, FRAUD_ALERT, PAYMENT_SCORE, USER_TRANSACTION
from local.servers.children import Children
from local.servers.kafka import Credentials, Kafka, make_topic
from tests.app.test_alerts import alert
from tests.local.sink_lab import until

pytestmark = pytest.mark.local
ACCOUNT = "sa-test"
RAW, CLEANED, SCORE = USER_TRANSACTION.topic, CLEANED_TRANSACTION.topic, PAYMENT_SCORE.topic
SINK = {"Redshift": "connect-lcc-1"}


@pytest.fixture(scope="module")
def kafka() -> Iterator[Kafka]:
    folder = Path(tempfile.mkdtemp(prefix="health-"))
    (folder / "logs").mkdir()
    children = Children(folder)
    server = Kafka(children, Credentials(ACCOUNT, []))
    try:
        server.prepare()
        server.start()
        yield server
    finally:
        server.stop()
        children.close()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def topics(kafka: Kafka, settings_of_app: Any, request: pytest.FixtureRequest) -> dict[str, str]:
    """Fresh topics for each test, by the name that the contract has."""
    names = {topic: f"{topic}-{request.node.name}"[:200] for topic in (RAW, CLEANED, SCORE, FRAUD_ALERT.topic)}
    names = {topic: "".join(c if c.isalnum() else "." for c in name) for topic, name in names.items()}
    admin = AdminClient(kafka.client(ACCOUNT))
    for name in names.values():
        make_topic(admin, name, name)
    settings_of_app.KAFKA = kafka.client(ACCOUNT)
    settings_of_app.PAYMENT_TOPIC, settings_of_app.ALERT_TOPIC = names[RAW], names[FRAUD_ALERT.topic]
    settings_of_app.PAYMENT_OUTPUT_TOPICS = [names[CLEANED], names[SCORE]]
    settings_of_app.SINK_GROUPS = SINK
    settings_of_app.SINK_LATE_SECONDS = 0.5
    return names


class Watched:
    """What the watcher of the database saw."""

    def __init__(self) -> None:
        self.paid_at: float | None = None
        self.looked_at: float | None = None


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
def health(topics: dict[str, str], watched: Watched, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    from transactions import health_words, pipeline_health

    monkeypatch.setattr(pipeline_health, "PERIOD_SECONDS", 0.1)
    monkeypatch.setattr(health_words, "LATE_SECONDS", 0.5)
    thread = pipeline_health.PipelineHealth(lambda: watched.paid_at, lambda: watched.looked_at)
    thread.start()
    yield thread
    thread.stop()
    thread.join(10)


def send(kafka: Kafka, topic: str, *, ago: float = 0, value: bytes = b"x", commits: bool = False) -> None:
    settings = kafka.client(ACCOUNT) | ({"transactional.id": "flink"} if commits else {})
    producer = Producer(settings)
    if commits:
        producer.init_transactions(10)
        producer.begin_transaction()
    producer.produce(topic, value, timestamp=int((time.time() - ago) * 1000))
    if commits:
        producer.commit_transaction(10)
    assert producer.flush(10) == 0


def part(health: Any, name: str) -> dict[str, Any]:
    return next(one for one in health.parts() if one["part"] == name)


def becomes(health: Any, name: str, status: str, seconds: float = 10) -> dict[str, Any]:
    until(lambda: part(health, name)["status"] == status, f"{name} is {status}: {part(health, name)}", seconds)
    return part(health, name)


def test_a_payment_is_followed_from_part_to_part(
    health: Any, kafka: Kafka, topics: dict[str, str], watched: Watched
) -> None:
    assert "nothing to do yet" in becomes(health, "cdc", "idle")["words"]
    watched.paid_at = time.time()
    assert "payments have been waiting for" in becomes(health, "cdc", "late")["words"]
    send(kafka, topics[RAW])
    assert becomes(health, "cdc", "ok")["age_seconds"] < 10
    assert "nothing has come" in becomes(health, "flink", "late")["words"]
    send(kafka, topics[CLEANED])
    time.sleep(0.3)
    assert part(health, "flink")["status"] == "late", "a payment without its score still waits"
    send(kafka, topics[SCORE])
    becomes(health, "flink", "ok")
    watched.paid_at = time.time() + 3
    late = becomes(health, "cdc", "late")
    assert "payments have been waiting for" in late["words"] and "its last event is" in late["words"]


def test_nothing_to_do_is_idle_and_not_late(
    health: Any, kafka: Kafka, topics: dict[str, str], watched: Watched
) -> None:
    watched.paid_at = time.time() - 40
    for topic in (RAW, CLEANED, SCORE):
        send(kafka, topics[topic], ago=40)
    for name in ("cdc", "flink"):
        until(lambda: part(health, name)["words"].startswith("nothing to do for 4"), f"{name} is idle", 10)  # noqa: B023
        assert part(health, name)["status"] == "idle"


def test_flink_is_followed_while_its_transactions_are_open(
    health: Any, kafka: Kafka, topics: dict[str, str], watched: Watched
) -> None:
    watched.paid_at = time.time()
    send(kafka, topics[RAW])
    for topic in (CLEANED, SCORE):
        send(kafka, topics[topic], commits=True)
    flink = Producer(kafka.client(ACCOUNT) | {"transactional.id": "flink"})
    flink.init_transactions(10)
    flink.begin_transaction()
    send(kafka, topics[RAW])
    for topic in (CLEANED, SCORE):
        flink.produce(topics[topic], b"x")
    flink.flush(10)
    time.sleep(1)
    assert becomes(health, "flink", "ok")["age_seconds"] < 10
    flink.abort_transaction(10)


def commit(kafka: Kafka, topic: str, offset: int) -> None:
    consumer = Consumer({**kafka.client(ACCOUNT), "group.id": SINK["Redshift"], "enable.auto.commit": False})
    consumer.commit(offsets=[TopicPartition(topic, 0, offset)], asynchronous=False)
    consumer.close()


def test_a_sink_is_late_when_records_wait_and_it_writes_none(health: Any, kafka: Kafka, topics: dict[str, str]) -> None:
    topic = topics[CLEANED]
    until(lambda: part(health, "sink:Redshift")["words"] == "has not written anything yet", "Kafka has answered", 10)
    send(kafka, topic, commits=True)
    commit(kafka, topic, 1)
    assert "everything is written" in becomes(health, "sink:Redshift", "ok")["words"], (
        "the end mark of the transaction is no record"
    )
    for _ in range(2):
        send(kafka, topic, commits=True)
    late = becomes(health, "sink:Redshift", "late")
    assert "5 records waiting; none written for" in late["words"]
    commit(kafka, topic, 5)
    becomes(health, "sink:Redshift", "ok")


def test_a_sink_is_found_by_the_prefix_of_its_group(
    health: Any, kafka: Kafka, topics: dict[str, str], settings_of_app: Any
) -> None:
    """The id of a managed connector is not known when the app starts."""
    commit(kafka, topics[CLEANED], 0)
    settings_of_app.SINK_GROUPS, settings_of_app.SINK_GROUP_PREFIX = {}, "connect-lcc"
    until(lambda: "sink:lcc-1" in {one["part"] for one in health.parts()}, "the group is found", 10)
    assert "Redshift" not in {one["title"] for one in health.parts()}


def quickly(health: Any) -> list[dict[str, Any]]:
    begin = time.monotonic()
    found: list[dict[str, Any]] = health.parts()
    assert time.monotonic() - begin < 1, "the page must not wait for Kafka, each question to which takes 1.5 s"
    return found


@pytest.mark.parametrize("trouble", [signal.SIGSTOP, signal.SIGKILL], ids=["frozen", "killed"])
def test_a_kafka_that_does_not_answer_is_down_within_five_seconds(
    health: Any, kafka: Kafka, topics: dict[str, str], watched: Watched, trouble: signal.Signals
) -> None:
    for topic in (RAW, CLEANED, SCORE):
        send(kafka, topics[topic])
    becomes(health, "kafka", "ok")
    assert kafka.process
    kafka.process.send_signal(trouble)
    begin = time.monotonic()
    try:
        while {one["part"]: one for one in quickly(health)}["kafka"]["status"] != "down":
            assert time.monotonic() - begin < 5, f"after 5 s the page still says {health.parts()}"
            time.sleep(0.05)
        told = {one["part"]: one for one in quickly(health)}
        assert "has not answered for" in told["kafka"]["words"]
        assert {told[name]["status"] for name in ("cdc", "flink", "sink:Redshift")} == {"unknown"}
    finally:
        if trouble is signal.SIGSTOP:
            kafka.process.send_signal(signal.SIGCONT)
        else:
            kafka.process.wait(10)
            kafka.start()
    becomes(health, "kafka", "ok", 30)
    until(lambda: part(health, "cdc")["status"] in ("ok", "idle"), "the other parts are told again", 30)


def test_a_frozen_database_is_down_and_a_new_one_unknown(health: Any, watched: Watched) -> None:
    assert part(health, "database")["status"] in ("unknown", "ok")
    watched.looked_at = time.time()
    becomes(health, "database", "ok")
    watched.looked_at = time.time() - 7
    assert part(health, "database")["words"] == "has not answered for 7 s"


def test_without_kafka_only_the_database_is_told(settings_of_app: Any) -> None:
    from transactions.live import live

    settings_of_app.KAFKA = {}
    assert [one["part"] for one in live().state()["health"]] == ["database"]


@pytest.fixture
def reading(
    topics: dict[str, str], kafka: Kafka, registry: dict[str, str], settings_of_app: Any
) -> Callable[[int], Any]:
    from transactions.alerts import Alerts

    settings_of_app.SCHEMA_REGISTRY = registry

    def start(again: int) -> Any:
        found = Alerts(lambda _: None, again=again)
        found.start()
        return found

    return start


def test_a_restart_reads_only_the_newest_alerts_again(
    reading: Callable[[int], Any], kafka: Kafka, topics: dict[str, str]
) -> None:
    topic = topics[FRAUD_ALERT.topic]
    for number in range(30):
        send(kafka, topic, value=alert(number), ago=60 - number)
    first, again = reading(100), reading(10)
    until(lambda: first.by_rule.total() == 30, "all alerts are read", 10)
    until(lambda: again.by_rule.total() == 10, "the newest alerts are read", 10)
    assert [one["number"] for one in again.latest] == list(range(21, 31)), "numbers are the same after a restart"
    assert 35 < time.time() - again.counted_since < 45, "the page says since when it counts"
    send(kafka, topic, value=alert(99))
    until(lambda: again.latest[-1]["number"] == first.latest[-1]["number"] == 31, "a new alert comes", 10)


def test_alerts_go_on_after_kafka_was_killed_without_a_busy_loop(
    reading: Callable[[int], Any], kafka: Kafka, topics: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    topic = topics[FRAUD_ALERT.topic]
    send(kafka, topic, value=alert(1))
    alerts = reading(10)
    until(lambda: alerts.by_rule.total() == 1, "the alert is read", 10)
    assert kafka.process
    kafka.process.kill()
    kafka.process.wait(10)
    begin = time.process_time()
    late = reading(10)  # begins while Kafka is away
    time.sleep(3)
    assert time.process_time() - begin < 1.5, "a retry needs a pause"
    kafka.start()
    until(lambda: late.by_rule.total() == 1, "the alert is read again", 30)
    send(kafka, topic, value=alert(2))
    until(lambda: alerts.by_rule.total() == late.by_rule.total() == 2, "both go on", 30)
    assert len([one for one in caplog.records if "cannot read alerts" in one.getMessage()]) < 10


NOW = 1_000_000.0


@pytest.mark.parametrize(
    ("newest", "since", "status", "words"),
    [
        (None, None, "idle", "nothing to do yet"),
        (NOW - 2, None, "ok", "its last event is 2 s old"),
        (NOW - 40, None, "idle", "nothing to do for 40 s"),
        (NOW - 9, NOW - 4, "ok", "its last event is 9 s old"),
        (NOW - 9, NOW - 7, "late", "payments have been waiting for 7 s; its last event is 9 s old"),
        (NOW - 300, NOW - 250, "down", "payments have been waiting for 4 min; its last event is 5 min old"),
        (None, NOW - 9, "late", "payments have been waiting for 9 s; nothing has come from it yet"),
        (None, NOW - 31, "down", "payments have been waiting for 31 s; nothing has come from it yet"),
    ],
)
def test_a_part_that_passes_payments_on_is_told_in_true_words(
    newest: float | None, since: float | None, status: str, words: str
) -> None:
    from transactions.health_words import Following, follower

    found = follower("cdc", "Change data capture", Following(newest, since), NOW)
    assert (found.status, found.words) == (status, words)


@pytest.mark.parametrize(
    ("waiting", "since", "status", "words"),
    [
        (None, NOW, "unknown", "has not written anything yet"),
        (0, NOW - 2, "ok", "everything is written"),
        (0, NOW - 20, "idle", "everything is written; nothing to do for 20 s"),
        (1200, NOW - 5, "ok", "is writing; 1,200 records to go"),
        (2, NOW - 12, "late", "2 records waiting; none written for 12 s"),
        (2, NOW - 8000, "down", "2 records waiting; none written for 2 h"),
    ],
)
def test_a_sink_is_told_in_true_words(waiting: int | None, since: float, status: str, words: str) -> None:
    from transactions.health_words import Writing, sink

    found = sink("sink:x", "x", Writing(waiting, since), NOW, late_seconds=10)
    assert (found.status, found.words) == (status, words)
