"""Checks that the plan's ACLs and role bindings allow what the clients of the run need.

The broker enforces the same rights. This check comes first, to list everything that is missing in one error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from local.apply.rights import Right
from local.apply.roles import ROLE_BINDING, rights_of_role
from local.errors import RunError
from plan.model import Plan, Resource

ACL = "confluentcloud:index/kafkaAcl:KafkaAcl"


class Need(NamedTuple):
    """A right that the resource `client` needs; `principal` is an account's id, without `User:`."""

    client: str
    principal: str
    operation: str
    kind: str
    name: str


def require(plan: Plan, wanted: Iterable[Need]) -> None:
    """Raises RunError, which lists every need that the plan does not allow or denies."""
    given = list(rights(plan))
    missing = [need for need in wanted if not _allowed(given, need)]
    if missing:
        lines = [
            f"  {need.client}: {need.principal} may not {need.operation} {need.kind} {need.name}" for need in missing
        ]
        raise RunError("\n".join(["The plan's ACLs and roles do not let these clients work; add the grants:", *lines]))


def rights(plan: Plan) -> Iterator[Right]:
    for resource in (*plan.of_type(ACL), *plan.of_type(ROLE_BINDING)):
        yield from rights_of(resource)


def rights_of(resource: Resource) -> Iterator[Right]:
    """The rights that an ACL or a role binding gives or denies."""
    if resource.type == ACL:
        yield right_of(resource)
    else:
        yield from rights_of_role(resource)


def right_of(acl: Resource) -> Right:
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
    """Every account with a right in Kafka, without `User:`."""
    return {right.principal.removeprefix("User:") for right in rights(plan)}


def _allowed(given: Iterable[Right], need: Need) -> bool:
    fitting = [right for right in given if right.covers(f"User:{need.principal}", need.operation, need.kind, need.name)]
    return bool(fitting) and not any(right.deny for right in fitting)
