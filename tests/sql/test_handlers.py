"""Resources of the plan on real Kafka and Flink, and the checkpoints that statements start from."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer
from confluent_kafka.admin import (
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ConfigResource,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)

from components.contracts import AUTH_USER, CLEANED_USER, FRAUD_ALERT, OUTPUTS, USER_TRANSACTION, flink
from local.apply.accounts import GUEST, GUEST_RIGHTS
from local.apply.grants import right_of
from local.apply.handlers import create_topic
from local.apply.rights import allow
from local.apply.roles import rights_of_role
from local.errors import RunError
from local.flink.errors import StatementError
from local.flink.job_settings import complete_checkpoints
from local.flink.session import FlinkStatement
from plan.model import Resource
from tests.sql.conftest import ADMIN, LIMITED, Lab

pytestmark = pytest.mark.local


@pytest.fixture
def admin(lab: Lab) -> AdminClient:
    return AdminClient(lab.kafka.client(ADMIN))


def resource(**inputs: Any) -> Resource:
    return Resource(urn="urn", type="type", name="test", parent=None, custom=True, inputs=inputs)


def test_a_topic_has_the_plans_partitions_and_settings(lab: Lab, admin: AdminClient) -> None:
    servers: Any = SimpleNamespace(kafka=lab.kafka, admin=admin, ready=lambda _server: None)
    settings = {"retention.ms": "1000", "cleanup.policy": "compact"}
    topic = resource(topicName="handled", partitionsCount=2, config=settings)
    create_topic(servers, topic)
    lab.wait(lambda: "handled" in admin.list_topics(timeout=10).topics, "topic")
    assert len(admin.list_topics(timeout=10).topics["handled"].partitions) == 2
    place = ConfigResource(ConfigResource.Type.TOPIC, "handled")
    found = admin.describe_configs([place])[place].result(10)
    assert {name: found[name].value for name in settings} == settings
    with pytest.raises(RunError, match=r"test: .*already exists"):
        create_topic(servers, topic)


def test_the_broker_gets_the_plans_acls(lab: Lab, admin: AdminClient) -> None:
    names = {"resourceType": "TOPIC", "resourceName": "fd.", "patternType": "PREFIXED"}
    right = right_of(resource(**names, principal="User:sa-1", host="*", operation="READ", permission="ALLOW"))
    allow(admin, [right], "test")
    acl = (ResourceType.TOPIC, "fd.", ResourcePatternType.PREFIXED, "User:sa-1", "*", AclOperation.READ)
    exactly = AclBindingFilter(*acl, AclPermissionType.ALLOW)
    lab.wait(lambda: len(admin.describe_acls(exactly).result(10)) == 1, "ACL")


def test_the_broker_enforces_roles(lab: Lab, admin: AdminClient) -> None:
    for made in admin.create_topics([NewTopic(name, 1, 1) for name in ("limited.read", "limited_write")]).values():
        made.result(10)

    def bind(role: str, on: str) -> None:
        binding = resource(principal=f"User:{LIMITED}", roleName=role, crnPattern=f"crn://confluent.cloud{on}")
        allow(admin, rights_of_role(binding), "test")

    assert may_see(lab) == set(), "the account has no role yet"
    bind("DeveloperRead", "/schema-registry=l/subject=*")
    assert may_see(lab) == set(), "a role on subjects gives no right on the broker"
    bind("DeveloperRead", "/cloud-cluster=lkc-1/kafka=lkc-1/topic=limited.*")
    lab.wait(lambda: may_see(lab) == {"limited.read"}, "the topic that it may read")
    assert refusal(lab, "limited_write") == "TOPIC_AUTHORIZATION_FAILED"
    bind("DeveloperWrite", "/cloud-cluster=lkc-1/kafka=lkc-1/topic=limited_write")
    lab.wait(lambda: refusal(lab, "limited_write") is None, "the right to write")
    assert refusal(lab, "limited.read") == "TOPIC_AUTHORIZATION_FAILED", "the account may only read that topic"
    bind("CloudClusterAdmin", "/cloud-cluster=lkc-1")
    lab.wait(lambda: refusal(lab, "limited.read") is None, "all rights")


def may_see(lab: Lab) -> set[str]:
    return set(AdminClient(lab.kafka.client(LIMITED)).list_topics(timeout=10).topics)


def refusal(lab: Lab, topic: str) -> str | None:
    """The name of the broker's error for a record; None when the broker takes it."""
    told: list[KafkaError | None] = []
    producer = Producer(lab.kafka.client(LIMITED))
    producer.produce(topic, b"", partition=0, on_delivery=lambda error, _: told.append(error))
    producer.flush(10)
    return told[0].name() if told[0] else None


