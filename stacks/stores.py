"""Create the sinks' stores from the settings."""

from __future__ import annotations

import pulumi
from pulumi import ResourceOptions

from components.sinks.base import SinkTargetsArgs
from components.sinks.sinks import SINKS
from components.sinks.targets import SinkTargets
from stacks.aws import AwsBase
from stacks.settings import Settings


def make_stores(settings: Settings, base: AwsBase) -> SinkTargets:
    """Every enabled store."""
    providers: list[pulumi.ProviderResource] = [base.provider]
    for name, section in settings.stores.items():
        if make_provider := SINKS[name].provider:
            providers.append(make_provider(settings.general.deployment, section))
    network = base.network
    args = SinkTargetsArgs(
        context=base.context,
        vpc_id=network.vpc_id,
        subnet_ids=network.public_subnet_ids,
        confluent_prefix_list_id=network.confluent_prefix_list_id,
        confluent_prefixes=base.confluent_prefixes,
        operator_cidrs=settings.general.operator_cidrs,
        nat_addresses=network.nat_addresses,
        network_ready=network.internet_ready,
        settings=settings.stores,
    )
    return SinkTargets(base.name, args, ResourceOptions(providers=providers))
