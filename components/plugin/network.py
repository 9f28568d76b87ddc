"""EncryptionKey and NetworkStack, for programs in other languages."""

from collections.abc import Sequence

import pulumi

from .. import encryption
from ..network import stack
from ..network.egress import confluent_egress_prefixes
from .crossing import Crossing, Values, build, crossing, once


@crossing(encryption.EncryptionKeyArgs)
class EncryptionKey(Crossing):
    """A rotated key that the account administers and CloudWatch Logs of this account may use."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: Values, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._give(arn=encryption.EncryptionKey(name, build(encryption.EncryptionKeyArgs, args), self._child).arn)


@crossing(stack.NetworkStackArgs, instead={"confluent_prefixes": pulumi.Input[Sequence[str]] | None})
class NetworkStack(Crossing):
    """VPC with three tiers of subnets, NAT, routes, endpoints, flow logs and the list of who may come in.

    Without `confluentPrefixes` it looks up those that Confluent publishes for the region. The ids of subnets are known
    when the internet can be reached from there.
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
        prefixes = args.pop("confluent_prefixes", None) or confluent_egress_prefixes(
            args["context"]["region"], opts=pulumi.InvokeOutputOptions(parent=self)
        )
        made = stack.NetworkStack(name, build(stack.NetworkStackArgs, args, confluent_prefixes=prefixes), self._child)
        self._give(
            vpc_id=made.vpc_id,
            cidr=made.cidr,
            public_subnet_ids=once(made.internet_ready, made.public_subnet_ids),
            app_subnet_ids=once(made.internet_ready, made.app_subnet_ids),
            data_subnet_ids=once(made.internet_ready, made.data_subnet_ids),
            nat_addresses=made.nat_addresses,
            confluent_prefixes=prefixes,
            confluent_prefix_list_id=made.confluent_prefix_list_id,
        )
