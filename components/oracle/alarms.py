"""What is wrong with the Oracle host, by the metrics that EC2, EBS and the load balancer send."""

from __future__ import annotations

import pulumi

from ..alarms import BELOW, Alarm

BUSY_PERCENT = 90


def host_alarms(
    *,
    instance_id: pulumi.Output[str],
    volume_id: pulumi.Output[str],
    balancer: pulumi.Output[str],
    targets: pulumi.Output[str],
) -> tuple[Alarm, ...]:
    """`balancer` and `targets` are the ends of their ARNs that CloudWatch uses."""
    host = {"InstanceId": instance_id}
    return (
        Alarm(
            name="oracle-host-down",
            means="The Oracle host fails AWS's checks, or is stopped: no payment can be made.",
            namespace="AWS/EC2",
            metric="StatusCheckFailed",
            dimensions=host,
            periods=3,
            silence="breaching",
        ),
        Alarm(
            name="oracle-busy",
            means=f"The Oracle host uses {BUSY_PERCENT} % of its processors for 15 minutes: payments and CDC wait.",
            namespace="AWS/EC2",
            metric="CPUUtilization",
            dimensions=host,
            statistic="Average",
            threshold=BUSY_PERCENT,
            minutes=5,
            periods=3,
        ),
        Alarm(
            name="oracle-volume-stalled",
            means="The database's volume does not answer: nothing can be committed.",
            namespace="AWS/EBS",
            metric="VolumeStalledIOCheck",
            dimensions={"VolumeId": volume_id, "InstanceId": instance_id},
            periods=3,
        ),
        Alarm(
            name="oracle-unreachable",
            means="The load balancer cannot reach Oracle: change data capture stands still.",
            namespace="AWS/NetworkELB",
            metric="HealthyHostCount",
            dimensions={"LoadBalancer": balancer, "TargetGroup": targets},
            comparison=BELOW,
            periods=3,
            silence="breaching",
        ),
    )
