"""What is wrong with the OpenSearch domain: the alarms that AWS recommends for every domain.

Source: "Recommended CloudWatch alarms for Amazon OpenSearch Service" in its developer guide.
"""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from ...alarms import BELOW, Alarm

FREE_SHARE = 0.25
"""Of a node's volume, below which AWS advises to act."""
MIB_PER_GIB = 1024
BUSY_PERCENT, MEMORY_PERCENT = 80, 95


def domain_alarms(domain: str, account_id: pulumi.Input[str], volume_gib: int) -> tuple[Alarm, ...]:
    where = {"DomainName": domain, "ClientId": account_id}
    return (
        _flag("opensearch-red", "ClusterStatus.red", "An index has lost a shard: documents are missing.", where),
        _flag(
            "opensearch-blocked",
            "ClusterIndexWritesBlocked",
            "OpenSearch refuses to write, for want of disk or memory: the connector fails.",
            where,
        ),
        _flag("opensearch-key", "KMSKeyInaccessible", "OpenSearch cannot use its key: the domain goes red.", where),
        _flag("opensearch-snapshot", "AutomatedSnapshotFailure", "The hourly snapshot failed.", where),
        Alarm(
            name="opensearch-full",
            means=f"An OpenSearch node has less than {FREE_SHARE:.0%} of its volume free: soon it refuses to write.",
            namespace="AWS/ES",
            metric="FreeStorageSpace",
            dimensions=where,
            statistic="Minimum",
            comparison=BELOW,
            threshold=volume_gib * MIB_PER_GIB * FREE_SHARE,
        ),
        Alarm(
            name="opensearch-busy",
            means=f"An OpenSearch node uses {BUSY_PERCENT} % of its processors for 45 minutes: it is too small.",
            namespace="AWS/ES",
            metric="CPUUtilization",
            dimensions=where,
            threshold=BUSY_PERCENT,
            minutes=15,
            periods=3,
        ),
        Alarm(
            name="opensearch-memory",
            means=f"OpenSearch's Java heap is filled by {MEMORY_PERCENT} %: it refuses to write, or restarts.",
            namespace="AWS/ES",
            metric="JVMMemoryPressure",
            dimensions=where,
            threshold=MEMORY_PERCENT,
            periods=3,
        ),
    )


def _flag(name: str, metric: str, means: str, where: Mapping[str, pulumi.Input[str]]) -> Alarm:
    """An alarm on a metric that is 1 when something is wrong."""
    return Alarm(
        name=name,
        means=means,
        namespace="AWS/ES",
        metric=metric,
        dimensions=where,
    )
