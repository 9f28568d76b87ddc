"""What AWS would answer, simulated: see `local.plan.fakes`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Inputs = Mapping[str, Any]
Fake = Callable[[str, Inputs], Any]

ACCOUNT = "123456789012"

IDS: dict[str, Callable[[str], str]] = {}

OUTPUTS: dict[str, dict[str, Fake]] = {}


def _region(args: Inputs) -> dict[str, Any]:
    region = args.get("region") or args.get("name") or "us-east-1"
    endpoint = f"ec2.{region}.amazonaws.com"
    return {"id": region, "name": region, "region": region, "description": region, "endpoint": endpoint}


def _availability_zones(args: Inputs) -> dict[str, Any]:
    region = args.get("region") or "us-east-1"
    return {
        "id": region,
        "region": region,
        "names": [f"{region}{letter}" for letter in "abc"],
        "zoneIds": [f"{region}-az{number}" for number in (1, 2, 3)],
        "groupNames": [region],
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
    "aws:index/getAvailabilityZones:getAvailabilityZones": _availability_zones,
}
