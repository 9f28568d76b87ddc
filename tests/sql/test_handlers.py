"""Handlers of single resources on real Kafka and Flink: what was made can be read, changed and removed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient, ConfigResource

from local.errors import RunError
from local.plan.model import Resource
from local.realise.handlers import Acls, Statements, Topics
from tests.sql.conftest import ADMIN, Lab

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


def topic(partitions: int, retention: str) -> Resource:
    return resource(topicName="handled", partitionsCount=partitions, config={"retention.ms": retention})


def test_a_topic_is_made_grows_and_goes(lab: Lab, servers: Any) -> None:
    handler = Topics(servers)
    assert handler.read(topic(2, "1000")) is None
    handler.create(topic(2, "1000"))
    lab.wait(lambda: handler.read(topic(2, "1000")), "topic")
    handler.update(topic(3, "5000"))
    lab.wait(
        lambda: handler.read(topic(3, "5000")) == {"topicName": "handled", "partitionsCount": 3}, "third partition"
    )
    place = ConfigResource(ConfigResource.Type.TOPIC, "handled")
    assert servers.admin.describe_configs([place])[place].result(10)["retention.ms"].value == "5000"
    with pytest.raises(RunError, match=r"cannot lose partitions \(3 to 1\): replace it"):
        handler.update(topic(1, "5000"))
    handler.delete(topic(3, "5000"))
    lab.wait(lambda: handler.read(topic(3, "5000")) is None, "end of the topic")


def test_an_acl_is_made_and_goes(lab: Lab, servers: Any) -> None:
    handler = Acls(servers)
    names = {"resourceType": "TOPIC", "resourceName": "fd.", "patternType": "PREFIXED"}
    acl = resource(**names, principal="User:sa-1", host="*", operation="READ", permission="ALLOW")
    assert handler.read(acl) is None
    handler.create(acl)
    lab.wait(lambda: handler.read(acl) == acl.inputs, "ACL")
    with pytest.raises(RunError, match="replaced, never changed"):
        handler.update(acl)
    handler.delete(acl)
    lab.wait(lambda: handler.read(acl) is None, "end of the ACL")


def test_a_statement_is_started_and_stopped(lab: Lab, servers: Any) -> None:
    handler = Statements(servers)
    sql = "INSERT INTO `user_transaction` SELECT * FROM `fd.SAMPLE.USER_TRANSACTION` WHERE FALSE"
    statement = resource(statementName="handled", statement=sql, properties={"sql.state-ttl": "1 h"})
    assert handler.read(statement) is None
    handler.create(statement)
    running = {"statementName": "handled", "state": "RUNNING"}
    lab.wait(lambda: handler.read(statement) in (running, {**running, "state": "FINISHED"}), "running statement")
    with pytest.raises(RunError, match="replaced, never changed"):
        handler.update(statement)
    handler.delete(statement)
    assert handler.read(statement) is None
