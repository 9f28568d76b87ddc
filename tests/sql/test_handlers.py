"""Handlers of single resources on real Kafka and Flink: what was made can be read, changed and removed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic

from components.contracts import AUTH_USER, CLEANED_USER, FRAUD_ALERT, OUTPUTS, USER_TRANSACTION, flink
from local.apply import guest
from local.apply.access import right_of
from local.apply.acls import Rights
from local.apply.roles import rights_of
from local.apply.statements import Statements
from local.apply.topics import Topics
from local.errors import RunError
from local.flink.errors import StatementError
from local.flink.settings import complete_checkpoints
from plan.model import Resource
from tests.sql.conftest import ADMIN, LIMITED, Lab

pytestmark = pytest.mark.local


@pytest.fixture
def servers(lab: Lab) -> Any:
    """What these handlers use of the servers of a run."""
    return SimpleNamespace(
        kafka=lab.kafka,
        gateway=lab.flink.gateway,
        flink=lab.flink,
        admin=AdminClient(lab.kafka.client(ADMIN)),
        ready=lambda _server: None,
        add_error_logs=lambda: None,
    )


def resource(**inputs: Any) -> Resource:
    return Resource(urn="urn", type="type", name="test", parent=None, custom=True, inputs=inputs)


def topic(partitions: int, **config: str) -> Resource:
    settings = {key.replace("_", "."): value for key, value in config.items()}
    return resource(topicName="handled", partitionsCount=partitions, config=settings)


def setting(servers: Any, name: str) -> str:
    place = ConfigResource(ConfigResource.Type.TOPIC, "handled")
    return servers.admin.describe_configs([place])[place].result(10)[name].value


def test_a_topic_is_made_grows_and_goes(lab: Lab, servers: Any) -> None:
    handler, small = Topics(servers), topic(2, retention_ms="1000", cleanup_policy="compact")
    large = topic(3, retention_ms="5000")
    assert handler.read(small) is None
    handler.create(small)
    lab.wait(lambda: handler.read(small), "topic")
    handler.update(large)
    lab.wait(lambda: handler.read(large) == {"topicName": "handled", "partitionsCount": 3}, "third partition")
    lab.wait(lambda: setting(servers, "retention.ms") == "5000", "other retention")
    assert setting(servers, "cleanup.policy") == "delete", "a setting that is no longer there goes back to the default"
    with pytest.raises(RunError, match=r"cannot lose partitions \(3 to 1\): replace it"):
        handler.update(topic(1))
    handler.delete(large)
    lab.wait(lambda: handler.read(large) is None, "end of the topic")


def test_an_acl_is_made_and_goes(lab: Lab, servers: Any) -> None:
    handler = Rights(servers, lambda acl: [right_of(acl)])
    names = {"resourceType": "TOPIC", "resourceName": "fd.", "patternType": "PREFIXED"}
    acl = resource(**names, principal="User:sa-1", host="*", operation="READ", permission="ALLOW")
    assert handler.read(acl) is None
    handler.create(acl)
    lab.wait(lambda: handler.read(acl) == acl.inputs, "ACL")
    with pytest.raises(RunError, match="replaced, never changed"):
        handler.update(acl)
    handler.delete(acl)
    lab.wait(lambda: handler.read(acl) is None, "end of the ACL")


def test_the_broker_enforces_what_a_role_stands_for(lab: Lab, servers: Any) -> None:
    topics = ("limited.read", "limited_write")
    for made in servers.admin.create_topics([NewTopic(name, 1, 1) for name in topics]).values():
        made.result(10)
    handler = Rights(servers, rights_of)
    cluster = "crn://confluent.cloud/organization=o/environment=env-1/cloud-cluster=lkc-1"

    def role(name: str, on: str) -> Resource:
        return resource(principal=f"User:{LIMITED}", roleName=name, crnPattern=f"{cluster}{on}")

    read, write, every = (
        role("DeveloperRead", "/kafka=lkc-1/topic=limited.*"),
        role("DeveloperWrite", "/kafka=lkc-1/topic=limited_write"),
        role("CloudClusterAdmin", ""),
    )
    subject = resource(
        principal=f"User:{LIMITED}", roleName="DeveloperRead", crnPattern="crn:/schema-registry=l/subject=*"
    )
    assert may_see(lab) == set(), "it has no role yet"
    handler.create(subject)
    assert may_see(lab) == set(), "a role on subjects is nothing to the broker"
    handler.create(read)
    lab.wait(lambda: may_see(lab) == {"limited.read"}, "the topic that it may read")
    assert refusal(lab, "limited_write") == "TOPIC_AUTHORIZATION_FAILED"
    handler.create(write)
    lab.wait(lambda: refusal(lab, "limited_write") is None, "the right to write")
    assert refusal(lab, "limited.read") == "TOPIC_AUTHORIZATION_FAILED", "it may only read that"
    for each in (read, write):
        assert handler.read(each) == each.inputs
        handler.delete(each)
    lab.wait(lambda: may_see(lab) == set(), "end of both roles")
    handler.create(every)
    lab.wait(lambda: refusal(lab, "limited.read") is None, "all rights")
    handler.delete(every)


def may_see(lab: Lab) -> set[str]:
    return set(AdminClient(lab.kafka.client(LIMITED)).list_topics(timeout=10).topics)


def refusal(lab: Lab, topic: str) -> str | None:
    """The broker's name for its refusal of a record; None when it takes it."""
    told: list[KafkaError | None] = []
    producer = Producer(lab.kafka.client(LIMITED))
    producer.produce(topic, b"", partition=0, on_delivery=lambda error, _: told.append(error))
    producer.flush(10)
    return told[0].name() if told[0] else None


