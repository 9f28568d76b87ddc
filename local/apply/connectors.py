"""Handles the plan's connectors: Debezium for the source, a process for each sink."""

from __future__ import annotations

import dataclasses

from local import source
from local.apply.servers import Servers
from local.servers import loopback
from local.servers.connect import SECRET
from local.servers.kafka import make_topic
from local.servers.postgres import SOURCE_DATABASE, USER
from local.sinks import twins
from plan.model import Resource


def create(servers: Servers, resource: Resource) -> None:
    config = resource.inputs["configNonsensitive"]
    make = _create_source if config["connector.class"] == source.SOURCE_CLASS else _create_sink
    make(servers, config)


def state(servers: Servers, resource: Resource) -> tuple[str, str]:
    config = resource.inputs["configNonsensitive"]
    name = config["name"]
    if config["connector.class"] != source.SOURCE_CLASS:
        return ("RUNNING" if servers.sinks[name].is_ready() else "PROVISIONING"), ""
    servers.ready(servers.connect)
    return servers.connect.status(name) if name in servers.connect.names() else ("not there", "")


def _create_source(servers: Servers, config: dict[str, str]) -> None:
    local = source.debezium(
        config, host=loopback.HOST, port=servers.postgres.port, user=USER, secret=SECRET, database=SOURCE_DATABASE
    )
    servers.ready(servers.kafka)
    heartbeat = source.heartbeat_topic(config)
    make_topic(servers.admin, heartbeat, heartbeat)
    servers.ready(servers.postgres)
    servers.ready(servers.connect)
    servers.connect.create(config["name"], local)


def _create_sink(servers: Servers, config: dict[str, str]) -> None:
    twin = twins.BY_CLASS[config["connector.class"]]
    principal = config["kafka.service.account.id"]
    wanted = dataclasses.replace(
        twin.settings(config),
        kafka=servers.kafka.client_without_password(principal),
        registry=servers.registry.url,
        target=twin.target(servers, config["name"]),
        report=str(servers.folder / f"{config['name']}.status.json"),
        writer=twin.writer,
    )
    servers.ready(servers.kafka)
    if server := twin.server(servers):
        servers.ready(server)
    servers.add_sink(wanted, principal)
