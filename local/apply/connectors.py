"""The handler of the plan's connectors."""

from __future__ import annotations

import dataclasses

from confluent_kafka.admin import NewTopic

from local import source
from local.apply.handler import State, finish
from local.apply.servers import Servers
from local.servers import ports
from local.servers.connect import SECRET
from local.servers.postgres import SOURCE_DATABASE, USER
from local.sinks import twins
from plan.model import Resource


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
        finish(servers.admin.create_topics([heartbeat]), None)
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
