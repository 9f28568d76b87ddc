"""Simulated answers of AWS and Confluent Cloud about PrivateLink: see `plan.fakes`.

Shapes follow the SDKs' examples; ids and accounts are invented.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from plan.aws_ids import Fake, Inputs, digits, long_id

_CONFLUENT = "confluentcloud:index/"
_SERVICE = "aws:ec2/vpcEndpointService:VpcEndpointService"
_ATTACHMENT = f"{_CONFLUENT}privateLinkAttachment:PrivateLinkAttachment"
_NETWORK = f"{_CONFLUENT}network:Network"
_GATEWAY = f"{_CONFLUENT}gateway:Gateway"
_ACCESS_POINT = f"{_CONFLUENT}accessPoint:AccessPoint"
_CONFLUENT_ACCOUNT = "210987654321"


def _service_name(region: object, name: str) -> str:
    return f"com.amazonaws.vpce.{region}.vpce-svc-0{digits(name, 16)}"


def _principal(gateway: object, inputs: Inputs) -> str:
    """An ARN with gateway and environment, so that a plan shows when another gateway's principal is used."""
    return f"arn:aws:iam::{_CONFLUENT_ACCOUNT}:role/{inputs['environment']['id']}-{gateway}"


def _gateway_block(name: str, inputs: Inputs) -> dict[str, Any]:
    given = inputs.get("awsEgressPrivateLinkGateway")
    return {**given, "principalArn": _principal(f"gw-{name}", inputs)} if given else {}


def _access_point_block(name: str, inputs: Inputs) -> dict[str, Any]:
    given = inputs.get("awsEgressPrivateLinkEndpoint")
    if not given:
        return {}
    endpoint = long_id("vpce")(name, inputs)
    return {**given, "vpcEndpointId": endpoint, "vpcEndpointDnsName": f"*.{endpoint}.vpce.amazonaws.com"}


IDS: dict[str, Fake] = {
    _ATTACHMENT: lambda name, _: f"platt-{name}",
    _NETWORK: lambda name, _: f"n-{name}",
    _GATEWAY: lambda name, _: f"gw-{name}",
    _ACCESS_POINT: lambda name, _: f"ap-{name}",
}

OUTPUTS: dict[str, dict[str, Fake]] = {
    _SERVICE: {"serviceName": lambda name, _: _service_name("us-east-1", name)},
    _ATTACHMENT: {
        "aws": lambda name, inputs: [{"vpcEndpointServiceName": _service_name(inputs.get("region"), name)}],
        "dnsDomain": lambda _, inputs: f"{inputs.get('region')}.aws.private.confluent.cloud",
    },
    _NETWORK: {
        "aws": lambda name, inputs: [
            {
                "account": _CONFLUENT_ACCOUNT,
                "vpc": long_id("vpc")(name, inputs),
                "privateLinkEndpointService": _service_name(inputs.get("region"), name),
            }
        ],
        "dnsDomain": lambda _, inputs: f"pr123a.{inputs.get('region')}.aws.confluent.cloud",
        "endpointSuffix": lambda _, inputs: f".pr123a.{inputs.get('region')}.aws.confluent.cloud",
        "gateways": lambda name, _: [{"id": f"gw-{name}"}],
    },
    _GATEWAY: {"awsEgressPrivateLinkGateway": _gateway_block},
    _ACCESS_POINT: {"awsEgressPrivateLinkEndpoint": _access_point_block},
}

COMPLETED: dict[str, tuple[str, ...]] = {
    _GATEWAY: ("awsEgressPrivateLinkGateway",),
    _ACCESS_POINT: ("awsEgressPrivateLinkEndpoint",),
}


def _gateway(args: Inputs) -> dict[str, Any]:
    return {
        "id": args.get("id"),
        "displayName": "plan",
        "environment": args.get("environment"),
        "awsEgressPrivateLinkGateways": [{"region": "us-east-1", "principalArn": _principal(args["id"], args)}],
        "awsIngressPrivateLinkGateways": [],
        "awsPeeringGateways": [],
        "awsPrivateNetworkInterfaceGateways": [],
        "azureEgressPrivateLinkGateways": [],
        "azureIngressPrivateLinkGateways": [],
        "azurePeeringGateways": [],
        "gcpEgressPrivateServiceConnectGateways": [],
        "gcpIngressPrivateServiceConnectGateways": [],
        "gcpPeeringGateways": [],
    }


INVOKES: dict[str, Callable[[Inputs], dict[str, Any]]] = {f"{_CONFLUENT}getGateway:getGateway": _gateway}
