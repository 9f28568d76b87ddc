"""Compare two plans: + create, ~ update, +- and -+ replace, - delete, as Pulumi's engine prints them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from local.plan.model import Plan, Resource

_C = "confluentcloud:index/"
FORCE_NEW: dict[str, frozenset[str]] = {
    f"{_C}kafkaCluster:KafkaCluster": frozenset({"availability", "cloud", "region", "environment"}),
    f"{_C}roleBinding:RoleBinding": frozenset({"principal", "roleName", "crnPattern"}),
    f"{_C}apiKey:ApiKey": frozenset({"owner", "managedResource"}),
    f"{_C}kafkaTopic:KafkaTopic": frozenset({"topicName", "kafkaCluster"}),
    f"{_C}kafkaAcl:KafkaAcl": frozenset(
        {"resourceType", "resourceName", "patternType", "principal", "host", "operation", "permission", "kafkaCluster"}
    ),
    f"{_C}flinkComputePool:FlinkComputePool": frozenset({"cloud", "region", "environment"}),
    f"{_C}schema:Schema": frozenset({"subjectName", "format"}),
    f"{_C}flinkStatement:FlinkStatement": frozenset({"statement", "environment", "organization", "restEndpoint"}),
    f"{_C}connector:Connector": frozenset({"environment", "kafkaCluster"}),
}
"""Inputs whose change the provider can only make by replacing the resource."""

Path = tuple[str, ...]


@dataclass(frozen=True)
class Change:
    kind: str
    resource: Resource
    paths: tuple[str, ...] = ()

    def __str__(self) -> str:
        token = self.resource.type.rsplit(":", 1)[-1]
        return "\n".join([f"{self.kind:<2} {token} {self.resource.name}", *(f"     {path}" for path in self.paths)])


def compare(old: Plan, new: Plan) -> list[Change]:
    """Changes in the new plan's order, deletions last."""
    before, changes = old.by_urn(), []
    for resource in new.resources:
        names = [resource.urn, *resource.options.get("aliases", [])]
        found = next((before.pop(urn) for urn in names if urn in before), None)
        change = _change(found, resource) if found else Change("+", resource)
        if change:
            changes.append(change)
    return changes + [Change("-", resource) for resource in reversed(before.values())]


def _change(old: Resource, new: Resource) -> Change | None:
    inputs = list(_differences(old.inputs, new.inputs, ()))
    other = [("options", *path) for path in _differences(old.options, new.options, ())]
    other += [("dependencies",)] if old.dependencies != new.dependencies else []
    other += [("propertyDependencies",)] if old.property_dependencies != new.property_dependencies else []
    if not inputs and not other and old.urn == new.urn and old.parent == new.parent:
        return None
    kind = "~"
    if any(_replaces(new, path) for path in inputs):
        kind = "-+" if new.options.get("deleteBeforeReplace") else "+-"
    return Change(kind, new, tuple(_shown(path) for path in [*inputs, *other]))


def _differences(old: Any, new: Any, path: Path) -> Iterator[Path]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from _differences(old.get(key), new.get(key), (*path, key))
    elif old != new:
        yield path


def _replaces(resource: Resource, path: Path) -> bool:
    if path[0] in FORCE_NEW.get(resource.type, ()):
        return True
    wanted = [_parsed(text) for text in resource.options.get("replaceOnChanges", [])]
    return any(all(a in ("*", b) for a, b in zip(option, path, strict=False)) for option in wanted)


def _parsed(text: str) -> Path:
    """`a.b`, `a["b.c"]` and `a[0]` as keys."""
    return tuple(
        quoted or index or plain for quoted, index, plain in re.findall(r'\["([^"]+)"\]|\[(\w+|\*)\]|([^.\[\]]+)', text)
    )


def _shown(path: Path) -> str:
    return "".join(f'["{key}"]' if "." in key else f".{key}" for key in path).lstrip(".")
