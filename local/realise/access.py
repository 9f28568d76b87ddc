"""What the plan's ACLs allow, and what the clients of the run need.

The broker of the run enforces the same ACLs; asking first gives one error with all that is missing, not a client that
fails later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from local.errors import RunError
from local.plan.model import Plan, Resource

ACL = "confluentcloud:index/kafkaAcl:KafkaAcl"
# READ and WRITE carry DESCRIBE with them, as in Kafka.
IMPLIED = {"DESCRIBE": ("READ", "WRITE")}


@dataclass(frozen=True, kw_only=True)
class Need:
    """`client` is the resource that cannot work without it; `principal` is an account's id, without `User:`."""

    client: str
    principal: str
    operation: str
    kind: str
    name: str


def needs(client: str, principal: str, operation: str, kind: str, names: Iterable[str]) -> list[Need]:
    """The same need for several names."""
    return [Need(client=client, principal=principal, operation=operation, kind=kind, name=name) for name in names]


def require(plan: Plan, wanted: Iterable[Need]) -> None:
    """Raises RunError that lists every need that no ACL of the plan allows, or that one denies."""
    acls = plan.of_type(ACL)
    missing = [need for need in wanted if not _allowed(acls, need)]
    if missing:
        lines = [
            f"  {need.client}: {need.principal} may not {need.operation} {need.kind} {need.name}" for need in missing
        ]
        raise RunError("\n".join(["The plan's ACLs do not let these clients work; add the grants:", *lines]))


def principals(plan: Plan) -> set[str]:
    """Every account that an ACL names, without `User:`."""
    return {acl.inputs["principal"].removeprefix("User:") for acl in plan.of_type(ACL)}


def _allowed(acls: Iterable[Resource], need: Need) -> bool:
    fitting = [acl.inputs for acl in acls if _fits(acl, need)]
    return any(acl["permission"] == "ALLOW" for acl in fitting) and all(acl["permission"] != "DENY" for acl in fitting)


def _fits(acl: Resource, need: Need) -> bool:
    inputs = acl.inputs
    operations = (need.operation, "ALL", *IMPLIED.get(need.operation, ()))
    names = (need.name.startswith if inputs["patternType"] == "PREFIXED" else need.name.__eq__)(inputs["resourceName"])
    return (
        inputs["principal"] == f"User:{need.principal}"
        and inputs["resourceType"] == need.kind
        and inputs["operation"] in operations
        and (names or inputs["resourceName"] == "*")
    )
