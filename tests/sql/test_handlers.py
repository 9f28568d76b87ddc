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
    sql = "INSERT INTO `auth_user` SELECT * FROM `auth_user` WHERE FALSE"
    statement = resource(statementName="handled", statement=sql, properties={"sql.state-ttl": "1 h"})
    assert handler.read(statement) is None
    handler.create(statement)
    running = {"statementName": "handled", "state": "RUNNING"}
    lab.wait(lambda: handler.read(statement) in (running, {**running, "state": "FINISHED"}), "running statement")
    with pytest.raises(RunError, match="replaced, never changed"):
        handler.update(statement)
    handler.delete(statement)
    assert handler.read(statement) is None
