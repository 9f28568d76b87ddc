"""One handler a resource type: create, read, update and delete of one resource on this machine."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ConfigSource,
    NewPartitions,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)

from contracts import OUTPUTS, SOURCES
from local import source
from local.apply.rights import Right
from local.apply.servers import ROOT, Servers
from local.errors import RunError
from local.flink.cluster import Statement
from local.servers import ports
from local.servers.connect import SECRET
from local.servers.postgres import SOURCE_DATABASE, USER
from local.sinks import twins
from plan.model import Resource

DYNAMIC = ConfigSource.DYNAMIC_TOPIC_CONFIG.value
State = dict[str, Any]
"""What a resource is by now, in the words of its inputs."""


class Handler(Protocol):
    """Each method raises RunError with a text for the user. `read` is None for a resource that does not exist."""

    def create(self, resource: Resource) -> None: ...
    def read(self, resource: Resource) -> State | None: ...
    def update(self, resource: Resource) -> None: ...
    def delete(self, resource: Resource) -> None: ...


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
        _wait(self._servers.admin.create_topics([topic], request_timeout=30), resource)
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
            _wait(self._servers.admin.create_partitions([NewPartitions(inputs["topicName"], wanted)]), resource)
        self._configure(inputs["topicName"], inputs.get("config", {}), resource)

    def _configure(self, name: str, wanted: dict[str, str], resource: Resource) -> None:
        """Settings as wanted; those that are no longer wanted go back to the broker's own."""
        admin, place = self._servers.admin, ConfigResource(ConfigResource.Type.TOPIC, name)
        entries = admin.describe_configs([place])[place].result(30).values()
        unwanted = [e.name for e in entries if e.source == DYNAMIC and e.name not in wanted]
        changes = [_change(key, value, AlterConfigOpType.SET) for key, value in wanted.items()]
        changes += [_change(key, "", AlterConfigOpType.DELETE) for key in unwanted]
        place = ConfigResource(ConfigResource.Type.TOPIC, name, incremental_configs=changes)
        _wait(admin.incremental_alter_configs([place]), resource)

    def delete(self, resource: Resource) -> None:
        name = resource.inputs["topicName"]
        if name in self._tables:
            self._servers.flink.drop_table(name)
        _wait(self._servers.admin.delete_topics([name]), resource)


class Rights:
    """KafkaAcl and RoleBinding: ACLs of the broker, which enforces them; a role that is not Kafka's gives none."""

    def __init__(self, servers: Servers, rights: Callable[[Resource], Iterable[Right]]) -> None:
        """`rights` are those that a resource gives."""
        self._servers = servers
        self._rights = rights

    def create(self, resource: Resource) -> None:
        if acls := [_acl(right, AclBinding) for right in self._rights(resource)]:
            self._servers.ready(self._servers.kafka)
            _wait(self._servers.admin.create_acls(acls), resource)

    def read(self, resource: Resource) -> State | None:
        filters = [_acl(right, AclBindingFilter) for right in self._rights(resource)]
        found = [self._servers.admin.describe_acls(each).result(30) for each in filters]
        return dict(resource.inputs) if all(found) else None

    def update(self, resource: Resource) -> None:
        raise RunError(f"{resource.name}: a right is replaced, never changed")

    def delete(self, resource: Resource) -> None:
        if acls := [_acl(right, AclBindingFilter) for right in self._rights(resource)]:
            _wait(self._servers.admin.delete_acls(acls), resource)


