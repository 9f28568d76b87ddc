"""The handler of the plan's ACLs and role bindings, which both are ACLs of the broker."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)

from local.apply.handler import State, finish
from local.apply.rights import Right
from local.apply.servers import Servers
from local.errors import RunError
from plan.model import Resource


class Rights:
    """KafkaAcl and RoleBinding: ACLs of the broker, which enforces them; a role that is not Kafka's gives none."""

    def __init__(self, servers: Servers, rights: Callable[[Resource], Iterable[Right]]) -> None:
        """`rights` are those that a resource gives."""
        self._servers = servers
        self._rights = rights

    def create(self, resource: Resource) -> None:
        if acls := [_acl(right, AclBinding) for right in self._rights(resource)]:
            self._servers.ready(self._servers.kafka)
            finish(self._servers.admin.create_acls(acls), resource)

    def read(self, resource: Resource) -> State | None:
        filters = [_acl(right, AclBindingFilter) for right in self._rights(resource)]
        found = [self._servers.admin.describe_acls(each).result(30) for each in filters]
        return dict(resource.inputs) if all(found) else None

    def update(self, resource: Resource) -> None:
        raise RunError(f"{resource.name}: a right is replaced, never changed")

    def delete(self, resource: Resource) -> None:
        if acls := [_acl(right, AclBindingFilter) for right in self._rights(resource)]:
            finish(self._servers.admin.delete_acls(acls), resource)


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
