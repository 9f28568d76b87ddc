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
    rules = settings.rules
    pulumi.export(
        "rules",
        {
            "windowMinutes": rules.window_minutes,
            "burstCount": rules.burst_count,
            "burstAmount": str(rules.burst_amount),
            "largeAmount": str(rules.large_amount),
            "homePrefix": rules.home_prefix,
        },
    )
    pulumi.export("topics", sorted(pipeline.topics))
