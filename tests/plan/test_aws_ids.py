"""Simulated values have the services' formats, so that the providers' checks accept the plan."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.plans import STACKS, recorded

# General Reference, "Amazon Resource Names": partition, service, region, account, resource; the last may be a pattern.
ARN = re.compile(r"arn:aws(-[a-z]+)*:[a-z0-9-]+:([a-z]{2}(-[a-z]+)+-\d)?:(\d{12}|aws)?:[A-Za-z0-9*][\w+=,.@/:!#*${}-]*")
ARN_INPUT = re.compile(r"(arn|Arn|Arns|kmsKeyId|KmsKeyId|kmsKey|iamRole|logDestination|secretId)$")
ID_INPUTS = {
    "vpcId": "vpc",
    "subnetId": "subnet",
    "subnetIds": "subnet",
    "subnets": "subnet",
    "securityGroupId": "sg",
    "securityGroupIds": "sg",
    "vpcSecurityGroupIds": "sg",
    "referencedSecurityGroupId": "sg",
    "routeTableId": "rtb",
    "routeTableIds": "rtb",
    "prefixListId": "pl",
    "natGatewayId": "nat",
    "gatewayId": "igw",
    "instanceId": "i",
    "volumeId": "vol",
    "allocationId": "eipalloc",
}
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
CRN = re.compile(rf"crn://confluent\.cloud/organization={UUID}(/[a-z-]+=[^/\s]+)*")
PROVIDED = ("aws:", "eks:")


def texts(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text of an input with its keys, including texts in JSON such as policies."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, (*path, key))
    elif isinstance(value, list):
        for item in value:
            yield from texts(item, path)
    elif isinstance(value, str):
        yield path, value
        if value.startswith(("{", "[")):
            yield from texts(json.loads(value) if _is_json(value) else None, path)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@pytest.fixture(scope="module", params=STACKS)
def inputs(request: pytest.FixtureRequest) -> list[tuple[str, tuple[str, ...], str]]:
    """(Resource, keys, text) of a plan."""
    resources = recorded(request.param).resources
    return [(f"{one.type} {one.name}", path, text) for one in resources for path, text in texts(one.inputs)]


def test_inputs_for_arns_are_arns(inputs: list[tuple[str, tuple[str, ...], str]]) -> None:
    asked = [
        (owner, path, text)
        for owner, path, text in inputs
        if owner.startswith(PROVIDED) and path and ARN_INPUT.search(path[-1]) and text != "[secret]"
    ]
    assert len(asked) > 20, "the inputs' names have changed: update ARN_INPUT"
    wrong = [f"{owner}, {'.'.join(path)}: {text}" for owner, path, text in asked if not ARN.fullmatch(text)]
    assert not wrong, "add their format to plan/aws_ids.py:\n" + "\n".join(wrong)


def test_text_that_begins_like_an_arn_is_one(inputs: list[tuple[str, tuple[str, ...], str]]) -> None:
    wrong = {text for _, _, text in inputs if text.startswith("arn:") and not ARN.fullmatch(text)}
    assert not wrong


def test_ids_have_the_prefix_and_the_digits_of_their_kind(inputs: list[tuple[str, tuple[str, ...], str]]) -> None:
    wrong = [
        f"{owner}, {'.'.join(path)}: {text}"
        for owner, path, text in inputs
        if owner.startswith(PROVIDED)
        and path
        and path[-1] in ID_INPUTS
        and not re.fullmatch(rf"{ID_INPUTS[path[-1]]}-[0-9a-f]{{17}}", text)
    ]
    assert not wrong, "\n".join(wrong)


def test_crns_and_accounts_of_confluent_have_their_form(inputs: list[tuple[str, tuple[str, ...], str]]) -> None:
    crns = [text for _, _, text in inputs if text.startswith("crn:")]
    assert crns and not [crn for crn in crns if not CRN.fullmatch(crn)]
    principals = [text for _, path, text in inputs if path and path[-1] == "principal" and text.startswith("User:")]
    assert principals and not [text for text in principals if not re.fullmatch(r"User:sa-[a-z0-9-]+", text)]
