"""Reduce a plan to what the program sets, with short names and without simulated values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from components.contracts.types import Json
from plan.golden.names import Names, is_reference, path_of, short_type, texts
from plan.model import MASK, Plan, Resource


@dataclass(frozen=True)
class Entry:
    """A resource. `path` is its URN without stack and project; `parent` is its parent's path, "" at the top."""

    path: str
    name: str
    type: str
    parent: str
    component: bool
    inputs: dict[str, Any]
    options: dict[str, Any]


@dataclass(frozen=True)
class Golden:
    """One stack's plan in golden form; resources by path."""

    project: str
    stack: str
    entries: dict[str, Entry]
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])


def path_below(parent: str, kind: str, name: str) -> str:
    types = parent.partition("::")[0]
    return f"{types}${kind}::{name}" if types else f"{kind}::{name}"


def golden(plan: Plan) -> Golden:
    reader = _Reader(plan)
    entries = map(reader.entry, plan.resources)
    outputs, _ = reader.names.refer(plan.outputs, [resource.urn for resource in plan.resources])
    return Golden(plan.project, plan.stack, {entry.path: entry for entry in entries}, outputs)


class _Reader:
    def __init__(self, plan: Plan) -> None:
        self.names = Names(plan)
        self._by_urn = plan.by_urn()
        self._before: dict[str, set[str]] = {}
        for resource in plan.resources:  # dependencies come first
            direct = resource.dependencies
            self._before[resource.urn] = set(direct).union(*(self._before.get(urn, ()) for urn in direct))

    def entry(self, resource: Resource) -> Entry:
        inputs: dict[str, Any] = {}
        secret: dict[str, set[str]] = {}
        seen: set[str] = set()
        for key, value in resource.inputs.items():
            sources = resource.property_dependencies.get(key, ())
            inputs[key], shown = self.names.refer(value, sources or self._given_above(resource))
            seen |= shown
            if MASK in texts(value) and (hidden := set(sources) - shown):
                secret[key] = hidden
        return Entry(
            path=path_of(resource.urn),
            name=resource.name,
            type=short_type(resource.type),
            parent=path_of(resource.parent) if resource.parent else "",
            component=not resource.custom,
            inputs=inputs,
            options=dict(self._options(resource, secret, seen.union(*secret.values()))),
        )

    def _given_above(self, resource: Resource) -> set[str]:
        """Possible sources of a remote component's children: the component, and everything it received."""
        above = self._by_urn.get(resource.parent or "")
        if above is None:
            return set()
        passed = {value["resource"] for value in above.inputs.values() if is_reference(value)}
        return {above.urn, *above.dependencies, *passed, *self._given_above(above)}

    def _options(self, resource: Resource, secret: dict[str, set[str]], seen: set[str]) -> Iterator[tuple[str, Any]]:
        """The options that are set; `from` names the sources of secret inputs."""
        for key, value in resource.options.items():
            if key == "aliases":
                yield key, sorted(_alias(urn, resource) for urn in value)
            elif key in ("deletedWith", "provider"):
                yield key, self.names.name(value)
            elif key != "dependsOn":
                yield key, _in_order(value)
        if others := self._waited_for(resource) - seen:
            yield "dependsOn", self.names.names(others)
        if secret:
            yield "from", {key: self.names.names(urns) for key, urns in secret.items()}

    def _waited_for(self, resource: Resource) -> set[str]:
        """Dependencies that no other dependency implies."""
        direct = set(resource.dependencies).union(*resource.property_dependencies.values())
        return direct - set().union(*(self._before.get(urn, ()) for urn in direct))


def _in_order(value: Json) -> Json:
    return sorted(value) if isinstance(value, list) else value


def _alias(urn: str, resource: Resource) -> str:
    """The former type alone if nothing else differs, as in the aliases that SDKs declare."""
    former = urn.rpartition("::")[0].rpartition("::")[2].rpartition("$")[2]
    same = resource.urn.removesuffix(f"{resource.type}::{resource.name}") + f"{former}::{resource.name}"
    return short_type(former) if urn == same else urn
