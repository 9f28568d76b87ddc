"""Simulated answers of AWS: see `plan.fakes`."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

from plan import aws_ids
from plan.aws_ids import ACCOUNT, REGION, Fake, Inputs, arn, constant, digits, physical

SECRET_PREFIX = "simulated-secret:"  # noqa: S105 (a marker, no password)
"""Prefix of every simulated secret; the recorder searches plain texts for it."""


def _public_address(name: str, _: Inputs) -> str:
    """An address from a range reserved for documentation (RFC 5737); two names may share one."""
    return f"203.0.113.{1 + zlib.crc32(name.encode()) % 254}"


def region_of(inputs: Inputs) -> str:
    return str(inputs.get("region") or REGION)


def _redshift_host(name: str, inputs: Inputs) -> str:
    return f"{physical(name, inputs)}.abc123.{region_of(inputs)}.redshift.amazonaws.com"


def _registry(inputs: Inputs) -> str:
    return f"{ACCOUNT}.dkr.ecr.{region_of(inputs)}.amazonaws.com"


def _private_name(name: str, inputs: Inputs) -> str:
    """An instance's private DNS name, with an address from the VPC's default range."""
    suffix = "ec2.internal" if region_of(inputs) == REGION else f"{region_of(inputs)}.compute.internal"
    return f"ip-10-0-200-{4 + zlib.crc32(name.encode()) % 250}.{suffix}"


def _endpoint_names(name: str, inputs: Inputs) -> list[dict[str, str]]:
    """An interface endpoint's DNS entries, the regional one first."""
    if inputs.get("vpcEndpointType") != "Interface":
        return []
    endpoint = aws_ids.long_id("vpce")(name, inputs)
    host = f"{endpoint}-{digits(name, 8)}.vpce-svc-{digits('service', 17)}.{region_of(inputs)}.vpce.amazonaws.com"
    return [{"dnsName": host, "hostedZoneId": f"Z{digits('endpoints', 20).upper()}"}]


def output(token: str, wire_name: str, name: str, inputs: Inputs) -> Any:
    """An output that many AWS types have, in AWS's format; None for any other output."""
    if wire_name == "arn":
        return aws_ids.arn_of(token, name, inputs)
    if wire_name in aws_ids.NAMES:
        return physical(name, inputs)
    if wire_name.endswith("Arn"):
        service = token.split(":")[1].split("/", maxsplit=1)[0]
        return arn(service, f"{wire_name[:-3].lower()}/{physical(name, inputs)}", inputs)
    return {"region": region_of(inputs), "ownerId": ACCOUNT, "accountId": ACCOUNT}.get(wire_name)


OUTPUTS: dict[str, dict[str, Fake]] = {
    "aws:ecr/repository:Repository": {
        "repositoryUrl": lambda name, inputs: f"{_registry(inputs)}/{physical(name, inputs)}",
        "registryId": constant(ACCOUNT),
    },
    "docker-build:index:Image": {
        "ref": lambda name, inputs: f"{(inputs.get('tags') or [name])[0]}@sha256:{'0' * 64}",
    },
    "eks:index:Cluster": {
        "clusterSecurityGroupId": aws_ids.long_id("sg"),
        "kubeconfigJson": constant('{"users": [{"name": "aws", "user": {"exec": {"command": "aws", "args": []}}}]}'),
    },
    "aws:ec2/eip:Eip": {"publicIp": _public_address},
    "aws:ec2/instance:Instance": {"privateDns": _private_name},
    "aws:ec2/vpcEndpoint:VpcEndpoint": {"prefixListId": aws_ids.long_id("pl"), "dnsEntries": _endpoint_names},
    "aws:kms/key:Key": {"keyId": lambda name, _: aws_ids.uuid_of(name)},
    "aws:lb/loadBalancer:LoadBalancer": {
        "dnsName": lambda name, inputs: (
            f"{physical(name, inputs)}-{digits(name, 16)}.elb.{region_of(inputs)}.amazonaws.com"
        ),
    },
    "aws:redshift/cluster:Cluster": {
        "dnsName": _redshift_host,
        "endpoint": lambda name, inputs: f"{_redshift_host(name, inputs)}:5439",
        "masterPasswordSecretArn": lambda name, inputs: arn(
            "secretsmanager", f"secret:redshift!{physical(name, inputs)}-admin-{digits(name, 6)}", inputs
        ),
    },
    "aws:opensearch/domain:Domain": {
        "domainId": lambda name, inputs: f"{ACCOUNT}/{physical(name, inputs)}",
        "endpoint": lambda name, inputs: (
            f"search-{physical(name, inputs)}-{digits(name, 26)}.{region_of(inputs)}.es.amazonaws.com"
        ),
    },
    "aws:secretsmanager/secretVersion:SecretVersion": {"versionId": lambda name, _: aws_ids.uuid_of(name)},
    "aws:ssm/document:Document": {"latestVersion": constant("1"), "defaultVersion": constant("1")},
}


def _availability_zone(args: Inputs) -> dict[str, Any]:
    name = str(args.get("name"))
    region, letter = name[:-1], name[-1]
    return {"id": name, "name": name, "nameSuffix": letter, "region": region, "zoneId": f"use1-az{ord(letter) - 96}"}


def _parameter(args: Inputs) -> dict[str, Any]:
    name = str(args["name"])
    return {
        "id": name,
        "name": name,
        "arn": f"arn:aws:ssm:us-east-1::parameter{name}",
        "type": "String",
        "value": "ami-00000000000000000",
        "insecureValue": "ami-00000000000000000",
        "version": 1,
        "region": args.get("region") or "us-east-1",
    }


INVOKES: dict[str, Callable[[Inputs], dict[str, Any]]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": lambda _: {
        "id": ACCOUNT,
        "accountId": ACCOUNT,
        "userId": "PLAN",
        "arn": f"arn:aws:iam::{ACCOUNT}:user/plan",
    },
    # Marked, so that the recorder finds the password in plain text.
    "aws:ecr/getAuthorizationToken:getAuthorizationToken": lambda args: {
        "id": args.get("region") or "us-east-1",
        "authorizationToken": f"{SECRET_PREFIX}ecr",
        "expiresAt": "2026-01-01T12:00:00Z",
        "password": f"{SECRET_PREFIX}ecr",
        "proxyEndpoint": f"https://{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com",
        "region": args.get("region") or "us-east-1",
        "userName": "AWS",
    },
    "aws:ssm/getParameter:getParameter": _parameter,
    "aws:index/getAvailabilityZone:getAvailabilityZone": _availability_zone,
}
