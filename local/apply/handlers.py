"""Which resource types of the plan become real here, how, and why the others need nothing."""

from __future__ import annotations

from collections.abc import Callable

from confluent_kafka.schema_registry import Schema
from confluent_kafka.schema_registry.error import SchemaRegistryError

from components.contracts import FRAUD_ALERT, OUTPUTS, SOURCES
from local.apply import connectors, statements
from local.apply.access import ACL, right_of
from local.apply.accounts import CONNECTOR
from local.apply.alterations import STATEMENT
from local.apply.preflight import TOPIC
from local.apply.rights import allow
from local.apply.roles import ROLE_BINDING, rights_of
from local.apply.servers import Servers
from local.errors import RunError
from local.servers.kafka import make_topic
from plan.model import Plan, Resource

PACKAGE = "confluentcloud:"
"""The streaming part of the plan; the rest (AWS, Snowflake) is where sources and sinks are, which have twins."""
TABLES = {table.topic: table for table in (*SOURCES, *OUTPUTS)}


def create_topic(servers: Servers, topic: Resource) -> None:
    """A topic of the broker with the plan's partitions and settings, and its Flink table."""
    inputs = topic.inputs
    name = inputs["topicName"]
    servers.ready(servers.kafka)
    make_topic(servers.admin, name, topic.name, inputs["partitionsCount"], inputs.get("config"))
    if table := TABLES.get(name):
        servers.ready(servers.gateway)
        servers.flink.create_table(table)


def _schema(servers: Servers, schema: Resource) -> None:
    """The newest version of a subject, which the registry checks against those before it."""
    inputs = schema.inputs
    subject = inputs["subjectName"]
    servers.ready(servers.registry)
    try:
        servers.registry.client().register_schema(subject, Schema(inputs["schema"], inputs["format"]))
    except SchemaRegistryError as error:
        raise RunError(
            f"{schema.name}: the schema registry refuses subject {subject}: {error.error_message}"
        ) from error


def _acl(servers: Servers, acl: Resource) -> None:
    servers.ready(servers.kafka)
    allow(servers.admin, [right_of(acl)], acl.name)


def _role_binding(servers: Servers, binding: Resource) -> None:
    servers.ready(servers.kafka)
    allow(servers.admin, rights_of(binding), binding.name)


CREATE: dict[str, Callable[[Servers, Resource], None]] = {
    TOPIC: create_topic,
    ACL: _acl,
    ROLE_BINDING: _role_binding,
    STATEMENT: statements.create,
    CONNECTOR: connectors.create,
    "confluentcloud:index/schema:Schema": _schema,
}
"""By type token; each raises RunError with a text for the user."""

STATE: dict[str, Callable[[Servers, Resource], tuple[str, str]]] = {
    STATEMENT: statements.state,
    CONNECTOR: connectors.state,
}
"""What must run: its state, in the service's words, and its cause when it failed."""

NOTHING_TO_MAKE = {
    "confluentcloud:index/environment:Environment": "the run folder is the environment",
    "confluentcloud:index/kafkaCluster:KafkaCluster": "the broker of the run, which starts before the plan is applied",
    "confluentcloud:index/flinkComputePool:FlinkComputePool": "the Flink of the run, started likewise",
    "confluentcloud:index/serviceAccount:ServiceAccount": "a principal of the broker, made with the ACLs that name it",
    "confluentcloud:index/apiKey:ApiKey": "each principal of the run has a password made for the run",
}


def to_make(plan: Plan) -> list[Resource]:
    """The plan's resources that have a handler, dependencies first.

    Raises:
        RunError: a streaming type with neither a handler nor a reason, which must not be passed over in silence.
    """
    unknown = sorted(
        f"{resource.type} {resource.name}"
        for resource in plan.resources
        if resource.type.startswith(PACKAGE) and resource.type not in (CREATE | NOTHING_TO_MAKE)
    )
    if unknown:
        raise RunError(f"The local run cannot make {', '.join(unknown)}: add a handler in local/apply.")
    return [resource for resource in plan.resources if resource.type in CREATE]


def only_stores(resource: Resource) -> bool:
    """Whether it is a statement that fills topics for a store alone, and so detects nothing."""
    sql = resource.inputs["statement"] if resource.type == STATEMENT else ""
    return "INSERT INTO" in sql and FRAUD_ALERT.topic not in sql
