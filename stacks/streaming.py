"""The fast-changing layer: topics, statements and connectors."""

from __future__ import annotations

import pulumi

from components.confluent.streaming import ConfluentStreaming, ConfluentStreamingArgs
from components.oracle.connector import make_source
from components.sinks.sinks import SINKS
from stacks import platform_outputs
from stacks.platform_outputs import PlatformOutputs
from stacks.providers import make_confluent
from stacks.settings import Settings


def compose(settings: Settings) -> None:
    """The streaming layer on a platform that is a stack of its own."""
    make_streaming(settings, platform_outputs.read(settings))


def make_streaming(settings: Settings, platform: PlatformOutputs) -> None:
    """The stack's topics, statements and connectors."""
    name, rules = f"fd-{settings.general.deployment}", settings.rules
    args = ConfluentStreamingArgs(
        cluster=platform.confluent,
        source=make_source(platform.oracle, settings.oracle.processor_licenses),
        sinks=tuple(SINKS[name].connector(platform.sinks[name]) for name in settings.sinks.connectors),
        partitions=settings.confluent.partitions,
        rules=rules.sql_variables(),
        state_ttl_hours=rules.state_ttl_hours,
        topic_roles=settings.confluent.cluster_type != "basic",
        first_payment=platform.first_payment,
        protect=settings.general.production,
    )
    provider = make_confluent(name, platform.confluent)
    streaming = ConfluentStreaming(name, args, pulumi.ResourceOptions(providers=[provider]))
    pulumi.export("topics", sorted(streaming.topics))
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
