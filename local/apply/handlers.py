"""Which resource types of the plan become real here, how, and why the others need nothing."""

from __future__ import annotations

from collections.abc import Callable

from components.contracts import FRAUD_ALERT
from local.apply import connectors, schemas, statements, topics
from local.apply.access import ACL, right_of
from local.apply.accounts import CONNECTOR
from local.apply.alterations import STATEMENT
from local.apply.preflight import TOPIC
from local.apply.rights import allow
from local.apply.roles import ROLE_BINDING, rights_of
from local.apply.servers import Servers
from local.errors import RunError
from plan.model import Plan, Resource

PACKAGE = "confluentcloud:"
"""The streaming part of the plan; the rest (AWS, Snowflake) is where sources and sinks are, which have twins."""


def _acl(servers: Servers, acl: Resource) -> None:
    servers.ready(servers.kafka)
    allow(servers.admin, [right_of(acl)], acl.name)


def _role_binding(servers: Servers, binding: Resource) -> None:
    servers.ready(servers.kafka)
    allow(servers.admin, rights_of(binding), binding.name)


CREATE: dict[str, Callable[[Servers, Resource], None]] = {
    TOPIC: topics.create,
    ACL: _acl,
    ROLE_BINDING: _role_binding,
    STATEMENT: statements.create,
    CONNECTOR: connectors.create,
    "confluentcloud:index/schema:Schema": schemas.create,
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
