"""The pack as the engine runs it: a process that serves the Analyzer protocol."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from plan.policy import seen
from policy.controls import CONTROLS
from policy.inputs import SECRET, UNKNOWN
from policy.model import Resource, ResourceControl, evaluate
from tests.plans import STACKS, recorded
from tests.policy.build import but
from tests.policy.cases import CASES
from tests.policy.cases.compute import INSTANCE
from tests.policy.cases.redshift import WAREHOUSE

PACK = Path(__file__).resolve().parents[2] / "policy"
REVEALED = "hunter2"
SEEN = {control.name: control for control in CONTROLS if not control.plan_only}


@pytest.fixture(scope="module")
def analyzer() -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    # Like pulumi-analyzer-policy-python: in the pack's folder, with the engine's address and the program.
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", "."],
        cwd=PACK,
        stdout=subprocess.PIPE,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
    )
    try:
        assert process.stdout
        port = process.stdout.readline().strip()
        assert port.isdigit(), "the pack did not start; its errors are above"
        with grpc.insecure_channel(f"127.0.0.1:{int(port)}") as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel)
    finally:
        process.kill()
        process.communicate()


def on_the_wire(value: Any) -> Any:
    if value is UNKNOWN:
        return UNKNOWN_STRING_VALUE
    if value is SECRET:
        return {SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG, "value": REVEALED}
    if isinstance(value, dict):
        return {key: on_the_wire(item) for key, item in value.items()}
    return [on_the_wire(item) for item in value] if isinstance(value, list) else value


def fields(resource: Resource) -> dict[str, Any]:
    options, properties = resource.options, struct_pb2.Struct()
    properties.update(on_the_wire(dict(resource.inputs)))
    urn = resource.provider or "urn:pulumi:dev::fraud::pulumi:providers:aws::default_7_51_1"
    return {
        "type": resource.type,
        "urn": resource.urn,
        "name": resource.name,
        "properties": properties,
        "provider": analyzer_pb2.AnalyzerProviderResource(
            type="pulumi:providers:aws", urn=urn, name=urn.split("::")[-1]
        ),
        "options": analyzer_pb2.AnalyzerResourceOptions(
            protect=options.protect,
            ignoreChanges=options.ignore_changes,
            deleteBeforeReplace=options.delete_before_replace,
            deleteBeforeReplaceDefined=True,
            customTimeouts=analyzer_pb2.AnalyzerResourceOptions.CustomTimeouts(**options.timeouts),
        ),
    }


def found(analyzer: analyzer_pb2_grpc.AnalyzerStub, stack: Sequence[Resource]) -> dict[str, Any]:
    """Ask about a stack as the engine does; answers by control."""
    answers = [analyzer.Analyze(analyzer_pb2.AnalyzeRequest(**fields(resource))) for resource in stack]
    resources = [
        analyzer_pb2.AnalyzerResource(**fields(resource), dependencies=resource.dependencies) for resource in stack
    ]
    answers.append(analyzer.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=resources)))
    return {diagnostic.policyName: diagnostic for answer in answers for diagnostic in answer.diagnostics}


def test_the_pack_lists_every_control_that_the_engine_can_show(analyzer):
    info = analyzer.GetAnalyzerInfo(empty_pb2.Empty())
    assert info.name == "fraud-detection"
    assert {policy.name for policy in info.policies} == set(SEEN)
    for policy in info.policies:
        assert policy.enforcementLevel == analyzer_pb2.MANDATORY, f"{policy.name} would only warn"
        assert policy.remediation_steps == SEEN[policy.name].fix
        kind = "RESOURCE" if isinstance(SEEN[policy.name], ResourceControl) else "STACK"
        assert analyzer_pb2.PolicyType.Name(policy.policy_type) == f"POLICY_TYPE_{kind}"


def test_a_resource_that_breaks_a_control_is_refused_with_the_fix(analyzer):
    diagnostic = found(analyzer, [but(INSTANCE, "metadataOptions", "httpTokens", to="optional")])[
        "metadata-requires-a-token"
    ]
    assert "IMDSv1 is on" in diagnostic.message and "Fix: set metadata_options" in diagnostic.message
    assert diagnostic.enforcementLevel == analyzer_pb2.MANDATORY
    assert found(analyzer, [INSTANCE]) == {}


def test_a_stack_that_breaks_a_control_is_refused_at_the_resource(analyzer):
    diagnostic = found(analyzer, [WAREHOUSE])["redshift-is-logged"]
    assert diagnostic.urn == WAREHOUSE.urn


def test_unknown_values_in_a_preview_neither_hide_nor_cause_violations(analyzer):
    instance = but(INSTANCE, "metadataOptions", "httpTokens", to=UNKNOWN)
    assert found(analyzer, [but(instance, "rootBlockDevice", "kmsKeyId", to=UNKNOWN)]) == {}
    instance = but(instance, "metadataOptions", "httpPutResponseHopLimit", to=2)
    assert set(found(analyzer, [instance])) == {"metadata-requires-a-token"}, "the control must judge the known half"


@pytest.mark.parametrize("stack", STACKS)
def test_the_plan_of_a_stack_passes(analyzer, stack):
    assert found(analyzer, seen(recorded(stack))) == {}


@pytest.mark.parametrize("stack", STACKS)
def test_a_preview_without_a_providers_inputs_passes(analyzer, stack):
    """If a provider's inputs are unknown, the engine shows its resources without inputs."""
    resources = seen(recorded(stack))
    hidden = [
        replace(resource, inputs={}) if resource.type.startswith(("kubernetes:", "confluentcloud:")) else resource
        for resource in resources
    ]
    shown = [analyzer_pb2.AnalyzerResource(**fields(one), dependencies=one.dependencies) for one in hidden]
    answer = analyzer.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=shown))
    assert [diagnostic.message for diagnostic in answer.diagnostics] == []


@pytest.mark.parametrize("name", SEEN)
def test_pack_and_plan_agree(analyzer, name):
    for stack in (*CASES[name].bad, *CASES[name].good):
        # The engine passes secrets to a pack in plain text.
        shown = [replace(resource, inputs=revealed(resource.inputs)) for resource in stack]
        broken = bool(evaluate([SEEN[name]], shown))
        assert (name in found(analyzer, stack)) == broken, [resource.inputs for resource in stack]


def revealed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: revealed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [revealed(item) for item in value]
    return REVEALED if value is SECRET else value
