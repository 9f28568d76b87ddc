"""Role bindings of the plan as ACLs of the broker.

Source: Confluent Cloud's page on predefined roles. Roles on subjects, environments and accounts concern Schema Registry
and Confluent's APIs, not the broker.
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
# A pattern names a Kafka resource, a whole cluster, or something outside Kafka.
_RESOURCE = re.compile(rf"/kafka=[^/]+/(?P<kind>{'|'.join(KINDS)})=(?P<name>.+)")
_CLUSTER = re.compile(r"/cloud-cluster=[^/]+$")
_ELSEWHERE = re.compile(r"/(schema-registry|service-account|flink-region)=|/environment=[^/]+$|/organization=[^/]+$")


def rights_of_role(binding: Resource) -> Iterator[Right]:
    """Raises RunError for an unknown role or pattern: skipping it could hide a missing right."""
    role, pattern = binding.inputs["roleName"], binding.inputs["crnPattern"]
    principal = binding.inputs["principal"]
    if on := _RESOURCE.search(pattern):
        kind = KINDS[on["kind"]]
        operations = OPERATIONS.get((role, kind))
        if not operations:
            known = ", ".join(known for known, of in OPERATIONS if of == kind)
            raise RunError(f"{binding.name}: the local run knows no role {role} on a {on['kind']}; it knows {known}")
        name, prefixed = _name(on["name"])
        for operation in operations:
            yield Right(principal=principal, operation=operation, kind=kind, name=name, prefixed=prefixed)
    elif _CLUSTER.search(pattern):
        if role != CLUSTER_ADMIN:
            raise RunError(f"{binding.name}: the local run knows no role {role} on a cluster; it knows {CLUSTER_ADMIN}")
        for kind in ("CLUSTER", *KINDS.values()):
            name = "kafka-cluster" if kind == "CLUSTER" else "*"
            yield Right(principal=principal, operation="ALL", kind=kind, name=name)
    elif not _ELSEWHERE.search(pattern):
        raise RunError(f"{binding.name}: crnPattern {pattern} names nothing that the local run knows")


def _name(text: str) -> tuple[str, bool]:
    """(name, whether it is a prefix): `fd.*` is a prefix; `*` alone means every name, to the broker too."""
    return (text[:-1], True) if text.endswith("*") and text != "*" else (text, False)
