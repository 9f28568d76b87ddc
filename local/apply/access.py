"""What the plan's ACLs and role bindings allow, and what the clients of the run need.

The broker of the run enforces the same; asking first gives one error with all that is missing, not a client that fails
later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from local.apply.rights import Right
from local.apply.roles import ROLE_BINDING, rights_of
from local.errors import RunError
from plan.model import Plan, Resource

ACL = "confluentcloud:index/kafkaAcl:KafkaAcl"


class Need(NamedTuple):
    """`client` is the resource that cannot work without it; `principal` is an account's id, without `User:`."""

    client: str
    principal: str
    operation: str
    kind: str
    name: str


def require(plan: Plan, wanted: Iterable[Need]) -> None:
    """Raises RunError that lists every need that no ACL or role of the plan allows, or that an ACL denies."""
    given = list(rights(plan))
    missing = [need for need in wanted if not _allowed(given, need)]
    if missing:
        lines = [
            f"  {need.client}: {need.principal} may not {need.operation} {need.kind} {need.name}" for need in missing
        ]
        raise RunError("\n".join(["The plan's ACLs and roles do not let these clients work; add the grants:", *lines]))


def rights(plan: Plan) -> Iterator[Right]:
    """Every right that an ACL or a role binding of the plan gives or denies."""
    for resource in plan.resources:
        if resource.type == ACL:
            yield right_of(resource)
        elif resource.type == ROLE_BINDING:
            yield from rights_of(resource)


def right_of(acl: Resource) -> Right:
    """A KafkaAcl of the plan."""
    inputs = acl.inputs
    return Right(
        principal=inputs["principal"],
        operation=inputs["operation"],
        kind=inputs["resourceType"],
        name=inputs["resourceName"],
        prefixed=inputs["patternType"] == "PREFIXED",
        deny=inputs["permission"] == "DENY",
        host=inputs["host"],
    )


def principals(plan: Plan) -> set[str]:
    """Every account that has a right in Kafka, without `User:`."""
    return {right.principal.removeprefix("User:") for right in rights(plan)}


def _allowed(given: Iterable[Right], need: Need) -> bool:
    fitting = [right for right in given if right.covers(f"User:{need.principal}", need.operation, need.kind, need.name)]
    return bool(fitting) and not any(right.deny for right in fitting)