@pytest.fixture
def spare(lab: Lab, admin: AdminClient) -> Iterator[tuple[str, str]]:
    """Two topics that no statement of the plan writes, as writers of one topic fence each other here."""
    names = ("spare_first", "spare_second")
    for future in admin.create_topics([NewTopic(name, 1, 1) for name in names]).values():
        future.result()
    for name in names:
        lab.flink.create_table(dataclasses.replace(CLEANED_USER, topic=name))
    yield names
    for name in names:
        lab.flink.drop_table(name)
    for future in admin.delete_topics(list(names)).values():
        future.result()


def insert(name: str, topic: str, query: str) -> FlinkStatement:
    return FlinkStatement(name=name, sql=f"INSERT INTO `{topic}` {query}", file="flink_sql/test.sql")


NOTHING = "SELECT * FROM `auth_user` WHERE `ID` < 0"


def checkpoints(lab: Lab, statement: FlinkStatement, count: int = 1) -> list[Path]:
    """The statement's complete checkpoints, the newest first, once there are `count` of them."""
    folder = lab.flink.gateway.folder / "checkpoints" / statement.name
    lab.wait(lambda: len(complete_checkpoints(folder)) >= count, f"{count} checkpoints of {statement.name}")
    return complete_checkpoints(folder)


def running(lab: Lab, statement: FlinkStatement) -> None:
    lab.wait(lambda: lab.flink.state(statement.name) == "RUNNING", f"running statement {statement.name}")


def test_a_statement_does_not_start_from_anothers_checkpoint(lab: Lab, spare: tuple[str, str]) -> None:
    # Another shape: a checkpoint of the first does not fit.
    twice = "SELECT * FROM `auth_user` UNION ALL SELECT * FROM `auth_user`"
    first, second = insert("has-one", spare[0], NOTHING), insert("has-none", spare[1], twice)
    lab.flink.submit(first)
    checkpoints(lab, first)
    lab.flink.cancel(first.name)
    lab.flink.submit(first)  # continues from its checkpoint
    lab.flink.submit(second)
    running(lab, second)
    for statement in (first, second):
        lab.flink.cancel(statement.name)


def test_a_statement_skips_a_cut_off_checkpoint(lab: Lab, spare: tuple[str, str]) -> None:
    statement = insert("cut-off", spare[0], NOTHING)
    lab.flink.submit(statement)
    checkpoints(lab, statement, 2)
    lab.flink.cancel(statement.name)
    newest, before = (place / "_metadata" for place in checkpoints(lab, statement))
    newest.write_bytes(newest.read_bytes()[:50])
    lab.flink.submit(statement)
    running(lab, statement)
    lab.flink.cancel(statement.name)
    for file in (newest, before, *(place / "_metadata" for place in checkpoints(lab, statement))):
        file.write_bytes(b"")
    with pytest.raises(StatementError, match="cut-off"):
        lab.flink.submit(statement)


def test_a_table_function_continues_from_its_checkpoint_in_the_same_jvm(lab: Lab, spare: tuple[str, str]) -> None:
    columns = ", ".join(flink.cleaned(CLEANED_USER))
    query = f"SELECT {columns} FROM TO_CHANGELOG(input => TABLE `{AUTH_USER.topic}`)"
    statement = insert("changes", spare[0], query)
    lab.flink.submit(statement)
    checkpoints(lab, statement)
    lab.flink.cancel(statement.name)
    lab.flink.submit(statement)
    running(lab, statement)
    lab.flink.cancel(statement.name)


def test_a_guest_reads_every_topic_and_writes_only_raw_ones(lab: Lab, admin: AdminClient) -> None:
    client = lab.kafka.client(GUEST)
    allow(admin, GUEST_RIGHTS, GUEST)
    lab.wait(lambda: read_as(client, "fraud-app-anything", FRAUD_ALERT.topic) is None, "the right to read")
    assert read_as(client, "fraud-app-anything", USER_TRANSACTION.topic) is None
    assert read_as(client, "another", FRAUD_ALERT.topic) == KafkaError.GROUP_AUTHORIZATION_FAILED
    nobody = lab.records.key(AUTH_USER, 10**9)
    assert written_as(client, AUTH_USER.topic, nobody) is None
    for topic in (table.topic for table in OUTPUTS):
        assert written_as(client, topic, nobody) == KafkaError.TOPIC_AUTHORIZATION_FAILED
    own = AdminClient(client)
    (refused,) = own.create_topics([NewTopic("guests", 1, 1)]).values()
    with pytest.raises(KafkaException, match="TOPIC_AUTHORIZATION_FAILED"):
        refused.result(30)


def read_as(client: Mapping[str, Any], group: str, topic: str) -> int | None:
    """The code of the error that ends reading; None at the topic's end."""
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
    """The code of the error that writing a tombstone gives, if any."""
    errors: list[int | None] = []
    producer = Producer(dict(client))
    producer.produce(topic, key=key, on_delivery=lambda error, _: errors.append(error.code() if error else None))
    assert producer.flush(30) == 0, "Kafka does not answer"
    return errors[0]
