"""The recorded plan as data. Standard library only: readers of a plan need no SDK."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal

Mode = Literal["preview", "update"]

REFERENCE_TYPE = "pulumi:pulumi:StackReference"
MASK = "[secret]"
"""Replaces every secret value and reveals nothing of it, not even its length or type."""

UNKNOWN_TEXT = "[unknown]"
"""Replaces a value known only after a deploy; appears only in plans recorded in preview mode."""


class PlanError(Exception):
    """The program, its configuration or an input is wrong. The message is for the user."""


@dataclass(frozen=True)
class Resource:
    """One registration.

    `type` is the SDK's token (`confluentcloud:index/kafkaTopic:KafkaTopic`), `parent` the URN of the component it
    belongs to (None at the top), `inputs` the wire form (camelCase keys) and `custom` False for a component.
    `options` holds only options that are set; `dependsOn` in it lists the dependencies that no input implies.
    """

    urn: str
    type: str
    name: str
    parent: str | None
    custom: bool
    inputs: dict[str, Any]
    options: dict[str, Any] = field(default_factory=dict[str, Any])
    dependencies: tuple[str, ...] = ()
    property_dependencies: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def to_dict(self) -> dict[str, Any]:
        fields = dict(vars(self))
        return {**fields, "propertyDependencies": fields.pop("property_dependencies")}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Resource:
        fields = dict(data)
        fields["dependencies"] = tuple(data["dependencies"])
        fields["property_dependencies"] = {key: tuple(urns) for key, urns in fields.pop("propertyDependencies").items()}
        return cls(**fields)


@dataclass(frozen=True)
class Plan:
    """Every resource of one stack, dependencies first, and the stack's outputs.

    `simulated` maps URNs to the output texts that the recorder made up; it is not part of the JSON form.
    """

    project: str
    stack: str
    resources: tuple[Resource, ...]
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])
    simulated: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]], repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        return {
            "project": self.project,
            "stack": self.stack,
            "resources": [resource.to_dict() for resource in self.resources],
            "outputs": self.outputs,
        }

    def to_json(self) -> str:
        """The same program and configuration give the same bytes."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Plan:
        resources = tuple(Resource.from_dict(item) for item in data["resources"])
        return cls(data["project"], data["stack"], resources, data["outputs"])

    def of_type(self, token: str) -> tuple[Resource, ...]:
        return tuple(resource for resource in self.resources if resource.type == token)

    def by_urn(self) -> dict[str, Resource]:
        return {resource.urn: resource for resource in self.resources}
