"""The base of all AWS resources: provider, key, network."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws_context import AwsContext
from components.encryption import EncryptionKey, EncryptionKeyArgs
from components.network.egress import confluent_egress_prefixes, prefix_problems
from components.network.stack import NetworkStack, NetworkStackArgs
from stacks import providers
from stacks.settings import Settings


@dataclass(frozen=True, kw_only=True)
class AwsBase:
    """`name` is the prefix of all resource names."""

    name: str
    provider: aws.Provider
    context: AwsContext
    network: NetworkStack
    confluent_prefixes: pulumi.Output[list[str]]

    @property
    def options(self) -> ResourceOptions:
        return ResourceOptions(providers=[self.provider])


def make_aws_base(settings: Settings) -> AwsBase:
    general = settings.general
    name = f"fraud-{general.deployment}"
    provider = providers.make_aws(general)
    context = _context(name, settings, provider)
    prefixes = confluent_egress_prefixes(general.region, settings.network.confluent_egress_prefixes).apply(
        lambda found: _usable(found, settings.network.confluent_prefix_quota)
    )
    network = NetworkStack(
        f"{name}-network",
        NetworkStackArgs(context=context, confluent_prefixes=prefixes, settings=settings.network),
        ResourceOptions(providers=[provider]),
    )
    return AwsBase(name=name, provider=provider, context=context, network=network, confluent_prefixes=prefixes)


def _context(name: str, settings: Settings, provider: aws.Provider) -> AwsContext:
    general = settings.general
    account_id = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(provider=provider)).account_id
    key = EncryptionKey(
        name,
        EncryptionKeyArgs(
            account_id=account_id,
            region=general.region,
            deletion_window_days=30 if general.production else 7,
            protect=general.production,
        ),
        ResourceOptions(providers=[provider]),
    )
    return AwsContext(
        region=general.region,
        account_id=account_id,
        kms_key_arn=key.arn,
        log_retention_days=general.log_retention_days,
        protect=general.production,
    )


def _usable(prefixes: list[str], quota: int) -> list[str]:
    """Check the look-up's prefixes, with an error that names the setting, which the component does not know."""
    if found := prefix_problems(prefixes, quota):
        raise pulumi.RunError(f"confluentEgressPrefixes: {'; '.join(found)}")
    return prefixes
