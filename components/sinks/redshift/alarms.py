"""What is wrong with the Redshift cluster. A paused cluster sends no metrics, which is no alarm."""

from __future__ import annotations

import pulumi

from ...alarms import BELOW, Alarm

FULL_PERCENT = 80


def cluster_alarms(identifier: pulumi.Output[str]) -> tuple[Alarm, ...]:
    cluster = {"ClusterIdentifier": identifier}
    return (
        Alarm(
            name="redshift-unhealthy",
            means="The Redshift cluster does not answer: its connector waits, and nothing is lost meanwhile.",
            namespace="AWS/Redshift",
            metric="HealthStatus",
            dimensions=cluster,
            statistic="Minimum",
            comparison=BELOW,
            minutes=5,
            periods=2,
        ),
        Alarm(
            name="redshift-full",
            means=f"Redshift's disks are filled by {FULL_PERCENT} %: at 100 % the connector fails.",
            namespace="AWS/Redshift",
            metric="PercentageDiskSpaceUsed",
            dimensions=cluster,
            threshold=FULL_PERCENT,
            minutes=5,
            periods=3,
        ),
    )
