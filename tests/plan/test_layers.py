"""The platform and streaming layers together equal the complete stack."""

from __future__ import annotations

import json

import pytest

from plan import Plan, PlanError, Resource
from tests.plan.conftest import Configured
from tests.plans import recorded

REFERENCE = "pulumi:pulumi:StackReference"
PLATFORM = "organization/fraud-detection/dev-platform"


def comparable(plan: Plan) -> dict[tuple[str, str], object]:
    """Each resource without the stack's name and without dependencies across the stacks."""
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


def test_a_sink_missing_in_the_platform_is_named(configured: Configured) -> None:
    layer = {"deployment": "dev"}
    sinks = ["redshift", "snowflake"]
    configured("dev", stack="dev-platform", layer="platform", sinks=sinks, connectors=sinks, **layer)
    with pytest.raises(PlanError, match=r"platformStack has no output opensearch\.url"):
        configured("dev", stack="dev-streaming", layer="streaming", platformStack=PLATFORM, **layer)


def test_a_sink_disabled_in_both_layers_is_not_read(configured: Configured) -> None:
    off: dict[str, object] = {"deployment": "dev", "sinks": [], "connectors": []}
    configured("dev", stack="dev-platform", layer="platform", **off)
    streaming = configured("dev", stack="dev-streaming", layer="streaming", platformStack=PLATFORM, **off)
    (source,) = streaming.of_type("confluentcloud:index/connector:Connector")
    assert source.name.endswith("oracle-xstream")
