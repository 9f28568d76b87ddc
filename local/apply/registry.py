"""Which resource types of the plan become real here, and why the others need nothing."""

from __future__ import annotations

from collections.abc import Mapping

from components.contracts import FRAUD_ALERT
from local.apply.access import ACL, right_of
from local.apply.accounts import CONNECTOR
from local.apply.acls import Rights
from local.apply.alterations import STATEMENT
from local.apply.connectors import Connectors
from local.apply.handler import Handler
from local.apply.roles import ROLE_BINDING, rights_of
from local.apply.schemas import Schemas
from local.apply.servers import Servers
from local.apply.statements import Statements
from local.apply.topics import Topics
from local.errors import RunError
from plan.model import Plan, Resource

PACKAGE = "confluentcloud:"
"""The streaming part of the plan; the rest (AWS, Snowflake) is where sources and sinks are, which have twins."""

SCHEMA = "confluentcloud:index/schema:Schema"

NOTHING_TO_MAKE = {
    "confluentcloud:index/environment:Environment": "the run folder is the environment",
    "confluentcloud:index/kafkaCluster:KafkaCluster": "the broker of the run, which starts before the plan is applied",
    "confluentcloud:index/flinkComputePool:FlinkComputePool": "the Flink of the run, started likewise",
    "confluentcloud:index/serviceAccount:ServiceAccount": "a principal of the broker, made with the ACLs that name it",
    "confluentcloud:index/apiKey:ApiKey": "each principal of the run has a password made for the run",
}


def handlers(servers: Servers) -> dict[str, Handler]:
    """The handlers by type token."""
    return {
        "confluentcloud:index/kafkaTopic:KafkaTopic": Topics(servers),
        ACL: Rights(servers, lambda acl: [right_of(acl)]),
        ROLE_BINDING: Rights(servers, rights_of),
        STATEMENT: Statements(servers),
        CONNECTOR: Connectors(servers),
        SCHEMA: Schemas(servers),
    }


def realisable(plan: Plan, known: Mapping[str, Handler] | set[str]) -> list[Resource]:
    """The plan's resources that have a handler, dependencies first.

    Raises:
        RunError: a streaming type with neither a handler nor a reason, which must not be passed over in silence.
    """
    unknown = sorted(
        f"{resource.type} {resource.name}"
        for resource in plan.resources
        if resource.type.startswith(PACKAGE) and resource.type not in known and resource.type not in NOTHING_TO_MAKE
    )
    if unknown:
        raise RunError(f"The local run cannot make {', '.join(unknown)}: add a handler in local/apply.")
    return [resource for resource in plan.resources if resource.type in known]


def only_stores(resource: Resource) -> bool:
    """Whether it is a statement that fills topics for a store alone, and so detects nothing."""
    sql = resource.inputs["statement"] if resource.type == STATEMENT else ""
    return "INSERT INTO" in sql and FRAUD_ALERT.topic not in sql
