"""The monthly estimate in USD for resources billed by the hour: 24x7, us-east-1.

Public list prices of AWS and Confluent, 2026. A type without a price here costs next to nothing or is in NOT_IN.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from plan.durations import statement_verb
from plan.golden.form import Entry, Golden

HOURS = 730
WEEK = 168
REDSHIFT = "aws:redshift:Cluster"
# AWS bills what these providers create.
PAID_TO = {"eks": "aws", "kubernetes": "aws"}

# USD an hour.
INSTANCES = {
    "t3.medium": 0.0416, "t3.large": 0.0832, "t3.xlarge": 0.1664, "t3a.medium": 0.0376, "t3a.large": 0.0752,
    "m6i.large": 0.096, "m7i.large": 0.1008, "m7i.xlarge": 0.2016, "r6i.large": 0.126, "r7i.large": 0.1323,
    "t3.small.search": 0.036, "t3.medium.search": 0.073, "m6g.large.search": 0.128, "r6g.large.search": 0.167,
    "r7g.large.search": 0.178, "m7g.large.search": 0.137,
    "ra3.large": 0.543, "ra3.xlplus": 1.086, "ra3.4xlarge": 3.26,
}  # fmt: skip
NAT_GATEWAY = 0.045
LOAD_BALANCER = 0.0225
PUBLIC_ADDRESS = 0.005
ENDPOINT_ZONE = 0.01
EKS_CLUSTER = 0.10
AUTO_MODE_NODE = 0.0513 * 1.12
"""A c7a.medium, the smallest node of Auto Mode's general-purpose pool, plus Auto Mode's 12 percent."""
NODE_MIB = 1400
"""Memory for pods on a node of 2 GiB."""
FLINK_CFU = 0.21
"""A running statement holds at least one CFU."""
STANDARD_ECKU = 548.0 / HOURS
# USD a month.
EBS_GB = 0.08
OPENSEARCH_GB = 0.122
SECRET = 0.40
KMS_KEY = 1.0
ALARM = 0.10
DASHBOARD = 3.0
NOT_IN = "connectors, Snowflake's credits, logs, snapshots, traffic and tax"
"""Billed by use or by contract."""
UNPRICED = ("dedicated", "enterprises", "freights")

Inputs = Mapping[str, Any]


class UnknownPriceError(Exception):
    """The resource is billed, but its price is not in this table."""


class Price(NamedTuple):
    """`usd` a month; None if the resource is billed and its price is not known here."""

    name: str
    provider: str
    usd: float | None


def prices(plan: Golden) -> list[Price]:
    """Of each resource that is billed by the hour, the dearest first."""
    found = [one for one in map(partial(_priced, plan), plan.entries.values()) if one.usd != 0]
    if nodes := _nodes(plan):
        found.append(Price(f"{nodes} nodes of the cluster", "aws", nodes * AUTO_MODE_NODE * HOURS))
    return sorted(found, key=lambda one: (-(one.usd or math.inf), one.name))


def monthly(plan: Golden) -> tuple[dict[str, float], list[str]]:
    """USD a month by provider, and the names of billed resources without a known price."""
    found, totals = prices(plan), defaultdict[str, float](float)
    for one in found:
        totals[one.provider] += one.usd or 0
    return dict(totals), [one.name for one in found if one.usd is None]


def _priced(plan: Golden, resource: Entry) -> Price:
    provider = resource.type.split(":")[0]
    try:
        usd = _price(resource)
    except UnknownPriceError:
        usd = None
    if usd and resource.type == REDSHIFT:
        usd *= _awake(plan)
    return Price(resource.name, PAID_TO.get(provider, provider), usd)


def _price(resource: Entry) -> float:
    """Raises UnknownPriceError."""
    if statement_verb(resource) in ("INSERT", "EXECUTE"):
        return FLINK_CFU * HOURS
    price = PRICES.get(resource.type)
    return price(resource.inputs) if price else 0.0


def _hourly(kind: str) -> float:
    if kind not in INSTANCES:
        raise UnknownPriceError
    return INSTANCES[kind]


def _kafka(inputs: Inputs) -> float:
    if any(kind in inputs for kind in UNPRICED):
        raise UnknownPriceError
    return STANDARD_ECKU * HOURS if "standard" in inputs else 0.0  # Basic: its first eCKU is free


def _domain(inputs: Inputs) -> float:
    nodes, volume = inputs["clusterConfig"], inputs["ebsOptions"]
    count = nodes.get("instanceCount", 1)
    return count * (_hourly(nodes["instanceType"]) * HOURS + volume["volumeSize"] * OPENSEARCH_GB)


def _instance(inputs: Inputs) -> float:
    root = inputs.get("rootBlockDevice", {}).get("volumeSize", 8)
    return _hourly(inputs["instanceType"]) * HOURS + root * EBS_GB


def _balancer(inputs: Inputs) -> float:
    addresses = 0 if inputs.get("internal") else len(inputs.get("subnets", ()))
    return (LOAD_BALANCER + addresses * PUBLIC_ADDRESS) * HOURS


def _endpoint(inputs: Inputs) -> float:
    if inputs.get("vpcEndpointType") != "Interface":
        return 0.0
    return len(inputs["subnetIds"]) * ENDPOINT_ZONE * HOURS


def _nodes(plan: Golden) -> int:
    """Enough nodes for the Deployments' memory, and one per zone where pods must spread over zones."""
    asked, spread = 0, 0
    for resource in _of_type(plan, "kubernetes:apps/v1:Deployment"):
        spec = resource.inputs["spec"]
        replicas, pod = spec.get("replicas", 2), spec["template"]["spec"]
        asked += replicas * sum(_mebibytes(container) for container in pod["containers"])
        constraints = pod.get("topologySpreadConstraints", [])
        if any(one["whenUnsatisfiable"] == "DoNotSchedule" for one in constraints):
            spread = max(spread, replicas)
    return max(spread, math.ceil(asked / NODE_MIB))


