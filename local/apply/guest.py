"""The Kafka client of whoever looks at a run from outside: a principal of its own, not one of the plan's."""

from __future__ import annotations

from collections.abc import Iterable

from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from components.contracts import APP_GROUP_PREFIX, SOURCES

GUEST = "guest"
"""No account of a plan can have this name: their ids begin with `sa-`."""


def admit(admin: AdminClient) -> None:
    """Let the guest read every topic, write the raw ones and use each consumer group that begins with `fraud-app`."""
    for future in admin.create_acls(list(_acls()), request_timeout=30).values():
        future.result(30)


def _acls() -> Iterable[AclBinding]:
    literal, prefixed = ResourcePatternType.LITERAL, ResourcePatternType.PREFIXED
    yield _allow(ResourceType.TOPIC, "*", literal, AclOperation.READ)
    yield _allow(ResourceType.GROUP, APP_GROUP_PREFIX, prefixed, AclOperation.READ)
    for table in SOURCES:
        yield _allow(ResourceType.TOPIC, table.topic, literal, AclOperation.WRITE)


def _allow(kind: ResourceType, name: str, pattern: ResourcePatternType, operation: AclOperation) -> AclBinding:
    return AclBinding(kind, name, pattern, f"User:{GUEST}", "*", operation, AclPermissionType.ALLOW)