@pytest.fixture
def spare(lab: Lab) -> Iterator[tuple[str, str]]:
    """Two topics that no statement of the plan writes: of two that write one topic, each fences the other here."""
    names = ("spare_first", "spare_second")
    admin = AdminClient(lab.kafka.client(ADMIN))
    for future in admin.create_topics([NewTopic(name, 1, 1) for name in names]).values():
        future.result()
    for name in names:
        lab.flink.create_table(dataclasses.replace(CLEANED_USER, topic=name))
    yield names
    for name in names:
        lab.flink.drop_table(name)
    for future in admin.delete_topics(list(names)).values():
        future.result()


def test_a_statement_is_started_and_stopped(lab: Lab, servers: Any, spare: tuple[str, str]) -> None:
    handler = Statements(servers)
    sql = f"INSERT INTO `{spare[0]}` SELECT * FROM `auth_user` WHERE `ID` < 0"
    statement = resource(statementName="handled", statement=sql, properties={"sql.state-ttl": "1 h"})
    assert handler.read(statement) is None
    handler.create(statement)
    running = {"statementName": "handled", "state": "RUNNING"}
    lab.wait(lambda: handler.read(statement) in (running, {**running, "state": "FINISHED"}), "running statement")
    with pytest.raises(RunError, match="replaced, never changed"):
        handler.update(statement)
    handler.delete(statement)
    assert handler.read(statement) is None


def test_a_statement_without_a_checkpoint_starts_from_nobody_elses(
    lab: Lab, servers: Any, spare: tuple[str, str]
) -> None:
    handler = Statements(servers)
    # Of another shape, so that a checkpoint of the first does not fit it.
    texts = (
        "SELECT * FROM `auth_user` WHERE `ID` < 0",
        "SELECT * FROM `auth_user` UNION ALL SELECT * FROM `auth_user`",
    )
    first, second = (
        resource(statementName=name, statement=f"INSERT INTO `{topic}` {text}", properties={})
        for name, topic, text in zip(("has-one", "has-none"), spare, texts, strict=True)
    )
    handler.create(first)
    folder = lab.flink.gateway.folder / "checkpoints" / "has-one"
    lab.wait(lambda: complete_checkpoints(folder), "checkpoint")
    handler.delete(first)
    handler.create(first)  # goes on from it
    handler.create(second)
    lab.wait(lambda: (handler.read(second) or {}).get("state") == "RUNNING", "running statement")
    for statement in (first, second):
        handler.delete(statement)


