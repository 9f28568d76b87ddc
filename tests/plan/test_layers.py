"""One stack or two: the platform and the streaming layer together are what the complete stack is."""

from __future__ import annotations

import json

import pytest

from plan import Plan, PlanError, Resource
from tests.plan.conftest import Configured
from tests.plans import recorded

REFERENCE = "pulumi:pulumi:StackReference"
PLATFORM = "organization/fraud-detection/dev-platform"


def comparable(plan: Plan) -> dict[tuple[str, str], object]:
    """What each resource is; the stack's name in URNs, and dependencies across the stacks, are not compared."""
    urns = f"urn:pulumi:{plan.stack}::"
    return {
        key(resource): json.loads(json.dumps(resource.inputs).replace(urns, "urn:pulumi:stack::"))
        for resource in plan.resources
        if resource.type != REFERENCE
    }


def key(resource: Resource) -> tuple[str, str]:
    return resource.type, resource.name


def test_platform_and_streaming_are_the_complete_stack(configured: Configured) -> None:
    complete = comparable(recorded("dev"))
    layer = {"deployment": "dev"}
    platform = comparable(configured("dev", stack="dev-platform", layer="platform", **layer))
    streaming = comparable(configured("dev", stack="dev-streaming", layer="streaming", platformStack=PLATFORM, **layer))
    assert platform.keys().isdisjoint(streaming.keys()), "a resource is in both layers"
    assert (platform | streaming).keys() == complete.keys()
    for resource, inputs in complete.items():
        assert (platform | streaming)[resource] == inputs, f"{resource} differs between one stack and two"


def test_a_sink_that_the_platform_does_not_have_is_named(configured: Configured) -> None:
    layer = {"deployment": "dev"}
    sinks = ["redshift", "snowflake"]
    configured("dev", stack="dev-platform", layer="platform", sinks=sinks, connectors=sinks, **layer)
    with pytest.raises(PlanError, match=r"platformStack has no output opensearch\.url"):
        configured("dev", stack="dev-streaming", layer="streaming", platformStack=PLATFORM, **layer)


def test_a_sink_that_is_switched_off_in_both_is_not_asked_for(configured: Configured) -> None:
    off: dict[str, object] = {"deployment": "dev", "sinks": [], "connectors": []}
    configured("dev", stack="dev-platform", layer="platform", **off)
    streaming = configured("dev", stack="dev-streaming", layer="streaming", platformStack=PLATFORM, **off)
    (source,) = streaming.of_type("confluentcloud:index/connector:Connector")
    assert source.name.endswith("oracle-xstream")
