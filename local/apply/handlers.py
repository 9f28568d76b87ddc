"""Maps the plan's resource types to what the local run makes of them."""

from __future__ import annotations

from collections.abc import Callable

from confluent_kafka.schema_registry import Schema
from confluent_kafka.schema_registry.error import SchemaRegistryError

from components.contracts import FRAUD_ALERT, OUTPUTS, SOURCES
from local.apply import connectors, statements
from local.apply.accounts import CONNECTOR
from local.apply.alterations import STATEMENT
from local.apply.grants import ACL, rights_of
from local.apply.preflight import TOPIC
from local.apply.rights import allow
from local.apply.roles import ROLE_BINDING
from local.apply.servers import Servers
from local.errors import RunError
from local.servers.kafka import make_topic
from plan.model import Plan, Resource

PACKAGE = "confluentcloud:"
"""The resources that the local run applies. Twins stand in for the others: the source and the stores."""
TABLES = {table.topic: table for table in (*SOURCES, *OUTPUTS)}


def create_topic(servers: Servers, topic: Resource) -> None:
    """Create the topic, and its Flink table when a contract has one."""
    inputs = topic.inputs
    name = inputs["topicName"]
    servers.ready(servers.kafka)
    make_topic(servers.admin, name, topic.name, inputs["partitionsCount"], inputs.get("config"))
    if table := TABLES.get(name):
        servers.ready(servers.gateway)
        servers.flink.create_table(table)


def _schema(servers: Servers, schema: Resource) -> None:
    inputs = schema.inputs
    subject = inputs["subjectName"]
    servers.ready(servers.registry)
    try:
        servers.registry.client().register_schema(subject, Schema(inputs["schema"], inputs["format"]))
    except SchemaRegistryError as error:
        raise RunError(
            f"{schema.name}: the schema registry refuses subject {subject}: {error.error_message}"
        ) from error


def _rights(servers: Servers, resource: Resource) -> None:
    servers.ready(servers.kafka)
    allow(servers.admin, rights_of(resource), resource.name)


CREATE: dict[str, Callable[[Servers, Resource], None]] = {
    TOPIC: create_topic,
    ACL: _rights,
    ROLE_BINDING: _rights,
    STATEMENT: statements.create,
    CONNECTOR: connectors.create,
    "confluentcloud:index/schema:Schema": _schema,
}
"""By type token; each raises RunError."""

STATE: dict[str, Callable[[Servers, Resource], tuple[str, str]]] = {
    STATEMENT: statements.state,
    CONNECTOR: connectors.state,
}
"""(state, cause) of what must run; the cause is empty unless it failed."""

NOTHING_TO_MAKE = {
    "confluentcloud:index/environment:Environment": "the run folder is the environment",
    "confluentcloud:index/kafkaCluster:KafkaCluster": "the run starts its broker before it applies the plan",
    "confluentcloud:index/flinkComputePool:FlinkComputePool": "the run starts its Flink before it applies the plan",
    "confluentcloud:index/serviceAccount:ServiceAccount": "a principal of the broker needs no object of its own",
    "confluentcloud:index/apiKey:ApiKey": "the run makes a password for each principal",
}


def to_make(plan: Plan) -> list[Resource]:
    """The plan's resources that have a handler, dependencies first. Raises RunError for an unknown streaming type."""
    unknown = sorted(
        f"{resource.type} {resource.name}"
        for resource in plan.resources
        if resource.type.startswith(PACKAGE) and resource.type not in (CREATE | NOTHING_TO_MAKE)
    )
    if unknown:
        raise RunError(f"The local run cannot make {', '.join(unknown)}: add a handler in local/apply.")
    return [resource for resource in plan.resources if resource.type in CREATE]


def only_stores(resource: Resource) -> bool:
    """Whether it is a statement that only prepares rows for a store and detects nothing."""
    sql = resource.inputs["statement"] if resource.type == STATEMENT else ""
    return "INSERT INTO" in sql and FRAUD_ALERT.topic not in sql
