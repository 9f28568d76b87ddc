"""The whole pipeline in one stack."""

from __future__ import annotations

import pulumi

from stacks import platform, streaming
from stacks.settings import Settings


def compose(settings: Settings) -> None:
    """Make everything that the settings ask for and export what a user needs."""
    cluster = platform.make_cluster(settings)
    pipeline = streaming.make_streaming(settings, cluster)
    pulumi.export("environment", cluster.environment.id)
    pulumi.export("kafkaCluster", cluster.kafka.id)
    pulumi.export("bootstrapEndpoint", cluster.kafka.bootstrap_endpoint)
    pulumi.export("topics", sorted(pipeline.topics))
