"""The plugin's EncryptionKey and NetworkStack."""

import pulumi

from .. import encryption
from ..aws_context import AwsContext
from ..network import stack
from ..network.egress import confluent_egress_prefixes
from ..network.settings import NetworkSettings
from .component import PluginComponent, Values, build, plugin_schema, when_ready


@plugin_schema(encryption.EncryptionKeyArgs)
class EncryptionKey(PluginComponent):
    """A rotated key that the account administers. CloudWatch Logs, alarms and budgets of this account may use it."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: Values, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._set_outputs(
            arn=encryption.EncryptionKey(name, build(encryption.EncryptionKeyArgs, args), self._child).arn
        )


@plugin_schema(stack.NetworkStackArgs, overrides={"confluent_prefixes": None})
class NetworkStack(PluginComponent):
    """VPC with three tiers of subnets, NAT, routes, endpoints, flow logs and Confluent's prefix list.

    The ids of subnets are known once the subnets have internet access.
    """

    vpc_id: pulumi.Output[str]
    cidr: pulumi.Output[str]
    public_subnet_ids: pulumi.Output[list[str]]
    app_subnet_ids: pulumi.Output[list[str]]
    data_subnet_ids: pulumi.Output[list[str]]
    nat_addresses: pulumi.Output[list[str]]
    confluent_prefixes: pulumi.Output[list[str]]
    confluent_prefix_list_id: pulumi.Output[str]

    def __init__(self, name: str, args: Values, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        context, settings = build(AwsContext, args["context"]), build(NetworkSettings, args.get("settings", {}))
        prefixes = confluent_egress_prefixes(
            context.region, settings.confluent_egress_prefixes, pulumi.InvokeOutputOptions(parent=self)
        )
        checked = stack.NetworkStackArgs(context=context, settings=settings, confluent_prefixes=prefixes)
        made = stack.NetworkStack(name, checked, self._child)
        self._set_outputs(
            vpc_id=made.vpc_id,
            cidr=made.cidr,
            public_subnet_ids=when_ready(made.internet_ready, made.public_subnet_ids),
            app_subnet_ids=when_ready(made.internet_ready, made.app_subnet_ids),
            data_subnet_ids=when_ready(made.internet_ready, made.data_subnet_ids),
            nat_addresses=made.nat_addresses,
            confluent_prefixes=prefixes,
            confluent_prefix_list_id=made.confluent_prefix_list_id,
        )
