"""Check a recorded plan against the policy pack's controls."""

from __future__ import annotations

import re
from typing import Any

from components.contracts.types import Json
from plan.model import MASK, UNKNOWN_TEXT, Plan, Resource
from policy import model
from policy.controls import CONTROLS
from policy.inputs import SECRET, UNKNOWN

_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


def violations(plan: Plan) -> list[model.Violation]:
    return model.evaluate(CONTROLS, seen(plan))


def seen(plan: Plan) -> list[model.Resource]:
    """The plan's resources as controls see them, without those that the program only reads."""
    return [_resource(resource) for resource in plan.resources if "read" not in resource.options]


def render(plan: Plan, found: list[model.Violation]) -> str:
    """Each violation with its resource, the control's text and the fix."""
    lines = list[str]()
    for violation in found:
        control, resource = violation.control, violation.resource
        lines += [
            f"{control.name} ({control.severity}): {resource.type.rpartition(':')[2]} {resource.name}",
            f"    {violation.message}",
            f"    control: {control.description}",
            f"    fix: {control.fix}",
        ]
    if not found:
        return f"The plan of {plan.stack} keeps to all {len(CONTROLS)} controls ({len(plan.resources)} resources).\n"
    broken = len({violation.control.name for violation in found})
    lines.append(f"The plan of {plan.stack} breaks {broken} of {len(CONTROLS)} controls: {len(found)} violation(s).")
    return "\n".join(lines) + "\n"


def _resource(resource: Resource) -> model.Resource:
    return model.Resource(
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        inputs=_unmasked(resource.inputs),
        options=_options(resource.options),
        provider=resource.options.get("provider"),
        dependencies=frozenset(resource.dependencies),
    )


def _options(options: dict[str, Any]) -> model.Options:
    return model.Options(
        protect=options.get("protect", False),
        delete_before_replace=options.get("deleteBeforeReplace", False),
        ignore_changes=tuple(options.get("ignoreChanges", ())),
        replace_on_changes=tuple(options.get("replaceOnChanges", ())),
        timeouts={operation: _seconds(text) for operation, text in options.get("customTimeouts", {}).items()},
    )


def _seconds(duration: str) -> float:
    """A duration as the SDK writes it: `20m`, `1h30m`."""
    return sum(float(number) * _SECONDS[unit] for number, unit in re.findall(r"([\d.]+)(ms|h|m|s)", duration))


def _unmasked(value: Json) -> Any:
    if isinstance(value, dict):
        return {key: _unmasked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_unmasked(item) for item in value]
    return {MASK: SECRET, UNKNOWN_TEXT: UNKNOWN}.get(value, value) if isinstance(value, str) else value
