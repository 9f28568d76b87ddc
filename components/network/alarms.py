"""What is wrong with the way out of the VPC."""

from __future__ import annotations

import pulumi

from ..alarms import Alarm


def nat_alarm(zone: str, nat_id: pulumi.Output[str]) -> Alarm:
    return Alarm(
        name=f"nat-ports-{zone}",
        means=f"The NAT gateway of zone {zone} has no free port: new connections of pods and host fail.",
        namespace="AWS/NATGateway",
        metric="ErrorPortAllocation",
        dimensions={"NatGatewayId": nat_id},
        statistic="Sum",
        minutes=5,
        runbook="nat-ports",
    )
