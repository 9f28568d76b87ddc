"""What each principal may do in Kafka.

Connectors and the app have ACLs, which every type of cluster has: one set of grants per account. The account of the
Flink statements has roles, since Flink knows no ACLs (cc/flink/operate-and-deploy/flink-rbac.md; `cc/` is
docs.confluent.io/cloud/current/).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pulumi
import pulumi_confluentcloud as confluent

# Prefixes of topics that connectors make by themselves: their accounts are allowed to, and the clean-up deletes them.
HEARTBEAT = "__orcl-heartbeat.lcc"
REPORTS = ("success-lcc", "error-lcc")


def schema_changes(prefix: str) -> str:
    """Where the source connector with this `topic.prefix` keeps the history of its tables."""
    return f"__orcl-schema-changes.{prefix}"


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One or more operations on a resource, by its full name or by prefix."""

    resource_type: str
    name: str
    operations: tuple[str, ...]
    prefixed: bool = False


def topic(name: str, *operations: str, prefixed: bool = False) -> Grant:
    """A grant on a topic."""
    return Grant(resource_type="TOPIC", name=name, operations=operations, prefixed=prefixed)


def group(name: str, *operations: str, prefixed: bool = False) -> Grant:
    """A grant on a consumer group."""
    return Grant(resource_type="GROUP", name=name, operations=operations, prefixed=prefixed)


CLUSTER_DESCRIBE = Grant(resource_type="CLUSTER", name="kafka-cluster", operations=("DESCRIBE",))


def source_grants(topics: Iterable[str], prefix: str) -> tuple[Grant, ...]:
    """ACLs that the Oracle XStream connector's account needs, besides those for its own topics (vendor's list)."""
    return (
        CLUSTER_DESCRIBE,
        *(topic(name, "CREATE", "WRITE") for name in topics),
        topic(schema_changes(prefix), "CREATE", "READ", "WRITE", "DESCRIBE", "DESCRIBE_CONFIGS", prefixed=True),
        topic(HEARTBEAT, "CREATE", "WRITE", prefixed=True),
        group(f"{prefix}-schemahistory", "READ", prefixed=True),
    )


def sink_grants(topics: Iterable[str], dead_letter: str, *, reports: bool = False) -> tuple[Grant, ...]:
    """ACLs that a sink connector's account needs; `reports` adds the OpenSearch reporter's two topics."""
    reporters = tuple(topic(name, "CREATE", "WRITE", prefixed=True) for name in REPORTS)
    return (
        CLUSTER_DESCRIBE,
        *(topic(name, "READ") for name in topics),
        topic(dead_letter, "CREATE", "WRITE"),
        group("connect-lcc", "READ", prefixed=True),
        *(reporters if reports else ()),
    )


def flink_roles(
    reads: Iterable[str], alters: Iterable[str], writes: Iterable[str], error_log: str
) -> list[tuple[str, str]]:
    """(role, resource) of the account of the Flink statements, e.g. `("DeveloperRead", "topic=auth_user")`.

    `error_log` is the dead-letter topic, which the first ALTER TABLE that names it makes. Source of the roles:
    cc/flink/operate-and-deploy/flink-rbac.md.
    """
    wanted = {("DeveloperRead", f"topic={name}") for name in (*reads, *writes, error_log)}
    wanted |= {("DeveloperWrite", f"topic={name}") for name in (*writes, error_log)}
    # ALTER TABLE and creating the error log require DeveloperManage.
    wanted |= {("DeveloperManage", f"topic={name}") for name in (*alters, error_log)}
    # The transactions of exactly-once output.
    wanted |= {(role, "transactional-id=_confluent-flink_*") for role in ("DeveloperRead", "DeveloperWrite")}
    return sorted(wanted)


CLUSTER_ADMIN = "CloudClusterAdmin"
"""The only role on a Basic cluster: roles on topics, groups and transactional ids begin with Standard
(cc/security/access-control/rbac/predefined-rbac-roles.md)."""


def principal(account_id: pulumi.Input[str]) -> pulumi.Output[str]:
    """An account as ACLs and role bindings name it."""
    return pulumi.Output.concat("User:", account_id)


def make_account(name: str, description: str, opts: pulumi.ResourceOptions) -> confluent.ServiceAccount:
    """A service account that has its Pulumi name in Confluent Cloud too."""
    return confluent.ServiceAccount(name, display_name=name, description=description, opts=opts)


def bind(
    name: str,
    account_id: pulumi.Input[str],
    role: str,
    crn_pattern: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> confluent.RoleBinding:
    """Give an account a role on everything that a CRN pattern names."""
    return confluent.RoleBinding(
        name, principal=principal(account_id), role_name=role, crn_pattern=crn_pattern, opts=opts
    )


def make_acls(
    name: str, account_id: pulumi.Input[str], grants: Iterable[Grant], opts: pulumi.ResourceOptions
) -> list[confluent.KafkaAcl]:
    """One ACL for each operation of each grant; the cluster and its key come from the provider in `opts`."""
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