class Statements:
    """FlinkStatement: its text, word for word, in the Flink of this machine."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers

    def create(self, resource: Resource) -> None:
        self._servers.ready(self._servers.gateway)
        self._servers.flink.submit(statement_of(resource))
        self._servers.add_error_logs()

    def read(self, resource: Resource) -> State | None:
        state = self._servers.flink.state(resource.inputs["statementName"])
        return None if state == "UNKNOWN" else {"statementName": resource.inputs["statementName"], "state": state}

    def update(self, resource: Resource) -> None:
        raise RunError(f"{resource.name}: a statement is replaced, never changed")

    def delete(self, resource: Resource) -> None:
        self._servers.flink.cancel(resource.inputs["statementName"])


class Connectors:
    """Connector: Debezium for the source, a sink process for each sink."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers

    def create(self, resource: Resource) -> None:
        config = resource.inputs["configNonsensitive"]
        if config["connector.class"] == source.SOURCE_CLASS:
            self._create_source(config)
        else:
            self._create_sink(config)

    def read(self, resource: Resource) -> State | None:
        config = resource.inputs["configNonsensitive"]
        name = config["name"]
        if config["connector.class"] != source.SOURCE_CLASS:
            process = self._servers.sinks.get(name)
            return process and {"name": name, "status": "RUNNING" if process.is_ready() else "PROVISIONING"}
        self._servers.ready(self._servers.connect)
        if name not in self._servers.connect.names():
            return None
        status, trace = self._servers.connect.status(name)
        return {"name": name, "status": status, "trace": trace}

    def update(self, resource: Resource) -> None:
        self.delete(resource)
        self.create(resource)

    def delete(self, resource: Resource) -> None:
        name = resource.inputs["configNonsensitive"]["name"]
        if name in self._servers.sinks:
            self._servers.sinks.pop(name).stop()
        else:
            self._servers.connect.delete(name)

    def _create_source(self, config: dict[str, str]) -> None:
        servers = self._servers
        local = source.debezium(
            config, host=ports.HOST, port=servers.postgres.port, user=USER, secret=SECRET, database=SOURCE_DATABASE
        )
        servers.ready(servers.kafka)
        heartbeat = NewTopic(source.heartbeat_topic(config), 1, 1)
        _wait(servers.admin.create_topics([heartbeat]), None)
        servers.ready(servers.postgres)
        servers.ready(servers.connect)
        servers.connect.create(config["name"], local)

    def _create_sink(self, config: dict[str, str]) -> None:
        servers = self._servers
        twin = twins.BY_CLASS[config["connector.class"]]
        principal = config["kafka.service.account.id"]
        wanted = dataclasses.replace(
            twin.settings(config),
            kafka=servers.kafka.client_without_password(principal),
            registry=servers.registry.url,
            target=twin.target(servers, config["name"]),
            status=str(servers.folder / f"{config['name']}.status.json"),
        )
        servers.ready(servers.kafka)
        if server := twin.server(servers):
            servers.ready(server)
        servers.add_sink(wanted, principal)


def statement_of(resource: Resource) -> Statement:
    """A FlinkStatement of the plan as Flink takes it here."""
    inputs, name = resource.inputs, resource.inputs["statementName"]
    return Statement(name=name, sql=inputs["statement"], file=_file_of(name), properties=inputs["properties"])


def _file_of(statement: str) -> str:
    """The file that a statement's text comes from: the statement is named after it."""
    files = [file for file in (ROOT / "flink_sql").glob("*.sql") if statement.endswith(file.stem.replace("_", "-"))]
    return f"flink_sql/{max(files, key=lambda file: len(file.stem)).name}" if files else statement


def _change(key: str, value: str, operation: AlterConfigOpType) -> ConfigEntry:
    return ConfigEntry(key, value, incremental_operation=operation)


def _acl(right: Right, binding: Any) -> Any:
    return binding(
        ResourceType["BROKER" if right.kind == "CLUSTER" else right.kind],
        right.name,
        ResourcePatternType["PREFIXED" if right.prefixed else "LITERAL"],
        right.principal,
        right.host,
        AclOperation[right.operation],
        AclPermissionType["DENY" if right.deny else "ALLOW"],
    )


def _wait(futures: dict[Any, Any], resource: Resource | None) -> None:
    for name, future in futures.items():
        try:
            future.result(30)
        except Exception as error:  # confluent_kafka raises one kind, futures another; both go to the user
            raise RunError(f"{resource.name if resource else name}: {error}") from error
