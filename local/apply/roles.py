"""What a role binding of the plan lets its principal do in Kafka, as ACLs of the broker.

Source: Confluent Cloud's page on predefined roles. Roles on subjects, environments and accounts are for Schema Registry
and Confluent's APIs; they are nothing to the broker.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from local.apply.rights import Right
from local.errors import RunError
from plan.model import Resource

ROLE_BINDING = "confluentcloud:index/roleBinding:RoleBinding"
CLUSTER_ADMIN = "CloudClusterAdmin"
KINDS = {"topic": "TOPIC", "group": "GROUP", "transactional-id": "TRANSACTIONAL_ID"}
OPERATIONS: dict[tuple[str, str], tuple[str, ...]] = {
    ("DeveloperRead", "TOPIC"): ("READ", "DESCRIBE", "DESCRIBE_CONFIGS"),
    ("DeveloperRead", "GROUP"): ("READ", "DESCRIBE"),
    ("DeveloperRead", "TRANSACTIONAL_ID"): ("DESCRIBE",),
    ("DeveloperWrite", "TOPIC"): ("WRITE", "DESCRIBE", "DESCRIBE_CONFIGS"),
    ("DeveloperWrite", "TRANSACTIONAL_ID"): ("WRITE", "DESCRIBE"),
    ("DeveloperManage", "TOPIC"): ("CREATE", "DELETE", "ALTER", "ALTER_CONFIGS", "DESCRIBE", "DESCRIBE_CONFIGS"),
    ("DeveloperManage", "GROUP"): ("DELETE", "DESCRIBE"),
}
# A pattern is of one Kafka resource, of a whole cluster, or of something that is not Kafka's.
_RESOURCE = re.compile(rf"/kafka=[^/]+/(?P<kind>{'|'.join(KINDS)})=(?P<name>.+)")
_CLUSTER = re.compile(r"/cloud-cluster=[^/]+$")
_ELSEWHERE = re.compile(r"/(schema-registry|service-account|flink-region)=|/environment=[^/]+$|/organization=[^/]+$")


def rights_of(binding: Resource) -> Iterator[Right]:
    """Raises RunError for a role or pattern that has no meaning here: passing over it could hide a missing right."""
    role, pattern = binding.inputs["roleName"], binding.inputs["crnPattern"]
    principal = binding.inputs["principal"]
    if on := _RESOURCE.search(pattern):
        kind = KINDS[on["kind"]]
        operations = OPERATIONS.get((role, kind))
        if not operations:
            known = ", ".join(known for known, of in OPERATIONS if of == kind)
            raise RunError(f"{binding.name}: {role} has no meaning here for a {on['kind']}; known: {known}")
        name, prefixed = _name(on["name"])
        for operation in operations:
            yield Right(principal=principal, operation=operation, kind=kind, name=name, prefixed=prefixed)
    elif _CLUSTER.search(pattern):
        if role != CLUSTER_ADMIN:
            raise RunError(f"{binding.name}: {role} has no meaning here for a cluster; known: {CLUSTER_ADMIN}")
        for kind in ("CLUSTER", *KINDS.values()):
            name = "kafka-cluster" if kind == "CLUSTER" else "*"
            yield Right(principal=principal, operation="ALL", kind=kind, name=name)
    elif not _ELSEWHERE.search(pattern):
        raise RunError(f"{binding.name}: crnPattern {pattern} names nothing that is known here")


def _name(text: str) -> tuple[str, bool]:
    """`fd.*` is a prefix; `*` alone is the broker's own word for every name."""
    return (text[:-1], True) if text.endswith("*") and text != "*" else (text, False)
