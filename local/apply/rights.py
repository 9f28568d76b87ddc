"""Rights in Kafka as ACLs of the broker."""

from __future__ import annotations

# confluent_kafka.admin has no __all__.
# pyright: reportPrivateImportUsage=false
from collections.abc import Iterable
from dataclasses import dataclass

from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from local.servers.kafka import finish

# Kafka grants DESCRIBE with READ and with WRITE.
IMPLIED = {"DESCRIBE": ("READ", "WRITE")}


@dataclass(frozen=True, kw_only=True)
class Right:
    """`principal` may (with `deny`: may not) do `operation`. `name` `*` means every name."""

    principal: str
    operation: str
    kind: str
    name: str
    prefixed: bool = False
    deny: bool = False
    host: str = "*"

    def covers(self, principal: str, operation: str, kind: str, name: str) -> bool:
        """Whether the right concerns this operation of this principal on this resource."""
        return (
            self.principal == principal
            and self.kind == kind
            and self.operation in (operation, "ALL", *IMPLIED.get(operation, ()))
            and (self.name == "*" or (name.startswith(self.name) if self.prefixed else name == self.name))
        )

    def acl(self) -> AclBinding:
        return AclBinding(
            ResourceType["BROKER" if self.kind == "CLUSTER" else self.kind],
            self.name,
            ResourcePatternType["PREFIXED" if self.prefixed else "LITERAL"],
            self.principal,
            self.host,
            AclOperation[self.operation],
            AclPermissionType["DENY" if self.deny else "ALLOW"],
        )


def allow(admin: AdminClient, rights: Iterable[Right], what: str) -> None:
    """Create the ACLs. Raises RunError, which names `what`."""
    if acls := [right.acl() for right in rights]:
        finish(admin.create_acls(acls, request_timeout=30), what)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - untyped futures
