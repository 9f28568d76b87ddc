"""The controls as a Pulumi policy pack, with the engine's data converted to the controls' model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyPack,
    PolicyProviderResource,
    PolicyResource,
    PolicyResourceOptions,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

from policy.controls import CONTROLS
from policy.inputs import UNKNOWN, Hidden, Value
from policy.model import Control, Options, Resource, ResourceControl, Stack, StackControl

NAME = "fraud-detection"


def serve() -> None:
    """Serve the pack until the engine ends."""
    PolicyPack(NAME, policies(), EnforcementLevel.MANDATORY)


def policies() -> list[Policy]:
    """All controls that the engine's data is enough for."""
    return [_policy(control) for control in CONTROLS if not control.plan_only]


def _policy(control: Control) -> Policy:
    shared: dict[str, Any] = {
        "name": control.name,
        "description": control.description,
        "severity": Severity(control.severity),
        "remediation_steps": control.fix,
    }
    if isinstance(control, ResourceControl):
        return ResourceValidationPolicy(**shared, validate=_resource_validation(control))
    assert isinstance(control, StackControl)
    return StackValidationPolicy(**shared, validate=_stack_validation(control))


def _resource_validation(control: ResourceControl) -> Any:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if control.judges(args.resource_type):
            for message in control.check(_resource(args)):
                report(f"{message}. Fix: {control.fix}", None)

    return validate


def _stack_validation(control: StackControl) -> Any:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        stack = Stack([_stack_resource(resource) for resource in args.resources])
        for resource, message in control.check(stack):
            report(f"{message}. Fix: {control.fix}", resource.urn)

    return validate


def _resource(args: ResourceValidationArgs | PolicyResource, **more: Any) -> Resource:
    return Resource(
        urn=args.urn,
        type=args.resource_type,
        name=args.name,
        inputs=_seen(args.props),
        options=_options(args.opts),
        provider=_provider(args.provider),
        **more,
    )


def _stack_resource(resource: PolicyResource) -> Resource:
    """Hide inputs that the engine does not show because the provider is unknown until the deploy."""
    implied = map(_urns, resource.property_dependencies.values())
    seen = _resource(resource, dependencies=_urns(resource.dependencies).union(*implied))
    return seen if seen.inputs else replace(seen, inputs=Hidden())


def _urns(resources: Iterable[PolicyResource]) -> frozenset[str]:
    return frozenset(resource.urn for resource in resources)


def _provider(provider: PolicyProviderResource | None) -> str | None:
    """None for the engine's own provider, whose name begins with `default`."""
    return None if provider is None or provider.name.startswith("default") else provider.urn


def _options(options: PolicyResourceOptions) -> Options:
    seconds = {
        operation: getattr(options.custom_timeouts, f"{operation}_seconds")
        for operation in ("create", "update", "delete")
    }
    return Options(
        protect=options.protect,
        delete_before_replace=bool(options.delete_before_replace),
        ignore_changes=tuple(options.ignore_changes),
        timeouts={operation: value for operation, value in seconds.items() if value},
    )


def _seen(container: Value) -> Any:
    """Convert to plain values: the SDK's containers raise for unknown values and have no integers."""
    if isinstance(container, Mapping):
        return {key: _item(container, key) for key in container}
    if isinstance(container, Sequence) and not isinstance(container, str):
        return [_item(container, index) for index in range(len(container))]
    return int(container) if isinstance(container, float) and container.is_integer() else container


def _item(container: Any, key: Any) -> Any:
    try:
        return _seen(container[key])
    except UnknownValueError:
        return UNKNOWN