def _mebibytes(container: Inputs) -> int:
    return int(str(container["resources"]["requests"]["memory"]).removesuffix("Mi"))


PRICES: dict[str, Callable[[Inputs], float]] = {
    "confluentcloud:KafkaCluster": _kafka,
    "aws:ec2:NatGateway": lambda _: NAT_GATEWAY * HOURS,
    "aws:ec2:Eip": lambda _: PUBLIC_ADDRESS * HOURS,
    "aws:ec2:Instance": _instance,
    "aws:ebs:Volume": lambda inputs: inputs["size"] * EBS_GB,
    "aws:ec2:VpcEndpoint": _endpoint,
    "aws:lb:LoadBalancer": _balancer,
    # At least two zones, with an address in each.
    "kubernetes:networking.k8s.io/v1:Ingress": lambda _: (LOAD_BALANCER + 2 * PUBLIC_ADDRESS) * HOURS,
    REDSHIFT: lambda inputs: _hourly(inputs["nodeType"]) * inputs.get("numberOfNodes", 1) * HOURS,
    "aws:opensearch:Domain": _domain,
    "aws:secretsmanager:Secret": lambda _: SECRET,
    "aws:kms:Key": lambda _: KMS_KEY,
    "aws:cloudwatch:MetricAlarm": lambda _: ALARM,
    "aws:cloudwatch:Dashboard": lambda _: DASHBOARD,
    "eks:index:Cluster": lambda _: EKS_CLUSTER * HOURS,
}


def _of_type(plan: Golden, kind: str) -> list[Entry]:
    return [one for one in plan.entries.values() if one.type == kind]


def _awake(plan: Golden) -> float:
    """The fraction of the week in which the schedule runs the Redshift cluster; 1 without a schedule."""
    hours: dict[str, tuple[int, int]] = {}
    for action in _of_type(plan, "aws:redshift:ScheduledAction"):
        found = re.fullmatch(r"cron\(\S+ (\d+) \S+ \S+ (\S+) \S+\)", str(action.inputs.get("schedule")))
        kind = next(iter(action.inputs.get("targetAction", {})), "")
        if found:
            hours[kind] = int(found[1]), 5 if found[2] == "MON-FRI" else 7
    if set(hours) != {"pauseCluster", "resumeCluster"}:
        return 1.0
    (pause, days), (resume, _) = hours["pauseCluster"], hours["resumeCluster"]
    return days * ((pause - resume) % 24) / WEEK
