"""What every AWS part stands on: provider, account, key, network."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.encryption import EncryptionKey, EncryptionKeyArgs
from components.network.egress import confluent_egress_prefixes
from components.network.stack import NetworkStack, NetworkStackArgs
from stacks import providers
from stacks.settings import Settings


@dataclass(frozen=True, kw_only=True)
class AwsContext:
    """What every AWS part stands on."""

    name: str
    provider: aws.Provider
    account_id: pulumi.Output[str]
    key: EncryptionKey
    network: NetworkStack
    confluent_prefixes: pulumi.Output[list[str]]

    @property
    def options(self) -> ResourceOptions:
        return ResourceOptions(providers=[self.provider])


def make_aws_context(settings: Settings) -> AwsContext:
    """Provider, key and network of the deployment."""
    general, reach = settings.general, settings.network
    name = f"fraud-{general.deployment}"
    provider = providers.make_aws(general)
    options = ResourceOptions(providers=[provider])
    account_id = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(provider=provider)).account_id
    key = EncryptionKey(
        name,
        EncryptionKeyArgs(
            account_id=account_id,
            region=general.region,
            deletion_window_days=30 if general.production else 7,
            protect=general.production,
        ),
        options,
    )
    prefixes = confluent_egress_prefixes(general.region, reach.confluent_prefixes)
    network = NetworkStack(
        f"{name}-network",
        NetworkStackArgs(
            account_id=account_id,
            region=general.region,
            availability_zones=reach.zones,
            cidr=reach.cidr,
            nat=reach.nat,
            interface_endpoints=reach.interface_endpoints,
            confluent_prefixes=prefixes,
            kms_key_arn=key.arn,
            log_retention_days=reach.log_retention_days,
        ),
        options,
    )
    return AwsContext(
        name=name, provider=provider, account_id=account_id, key=key, network=network, confluent_prefixes=prefixes
    )