def test_a_statement_whose_newest_checkpoint_is_cut_off_starts_from_the_one_before(
    lab: Lab, servers: Any, spare: tuple[str, str]
) -> None:
    handler = Statements(servers)
    sql = f"INSERT INTO `{spare[0]}` SELECT * FROM `auth_user` WHERE `ID` < 0"
    statement = resource(statementName="cut-off", statement=sql, properties={})
    handler.create(statement)
    folder = lab.flink.gateway.folder / "checkpoints" / "cut-off"
    lab.wait(lambda: len(complete_checkpoints(folder)) == 2, "two checkpoints")
    handler.delete(statement)
    newest, before = (place / "_metadata" for place in complete_checkpoints(folder))
    newest.write_bytes(newest.read_bytes()[:50])
    handler.create(statement)
    lab.wait(lambda: (handler.read(statement) or {}).get("state") == "RUNNING", "running statement")
    handler.delete(statement)
    for file in (newest, before, *(place / "_metadata" for place in complete_checkpoints(folder))):
        file.write_bytes(b"")
    with pytest.raises(StatementError, match="cut-off"):
        handler.create(statement)


def test_a_statement_with_a_table_function_goes_on_from_its_checkpoint_in_the_same_jvm(
    lab: Lab, servers: Any, spare: tuple[str, str]
) -> None:
    handler = Statements(servers)
    columns = ", ".join(flink.cleaned(CLEANED_USER))
    sql = f"INSERT INTO `{spare[0]}` SELECT {columns} FROM TO_CHANGELOG(input => TABLE `{AUTH_USER.topic}`)"
    statement = resource(statementName="changes", statement=sql, properties={})
    handler.create(statement)
    folder = lab.flink.gateway.folder / "checkpoints" / "changes"
    lab.wait(lambda: complete_checkpoints(folder), "checkpoint")
    handler.delete(statement)
    handler.create(statement)
    lab.wait(lambda: (handler.read(statement) or {}).get("state") == "RUNNING", "running statement")
    handler.delete(statement)


def test_a_guest_reads_every_topic_and_writes_the_raw_ones_alone(lab: Lab) -> None:
    client = lab.kafka.client(guest.GUEST)
    guest.admit(AdminClient(lab.kafka.client(ADMIN)))
    for topic in (USER_TRANSACTION.topic, FRAUD_ALERT.topic):
        assert read_as(client, "fraud-app-anything", topic) is None
    assert read_as(client, "another", FRAUD_ALERT.topic) == KafkaError.GROUP_AUTHORIZATION_FAILED
    nobody = lab.records.key(AUTH_USER, 10**9)
    assert written_as(client, AUTH_USER.topic, nobody) is None
    for topic in (table.topic for table in OUTPUTS):
        assert written_as(client, topic, nobody) == KafkaError.TOPIC_AUTHORIZATION_FAILED
    admin = AdminClient(client)
    (refused,) = admin.create_topics([NewTopic("guests", 1, 1)]).values()
    with pytest.raises(KafkaException, match="TOPIC_AUTHORIZATION_FAILED"):
        refused.result(30)


def read_as(client: Mapping[str, Any], group: str, topic: str) -> int | None:
    """The code of the error that reading ends with, None once the topic's end is reached."""
    consumer = Consumer({**client, "group.id": group, "auto.offset.reset": "earliest", "enable.partition.eof": True})
    consumer.subscribe([topic])
    try:
        while True:
            message = consumer.poll(30)
            assert message is not None, "Kafka does not answer"
            if error := message.error():
                return None if error.code() == KafkaError._PARTITION_EOF else error.code()
    finally:
        consumer.close()


def written_as(client: Mapping[str, Any], topic: str, key: bytes) -> int | None:
    """The code of the error that writing a tombstone ends with, if any."""
    errors: list[int | None] = []
    producer = Producer(dict(client))
    producer.produce(topic, key=key, on_delivery=lambda error, _: errors.append(error.code() if error else None))
    assert producer.flush(30) == 0, "Kafka does not answer"
    return errors[0]
