"""What AWS would answer, simulated: see `local.plan.fakes`."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Any

Inputs = Mapping[str, Any]
Fake = Callable[[str, Inputs], Any]

ACCOUNT = "123456789012"
SECRET_PREFIX = "simulated-secret:"  # noqa: S105 (a marker, no password)
"""Begins every simulated secret, so that one which loses its protection on the way is recognised."""

IDS: dict[str, Callable[[str], str]] = {
    "aws:ec2/managedPrefixList:ManagedPrefixList": lambda name: f"pl-{name}",
    "aws:ec2/vpcEndpoint:VpcEndpoint": lambda name: f"vpce-{name}",
}


def _public_address(name: str, _: Inputs) -> str:
    """One of the range reserved for documentation (RFC 5737); two names may share one."""
    return f"203.0.113.{1 + zlib.crc32(name.encode()) % 254}"


def _redshift_host(name: str, args: Inputs) -> str:
    return f"{args.get('clusterIdentifier') or name}.abc123.us-east-1.redshift.amazonaws.com"


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:us-east-1:{ACCOUNT}:{resource}"


def _endpoint_names(name: str, inputs: Inputs) -> list[dict[str, str]]:
    """Of an interface endpoint; the regional one comes first."""
    if inputs.get("vpcEndpointType") != "Interface":
        return []
    return [{"dnsName": f"vpce-{name}-1234abcd.vpce-svc-plan.vpce.amazonaws.com", "hostedZoneId": "Z00PLAN"}]


OUTPUTS: dict[str, dict[str, Fake]] = {
    "aws:ecr/repository:Repository": {
        "repositoryUrl": lambda name, _: f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/{name}",
        "registryId": lambda *_: ACCOUNT,
    },
    "docker-build:index:Image": {
        "ref": lambda name, inputs: f"{(inputs.get('tags') or [name])[0]}@sha256:{'0' * 64}",
    },
    "eks:index:Cluster": {
        "clusterSecurityGroupId": lambda name, _: f"sg-{name}",
        "kubeconfigJson": lambda *_: '{"users": [{"name": "aws", "user": {"exec": {"command": "aws", "args": []}}}]}',
    },
    "aws:ec2/eip:Eip": {"publicIp": _public_address},
    "aws:ec2/vpcEndpoint:VpcEndpoint": {"prefixListId": lambda name, _: f"pl-{name}", "dnsEntries": _endpoint_names},
    "aws:redshift/cluster:Cluster": {
        "arn": lambda name, args: _arn("redshift", f"cluster:{args.get('clusterIdentifier') or name}"),
        "dnsName": _redshift_host,
        "endpoint": lambda name, args: f"{_redshift_host(name, args)}:5439",
        "masterPasswordSecretArn": lambda name, args: _arn("secretsmanager", f"secret:redshift!{name}-admin-abcdef"),
    },
    "aws:opensearch/domain:Domain": {
        "arn": lambda name, args: _arn("es", f"domain/{args.get('domainName') or name}"),
        "domainId": lambda name, args: f"{ACCOUNT}/{args.get('domainName') or name}",
        "endpoint": lambda name, args: f"search-{args.get('domainName') or name}-abc123.us-east-1.es.amazonaws.com",
    },
}


def _region(args: Inputs) -> dict[str, Any]:
    region = args.get("region") or args.get("name") or "us-east-1"
    endpoint = f"ec2.{region}.amazonaws.com"
    return {"id": region, "name": region, "region": region, "description": region, "endpoint": endpoint}


def _availability_zone(args: Inputs) -> dict[str, Any]:
    name = str(args.get("name"))
    region, letter = name[:-1], name[-1]
    return {"id": name, "name": name, "nameSuffix": letter, "region": region, "zoneId": f"use1-az{ord(letter) - 96}"}


def _availability_zones(args: Inputs) -> dict[str, Any]:
    region = args.get("region") or "us-east-1"
    return {
        "id": region,
        "region": region,
        "names": [f"{region}{letter}" for letter in "abc"],
        "zoneIds": [f"{region}-az{number}" for number in (1, 2, 3)],
        "groupNames": [region],
    }


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
    "aws:index/getPartition:getPartition": lambda _: {
        "id": "aws",
        "partition": "aws",
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
    },
    "aws:index/getRegion:getRegion": _region,
    # The password is marked, so that it is seen when it is passed on in plain text.
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
    "aws:index/getAvailabilityZones:getAvailabilityZones": _availability_zones,
    "aws:index/getAvailabilityZone:getAvailabilityZone": _availability_zone,
}
