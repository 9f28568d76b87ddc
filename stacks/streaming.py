"""The fast-changing layer: topics, statements and connectors."""

from __future__ import annotations

from decimal import Decimal

import pulumi

from components.confluent.provider import make_provider
from components.confluent.settings import StreamingSettings
from components.confluent.streaming import ConfluentStreaming, ConfluentStreamingArgs
from components.oracle.connector import make_source
from components.section import key
from components.sinks.sinks import SINKS
from stacks import platform_outputs
from stacks.platform_outputs import PlatformOutputs
from stacks.settings import Settings


def compose(settings: Settings) -> None:
    """The streaming layer, on a platform in another stack."""
    make_streaming(settings, platform_outputs.read(settings))


def make_streaming(settings: Settings, platform: PlatformOutputs) -> None:
    name = f"fd-{settings.general.deployment}"
    args = ConfluentStreamingArgs(
        cluster=platform.confluent,
        source=make_source(platform.oracle, settings.source),
        sinks=tuple(SINKS[name].connector(platform.sinks[name]) for name in settings.connectors),
        settings=settings.streaming,
        topic_roles=settings.confluent.cluster_type != "basic",
        first_payment=platform.first_payment,
        protect=settings.general.production,
    )
    provider = make_provider(name, platform.confluent)
    streaming = ConfluentStreaming(name, args, pulumi.ResourceOptions(providers=[provider]))
    pulumi.export("topics", sorted(streaming.topics))
    fields = StreamingSettings.model_fields
    thresholds = settings.streaming.thresholds.items()
    pulumi.export("rules", {key(fields[name]): _plain(value) for name, value in thresholds})


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else value
