"""The handler of the plan's topics."""

from __future__ import annotations

from confluent_kafka.admin import NewTopic

from components.contracts import OUTPUTS, SOURCES
from local.apply.servers import Servers
from local.servers.kafka import finish
from plan.model import Resource

TABLES = {table.topic: table for table in (*SOURCES, *OUTPUTS)}


def create(servers: Servers, resource: Resource) -> None:
    """KafkaTopic: a topic of the broker with the plan's partitions and settings, and its Flink table."""
    inputs = resource.inputs
    name = inputs["topicName"]
    servers.ready(servers.kafka)
    topic = NewTopic(name, inputs["partitionsCount"], 1, config=inputs.get("config", {}))
    finish(servers.admin.create_topics([topic], request_timeout=30), resource.name)
    if table := TABLES.get(name):
        servers.ready(servers.gateway)
        servers.flink.create_table(table)
