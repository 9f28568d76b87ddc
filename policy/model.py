"""Resources and stacks as controls see them, from the engine or from a recorded plan."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from policy.inputs import get


@dataclass(frozen=True, kw_only=True)
class Options:
    """The resource options that controls look at. `timeouts` is in seconds, by operation (create, update, delete).

    The engine does not pass `replace_on_changes` to a pack.
    """

    protect: bool = False
    delete_before_replace: bool = False
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    timeouts: Mapping[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True, kw_only=True)
class Resource:
    """`inputs` are in wire form (camelCase), with `Opaque` for hidden values.

    `provider` is the URN of the explicit provider, None for the default one. `dependencies` are URNs, including those
    that inputs imply.
    """

    urn: str
    type: str
    name: str
    inputs: Mapping[str, Any]
    options: Options = field(default_factory=Options)
    provider: str | None = None
    dependencies: frozenset[str] = frozenset()

    def get(self, *keys: str) -> Any:
        """The input at a path of keys; see `policy.inputs.get`."""
        return get(self.inputs, *keys)


@dataclass(frozen=True)
class Stack:
    resources: Sequence[Resource]

    def of_type(self, *types: str) -> Iterator[Resource]:
        return (resource for resource in self.resources if resource.type in types)

    def users_of(self, target: Resource, *types: str) -> Iterator[Resource]:
        """The resources of these types that depend on the target."""
        return (resource for resource in self.of_type(*types) if target.urn in resource.dependencies)


Severity = Literal["low", "medium", "high", "critical"]
ResourceCheck = Callable[[Resource], Iterable[str]]
StackCheck = Callable[[Stack], Iterable[tuple[Resource, str]]]


@dataclass(frozen=True, kw_only=True)
class Control:
    """`description` is the requirement, `fix` the remedy.

    A `plan_only` control needs data that the engine does not pass to a pack.
    """

    name: str
    description: str
    fix: str
    severity: Severity
    plan_only: bool


@dataclass(frozen=True, kw_only=True)
class ResourceControl(Control):
    """Judges each resource of `types` (all if empty) on its own; `check` yields problems."""

    types: tuple[str, ...]
    check: ResourceCheck

    def judges(self, resource_type: str) -> bool:
        """Whether the control applies to resources of a type."""
        return not self.types or resource_type in self.types


@dataclass(frozen=True, kw_only=True)
class StackControl(Control):
    """Judges all resources together; `check` yields resources with problems."""

    check: StackCheck


def resource_control(
    *types: str, fix: str, severity: Severity = "high", plan_only: bool = False
) -> Callable[[ResourceCheck], ResourceControl]:
    """Make a control of a function, which gives it name and, in its docstring, description."""

    def decorate(check: ResourceCheck) -> ResourceControl:
        return ResourceControl(
            **_described(check), fix=fix, severity=severity, plan_only=plan_only, types=types, check=check
        )

    return decorate


def stack_control(
    *, fix: str, severity: Severity = "high", plan_only: bool = False
) -> Callable[[StackCheck], StackControl]:
    """Like `resource_control`, for a check of the whole stack."""

    def decorate(check: StackCheck) -> StackControl:
        return StackControl(**_described(check), fix=fix, severity=severity, plan_only=plan_only, check=check)

    return decorate


def _described(check: Callable[..., Any]) -> dict[str, str]:
    description = " ".join((inspect.getdoc(check) or "").split())
    return {"name": check.__name__.replace("_", "-"), "description": description}


@dataclass(frozen=True)
class Violation:
    """A resource's problem."""

    control: Control
    resource: Resource
    message: str


def evaluate(controls: Iterable[Control], resources: Sequence[Resource]) -> list[Violation]:
    """Every violation, in the order of the controls and then of the resources."""
    return [violation for control in controls for violation in _violations(control, resources)]


def _violations(control: Control, resources: Sequence[Resource]) -> Iterator[Violation]:
    if isinstance(control, StackControl):
        for resource, message in control.check(Stack(resources)):
            yield Violation(control, resource, message)
    elif isinstance(control, ResourceControl):
        for resource in resources:
            if control.judges(resource.type):
                for message in control.check(resource):
                    yield Violation(control, resource, message)
