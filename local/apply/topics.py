"""The handler of the plan's topics."""

from __future__ import annotations

from confluent_kafka.admin import (
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ConfigSource,
    NewPartitions,
    NewTopic,
)

from components.contracts import OUTPUTS, SOURCES
from local.apply.handler import State, finish
from local.apply.servers import Servers
from local.errors import RunError
from plan.model import Resource

DYNAMIC = ConfigSource.DYNAMIC_TOPIC_CONFIG.value


class Topics:
    """KafkaTopic: a topic of the broker with the plan's partitions and settings, and its Flink table."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._tables = {table.topic: table for table in (*SOURCES, *OUTPUTS)}

    def create(self, resource: Resource) -> None:
        inputs = resource.inputs
        name = inputs["topicName"]
        self._servers.ready(self._servers.kafka)
        topic = NewTopic(name, inputs["partitionsCount"], 1, config=inputs.get("config", {}))
        finish(self._servers.admin.create_topics([topic], request_timeout=30), resource)
        if name in self._tables:
            self._servers.ready(self._servers.gateway)
            self._servers.flink.create_table(self._tables[name])

    def read(self, resource: Resource) -> State | None:
        name = resource.inputs["topicName"]
        found = self._servers.admin.list_topics(timeout=30).topics.get(name)
        return {"topicName": name, "partitionsCount": len(found.partitions)} if found else None

    def update(self, resource: Resource) -> None:
        inputs = resource.inputs
        have, wanted = (self.read(resource) or {}).get("partitionsCount", 0), inputs["partitionsCount"]
        if wanted < have:
            raise RunError(f"{resource.name}: a topic cannot lose partitions ({have} to {wanted}): replace it")
        if wanted > have:
            finish(self._servers.admin.create_partitions([NewPartitions(inputs["topicName"], wanted)]), resource)
        self._configure(inputs["topicName"], inputs.get("config", {}), resource)

    def _configure(self, name: str, wanted: dict[str, str], resource: Resource) -> None:
        """Settings as wanted; those that are no longer wanted go back to the broker's own."""
        admin, place = self._servers.admin, ConfigResource(ConfigResource.Type.TOPIC, name)
        entries = admin.describe_configs([place])[place].result(30).values()
        unwanted = [e.name for e in entries if e.source == DYNAMIC and e.name not in wanted]
        changes = [_change(key, value, AlterConfigOpType.SET) for key, value in wanted.items()]
        changes += [_change(key, "", AlterConfigOpType.DELETE) for key in unwanted]
        place = ConfigResource(ConfigResource.Type.TOPIC, name, incremental_configs=changes)
        finish(admin.incremental_alter_configs([place]), resource)

    def delete(self, resource: Resource) -> None:
        name = resource.inputs["topicName"]
        if name in self._tables:
            self._servers.flink.drop_table(name)
        finish(self._servers.admin.delete_topics([name]), resource)


def _change(key: str, value: str, operation: AlterConfigOpType) -> ConfigEntry:
    return ConfigEntry(key, value, incremental_operation=operation)
