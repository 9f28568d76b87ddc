"""What is wrong with the app's cluster, by the metrics that EKS sends of its control plane."""

from __future__ import annotations

import pulumi

from ..alarms import Alarm


def cluster_alarms(cluster: pulumi.Input[str]) -> tuple[Alarm, ...]:
    return (
        Alarm(
            name="app-pods-pending",
            means="Pods have found no node for 15 minutes: the app runs with fewer than it should, or not at all.",
            namespace="AWS/EKS",
            metric="scheduler_pending_pods_UNSCHEDULABLE",
            dimensions={"ClusterName": cluster},
            statistic="Minimum",
            minutes=5,
            periods=3,
        ),
    )
