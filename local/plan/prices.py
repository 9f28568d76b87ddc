"""The monthly estimate, 24x7 in us-east-1, of what has a known list price."""

from __future__ import annotations

from local.plan.model import Plan, Resource

HOURS = 730
STANDARD_ECKU = 548.0  # USD a month, one eCKU of a Standard cluster
FLINK_CFU_HOUR = 0.21  # USD; a running statement holds at least one CFU
REDSHIFT_NODE = 396.0  # USD a month, one ra3.large around the clock
UNPRICED = ("dedicated", "enterprises", "freights")


def monthly(plan: Plan) -> tuple[float, list[str]]:
    """USD a month, and the names of billed resources whose price is not known here."""
    total, unknown = 0.0, []
    for resource in plan.resources:
        if any(kind in resource.inputs for kind in UNPRICED) and resource.type.endswith(":KafkaCluster"):
            unknown.append(resource.name)
        total += _price(resource)
    return total, unknown


def _price(resource: Resource) -> float:
    kind = resource.type
    if kind.endswith(":KafkaCluster"):
        return STANDARD_ECKU if "standard" in resource.inputs else 0.0  # Basic: its first eCKU is free
    if kind.endswith(":FlinkStatement"):
        text = str(resource.inputs.get("statement", "")).lstrip().upper()
        return FLINK_CFU_HOUR * HOURS if text.startswith(("INSERT", "EXECUTE")) else 0.0
    return REDSHIFT_NODE if kind == "aws:redshift/cluster:Cluster" else 0.0
