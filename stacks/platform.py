"""The slow-changing layer: environment, Kafka cluster, Flink pool, accounts and keys."""

from __future__ import annotations

import pulumi

from components.confluent.cluster import ConfluentCluster, ConfluentClusterArgs
from stacks.settings import Settings


def make_cluster(settings: Settings) -> ConfluentCluster:
    """The stack's Confluent cluster, named after project and stack."""
    streaming = settings.streaming
    args = ConfluentClusterArgs(
        region=settings.region,
        cluster_type=streaming.cluster_type,
        availability=streaming.availability,
        cku=streaming.cku,
        governance=streaming.governance,
        max_cfu=streaming.max_cfu,
        key_slots=streaming.key_slots,
        active_key_slot=streaming.active_key_slot,
    )
    return ConfluentCluster(f"fraud-{pulumi.get_stack()}", args)
