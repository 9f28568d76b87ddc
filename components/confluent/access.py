"""The permissions of each service account in Kafka.

Connectors and the app get ACLs, which every cluster type has. The account of the Flink statements gets roles, because
Flink ignores ACLs (cc/flink/operate-and-deploy/flink-rbac.md; `cc/` is docs.confluent.io/cloud/current/).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pulumi
import pulumi_confluentcloud as confluent

from ..contracts import SINK_GROUP_PREFIX

# Prefixes of topics that connectors create themselves: their accounts may, and the clean-up deletes them.
HEARTBEAT = "__orcl-heartbeat.lcc"
REPORTS = ("success-lcc", "error-lcc")


def schema_changes(prefix: str) -> str:
    """The topic in which the source connector with this `topic.prefix` keeps its schema history."""
    return f"__orcl-schema-changes.{prefix}"


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Operations on a resource, given by name or by prefix."""

    resource_type: str
    name: str
    operations: tuple[str, ...]
    prefixed: bool = False


def topic(name: str, *operations: str, prefixed: bool = False) -> Grant:
    return Grant(resource_type="TOPIC", name=name, operations=operations, prefixed=prefixed)


def group(name: str, *operations: str, prefixed: bool = False) -> Grant:
    return Grant(resource_type="GROUP", name=name, operations=operations, prefixed=prefixed)


CLUSTER_DESCRIBE = Grant(resource_type="CLUSTER", name="kafka-cluster", operations=("DESCRIBE",))


def source_grants(topics: Iterable[str], prefix: str) -> tuple[Grant, ...]:
    """ACLs for the Oracle XStream connector's account, from the vendor's list."""
    return (
        CLUSTER_DESCRIBE,
        *(topic(name, "CREATE", "WRITE") for name in topics),
        topic(schema_changes(prefix), "CREATE", "READ", "WRITE", "DESCRIBE", "DESCRIBE_CONFIGS", prefixed=True),
        topic(HEARTBEAT, "CREATE", "WRITE", prefixed=True),
        group(f"{prefix}-schemahistory", "READ", prefixed=True),
    )


def sink_grants(topics: Iterable[str], dead_letter: str, *, reports: bool = False) -> tuple[Grant, ...]:
    """ACLs for a sink connector's account; `reports` adds the two report topics of OpenSearch."""
    reporters = tuple(topic(name, "CREATE", "WRITE", prefixed=True) for name in REPORTS)
    return (
        CLUSTER_DESCRIBE,
        *(topic(name, "READ") for name in topics),
        topic(dead_letter, "CREATE", "WRITE"),
        group(SINK_GROUP_PREFIX, "READ", prefixed=True),
        *(reporters if reports else ()),
    )


def flink_roles(
    reads: Iterable[str], alters: Iterable[str], writes: Iterable[str], error_log: str
) -> list[tuple[str, str]]:
    """(role, resource) pairs for the account of the Flink statements, e.g. `("DeveloperRead", "topic=auth_user")`.

    `error_log` is created by the first ALTER TABLE that names it. Source: cc/flink/operate-and-deploy/flink-rbac.md.
    """
    wanted = {("DeveloperRead", f"topic={name}") for name in (*reads, *writes, error_log)}
    wanted |= {("DeveloperWrite", f"topic={name}") for name in (*writes, error_log)}
    # ALTER TABLE and creating the error log require DeveloperManage.
    wanted |= {("DeveloperManage", f"topic={name}") for name in (*alters, error_log)}
    # The transactions of exactly-once output.
    wanted |= {(role, "transactional-id=_confluent-flink_*") for role in ("DeveloperRead", "DeveloperWrite")}
    return sorted(wanted)


CLUSTER_ADMIN = "CloudClusterAdmin"
"""The only role on a Basic cluster; roles on topics, groups and transactional ids need Standard or more
(cc/security/access-control/rbac/predefined-rbac-roles.md)."""


def principal(account_id: pulumi.Input[str]) -> pulumi.Output[str]:
    """The account's name in ACLs and role bindings."""
    return pulumi.Output.concat("User:", account_id)


def make_account(name: str, description: str, opts: pulumi.ResourceOptions) -> confluent.ServiceAccount:
    """A service account with the same name in Pulumi and in Confluent Cloud."""
    return confluent.ServiceAccount(name, display_name=name, description=description, opts=opts)


def bind(
    name: str,
    account_id: pulumi.Input[str],
    role: str,
    crn_pattern: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> confluent.RoleBinding:
    return confluent.RoleBinding(
        name, principal=principal(account_id), role_name=role, crn_pattern=crn_pattern, opts=opts
    )


def make_acls(
    name: str, account_id: pulumi.Input[str], grants: Iterable[Grant], opts: pulumi.ResourceOptions
) -> list[confluent.KafkaAcl]:
    """One ACL per operation of each grant; cluster and key come from the provider in `opts`."""
    return [
        confluent.KafkaAcl(
            f"{name}-{grant.resource_type}-{grant.name}-{operation}".lower().replace("_", "-"),
            resource_type=grant.resource_type,
            # The SDK keeps `resource_name` for the Pulumi name: the trailing underscore is the ACL's own field.
            resource_name_=grant.name,
            pattern_type="PREFIXED" if grant.prefixed else "LITERAL",
            principal=principal(account_id),
            host="*",
            operation=operation,
            permission="ALLOW",
            opts=opts,
        )
        for grant in grants
        for operation in grant.operations
    ]
